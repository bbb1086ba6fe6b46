using System.Globalization;
using System.Text.Json;
using RewardHub.Contracts;
using RewardHub.Datasets;
using RewardHub.Evaluation;
using RewardHub.Reports;

namespace RewardHub.Core.Tests.Evaluation;

public class LoopsEvaluationTests(ITestOutputHelper output)
{
    private static readonly double[] Temperatures = [0, .2, .4, .6, .8, 1];

    /// <summary>A published table of a replication of the loop metric: 60 problems, one response at temperature 0, else twenty.</summary>
    private static readonly Published[] Tables =
    [
        new("OpenThinker3-1.5B", ["0.317", "0.258", "0.123", "0.0525", "0.0167", "0.0108"], ["0.367", "0.409", "0.453", "0.472", "0.498", "0.485"], [22_354, 20_895, 20_304, 19_848, 19_403, 19_767]),
        new("OpenThinker3-7B", ["0.150", "0.048", "0.040", "0.027", "0.012", "0.0025"], null, null),
    ];

    private sealed record Published(string Model, string[] Loops, string[]? Accuracy, int[]? Tokens);

    private static string Row(
        string group, string id, string model, double? temperature, string rest) =>
        $$"""{"id":"{{id}}","group":"{{group}}","model":"{{model}}","temperature":{{(temperature is { } t ? t.ToString(CultureInfo.InvariantCulture) : "null")}},{{rest}}}""";

    private static string Tokens(IEnumerable<int> ids, bool? correct = null) =>
        $"\"token_ids\":[{string.Join(',', ids)}],\"correct\":{(correct is { } right ? right ? "true" : "false" : "null")}";

    private static int[] Cycle(int period, int count, int from = 0) => [.. Enumerable.Range(0, count).Select(i => from + (i % period))];

    private static async Task<LoopsReport> Report(TestFolder folder, IEnumerable<string> rows, LoopsOptions? options = null, string name = "a.jsonl") =>
        await LoopsEvaluation.RunAsync((options ?? new LoopsOptions { Input = "" }) with { Input = folder.Text(name, string.Join('\n', rows) + "\n"), Resamples = 200 });

    /// <summary>The count whose share rounds to the published text.</summary>
    private static int CountOf(string share, int of) => (int)Math.Round(double.Parse(share, CultureInfo.InvariantCulture) * of);

    private static string Rounded(double value, string like) => value.ToString("F" + (like.Length - 2), CultureInfo.InvariantCulture);

    private static IEnumerable<string> Replay(Published table)
    {
        for (int t = 0; t < Temperatures.Length; t++)
        {
            int draws = t == 0 ? 1 : 20, of = 60 * draws;
            int loops = CountOf(table.Loops[t], of), right = table.Accuracy is null ? 0 : CountOf(table.Accuracy[t], of);
            for (int i = 0; i < of; i++)
            {
                // Loops come first and right answers last; lengths differ by pairs around the mean.
                int tokens = (table.Tokens?[t] ?? 20_000) + (i % 2 == 0 ? 500 : -500);
                string correct = table.Accuracy is null ? "null" : i >= of - right ? "true" : "false";
                yield return Row($"p{i / draws:D2}", $"{i}", table.Model, Temperatures[t], $"\"loop\":{(i < loops ? "true" : "false")},\"tokens\":{tokens},\"correct\":{correct}");
            }
        }
    }

    [Fact]
    [Trait("Category", "Golden")]
    public async Task Published_counts_give_the_published_table()
    {
        using var folder = new TestFolder();
        LoopsReport report = await Report(folder, Tables.SelectMany(Replay), new LoopsOptions { Input = "", Teacher = "OpenThinker3-7B" });
        Assert.Equal(12, report.Cells.Count);
        for (int m = 0; m < 2; m++)
        {
            for (int t = 0; t < 6; t++)
            {
                Published table = Tables[m];
                LoopCell cell = report.Cells[(m * 6) + t];
                Assert.Equal((table.Model, Temperatures[t], t == 0 ? 60 : 1_200), (cell.Model, cell.Temperature, cell.Loops.Responses));
                Assert.Equal(table.Loops[t], Rounded(cell.Loops.Fraction!.Value, table.Loops[t]));
                if (table.Accuracy is null) Assert.Null(cell.Accuracy);
                else Assert.Equal(table.Accuracy[t], Rounded(cell.Accuracy!.Value, table.Accuracy[t]));
                if (table.Tokens is not null) Assert.Equal(table.Tokens[t], cell.MeanTokens);
                Assert.InRange(cell.Loops.Fraction.Value, cell.ClusterInterval!.Low, cell.ClusterInterval.High);
                output.WriteLine($"{cell.Model} T={cell.Temperature}: {cell.Loops.Fraction:F4} Wilson [{cell.Loops.Wilson!.Low:F4}, {cell.Loops.Wilson.High:F4}], over problems [{cell.ClusterInterval.Low:F4}, {cell.ClusterInterval.High:F4}]");
            }
        }

        // 19 of 60 at temperature 0.
        LoopShare greedy = report.Cells[0].Loops;
        Assert.Equal((19, .2131, .4423), (greedy.Looping, Math.Round(greedy.Wilson!.Low, 4), Math.Round(greedy.Wilson.High, 4)));
        Assert.All(report.Slopes, slope => Assert.True(slope.Slope < 0));
        Assert.Equal(6, report.TeacherDeltas.Count);
        Assert.Equal((19 - 9) / 60.0, report.TeacherDeltas[0].Difference, 12);
        Assert.Contains(report.Notes, n => n is { Code: "loops_given", Count: 2 * (60 + 6_000) });
    }

    [Fact]
    [Trait("Category", "Golden")]
    public async Task Token_ids_are_scanned_with_the_edges_of_the_definition()
    {
        using var folder = new TestFolder();
        LoopsReport report = await Report(folder,
        [
            Row("a", "1", "m", 0, Tokens(new int[48], true)), Row("a", "2", "m", 0, Tokens(new int[49], false)),
            Row("b", "3", "m", 0, Tokens(Cycle(40, (19 * 40) + 29), true)), Row("b", "4", "m", 0, Tokens(Cycle(40, (19 * 40) + 30), false)),
            Row("c", "5", "m", 0, Tokens([.. Enumerable.Range(1_000, 500), .. Cycle(40, 1_000)])), Row("c", "6", "m", 0, Tokens([], true)),
        ]);
        LoopCell cell = Assert.Single(report.Cells);
        Assert.Equal((6, 3), (cell.Loops.Responses, cell.Loops.Looping));
        Assert.Equal((2, 2), (cell.LoopGivenWrong.Responses, cell.LoopGivenWrong.Looping));
        Assert.Equal((3, 0), (cell.LoopGivenRight.Responses, cell.LoopGivenRight.Looping));
        Assert.Equal(790, cell.MedianLoopPrefix);
        Assert.Equal((48.0 + 750 + 960) / (48 + 49 + 789 + 790 + 1_500), cell.WastedShare!.Value, 12);
        Assert.Equal((49 + 789) / 2.0, cell.MedianTokens);
        Assert.Equal((5, .6), (cell.Marked, cell.Accuracy));
        Assert.Contains(report.Notes, n => n is { Code: "shorter_than_n", Count: 1 });
        Assert.Contains("semantic", report.Policies["not_found"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sensitivity_grid_holds_the_five_settings()
    {
        using var folder = new TestFolder();
        // A constant sequence of T tokens holds an n-gram T - n + 1 times.
        LoopsReport report = await Report(folder, [Row("a", "1", "m", 0, Tokens(new int[49])), Row("a", "2", "m", 0, Tokens(new int[59]))]);
        Assert.Equal(
            [(20, 20, 2), (30, 20, 2), (30, 30, 1), (30, 60, 0), (40, 20, 1)],
            report.Cells[0].Sensitivity.Select(s => (s.N, s.K, s.Loops.Looping)));
        LoopsReport other = await Report(folder, [Row("a", "1", "m", 0, Tokens(new int[12]))], new LoopsOptions { Input = "", N = 3, K = 10 });
        Assert.Equal(1, other.Cells[0].Loops.Looping);
        Assert.Equal("10", other.Run.Options["k"]);
    }

    [Fact]
    public async Task Problems_are_cut_into_terciles_with_equal_difficulties_together()
    {
        using var folder = new TestFolder();
        var rows = new List<string>();
        for (int p = 0; p < 6; p++)
        {
            // Problems 0 to 2 are always right; 3 is wrong once, 4 and 5 always; only the last two loop.
            for (int i = 0; i < 2; i++)
                rows.Add(Row($"p{p}", $"{i}", "m", 1, $"\"loop\":{(p > 3 ? "true" : "false")},\"cap_hit\":{(p > 4 ? "true" : "false")},\"correct\":{(p < 3 || (p == 3 && i == 0) ? "true" : "false")}"));
        }

        LoopsReport report = await Report(folder, rows);
        Assert.Equal("wrong_share", report.DifficultySource);
        Assert.Equal([("easy", 3, 0), ("middle", 1, 0), ("hard", 2, 4)], report.Cells[0].ByDifficulty.Select(d => (d.Tercile, d.Problems, d.Loops.Looping)));
        Assert.Equal(2 / 12.0, report.Cells[0].CapHitFraction);
        Assert.Null(report.Cells[0].MeanTokens);
        Assert.Null(report.Slopes[0].Slope);
        LoopsReport rated = await Report(folder, rows.Select((row, i) => row.Replace("\"loop\"", $"\"difficulty\":{-(i / 2)},\"loop\"", StringComparison.Ordinal)));
        Assert.Equal("column", rated.DifficultySource);
        Assert.Equal([4, 0, 0], rated.Cells[0].ByDifficulty.Select(d => d.Loops.Looping));
    }

    [Fact]
    public async Task Words_are_scanned_where_there_are_no_token_ids()
    {
        using var folder = new TestFolder();
        string loop = string.Join(' ', Enumerable.Repeat("wait", 49));
        LoopsReport report = await Report(folder,
        [
            Row("a", "1", "m", .5, $"\"response\":\"{loop}\",\"finish_reason\":\"length\""), Row("a", "2", "m", .5, "\"response\":\"so it is 4\",\"finish_reason\":\"stop\""),
            Row("a", "3", "m", 1, "\"response\":\"yes\",\"loop\":true"),
        ]);
        Assert.Equal([1, 1], report.Cells.Select(c => c.Loops.Looping));
        Assert.Equal(.5, report.Cells[0].CapHitFraction);
        Assert.Equal(1, report.Slopes[0].Slope!.Value, 12);
        Assert.Contains(report.Notes, n => n is { Code: "scanned_as_words", Count: 2 });
    }

    [Fact]
    public async Task RunAsync_gives_the_same_report_for_any_order_of_rows()
    {
        using var folder = new TestFolder();
        string[] rows =
        [
            .. Enumerable.Range(0, 120).Select(i => Row(
                $"p{i % 20}", $"{i}", i % 3 == 0 ? "a" : "b", i % 2, Tokens(i % 7 < 2 ? new int[40 + i] : Cycle(50 + i, 60), i % 5 < 2))),
        ];
        var options = new LoopsOptions { Input = "", Teacher = "a" };
        LoopsReport first = await Report(folder, rows, options);
        new PythonRandom(3).Shuffle(rows.AsSpan());
        LoopsReport second = await Report(folder, rows, options, "b.jsonl");
        Assert.Equal(Json(first with { Run = second.Run }), Json(second));
        Assert.Equal(2, first.TeacherDeltas.Count);
        ReportFiles.Write(first, folder.File("out"), force: false);
        string text = await File.ReadAllTextAsync(folder.File("out/report.json"));
        Assert.Equal(text.TrimEnd('\n'), Json(JsonSerializer.Deserialize(text, ReportJson.Default.LoopsReport)!));
        Assert.Contains("\"loop_given_wrong\"", text, StringComparison.Ordinal);
        Assert.Contains("| a | 0 | 20 |", await File.ReadAllTextAsync(folder.File("out/report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_what_the_model_wrote_is_scanned_in_a_Parquet_file_with_spans()
    {
        using var folder = new TestFolder();
        using (IRowSink<RolloutRow> sink = DatasetFiles.CreateRollouts(folder.File("a.parquet")))
        {
            int[] prompt = new int[60];
            TokenSpan[] spans = [new(0, 60, SpanRole.Prompt, -1, null), new(60, 160, SpanRole.Action, 0, null)];
            sink.Write(new RolloutRow { Id = "1", Group = "q", Domain = "m", TokenIds = [.. prompt, .. Enumerable.Range(1, 100)], Spans = spans });
            sink.Write(new RolloutRow { Id = "2", Group = "q", Domain = "m", TokenIds = [.. prompt, .. new int[100]], Spans = spans });
            sink.Complete();
        }

        LoopsReport report = await LoopsEvaluation.RunAsync(new LoopsOptions { Input = folder.File("a.parquet"), Resamples = 100, Map = ColumnMap.Parse("model=domain") });
        LoopCell cell = Assert.Single(report.Cells);
        Assert.Equal(("m", null, 1, 100.0), (cell.Model, cell.Temperature, cell.Loops.Looping, cell.MeanTokens));
        Assert.Contains(report.Notes, n => n is { Code: "temperature_not_stated" });
    }

    [Fact]
    public async Task Rows_that_take_no_part_are_counted()
    {
        using var folder = new TestFolder();
        LoopsReport report = await Report(folder,
        [
            Row("a", "1", "m", 0, "\"loop\":true,\"token_ids\":[1,2]"), Row("a", "2", "m", 0, "\"token_ids\":null"),
            Row("a", "3", "m", 0, "\"loop\":true,\"status\":\"error\""), Row("a", "4", "m", 0, "\"loop\":false,\"label\":\"4\",\"answer\":\"5\""),
        ]);
        Assert.Equal(new LoopsRowCounts(4, 2, 1, 1), report.Rows);
        Assert.Contains(report.Notes, n => n is { Code: "loops_disagree", Count: 1 });
        Assert.Equal((1, 0.0), (report.Cells[0].Marked, report.Cells[0].Accuracy));
    }

    [Theory]
    [InlineData("""{"group":"q","completion_token_ids":[1]}""", "no row can be measured", "--map token_ids=completion_token_ids")]
    [InlineData("""{"question":"q","token_ids":[1]}""", "row 1, column 'group'", "--map group=question")]
    [InlineData("""{"group":"q","token_ids":[1.5]}""", "row 1, column 'token_ids'", "32-bit integers")]
    [InlineData("""{"group":"q","token_ids":[1],"temperature":-1}""", "row 1, column 'temperature'", "at least 0")]
    [InlineData("""{"group":"q","token_ids":[1],"spans":[{"start":0,"end":9,"role":"action","turn":0}]}""", "row 1, column 'spans'", "within 1 tokens")]
    public async Task A_row_that_does_not_fit_is_named_with_the_mapping_that_would(string row, string place, string remedy)
    {
        using var folder = new TestFolder();
        DatasetException fault = await Assert.ThrowsAsync<DatasetException>(() => Report(folder, [row]));
        Assert.Contains(place, fault.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Responses_twice_difficulties_in_conflict_and_an_unknown_teacher_are_refused()
    {
        using var folder = new TestFolder();
        string row = Row("a", "1", "m", 0, "\"loop\":true");
        Assert.Equal((2, "id"), await Fault([row, row], null));
        Assert.Equal((2, "difficulty"), await Fault([Row("a", "1", "m", 0, "\"loop\":true,\"difficulty\":1"), Row("a", "2", "m", 0, "\"loop\":true,\"difficulty\":2")], null));
        Assert.Equal((null, "model"), await Fault([row], "nobody"));
        await Assert.ThrowsAsync<ArgumentException>(() => Report(folder, [row], new LoopsOptions { Input = "", K = 1 }));

        async Task<(long? Row, string? Column)> Fault(string[] rows, string? teacher)
        {
            DatasetException fault = await Assert.ThrowsAsync<DatasetException>(() => Report(folder, rows, new LoopsOptions { Input = "", Teacher = teacher }));
            return (fault.Row, fault.Column);
        }
    }

    private static string Json(LoopsReport report) => JsonSerializer.Serialize(report, ReportJson.Default.LoopsReport);
}
