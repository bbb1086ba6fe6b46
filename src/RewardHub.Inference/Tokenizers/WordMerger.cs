using System.Buffers;

namespace RewardHub.Inference.Tokenizers;

/// <summary>Applies merges to a word: always the lowest rank, the leftmost of equals, until none applies.</summary>
internal static class WordMerger
{
    // Below this many symbols looking at every pair beats keeping a queue (measured on prose).
    private const int ScanLimit = 24;

    /// <summary>Merges in place; what is left are the symbols with <see cref="Symbol.Bytes"/> above 0, in order.</summary>
    /// <remarks>O(n log n): every merge takes one symbol away and queues at most two pairs.</remarks>
    public static void Merge(Span<Symbol> symbols, MergeTable merges)
    {
        int last = symbols.Length - 1;
        for (int i = 0; i <= last; i++)
        {
            symbols[i].Previous = i - 1;
            symbols[i].Next = i < last ? i + 1 : -1;
            symbols[i].Rank = i < last ? merges.RankOf(symbols[i].Id, symbols[i + 1].Id) : MergeTable.None;
        }

        if (symbols.Length <= ScanLimit) Scan(symbols, merges);
        else Queue(symbols, merges);
    }

    private static void Scan(Span<Symbol> symbols, MergeTable merges)
    {
        while (true)
        {
            int best = MergeTable.None, at = -1;
            for (int i = 0; i >= 0 && i < symbols.Length; i = symbols[i].Next)
            {
                if (symbols[i].Rank < best) (best, at) = (symbols[i].Rank, i);
            }

            if (at < 0) return;
            Join(symbols, at, merges);
        }
    }

    // A queue entry is rank and position in one number, so that the order of the queue is the order of merging. An entry
    // is stale when the symbol at its position now has another rank.
    private static void Queue(Span<Symbol> symbols, MergeTable merges)
    {
        ulong[] heap = ArrayPool<ulong>.Shared.Rent(checked(symbols.Length * 3));
        try
        {
            int count = 0;
            for (int i = 0; i < symbols.Length; i++)
            {
                if (symbols[i].Rank != MergeTable.None) heap[count++] = Entry(symbols, i);
            }

            for (int i = count / 2 - 1; i >= 0; i--) SiftDown(heap, count, i);
            while (count > 0)
            {
                ulong top = heap[0];
                heap[0] = heap[--count];
                SiftDown(heap, count, 0);
                int at = (int)(top & uint.MaxValue);
                if (symbols[at].Bytes == 0 || symbols[at].Rank != (int)(top >> 32)) continue;
                Join(symbols, at, merges);
                int previous = symbols[at].Previous;
                if (previous >= 0 && symbols[previous].Rank != MergeTable.None) SiftUp(heap, count++, Entry(symbols, previous));
                if (symbols[at].Rank != MergeTable.None) SiftUp(heap, count++, Entry(symbols, at));
            }
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(heap);
        }
    }

    private static ulong Entry(Span<Symbol> symbols, int at) => (ulong)(uint)symbols[at].Rank << 32 | (uint)at;

    private static void Join(Span<Symbol> symbols, int at, MergeTable merges)
    {
        ref Symbol left = ref symbols[at];
        ref Symbol right = ref symbols[left.Next];
        left.Id = merges.ResultOf(left.Rank);
        left.Bytes += right.Bytes;
        left.Next = right.Next;
        right.Bytes = 0;
        right.Rank = MergeTable.None;
        left.Rank = MergeTable.None;
        if (left.Next >= 0)
        {
            symbols[left.Next].Previous = at;
            left.Rank = merges.RankOf(left.Id, symbols[left.Next].Id);
        }

        if (left.Previous >= 0)
        {
            ref Symbol before = ref symbols[left.Previous];
            before.Rank = merges.RankOf(before.Id, left.Id);
        }
    }

    private static void SiftUp(ulong[] heap, int at, ulong entry)
    {
        while (at > 0)
        {
            int parent = (at - 1) / 2;
            if (heap[parent] <= entry) break;
            heap[at] = heap[parent];
            at = parent;
        }

        heap[at] = entry;
    }

    private static void SiftDown(ulong[] heap, int count, int at)
    {
        if (at >= count) return;
        ulong entry = heap[at];
        while (true)
        {
            int child = 2 * at + 1;
            if (child >= count) break;
            if (child + 1 < count && heap[child + 1] < heap[child]) child++;
            if (heap[child] >= entry) break;
            heap[at] = heap[child];
            at = child;
        }

        heap[at] = entry;
    }
}
