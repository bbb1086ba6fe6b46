using System.Text;

namespace RewardHub.Evaluation;

/// <summary>
/// A stream of random numbers that is fixed by a seed and a key, such as (seed, question id, sub-sample).
/// </summary>
/// <remarks>
/// What is drawn for one question does not depend on the other questions, on their order or on the thread that draws.
/// The key is hashed with 64-bit FNV-1a over its UTF-8 bytes; the stream is SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
/// </remarks>
public struct KeyedRandom
{
    private ulong _state;

    /// <summary>A stream for one number below one text key.</summary>
    public KeyedRandom(long seed, string key, long index = 0) =>
        _state = Mix(Mix(Hash(key) ^ Mix((ulong)seed + 0x9e3779b97f4a7c15UL)) + (ulong)index);

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mix(_state += 0x9e3779b97f4a7c15UL);

    /// <summary>A number in [0, <paramref name="bound"/>), exactly uniform.</summary>
    public int Below(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        ulong product = (NextBits() >> 32) * (ulong)bound;
        uint low = (uint)product;
        if (low < (uint)bound)
        {
            uint threshold = (uint)(0x1_0000_0000UL % (ulong)bound);
            while (low < threshold)
            {
                product = (NextBits() >> 32) * (ulong)bound;
                low = (uint)product;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>A number in [0, 1) of 53 random bits.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / 9007199254740992.0);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9UL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebUL;
        return z ^ (z >> 31);
    }

    private static ulong Hash(string key)
    {
        ulong hash = 14695981039346656037UL;
        Span<byte> bytes = stackalloc byte[4];
        foreach (Rune rune in key.EnumerateRunes())
        {
            int length = rune.EncodeToUtf8(bytes);
            for (int i = 0; i < length; i++) hash = (hash ^ bytes[i]) * 1099511628211UL;
        }

        return hash;
    }
}
