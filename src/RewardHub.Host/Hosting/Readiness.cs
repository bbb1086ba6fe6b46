namespace RewardHub.Host.Hosting;

/// <summary>Whether the server can answer everything that it is configured for.</summary>
internal sealed class Readiness
{
    private volatile string? _waiting = "The server is starting.";

    /// <summary>What is being waited for; null when ready.</summary>
    public string? Waiting => _waiting;

    public void WaitFor(string what) => _waiting = what;

    public void Ready() => _waiting = null;
}
