using System.Text.Json;
using RewardHub.Datasets;
using RewardHub.Evaluation;
using RewardHub.Reports;

namespace RewardHub.Core.Tests.Evaluation;

public class LengthEvaluationTests
{
    private static IEnumerable<string> Rows(
        string role, string task, int trained, int length, int right, int of, string seed = "0", string? question = "q") =>
        Enumerable.Range(0, of).Select(i =>
        {
            string named = question is null ? "" : $"\"group\":\"{question}{length}-{i}\",";
            return $$"""{{{named}}"task":"{{task}}","role":"{{role}}","train_length":{{trained}},"length":{{length}},"seed":{{seed}},"correct":{{(i < right ? "true" : "false")}}}""";
        });

    private static async Task<LengthReport> Report(TestFolder folder, IEnumerable<string> rows, string name = "a.jsonl", string? map = null) =>
        await LengthEvaluation.RunAsync(new LengthOptions
        {
            Input = folder.Text(name, string.Join('\n', rows) + "\n"),
            Resamples = 400,
            Map = ColumnMap.Parse(map),
        });

    private static IEnumerable<string> Experiment(int main, int alone, int control, string baselineQuestions = "q") =>
    [
        .. Rows("main", "reverse_add", 16, 8, 20, 20), .. Rows("main", "reverse_add", 16, 16, 19, 20),
        .. Rows("main", "reverse_add", 16, 24, main, 20), .. Rows("main", "reverse_add", 16, 32, main, 20),
        .. Rows("main", "reverse_add", 16, 40, 1, 20), .. Rows("aux", "no_carry", 32, 24, 20, 20), .. Rows("aux", "no_carry", 32, 48, 4, 20),
        .. Rows("main_alone", "reverse_add", 16, 24, alone, 20, question: baselineQuestions), .. Rows("main_alone", "reverse_add", 16, 32, alone, 20, question: baselineQuestions),
        .. Rows("control", "reverse_add", 16, 32, control, 20, question: baselineQuestions),
    ];

    [Theory]
    [InlineData("q")]
    [InlineData(null)]
    [Trait("Category", "Golden")]
    public async Task The_gap_of_two_curves_is_their_mean_absolute_difference(string? question)
    {
        using var folder = new TestFolder();
        int[] main = [10, 10, 10, 10, 8, 5, 2, 0], aux = [10, 10, 10, 10, 10, 10, 10, 9];
        LengthReport report = await Report(folder, Enumerable.Range(0, 8).SelectMany(i =>
            Rows("main", "m", 16, 4 + (4 * i), main[i], 10, question: question).Concat(Rows("aux", "a", 32, 4 + (4 * i), aux[i], 10, question: question))));
        LengthPair pair = Assert.Single(report.Pairs);
        Assert.Equal(.3, pair.GapMean!.Value, 12);
        Assert.Equal(.278571, pair.GapTrapezoid!.Value, 6);
        Assert.Equal(.3, Assert.Single(pair.GapBySeed).Gap, 12);
        Assert.Equal([4, 8, 12, 16, 20, 24, 28, 32], pair.CommonLengths);
        Assert.Equal((16, 16), (report.Arms[0].LongestAt90, report.Arms[0].LongestAt99));
        Assert.Equal((32, 28), (report.Arms[1].LongestAt90, report.Arms[1].LongestAt99));
        Assert.Equal([1, (.8 + .5 + .2) / 4], pair.Regimes.Take(2).Select(r => Math.Round(r.Arms.First(a => a.Role == "main").Accuracy, 12)));
        Assert.Empty(pair.Regimes[2].Arms);
        Assert.Equal("not_measured", pair.Transfer.Verdict);
        Assert.Equal(ProportionIntervals.Wilson(8, 10, .95), report.Arms[0].Points[4].Interval);
    }

    [Fact]
    public async Task Regimes_are_split_at_the_trained_lengths_of_main_and_auxiliary_task()
    {
        using var folder = new TestFolder();
        LengthReport report = await Report(folder, Experiment(18, 2, 3));
        LengthPair pair = Assert.Single(report.Pairs);
        Assert.Equal([[8, 16], [24, 32], [40]], pair.Regimes.Select(r => r.Lengths.ToArray()));
        Assert.Equal(["in_distribution", "transfer", "out_of_distribution"], pair.Regimes.Select(r => r.Name));
        Assert.Equal(.975, pair.Regimes[0].Arms[0].Accuracy, 12);
        Assert.Equal(["main", "aux", "main_alone", "control"], pair.Regimes[1].Arms.Select(a => a.Role));
        Assert.Equal((.9, 2), (Math.Round(pair.Regimes[1].Arms[0].Accuracy, 12), pair.Regimes[1].Arms[0].Lengths));
        Assert.InRange(.9, pair.Regimes[1].Arms[0].Interval!.Low, pair.Regimes[1].Arms[0].Interval!.High);
        Assert.Equal([.05, .2], pair.Regimes[2].Arms.Select(a => a.Accuracy));
        Assert.Null(pair.GapTrapezoid);
        Assert.Equal(.1, pair.GapMean!.Value, 12);
    }

    [Theory]
    [InlineData(18, 2, 3, "q", "transfer", true)]
    [InlineData(18, 2, 18, "q", "no_transfer", true)]
    [InlineData(18, 18, 2, "q", "no_transfer", true)]
    [InlineData(2, 18, 2, "q", "no_transfer", true)]
    [InlineData(11, 9, 9, "other", "undecided", false)]
    [InlineData(18, 2, 3, null, "transfer", false)]
    public async Task The_verdict_asks_for_a_main_task_above_every_baseline(
        int main, int alone, int control, string? questions, string verdict, bool paired)
    {
        using var folder = new TestFolder();
        LengthReport report = await Report(folder, Experiment(main, alone, control, questions!));
        TransferVerdict transfer = report.Pairs[0].Transfer;
        Assert.Equal((verdict, main / 20.0), (transfer.Verdict, Math.Round(transfer.Accuracy!.Value, 12)));
        Assert.Equal(["main_alone", "control"], transfer.Baselines.Select(b => b.Role));
        Assert.Equal([[24, 32], [32]], transfer.Baselines.Select(b => b.Lengths.ToArray()));
        Assert.All(transfer.Baselines, b => Assert.Equal(paired, b.Paired));
        Assert.Equal((main - alone) / 20.0, transfer.Baselines[0].Difference, 12);
    }

    [Fact]
    public async Task Seeds_give_mean_spread_and_an_instability_flag_above_the_limit()
    {
        using var folder = new TestFolder();
        LengthReport report = await Report(folder,
        [
            .. Rows("main", "copy", 4, 4, 10, 10, "1"), .. Rows("main", "copy", 4, 4, 7, 10, "2"),
            .. Rows("main", "copy", 4, 8, 10, 10, "1"), .. Rows("main", "copy", 4, 8, 6, 10, "2"),
        ]);
        LengthArm arm = Assert.Single(report.Arms);
        Assert.Equal([(.85, .7, 1, "1", false), (.8, .6, 1, "1", true)], arm.Points.Select(p => (p.Accuracy, p.Min, p.Max, p.BestSeed, p.Unstable)));
        Assert.Equal((true, "1", .825), (arm.Unstable, arm.BestSeed, Math.Round(arm.MeanAccuracy, 12)));
        Assert.NotNull(arm.Points[0].Interval);
        Assert.Contains(report.Notes, n => n is { Code: "seed_unstable_points", Count: 1 });
        Assert.Contains(report.Notes, n => n is { Code: "no_aux" });
        Assert.Equal("not_measured", report.Pairs[0].Transfer.Verdict);
    }

    [Fact]
    public async Task RunAsync_gives_the_same_report_for_any_order_of_rows()
    {
        using var folder = new TestFolder();
        string[] rows = [.. Experiment(12, 9, 8), .. Rows("main", "reverse_add", 16, 24, 3, 20, "7"), .. Rows("aux", "no_carry", 32, 24, 9, 20, "7", null)];
        LengthReport first = await Report(folder, rows);
        new PythonRandom(3).Shuffle(rows.AsSpan());
        LengthReport second = await Report(folder, rows, "b.jsonl");
        Assert.Equal(Json(first with { Run = second.Run }), Json(second));
        Assert.NotEqual(first.Run.Data.Sha256, second.Run.Data.Sha256);
        ReportFiles.Write(first, folder.File("out"), force: false);
        string text = await File.ReadAllTextAsync(folder.File("out/report.json"));
        Assert.Equal(text.TrimEnd('\n'), Json(JsonSerializer.Deserialize(text, ReportJson.Default.LengthReport)!));
        Assert.Contains("| main reverse_add |", await File.ReadAllTextAsync(folder.File("out/report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_take_no_part_are_counted()
    {
        using var folder = new TestFolder();
        LengthReport report = await Report(folder,
        [
            .. Rows("main", "copy", 4, 4, 1, 2),
            """{"task":"copy","role":"main","train_length":4,"length":4,"status":"timeout","correct":true}""",
            """{"task":"copy","role":"main","train_length":4,"length":4,"correct":null}""",
            """{"task":"copy","role":"main","train_length":4,"length":4,"answer":"1","label":"1"}""",
        ]);
        Assert.Equal(new LengthRowCounts(5, 3, 1, 1), report.Rows);
        Assert.Contains(report.Notes, n => n is { Code: "correct_by_label", Count: 1 });
    }

    [Theory]
    [InlineData("""{"task":"t","role":"main","trainLength":4,"length":4,"correct":true}""", "column 'train_length'", "--map train_length=trainLength")]
    [InlineData("""{"task":"t","role":"main","train_length":4,"digits":4,"correct":true}""", "column 'length'", "--map length=digits")]
    [InlineData("""{"task":"t","role":"main","train_length":4,"length":4.5,"correct":true}""", "column 'length'", "whole number")]
    [InlineData("""{"task":"t","role":"boss","train_length":4,"length":4,"correct":true}""", "column 'role'", "main, aux, main_alone, control")]
    [InlineData("""{"task":"t","role":"main","train_length":4,"length":4,"is_correct":true}""", "no row of the role main", "--map correct=is_correct")]
    [InlineData("""{"task":"t","role":"aux","train_length":4,"length":4,"correct":true}""", "no row of the role main", "it has aux")]
    [InlineData("""{"task":"t","role":"main","train_length":4,"length":4,"correct":"yes"}""", "column 'correct'", "true or false")]
    public async Task A_row_that_does_not_fit_is_named_with_the_mapping_that_would(string row, string place, string remedy)
    {
        using var folder = new TestFolder();
        DatasetException fault = await Assert.ThrowsAsync<DatasetException>(() => Report(folder, [row]));
        Assert.Contains(place, fault.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, fault.Message, StringComparison.Ordinal);
        Assert.StartsWith(folder.File("a.jsonl"), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_experiments_in_one_file_are_refused()
    {
        using var folder = new TestFolder();
        Assert.Contains("tasks 'a' and 'b'", await Fault(Rows("main", "a", 4, 4, 1, 1).Concat(Rows("main", "b", 4, 4, 1, 1))), StringComparison.Ordinal);
        Assert.Contains("up to 4 in one row and up to 8", await Fault(Rows("main", "a", 4, 4, 1, 1).Concat(Rows("main", "a", 8, 8, 1, 1))), StringComparison.Ordinal);
        string twice = """{"id":"x","task":"t","role":"main","train_length":4,"length":4,"correct":true}""";
        Assert.Contains("row 2, column 'id'", await Fault([twice, twice]), StringComparison.Ordinal);
        async Task<string> Fault(IEnumerable<string> rows) => (await Assert.ThrowsAsync<DatasetException>(() => Report(folder, rows))).Message;
    }

    private static string Json(LengthReport report) => JsonSerializer.Serialize(report, ReportJson.Default.LengthReport);
}
