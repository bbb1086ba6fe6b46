using System.Globalization;
using RewardHub.Evaluation;

namespace RewardHub.Reports;

/// <summary>A multi-run report for people.</summary>
internal static class RunsMarkdown
{
    public static string Of(RunsReport report)
    {
        var text = new MarkdownText();
        text.Heading(1, "Accuracy over runs");
        text.Paragraph(
            $"{MarkdownText.Count(report.Rows.Measured)} of {MarkdownText.Count(report.Rows.Read)} rows measured. Accuracies are per cent, "
            + $"brackets are {report.Run.Options["confidence"]} intervals over questions.");
        text.Table(
            ["model", "runs", "questions", "mean", "sd over runs", "se over questions", "worst run", "best run", "tokens, right", "tokens, wrong"],
            report.Systems.Select(s => (IReadOnlyList<string>)
            [
                s.Model, MarkdownText.Count(s.Runs), MarkdownText.Count(s.Questions), MarkdownText.Share(s.Mean, s.Interval),
                MarkdownText.Percent(s.Sd), MarkdownText.Percent(s.SeQuestions), MarkdownText.Percent(s.Min), MarkdownText.Percent(s.Max),
                Tokens(s.MeanTokensRight), Tokens(s.MeanTokensWrong),
            ]));
        if (report.Comparisons.Count > 0)
        {
            text.Heading(2, "Comparisons");
            text.Table(
                ["first", "second", "questions", "first", "second", "difference", "claim"],
                report.Comparisons.Select(c => (IReadOnlyList<string>)
                [
                    c.First, c.Second, MarkdownText.Count(c.Questions), MarkdownText.Share(c.FirstMean, c.FirstInterval),
                    MarkdownText.Share(c.SecondMean, c.SecondInterval),
                    MarkdownText.Difference(c.FirstMean - c.SecondMean, c.DifferenceInterval), c.Claim,
                ]));
        }

        foreach (RunsSystem system in report.Systems)
        {
            text.Heading(2, system.Model);
            text.Table(
                ["k", "pass@k", "maj@k", "best of k runs", "worst of k runs", "sd of an average of k"],
                system.AtK.Select(k => (IReadOnlyList<string>)
                [
                    k.K.ToString(CultureInfo.InvariantCulture), MarkdownText.Share(k.Pass, k.PassInterval),
                    MarkdownText.Share(k.Majority, k.MajorityInterval), MarkdownText.Percent(k.Best), MarkdownText.Percent(k.Worst),
                    MarkdownText.Percent(k.AverageSd),
                ]));
            text.Table(
                ["run accuracy", "runs"],
                system.Histogram.Select(bin => (IReadOnlyList<string>)
                    [$"{MarkdownText.Percent(bin.Low)} to {MarkdownText.Percent(bin.High)}", MarkdownText.Count(bin.Runs)]));
        }

        text.Heading(2, "Policies");
        foreach ((string name, string meaning) in report.Policies) text.Item($"{name}: {meaning}");
        return text.Notes(report.Notes).Run(report.Run).ToString();
    }

    private static string Tokens(double? mean) => mean?.ToString("N0", CultureInfo.InvariantCulture) ?? "–";
}
