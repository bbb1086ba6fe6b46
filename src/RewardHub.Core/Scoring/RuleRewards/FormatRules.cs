using RewardHub.Contracts;
using RewardHub.Rewards;

namespace RewardHub.Scoring.RuleRewards;

/// <summary>Rewards on the form of a response alone: 1 or 0.</summary>
internal static class FormatRules
{
    public static readonly RuleReward Think = new()
    {
        Name = "reward:think-format",
        Version = "1",
        Definition = "think-format-1: exactly one <think> and one </think> in that order, only white space before, an answer after",
        Summary = "1 for a response of one think block followed by an answer, else 0.",
        Options = [],
        OfItem = input => input.Response is { } response
            ? new RuleRewardValue(LengthAwareReward.ThinkIsValid(response) ? 1 : 0, null, null)
            : new ItemError(ErrorCodes.BadField, "the response must be given", "response"),
    };

    public static readonly RuleReward Finished = new()
    {
        Name = "reward:finished",
        Version = "1",
        Definition = "finished-1: finish_reason, else the end token at the end of the response",
        Summary = "1 for a response that ended by itself, 0 for one that was cut; as a gate that masks, the overlong filter of DAPO (arXiv 2503.14476).",
        Options = [Completion.EndToken, Completion.Unknown],
        OfItem = input => Completion.Of(input) is { IsOk: true, Value: var complete }
            ? new RuleRewardValue(complete ? 1 : 0, null, null)
            : Completion.Of(input).Error!,
    };
}
