using System.Globalization;
using RewardHub.Evaluation;

namespace RewardHub.Reports;

/// <summary>A length report for people.</summary>
internal static class LengthMarkdown
{
    public static string Of(LengthReport report)
    {
        var text = new MarkdownText();
        text.Heading(1, "Accuracy against length");
        text.Paragraph(
            $"Main task {report.MainTask}; {MarkdownText.Count(report.Rows.Measured)} of {MarkdownText.Count(report.Rows.Read)} rows measured. "
            + $"Accuracies are per cent, brackets are {report.Run.Options["confidence"]} intervals over questions.");
        foreach (LengthPair pair in report.Pairs) Pair(text, pair);
        text.Heading(2, "Curves");
        text.Table(
            ["curve", "trained to", "seeds", "best seed", "mean", "longest ≥ 90 %", "longest ≥ 99 %", "stable over seeds"],
            report.Arms.Select(arm => (IReadOnlyList<string>)
            [
                Name(arm.Role, arm.Task), Whole(arm.TrainLength), MarkdownText.Count(arm.Seeds.Count), arm.BestSeed.Length == 0 ? "–" : arm.BestSeed,
                MarkdownText.Percent(arm.MeanAccuracy), Whole(arm.LongestAt90), Whole(arm.LongestAt99), arm.Unstable ? "no" : "yes",
            ]));
        foreach (LengthArm arm in report.Arms)
        {
            text.Heading(3, Name(arm.Role, arm.Task));
            text.Table(
                ["length", "answers", "accuracy", "worst seed", "best seed", ""],
                arm.Points.Select(p => (IReadOnlyList<string>)
                [
                    Whole(p.Length), MarkdownText.Count(p.Rows), MarkdownText.Share(p.Accuracy, p.Interval), MarkdownText.Percent(p.Min),
                    MarkdownText.Percent(p.Max), p.Unstable ? "unstable" : "",
                ]));
        }

        text.Heading(2, "Policies");
        foreach ((string name, string meaning) in report.Policies) text.Item($"{name}: {meaning}");
        return text.Notes(report.Notes).Run(report.Run).ToString();
    }

    private static void Pair(MarkdownText text, LengthPair pair)
    {
        text.Heading(2, pair.AuxTask is null ? "Regimes" : "With the auxiliary task " + pair.AuxTask);
        if (pair.AuxTask is not null)
        {
            text.Paragraph(
                $"Trained up to {Whole(pair.MainTrainLength)} (main) and {Whole(pair.AuxTrainLength)} (auxiliary). Generalization gap "
                + $"{MarkdownText.Number(pair.GapMean)} (mean), {MarkdownText.Number(pair.GapTrapezoid)} (trapezoid) over "
                + $"{MarkdownText.Count(pair.CommonLengths.Count)} common lengths.");
        }

        text.Paragraph($"Transfer verdict: {pair.Transfer.Verdict}. {pair.Transfer.Reason}");
        if (pair.Transfer.Baselines.Count > 0)
        {
            text.Table(
                ["against", "lengths", "main", "baseline", "difference", "paired"],
                pair.Transfer.Baselines.Select(b => (IReadOnlyList<string>)
                [
                    Name(b.Role, b.Task), MarkdownText.Count(b.Lengths.Count), MarkdownText.Percent(b.Accuracy + b.Difference),
                    MarkdownText.Percent(b.Accuracy), MarkdownText.Difference(b.Difference, b.Interval), b.Paired ? "yes" : "no",
                ]));
        }

        text.Table(
            ["regime", "curve", "lengths", "accuracy", "worst seed", "best seed"],
            pair.Regimes.SelectMany(regime => regime.Arms.Select(arm => (IReadOnlyList<string>)
            [
                regime.Name, Name(arm.Role, arm.Task), MarkdownText.Count(arm.Lengths), MarkdownText.Share(arm.Accuracy, arm.Interval),
                MarkdownText.Percent(arm.Min), MarkdownText.Percent(arm.Max),
            ])));
    }

    private static string Name(string role, string task) => $"{role} {task}";

    private static string Whole(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "–";
}
