namespace RewardHub.Host.Cli;

/// <summary>Exit codes of every command; the numbers of <c>sysexits.h</c> where it has one. Frozen.</summary>
internal static class ExitCodes
{
    public const int Fine = 0;
    public const int BadInput = 2;
    public const int OurFault = 70;
    public const int TryAgain = 75;

    /// <summary>What the shell expects of a program that Ctrl-C ended: 128 + SIGINT.</summary>
    public const int Interrupted = 130;

    public const string Help = "Exit codes: 0 fine, 2 bad input, 70 our fault, 75 try again later, 130 interrupted.";
}
