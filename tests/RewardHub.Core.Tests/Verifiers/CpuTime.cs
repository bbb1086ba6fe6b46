using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RewardHub.Core.Tests.Verifiers;

/// <summary>Processor time of this thread, so that other work on the machine does not count.</summary>
internal static partial class CpuTime
{
    private const int ThreadClock = 3;

    /// <summary>The least of up to three runs; later ones are skipped when the first is below 50 ms.</summary>
    public static double Milliseconds(Action action)
    {
        double best = double.MaxValue;
        for (int run = 0; run < 3 && best > 50; run++)
        {
            double began = Now();
            action();
            best = Math.Min(best, Now() - began);
        }

        return best;
    }

    private static double Now() => OperatingSystem.IsLinux() && ClockGetTime(ThreadClock, out Timespec time) == 0
        ? (time.Seconds * 1e3) + (time.Nanoseconds / 1e6)
        : Stopwatch.GetTimestamp() * 1e3 / Stopwatch.Frequency;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out Timespec time);

    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}

/// <summary>Tests that measure time run alone.</summary>
[CollectionDefinition("timing", DisableParallelization = true)]
public sealed class TimingTests;
