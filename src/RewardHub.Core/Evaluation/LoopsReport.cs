using System.Globalization;

namespace RewardHub.Evaluation;

/// <summary>Options of a loop report.</summary>
public sealed record LoopsOptions : ReportOptions
{
    /// <summary>Tokens of the n-gram; 1 to 10,000.</summary>
    public int N { get; init; } = 30;

    /// <summary>Occurrences that make a loop; at least 2. 20 for reasoning models, 10 for instruct models.</summary>
    public int K { get; init; } = 20;

    /// <summary>Model that the others were distilled from, for the teacher–student difference; null for none.</summary>
    public string? Teacher { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Problems()
    {
        List<string> problems = [.. base.Problems()];
        if (N is < 1 or > 10_000) problems.Add($"n must lie in 1 to 10,000, is {N}");
        if (K < 2) problems.Add($"k must be at least 2, is {K}");
        return problems;
    }

    internal override SortedDictionary<string, string> Describe()
    {
        SortedDictionary<string, string> options = base.Describe();
        options["n"] = N.ToString(CultureInfo.InvariantCulture);
        options["k"] = K.ToString(CultureInfo.InvariantCulture);
        options["teacher"] = Teacher ?? "";
        return options;
    }
}

/// <summary>Loops by model and temperature.</summary>
public sealed record LoopsReport
{
    /// <summary>How to make it again.</summary>
    public required RunReport Run { get; init; }

    /// <summary>What each number means, and what is not found.</summary>
    public required IReadOnlyDictionary<string, string> Policies { get; init; }

    /// <summary>What became of the rows.</summary>
    public required LoopsRowCounts Rows { get; init; }

    /// <summary>Problems.</summary>
    public required int Problems { get; init; }

    /// <summary>
    /// Where the difficulty of a problem comes from: <c>column</c>, <c>wrong_share</c> (over all responses of the file) or <c>none</c>.
    /// </summary>
    public required string DifficultySource { get; init; }

    /// <summary>By model, then temperature; a temperature that is not stated comes first.</summary>
    public required IReadOnlyList<LoopCell> Cells { get; init; }

    /// <summary>How the loop fraction of each model changes with temperature.</summary>
    public required IReadOnlyList<TemperatureSlope> Slopes { get; init; }

    /// <summary>Students against the teacher; empty without one.</summary>
    public required IReadOnlyList<TeacherDelta> TeacherDeltas { get; init; }

    /// <summary>What the data does not support, with counts.</summary>
    public required IReadOnlyList<ReportNote> Notes { get; init; }
}

/// <summary>What became of the rows; the parts add up to <see cref="Read"/>.</summary>
/// <param name="Read">Rows in the file.</param>
/// <param name="Measured">Rows that take part.</param>
/// <param name="Refused">Rows whose status is not ok.</param>
/// <param name="WithoutTokens">Rows with neither token ids, text nor a loop flag.</param>
public sealed record LoopsRowCounts(long Read, long Measured, long Refused, long WithoutTokens);

/// <summary>One model at one temperature.</summary>
public sealed record LoopCell
{
    /// <summary>The model; <c>(none)</c> where the file does not say.</summary>
    public required string Model { get; init; }

    /// <summary>Sampling temperature; null when not stated.</summary>
    public required double? Temperature { get; init; }

    /// <summary>Problems.</summary>
    public required int Problems { get; init; }

    /// <summary>Responses and those that loop.</summary>
    public required LoopShare Loops { get; init; }

    /// <summary>Interval of the loop fraction over resampled problems: responses to one problem are not independent.</summary>
    public required Interval? ClusterInterval { get; init; }

    /// <summary>Responses that are marked right or wrong.</summary>
    public required int Marked { get; init; }

    /// <summary>Share of right ones among them; null without any.</summary>
    public required double? Accuracy { get; init; }

    /// <summary>Its interval over resampled problems.</summary>
    public required Interval? AccuracyInterval { get; init; }

    /// <summary>Mean tokens; null when no response has a count.</summary>
    public required double? MeanTokens { get; init; }

    /// <summary>Median tokens.</summary>
    public required double? MedianTokens { get; init; }

    /// <summary>Share of the responses that ended at the token limit, among those that say; null without any.</summary>
    public required double? CapHitFraction { get; init; }

    /// <summary>Tokens from the second occurrence of the repeated n-gram on, as a share of all scanned tokens; null when none was scanned.</summary>
    public required double? WastedShare { get; init; }

    /// <summary>Median length at which the scanned loops complete; null without any.</summary>
    public required double? MedianLoopPrefix { get; init; }

    /// <summary>Loops among wrong responses.</summary>
    public required LoopShare LoopGivenWrong { get; init; }

    /// <summary>Loops among right responses.</summary>
    public required LoopShare LoopGivenRight { get; init; }

    /// <summary>Loops by difficulty of the problem: easy, middle, hard; empty without difficulties.</summary>
    public required IReadOnlyList<DifficultyLoops> ByDifficulty { get; init; }

    /// <summary>Loops under other settings of n and k, over the scanned responses.</summary>
    public required IReadOnlyList<LoopSetting> Sensitivity { get; init; }
}

/// <summary>How many of some responses loop.</summary>
/// <param name="Responses">Responses.</param>
/// <param name="Looping">Those that loop.</param>
/// <param name="Fraction">Their share; null without responses.</param>
/// <param name="Wilson">Wilson's interval, as if responses were independent.</param>
public sealed record LoopShare(int Responses, int Looping, double? Fraction, Interval? Wilson);

/// <summary>Loops in one third of the problems.</summary>
/// <param name="Tercile"><c>easy</c>, <c>middle</c> or <c>hard</c>.</param>
/// <param name="Problems">Problems of the cell in it.</param>
/// <param name="Loops">Their responses.</param>
public sealed record DifficultyLoops(string Tercile, int Problems, LoopShare Loops);

/// <summary>Loops under one setting.</summary>
/// <param name="N">Tokens of the n-gram.</param>
/// <param name="K">Occurrences.</param>
/// <param name="Loops">Scanned responses.</param>
public sealed record LoopSetting(int N, int K, LoopShare Loops);

/// <summary>Least-squares line of the loop fraction over temperature, every temperature alike.</summary>
/// <param name="Model">The model.</param>
/// <param name="Temperatures">Temperatures.</param>
/// <param name="Slope">Change of the fraction for one unit of temperature; null below two temperatures.</param>
public sealed record TemperatureSlope(string Model, int Temperatures, double? Slope);

/// <summary>A student against its teacher at one temperature, over the problems that both have.</summary>
/// <param name="Student">The student.</param>
/// <param name="Temperature">The temperature.</param>
/// <param name="Problems">Shared problems.</param>
/// <param name="StudentFraction">Loop fraction of the student over them.</param>
/// <param name="TeacherFraction">Loop fraction of the teacher over them.</param>
/// <param name="Difference">Student minus teacher.</param>
/// <param name="Interval">Over resampled problems, paired.</param>
public sealed record TeacherDelta(
    string Student, double? Temperature, int Problems, double StudentFraction, double TeacherFraction, double Difference, Interval? Interval);
