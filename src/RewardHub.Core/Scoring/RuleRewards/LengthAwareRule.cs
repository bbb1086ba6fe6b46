using System.Globalization;
using System.Text.Json;
using RewardHub.Contracts;
using RewardHub.Rewards;
using RewardHub.Verifiers;

namespace RewardHub.Scoring.RuleRewards;

/// <summary><c>reward:phi4-reasoning-plus</c>: <see cref="LengthAwareReward"/> with every choice that the report leaves open as an option.</summary>
internal static class LengthAwareRule
{
    private static readonly LengthAwareOptions Published = new();

    private static readonly VerifierOption.Text CorrectFrom = new(
        "correct_from", "the verifier of this request or profile whose verdict counts; when empty, its only one", "", 200);

    private static readonly VerifierOption.Whole MaxLength = new("max_length", "longest response", Published.MaxLength, 1, 10_000_000);

    private static readonly VerifierOption.Whole PositiveControl = new(
        "positive_control", "up to here a correct response keeps its full reward", Published.PositiveControl, 0, 10_000_000);

    private static readonly VerifierOption.Whole NegativeControl = new(
        "negative_control", "from here on a wrong response has its best reward", Published.NegativeControl, 1, 10_000_000);

    private static readonly VerifierOption.Whole Ngram = new("ngram", "n of the repetition penalty", Published.Ngram, 1, 1_000);

    private static readonly VerifierOption.Whole Threshold = new(
        "threshold", "an n-gram is frequent when it occurs more often", Published.Threshold, 1, 1_000_000);

    private static readonly VerifierOption.Flag Clamp = new("clamp_repetition", "stop the repetition penalty at -1; the formula has no bound", false);

    private static readonly VerifierOption.Choice Precedence = new(
        "precedence", "which override holds for a response that is both incomplete (-0.5) and without a valid think block (-1)",
        "incomplete_first", ["incomplete_first", "think_first"]);

    private static readonly VerifierOption.Flag RequireThink = new("require_think", "a response without one valid think block has accuracy -1", true);

    private static readonly VerifierOption.Number AccuracyWeight = new("accuracy_weight", "weight of the accuracy part", Published.AccuracyWeight, -1e6, 1e6);

    private static readonly VerifierOption.Number RepetitionWeight = new("repetition_weight", "weight of the repetition part", Published.RepetitionWeight, -1e6, 1e6);

    private static readonly VerifierOption.Choice Unit = ResponseTokens.Option("auto");

    public static readonly RuleReward Definition = new()
    {
        Name = "reward:phi4-reasoning-plus",
        Version = "1",
        Definition = LengthAwareReward.Definition,
        Summary = "Length-aware outcome reward of Phi-4-reasoning-plus (arXiv 2504.21318): a cosine in the length for right and wrong answers, "
            + "overrides for incomplete responses and missing think blocks, a penalty for repeated n-grams.",
        Options =
        [
            CorrectFrom, MaxLength, PositiveControl, NegativeControl, Ngram, Threshold, Clamp, Precedence, RequireThink, AccuracyWeight,
            RepetitionWeight, Unit, Completion.EndToken, Completion.Unknown,
        ],
        VerdictFrom = CorrectFrom,
        CheckTogether = given => Read(given).Problems(),
        OfItem = Of,
    };

    private static Outcome<RuleRewardValue> Of(RuleRewardInput input)
    {
        if (input.Response is not { } response) return new ItemError(ErrorCodes.BadField, "the response must be given", "response");
        Outcome<ResponseTokens> tokens = ResponseTokens.Of(input, Unit.Of(input.Options));
        if (!tokens.IsOk) return tokens.Error;
        Outcome<bool> complete = Completion.Of(input);
        if (!complete.IsOk) return complete.Error;
        bool think = !RequireThink.Of(input.Options) || LengthAwareReward.ThinkIsValid(response);

        // Under an override the accuracy is fixed, and what an incomplete response would have answered is not asked.
        bool overridden = !complete.Value || !think;
        if (!overridden && !input.Correct.IsOk) return input.Correct.Error;
        LengthAwareOptions options = Read(input.Options);
        LengthAwareResult result = LengthAwareReward.Of(tokens.Value.Ids, !overridden && input.Correct.Value, complete.Value, think, options);
        return new RuleRewardValue(result.Reward, Parts(result), Evidence(result, tokens.Value.Unit, overridden ? "not asked" : input.Correct.Value ? "true" : "false", options));
    }

    private static LengthAwareOptions Read(IReadOnlyDictionary<string, JsonElement>? given) => new()
    {
        MaxLength = MaxLength.Of(given),
        PositiveControl = PositiveControl.Of(given),
        NegativeControl = NegativeControl.Of(given),
        Ngram = Ngram.Of(given),
        Threshold = Threshold.Of(given),
        ClampRepetition = Clamp.Of(given),
        Precedence = Precedence.Of(given) == "think_first" ? OverridePrecedence.ThinkFirst : OverridePrecedence.IncompleteFirst,
        AccuracyWeight = AccuracyWeight.Of(given),
        RepetitionWeight = RepetitionWeight.Of(given),
    };

    private static Dictionary<string, double> Parts(LengthAwareResult result)
    {
        var parts = new Dictionary<string, double>(8)
        {
            ["accuracy"] = result.Accuracy,
            ["repetition"] = result.Repetition.Penalty,
            ["length"] = result.Length,
            ["ngrams"] = result.Repetition.Total,
            ["frequent_distinct"] = result.Repetition.FrequentDistinct,
            ["max_count"] = result.Repetition.MaxCount,
            ["term1"] = result.Repetition.Term1,
            ["term2"] = result.Repetition.Term2,
        };
        if (result.Rho is { } rho) parts["rho"] = rho;
        return parts;
    }

    private static Dictionary<string, string> Evidence(LengthAwareResult result, string unit, string correct, LengthAwareOptions options) => new(8)
    {
        ["unit"] = unit,
        ["correct"] = correct,
        ["override"] = result.Override ?? "none",
        ["precedence"] = options.Precedence == OverridePrecedence.ThinkFirst ? "think_first" : "incomplete_first",
        ["clamp_repetition"] = options.ClampRepetition ? "true" : "false",
        ["constants"] = string.Create(CultureInfo.InvariantCulture,
            $"max_length {options.MaxLength}, positive_control {options.PositiveControl}, negative_control {options.NegativeControl}, ngram {options.Ngram}, threshold {options.Threshold}"),
        ["weights"] = string.Create(CultureInfo.InvariantCulture, $"accuracy {options.AccuracyWeight:R}, repetition {options.RepetitionWeight:R}"),
    };
}
