using RewardHub.Datasets;
using RewardHub.Host.Configuration;
using RewardHub.Scoring;

namespace RewardHub.Host.Cli;

/// <summary>Reads <c>--map</c>.</summary>
internal static class Maps
{
    public static ColumnMap Parse(string? text)
    {
        try
        {
            return ColumnMap.Parse(text);
        }
        catch (FormatException fault)
        {
            throw new SettingsException("--map: " + fault.Message);
        }
    }
}

/// <summary>The scorer refused a whole batch; its kind has an exit code in <see cref="Refusals"/>.</summary>
internal sealed class RefusedException(RefusalKind kind, string message) : Exception(message)
{
    public RefusalKind Kind { get; } = kind;
}
