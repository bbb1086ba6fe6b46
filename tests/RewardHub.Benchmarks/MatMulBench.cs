using System.Diagnostics;
using System.Runtime.InteropServices;
using RewardHub.Inference.Kernels;

namespace RewardHub.Benchmarks;

/// <summary>The matrix product by shape, T and format, as a fraction of what the machine can do.</summary>
internal static unsafe class MatMulBench
{
    // Weights are walked through a region larger than the caches, as in a model.
    private const long WeightBytes = 1L << 30;

    private static readonly (int Channels, int Outputs)[] Shapes =
        [(896, 896), (896, 128), (896, 4864), (4864, 896), (4096, 4096), (4096, 14336), (14336, 4096)];

    public static void Run(WorkerTeam team, double seconds, int[] tokens)
    {
        int most = tokens.Max();
        float* x = (float*)NativeMemory.AlignedAlloc((nuint)most * 14336 * 4, 64);
        float* y = (float*)NativeMemory.AlignedAlloc((nuint)most * 14336 * 4, 64);
        byte* weights = (byte*)NativeMemory.AlignedAlloc((nuint)WeightBytes, 64);
        var random = new Random(1);
        for (long i = 0; i < (long)most * 14336; i++) x[i] = (random.NextSingle() - 0.5f) * 2;
        Rate bandwidth = Machine.Bandwidth(team);
        Rate ceiling = Machine.Ceiling(team);
        Console.WriteLine($"ceiling {ceiling.Wall / 1e9:F0} GFLOP/s (processor time {ceiling.Processor / 1e9:F0}), memory {bandwidth.Wall / 1e9:F1} GB/s (processor time {bandwidth.Processor / 1e9:F1}), {team.Threads} threads");
        Console.WriteLine("     T      C      O  format      ms   GFLOP/s of ceiling  weights GB/s of memory | processor time: GFLOP/s of ceiling     GB/s of memory");
        foreach (DType type in new[] { DType.BFloat16, DType.Float32, DType.Float16 })
        {
            Fill(weights, type, random);
            foreach (int count in tokens)
            {
                foreach ((int channels, int outputs) in Shapes)
                {
                    if (type == DType.Float16 && (channels, outputs) != (896, 4864)) continue;
                    long size = (long)channels * outputs * type.Size();
                    long slots = WeightBytes / size, runs = 0;
                    int repeats = (int)Math.Clamp(2e8 / (2.0 * count * channels * outputs), 1, 50);
                    var best = Timing.Worst;
                    long begun = Stopwatch.GetTimestamp();
                    for (int sample = 0; sample < 3 || (Stopwatch.GetElapsedTime(begun).TotalSeconds < seconds && sample < 400); sample++)
                    {
                        best = best.Best(Timing.Of(() =>
                        {
                            for (int i = 0; i < repeats; i++)
                            {
                                var w = new WeightMatrix(weights + (runs++ % slots * size), type, outputs, channels);
                                MatMul.Apply(new Matrix(x, count, channels), w, new Matrix(y, count, outputs), team);
                            }
                        }));
                    }

                    ceiling = ceiling.Best(Machine.Ceiling(team, 2));
                    Rate rate = best.Rate(2.0 * repeats * count * channels * outputs, team.Threads);
                    Rate read = best.Rate((double)repeats * size, team.Threads);
                    Console.WriteLine(
                        $"{count,6} {channels,6} {outputs,6}  {type,-8} {best.Wall / repeats * 1e3,7:F2} {rate.Wall / 1e9,8:F1} {rate.Wall / ceiling.Wall,10:P0} {read.Wall / 1e9,13:F1} {read.Wall / bandwidth.Wall,9:P0} |"
                        + $"{rate.Processor / 1e9,24:F1} {rate.Processor / ceiling.Processor,10:P0} {read.Processor / 1e9,8:F1} {read.Processor / bandwidth.Processor,9:P0}");
                }
            }
        }

        Console.WriteLine($"ceiling at the end {ceiling.Wall / 1e9:F0} GFLOP/s");
        NativeMemory.AlignedFree(x);
        NativeMemory.AlignedFree(y);
        NativeMemory.AlignedFree(weights);
    }

    private static void Fill(byte* weights, DType type, Random random)
    {
        long period = 1 << 20;
        for (long i = 0; i < period; i++)
        {
            float value = (random.NextSingle() - 0.5f) * 0.1f;
            if (type == DType.Float32) ((float*)weights)[i] = value;
            else if (type == DType.Float16) ((Half*)weights)[i] = (Half)value;
            else ((ushort*)weights)[i] = (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
        }

        long bytes = period * type.Size();
        for (long i = bytes; i < WeightBytes; i += bytes) NativeMemory.Copy(weights, weights + i, (nuint)Math.Min(bytes, WeightBytes - i));
    }
}
