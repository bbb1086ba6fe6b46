using RewardHub.Inference;

namespace RewardHub.Environments;

/// <summary>A checked rollout, and what to ask the engine for it.</summary>
public sealed record PreparedEnvironment
{
    /// <summary>Who wrote each token.</summary>
    public required TokenAuthors Authors { get; init; }

    /// <summary>What was asked for.</summary>
    public required EnvironmentOptions Options { get; init; }

    /// <summary>
    /// What to run: log-probabilities at the positions before the tokens in <see cref="Asked"/>. Null when the caller gave
    /// log-probabilities or when no token is asked for; <see cref="EnvironmentScorer.Read"/> then takes no values.
    /// </summary>
    public required SequenceRequest? Request { get; init; }

    /// <summary>Tokens whose probability is asked for, ascending; never token 0, which has none.</summary>
    public required IReadOnlyList<int> Asked { get; init; }

    /// <summary>The caller's log-probabilities in nats at <see cref="Asked"/>; null when the engine gives them.</summary>
    public required IReadOnlyList<double>? Given { get; init; }

    /// <summary>Bytes of text of each token, shape (T); null when not given.</summary>
    public required IReadOnlyList<int>? TokenBytes { get; init; }
}
