using RewardHub.Contracts;

namespace RewardHub.Datasets;

/// <summary>What every measured row has: where it stands and whether it is right.</summary>
public abstract record ReportRow
{
    /// <summary>Row of the file, counted from 1; for JSON Lines the line.</summary>
    public required long Row { get; init; }

    /// <summary>How scoring ended; <c>ok</c> where the file does not say.</summary>
    public ItemStatus Status { get; init; }

    /// <summary>The sample's own name; null when the file has none.</summary>
    public string? Id { get; init; }

    /// <summary>The question; null when the file has none.</summary>
    public string? Group { get; init; }

    /// <summary>Whether it is right; null when it is neither marked nor can be compared with a label.</summary>
    public bool? Correct { get; init; }

    /// <summary>Whether <see cref="Correct"/> comes from comparing answer and label as text.</summary>
    public bool ByLabel { get; init; }

    /// <summary>Where correctness is missing with its column: the columns of the row and the mapping that would fit.</summary>
    public string? Hint { get; init; }
}

/// <summary>What a model of a length experiment is.</summary>
public enum LengthRole
{
    /// <summary>The main task of the model that was trained on main and auxiliary task together.</summary>
    Main = 0,

    /// <summary>The auxiliary task of that model.</summary>
    Aux = 1,

    /// <summary>The main task of a model that was trained on it alone.</summary>
    MainAlone = 2,

    /// <summary>The main task of a model that was trained with a control task, from which nothing should transfer.</summary>
    Control = 3,
}

/// <summary>One answer of an accuracy-against-length experiment.</summary>
public sealed record LengthRow : ReportRow
{
    /// <summary>The task.</summary>
    public required string Task { get; init; }

    /// <summary>The model that answered.</summary>
    public required LengthRole Role { get; init; }

    /// <summary>Longest length that the task was trained on; null only for main_alone and control.</summary>
    public int? TrainLength { get; init; }

    /// <summary>Length of the problem.</summary>
    public required int Length { get; init; }

    /// <summary>Training seed; empty when the file has one model only.</summary>
    public required string Seed { get; init; }
}

/// <summary>One answer of one run.</summary>
public sealed record RunRow : ReportRow
{
    /// <summary>The run.</summary>
    public required string Run { get; init; }

    /// <summary>The model; null when the file has one.</summary>
    public string? Model { get; init; }

    /// <summary>The answer, for majorities; null when none was found.</summary>
    public string? Answer { get; init; }

    /// <summary>Tokens of the response; null when not known.</summary>
    public int? Tokens { get; init; }
}

/// <summary>One response as the loop report needs it.</summary>
public sealed record LoopRow : ReportRow
{
    /// <summary>The model; null when the file has one.</summary>
    public string? Model { get; init; }

    /// <summary>Sampling temperature; null when not stated.</summary>
    public double? Temperature { get; init; }

    /// <summary>Tokens that the model wrote: the action spans where the row has spans, else all; null when the row has none.</summary>
    public IReadOnlyList<int>? TokenIds { get; init; }

    /// <summary>Text of the response, for rows without token ids.</summary>
    public string? Response { get; init; }

    /// <summary>Tokens of the response as the file counts them.</summary>
    public int? Tokens { get; init; }

    /// <summary>Whether it loops as the file says.</summary>
    public bool? Loop { get; init; }

    /// <summary>Whether the response ended at the token limit.</summary>
    public bool? CapHit { get; init; }

    /// <summary>Difficulty of the problem; larger is harder.</summary>
    public double? Difficulty { get; init; }
}

/// <summary>One difficulty of one round of self-training.</summary>
public sealed record CurriculumRow
{
    /// <summary>Row of the file, counted from 1; for JSON Lines the line.</summary>
    public required long Row { get; init; }

    /// <summary>The round.</summary>
    public required int Round { get; init; }

    /// <summary>The difficulty.</summary>
    public required int Difficulty { get; init; }

    /// <summary>Accuracy on held-out problems, in [0, 1].</summary>
    public double? Accuracy { get; init; }

    /// <summary>Held-out problems behind <see cref="Accuracy"/>.</summary>
    public int? Evaluated { get; init; }

    /// <summary>Labels that the filter kept.</summary>
    public int? Kept { get; init; }

    /// <summary>Labels before the filter.</summary>
    public int? Total { get; init; }

    /// <summary>Share of the kept labels that are right, from a sub-sample with gold answers.</summary>
    public double? LabelAccuracy { get; init; }

    /// <summary>The same before the filter.</summary>
    public double? RawLabelAccuracy { get; init; }
}
