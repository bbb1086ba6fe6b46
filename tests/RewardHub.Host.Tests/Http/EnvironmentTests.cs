using System.Net;
using System.Text.Json;

namespace RewardHub.Host.Tests.Http;

public sealed class EnvironmentTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private HubServer Hub => shared.Hub;

    [Fact]
    public async Task Own_log_probabilities_give_the_mean_over_observation_tokens()
    {
        Reply reply = await Hub.PostAsync("/v1/environment", """
            {"items":[{"id":"a","token_ids":[5,6,7,8],"logprobs":[null,-9,-1,-2],
              "spans":[{"start":0,"end":2,"role":"action","turn":0},{"start":2,"end":4,"role":"observation","turn":0,"source":"stdout"}]}],"return_tokens":true}
            """);
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        JsonElement item = reply.Json.GetProperty("items")[0];
        Assert.Equal(1.5, item.GetProperty("observation").GetProperty("mean_nats").GetDouble());
        Assert.Equal("caller", reply.Json.GetProperty("model").GetString());
        Assert.Equal("[null,null,1,2]", item.GetProperty("token_nll").GetRawText());
        Assert.Equal(3, reply.Json.GetProperty("corpus").GetProperty("micro").GetProperty("nll_sum").GetDouble());
    }

    [Fact]
    public async Task A_hosted_model_gives_the_same_numbers_alone_and_in_a_batch()
    {
        string[] items = [.. Enumerable.Range(0, 5).Select(i => $$"""{"id":"r{{i}}","token_ids":[{{i}},6,7,{{i + 2}},9],"spans":[{"start":1,"end":5,"role":"observation","turn":0}]}""")];
        Reply together = await Hub.PostAsync("/v1/environment", $$"""{"model":"tiny","items":[{{string.Join(',', items)}}]}""");
        Reply alone = await Hub.PostAsync("/v1/environment", $$"""{"model":"tiny","items":[{{items[3]}}]}""");
        Assert.Equal(
            alone.Json.GetProperty("items")[0].GetProperty("observation").GetRawText(),
            together.Json.GetProperty("items")[3].GetProperty("observation").GetRawText());
        Assert.Equal(64, together.Json.GetProperty("model").GetString()!.Length);
    }

    [Theory]
    [InlineData("""[{"start":0,"end":3,"role":"action"},{"start":2,"end":4,"role":"observation"}]""", "[null,-1,-1,-1]", "bad_spans")]
    [InlineData("""[{"start":2,"end":9,"role":"observation"}]""", "[null,-1,-1,-1]", "bad_spans")]
    [InlineData("""[{"start":-1,"end":2,"role":"observation"}]""", "[null,-1,-1,-1]", "bad_spans")]
    [InlineData("""[{"start":2,"end":4,"role":"observation"}]""", "[null,-1,0.5,-1]", "bad_logprobs")]
    [InlineData("""[{"start":2,"end":4,"role":"observation"}]""", "[null,-1,null,-1]", "bad_logprobs")]
    [InlineData("""[{"start":2,"end":4,"role":"observation"}]""", "[null,-1]", "bad_logprobs")]
    public async Task A_rollout_that_breaks_a_rule_is_rejected_alone(string spans, string logprobs, string code)
    {
        Reply reply = await Hub.PostAsync("/v1/environment", $$"""{"items":[{"id":"a","token_ids":[1,2,3,4],"spans":{{spans}},"logprobs":{{logprobs}}}]}""");
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Text);
        JsonElement item = reply.Json.GetProperty("items")[0];
        Assert.Equal("rejected", item.GetProperty("status").GetString());
        Assert.Equal(code, item.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("partial", reply.Json.GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("-1e999")]
    [InlineData("NaN")]
    public async Task A_log_probability_that_is_not_finite_is_refused(string number)
    {
        Reply reply = await Hub.PostAsync("/v1/environment", $$"""{"items":[{"id":"a","token_ids":[1,2],"spans":[{"start":1,"end":2,"role":"observation"}],"logprobs":[null,{{number}}]}]}""");
        if (reply.Status == HttpStatusCode.OK) Assert.Equal("bad_logprobs", reply.Json.GetProperty("items")[0].GetProperty("error").GetProperty("code").GetString());
        else reply.IsProblem("bad-json", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_token_outside_the_vocabulary_is_rejected()
    {
        Reply reply = await Hub.PostAsync("/v1/environment", """{"model":"tiny","items":[{"id":"a","token_ids":[1,99999999],"spans":[{"start":1,"end":2,"role":"observation"}]}]}""");
        Assert.Equal("token_out_of_vocabulary", reply.Json.GetProperty("items")[0].GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_unknown_model_and_broken_rules_are_problems()
    {
        (await Hub.PostAsync("/v1/environment", """{"model":"absent","items":[{"id":"a","token_ids":[1],"spans":[]}]}""")).IsProblem("unknown-model", HttpStatusCode.NotFound);
        (await Hub.PostAsync("/v1/environment", """{"items":[]}""")).IsProblem("bad-request", HttpStatusCode.BadRequest).Names("items", "at least one");
        (await Hub.PostAsync("/v1/environment", """{"items":[{"id":"a","token_ids":[1],"spans":[null]}]}""")).IsProblem("bad-request", HttpStatusCode.BadRequest).Names("items[0].spans[0]", "null");
    }
}
