using RewardHub.Contracts;

namespace RewardHub.Environments;

/// <summary>What is computed for each rollout.</summary>
public sealed record EnvironmentOptions
{
    /// <summary>Which reading of the loss is reported.</summary>
    public EchoDefinition Definition { get; init; } = EchoDefinition.Default;

    /// <summary>Whether per-token values are part of the result.</summary>
    public bool ReturnTokens { get; init; }

    /// <summary>
    /// Whether every token's probability is asked for, not only those of observations. The observation figures are the
    /// same; <see cref="EnvironmentReading.ByRole"/> then also has actions, prompt and template.
    /// </summary>
    public bool EveryRole { get; init; }

    /// <summary>Longest rollout in tokens; null takes the model's context length alone.</summary>
    public int? MaxTokens { get; init; }
}

/// <summary>Everything that was measured on one rollout.</summary>
public sealed record EnvironmentReading
{
    /// <summary>All observation tokens: environment output and harness text.</summary>
    public required TokenSum Observation { get; init; }

    /// <summary>Observation tokens by source, in ordinal order of the name.</summary>
    public required IReadOnlyDictionary<string, TokenSum> BySource { get; init; }

    /// <summary>Observation tokens by turn, ascending; every turn that a span names, also without observations.</summary>
    public required IReadOnlyList<TurnSum> Turns { get; init; }

    /// <summary>
    /// Tokens by author. Observations (and harness) always; other roles count as unscored unless every role was asked for.
    /// </summary>
    public required IReadOnlyDictionary<SpanRole, TokenSum> ByRole { get; init; }

    /// <summary>The environment loss in nats; null when there is no target token.</summary>
    public required double? Loss { get; init; }

    /// <summary>-log p of each token in nats, shape (T); null where it was not asked for or there is none.</summary>
    public required IReadOnlyList<double?> TokenNll { get; init; }
}

/// <summary>Observation tokens of one turn.</summary>
public sealed record TurnSum(int Turn, TokenSum Observation);
