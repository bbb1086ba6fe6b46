using RewardHub.Contracts;

namespace RewardHub.Datasets;

/// <summary>A solution with labelled and scored steps: the row that step metrics read.</summary>
public sealed record LabelledRow
{
    /// <summary>Unique in its file.</summary>
    public required string Id { get; init; }

    /// <summary>Split, such as <c>gsm8k</c>; the domain where the file has no split.</summary>
    public string? Split { get; init; }

    /// <summary>Label of each step: 1 good, 0 neutral or bad, -1 bad, null not labelled; null when only the first error is known.</summary>
    public IReadOnlyList<double?>? Labels { get; init; }

    /// <summary>Index of the first bad step; -1 when there is none; null when only labels are known.</summary>
    public int? FirstError { get; init; }

    /// <summary>Score of each step; NaN where the file has none.</summary>
    public IReadOnlyList<double>? StepScores { get; init; }

    /// <summary>How scoring ended.</summary>
    public required ItemStatus Status { get; init; }

    /// <summary>Hash of the model.</summary>
    public string? Model { get; init; }

    /// <summary>PRM format id.</summary>
    public string? Format { get; init; }
}
