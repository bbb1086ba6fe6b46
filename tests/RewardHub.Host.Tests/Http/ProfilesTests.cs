using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace RewardHub.Host.Tests.Http;

public sealed class ProfilesTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private HubServer Hub => shared.Hub;

    [Fact]
    public async Task The_catalog_shows_every_shipped_profile_with_its_components_and_its_source()
    {
        JsonElement[] profiles = [.. (await Hub.GetAsync("/v1/scorers")).Json.GetProperty("profiles").EnumerateArray()];
        string[] names = [.. profiles.Select(p => p.GetProperty("name").GetString()!)];
        foreach (string name in new[] { "math", "choice", "exact", "math-format", "math-length-penalty", "phi4-reasoning-plus", "self-consistency" }) Assert.Contains(name, names);
        Assert.All(profiles, p =>
        {
            Assert.NotEmpty(p.GetProperty("summary").GetString()!);
            Assert.NotEmpty(p.GetProperty("source").GetString()!);
            Assert.NotEmpty(p.GetProperty("scorers").EnumerateArray());
        });
        JsonElement phi = profiles.Single(p => p.GetProperty("name").GetString() == "phi4-reasoning-plus");
        Assert.Equal(0, phi.GetProperty("scorers")[0].GetProperty("on_status").GetProperty("unparseable").GetDouble());
        Assert.Equal("sample", phi.GetProperty("group_operation").GetProperty("deviation").GetString());
    }

    [Fact]
    public async Task The_phi4_profile_answers_with_every_component_its_definition_and_the_group()
    {
        Reply reply = await Hub.PostAsync("/v1/rewards", """
            {"profile":"phi4-reasoning-plus","items":[
             {"id":"right","group":"q","response":"<think>t</think>\\boxed{4}","token_ids":[1,2,3],"finish_reason":"stop","label":"4"},
             {"id":"again","group":"q","response":"<think>t</think>\\boxed{4}","token_ids":[1,2,3],"finish_reason":"stop","label":"4"},
             {"id":"cut","group":"q","response":"<think>t","token_ids":[1,2,3],"finish_reason":"length","label":"4"},
             {"id":"unformed","group":"q","response":"\\boxed{4}","token_ids":[1,2,3],"finish_reason":"stop","label":"4"}]}
            """);
        Assert.Equal("ok", reply.Json.GetProperty("status").GetString());
        JsonElement[] items = [.. reply.Json.GetProperty("items").EnumerateArray()];
        double[] rewards = [.. items.Select(i => i.GetProperty("reward").GetDouble())];
        Assert.Equal([.6153846, .6153846, -.3076923, -.6153846], rewards.Select(r => Math.Round(r, 7)));
        double[] advantages = [.848875, .848875, -.606339, -1.091410];
        for (int i = 0; i < 4; i++) Assert.Equal(advantages[i], items[i].GetProperty("group").GetProperty("advantage").GetDouble(), 1e-5);

        JsonElement scores = items[2].GetProperty("scores"), phi = scores.GetProperty("reward:phi4-reasoning-plus");
        Assert.Equal("unparseable", scores.GetProperty("verify:math").GetProperty("status").GetString());
        Assert.Equal("incomplete", phi.GetProperty("evidence").GetProperty("override").GetString());
        Assert.Equal(-0.5, phi.GetProperty("parts").GetProperty("accuracy").GetDouble());
        Assert.StartsWith("phi4rp-1", phi.GetProperty("definition").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, phi.GetProperty("component").GetProperty("weight").GetDouble());
        Assert.Equal("report_only", scores.GetProperty("reward:loops").GetProperty("component").GetProperty("effect").GetString()!);
        Assert.True(items[0].GetProperty("group").GetProperty("complete").GetBoolean());
    }

    [Fact]
    public async Task A_pseudo_reward_is_marked_on_the_item_and_in_the_catalog()
    {
        string items = string.Join(',', new[] { "4", "4", "4", "5" }.Select((answer, i) => $$"""{"id":"r{{i}}","group":"q","response":"so it is {{answer}}"}"""));
        Reply reply = await Hub.PostAsync("/v1/rewards", $$"""{"profile":"self-consistency","items":[{{items}}]}""");
        Assert.Equal([1.0, 1, 1, 0], reply.Json.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("reward").GetDouble()));
        Assert.All(reply.Json.GetProperty("items").EnumerateArray(), i => Assert.True(i.GetProperty("label_free").GetBoolean()));
        JsonElement scorer = (await Hub.GetAsync("/v1/scorers")).Json.GetProperty("scorers").EnumerateArray().Single(s => s.GetProperty("name").GetString() == "reward:self-consistency");
        Assert.Equal("pseudo", scorer.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_request_composes_without_a_profile()
    {
        Reply reply = await Hub.PostAsync("/v1/rewards", """
            {"items":[{"id":"a","response":"4","label":"4"},{"id":"b","response":"none","label":"4"}],"combine":"mean",
             "scorers":[{"name":"verify:number","weight":3,"clip":[0,0.5],"on_status":{"unparseable":"mask"}},{"name":"verify:exact"}]}
            """);
        JsonElement[] items = [.. reply.Json.GetProperty("items").EnumerateArray()];
        Assert.Equal([(1.5 + 1) / 4, 0], items.Select(i => i.GetProperty("reward").GetDouble()));
        Assert.Equal("masked", items[1].GetProperty("scores").GetProperty("verify:number").GetProperty("component").GetProperty("effect").GetString());
    }

    [Fact]
    public async Task Broken_composition_is_named_by_its_path() =>
        (await Hub.PostAsync("/v1/rewards", """
            {"items":[{"id":"a","response":"4","label":"4","finish_reason":"tired"}],"combine":"max","group_operation":{"deviation":"wide"},
             "scorers":[{"name":"verify:number","clip":[1],"gate":{"below":1,"effect":"stop"},"on_status":{"ok":1}}]}
            """)).IsProblem("bad-request", HttpStatusCode.BadRequest)
            .Names("items[0].finish_reason", "stop").Names("combine", "sum").Names("group_operation.deviation", "sample")
            .Names("scorers[0].clip", "two").Names("scorers[0].gate.effect", "zero").Names("scorers[0].on_status.ok", "status");

    [Theory]
    [InlineData("RewardHub:Profiles:math:Scorers:0:Name=verify:nothing", "RewardHub:Profiles:math:Scorers:0:Name: there is no scorer 'verify:nothing'")]
    [InlineData("RewardHub:Profiles:math:Scorers:0:Options:nope=1", "RewardHub:Profiles:math:Scorers:0:Options:nope")]
    [InlineData("RewardHub:Profiles:math:Scorers:0:Gate:Effect=zero", "RewardHub:Profiles:math:Scorers:0:Gate:Below: must be")]
    [InlineData("RewardHub:Profiles:math:Scorers:0:OnStatus:unparseable=zero", "RewardHub:Profiles:math:Scorers:0:OnStatus:unparseable: must be")]
    [InlineData("RewardHub:Profiles:math:Scorers:0:Clip:0=1", "RewardHub:Profiles:math:Scorers:0:Clip: must be")]
    [InlineData("RewardHub:Profiles:math:Combine=max", "RewardHub:Profiles:math:Combine: must be")]
    [InlineData("RewardHub:Profiles:math:GroupOperation:Deviation=wide", "RewardHub:Profiles:math:GroupOperation:Deviation: must be")]
    [InlineData("RewardHub:Profiles:phi4-reasoning-plus:Scorers:1:Options:correct_from=verify:exact", "RewardHub:Profiles:phi4-reasoning-plus:Scorers:1:Options:correct_from: there is no verifier")]
    public async Task A_broken_profile_ends_the_start_with_its_configuration_key(string setting, string said)
    {
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => HubServer.StartAsync(false, setting));
        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
    }
}
