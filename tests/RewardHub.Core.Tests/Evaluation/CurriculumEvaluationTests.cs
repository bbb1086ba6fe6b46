using System.Globalization;
using System.Text.Json;
using RewardHub.Datasets;
using RewardHub.Evaluation;
using RewardHub.Reports;
using RewardHub.Rewards;

namespace RewardHub.Core.Tests.Evaluation;

public class CurriculumEvaluationTests(ITestOutputHelper output)
{
    private static string Row(int round, int difficulty, double? accuracy = null, int? kept = null, int? total = null, double? labels = null)
    {
        string Cell(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "null";
        return $$"""{"round":{{round}},"difficulty":{{difficulty}},"accuracy":{{Cell(accuracy)}},"kept":{{Cell(kept)}},"total":{{Cell(total)}},"label_accuracy":{{Cell(labels)}}}""";
    }

    private static async Task<CurriculumReport> Report(TestFolder folder, IEnumerable<string> rows, string name = "a.jsonl") =>
        await CurriculumEvaluation.RunAsync(new CurriculumOptions { Input = folder.Text(name, string.Join('\n', rows) + "\n") });

    [Fact]
    public async Task The_frontier_is_the_largest_difficulty_at_99_per_cent()
    {
        using var folder = new TestFolder();
        CurriculumReport report = await Report(folder,
        [
            Row(0, 1, 1), Row(0, 2, .99), Row(0, 3, .9899), Row(0, 4, .5),
            Row(1, 1, 1), Row(1, 2, 1), Row(1, 3, .995, 90, 100, .98), Row(1, 4, .99), Row(1, 5, 1), Row(1, 6, .2),
            Row(2, 6, .3),
        ]);
        Assert.Equal([2, 5, null], report.Rounds.Select(r => r.Frontier));
        Assert.Equal([2, 3, 3], report.Rounds.Select(r => r.TrainedTo));
        Assert.Equal([3, 4, 4], report.Rounds.Select(r => r.StandardNext));
        Assert.Equal([[3], [4, 5], [4]], report.Rounds.Select(r => r.AcceleratedNext.ToArray()));
        Assert.Equal(3, report.FrontierGrowth);
        Assert.Equal(.9, report.Rounds[1].Labels.Retention!.Value, 12);
        Assert.Equal(ProportionIntervals.Wilson(90, 100, .95), report.Rounds[1].Labels.RetentionInterval);
        Assert.False(report.Avalanche);
        Assert.Contains(report.Notes, n => n is { Code: "rounds_without_frontier", Count: 1 });
    }

    [Theory]
    [InlineData(new[] { .99, .94, .89 }, true)]
    [InlineData(new[] { .99, .95, .90 }, false)]
    [InlineData(new[] { .99, .90, .90, .80 }, false)]
    [InlineData(new[] { .99, .98, .93, .80 }, true)]
    [InlineData(new[] { .99, .5 }, false)]
    public async Task The_alarm_is_raised_when_label_accuracy_falls_by_5_points_twice_running(double[] labels, bool alarm)
    {
        using var folder = new TestFolder();
        CurriculumReport report = await Report(folder, labels.Select((label, round) => Row(round, 10 + round, 1, 50, 100, label)));
        Assert.Equal(alarm, report.Avalanche);
        if (!alarm) return;
        CurriculumAlarm raised = Assert.Single(report.Alarms);
        Assert.Equal(("label_accuracy_falls", labels.Length - 1, null), (raised.Reason, raised.Round, raised.Difficulty));
        ReportFiles.Write(report, folder.File("out"), force: false);
        Assert.Contains("Label accuracy went from", await File.ReadAllTextAsync(folder.File("out/report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_alarm_sees_a_fall_at_one_difficulty_that_the_round_hides()
    {
        using var folder = new TestFolder();
        CurriculumReport report = await Report(folder, Enumerable.Range(0, 3).SelectMany(round => new[]
        {
            Row(round, 5, null, 1_000, 1_000, 1), Row(round, 9, null, 10, 50, .9 - (.1 * round)),
        }));
        Assert.Equal((2, 9, "label_accuracy_falls"), (report.Alarms[0].Round, report.Alarms[0].Difficulty, Assert.Single(report.Alarms).Reason));
        Assert.Equal((1_000 + (.9 * 10)) / 1_010, report.Rounds[0].Labels.LabelAccuracy!.Value, 12);
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(10, false)]
    public async Task The_alarm_is_raised_when_fewer_than_a_tenth_of_the_labels_are_kept(int kept, bool alarm)
    {
        using var folder = new TestFolder();
        CurriculumReport report = await Report(folder, [Row(1, 3, 1, kept, 100), Row(1, 2, 1, 100, 100)]);
        Assert.Equal(alarm, report.Alarms.Any(a => a is { Reason: "low_retention", Difficulty: 3, Round: 1 }));
    }

    [Theory]
    [InlineData(.31, .034724, true)]
    [InlineData(.7, .52822, false)]
    [InlineData(.9, .91854, false)]
    [Trait("Category", "Golden")]
    public async Task Retention_of_five_independent_voters_is_binomial(double right, double expected, bool alarm)
    {
        const int Count = 20_000;
        var problems = new VoteProblem[Count];
        for (int i = 0; i < Count; i++)
        {
            var random = new KeyedRandom(5, "voters", i + (long)(right * 1e9));
            var votes = new VoteCandidate[5];
            for (int voter = 0; voter < votes.Length; voter++) votes[voter] = new VoteCandidate(random.NextDouble() < right ? "right" : $"wrong{voter}", 1);
            problems[i] = new VoteProblem($"{i}", 1, votes);
        }

        PseudoLabel[] kept = [.. SelfConsistency.Filter(problems).Where(label => label.Kept)];
        using var folder = new TestFolder();
        CurriculumReport report = await Report(folder, [Row(1, 6, null, kept.Length, Count, (double)kept.Count(l => l.Label == "right") / kept.Length)]);
        double retention = report.Rounds[0].Labels.Retention!.Value, deviation = Math.Sqrt(expected * (1 - expected) / Count);
        output.WriteLine($"retention {retention:F6}, expected {expected:F6}, {Math.Abs(retention - expected) / deviation:F2} deviations");
        Assert.InRange(retention, expected - (3 * deviation), expected + (3 * deviation));
        Assert.Equal(1, report.Rounds[0].Labels.LabelAccuracy);
        Assert.Equal(alarm, report.Avalanche);
    }

    [Fact]
    public async Task Voters_that_share_their_errors_raise_the_alarm_although_the_filter_keeps_their_labels()
    {
        var rows = new List<string>();
        for (int round = 0; round < 3; round++)
        {
            // All five voters copy one another's errors on a growing share of the problems.
            VoteProblem[] problems = [.. Enumerable.Range(0, 100).Select(i => new VoteProblem(
                $"{i}", round, [.. Enumerable.Repeat(new VoteCandidate(i < 10 * round ? "shared error" : "right", 1), 5)]))];
            PseudoLabel[] kept = [.. SelfConsistency.Filter(problems).Where(label => label.Kept)];
            Assert.Equal(100, kept.Length);
            rows.Add(Row(round, round, null, kept.Length, 100, (double)kept.Count(l => l.Label == "right") / kept.Length));
        }

        using var folder = new TestFolder();
        Assert.Equal("label_accuracy_falls", Assert.Single((await Report(folder, rows)).Alarms).Reason);
    }

    [Fact]
    public async Task RunAsync_gives_the_same_report_for_any_order_of_rows()
    {
        using var folder = new TestFolder();
        string[] rows = [.. Enumerable.Range(0, 40).Select(i => Row(i / 8, i % 8, 1 - (i % 7 / 100.0), 5 * i, 300, 1 - (i / 50.0)))];
        CurriculumReport first = await Report(folder, rows);
        new PythonRandom(3).Shuffle(rows.AsSpan());
        CurriculumReport second = await Report(folder, rows, "b.jsonl");
        Assert.Equal(Json(first with { Run = second.Run }), Json(second));
        Assert.True(first.Avalanche);
        string text = Json(first);
        Assert.Equal(text, Json(JsonSerializer.Deserialize(text, ReportJson.Default.CurriculumReport)!));
    }

    [Theory]
    [InlineData("""{"iteration":1,"difficulty":1,"accuracy":1}""", "row 1, column 'round'", "--map round=iteration")]
    [InlineData("""{"round":1,"level":1,"accuracy":1}""", "row 1, column 'difficulty'", "--map difficulty=level")]
    [InlineData("""{"round":1,"difficulty":1,"accuracy":99}""", "row 1, column 'accuracy'", "not per cent")]
    [InlineData("""{"round":1,"difficulty":1,"kept":3}""", "row 1, column 'total'", "before the filter")]
    [InlineData("""{"round":1,"difficulty":1,"kept":3,"total":2}""", "row 1, column 'kept'", "at most the total of 2")]
    [InlineData("""{"round":1,"difficulty":1,"acc":1}""", "1 with neither accuracy nor labels", "--map accuracy=")]
    [InlineData("[1]", "row 1", "one JSON object a line")]
    public async Task A_row_that_does_not_fit_is_named_with_the_mapping_that_would(string row, string place, string remedy)
    {
        using var folder = new TestFolder();
        DatasetException fault = await Assert.ThrowsAsync<DatasetException>(() => Report(folder, [row]));
        Assert.Contains(place, fault.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_difficulty_twice_in_a_round_is_refused_and_empty_rows_are_counted()
    {
        using var folder = new TestFolder();
        DatasetException fault = await Assert.ThrowsAsync<DatasetException>(() => Report(folder, [Row(1, 2, 1), Row(1, 2, 1)]));
        Assert.Equal((2, "difficulty"), (fault.Row, fault.Column));
        Assert.Equal(new CurriculumRowCounts(2, 1, 1), (await Report(folder, [Row(1, 2, 1), Row(1, 3)])).Rows);
    }

    private static string Json(CurriculumReport report) => JsonSerializer.Serialize(report, ReportJson.Default.CurriculumReport);
}
