using System.Diagnostics;
using RewardHub.Contracts;
using RewardHub.Verifiers;

namespace RewardHub.Scoring;

/// <summary>Stage 4: verifiers on the thread pool, a bounded number at a time over all requests.</summary>
internal sealed class VerifierStage(int parallelism, Action<string, Exception> onFault)
{
    /// <summary>Shared by all requests: the thread pool runs at most so many of its tasks at a time.</summary>
    private readonly TaskScheduler _slots = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, parallelism).ConcurrentScheduler;

    /// <summary>Runs every verifier of the plan on every item; stops when nobody waits any more.</summary>
    public Task RunAsync(BatchWork work, CancellationToken cancellationToken)
    {
        int[] verifiers = [.. Enumerable.Range(0, work.Plan.Scorers.Count).Where(s => work.Plan.Scorers[s] is PlannedScorer.OfVerifier)];
        if (verifiers.Length == 0) return Task.CompletedTask;
        long asked = Stopwatch.GetTimestamp();
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = parallelism,
            CancellationToken = cancellationToken,
            TaskScheduler = _slots,
        };
        return Parallel.ForEachAsync(Enumerable.Range(0, work.Items.Count), options, (item, stop) =>
        {
            long began = Stopwatch.GetTimestamp();
            foreach (int s in verifiers) work.Set(item, s, Verify(work, item, (PlannedScorer.OfVerifier)work.Plan.Scorers[s], stop));
            work.TimesOf(item).AddVerify(Stopwatch.GetElapsedTime(asked, began), Stopwatch.GetElapsedTime(began));
            return ValueTask.CompletedTask;
        });
    }

    private ScorerResult Verify(BatchWork work, int item, PlannedScorer.OfVerifier scorer, CancellationToken cancellationToken)
    {
        if (work.ResponseOf(item) is not { } response)
        {
            return scorer.Failed(new ItemError(ErrorCodes.BadField, "a verifier needs the response", "response"));
        }

        var input = new VerifierInput
        {
            Prompt = work.PromptOf(item),
            Response = response,
            Label = work.Items[item].Label,
            Options = scorer.Choice.Options,
        };
        try
        {
            Verdict verdict = scorer.Verifier.Verify(input, cancellationToken);
            return new ScorerResult
            {
                Status = verdict.ItemStatus,
                Value = verdict.Score,
                Version = scorer.Verifier.Version,
                Evidence = verdict.Evidence,
                Error = verdict.Error is { } error ? error with { Scorer = scorer.Choice.Name } : null,
            };
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            onFault(scorer.Choice.Name, fault);
            return scorer.Failed(ItemFailures.Fault);
        }
    }
}
