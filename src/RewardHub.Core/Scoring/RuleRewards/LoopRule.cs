using System.Globalization;
using RewardHub.Contracts;
using RewardHub.Rewards;
using RewardHub.Verifiers;

namespace RewardHub.Scoring.RuleRewards;

/// <summary><c>reward:loops</c>: what <see cref="LoopDetector"/> finds, as a penalty of at most 0.</summary>
internal static class LoopRule
{
    private static readonly VerifierOption.Whole N = new("n", "tokens of an n-gram", 30, 1, 10_000);
    private static readonly VerifierOption.Whole K = new("k", "occurrences that make a loop; 10 is the setting for instruct models", 20, 2, 1_000_000);

    private static readonly VerifierOption.Choice Component = new(
        "component", "flag: -1 for a loop; wasted: -(tokens from the second occurrence on) / tokens; graded: -min(1, (most frequent count - 1) / (k - 1))",
        "flag", ["flag", "wasted", "graded"]);

    private static readonly VerifierOption.Choice Unit = ResponseTokens.Option("auto");

    public static readonly RuleReward Definition = new()
    {
        Name = "reward:loops",
        Version = "1",
        Definition = "loops-1: some n-gram occurs at least k times, overlaps allowed; semantic loops are not found",
        Summary = "Penalty for a response that loops: some n-gram of its tokens occurs at least k times (arXiv 2512.12895).",
        Options = [N, K, Component, Unit],
        OfItem = Of,
    };

    private static Outcome<RuleRewardValue> Of(RuleRewardInput input)
    {
        Outcome<ResponseTokens> tokens = ResponseTokens.Of(input, Unit.Of(input.Options));
        if (!tokens.IsOk) return tokens.Error;
        int n = N.Of(input.Options), k = K.Of(input.Options);
        LoopFinding finding = LoopDetector.Scan(tokens.Value.Ids, n, k);
        LoopReward reward = LoopReward.Of(finding, k);
        string component = Component.Of(input.Options);
        var parts = new Dictionary<string, double>(8)
        {
            ["flag"] = reward.Flag,
            ["wasted"] = reward.Wasted,
            ["graded"] = reward.Graded,
            ["length"] = finding.Tokens,
            ["max_count"] = finding.MaxCount,
        };
        if (finding is { FirstLoopPrefix: { } prefix, Onset: { } onset, Period: { } period })
            (parts["first_loop_prefix"], parts["onset"], parts["period"], parts["wasted_tokens"]) = (prefix, onset, period, finding.WastedTokens);
        double value = component switch { "wasted" => reward.Wasted, "graded" => reward.Graded, _ => reward.Flag };
        return new RuleRewardValue(value, parts, new Dictionary<string, string>(3)
        {
            ["unit"] = tokens.Value.Unit,
            ["component"] = component,
            ["constants"] = string.Create(CultureInfo.InvariantCulture, $"n {n}, k {k}"),
        });
    }
}
