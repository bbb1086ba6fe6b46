using System.Text.Json;

namespace RewardHub.Inference.Model;

/// <summary>
/// Reads keys of one JSON object of a configuration file; every complaint names the file and the key.
/// </summary>
/// <param name="path">The file, for messages.</param>
/// <param name="root">An object.</param>
internal readonly struct ConfigReader(string path, JsonElement root)
{
    private const long MaxBytes = 16 << 20;

    /// <summary>Reads a file whose content is one JSON object.</summary>
    public static ConfigReader Open(string path)
    {
        try
        {
            if (!File.Exists(path)) throw new ModelFormatException(path, "is missing; download it");
            if (new FileInfo(path).Length > MaxBytes)
            {
                throw new ModelFormatException(path, $"is over {MaxBytes} bytes; it is no configuration");
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new ModelFormatException(path, "is not a JSON object");
            }

            return new ConfigReader(path, document.RootElement.Clone());
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(path, $"cannot be read ({e.Message}); download it again", e);
        }
    }

    /// <summary>Whether the key is there with a value other than null.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Whether the key is there, even as null.</summary>
    public bool Names(string key) => root.TryGetProperty(key, out _);

    /// <summary>An object below a key; null when it is missing or null.</summary>
    public ConfigReader? Object(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Object) throw Wrong(key, "an object");
        return new ConfigReader(path, value);
    }

    /// <summary>A positive integer up to a limit; null when missing.</summary>
    public int? Size(string key, int most = 1 << 24)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int size) || size < 1 || size > most)
        {
            throw Wrong(key, $"an integer from 1 to {most}");
        }

        return size;
    }

    /// <summary>A positive integer that must be there.</summary>
    public int NeededSize(string key, int most = 1 << 24) =>
        Size(key, most) ?? throw new ModelFormatException(path, $"'{key}' is missing");

    /// <summary>A finite number; null when missing.</summary>
    public double? Number(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number) || !double.IsFinite(number))
        {
            throw Wrong(key, "a finite number");
        }

        return number;
    }

    /// <summary>A number above zero; null when missing.</summary>
    public double? Positive(string key) =>
        Number(key) is { } number ? number > 0 ? number : throw Wrong(key, "above 0") : null;

    /// <summary>A boolean; null when missing.</summary>
    public bool? Flag(string key) => Find(key) is not { } value ? null : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(key, "true or false"),
    };

    /// <summary>A string; null when missing.</summary>
    public string? Text(string key)
    {
        if (Find(key) is not { } value) return null;
        return value.ValueKind == JsonValueKind.String ? ReadText(key, value) : throw Wrong(key, "a string");
    }

    /// <summary>A list of strings; null when missing.</summary>
    public IReadOnlyList<string>? Texts(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array) throw Wrong(key, "a list of strings");
        var texts = new List<string>();
        foreach (JsonElement item in value.EnumerateArray())
        {
            texts.Add(item.ValueKind == JsonValueKind.String ? ReadText(key, item) : throw Wrong(key, "a list of strings"));
        }

        return texts;
    }

    /// <summary>A list of numbers above zero; null when missing.</summary>
    public IReadOnlyList<double>? Positives(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array) throw Wrong(key, "a list of numbers");
        var numbers = new List<double>();
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetDouble(out double number) || !(number > 0) || !double.IsFinite(number))
            {
                throw Wrong(key, "a list of numbers above 0");
            }

            numbers.Add(number);
        }

        return numbers;
    }

    /// <summary>Keys and values of this object.</summary>
    public IEnumerable<JsonProperty> Items() => root.EnumerateObject();

    /// <summary>Says what a key should be.</summary>
    public ModelFormatException Wrong(string key, string should) => new(path, $"'{key}' is not {should}");

    private string ReadText(string key, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Wrong(key, "valid text");
        }
    }

    private JsonElement? Find(string key) =>
        root.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
