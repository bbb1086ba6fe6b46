namespace RewardHub.Scoring;

/// <summary>What one request may ask for, and how it is spread over threads.</summary>
public sealed record ScoringLimits
{
    /// <summary>Most items in one request.</summary>
    public int MaxItems { get; init; } = 65_536;

    /// <summary>Most steps in one item.</summary>
    public int MaxSteps { get; init; } = 4_096;

    /// <summary>Most characters of the prompt, response and steps of one item.</summary>
    public int MaxItemCharacters { get; init; } = 16_000_000;

    /// <summary>Most tokens in one item of <c>/v1/environment</c>.</summary>
    public int MaxItemTokens { get; init; } = 1_048_576;

    /// <summary>Longest deadline in milliseconds; longer ones are cut to it, since a caller may be gone by then.</summary>
    public int MaxDeadlineMs { get; init; } = 3_600_000;

    /// <summary>
    /// Milliseconds before the deadline at which the answer leaves, with what there is; never more than a fifth of the deadline.
    /// </summary>
    public int DeadlineMarginMs { get; init; } = 250;

    /// <summary>Verifier runs at a time, over all requests.</summary>
    public int VerifierParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>How long work may take when the caller waits <paramref name="deadlineMs"/>; null for no limit.</summary>
    public TimeSpan? Budget(int? deadlineMs)
    {
        if (deadlineMs is not int given) return null;
        int deadline = Math.Min(given, MaxDeadlineMs);
        return TimeSpan.FromMilliseconds(deadline - Math.Min(DeadlineMarginMs, deadline / 5));
    }
}
