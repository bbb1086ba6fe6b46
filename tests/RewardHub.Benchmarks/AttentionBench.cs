using System.Diagnostics;
using System.Runtime.InteropServices;
using RewardHub.Inference.Kernels;

namespace RewardHub.Benchmarks;

/// <summary>Causal attention of one sequence by length: multiply-adds that a causal mask leaves over, as a fraction of the ceiling.</summary>
internal static unsafe class AttentionBench
{
    private static readonly (string Name, AttentionShape Shape)[] Shapes =
    [
        ("14 heads of 64, 2 key heads", new AttentionShape(14, 2, 64, 0.125f)),
        ("32 heads of 128, 8 key heads", new AttentionShape(32, 8, 128, 0.0883883f)),
        ("the same, window of 1,024", new AttentionShape(32, 8, 128, 0.0883883f, 1024)),
    ];

    public static void Run(WorkerTeam team, int[] lengths)
    {
        Console.WriteLine("attention                       length       ms  GFLOP/s of ceiling | processor time: of ceiling");
        foreach ((string name, AttentionShape shape) in Shapes)
        {
            foreach (int length in lengths)
            {
                int wide = shape.Heads * shape.HeadSize, narrow = shape.KeyValueHeads * shape.HeadSize;
                Matrix q = New(length, wide), y = New(length, wide), k = New(length, narrow), v = New(length, narrow);
                var best = Timing.Worst;
                long begun = Stopwatch.GetTimestamp();
                for (int i = 0; i == 0 || (i < 50 && Stopwatch.GetElapsedTime(begun).TotalSeconds < 0.5); i++)
                {
                    best = best.Best(Timing.Of(() => Attention.Apply(
                        [new AttentionSegment(q, y, 0, 0, 1)], [new KeyRun(k.Data, v.Data, k.Stride, length)], shape, team)));
                }

                double seen = 0;
                for (int i = 0; i < length; i++) seen += shape.Window > 0 ? Math.Min(shape.Window, i + 1) : i + 1;
                Rate rate = best.Rate(4 * seen * wide, team.Threads), ceiling = Machine.Ceiling(team, 4);
                Console.WriteLine($"{name,-30} {length,7} {best.Wall * 1e3,8:F1} {rate.Wall / 1e9,8:F1} {rate.Wall / ceiling.Wall,10:P0} | {rate.Processor / ceiling.Processor,26:P0}");
                foreach (Matrix matrix in new[] { q, y, k, v }) NativeMemory.AlignedFree(matrix.Data);
            }
        }
    }

    private static Matrix New(int rows, int columns)
    {
        float* data = (float*)NativeMemory.AlignedAlloc((nuint)((long)rows * columns * 4), 64);
        var random = new Random(1);
        for (long i = 0; i < (long)rows * columns; i++) data[i] = (random.NextSingle() - 0.5f) * 2;
        return new Matrix(data, rows, columns);
    }
}
