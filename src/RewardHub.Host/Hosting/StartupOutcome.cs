using RewardHub.Host.Cli;

namespace RewardHub.Host.Hosting;

/// <summary>How the process ends when a model that was configured cannot be hosted.</summary>
internal sealed class StartupOutcome
{
    private volatile int _exitCode = ExitCodes.Fine;

    public int ExitCode
    {
        get => _exitCode;
        set => _exitCode = value;
    }
}
