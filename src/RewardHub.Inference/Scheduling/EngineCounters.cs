namespace RewardHub.Inference.Scheduling;

/// <summary>Numbers of an <see cref="EngineQueue"/> since its start, taken at one moment: for metrics.</summary>
public sealed record EngineCounters
{
    /// <summary>Sequences that wait now.</summary>
    public required long WaitingSequences { get; init; }

    /// <summary>Tokens that wait now, each sequence counted in full.</summary>
    public required long WaitingTokens { get; init; }

    /// <summary>Sequences in the batch that runs now.</summary>
    public required long RunningSequences { get; init; }

    /// <summary>Batches run.</summary>
    public required long Batches { get; init; }

    /// <summary>Sequences computed.</summary>
    public required long Sequences { get; init; }

    /// <summary>
    /// Distinct tokens up to the last read position of the sequences computed: what the engine had to do.
    /// </summary>
    public required long TokensComputed { get; init; }

    /// <summary>Tokens of computed sequences that were in a beginning shared with a neighbor of the batch.</summary>
    public required long TokensShared { get; init; }

    /// <summary>Groups refused because the queue was full.</summary>
    public required long RefusedFull { get; init; }

    /// <summary>
    /// Sequences dropped before computing: canceled, past their deadline, or of a group that had failed.
    /// </summary>
    public required long Dropped { get; init; }

    /// <summary>Batches on which the engine threw.</summary>
    public required long FailedBatches { get; init; }

    /// <summary>Sum over computed groups of their time in the queue.</summary>
    public required TimeSpan QueueTime { get; init; }

    /// <summary>Sum over batches of their time in the engine.</summary>
    public required TimeSpan RunTime { get; init; }
}
