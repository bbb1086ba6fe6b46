using System.Diagnostics;
using RewardHub.Contracts;
using RewardHub.Host.Cli;
using RewardHub.Host.Configuration;
using RewardHub.Inference;
using RewardHub.Scoring;

namespace RewardHub.Host.Hosting;

/// <summary>
/// Loads the configured models while the server already answers for the rest. A model that cannot be hosted ends the process: a
/// trainer would otherwise run for hours against a server that lacks it.
/// </summary>
internal sealed class ModelLoader(
    ScorerCatalog catalog, HubOptions hub, EngineSettings engine, Readiness readiness, StartupOutcome outcome,
    IHostApplicationLifetime lifetime, ILogger<ModelLoader> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (string name in hub.Models.Keys) catalog.Expect(name);

        // A model that is refused stops the host, which must have started by then: stopping a start is taken for an interruption.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (lifetime.ApplicationStarted.Register(started.SetResult)) await started.Task.WaitAsync(stoppingToken);
        foreach ((string name, ModelOptions options) in hub.Models.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            if (!await TryLoadAsync(name, options, stoppingToken)) return;
        }

        foreach (Profile profile in catalog.Profiles.Values)
        {
            if (catalog.Unavailable(profile) is { } problem) log.ProfileUnavailable(profile.Name, problem);
        }

        ModelList models = catalog.ModelFacts();
        foreach (ModelEntry model in models.Data.Where(m => m.Scorers.Count == 0))
        {
            log.NotHosted($"{model.Id} as a reward model", "name its form with --format NAME=FORMAT; see GET /v1/models");
        }

        if (models.Data.Count == 0) log.NotHosted("any model", "start with --model NAME=FOLDER --format NAME=FORMAT; verifiers and caller's log-probabilities work without");
        readiness.Ready();
        log.Ready(catalog.ScorerFacts().Scorers.Count, catalog.Profiles.Count, models.Data.Count);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (HostedModel model in catalog.Models) await model.DisposeAsync();
    }

    private async Task<bool> TryLoadAsync(string name, ModelOptions options, CancellationToken stoppingToken)
    {
        readiness.WaitFor($"The model '{name}' is loading.");
        long began = Stopwatch.GetTimestamp();
        try
        {
            HostedModel model = await ModelHosting.LoadAsync(name, options, engine, stoppingToken);
            catalog.Join(model);
            log.ModelHosted(
                name, model.Facts.Architecture, model.Prm?.Format.Id ?? "none", model.MaxTokens, model.Facts.WeightBytes / 1_000_000,
                model.Facts.Hash, (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            return true;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception fault)
        {
            outcome.ExitCode = fault is ModelFormatException or IOException or UnauthorizedAccessException ? ExitCodes.BadInput : ExitCodes.OurFault;
            string line = fault.Message.ReplaceLineEndings(" ");
            log.ModelRefused(name, line);
            await Console.Error.WriteLineAsync($"rewardhub: cannot host model '{name}': {line}");
            lifetime.StopApplication();
            return false;
        }
    }
}
