using RewardHub.Scoring;

namespace RewardHub.Host.Hosting;

/// <summary>Loads the configured models while the server already answers for the rest.</summary>
internal sealed class ModelLoader(ScorerCatalog catalog, Readiness readiness, ILogger<ModelLoader> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (Profile profile in catalog.Profiles.Values)
        {
            if (catalog.Unavailable(profile) is { } problem) log.ProfileUnavailable(profile.Name, problem);
        }

        readiness.Ready();
        log.Ready(catalog.Verifiers.Count, catalog.Profiles.Count, 0);
        return Task.CompletedTask;
    }
}
