using RewardHub.Contracts;

namespace RewardHub.Scoring;

/// <summary>Turns what the scorers said of one item into its answer.</summary>
public static class Composer
{
    /// <summary>
    /// The weighted sum of the scorers' values in their order; or no reward when any of them, also one of weight 0, gave no
    /// value.
    /// </summary>
    /// <param name="item">The item.</param>
    /// <param name="index">Its index in the request.</param>
    /// <param name="scorers">The scorers asked for.</param>
    /// <param name="results">What each said, in the same order.</param>
    /// <param name="steps">Step scores of the first process reward model, or null.</param>
    /// <param name="times">Where the time went.</param>
    public static ItemResult Compose(
        RewardItem item, int index, IReadOnlyList<ScorerChoice> scorers, IReadOnlyList<ScorerResult> results,
        IReadOnlyList<StepScore>? steps, StageTimes times)
    {
        var scores = new Dictionary<string, ScorerResult>(scorers.Count, StringComparer.Ordinal);
        double reward = 0;
        ScorerResult? failed = null;
        for (int s = 0; s < scorers.Count; s++)
        {
            ScorerResult result = results[s];
            scores[scorers[s].Name] = result;
            if (result.Value is { } value) reward += scorers[s].Weight * value;
            else failed ??= result;
        }

        ItemError? error = failed?.Error;
        ItemStatus status = failed?.Status ?? ItemStatus.Ok;
        if (failed is null && !double.IsFinite(reward))
        {
            error = new ItemError(ErrorCodes.NotFinite, "the weighted sum of the scores is not finite: the weights are too large");
            status = ItemStatus.Error;
        }

        return new ItemResult
        {
            Id = item.Id,
            Index = index,
            Status = status,
            Reward = status == ItemStatus.Ok ? reward : null,
            Scores = scores,
            Steps = steps,
            Error = error,
            TimingMs = times,
        };
    }
}
