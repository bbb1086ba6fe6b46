using RewardHub.Inference.Model;

namespace RewardHub.Inference.Scheduling;

/// <summary>What a group must be before it may wait: answerable by the checkpoint, and not larger than the queue.</summary>
internal static class Admission
{
    /// <summary>Finds the first problem of a group.</summary>
    /// <returns>A sentence, or null when the group may wait.</returns>
    public static string? Problem(IReadOnlyList<SequenceRequest> group, ModelFacts facts, SchedulerOptions options)
    {
        if (group.Count > options.MaxQueuedSequences)
        {
            return $"A group of {group.Count} sequences is over the queue's {options.MaxQueuedSequences}; split it.";
        }

        long tokens = 0;
        for (int n = 0; n < group.Count; n++)
        {
            if (RequestCheck.Problem(group[n], facts) is { } problem) return $"Sequence {n}: {problem}";
            tokens += group[n].Tokens.Length;
        }

        return tokens > options.MaxQueuedTokens
            ? $"A group of {tokens} tokens is over the queue's {options.MaxQueuedTokens}; split it."
            : null;
    }

    /// <summary>The answer to a group whose deadline is over.</summary>
    public static EngineAnswer.Refused DeadlinePassed() =>
        new(EngineRefusal.DeadlinePassed, "The deadline passed before the sequences were computed.");

    /// <summary>The answer to a group that comes too late.</summary>
    public static EngineAnswer.Refused Stopping() => new(EngineRefusal.Stopping, "The engine is stopping.");
}
