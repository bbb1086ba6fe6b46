using System.Globalization;

namespace RewardHub.Evaluation;

/// <summary>Options of an accuracy-against-length report.</summary>
public sealed record LengthOptions : ReportOptions
{
    /// <summary>A length is unstable when the accuracies of its seeds differ by more than this; in (0, 1].</summary>
    public double Instability { get; init; } = 0.3;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Problems() =>
        Instability is > 0 and <= 1 ? base.Problems() : [.. base.Problems(), "instability must be above 0 and at most 1"];

    internal override SortedDictionary<string, string> Describe()
    {
        SortedDictionary<string, string> options = base.Describe();
        options["instability"] = Instability.ToString(CultureInfo.InvariantCulture);
        return options;
    }
}

/// <summary>Accuracy against length, with regimes, generalization gap and transfer verdict (Extrapolation by Association, arXiv 2506.09251).</summary>
public sealed record LengthReport
{
    /// <summary>How to make it again.</summary>
    public required RunReport Run { get; init; }

    /// <summary>What each number means.</summary>
    public required IReadOnlyDictionary<string, string> Policies { get; init; }

    /// <summary>What became of the rows.</summary>
    public required LengthRowCounts Rows { get; init; }

    /// <summary>The main task.</summary>
    public required string MainTask { get; init; }

    /// <summary>Curves: main, auxiliary tasks, main alone, controls.</summary>
    public required IReadOnlyList<LengthArm> Arms { get; init; }

    /// <summary>The main task beside each auxiliary task; one entry without an auxiliary task when the file has none.</summary>
    public required IReadOnlyList<LengthPair> Pairs { get; init; }

    /// <summary>What the data does not support, with counts.</summary>
    public required IReadOnlyList<ReportNote> Notes { get; init; }
}

/// <summary>What became of the rows; the parts add up to <see cref="Read"/>.</summary>
/// <param name="Read">Rows in the file.</param>
/// <param name="Measured">Rows that take part.</param>
/// <param name="Refused">Rows whose status is not ok.</param>
/// <param name="WithoutCorrectness">Rows that are neither marked nor can be compared with a label.</param>
public sealed record LengthRowCounts(long Read, long Measured, long Refused, long WithoutCorrectness);

/// <summary>One model on one task, over length.</summary>
public sealed record LengthArm
{
    /// <summary><c>main</c>, <c>aux</c>, <c>main_alone</c> or <c>control</c>.</summary>
    public required string Role { get; init; }

    /// <summary>The task.</summary>
    public required string Task { get; init; }

    /// <summary>Longest trained length; null when not stated.</summary>
    public required int? TrainLength { get; init; }

    /// <summary>Training seeds, sorted.</summary>
    public required IReadOnlyList<string> Seeds { get; init; }

    /// <summary>The seed with the best mean accuracy over the lengths; the first on a tie.</summary>
    public required string BestSeed { get; init; }

    /// <summary>Mean over the lengths.</summary>
    public required double MeanAccuracy { get; init; }

    /// <summary>Longest length with accuracy at least 0.9; null when there is none.</summary>
    public required int? LongestAt90 { get; init; }

    /// <summary>Longest length with accuracy at least 0.99; null when there is none.</summary>
    public required int? LongestAt99 { get; init; }

    /// <summary>Whether some length is unstable over seeds.</summary>
    public required bool Unstable { get; init; }

    /// <summary>By length.</summary>
    public required IReadOnlyList<LengthPoint> Points { get; init; }
}

/// <summary>Accuracy at one length.</summary>
/// <param name="Length">The length.</param>
/// <param name="Rows">Answers.</param>
/// <param name="Accuracy">Mean over seeds of each seed's accuracy.</param>
/// <param name="Interval">Over questions: Wilson's where every question has one answer, else resampled questions.</param>
/// <param name="Min">Worst seed.</param>
/// <param name="Max">Best seed.</param>
/// <param name="BestSeed">The best seed, the first on a tie.</param>
/// <param name="Unstable">Whether <paramref name="Max"/> − <paramref name="Min"/> is above the limit.</param>
/// <param name="BySeed">Each seed.</param>
public sealed record LengthPoint(
    int Length, int Rows, double Accuracy, Interval? Interval, double Min, double Max, string BestSeed, bool Unstable,
    IReadOnlyList<SeedAccuracy> BySeed);

/// <summary>One training seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Rows">Answers.</param>
/// <param name="Accuracy">Share of right answers.</param>
public sealed record SeedAccuracy(string Seed, int Rows, double Accuracy);

/// <summary>The main task beside one auxiliary task.</summary>
public sealed record LengthPair
{
    /// <summary>The auxiliary task; null when the file has none.</summary>
    public required string? AuxTask { get; init; }

    /// <summary>Longest length of the main task's training.</summary>
    public required int MainTrainLength { get; init; }

    /// <summary>Longest length of the auxiliary task's training; null without one.</summary>
    public required int? AuxTrainLength { get; init; }

    /// <summary>The lengths on which both were measured.</summary>
    public required IReadOnlyList<int> CommonLengths { get; init; }

    /// <summary>Mean of |main − auxiliary| over the common lengths; null without any.</summary>
    public required double? GapMean { get; init; }

    /// <summary>Integral of |main − auxiliary| by the trapezoid rule over the range of the common lengths, divided by that range; null below two.</summary>
    public required double? GapTrapezoid { get; init; }

    /// <summary><see cref="GapMean"/> of each seed that both have at every common length.</summary>
    public required IReadOnlyList<SeedGap> GapBySeed { get; init; }

    /// <summary><c>in_distribution</c> (length ≤ main), <c>transfer</c> (main &lt; length ≤ aux), <c>out_of_distribution</c> (beyond).</summary>
    public required IReadOnlyList<LengthRegime> Regimes { get; init; }

    /// <summary>Whether length transfers.</summary>
    public required TransferVerdict Transfer { get; init; }
}

/// <summary>The gap of one seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Gap">Mean of |main − auxiliary|.</param>
public sealed record SeedGap(string Seed, double Gap);

/// <summary>Accuracies over a range of lengths.</summary>
/// <param name="Name">Name of the regime.</param>
/// <param name="Lengths">Lengths of the main task that lie in it.</param>
/// <param name="Arms">Each curve that has a length in it.</param>
public sealed record LengthRegime(string Name, IReadOnlyList<int> Lengths, IReadOnlyList<RegimeAccuracy> Arms);

/// <summary>One curve in one regime.</summary>
/// <param name="Role">Role of the curve.</param>
/// <param name="Task">Task of the curve.</param>
/// <param name="Lengths">Lengths measured in the regime.</param>
/// <param name="Accuracy">Mean over these lengths.</param>
/// <param name="Interval">Over questions resampled within each length; null with one question a length.</param>
/// <param name="Min">Worst seed among those with all of these lengths; null when no seed has all.</param>
/// <param name="Max">Best such seed.</param>
public sealed record RegimeAccuracy(
    string Role, string Task, int Lengths, double Accuracy, Interval? Interval, double? Min, double? Max);

/// <summary>Whether the main task gains length from its auxiliary task.</summary>
/// <param name="Verdict">
/// <c>transfer</c>: above every baseline with an interval that excludes 0; <c>no_transfer</c>: some baseline's interval does not
/// reach above 0; <c>undecided</c>: neither; <c>not_measured</c>: no length in the transfer range, or no baseline.
/// </param>
/// <param name="Reason">One sentence.</param>
/// <param name="Accuracy">Mean accuracy of the main task in the transfer range; null when it has no length there.</param>
/// <param name="Baselines">Main alone and each control.</param>
public sealed record TransferVerdict(string Verdict, string Reason, double? Accuracy, IReadOnlyList<TransferBaseline> Baselines);

/// <summary>The main task against one baseline, over the lengths of the transfer range that both have.</summary>
/// <param name="Role"><c>main_alone</c> or <c>control</c>.</param>
/// <param name="Task">Task of the baseline's rows.</param>
/// <param name="Lengths">Lengths compared.</param>
/// <param name="Accuracy">Mean accuracy of the baseline.</param>
/// <param name="Difference">Main minus baseline.</param>
/// <param name="Interval">Over resampled questions; null with one question a length.</param>
/// <param name="Paired">Whether both answered the same questions, so that the interval is paired.</param>
public sealed record TransferBaseline(
    string Role, string Task, IReadOnlyList<int> Lengths, double Accuracy, double Difference, Interval? Interval, bool Paired);
