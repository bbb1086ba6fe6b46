using RewardHub.Contracts;
using RewardHub.Host.Metrics;
using RewardHub.Scoring;

namespace RewardHub.Host.Http.Compat;

/// <summary>What a dialect without a word for "not scored" is given for one item.</summary>
/// <param name="Value">A finite number.</param>
/// <param name="IsScored">False when the number is the profile's fallback.</param>
internal readonly record struct CompatReward(double Value, bool IsScored)
{
    /// <summary>The rewards of a batch; or the HTTP error for its first item that has neither a reward nor a named fallback.</summary>
    public static IResult? Read(
        HttpContext context, Profile profile, IReadOnlyList<ItemResult> items, HubMetrics metrics, string route, out CompatReward[] rewards)
    {
        rewards = new CompatReward[items.Count];
        IResult? refused = null;
        for (int i = 0; i < items.Count; i++)
        {
            ItemResult item = items[i];
            metrics.ItemEnded(route, item.Status);
            if (item.Reward is { } reward) rewards[i] = new CompatReward(reward, true);
            else if (profile.Fallback.TryGetValue(item.Status, out double named))
            {
                metrics.FallbackGiven(profile.Name);
                rewards[i] = new CompatReward(named, false);
            }
            else refused ??= NotScored(context, profile, item);
        }

        return refused;
    }

    private static IResult NotScored(HttpContext context, Profile profile, ItemResult item)
    {
        ItemError? error = item.Error;
        ProblemKind kind = error is { Retryable: true } ? Refusals.NotScored : Refusals.NotScorable;
        string status = ItemFailures.NameOf(item.Status);
        return Answers.Problem(context, kind,
            $"Item {item.Id}: {error?.Code} ({error?.Message}). Profile '{profile.Name}' names no fallback for status '{status}'; RewardHub:Profiles:{profile.Name}:Fallback:{status} would.");
    }
}
