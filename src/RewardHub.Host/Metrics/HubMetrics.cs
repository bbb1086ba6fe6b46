using System.Collections.Concurrent;
using RewardHub.Contracts;

namespace RewardHub.Host.Metrics;

/// <summary>Counts of what the server did, since it started. Safe on any thread.</summary>
internal sealed class HubMetrics
{
    /// <summary>Upper bounds of the latency histogram in seconds: from a verifier's answer to a long batch.</summary>
    public static readonly double[] Bounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300];

    private readonly ConcurrentDictionary<(string Route, int Status), long> _requests = new();
    private readonly ConcurrentDictionary<(string Route, ItemStatus Status), long> _items = new();
    private readonly ConcurrentDictionary<string, long> _fallbacks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Latency> _latency = new(StringComparer.Ordinal);
    private long _running;

    public IEnumerable<KeyValuePair<(string Route, int Status), long>> Requests => _requests;

    public IEnumerable<KeyValuePair<(string Route, ItemStatus Status), long>> Items => _items;

    public IEnumerable<KeyValuePair<string, long>> Fallbacks => _fallbacks;

    public IEnumerable<KeyValuePair<string, Latency>> Latencies => _latency;

    public long Running => Interlocked.Read(ref _running);

    public void RequestBegan() => Interlocked.Increment(ref _running);

    public void RequestEnded(string route, int status, TimeSpan took)
    {
        Interlocked.Decrement(ref _running);
        _requests.AddOrUpdate((route, status), 1, static (_, count) => count + 1);
        _latency.GetOrAdd(route, static _ => new Latency()).Add(took.TotalSeconds);
    }

    public void ItemEnded(string route, ItemStatus status) => _items.AddOrUpdate((route, status), 1, static (_, count) => count + 1);

    /// <summary>A compatibility route answered a profile's fixed number in place of a reward.</summary>
    public void FallbackGiven(string profile) => _fallbacks.AddOrUpdate(profile, 1, static (_, count) => count + 1);

    /// <summary>A histogram of seconds.</summary>
    internal sealed class Latency
    {
        private readonly Lock _lock = new();
        private readonly long[] _counts = new long[Bounds.Length + 1];
        private double _sum;

        public void Add(double seconds)
        {
            int bucket = 0;
            while (bucket < Bounds.Length && seconds > Bounds[bucket]) bucket++;
            lock (_lock)
            {
                _counts[bucket]++;
                _sum += seconds;
            }
        }

        /// <summary>Counts by bucket, the last one over every bound; and the sum of seconds.</summary>
        public LatencySnapshot Snapshot()
        {
            lock (_lock) return new LatencySnapshot([.. _counts], _sum);
        }
    }
}

/// <summary>A histogram at one moment.</summary>
internal sealed record LatencySnapshot(long[] Counts, double Sum);
