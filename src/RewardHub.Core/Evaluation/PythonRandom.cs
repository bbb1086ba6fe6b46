using System.Numerics;

namespace RewardHub.Evaluation;

/// <summary>
/// Python's <c>random.Random</c>: MT19937 seeded from an integer, with the draws that <c>sample</c>, <c>shuffle</c> and
/// <c>randrange</c> make in CPython 3.
/// </summary>
/// <remarks>
/// Exists to reproduce published evaluators that seed Python's generator. Everything else draws from
/// <see cref="KeyedRandom"/>, whose numbers do not depend on the order of the rows.
/// Source: Matsumoto and Nishimura, ACM TOMACS 8(1), 1998, and the seeding <c>init_by_array</c> of their 2002 revision.
/// </remarks>
public sealed class PythonRandom
{
    private const int Length = 624;
    private const int Shift = 397;
    private readonly uint[] _state = new uint[Length];
    private int _next = Length;

    /// <summary>Seeds as <c>random.Random(seed)</c> does for an integer: by the 32-bit digits of |seed|, least first.</summary>
    public PythonRandom(long seed)
    {
        ulong magnitude = seed < 0 ? 0UL - (ulong)seed : (ulong)seed;
        uint low = (uint)magnitude, high = (uint)(magnitude >> 32);
        SeedByArray(high == 0 ? [low] : [low, high]);
    }

    /// <summary>The next <paramref name="bits"/> random bits, 1 to 32.</summary>
    public uint GetRandomBits(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 32);
        return NextWord() >> (32 - bits);
    }

    /// <summary>A number in [0, 1) of 53 random bits, as <c>random()</c>.</summary>
    public double NextDouble()
    {
        uint high = NextWord() >> 5, low = NextWord() >> 6;
        return ((high * 67108864.0) + low) * (1.0 / 9007199254740992.0);
    }

    /// <summary>A number in [0, <paramref name="bound"/>), as <c>randrange(bound)</c>.</summary>
    public int Below(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        int bits = 32 - BitOperations.LeadingZeroCount((uint)bound);
        uint drawn = GetRandomBits(bits);
        while (drawn >= (uint)bound) drawn = GetRandomBits(bits);
        return (int)drawn;
    }

    /// <summary>Shuffles in place, as <c>shuffle</c>.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i >= 1; i--)
        {
            int j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>
    /// <paramref name="count"/> different numbers of [0, <paramref name="population"/>) in the order of
    /// <c>sample(range(population), count)</c>: from a shrinking pool for small populations, by rejection for large ones.
    /// </summary>
    public int[] Sample(int population, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(population);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, population);
        var drawn = new int[count];
        if (population <= PoolLimit(count))
        {
            var pool = new int[population];
            for (int i = 0; i < population; i++) pool[i] = i;
            for (int i = 0; i < count; i++)
            {
                int j = Below(population - i);
                drawn[i] = pool[j];
                pool[j] = pool[population - i - 1];
            }

            return drawn;
        }

        var selected = new HashSet<int>(count);
        for (int i = 0; i < count; i++)
        {
            int j = Below(population);
            while (!selected.Add(j)) j = Below(population);
            drawn[i] = j;
        }

        return drawn;
    }

    /// <summary>Up to this population a pool is used: 21, plus the power of 4 at or above 3 · count when count exceeds 5.</summary>
    private static long PoolLimit(int count)
    {
        if (count <= 5) return 21;
        long power = 1;
        while (power < 3L * count) power *= 4;
        return 21 + power;
    }

    private void SeedByArray(ReadOnlySpan<uint> key)
    {
        _state[0] = 19650218;
        for (int k = 1; k < Length; k++)
            _state[k] = (1812433253u * (_state[k - 1] ^ (_state[k - 1] >> 30))) + (uint)k;

        int i = 1, j = 0;
        for (int k = Math.Max(Length, key.Length); k > 0; k--)
        {
            _state[i] = (_state[i] ^ ((_state[i - 1] ^ (_state[i - 1] >> 30)) * 1664525u)) + key[j] + (uint)j;
            i = Advance(i);
            if (++j == key.Length) j = 0;
        }

        for (int k = Length - 1; k > 0; k--)
        {
            _state[i] = (_state[i] ^ ((_state[i - 1] ^ (_state[i - 1] >> 30)) * 1566083941u)) - (uint)i;
            i = Advance(i);
        }

        _state[0] = 0x80000000u;
    }

    private int Advance(int i)
    {
        if (i + 1 < Length) return i + 1;
        _state[0] = _state[Length - 1];
        return 1;
    }

    private uint NextWord()
    {
        if (_next == Length) Twist();
        uint y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        return y ^ (y >> 18);
    }

    private void Twist()
    {
        for (int i = 0; i < Length; i++)
        {
            uint y = (_state[i] & 0x80000000u) | (_state[(i + 1) % Length] & 0x7fffffffu);
            _state[i] = _state[(i + Shift) % Length] ^ (y >> 1) ^ ((y & 1) * 0x9908b0dfu);
        }

        _next = 0;
    }
}
