using System.Globalization;
using RewardHub.Evaluation;

namespace RewardHub.Reports;

/// <summary>A loop report for people.</summary>
internal static class LoopsMarkdown
{
    public static string Of(LoopsReport report)
    {
        var text = new MarkdownText();
        text.Heading(1, "Loops");
        text.Paragraph(
            $"{MarkdownText.Count(report.Rows.Measured)} of {MarkdownText.Count(report.Rows.Read)} responses to "
            + $"{MarkdownText.Count(report.Problems)} problems. A loop: {report.Policies["loop"]}. Fractions are per cent with "
            + $"{report.Run.Options["confidence"]} intervals.");
        text.Table(
            ["model", "temperature", "responses", "loops, Wilson", "loops, over problems", "accuracy", "mean tokens", "median tokens", "at the limit"],
            report.Cells.Select(c => (IReadOnlyList<string>)
            [
                c.Model, Plain(c.Temperature), MarkdownText.Count(c.Loops.Responses), Share(c.Loops),
                MarkdownText.Share(c.Loops.Fraction, c.ClusterInterval), MarkdownText.Share(c.Accuracy, c.AccuracyInterval),
                Whole(c.MeanTokens), Whole(c.MedianTokens), MarkdownText.Percent(c.CapHitFraction),
            ]));
        text.Heading(2, "Loops and right answers");
        text.Table(
            ["model", "temperature", "loops given wrong", "loops given right", "easy", "middle", "hard", "wasted tokens", "median loop prefix"],
            report.Cells.Select(c => (IReadOnlyList<string>)
            [
                c.Model, Plain(c.Temperature), Share(c.LoopGivenWrong), Share(c.LoopGivenRight),
                .. c.ByDifficulty.Count == 0 ? ["–", "–", "–"] : c.ByDifficulty.Select(t => Share(t.Loops)),
                MarkdownText.Percent(c.WastedShare), Whole(c.MedianLoopPrefix),
            ]));
        text.Paragraph($"Difficulty of a problem from: {report.DifficultySource}.");
        LoopCell[] scanned = [.. report.Cells.Where(c => c.Sensitivity.Count > 0)];
        if (scanned.Length > 0)
        {
            text.Heading(2, "Other settings (n, k)");
            text.Table(
                ["model", "temperature", .. scanned[0].Sensitivity.Select(s => string.Create(CultureInfo.InvariantCulture, $"({s.N}, {s.K})"))],
                scanned.Select(c => (IReadOnlyList<string>)
                    [c.Model, Plain(c.Temperature), .. c.Sensitivity.Select(s => MarkdownText.Percent(s.Loops.Fraction))]));
        }

        text.Heading(2, "Temperature");
        foreach (TemperatureSlope slope in report.Slopes)
            text.Item($"{slope.Model}: slope {MarkdownText.Points(slope.Slope)} points for one unit, over {MarkdownText.Count(slope.Temperatures)} temperatures");
        if (report.TeacherDeltas.Count > 0)
        {
            text.Heading(2, "Students against the teacher " + report.Run.Options["teacher"]);
            text.Table(
                ["student", "temperature", "problems", "student", "teacher", "difference"],
                report.TeacherDeltas.Select(d => (IReadOnlyList<string>)
                [
                    d.Student, Plain(d.Temperature), MarkdownText.Count(d.Problems), MarkdownText.Percent(d.StudentFraction),
                    MarkdownText.Percent(d.TeacherFraction), MarkdownText.Difference(d.Difference, d.Interval),
                ]));
        }

        text.Heading(2, "Policies");
        foreach ((string name, string meaning) in report.Policies) text.Item($"{name}: {meaning}");
        return text.Notes(report.Notes).Run(report.Run).ToString();
    }

    private static string Share(LoopShare share) => MarkdownText.Share(share.Fraction, share.Wilson);

    private static string Plain(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "–";

    private static string Whole(double? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? "–";
}
