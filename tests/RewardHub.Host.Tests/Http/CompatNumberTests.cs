namespace RewardHub.Host.Tests.Http;

/// <summary>Numbers in the trainers' dialects are floats to Python, also whole ones: tensors of integers have no mean.</summary>
public sealed class CompatNumberTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task OpenRlhf_reads_whole_rewards_as_floats()
    {
        Reply reply = await shared.Hub.PostAsync("/get_reward", """{"query":["a1"],"prompts":["a"],"labels":["1"]}""");
        Assert.Contains("\"rewards\":[1.0]", reply.Text, StringComparison.Ordinal);
        Assert.Contains("\"scores\":[1.0]", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slime_reads_a_whole_reward_as_a_float()
    {
        Reply reply = await shared.Hub.PostAsync("/compat/slime/math", """{"prompt":"a","response":"1","label":"1"}""");
        Assert.Equal("1.0", reply.Text);
    }
}
