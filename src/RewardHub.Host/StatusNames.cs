using System.Text.Json;
using RewardHub.Contracts;

namespace RewardHub.Host;

/// <summary>Wire names of item statuses.</summary>
internal static class StatusNames
{
    private static readonly Dictionary<ItemStatus, string> Names = Enum.GetValues<ItemStatus>()
        .ToDictionary(s => s, s => JsonNamingPolicy.SnakeCaseLower.ConvertName(s.ToString()));

    public static IEnumerable<string> All => Names.Values;

    public static string Of(ItemStatus status) => Names[status];

    public static bool TryParse(string name, out ItemStatus status)
    {
        foreach ((ItemStatus known, string wire) in Names)
        {
            if (wire != name) continue;
            status = known;
            return true;
        }

        status = default;
        return false;
    }
}
