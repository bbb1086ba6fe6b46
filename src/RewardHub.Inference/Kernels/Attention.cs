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

/// <summary>Causal attention over ragged segments.</summary>
public static unsafe class Attention
{
    /// <summary>Computes softmax(scale · q·k)·v for every query of every segment.</summary>
    /// <param name="segments">The segments.</param>
    /// <param name="runs">The runs that the segments point into; segments may share runs.</param>
    /// <param name="shape">Heads, sizes, scale and window.</param>
    /// <param name="team">Who does it.</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or a segment has fewer keys than its last query needs.</exception>
    public static void Apply(ReadOnlySpan<AttentionSegment> segments, ReadOnlySpan<KeyRun> runs, AttentionShape shape, WorkerTeam team)
    {
        ArgumentNullException.ThrowIfNull(team);
        fixed (AttentionSegment* s = segments)
        fixed (KeyRun* r = runs)
        {
            for (int i = 0; i < segments.Length; i++) team.Run(new Work(s[i], r, shape), s[i].Queries.Rows * shape.Heads);
        }
    }

    private readonly struct Work(AttentionSegment segment, KeyRun* runs, AttentionShape shape) : IWork
    {
        public void Process(int item, Worker worker)
        {
            (int i, int h) = Math.DivRem(item, shape.Heads);
            int g = h / (shape.Heads / shape.KeyValueHeads), d = shape.HeadSize;
            int position = segment.FirstPosition + i;
            int first = shape.Window > 0 ? Math.Max(0, position - shape.Window + 1) : 0;
            float* q = segment.Queries.Row(i) + (h * d);
            float* acc = worker.Scratch(d);
            new Span<float>(acc, d).Clear();
            float max = float.NegativeInfinity, sum = 0;
            int key = 0;
            for (int r = segment.FirstRun; r < segment.FirstRun + segment.Runs; r++)
            {
                for (int j = 0; j < runs[r].Length && key <= position; j++, key++)
                {
                    if (key < first) continue;
                    float* k = runs[r].Keys + ((long)j * runs[r].Stride) + (g * d);
                    float* v = runs[r].Values + ((long)j * runs[r].Stride) + (g * d);
                    float score = 0;
                    for (int c = 0; c < d; c++) score += q[c] * k[c];
                    score *= shape.Scale;
                    float newMax = MathF.Max(max, score), keep = MathF.Exp(max - newMax), p = MathF.Exp(score - newMax);
                    for (int c = 0; c < d; c++) acc[c] = (acc[c] * keep) + (p * v[c]);
                    sum = (sum * keep) + p;
                    max = newMax;
                }
            }

            float* o = segment.Output.Row(i) + (h * d);
            for (int c = 0; c < d; c++) o[c] = acc[c] / sum;
        }
    }
}
