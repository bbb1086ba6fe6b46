using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RewardHub.Inference.Kernels;

/// <summary>Consecutive key and value rows, each of G·D floats; head g of a row is at columns g·D.</summary>
/// <param name="keys">The first key row.</param>
/// <param name="values">The first value row.</param>
/// <param name="stride">Floats from one row to the next, for keys and values alike.</param>
/// <param name="length">Number of rows.</param>
public readonly unsafe struct KeyRun(float* keys, float* values, int stride, int length)
{
    /// <summary>The first key row.</summary>
    public float* Keys { get; } = keys;

    /// <summary>The first value row.</summary>
    public float* Values { get; } = values;

    /// <summary>Floats from one row to the next, for keys and values alike.</summary>
    public int Stride { get; } = stride;

    /// <summary>Number of rows.</summary>
    public int Length { get; } = length;
}

/// <summary>Queries of one sequence and the keys that they may see.</summary>
/// <remarks>
/// The runs hold the keys of positions 0, 1, 2 and so on in order, up to and including those of the last query:
/// their lengths add up to at least <see cref="FirstPosition"/> plus the number of queries; keys after a query are
/// not seen by it.
/// </remarks>
/// <param name="queries">Shape (n, H·D), head h at columns h·D.</param>
/// <param name="output">Shape (n, H·D). May be the memory of the queries themselves; must not overlap keys or values.</param>
/// <param name="firstPosition">Absolute position of query row 0; the rows follow one another.</param>
/// <param name="firstRun">Index of the segment's first run.</param>
/// <param name="runs">Number of its runs.</param>
public readonly struct AttentionSegment(Matrix queries, Matrix output, int firstPosition, int firstRun, int runs)
{
    /// <summary>Shape (n, H·D), head h at columns h·D.</summary>
    public Matrix Queries { get; } = queries;

    /// <summary>Shape (n, H·D).</summary>
    public Matrix Output { get; } = output;

    /// <summary>Absolute position of query row 0.</summary>
    public int FirstPosition { get; } = firstPosition;

    /// <summary>Index of the segment's first run.</summary>
    public int FirstRun { get; } = firstRun;

    /// <summary>Number of its runs.</summary>
    public int Runs { get; } = runs;
}

/// <summary>What attention is the same for all segments of a layer.</summary>
/// <param name="Heads">H, a multiple of <paramref name="KeyValueHeads"/>.</param>
/// <param name="KeyValueHeads">G: query head h reads key head h / (H / G).</param>
/// <param name="HeadSize">D.</param>
/// <param name="Scale">Factor on the scores, as a rule 1 / √D.</param>
/// <param name="Window">Position i sees keys i - Window + 1 to i; 0 means all up to i.</param>
public readonly record struct AttentionShape(int Heads, int KeyValueHeads, int HeadSize, float Scale, int Window = 0);

/// <summary>Causal attention over ragged segments, by blocks of keys with a running softmax: scores of T x T never exist.</summary>
/// <remarks>
/// <para>
/// Keys are taken in blocks of <see cref="KeyBlock"/> whose borders are absolute positions, and gathered into panels.
/// For one query and head, the order of every sum is fixed by its position alone: a score over D in order; the
/// exponentials of a block by a fixed tree; the weighted values of a block over its keys in order; blocks from the
/// first on. So the bits depend neither on the runs that keys come from, nor on the batch, nor on threads or width.
/// </para>
/// <para>
/// An item is one key/value head and some 200 rows of queries (positions times the query heads that share the key head), so that
/// a gathered block is used often. Its scratch memory is about (330 + 2·rows)·D + 66·rows floats: 0.4 MB for D = 128.
/// </para>
/// </remarks>
public static unsafe class Attention
{
    /// <summary>Keys of a block. Part of the order of summation: to change it is to change results.</summary>
    internal const int KeyBlock = 64;

    private const int ItemRows = 192;
    private const float Log2E = 1.4426950408889634f;

    /// <summary>Computes softmax(scale · q·k)·v for every query of every segment.</summary>
    /// <param name="segments">The segments.</param>
    /// <param name="runs">The runs that the segments point into; segments may share runs.</param>
    /// <param name="shape">Heads, sizes, scale and window.</param>
    /// <param name="team">Who does it.</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or a segment has fewer keys than its last query needs.</exception>
    public static void Apply(ReadOnlySpan<AttentionSegment> segments, ReadOnlySpan<KeyRun> runs, AttentionShape shape, WorkerTeam team)
    {
        ArgumentNullException.ThrowIfNull(team);
        Check(segments, runs, shape);
        if (Vector512.IsHardwareAccelerated) Apply<Lanes512, Four>(segments, runs, shape, team);
        else if (Vector256.IsHardwareAccelerated) Apply<Lanes256, Two>(segments, runs, shape, team);
        else Apply<Lanes128, Two>(segments, runs, shape, team);
    }

    internal static void Apply<TLanes, TVectors>(
        ReadOnlySpan<AttentionSegment> segments, ReadOnlySpan<KeyRun> runs, AttentionShape shape, WorkerTeam team)
        where TLanes : struct, ILanes<TLanes>
        where TVectors : struct, ICount
    {
        int positions = Math.Max(1, ItemRows / (shape.Heads / shape.KeyValueHeads));
        int blocks = 0;
        foreach (AttentionSegment segment in segments) blocks = checked(blocks + ((segment.Queries.Rows + positions - 1) / positions));
        int items = checked(blocks * shape.KeyValueHeads);
        fixed (AttentionSegment* s = segments)
        fixed (KeyRun* r = runs)
        {
            team.Run(new Work<TLanes, TVectors>(s, r, shape, positions, items), items);
        }
    }

    private static void Check(ReadOnlySpan<AttentionSegment> segments, ReadOnlySpan<KeyRun> runs, AttentionShape shape)
    {
        if (shape.HeadSize < 1 || shape.KeyValueHeads < 1 || shape.Heads < 1 || shape.Heads % shape.KeyValueHeads != 0 || shape.Window < 0)
            throw new ArgumentException($"{shape} is not a shape of attention.");
        foreach (AttentionSegment segment in segments)
        {
            Matrix q = segment.Queries, o = segment.Output;
            if (q.Columns != shape.Heads * shape.HeadSize || o.Columns != q.Columns || o.Rows != q.Rows)
                throw new ArgumentException($"Queries ({q.Rows}, {q.Columns}) and output ({o.Rows}, {o.Columns}) do not fit {shape}.");
            if (segment.FirstPosition < 0 || segment.FirstRun < 0 || segment.Runs < 0 || segment.FirstRun > runs.Length - segment.Runs)
                throw new ArgumentException("A segment points outside the runs.");
            long keys = 0;
            foreach (KeyRun run in runs.Slice(segment.FirstRun, segment.Runs))
            {
                if (run.Length < 0 || run.Stride < shape.KeyValueHeads * shape.HeadSize) throw new ArgumentException($"A run does not fit {shape}.");
                keys += run.Length;
            }

            if (keys < (long)segment.FirstPosition + q.Rows)
                throw new ArgumentException($"{keys} keys for {q.Rows} queries from position {segment.FirstPosition} on.");
        }
    }

    private readonly struct Work<TLanes, TVectors>(
        AttentionSegment* segments, KeyRun* runs, AttentionShape shape, int itemPositions, int items) : IWork
        where TLanes : struct, ILanes<TLanes>
        where TVectors : struct, ICount
    {
        public void Process(int item, Worker worker)
        {
            // Later queries see more keys. The largest items come first, so that no worker is left with one at the end.
            (int block, int g) = Math.DivRem(items - 1 - item, shape.KeyValueHeads);
            AttentionSegment* segment = segments;
            for (int count; block >= (count = (segment->Queries.Rows + itemPositions - 1) / itemPositions); segment++) block -= count;
            int first = block * itemPositions, positions = Math.Min(itemPositions, segment->Queries.Rows - first);
            Run(*segment, first, positions, g, worker);
        }

        // Row r of an item is query head r / positions of the group, at position r % positions.
        private void Run(AttentionSegment segment, int first, int positions, int g, Worker worker)
        {
            int d = shape.HeadSize, group = shape.Heads / shape.KeyValueHeads, rows = group * positions;
            int width = TLanes.Count * TVectors.Value, valueColumns = (d + width - 1) / width * width;
            int padded = (rows + 15) & -16;
            long size = ((long)rows * (d + valueColumns + KeyBlock)) + ((long)KeyBlock * ((2 * d) + valueColumns)) + (3L * padded) + 64;
            float* queries = worker.Scratch(checked((int)size));
            float* max = queries + (((rows * d) + 15) & -16);
            float* sum = max + padded;
            float* keep = sum + padded;
            float* scores = keep + padded;
            float* output = scores + (rows * KeyBlock);
            float* values = output + (rows * valueColumns);
            float* keys = values + (KeyBlock * valueColumns);
            float* gathered = keys + (KeyBlock * d);

            int firstPosition = segment.FirstPosition + first, end = firstPosition + positions;
            for (int r = 0; r < rows; r++)
            {
                float* from = segment.Queries.Row(first + (r % positions)) + (((g * group) + (r / positions)) * d);
                TensorPrimitives.Multiply(new ReadOnlySpan<float>(from, d), shape.Scale * Log2E, new Span<float>(queries + (r * d), d));
            }

            new Span<float>(max, padded).Fill(float.NegativeInfinity);
            new Span<float>(sum, 2 * padded).Clear();
            new Span<float>(output, rows * valueColumns).Clear();

            int oldest = shape.Window > 0 ? Math.Max(0, firstPosition - shape.Window + 1) : 0;
            KeyRun* run = runs + segment.FirstRun;
            int runStart = 0;
            for (int key = oldest / KeyBlock * KeyBlock; key < end; key += KeyBlock)
            {
                int count = Math.Min(KeyBlock, end - key);
                int columns = Math.Min(KeyBlock, (count + TLanes.Count - 1) / TLanes.Count * TLanes.Count);
                while (key >= runStart + run->Length) runStart += (run++)->Length;
                Gather(run, key - runStart, count, g * d, gathered, keys, values, valueColumns);
                Panels.Multiply<TLanes, TVectors>(queries, d, rows, keys, d, columns, null, 0, scores, KeyBlock);
                for (int r = 0; r < rows; r++)
                {
                    int position = firstPosition + (r % positions);
                    int to = Math.Min(count, position - key + 1);
                    int from = shape.Window > 0 ? Math.Max(0, position - shape.Window + 1 - key) : 0;
                    Exponentials(scores + (r * KeyBlock), from, to, max + r, sum + r, keep + r);
                }

                for (int r = 0; r < rows; r++)
                {
                    if (keep[r] != 1f) Scale(output + (r * valueColumns), keep[r], valueColumns);
                }

                Panels.Multiply<TLanes, TVectors>(scores, KeyBlock, rows, values, count, valueColumns, output, valueColumns, output, valueColumns);
            }

            for (int r = 0; r < rows; r++)
            {
                float* to = segment.Output.Row(first + (r % positions)) + (((g * group) + (r / positions)) * d);
                TensorPrimitives.Divide(new ReadOnlySpan<float>(output + (r * valueColumns), d), sum[r], new Span<float>(to, d));
            }
        }

        // Panels of keys (D, width) and of values (count, width). A block within one run is packed where it lies.
        private static void Gather(KeyRun* run, int index, int count, int column, float* gathered, float* keys, float* values, int valueColumns, int d)
        {
            int width = TLanes.Count * TVectors.Value;
            bool whole = index + count <= run->Length;
            for (int j = 0; j < count; j++, index++)
            {
                while (index >= run->Length) index -= (run++)->Length;
                long row = ((long)index * run->Stride) + column;
                float* value = run->Values + row;
                if (!whole) NativeMemory.Copy(run->Keys + row, gathered + (j * d), (nuint)d * sizeof(float));
                for (int c = 0; c < valueColumns; c += width)
                {
                    float* to = values + (c * count) + (j * width);
                    int used = Math.Min(width, d - c);
                    new ReadOnlySpan<float>(value + c, used).CopyTo(new Span<float>(to, width));
                    if (used < width) new Span<float>(to + used, width - used).Clear();
                }
            }

            byte* from = whole ? (byte*)(run->Keys + ((long)(index - count) * run->Stride) + column) : (byte*)gathered;
            nint rowBytes = (whole ? run->Stride : d) * sizeof(float);
            for (int j = 0; j < count; j += width)
                Pack.Panel(from + (j * rowBytes), rowBytes, DType.Float32, Math.Min(width, count - j), d, keys + (j * d), width, KeyBlock * rowBytes);
        }

        private void Gather(KeyRun* run, int index, int count, int column, float* gathered, float* keys, float* values, int valueColumns) =>
            Gather(run, index, count, column, gathered, keys, values, valueColumns, shape.HeadSize);

        // Scores of one row become e^(score - max), 0 where the key is not seen; keep is what earlier blocks are scaled by.
        private static void Exponentials(float* scores, int from, int to, float* max, float* sum, float* keep)
        {
            if (from >= to)
            {
                new Span<float>(scores, KeyBlock).Clear();
                *keep = 1f;
                return;
            }

            if (from > 0) new Span<float>(scores, from).Fill(float.NegativeInfinity);
            if (to < KeyBlock) new Span<float>(scores + to, KeyBlock - to).Fill(float.NegativeInfinity);
            float highest = Math.Max(*max, Reduce.Max64<TLanes>(scores));
            TLanes least = TLanes.Broadcast(-highest);
            for (int j = 0; j < KeyBlock; j += TLanes.Count) TLanes.Store(scores + j, TLanes.Exp2(TLanes.Add(TLanes.Load(scores + j), least)));
            float factor = *max == highest ? 1f : Exponential.Exp2(Vector128.CreateScalar(*max - highest)).ToScalar();
            *sum = (*sum * factor) + Reduce.Sum64<TLanes>(scores);
            *max = highest;
            *keep = factor;
        }

        private static void Scale(float* row, float factor, int length)
        {
            TLanes by = TLanes.Broadcast(factor);
            for (int c = 0; c < length; c += TLanes.Count) TLanes.Store(row + c, TLanes.Multiply(TLanes.Load(row + c), by));
        }
    }
}
