using RewardHub.Contracts;
using RewardHub.Environments;

namespace RewardHub.Scoring;

/// <summary>The walk of an environment request, with the numbers of <c>src/README.md</c>. Safe on any thread.</summary>
/// <param name="catalog">Hosted models.</param>
/// <param name="limits">Limits of one request.</param>
public sealed class EnvironmentWalk(ScorerCatalog catalog, ScoringLimits limits)
{
    /// <summary>Wire name of the source of log-probabilities that the caller brought.</summary>
    public const string Caller = "caller";

    /// <summary>Scores a batch of rollouts.</summary>
    /// <returns>One answer an item in request order and the pool over them, or a refusal of the whole.</returns>
    /// <exception cref="OperationCanceledException">The caller went away.</exception>
    public async Task<ScoreOutcome<EnvironmentResponse>> ScoreAsync(
        EnvironmentRequest request, CancellationToken cancellationToken = default)
    {
        // 1. Check.
        if (EnvironmentRules.Check(request, limits) is { } broken) return new ScoreOutcome<EnvironmentResponse>.Refused(broken);

        await Task.CompletedTask;
        throw new NotImplementedException(catalog.ToString());
    }
}
