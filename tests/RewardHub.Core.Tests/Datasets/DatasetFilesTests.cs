using System.Text.Json;
using RewardHub.Contracts;
using RewardHub.Core.Tests.Evaluation;
using RewardHub.Datasets;
using RewardHub.Evaluation;

namespace RewardHub.Core.Tests.Datasets;

public class DatasetFilesTests
{
    private static readonly RolloutRow[] Rollouts =
    [
        new()
        {
            Id = "1", Group = "q", Domain = "law", Prompt = Prompt.FromText("Why?\n<b>"), Response = "Because.", Steps = ["a", "", "ü\u2028"],
            Label = "A", Answer = "B", Correct = false, TokenIds = [1, 2, 3], Logprobs = [null, -0.25, -1e-9],
            Spans = [new TokenSpan(0, 1, SpanRole.Prompt), new TokenSpan(1, 3, SpanRole.Observation, 0, "stdout")],
            Meta = JsonDocument.Parse("""{"k":[1,null]}""").RootElement.Clone(),
        },
        new() { Id = "2", Prompt = new Prompt(null, [new Message("user", "hi"), new Message("assistant", "ho")]), Steps = [] },
        new() { Id = "3" },
    ];

    private static async Task<List<T>> All<T>(IAsyncEnumerable<T> rows)
    {
        var all = new List<T>();
        await foreach (T row in rows) all.Add(row);
        return all;
    }

    private static string Json(object rows) => JsonSerializer.Serialize(rows);

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.jsonl.gz")]
    [InlineData("a.parquet")]
    public async Task Rows_come_back_as_they_were_written(string name)
    {
        using var folder = new TestFolder();
        using (IRowSink<RolloutRow> sink = DatasetFiles.CreateRollouts(folder.File(name)))
        {
            foreach (RolloutRow row in Rollouts) sink.Write(row);
            sink.Complete();
        }

        Assert.Equal(Json(Rollouts), Json(await All(DatasetFiles.ReadRolloutsAsync(folder.File(name)))));
        ScoredRow[] scored = [.. SyntheticVotes.Rows(8, 6, 3).Select((r, i) => i % 2 == 0 ? r : r with { Aggregates = new StepAggregates(0.1, 0.2, 0.3, 0.4) })];
        string file = folder.Scored("scored-" + name, scored);
        Assert.Equal(Json(scored), Json(await All(DatasetFiles.ReadScoredAsync(file))));
    }

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.jsonl.gz")]
    [InlineData("a.parquet")]
    public void A_file_that_was_not_completed_is_absent(string name)
    {
        using var folder = new TestFolder();
        using (IRowSink<RolloutRow> sink = DatasetFiles.CreateRollouts(folder.File(name))) sink.Write(Rollouts[0]);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    [Theory]
    [InlineData("""{"id":"1","correct":"yes"}""", "correct", "the text \"yes\"")]
    [InlineData("""{"id":"1","token_ids":[1.5]}""", "token_ids", "the number 1.5")]
    [InlineData("""{"id":"1","steps":{"a":1}}""", "steps", "the object")]
    [InlineData("""{"id":"1","spans":[{"start":0,"end":1,"role":"robot"}]}""", "spans", "the object")]
    [InlineData("""{"id":"1","prompt":[{"role":"user"}]}""", "prompt", "the object")]
    [InlineData("""{"cot_id":"1"}""", "id", "--map id=cot_id")]
    [InlineData("""{"id":""}""", "id", "an empty text")]
    public async Task A_cell_of_another_type_names_row_column_and_remedy(string line, string column, string says)
    {
        using var folder = new TestFolder();
        string file = folder.Text("a.jsonl", """{"id":"0"}""" + "\n\n" + line + "\n");
        DatasetException fault = await Assert.ThrowsAsync<DatasetException>(() => All(DatasetFiles.ReadRolloutsAsync(file)));
        Assert.Equal((3L, column), (fault.Row!.Value, fault.Column));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.Contains(file, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"id\":\"1\",\"step_scores\":[NaN]}\n", "JSON has no NaN")]
    [InlineData("{\"id\":\"1\",\"step_sc", "cut short")]
    [InlineData("[1]\n", "not an object")]
    [InlineData("{\"id\":\"1\",\"status\":\"great\"}\n", "great")]
    public async Task A_broken_line_is_named(string text, string says)
    {
        using var folder = new TestFolder();
        string file = folder.Text("a.jsonl", text);
        DatasetException fault = await Assert.ThrowsAsync<DatasetException>(() => All(DatasetFiles.ReadScoredAsync(file)));
        Assert.Equal(1, fault.Row);
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.jsonl.gz")]
    [InlineData("a.parquet")]
    public async Task A_truncated_file_is_refused(string name)
    {
        using var folder = new TestFolder();
        string file = folder.Scored(name, SyntheticVotes.Rows(40, 8, 3));
        byte[] bytes = await File.ReadAllBytesAsync(file);
        await File.WriteAllBytesAsync(file, bytes[..(bytes.Length / 2)]);
        DatasetException fault = await Assert.ThrowsAsync<DatasetException>(() => All(DatasetFiles.ReadScoredAsync(file)));
        Assert.Equal(file, fault.File);
    }

    [Fact]
    public async Task Columns_of_published_data_sets_are_mapped()
    {
        using var folder = new TestFolder();
        string file = folder.Text("a.jsonl", """
            {"cot_id":7,"category":"law","chain_of_thoughts":"['It\\'s', \"a \\\\frac\"]","parsed_answer":42,"parsed_answer_correctness":1,"other":{}}
            """.Trim() + "\r\n");
        ColumnMap map = ColumnMap.Parse("id=cot_id, domain=category,steps=chain_of_thoughts,answer=parsed_answer,correct=parsed_answer_correctness");
        RolloutRow row = Assert.Single(await All(DatasetFiles.ReadRolloutsAsync(file, map)));
        Assert.Equal(("7", "law", "42", true), (row.Id, row.Domain, row.Answer, row.Correct!.Value));
        Assert.Equal(["It's", "a \\frac"], row.Steps);
        ColumnMap wrong = ColumnMap.Parse("id=cot_id,answer=nowhere");
        DatasetException fault = await Assert.ThrowsAsync<DatasetException>(() => All(DatasetFiles.ReadRolloutsAsync(file, wrong)));
        Assert.Equal("nowhere", fault.Column);
        Assert.Throws<FormatException>(() => ColumnMap.Parse("answer"));
        Assert.Throws<FormatException>(() => ColumnMap.Parse("nothing=a"));
    }

    [Fact]
    public async Task A_missing_file_and_an_unknown_name_are_the_caller_s_fault()
    {
        using var folder = new TestFolder();
        await Assert.ThrowsAsync<DatasetException>(() => All(DatasetFiles.ReadScoredAsync(folder.File("none.jsonl"))));
        await Assert.ThrowsAsync<DatasetException>(() => All(DatasetFiles.ReadScoredAsync(folder.File("none.parquet"))));
        Assert.Throws<DatasetException>(() => DatasetFiles.FormatOf("a.csv"));
        Assert.Throws<DatasetException>(() => DatasetFiles.CreateScored(Path.Combine(folder.Root, "no", "a.jsonl")));
    }
}
