namespace RewardHub.Scoring.RuleRewards;

/// <summary>Every rule reward.</summary>
public static class RuleRewardRegistry
{
    /// <summary>All rule rewards by name.</summary>
    public static IReadOnlyDictionary<string, RuleReward> All { get; } = new[]
    {
        LengthAwareRule.Definition,
        LoopRule.Definition,
        OverlongRule.Definition,
        SelfConsistencyRule.Definition,
        FormatRules.Think,
        FormatRules.Finished,
    }.ToDictionary(reward => reward.Name, StringComparer.Ordinal);
}
