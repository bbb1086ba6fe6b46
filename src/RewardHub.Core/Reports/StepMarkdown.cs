using System.Globalization;
using RewardHub.Evaluation;

namespace RewardHub.Reports;

/// <summary>A step report for people.</summary>
internal static class StepMarkdown
{
    public static string Of(StepReport report)
    {
        var text = new MarkdownText();
        text.Heading(1, "Step evaluation");
        text.Paragraph(
            $"{MarkdownText.Count(report.Rows.Scored)} of {MarkdownText.Count(report.Rows.Read)} rows measured. A dash means that the data "
            + "does not define the metric.");
        foreach (StepScope scope in report.Scopes)
        {
            StepMetricsResult m = scope.Metrics;
            text.Heading(2, scope.Kind == "all" ? "All rows" : "Split " + scope.Name);
            string threshold = m.Threshold.ToString(CultureInfo.InvariantCulture);
            text.Paragraph(
                $"{MarkdownText.Count(m.NSolutions)} solutions, {MarkdownText.Count(m.NSteps)} steps, threshold {threshold} "
                + $"({report.ThresholdSource}).");
            text.Table(
                ["metric", "value"],
                [
                    ["PRMScore", MarkdownText.Number(m.PrmScore)], ["F1 good", MarkdownText.Number(m.F1)],
                    ["F1 bad", MarkdownText.Number(m.NegativeF1)], ["AUROC", MarkdownText.Number(m.Auroc)],
                    ["average precision", MarkdownText.Number(m.AveragePrecision)], ["Brier", MarkdownText.Number(m.Brier)],
                    ["log loss (nats)", MarkdownText.Number(m.LogLoss)], ["ECE, 15 bins", MarkdownText.Number(m.Ece15)],
                    ["minimum at the last step", MarkdownText.Percent(m.MinAtLastShare) + " %"],
                ]);
            if (scope.Kind != "all") continue;
            text.Paragraph("First errors (ProcessBench):");
            text.Table(
                ["split", "with error", "without", "accuracy, error", "accuracy, correct", "F1"],
                [
                    .. m.Processbench.Select(split => (IReadOnlyList<string>)
                    [
                        split.Key, MarkdownText.Count(split.Value.NError), MarkdownText.Count(split.Value.NCorrect),
                        MarkdownText.Percent(split.Value.AccError), MarkdownText.Percent(split.Value.AccCorrect),
                        MarkdownText.Percent(split.Value.F1),
                    ]),
                    ["mean of splits", "", "", "", "", MarkdownText.Percent(m.ProcessbenchMacroF1)],
                    ["weighted by size", "", "", "", "", MarkdownText.Percent(m.ProcessbenchSizeWeightedF1)],
                ]);
        }

        foreach (StepInterval interval in report.Intervals)
        {
            text.Item(
                $"{interval.Metric}: {MarkdownText.Number(interval.Value)} [{MarkdownText.Number(interval.Interval?.Low)}, "
                + $"{MarkdownText.Number(interval.Interval?.High)}] over resampled solutions");
        }

        return text.Notes(report.Notes).Run(report.Run).ToString();
    }
}
