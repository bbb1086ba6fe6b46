using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using RewardHub.Inference.Kernels;

namespace RewardHub.Benchmarks;

/// <summary>Seconds by the clock and seconds of processor time, all threads together.</summary>
/// <remarks>
/// On a machine that other work shares, the clock says what was left over; processor time says what the code does with
/// what it gets.
/// </remarks>
internal readonly record struct Timing(double Wall, double Processor)
{
    public static Timing Worst => new(double.MaxValue, double.MaxValue);

    public static Timing Of(Action action)
    {
        TimeSpan used = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        action();
        double wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new Timing(wall, (Environment.CpuUsage.TotalTime - used).TotalSeconds);
    }

    public Timing Best(Timing other) => new(Math.Min(Wall, other.Wall), Math.Min(Processor, other.Processor));

    public Rate Rate(double amount, int threads) => new(amount / Wall, amount * threads / Processor);
}

/// <summary>An amount a second by the clock, and a second of processor time times the number of threads.</summary>
internal readonly record struct Rate(double Wall, double Processor)
{
    public Rate Best(Rate other) => new(Math.Max(Wall, other.Wall), Math.Max(Processor, other.Processor));
}

/// <summary>What the machine is and what it can do at most: the yardsticks that every other figure is a fraction of.</summary>
internal static unsafe class Machine
{
    private const long BandwidthBytes = 1L << 30;

    public static void Print()
    {
        string cpu = "unknown";
        if (File.Exists("/proc/cpuinfo"))
        {
            cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
                ?.Split(':', 2)[1].Trim() ?? cpu;
        }

        Console.WriteLine($"processor   {cpu}, {Environment.ProcessorCount} threads, {RuntimeInformation.ProcessArchitecture}");
        Console.WriteLine($"vectors     {Isa.VectorBits} bits");
        Console.WriteLine($"runtime     {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}");
        Console.WriteLine($"memory      {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:F1} GB");
        Console.WriteLine($"time        {DateTime.UtcNow.ToString("u", CultureInfo.InvariantCulture)}");
    }

    /// <summary>
    /// Multiply-adds from registers on all workers, in floating-point operations a second: by the clock, and by the
    /// processor time that the process got.
    /// </summary>
    public static Rate Ceiling(WorkerTeam team, int runs = 10)
    {
        int items = 4 * team.Threads;
        var best = Timing.Worst;
        for (int i = 0; i < runs; i++) best = best.Best(Timing.Of(() => team.Run(default(RegisterWork), items)));
        return best.Rate((double)items * RegisterWork.Operations, team.Threads);
    }

    /// <summary>Reading 1 GiB, more than caches hold, on all workers, in bytes a second: the best of several runs.</summary>
    public static Rate Bandwidth(WorkerTeam team, int runs = 8)
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)BandwidthBytes, 64);
        try
        {
            new Span<float>(memory, (int)(BandwidthBytes / 4)).Fill(1f);
            var work = new ReadWork(memory);
            var best = Timing.Worst;
            for (int i = 0; i < runs; i++) best = best.Best(Timing.Of(() => team.Run(work, (int)(BandwidthBytes / ReadWork.Bytes))));
            return best.Rate(BandwidthBytes, team.Threads);
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    /// <summary>12 independent chains, more than two units of four cycles need.</summary>
    private readonly struct RegisterWork : IWork
    {
        private const int Steps = 200_000;

        public static long Operations => 2L * 12 * Steps * Math.Max(4, Isa.VectorBits / 32);

        public void Process(int item, Worker worker)
        {
            float sum = Isa.VectorBits switch
            {
                512 => Loop<Lanes512>(0.5f, 1e-3f),
                256 => Loop<Lanes256>(0.5f, 1e-3f),
                _ => Loop<Lanes128>(0.5f, 1e-3f),
            };
            if (sum == 123) Console.WriteLine();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static float Loop<TLanes>(float factor, float other)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes a = TLanes.Broadcast(factor), b = TLanes.Broadcast(other);
            TLanes s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a, s8 = a, s9 = a, s10 = a, s11 = a;
            for (int i = 0; i < Steps; i++)
            {
                s0 = TLanes.MultiplyAdd(a, b, s0);
                s1 = TLanes.MultiplyAdd(a, b, s1);
                s2 = TLanes.MultiplyAdd(a, b, s2);
                s3 = TLanes.MultiplyAdd(a, b, s3);
                s4 = TLanes.MultiplyAdd(a, b, s4);
                s5 = TLanes.MultiplyAdd(a, b, s5);
                s6 = TLanes.MultiplyAdd(a, b, s6);
                s7 = TLanes.MultiplyAdd(a, b, s7);
                s8 = TLanes.MultiplyAdd(a, b, s8);
                s9 = TLanes.MultiplyAdd(a, b, s9);
                s10 = TLanes.MultiplyAdd(a, b, s10);
                s11 = TLanes.MultiplyAdd(a, b, s11);
            }

            s0 = TLanes.Add(TLanes.Add(TLanes.Add(s0, s1), TLanes.Add(s2, s3)), TLanes.Add(TLanes.Add(s4, s5), TLanes.Add(s6, s7)));
            s0 = TLanes.Add(s0, TLanes.Add(TLanes.Add(s8, s9), TLanes.Add(s10, s11)));
            float* store = stackalloc float[16];
            TLanes.Store(store, s0);
            return store[0];
        }
    }

    private readonly struct ReadWork(byte* memory) : IWork
    {
        public const long Bytes = 1 << 20;

        public void Process(int item, Worker worker)
        {
            if (Loop(memory + (item * Bytes)) == 123) Console.WriteLine();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static float Loop(byte* from)
        {
            Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
            for (long i = 0; i < Bytes; i += 256)
            {
                s0 += Vector512.Load((float*)(from + i));
                s1 += Vector512.Load((float*)(from + i + 64));
                s2 += Vector512.Load((float*)(from + i + 128));
                s3 += Vector512.Load((float*)(from + i + 192));
            }

            return Vector512.Sum(s0 + s1 + s2 + s3);
        }
    }
}
