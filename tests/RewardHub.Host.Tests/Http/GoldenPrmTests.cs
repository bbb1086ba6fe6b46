using System.Net;
using System.Text.Json;
using RewardHub.Prm;
using RewardHub.Tests;

namespace RewardHub.Host.Tests.Http;

/// <summary>Reference step scores over HTTP, from models hosted through the configuration.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenPrmTests(ITestOutputHelper output)
{
    private const double Tolerance = 1e-4;

    /// <summary>A checkpoint with an adapter, one without, and one with a head of its own.</summary>
    [Theory]
    [InlineData("versaprm")]
    [InlineData("qwen-prm800k")]
    [InlineData("qwen25-math-prm")]
    public async Task A_configured_model_gives_the_reference_step_scores(string format)
    {
        JsonElement row = Golden.Json("prm", "formats.json").GetProperty("formats").EnumerateArray().Single(r => r.GetProperty("format").GetString() == format);
        if (PrmFormats.Find(format) is null) Golden.NotCovered($"{format}: no such format");
        string? adapter = row.GetProperty("adapter").GetString();
        string[] settings =
        [
            $"RewardHub:Models:golden:Path={Golden.File("models", row.GetProperty("checkpoint").GetString()!)}",
            $"RewardHub:Models:golden:Format={format}",
            .. adapter is null ? Array.Empty<string>() : [$"RewardHub:Models:golden:Adapter={Golden.File("models", adapter)}"],
        ];
        await using HubServer hub = await HubServer.StartAsync(false, settings);
        JsonElement[] cases = [.. Golden.Lines("prm", format + ".jsonl").Where(IsStrict)];
        Assert.NotEmpty(cases);
        double worst = 0;
        foreach (IGrouping<string, JsonElement> alike in cases.GroupBy(c => c.GetProperty("options").GetRawText()))
        {
            string items = string.Join(',', alike.Select(c =>
                $$"""{"id":{{c.GetProperty("id").GetRawText()}},"prompt":{{c.GetProperty("question").GetRawText()}},"steps":{{c.GetProperty("steps").GetRawText()}}}"""));
            Reply reply = await hub.PostAsync("/v1/rewards", $$"""{"items":[{{items}}],"scorers":[{"name":"prm:golden","aggregate":"min","options":{{alike.Key}}}]}""");
            Assert.True(reply.Status == HttpStatusCode.OK, reply.Text);
            foreach ((JsonElement expected, JsonElement item) in alike.Zip(reply.Json.GetProperty("items").EnumerateArray()))
            {
                string id = expected.GetProperty("id").GetString()!;
                Assert.True(item.GetProperty("status").GetString() == "ok", $"{id}: {item.GetRawText()}");
                double[] scores = [.. item.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("score").GetDouble())];
                double[] reference = [.. expected.GetProperty("step_scores").EnumerateArray().Select(s => s.GetDouble())];
                Assert.Equal(reference.Length, scores.Length);
                for (int s = 0; s < scores.Length; s++) worst = Math.Max(worst, Math.Abs(scores[s] - reference[s]));
                worst = Math.Max(worst, Math.Abs(item.GetProperty("reward").GetDouble() - expected.GetProperty("aggregates").GetProperty("min").GetDouble()));
                Assert.True(worst <= Tolerance, $"{id}: {worst:E2}");
            }
        }

        output.WriteLine($"{format}: {cases.Length} cases over HTTP, max |difference| {worst:E2}");
    }

    /// <summary>Cases that the strict policy scores too: nothing was deleted from question or steps.</summary>
    private static bool IsStrict(JsonElement row) => !row.GetProperty("tags").EnumerateArray()
        .Any(t => t.GetString() is "marker-deleted" or "empty-lines" or "newline-in-step");
}
