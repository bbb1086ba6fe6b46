using System.Runtime.InteropServices;

namespace RewardHub.Rewards;

/// <summary>Counts n-grams exactly in linear time for any n.</summary>
internal static class Ngrams
{
    /// <summary>Occurrences by the id of a distinct n-gram.</summary>
    /// <remarks>
    /// An n-gram is named by doubling: a gram of 2m tokens is the pair of names of its halves, so that every name is exact and no
    /// n-gram is ever compared token by token. Lengths that are no power of two are a pair of two overlapping grams.
    /// </remarks>
    public static IReadOnlyDictionary<int, int> Counts(ReadOnlySpan<int> tokens, int n)
    {
        int[] names = tokens.ToArray();
        int length = 1;
        while (length < n)
        {
            int step = Math.Min(length, n - length);
            names = Pair(names, step);
            length += step;
        }

        var counts = new Dictionary<int, int>();
        foreach (int name in names) CollectionsMarshal.GetValueRefOrAddDefault(counts, name, out _)++;
        return counts;
    }

    /// <summary>Names the pairs (names[i], names[i + step]).</summary>
    private static int[] Pair(int[] names, int step)
    {
        var seen = new Dictionary<long, int>();
        var paired = new int[names.Length - step];
        for (int i = 0; i < paired.Length; i++)
        {
            long key = ((long)names[i] << 32) | (uint)names[i + step];
            ref int name = ref CollectionsMarshal.GetValueRefOrAddDefault(seen, key, out bool known);
            if (!known) name = seen.Count;
            paired[i] = name;
        }

        return paired;
    }
}
