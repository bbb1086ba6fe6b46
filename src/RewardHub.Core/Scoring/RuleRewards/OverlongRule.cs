using System.Globalization;
using System.Text.Json;
using RewardHub.Contracts;
using RewardHub.Verifiers;

namespace RewardHub.Scoring.RuleRewards;

/// <summary><c>reward:overlong</c>: the soft overlong punishment of DAPO (arXiv 2503.14476).</summary>
internal static class OverlongRule
{
    private static readonly VerifierOption.Whole MaxLength = new("max_length", "from here on the punishment is -1", 20_480, 1, 10_000_000);
    private static readonly VerifierOption.Whole Cache = new("cache", "width of the interval below max_length in which the punishment grows", 4_096, 1, 10_000_000);
    private static readonly VerifierOption.Choice Unit = ResponseTokens.Option("tokens");

    public static readonly RuleReward Definition = new()
    {
        Name = "reward:overlong",
        Version = "1",
        Definition = "overlong-1: 0 up to max_length - cache, then linear to -1 at max_length, -1 beyond",
        Summary = "Soft overlong punishment of DAPO (arXiv 2503.14476): 0 for a short response, falling to -1 at the longest.",
        Options = [MaxLength, Cache, Unit],
        CheckTogether = given => Check(given),
        OfItem = Of,
    };

    private static string[] Check(IReadOnlyDictionary<string, JsonElement>? given) =>
        Cache.Of(given) > MaxLength.Of(given) ? ["cache must not be above max_length."] : [];

    private static Outcome<RuleRewardValue> Of(RuleRewardInput input)
    {
        Outcome<ResponseTokens> tokens = ResponseTokens.Of(input, Unit.Of(input.Options));
        if (!tokens.IsOk) return tokens.Error;
        int length = tokens.Value.Ids.Length, longest = MaxLength.Of(input.Options), cache = Cache.Of(input.Options);
        double over = Math.Clamp((length - (double)(longest - cache)) / cache, 0, 1);
        return new RuleRewardValue(over == 0 ? 0 : -over, new Dictionary<string, double>(1) { ["length"] = length }, new Dictionary<string, string>(2)
        {
            ["unit"] = tokens.Value.Unit,
            ["constants"] = string.Create(CultureInfo.InvariantCulture, $"max_length {longest}, cache {cache}"),
        });
    }
}
