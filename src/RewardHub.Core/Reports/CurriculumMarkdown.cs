using System.Globalization;
using RewardHub.Evaluation;

namespace RewardHub.Reports;

/// <summary>A curriculum report for people.</summary>
internal static class CurriculumMarkdown
{
    public static string Of(CurriculumReport report)
    {
        var text = new MarkdownText();
        text.Heading(1, "Curriculum");
        text.Paragraph(
            $"{MarkdownText.Count(report.Rounds.Count)} rounds, {MarkdownText.Count(report.Rows.Measured)} of "
            + $"{MarkdownText.Count(report.Rows.Read)} rows measured. The frontier grows by {MarkdownText.Number(report.FrontierGrowth)} a round. "
            + (report.Avalanche ? $"Avalanche alarm: {MarkdownText.Count(report.Alarms.Count)}." : "No avalanche alarm."));
        foreach (CurriculumAlarm alarm in report.Alarms)
        {
            string level = alarm.Difficulty is { } difficulty ? string.Create(CultureInfo.InvariantCulture, $", difficulty {difficulty}") : "";
            text.Item(string.Create(CultureInfo.InvariantCulture, $"Round {alarm.Round}{level}: {alarm.Message} (`{alarm.Reason}`)"));
        }

        text.Heading(2, "Rounds");
        text.Table(
            ["round", "frontier", "trained to", "next, standard", "next, accelerated", "kept", "labels", "retention %", "label accuracy %", "before the filter %"],
            report.Rounds.Select(r => (IReadOnlyList<string>)
            [
                Whole(r.Round), Whole(r.Frontier), Whole(r.TrainedTo), Whole(r.StandardNext),
                r.AcceleratedNext.Count == 0 ? "–" : string.Join(", ", r.AcceleratedNext.Select(d => Whole(d))), .. Labels(r.Labels),
            ]));
        text.Heading(2, "Difficulties");
        text.Table(
            ["round", "difficulty", "accuracy %", "mastered", "kept", "labels", "retention %", "label accuracy %", "before the filter %"],
            report.Rounds.SelectMany(r => r.Levels.Select(l => (IReadOnlyList<string>)
            [
                Whole(r.Round), Whole(l.Difficulty), MarkdownText.Share(l.Accuracy, l.AccuracyInterval), l.Mastered ? "yes" : "no",
                .. Labels(l.Labels),
            ])));
        text.Heading(2, "Policies");
        foreach ((string name, string meaning) in report.Policies) text.Item($"{name}: {meaning}");
        return text.Notes(report.Notes).Run(report.Run).ToString();
    }

    private static string[] Labels(LabelCounts labels) =>
    [
        Count(labels.Kept), Count(labels.Total), MarkdownText.Share(labels.Retention, labels.RetentionInterval),
        MarkdownText.Percent(labels.LabelAccuracy), MarkdownText.Percent(labels.RawLabelAccuracy),
    ];

    private static string Count(long? value) => value is { } count ? MarkdownText.Count(count) : "–";

    private static string Whole(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "–";
}
