using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RewardHub.Verifiers.Schema;

/// <summary>The formats that are checked when a caller asks for it.</summary>
internal static class SchemaFormats
{
    private static readonly string[] DateTimes =
        ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    private static readonly string[] Times = ["HH:mm:ssK", "HH:mm:ss.FFFFFFFK"];

    public static bool Known(string format) => format is "date" or "time" or "date-time" or "email" or "uuid" or "ipv4" or "ipv6" or "uri";

    public static bool Holds(string format, string text) => format switch
    {
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "time" => HasZone(text) && DateTimeOffset.TryParseExact(text, Times, CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "date-time" => HasZone(text) && DateTimeOffset.TryParseExact(text, DateTimes, CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "email" => text.IndexOf('@') is > 0 and var at && at == text.LastIndexOf('@') && at < text.Length - 1 && !text.Any(char.IsWhiteSpace),
        "uuid" => text.Length == 36 && Guid.TryParseExact(text, "D", out _),
        "ipv4" => text.Count(c => c == '.') == 3 && IPAddress.TryParse(text, out IPAddress? four) && four.AddressFamily == AddressFamily.InterNetwork && four.ToString() == text,
        "ipv6" => text.Contains(':') && !text.Contains('%') && IPAddress.TryParse(text, out IPAddress? six) && six.AddressFamily == AddressFamily.InterNetworkV6,
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && text.StartsWith(uri.Scheme + ":", StringComparison.OrdinalIgnoreCase),
        _ => true,
    };

    private static bool HasZone(string text) => text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
}
