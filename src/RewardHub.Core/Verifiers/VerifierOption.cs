using System.Globalization;
using System.Text.Json;

namespace RewardHub.Verifiers;

/// <summary>One option that a verifier declares: its name, type, range and default.</summary>
/// <param name="Name">Wire name, snake_case.</param>
/// <param name="Summary">One line for <c>GET /v1/scorers</c>.</param>
public abstract record VerifierOption(string Name, string Summary)
{
    /// <summary>Most entries of a list option.</summary>
    public const int MaxListEntries = 64;

    /// <summary>The type for people: <c>number</c>, <c>integer</c>, <c>boolean</c>, <c>string</c>, <c>list of strings</c>.</summary>
    public abstract string Type { get; }

    /// <summary>The allowed values for people.</summary>
    public abstract string Range { get; }

    /// <summary>The default as JSON text.</summary>
    public abstract string DefaultText { get; }

    /// <summary>Why a value cannot be used, or null when it can. JSON null is never a value.</summary>
    public abstract string? Problem(JsonElement value);

    /// <summary>The given value of this option, if any.</summary>
    private protected bool TryGet(IReadOnlyDictionary<string, JsonElement>? given, out JsonElement value)
    {
        value = default;
        return given is not null && given.TryGetValue(Name, out value);
    }

    /// <summary>A finite number in [Min, Max].</summary>
    public sealed record Number(string Name, string Summary, double Default, double Min, double Max)
        : VerifierOption(Name, Summary)
    {
        /// <inheritdoc/>
        public override string Type => "number";

        /// <inheritdoc/>
        public override string Range => string.Create(CultureInfo.InvariantCulture, $"{Min} to {Max}");

        /// <inheritdoc/>
        public override string DefaultText => Default.ToString("R", CultureInfo.InvariantCulture);

        /// <inheritdoc/>
        public override string? Problem(JsonElement value) =>
            value.ValueKind != JsonValueKind.Number ? "must be a number"
            : !value.TryGetDouble(out double number) || !(number >= Min && number <= Max) ? $"must be from {Range}"
            : null;

        /// <summary>The checked value, or the default.</summary>
        public double Of(IReadOnlyDictionary<string, JsonElement>? given) =>
            TryGet(given, out JsonElement value) ? value.GetDouble() : Default;
    }

    /// <summary>A whole number in [Min, Max].</summary>
    public sealed record Whole(string Name, string Summary, int Default, int Min, int Max) : VerifierOption(Name, Summary)
    {
        /// <inheritdoc/>
        public override string Type => "integer";

        /// <inheritdoc/>
        public override string Range => string.Create(CultureInfo.InvariantCulture, $"{Min} to {Max}");

        /// <inheritdoc/>
        public override string DefaultText => Default.ToString(CultureInfo.InvariantCulture);

        /// <inheritdoc/>
        public override string? Problem(JsonElement value) =>
            value.ValueKind != JsonValueKind.Number ? "must be a whole number"
            : !value.TryGetInt32(out int number) || number < Min || number > Max ? $"must be a whole number from {Range}"
            : null;

        /// <summary>The checked value, or the default.</summary>
        public int Of(IReadOnlyDictionary<string, JsonElement>? given) =>
            TryGet(given, out JsonElement value) ? value.GetInt32() : Default;
    }

    /// <summary>True or false.</summary>
    public sealed record Flag(string Name, string Summary, bool Default) : VerifierOption(Name, Summary)
    {
        /// <inheritdoc/>
        public override string Type => "boolean";

        /// <inheritdoc/>
        public override string Range => "true or false";

        /// <inheritdoc/>
        public override string DefaultText => Default ? "true" : "false";

        /// <inheritdoc/>
        public override string? Problem(JsonElement value) =>
            value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "must be true or false";

        /// <summary>The checked value, or the default.</summary>
        public bool Of(IReadOnlyDictionary<string, JsonElement>? given) =>
            TryGet(given, out JsonElement value) ? value.GetBoolean() : Default;
    }

    /// <summary>One of a few names.</summary>
    public sealed record Choice(string Name, string Summary, string Default, IReadOnlyList<string> Values)
        : VerifierOption(Name, Summary)
    {
        /// <inheritdoc/>
        public override string Type => "string";

        /// <inheritdoc/>
        public override string Range => string.Join(" | ", Values);

        /// <inheritdoc/>
        public override string DefaultText => $"\"{Default}\"";

        /// <inheritdoc/>
        public override string? Problem(JsonElement value) =>
            Labels.Text(value) is { } name && value.ValueKind == JsonValueKind.String && Values.Contains(name) ? null : $"must be one of {Range}";

        /// <summary>The checked value, or the default.</summary>
        public string Of(IReadOnlyDictionary<string, JsonElement>? given) =>
            TryGet(given, out JsonElement value) ? value.GetString()! : Default;
    }

    /// <summary>A list of names, each from a closed set, each at most once.</summary>
    public sealed record Names(string Name, string Summary, IReadOnlyList<string> Default, IReadOnlyList<string> Values)
        : VerifierOption(Name, Summary)
    {
        /// <inheritdoc/>
        public override string Type => "list of strings";

        /// <inheritdoc/>
        public override string Range => "any of " + string.Join(", ", Values);

        /// <inheritdoc/>
        public override string DefaultText => "[" + string.Join(", ", Default.Select(name => $"\"{name}\"")) + "]";

        /// <inheritdoc/>
        public override string? Problem(JsonElement value)
        {
            if (value.ValueKind != JsonValueKind.Array) return "must be a list of strings";
            if (value.GetArrayLength() > Values.Count) return $"must hold at most {Values.Count} names";
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (JsonElement entry in value.EnumerateArray())
            {
                if (entry.ValueKind != JsonValueKind.String || Labels.Text(entry) is not { } name || !Values.Contains(name)) return "must hold " + Range;
                if (!seen.Add(name)) return $"must not name '{name}' twice";
            }

            return null;
        }

        /// <summary>The checked names, or the default.</summary>
        public IReadOnlyList<string> Of(IReadOnlyDictionary<string, JsonElement>? given) =>
            TryGet(given, out JsonElement value) ? [.. value.EnumerateArray().Select(entry => entry.GetString()!)] : Default;
    }

    /// <summary>Free text of at most <paramref name="MaxLength"/> UTF-16 units; the empty default means "not given".</summary>
    public sealed record Text(string Name, string Summary, string Default, int MaxLength) : VerifierOption(Name, Summary)
    {
        /// <inheritdoc/>
        public override string Type => "string";

        /// <inheritdoc/>
        public override string Range => string.Create(CultureInfo.InvariantCulture, $"at most {MaxLength} characters");

        /// <inheritdoc/>
        public override string DefaultText => $"\"{Default}\"";

        /// <inheritdoc/>
        public override string? Problem(JsonElement value) =>
            value.ValueKind != JsonValueKind.String || Labels.Text(value) is not { } text ? "must be a string"
            : text.Length > MaxLength ? $"must hold {Range}"
            : null;

        /// <summary>The checked value, or the default.</summary>
        public string Of(IReadOnlyDictionary<string, JsonElement>? given) =>
            TryGet(given, out JsonElement value) ? value.GetString()! : Default;
    }
}
