using System.Text.Json;
using RewardHub.Contracts;
using RewardHub.Verifiers;

namespace RewardHub.Scoring.RuleRewards;

/// <summary>A reward that follows a rule and needs no model: its name, what it declares, and its function.</summary>
public sealed record RuleReward
{
    /// <summary>Stable name, such as <c>reward:loops</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Changes whenever any value may change.</summary>
    public required string Version { get; init; }

    /// <summary>Which reading of the published formula this is; a corrected reading is a new text.</summary>
    public required string Definition { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Summary { get; init; }

    /// <summary>Every option, with type, range and default.</summary>
    public required IReadOnlyList<VerifierOption> Options { get; init; }

    /// <summary>Whether it is a pseudo-reward, which sees no gold answer and is never a verified reward.</summary>
    public bool LabelFree { get; init; }

    /// <summary>The option that names the verifier whose verdict is needed; null when none is.</summary>
    internal VerifierOption.Text? VerdictFrom { get; init; }

    /// <summary>The value of one item; null when it takes the whole group.</summary>
    internal Func<RuleRewardInput, Outcome<RuleRewardValue>>? OfItem { get; init; }

    /// <summary>The values of all items of a request; null when it takes one item.</summary>
    internal Func<IReadOnlyList<RuleRewardInput>, CancellationToken, IReadOnlyList<Outcome<RuleRewardValue>>>? OfItems { get; init; }

    /// <summary>Options that cannot be used together, as sentences.</summary>
    internal Func<IReadOnlyDictionary<string, JsonElement>?, IReadOnlyList<string>> CheckTogether { get; init; } = _ => [];

    /// <summary>Every option that cannot be used, each with the path <c>options.NAME</c>; empty when all is well.</summary>
    public IReadOnlyList<ItemError> CheckOptions(IReadOnlyDictionary<string, JsonElement>? given)
    {
        // A verifier's rules for options, under this name.
        var declared = new Verifier { Name = Name, Version = Version, Summary = Summary, Options = Options };
        IReadOnlyList<ItemError> problems = declared.CheckOptions(given);
        return problems.Count > 0 ? problems
            : [.. CheckTogether(given).Select(problem => new ItemError(ErrorCodes.BadField, problem, "options", Scorer: Name))];
    }
}

/// <summary>What a rule reward looks at.</summary>
internal sealed record RuleRewardInput
{
    /// <summary>The response as text; null when the item has none.</summary>
    public required string? Response { get; init; }

    /// <summary>Token ids of the response; null when the caller has text only.</summary>
    public required IReadOnlyList<int>? TokenIds { get; init; }

    /// <summary>Why the response ended; null when unknown.</summary>
    public required string? FinishReason { get; init; }

    /// <summary>The question that it answers; null when not said.</summary>
    public required string? Group { get; init; }

    /// <summary>The domain; null when not said.</summary>
    public required string? Domain { get; init; }

    /// <summary>Options, checked.</summary>
    public required IReadOnlyDictionary<string, JsonElement>? Options { get; init; }

    /// <summary>Whether the named verifier found the response correct, or why it is not known.</summary>
    public Outcome<bool> Correct { get; init; }
}

/// <summary>A value with what it is made of.</summary>
/// <param name="Value">Finite.</param>
/// <param name="Parts">Numbers by name.</param>
/// <param name="Evidence">Texts by name: units, rules, every option that shaped the value.</param>
internal sealed record RuleRewardValue(double Value, IReadOnlyDictionary<string, double>? Parts, IReadOnlyDictionary<string, string>? Evidence);
