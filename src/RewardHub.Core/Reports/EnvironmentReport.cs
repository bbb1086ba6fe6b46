using RewardHub.Contracts;
using RewardHub.Evaluation;

namespace RewardHub.Reports;

/// <summary>Result of an environment cross-entropy evaluation.</summary>
public sealed record EnvironmentReport
{
    /// <summary>How to make it again.</summary>
    public required RunReport Run { get; init; }

    /// <summary>Which reduction and normaliser the figures use.</summary>
    public required string Definition { get; init; }

    /// <summary>Hash of the model that gave the probabilities, or <c>caller</c>.</summary>
    public required string Model { get; init; }

    /// <summary>What became of the rows.</summary>
    public required EnvironmentRowCounts Rows { get; init; }

    /// <summary>Pooled cross-entropy.</summary>
    public required CorpusCrossEntropy Corpus { get; init; }

    /// <summary>What the data does not support, with counts.</summary>
    public required IReadOnlyList<ReportNote> Notes { get; init; }
}

/// <summary>What became of the rows; the parts add up to <see cref="Read"/>.</summary>
/// <param name="Read">Rows in the file.</param>
/// <param name="Scored">Rows that took part.</param>
/// <param name="Refused">Rows that broke a rule, such as spans out of order.</param>
/// <param name="Failed">Rows that no engine answered.</param>
public sealed record EnvironmentRowCounts(long Read, long Scored, long Refused, long Failed);
