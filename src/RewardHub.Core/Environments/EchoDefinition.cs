using System.Diagnostics.CodeAnalysis;

namespace RewardHub.Environments;

/// <summary>Which tokens the environment loss sums over: O' in the ECHO loss.</summary>
public enum EchoTarget
{
    /// <summary>Output of the environment; text of the harness is left out. The paper's choice.</summary>
    EnvOnly = 0,

    /// <summary>Every observation token: environment output and harness text.</summary>
    FullObservation = 1,

    /// <summary>Harness text only (<c>warning_only</c> in the reference code).</summary>
    HarnessOnly = 2,
}

/// <summary>What the environment loss divides by.</summary>
public enum EchoNormalizer
{
    /// <summary>All observation tokens with a probability, whether or not they are targets: |O|. The paper's choice.</summary>
    FullObservation = 0,

    /// <summary>The target tokens with a probability: |O'|.</summary>
    Selected = 1,
}

/// <summary>One reading of the ECHO environment loss (arXiv 2605.24517), named so that an answer says which was used.</summary>
/// <remarks>
/// The loss of one rollout in nats: sum over targets of -log p(x_t | x_&lt;t) / (count of the normalizer + epsilon). The
/// reference code adds 1e-3 to the count; the paper's formula does not. Both exist here because they differ in the fourth
/// digit for short observations. Nothing to sum gives null, where the reference code gives 0.
/// </remarks>
/// <param name="Target">Which tokens are summed.</param>
/// <param name="Normalizer">Which count divides.</param>
/// <param name="AddsEpsilon">Whether <see cref="Epsilon"/> is added to the count.</param>
public sealed record EchoDefinition(EchoTarget Target, EchoNormalizer Normalizer, bool AddsEpsilon)
{
    /// <summary>What the reference code adds to the denominator.</summary>
    public const double Epsilon = 1e-3;

    private static readonly string[] TargetNames = ["env_only", "full_observation", "harness_only"];
    private static readonly string[] NormalizerNames = ["full_observation", "selected"];

    /// <summary>The paper's loss: environment output summed, divided by all observation tokens, no epsilon.</summary>
    public static EchoDefinition Default { get; } = new(EchoTarget.EnvOnly, EchoNormalizer.FullObservation, false);

    /// <summary>Every definition there is.</summary>
    public static IReadOnlyList<EchoDefinition> All { get; } =
    [
        .. from target in Enum.GetValues<EchoTarget>()
           from normalizer in Enum.GetValues<EchoNormalizer>()
           from epsilon in (bool[])[false, true]
           select new EchoDefinition(target, normalizer, epsilon),
    ];

    /// <summary>
    /// Stable name: <c>echo.sequence_mean.{normalizer}</c>, with <c>.{target}</c> when the target is not
    /// <c>env_only</c>, and <c>.eps</c> when epsilon is added.
    /// </summary>
    public string Id =>
        "echo.sequence_mean." + NormalizerNames[(int)Normalizer]
        + (Target == EchoTarget.EnvOnly ? "" : "." + TargetNames[(int)Target])
        + (AddsEpsilon ? ".eps" : "");

    /// <summary>Finds a definition by <see cref="Id"/>.</summary>
    public static bool TryParse(string id, [NotNullWhen(true)] out EchoDefinition? definition)
    {
        definition = All.FirstOrDefault(d => d.Id == id);
        return definition is not null;
    }

    /// <summary>The loss in nats; null when no target token has a probability.</summary>
    /// <param name="environmentOutput">Sums over environment output.</param>
    /// <param name="harness">Sums over harness text inside observations.</param>
    public double? Loss(TokenSum environmentOutput, TokenSum harness)
    {
        TokenSum observation = environmentOutput + harness;
        TokenSum target = Target switch
        {
            EchoTarget.EnvOnly => environmentOutput,
            EchoTarget.HarnessOnly => harness,
            _ => observation,
        };
        if (target.Tokens == 0) return null;
        int count = Normalizer == EchoNormalizer.Selected ? target.Tokens : observation.Tokens;
        return target.NllSum / (count + (AddsEpsilon ? Epsilon : 0));
    }
}
