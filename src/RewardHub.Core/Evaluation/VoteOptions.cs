using System.Globalization;
using RewardHub.Datasets;

namespace RewardHub.Evaluation;

/// <summary>What happens at n for a question with fewer than n samples.</summary>
public enum ShortQuestions
{
    /// <summary>All of its samples vote: accuracy at min(n, N).</summary>
    UseAll = 0,

    /// <summary>It is left out at that n; every n then has its own set of questions.</summary>
    Exclude = 1,

    /// <summary>Wrong samples without an answer and with weight 0 fill it up to the largest question, as VersaPRM's evaluator does.</summary>
    Pad = 2,
}

/// <summary>Options of a vote evaluation.</summary>
public sealed record VoteOptions
{
    /// <summary>File of scored rows: JSON Lines, gzip or Parquet.</summary>
    public required string Input { get; init; }

    /// <summary>Which column holds each field.</summary>
    public ColumnMap Map { get; init; } = ColumnMap.None;

    /// <summary>
    /// How step scores become weights; null takes min, last, mean and product, or the reward where no row has step scores.
    /// </summary>
    public IReadOnlyList<Aggregation>? Aggregations { get; init; }

    /// <summary>How samples without an answer vote.</summary>
    public MissingAnswers MissingAnswers { get; init; } = MissingAnswers.Unique;

    /// <summary>What happens to questions with fewer samples than n.</summary>
    public ShortQuestions ShortQuestions { get; init; } = ShortQuestions.UseAll;

    /// <summary>Random subsets a question for weighted majority at n, where they cannot all be counted; at least 2.</summary>
    public int Subsamples { get; init; } = 256;

    /// <summary>Bootstrap resamples of the questions; at least 100.</summary>
    public int Resamples { get; init; } = 2_000;

    /// <summary>Confidence of every interval, in (0, 1).</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Seed of every draw.</summary>
    public long Seed { get; init; }

    /// <summary>Whether VersaPRM's own evaluator is run as well, draw by draw.</summary>
    public bool VersaPrm { get; init; }

    /// <summary>Threads; null takes the processors. No number depends on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Name of the suite that asked; null for flags.</summary>
    public string? Suite { get; init; }

    /// <summary>Version of that suite.</summary>
    public string? SuiteVersion { get; init; }

    /// <summary>Every rule that the options break; empty when they are fine.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (Subsamples is < 2 or > 1_000_000) problems.Add($"subsamples must lie in 2 to 1,000,000, is {Subsamples}");
        if (Resamples is < 100 or > 1_000_000) problems.Add($"resamples must lie in 100 to 1,000,000, is {Resamples}");
        if (!(Confidence > 0 && Confidence < 1))
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"confidence must lie between 0 and 1, is {Confidence}"));
        if (Threads is < 1) problems.Add("threads must be at least 1");
        if (Aggregations is { Count: 0 }) problems.Add("aggregations must not be empty");
        if (Aggregations is { } given && given.Distinct().Count() != given.Count) problems.Add("an aggregation is named twice");
        return problems;
    }
}
