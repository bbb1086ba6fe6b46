using RewardHub.Scoring;

namespace RewardHub.Host.Hosting;

/// <summary>What the offline commands score with: the objects of the server, without the server.</summary>
internal sealed class OfflineHub(ServiceProvider services, ScorerCatalog catalog, Scorer scorer, EnvironmentWalk environment) : IAsyncDisposable
{
    public ScorerCatalog Catalog { get; } = catalog;

    public Scorer Scorer { get; } = scorer;

    public EnvironmentWalk Environment { get; } = environment;

    public async ValueTask DisposeAsync()
    {
        foreach (HostedModel model in Catalog.Models) await model.DisposeAsync();
        await services.DisposeAsync();
    }
}
