namespace RewardHub.Inference.Scheduling;

/// <summary>Why a group of sequences got no numbers.</summary>
public enum EngineRefusal
{
    /// <summary>The queue is full now; trying again later helps.</summary>
    QueueFull = 1,

    /// <summary>
    /// A request is not one that the checkpoint can answer; <see cref="EngineAnswer.Refused.Reason"/> says which and
    /// why.
    /// </summary>
    BadRequest = 2,

    /// <summary>The deadline passed before the sequences were computed.</summary>
    DeadlinePassed = 3,

    /// <summary>The queue is stopping or has stopped.</summary>
    Stopping = 4,

    /// <summary>The engine failed on the batch; our fault. The engine goes on with other batches.</summary>
    EngineFailed = 5,
}

/// <summary>What became of a group: a closed set.</summary>
public abstract record EngineAnswer
{
    private EngineAnswer()
    {
    }

    /// <summary>Numbers for every sequence.</summary>
    /// <param name="Results">In group order, each row-major (S, K) as its read-out says.</param>
    /// <param name="Queued">From entering the queue to the first batch with a sequence of the group.</param>
    /// <param name="Running">
    /// Time in batches that held a sequence of the group, other sequences' work in them included.
    /// </param>
    public sealed record Computed(IReadOnlyList<float[]> Results, TimeSpan Queued, TimeSpan Running) : EngineAnswer;

    /// <summary>No numbers.</summary>
    /// <param name="Why">The kind.</param>
    /// <param name="Reason">A sentence.</param>
    /// <param name="Failure">
    /// What the engine threw, with <see cref="EngineRefusal.EngineFailed"/>; for the log, not for callers.
    /// </param>
    public sealed record Refused(EngineRefusal Why, string Reason, Exception? Failure = null) : EngineAnswer;
}
