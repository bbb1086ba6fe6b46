using System.Text.Json;

namespace RewardHub.Host.Tests.EndToEnd;

/// <summary>The report verbs and suite kinds as they are typed.</summary>
public sealed class EvalReportsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rewardhub-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("length", """{"task":"t","role":"main","train_length":4,"length":4,"seed":1,"correct":true}""", "instability")]
    [InlineData("runs", """{"group":"q","run":1,"correct":true,"answer":"4"}""", "missing-answers")]
    [InlineData("loops", """{"group":"q","model":"m","temperature":0,"token_ids":[1,1,1],"correct":false}""", "n")]
    [InlineData("curriculum", """{"round":1,"difficulty":3,"accuracy":1,"kept":5,"total":10}""", "mastery")]
    public async Task A_verb_and_a_suite_of_its_kind_write_the_same_report(string kind, string row, string option)
    {
        string input = Path.Combine(_folder, "rows.jsonl"), suite = Path.Combine(_folder, "suite.yaml");
        await File.WriteAllTextAsync(input, row + "\n");
        JsonElement byVerb = await ReportAsync("verb", "eval", kind, "--in", input, "--confidence", "0.9");
        await File.WriteAllTextAsync(suite, $"name: s\nversion: 3\nkind: {kind}\ndata: rows.jsonl\nseed: 0\noptions:\n  confidence: 0.9\n");
        JsonElement bySuite = await ReportAsync("suite", "eval", "suite", suite);
        Assert.Equal(kind, byVerb.GetProperty("run").GetProperty("kind").GetString());
        Assert.Equal(JsonValueKind.Null, byVerb.GetProperty("run").GetProperty("suite").ValueKind);
        Assert.Equal("3", bySuite.GetProperty("run").GetProperty("suite_version").GetString());
        Assert.Equal("0.9", bySuite.GetProperty("run").GetProperty("options").GetProperty("confidence").GetString());
        Assert.True(bySuite.GetProperty("run").GetProperty("options").TryGetProperty(option, out _));
        foreach (JsonProperty part in byVerb.EnumerateObject().Where(p => p.Name != "run"))
            Assert.Equal(part.Value.GetRawText(), bySuite.GetProperty(part.Name).GetRawText());

        await File.WriteAllTextAsync(suite, $"name: s\nversion: 3\nkind: {kind}\ndata: rows.jsonl\noptions:\n  wibble: 1\n");
        Ended unknown = await Executable.RunAsync("eval", "suite", suite, "--out", Path.Combine(_folder, "x"));
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("there is no option 'wibble'", unknown.Errors, StringComparison.Ordinal);
        Assert.Contains(option, unknown.Errors, StringComparison.Ordinal);

        Ended mapped = await Executable.RunAsync(
            "eval", kind, "--in", input, "--out", Path.Combine(_folder, "y"), "--map", (kind == "curriculum" ? "round" : kind == "length" ? "task" : "group") + "=nowhere");
        Assert.Equal(2, mapped.ExitCode);
        Assert.Contains("column 'nowhere'", mapped.Errors, StringComparison.Ordinal);
        Assert.Single(mapped.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private async Task<JsonElement> ReportAsync(string name, params string[] arguments)
    {
        string output = Path.Combine(_folder, name);
        Ended ended = await Executable.RunAsync([.. arguments, "--out", output]);
        Assert.True(ended.ExitCode == 0, ended.Errors);
        Assert.StartsWith("# ", await File.ReadAllTextAsync(Path.Combine(output, "report.md")), StringComparison.Ordinal);
        return JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(output, "report.json"))).RootElement;
    }
}
