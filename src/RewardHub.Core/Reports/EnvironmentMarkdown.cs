using System.Globalization;
using RewardHub.Contracts;

namespace RewardHub.Reports;

/// <summary>An environment cross-entropy report for people.</summary>
internal static class EnvironmentMarkdown
{
    public static string Of(EnvironmentReport report)
    {
        CorpusCrossEntropy corpus = report.Corpus;
        var text = new MarkdownText();
        text.Heading(1, "Environment cross-entropy");
        text.Paragraph(
            $"{MarkdownText.Count(report.Rows.Scored)} of {MarkdownText.Count(report.Rows.Read)} rollouts scored "
            + $"({MarkdownText.Count(report.Rows.Refused)} refused, {MarkdownText.Count(report.Rows.Failed)} failed, "
            + $"{MarkdownText.Count(corpus.RolloutsWithoutObservation)} without a scored observation token). "
            + $"Probabilities by `{report.Model}`; definition {report.Definition}.");
        text.Paragraph(
            $"Micro (token-weighted): {MarkdownText.Number(corpus.Micro.MeanNats)} nats a token. "
            + $"Macro (mean over rollouts): {MarkdownText.Number(corpus.MacroMeanNats)} nats a token.");
        text.Table(
            ["observation tokens", "tokens", "not scored", "nats", "bits", "bits per byte"],
            [
                Row("all", corpus.Micro),
                .. corpus.BySource.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => Row("source " + s.Key, s.Value)),
                .. corpus.ByTurn.OrderBy(t => t.Turn).Select(
                    t => Row("turn " + t.Turn.ToString(CultureInfo.InvariantCulture), t.Observation)),
            ]);
        return text.Notes(report.Notes).Run(report.Run).ToString();
    }

    private static string[] Row(string name, CrossEntropy sum) =>
    [
        name, MarkdownText.Count(sum.Tokens), MarkdownText.Count(sum.UnscoredTokens), MarkdownText.Number(sum.MeanNats),
        MarkdownText.Number(sum.MeanBits), MarkdownText.Number(sum.BitsPerByte),
    ];
}
