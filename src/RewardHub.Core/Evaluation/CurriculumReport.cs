using System.Globalization;

namespace RewardHub.Evaluation;

/// <summary>Options of a curriculum report.</summary>
public sealed record CurriculumOptions : ReportOptions
{
    /// <summary>Accuracy from which a difficulty counts as mastered; in (0, 1].</summary>
    public double Mastery { get; init; } = 0.99;

    /// <summary>Fall of the label accuracy that counts, as a share; in (0, 1].</summary>
    public double Fall { get; init; } = 0.05;

    /// <summary>Retention below which the filter keeps too little; in [0, 1].</summary>
    public double Retention { get; init; } = 0.1;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Problems()
    {
        List<string> problems = [.. base.Problems()];
        if (!(Mastery is > 0 and <= 1)) problems.Add("mastery must be above 0 and at most 1");
        if (!(Fall is > 0 and <= 1)) problems.Add("fall must be above 0 and at most 1");
        if (!(Retention is >= 0 and <= 1)) problems.Add("retention must lie in 0 to 1");
        return problems;
    }

    internal override SortedDictionary<string, string> Describe()
    {
        // Nothing is drawn: the rows are counts.
        SortedDictionary<string, string> options = base.Describe();
        options.Remove("resamples");
        options.Remove("seed");
        options["mastery"] = Mastery.ToString(CultureInfo.InvariantCulture);
        options["fall"] = Fall.ToString(CultureInfo.InvariantCulture);
        options["retention"] = Retention.ToString(CultureInfo.InvariantCulture);
        return options;
    }
}

/// <summary>Self-training by round and difficulty (Self-Improving Transformers, arXiv 2502.01612).</summary>
public sealed record CurriculumReport
{
    /// <summary>How to make it again.</summary>
    public required RunReport Run { get; init; }

    /// <summary>What each number means.</summary>
    public required IReadOnlyDictionary<string, string> Policies { get; init; }

    /// <summary>What became of the rows.</summary>
    public required CurriculumRowCounts Rows { get; init; }

    /// <summary>Rounds in order.</summary>
    public required IReadOnlyList<CurriculumRound> Rounds { get; init; }

    /// <summary>Difficulties that the frontier gains a round, from the first round with a frontier to the last; null below two.</summary>
    public required double? FrontierGrowth { get; init; }

    /// <summary>Whether some alarm was raised.</summary>
    public required bool Avalanche { get; init; }

    /// <summary>Alarms by round.</summary>
    public required IReadOnlyList<CurriculumAlarm> Alarms { get; init; }

    /// <summary>What the data does not support, with counts.</summary>
    public required IReadOnlyList<ReportNote> Notes { get; init; }
}

/// <summary>What became of the rows; the parts add up to <see cref="Read"/>.</summary>
/// <param name="Read">Rows in the file.</param>
/// <param name="Measured">Rows that take part.</param>
/// <param name="Empty">Rows with neither an accuracy nor labels.</param>
public sealed record CurriculumRowCounts(long Read, long Measured, long Empty);

/// <summary>One round.</summary>
public sealed record CurriculumRound
{
    /// <summary>The round.</summary>
    public required int Round { get; init; }

    /// <summary>Largest difficulty with accuracy at least the mastery; null when there is none.</summary>
    public required int? Frontier { get; init; }

    /// <summary>Largest difficulty with kept labels up to this round; the frontier where the file has no labels so far.</summary>
    public required int? TrainedTo { get; init; }

    /// <summary>The next difficulty of the standard schedule: one above <see cref="TrainedTo"/>.</summary>
    public required int? StandardNext { get; init; }

    /// <summary>The next difficulties of the accelerated schedule: every one above <see cref="TrainedTo"/> that is mastered, else one above it.</summary>
    public required IReadOnlyList<int> AcceleratedNext { get; init; }

    /// <summary>Labels over all difficulties.</summary>
    public required LabelCounts Labels { get; init; }

    /// <summary>By difficulty.</summary>
    public required IReadOnlyList<CurriculumLevel> Levels { get; init; }
}

/// <summary>One difficulty of a round.</summary>
/// <param name="Difficulty">The difficulty.</param>
/// <param name="Accuracy">Accuracy on held-out problems; null when not measured.</param>
/// <param name="AccuracyInterval">Wilson's; null without the number of problems evaluated.</param>
/// <param name="Mastered">Whether the accuracy is at least the mastery.</param>
/// <param name="Labels">Labels; its counts are null when the row has none.</param>
public sealed record CurriculumLevel(int Difficulty, double? Accuracy, Interval? AccuracyInterval, bool Mastered, LabelCounts Labels);

/// <summary>Labels before and after the filter.</summary>
/// <param name="Kept">After.</param>
/// <param name="Total">Before.</param>
/// <param name="Retention">Kept of total; null without labels.</param>
/// <param name="RetentionInterval">Wilson's.</param>
/// <param name="LabelAccuracy">Share of kept labels that are right; over several difficulties weighted by kept labels.</param>
/// <param name="RawLabelAccuracy">The same before the filter, weighted by labels.</param>
public sealed record LabelCounts(
    long? Kept, long? Total, double? Retention, Interval? RetentionInterval, double? LabelAccuracy, double? RawLabelAccuracy);

/// <summary>A sign that wrong labels breed wrong labels.</summary>
/// <param name="Round">The round.</param>
/// <param name="Difficulty">The difficulty; null when the whole round is meant.</param>
/// <param name="Reason"><c>label_accuracy_falls</c> or <c>low_retention</c>.</param>
/// <param name="Message">One sentence with the numbers.</param>
public sealed record CurriculumAlarm(int Round, int? Difficulty, string Reason, string Message);
