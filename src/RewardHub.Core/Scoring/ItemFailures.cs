using System.Text.Json;
using RewardHub.Contracts;

namespace RewardHub.Scoring;

/// <summary>The one table from an error code to the status of an item.</summary>
public static class ItemFailures
{
    private static readonly Dictionary<ItemStatus, string> StatusNames = Enum.GetValues<ItemStatus>()
        .ToDictionary(s => s, s => Snake(s));

    /// <summary>The status that an error code means for the item.</summary>
    public static ItemStatus StatusOf(string code) => code switch
    {
        ErrorCodes.Unparseable => ItemStatus.Unparseable,
        ErrorCodes.Undecided => ItemStatus.Undecided,
        ErrorCodes.DeadlineExceeded => ItemStatus.Timeout,
        ErrorCodes.Cancelled => ItemStatus.Cancelled,
        ErrorCodes.QueueFull or ErrorCodes.Unavailable => ItemStatus.Unavailable,
        ErrorCodes.NotFinite or ErrorCodes.Internal => ItemStatus.Error,
        _ => ItemStatus.Rejected,
    };

    /// <summary>The wire name of a status.</summary>
    public static string NameOf(ItemStatus status) => StatusNames[status];

    /// <summary>An enum's name in snake_case.</summary>
    internal static string Snake<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>The status of a wire name, or null when there is none of that name.</summary>
    public static ItemStatus? TryParse(string name)
    {
        foreach ((ItemStatus status, string wire) in StatusNames)
        {
            if (wire == name) return status;
        }

        return null;
    }

    /// <summary>A scorer's result without a value.</summary>
    public static ScorerResult Failed(ItemError error, string scorer, string version, string? format = null) => new()
    {
        Status = StatusOf(error.Code),
        Value = null,
        Version = version,
        Format = format,
        Error = error with { Scorer = scorer },
    };

    internal static readonly ItemError TimedOut =
        new(ErrorCodes.DeadlineExceeded, "the deadline came before this scorer was done", null, Retryable: true);

    internal static readonly ItemError Fault =
        new(ErrorCodes.Internal, "a fault of ours; it is in the server's log", null, Retryable: true);
}
