using RewardHub.Contracts;
using RewardHub.Verifiers;

namespace RewardHub.Scoring;

/// <summary>The scorers of a request, found and with their options checked.</summary>
internal sealed record ScoringPlan(IReadOnlyList<PlannedScorer> Scorers)
{
    /// <summary>The choices as the caller or the profile made them, in order.</summary>
    public IReadOnlyList<ScorerChoice> Choices { get; } = [.. Scorers.Select(s => s.Choice)];
}

/// <summary>One scorer of a request: a closed set.</summary>
internal abstract record PlannedScorer(ScorerChoice Choice)
{
    /// <summary>Version of a verifier; hash of a model.</summary>
    public abstract string Version { get; }

    /// <summary>PRM format id; null for a verifier.</summary>
    public virtual string? Format => null;

    public ScorerResult Failed(ItemError error) => ItemFailures.Failed(error, Choice.Name, Version, Format);

    /// <summary>A verifier.</summary>
    public sealed record OfVerifier(ScorerChoice Choice, Verifier Verifier) : PlannedScorer(Choice)
    {
        public override string Version => Verifier.Version;
    }
}
