namespace RewardHub.Inference.Tokenizers;

/// <summary>Merge ranks by token pair: an open-addressed table, because it is asked several times a character.</summary>
/// <remarks>The rank is the place in the file: the lower rank merges first. A pair that is listed twice has its last rank.</remarks>
internal sealed class MergeTable
{
    public const int None = int.MaxValue;
    private const ulong Empty = ulong.MaxValue;

    private readonly ulong[] _keys;
    private readonly int[] _ranks;
    private readonly int[] _results;
    private readonly int _shift;

    /// <param name="count">Number of merges.</param>
    public MergeTable(int count)
    {
        int bits = Math.Max(4, 33 - int.LeadingZeroCount(count));
        _keys = new ulong[1 << bits];
        Array.Fill(_keys, Empty);
        _ranks = new int[1 << bits];
        _results = new int[count];
        _shift = 64 - bits;
    }

    public void Set(int rank, int left, int right, int result)
    {
        ulong key = Key(left, right);
        int slot = Slot(key);
        while (_keys[slot] != Empty && _keys[slot] != key) slot = (slot + 1) & (_keys.Length - 1);
        _keys[slot] = key;
        _ranks[slot] = rank;
        _results[rank] = result;
    }

    /// <summary>The rank of a pair, or <see cref="None"/>.</summary>
    public int RankOf(int left, int right)
    {
        ulong key = Key(left, right);
        for (int slot = Slot(key); ; slot = (slot + 1) & (_keys.Length - 1))
        {
            ulong found = _keys[slot];
            if (found == key) return _ranks[slot];
            if (found == Empty) return None;
        }
    }

    /// <summary>The id that a merge makes.</summary>
    public int ResultOf(int rank) => _results[rank];

    private static ulong Key(int left, int right) => (ulong)(uint)left << 32 | (uint)right;

    private int Slot(ulong key) => (int)((key ^ key >> 29) * 0x9E3779B97F4A7C15 >> _shift);
}
