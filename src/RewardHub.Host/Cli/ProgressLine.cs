using System.Diagnostics;
using RewardHub.Evaluation;

namespace RewardHub.Host.Cli;

/// <summary>Says on standard error how far long work is: one line that moves on a terminal, plain lines now and then elsewhere.</summary>
internal sealed class ProgressLine(string unit) : IProgress<EvaluationProgress>, IDisposable
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(200), Elsewhere = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly bool _moves = !Console.IsErrorRedirected;
    private long _last = Stopwatch.GetTimestamp();
    private bool _open;

    public void Report(EvaluationProgress value)
    {
        string total = value.Total is long of ? string.Create(null, $" of {of}") : "";
        Say(string.Create(null, $"{value.Stage}: {value.Done}{total}"));
    }

    public void Report(long done) => Say(string.Create(null, $"{done} {unit}"));

    public void Dispose()
    {
        lock (_lock)
        {
            if (_open) Console.Error.WriteLine();
            _open = false;
        }
    }

    private void Say(string text)
    {
        lock (_lock)
        {
            if (Stopwatch.GetElapsedTime(_last) < (_moves ? OnTerminal : Elsewhere)) return;
            _last = Stopwatch.GetTimestamp();
            if (_moves) Console.Error.Write($"\r{text}\u001b[K");
            else Console.Error.WriteLine(text);
            _open = _moves;
        }
    }
}
