namespace RewardHub.Rewards;

/// <summary>What the loop detector found in one token sequence.</summary>
public sealed record LoopFinding
{
    /// <summary>Whether some n-gram occurs at least k times (occurrences may overlap and need not be adjacent).</summary>
    public required bool IsLoop { get; init; }

    /// <summary>Tokens in the sequence.</summary>
    public required int Tokens { get; init; }

    /// <summary>Length of the shortest prefix that is a loop: where the k-th occurrence of the first such n-gram ends; null without a loop.</summary>
    public required int? FirstLoopPrefix { get; init; }

    /// <summary>The n-gram that first reached k occurrences; empty without a loop.</summary>
    public required IReadOnlyList<int> Ngram { get; init; }

    /// <summary>Where that n-gram starts: every start in the whole sequence, at most <see cref="LoopDetector.MaxStarts"/> of them.</summary>
    public required IReadOnlyList<int> Starts { get; init; }

    /// <summary>Occurrences of the most frequent n-gram of the whole sequence; 0 when the sequence is shorter than n.</summary>
    public required int MaxCount { get; init; }

    /// <summary>The most frequent distance between consecutive starts, the shortest on a tie; null without a loop.</summary>
    public required int? Period { get; init; }

    /// <summary>The first start; null without a loop.</summary>
    public required int? Onset { get; init; }

    /// <summary>Tokens from the second occurrence of the n-gram on; 0 without a loop.</summary>
    public required int WastedTokens { get; init; }
}

/// <summary>
/// Finds loops in a response: some n-gram of tokens that occurs at least k times, by default n = 30 and k = 20 (the setting used for
/// reasoning models; k = 10 for instruct models). Exact, streaming, expected linear time. Semantic loops are not found.
/// </summary>
/// <remarks>
/// N-grams are looked up by a 64-bit rolling hash and compared token by token on a hit, so that colliding hashes never count as
/// one n-gram. The comparison of two n-grams whose predecessors were the same two n-grams needs only the last token, which keeps the
/// whole linear in the number of tokens.
/// </remarks>
public sealed class LoopDetector
{
    /// <summary>Most starts that a finding lists.</summary>
    public const int MaxStarts = 1_000;

    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    private readonly int _n;
    private readonly int _k;
    private readonly ulong _leading;
    private readonly ulong _hashMask;
    private int[] _tokens = new int[1_024];
    private int[] _buckets;
    private Gram[] _grams = new Gram[512];
    private int _count;
    private int _gramCount;
    private int _previous = -1;
    private int _maxCount;
    private int _loop = -1;
    private int _prefix;
    private ulong _hash;

    /// <summary>A detector for n-grams of <paramref name="n"/> tokens that occur <paramref name="k"/> times.</summary>
    /// <exception cref="ArgumentOutOfRangeException">n is below 1 or k below 2.</exception>
    public LoopDetector(int n = 30, int k = 20)
        : this(n, k, ulong.MaxValue)
    {
    }

    /// <summary>For tests: a mask on the hash makes every n-gram collide.</summary>
    internal LoopDetector(int n, int k, ulong hashMask)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 2);
        (_n, _k, _hashMask) = (n, k, hashMask);
        ulong leading = 1;
        for (int i = 1; i < n; i++) leading *= Multiplier;
        _leading = leading;
        _buckets = NewBuckets(1_024);
    }

    /// <summary>Tokens of an n-gram.</summary>
    public int N => _n;

    /// <summary>Occurrences that make a loop.</summary>
    public int K => _k;

    /// <summary>Whether the tokens so far are a loop.</summary>
    public bool IsLoop => _loop >= 0;

    /// <summary>One distinct n-gram: where it first starts, its hash, how often it was seen, the next in its bucket, and the n-gram
    /// that last followed it.</summary>
    private struct Gram
    {
        public int Start;
        public int Count;
        public int Next;
        public int Follower;
        public ulong Hash;
    }

    /// <summary>Scans a whole sequence.</summary>
    public static LoopFinding Scan(ReadOnlySpan<int> tokens, int n = 30, int k = 20)
    {
        var detector = new LoopDetector(n, k);
        detector.Append(tokens);
        return detector.Finding();
    }

    /// <summary>Takes the next tokens.</summary>
    public void Append(ReadOnlySpan<int> tokens)
    {
        if (_count + tokens.Length > _tokens.Length)
            Array.Resize(ref _tokens, (int)Math.Min(Array.MaxLength, Math.Max((long)_tokens.Length * 2, (long)_count + tokens.Length)));
        foreach (int token in tokens) Append(token);
    }

    /// <summary>Takes the next token.</summary>
    public void Append(int token)
    {
        if (_count == _tokens.Length) Array.Resize(ref _tokens, (int)Math.Min(Array.MaxLength, (long)_tokens.Length * 2));
        _tokens[_count++] = token;
        if (_count > _n) _hash -= Spread(_tokens[_count - 1 - _n]) * _leading;
        _hash = (_hash * Multiplier) + Spread(token);
        if (_count >= _n) Count(_count - _n);
    }

    /// <summary>What the tokens so far hold.</summary>
    public LoopFinding Finding()
    {
        if (_loop < 0)
        {
            return new LoopFinding
            {
                IsLoop = false,
                Tokens = _count,
                FirstLoopPrefix = null,
                Ngram = [],
                Starts = [],
                MaxCount = _maxCount,
                Period = null,
                Onset = null,
                WastedTokens = 0,
            };
        }

        int first = _grams[_loop].Start;
        List<int> all = StartsOf(first);
        return new LoopFinding
        {
            IsLoop = true,
            Tokens = _count,
            FirstLoopPrefix = _prefix,
            Ngram = _tokens.AsSpan(first, _n).ToArray(),
            Starts = all.Count > MaxStarts ? all.GetRange(0, MaxStarts) : all,
            MaxCount = _maxCount,
            Period = Mode(all),
            Onset = first,
            WastedTokens = _count - all[1],
        };
    }

    private void Count(int start)
    {
        // A loop visits the same n-grams in the same order: the follower of the previous n-gram is then the right one, and it
        // shares all tokens but the last with what stands here.
        if (_previous >= 0)
        {
            int follower = _grams[_previous].Follower;
            if (follower >= 0 && _tokens[_grams[follower].Start + _n - 1] == _tokens[start + _n - 1])
            {
                Seen(follower);
                return;
            }
        }

        ulong hash = (_hash ^ (_hash >> 29)) & _hashMask;
        int bucket = (int)(hash & (ulong)(_buckets.Length - 1));
        int found = _buckets[bucket];
        ReadOnlySpan<int> here = _tokens.AsSpan(start, _n);
        while (found >= 0 && (_grams[found].Hash != hash || !here.SequenceEqual(_tokens.AsSpan(_grams[found].Start, _n))))
            found = _grams[found].Next;
        if (found < 0)
        {
            found = Add(start, hash, bucket);
        }

        if (_previous >= 0) _grams[_previous].Follower = found;
        Seen(found);
    }

    private int Add(int start, ulong hash, int bucket)
    {
        if (_gramCount == _grams.Length)
        {
            Array.Resize(ref _grams, _grams.Length * 2);
            _buckets = NewBuckets(_grams.Length * 2);
            for (int i = 0; i < _gramCount; i++)
            {
                int to = (int)(_grams[i].Hash & (ulong)(_buckets.Length - 1));
                (_grams[i].Next, _buckets[to]) = (_buckets[to], i);
            }

            bucket = (int)(hash & (ulong)(_buckets.Length - 1));
        }

        _grams[_gramCount] = new Gram { Start = start, Hash = hash, Next = _buckets[bucket], Follower = -1 };
        _buckets[bucket] = _gramCount;
        return _gramCount++;
    }

    private void Seen(int gram)
    {
        int count = ++_grams[gram].Count;
        _previous = gram;
        if (count > _maxCount) _maxCount = count;
        if (_loop < 0 && count == _k) (_loop, _prefix) = (gram, _count);
    }

    /// <summary>Every start of the n-gram that starts at <paramref name="first"/>, in time linear in the tokens (Knuth, Morris and Pratt).</summary>
    private List<int> StartsOf(int first)
    {
        ReadOnlySpan<int> pattern = _tokens.AsSpan(first, _n), text = _tokens.AsSpan(0, _count);
        var fall = new int[_n];
        for (int i = 1, length = 0; i < _n; i++)
        {
            while (length > 0 && pattern[i] != pattern[length]) length = fall[length - 1];
            if (pattern[i] == pattern[length]) length++;
            fall[i] = length;
        }

        var starts = new List<int>();
        for (int i = 0, matched = 0; i < text.Length; i++)
        {
            while (matched > 0 && text[i] != pattern[matched]) matched = fall[matched - 1];
            if (text[i] == pattern[matched]) matched++;
            if (matched != _n) continue;
            starts.Add(i - _n + 1);
            matched = fall[_n - 1];
        }

        return starts;
    }

    private static int Mode(List<int> starts)
    {
        var counts = new Dictionary<int, int>();
        for (int i = 1; i < starts.Count; i++)
        {
            int distance = starts[i] - starts[i - 1];
            counts[distance] = counts.GetValueOrDefault(distance) + 1;
        }

        return counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).First().Key;
    }

    private static ulong Spread(int token)
    {
        ulong value = ((uint)token + 1ul) * 0xBF58476D1CE4E5B9;
        return value ^ (value >> 32);
    }

    private static int[] NewBuckets(int length)
    {
        var buckets = new int[length];
        Array.Fill(buckets, -1);
        return buckets;
    }
}
