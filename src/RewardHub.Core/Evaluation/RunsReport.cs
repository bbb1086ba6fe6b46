using System.Globalization;

namespace RewardHub.Evaluation;

/// <summary>Options of a multi-run report.</summary>
public sealed record RunsOptions : ReportOptions
{
    /// <summary>The k of pass@k, maj@k and best, worst and average of k; null takes powers of two, 5 and all runs.</summary>
    public IReadOnlyList<int>? Ks { get; init; }

    /// <summary>How answers that are missing take part in maj@k.</summary>
    public MissingAnswers MissingAnswers { get; init; } = MissingAnswers.Unique;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Problems() =>
        Ks is null || (Ks.Count > 0 && Ks.All(k => k >= 1)) ? base.Problems() : [.. base.Problems(), "k must be at least 1"];

    internal override SortedDictionary<string, string> Describe()
    {
        SortedDictionary<string, string> options = base.Describe();
        options["k"] = Ks is null ? "" : string.Join(',', Ks.Select(k => k.ToString(CultureInfo.InvariantCulture)));
        options["missing-answers"] = VoteNotes.Name(MissingAnswers);
        return options;
    }
}

/// <summary>Several independent runs over the same questions, by model.</summary>
public sealed record RunsReport
{
    /// <summary>How to make it again.</summary>
    public required RunReport Run { get; init; }

    /// <summary>What each number means.</summary>
    public required IReadOnlyDictionary<string, string> Policies { get; init; }

    /// <summary>What became of the rows.</summary>
    public required RunsRowCounts Rows { get; init; }

    /// <summary>Models by name.</summary>
    public required IReadOnlyList<RunsSystem> Systems { get; init; }

    /// <summary>Each two models over the questions that both have in all their runs.</summary>
    public required IReadOnlyList<RunsComparison> Comparisons { get; init; }

    /// <summary>What the data does not support, with counts.</summary>
    public required IReadOnlyList<ReportNote> Notes { get; init; }
}

/// <summary>What became of the rows; the parts add up to <see cref="Read"/>.</summary>
/// <param name="Read">Rows in the file.</param>
/// <param name="Measured">Rows that take part.</param>
/// <param name="Refused">Rows whose status is not ok.</param>
/// <param name="WithoutCorrectness">Rows that are neither marked nor can be compared with a label.</param>
/// <param name="Incomplete">Rows of questions that some run of the model lacks.</param>
public sealed record RunsRowCounts(long Read, long Measured, long Refused, long WithoutCorrectness, long Incomplete);

/// <summary>One model.</summary>
public sealed record RunsSystem
{
    /// <summary>The model; <c>(none)</c> where the file does not say.</summary>
    public required string Model { get; init; }

    /// <summary>Runs.</summary>
    public required int Runs { get; init; }

    /// <summary>Questions that every run has.</summary>
    public required int Questions { get; init; }

    /// <summary>Mean accuracy over runs.</summary>
    public required double Mean { get; init; }

    /// <summary>Percentile interval of the mean over resampled questions; null with one question.</summary>
    public required Interval? Interval { get; init; }

    /// <summary>Standard error over questions: the square root of the variance (n) of the questions' means over n; for one run √(p(1 − p)/n).</summary>
    public required double SeQuestions { get; init; }

    /// <summary>Standard deviation (n − 1) of the runs' accuracies; null for one run.</summary>
    public required double? Sd { get; init; }

    /// <summary>Accuracy of the worst run.</summary>
    public required double Min { get; init; }

    /// <summary>Accuracy of the best run.</summary>
    public required double Max { get; init; }

    /// <summary>Each run, by name.</summary>
    public required IReadOnlyList<RunAccuracy> RunAccuracies { get; init; }

    /// <summary>Runs by accuracy in bins of width 0.05; empty bins are left out.</summary>
    public required IReadOnlyList<RunBin> Histogram { get; init; }

    /// <summary>What k runs give.</summary>
    public required IReadOnlyList<RunsAtK> AtK { get; init; }

    /// <summary>Mean tokens of right responses; null when not known.</summary>
    public required double? MeanTokensRight { get; init; }

    /// <summary>Mean tokens of wrong responses; null when not known.</summary>
    public required double? MeanTokensWrong { get; init; }
}

/// <summary>One run.</summary>
/// <param name="Run">The run.</param>
/// <param name="Right">Right answers.</param>
/// <param name="Accuracy">Share of the questions.</param>
public sealed record RunAccuracy(string Run, int Right, double Accuracy);

/// <summary>Runs whose accuracy lies in a bin.</summary>
/// <param name="Low">Lower limit, included.</param>
/// <param name="High">Upper limit; included only at 1.</param>
/// <param name="Runs">Runs.</param>
public sealed record RunBin(double Low, double High, int Runs);

/// <summary>What k runs, drawn without replacement, give.</summary>
/// <param name="K">k.</param>
/// <param name="Pass">pass@k = 1 − C(n−c, k) / C(n, k), mean over questions.</param>
/// <param name="PassInterval">Over resampled questions.</param>
/// <param name="Majority">maj@k, exact, ties broken uniformly; null when no row has an answer.</param>
/// <param name="MajorityInterval">Over resampled questions.</param>
/// <param name="Best">Expected accuracy of the best of k runs.</param>
/// <param name="Worst">Expected accuracy of the worst of k runs.</param>
/// <param name="AverageSd">Standard deviation of the average of k fresh runs, sd / √k: how far two such averages can differ; null for one run.</param>
public sealed record RunsAtK(
    int K, double Pass, Interval? PassInterval, double? Majority, Interval? MajorityInterval, double Best, double Worst, double? AverageSd);

/// <summary>Two models over the questions that both have.</summary>
/// <param name="First">The model with the larger mean; by name on a tie.</param>
/// <param name="Second">The other.</param>
/// <param name="Questions">Shared questions.</param>
/// <param name="FirstMean">Mean accuracy of the first over them.</param>
/// <param name="FirstInterval">Its interval.</param>
/// <param name="SecondMean">Mean accuracy of the second over them.</param>
/// <param name="SecondInterval">Its interval.</param>
/// <param name="DifferenceInterval">Interval of first − second, paired by question.</param>
/// <param name="Claimed">Whether the first may be called better: the two intervals do not overlap.</param>
/// <param name="Claim">The claim, or why it is refused.</param>
public sealed record RunsComparison(
    string First, string Second, int Questions, double FirstMean, Interval? FirstInterval, double SecondMean,
    Interval? SecondInterval, Interval? DifferenceInterval, bool Claimed, string Claim);
