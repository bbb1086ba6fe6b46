using System.Text.Json;
using RewardHub.Contracts;
using RewardHub.Datasets;
using RewardHub.Evaluation;
using RewardHub.Reports;

namespace RewardHub.Core.Tests.Evaluation;

public class RunsEvaluationTests
{
    private static string Row(string question, int run, bool right, string? answer = null, string model = "m", int? tokens = null) =>
        $$"""{"group":"{{question}}","run":{{run}},"model":"{{model}}","correct":{{(right ? "true" : "false")}},"answer":{{(answer is null ? "null" : $"\"{answer}\"")}},"tokens":{{(tokens is null ? "null" : $"{tokens}")}}}""";

    /// <summary>Each run answers the first questions right, as many as asked.</summary>
    private static IEnumerable<string> Runs(int questions, string model, params int[] right) => right.SelectMany((count, run) =>
        Enumerable.Range(0, questions).Select(q => Row($"q{q:D3}", run, q < count, q < count ? "yes" : "no", model)));

    private static async Task<RunsReport> Report(TestFolder folder, IEnumerable<string> rows, RunsOptions? options = null, string name = "a.jsonl") =>
        await RunsEvaluation.RunAsync((options ?? new RunsOptions { Input = "" }) with { Input = folder.Text(name, string.Join('\n', rows) + "\n"), Resamples = 500 });

    [Fact]
    [Trait("Category", "Golden")]
    public async Task Pass_at_k_is_the_unbiased_estimate()
    {
        using var folder = new TestFolder();
        RunsReport report = await Report(folder, Enumerable.Range(0, 16).Select(run => Row("q", run, run < 4)));
        double[] expected = [.25, .45, .728022, .961538, 1];
        Assert.Equal(expected, new[] { 1, 2, 4, 8, 16 }.Select(k => Math.Round(report.Systems[0].AtK.First(a => a.K == k).Pass, 6)));
        Assert.All(report.Systems[0].AtK, a => Assert.Null(a.Majority));
        RunsReport fifty = await Report(folder, Enumerable.Range(0, 50).Select(run => Row("q", run, run < 25)), new RunsOptions { Input = "", Ks = [5, 99] });
        RunsAtK five = Assert.Single(fifty.Systems[0].AtK);
        Assert.Equal(.974924, five.Pass, 6);
        Assert.Contains(fifty.Notes, n => n is { Code: "k_above_runs", Count: 1 });
        Assert.Null(fifty.Systems[0].Interval);
    }

    [Fact]
    [Trait("Category", "Golden")]
    public async Task Runs_have_a_mean_and_a_sample_deviation()
    {
        using var folder = new TestFolder();
        RunsSystem system = (await Report(folder, Runs(30, "m", 18, 20, 19, 21, 17))).Systems[0];
        Assert.Equal((5, 30), (system.Runs, system.Questions));
        Assert.Equal(.633333, system.Mean, 6);
        Assert.Equal(.052705, system.Sd!.Value, 6);
        Assert.Equal((17 / 30.0, 21 / 30.0), (system.Min, system.Max));
        Assert.Equal([18, 20, 19, 21, 17], system.RunAccuracies.Select(r => r.Right));
        Assert.Equal([(.55, 1), (.6, 2), (.65, 1), (.7, 1)], system.Histogram.Select(b => (b.Low, b.Runs)));
        Assert.InRange(system.Mean, system.Interval!.Low, system.Interval.High);
    }

    [Fact]
    [Trait("Category", "Golden")]
    public async Task One_run_of_30_at_one_half_has_a_standard_error_of_nine_points()
    {
        using var folder = new TestFolder();
        RunsSystem system = (await Report(folder, Runs(30, "m", 15))).Systems[0];
        Assert.Equal(.0913, system.SeQuestions, 4);
        Assert.Null(system.Sd);
    }

    [Fact]
    public async Task Majority_best_and_worst_of_k_can_be_counted_by_hand()
    {
        using var folder = new TestFolder();
        RunsReport report = await Report(folder,
        [
            Row("q1", 0, true, "A", tokens: 10), Row("q1", 1, true, "A", tokens: 20), Row("q1", 2, false, "B", tokens: 90),
            Row("q2", 0, true, "C", tokens: 30), Row("q2", 1, false, "D"), Row("q2", 2, false, "D"),
        ]);
        RunsSystem system = report.Systems[0];
        RunsAtK two = system.AtK.First(a => a.K == 2), three = system.AtK.First(a => a.K == 3);
        // Runs are right in 2, 1 and 0 of 2. q1: AA, AB, AB; q2: CD, CD, DD.
        Assert.Equal([2 / 3.0, 1 / 3.0], new[] { 1 + .5 + .5, .5 + .5 + 0 }.Select(s => s / 3));
        Assert.Equal(((2 / 3.0) + (1 / 3.0)) / 2, two.Majority!.Value, 12);
        Assert.Equal(.5, three.Majority!.Value, 12);
        Assert.Equal(2.5 / 3, two.Best, 12);
        Assert.Equal(.5 / 3, two.Worst, 12);
        Assert.Equal(.5 / Math.Sqrt(2), two.AverageSd!.Value, 12);
        Assert.Equal((20, 90), (system.MeanTokensRight, system.MeanTokensWrong));
        Assert.Contains(report.Notes, n => n is { Code: "tokens_unknown", Count: 2 });
    }

    [Fact]
    public void ExpectedBest_equals_the_mean_over_all_subsets()
    {
        double[] values = [.3, .1, .8, .8, .5, 0];
        for (int k = 1; k <= values.Length; k++)
        {
            double[] best = [.. Enumerable.Range(0, 1 << values.Length).Where(set => int.PopCount(set) == k)
                .Select(set => values.Where((_, i) => (set & (1 << i)) != 0).Max())];
            Assert.Equal(best.Average(), RunsEvaluation.ExpectedBest(values, k), 12);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => RunsEvaluation.ExpectedBest(values, 7));
    }

    [Fact]
    public async Task A_ranking_is_claimed_only_where_the_intervals_do_not_overlap()
    {
        using var folder = new TestFolder();
        RunsReport report = await Report(folder, [.. Runs(60, "a", 20, 22), .. Runs(60, "b", 24, 22), .. Runs(60, "c", 58, 57)]);
        Assert.Equal([("b", "a", false), ("c", "a", true), ("c", "b", true)], report.Comparisons.Select(c => (c.First, c.Second, c.Claimed)));
        Assert.Equal("refused: the intervals overlap", report.Comparisons[0].Claim);
        Assert.Equal("c is better than a", report.Comparisons[1].Claim);
        Assert.True(report.Comparisons[1].DifferenceInterval!.Low > 0);
        Assert.Equal(["a", "b", "c"], report.Run.Models);
    }

    [Fact]
    public async Task RunAsync_gives_the_same_report_for_any_order_of_rows_and_from_Parquet()
    {
        using var folder = new TestFolder();
        string[] rows = [.. Runs(20, "a", 9, 12, 7), .. Runs(20, "b", 5, 18, 11)];
        RunsReport first = await Report(folder, rows);
        new PythonRandom(3).Shuffle(rows.AsSpan());
        RunsReport second = await Report(folder, rows, name: "b.jsonl");
        Assert.Equal(Json(first with { Run = second.Run }), Json(second));

        using (IRowSink<RolloutRow> sink = DatasetFiles.CreateRollouts(folder.File("c.parquet")))
        {
            int[] right = [9, 12, 7];
            for (int i = 0; i < 60; i++)
            {
                bool correct = i % 20 < right[i / 20];
                sink.Write(new RolloutRow { Id = $"{i}", Group = $"q{i % 20:D3}", Domain = $"{i / 20}", Answer = correct ? "yes" : "no", Correct = correct });
            }

            sink.Complete();
        }

        RunsReport parquet = await RunsEvaluation.RunAsync(new RunsOptions { Input = folder.File("c.parquet"), Resamples = 500, Map = ColumnMap.Parse("run=domain") });
        Assert.Equal("(none)", parquet.Systems[0].Model);
        Assert.Equal(first.Systems[0].AtK.Select(a => (a.K, a.Pass, a.Majority, a.Best)), parquet.Systems[0].AtK.Select(a => (a.K, a.Pass, a.Majority, a.Best)));
        ReportFiles.Write(first, folder.File("out"), force: false);
        string text = await File.ReadAllTextAsync(folder.File("out/report.json"));
        Assert.Equal(text.TrimEnd('\n'), Json(JsonSerializer.Deserialize(text, ReportJson.Default.RunsReport)!));
        Assert.Contains("\"se_questions\"", text, StringComparison.Ordinal);
        Assert.Contains("| a | 3 | 20 |", await File.ReadAllTextAsync(folder.File("out/report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_take_no_part_are_counted()
    {
        using var folder = new TestFolder();
        RunsReport report = await Report(folder,
        [
            Row("q1", 0, true), Row("q1", 1, false), Row("q2", 0, true),
            """{"group":"q2","run":1,"model":"m","correct":null}""", """{"group":"q1","run":2,"model":"m","correct":true,"status":"error"}""",
        ]);
        Assert.Equal(new RunsRowCounts(5, 2, 1, 1, 1), report.Rows);
        Assert.Contains(report.Notes, n => n is { Code: "questions_incomplete", Count: 1 });
    }

    [Theory]
    [InlineData("""{"group":"q","trial":1,"correct":true}""", "row 1, column 'run'", "--map run=trial")]
    [InlineData("""{"problem_id":"q","run":1,"correct":true}""", "row 1, column 'group'", "--map group=problem_id")]
    [InlineData("""{"group":"q","run":1,"is_correct":true}""", "no row can be measured", "--map correct=is_correct")]
    [InlineData("""{"group":"q","run":1,"correct":true,"tokens":-3}""", "column 'tokens'", "whole number")]
    [InlineData("""{"group":"q","run":1,"correct":[]}""", "column 'correct'", "the list []")]
    [InlineData("", "no row can be measured", "group, run and correct")]
    public async Task A_row_that_does_not_fit_is_named_with_the_mapping_that_would(string row, string place, string remedy)
    {
        using var folder = new TestFolder();
        DatasetException fault = await Assert.ThrowsAsync<DatasetException>(() => Report(folder, [row]));
        Assert.Contains(place, fault.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_that_answer_twice_or_share_no_question_are_refused()
    {
        using var folder = new TestFolder();
        DatasetException twice = await Assert.ThrowsAsync<DatasetException>(() => Report(folder, [Row("q", 0, true), Row("q", 0, true)]));
        Assert.Equal((2, "run"), (twice.Row, twice.Column));
        DatasetException apart = await Assert.ThrowsAsync<DatasetException>(() => Report(folder, [Row("q1", 0, true), Row("q2", 1, true)]));
        Assert.Contains("all of its 2 runs", apart.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => Report(folder, [Row("q", 0, true)], new RunsOptions { Input = "", Ks = [0] }));
    }

    private static string Json(RunsReport report) => JsonSerializer.Serialize(report, ReportJson.Default.RunsReport);
}
