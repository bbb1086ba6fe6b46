using RewardHub.Contracts;

namespace RewardHub.Environments;

/// <summary>Pools rollouts into corpus figures.</summary>
/// <remarks>
/// Sums are double and added in the order of the calls, so the same rollouts in the same order give the same bits. Micro figures
/// weight every token alike; the macro mean weights every rollout that has a scored observation token alike. Not thread-safe.
/// </remarks>
public sealed class CorpusPool
{
    private readonly SortedDictionary<int, TokenSum> _byTurn = [];
    private readonly SortedDictionary<string, TokenSum> _bySource = new(StringComparer.Ordinal);
    private TokenSum _micro;
    private double _sumOfMeans;
    private int _rollouts;
    private int _withObservation;

    /// <summary>Adds one rollout. Rollouts that failed are not added: they have no reading.</summary>
    public void Add(EnvironmentReading reading)
    {
        _rollouts++;
        _micro += reading.Observation;
        foreach (TurnSum turn in reading.Turns) Add(_byTurn, turn.Turn, turn.Observation);
        foreach ((string source, TokenSum sum) in reading.BySource) Add(_bySource, source, sum);
        if (reading.Observation.Tokens == 0) return;
        _withObservation++;
        _sumOfMeans += reading.Observation.NllSum / reading.Observation.Tokens;
    }

    /// <summary>The figures of the rollouts added so far.</summary>
    public CorpusCrossEntropy ToCrossEntropy() => new()
    {
        Rollouts = _rollouts,
        RolloutsWithoutObservation = _rollouts - _withObservation,
        Micro = _micro.ToCrossEntropy(),
        MacroMeanNats = _withObservation == 0 ? null : _sumOfMeans / _withObservation,
        ByTurn = [.. _byTurn.Select(p => new TurnCrossEntropy(p.Key, p.Value.ToCrossEntropy()))],
        BySource = _bySource.ToDictionary(p => p.Key, p => p.Value.ToCrossEntropy(), StringComparer.Ordinal),
    };

    private static void Add<TKey>(SortedDictionary<TKey, TokenSum> sums, TKey key, TokenSum more)
        where TKey : notnull => sums[key] = sums.TryGetValue(key, out TokenSum before) ? before + more : more;
}
