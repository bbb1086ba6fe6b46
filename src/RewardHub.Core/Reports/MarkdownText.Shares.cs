using RewardHub.Evaluation;

namespace RewardHub.Reports;

/// <content>Shares with their intervals.</content>
internal sealed partial class MarkdownText
{
    /// <summary>A share in per cent with its interval.</summary>
    public static string Share(double? value, Interval? interval) =>
        interval is null ? Percent(value) : $"{Percent(value)} [{Percent(interval.Low)}, {Percent(interval.High)}]";

    /// <summary>A difference in percentage points with its interval.</summary>
    public static string Difference(double? value, Interval? interval) =>
        interval is null ? Points(value) : $"{Points(value)} [{Points(interval.Low)}, {Points(interval.High)}]";
}
