using System.Text.Json;
using System.Text.RegularExpressions;

namespace RewardHub.Verifiers.Schema;

/// <summary>What is wrong with a schema itself, found before any value is validated.</summary>
/// <param name="Fault">A sentence with the place; null when the schema can be used.</param>
/// <param name="Unknown">Keywords that are not checked, each once.</param>
internal sealed record SchemaCheck(string? Fault, IReadOnlyList<string> Unknown)
{
    /// <summary>Most schemas in one document.</summary>
    private const int MaxSchemas = 2_000;

    /// <summary>Longest wait for one regular expression.</summary>
    public static readonly TimeSpan PatternTime = TimeSpan.FromMilliseconds(20);

    private static readonly string[] Annotations =
        ["$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "format",
         "contentEncoding", "contentMediaType", "contentSchema"];

    private static readonly string[] OneSchema =
        ["additionalProperties", "items", "contains", "not", "propertyNames", "if", "then", "else"];

    private static readonly string[] ManySchemas = ["allOf", "anyOf", "oneOf", "prefixItems"];

    private static readonly string[] NamedSchemas = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];

    private static readonly string[] Counts =
        ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains"];

    private static readonly string[] Numbers = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];

    private static readonly string[] Types = ["null", "boolean", "object", "array", "number", "integer", "string"];

    /// <summary>Checks every schema of a document.</summary>
    public static SchemaCheck Of(JsonElement root, bool formats)
    {
        var unknown = new SortedSet<string>(StringComparer.Ordinal);
        var waiting = new Stack<(JsonElement Schema, string Path)>();
        waiting.Push((root, "#"));
        for (int seen = 0; waiting.Count > 0; seen++)
        {
            (JsonElement schema, string path) = waiting.Pop();
            if (seen >= MaxSchemas) return new SchemaCheck($"The schema holds more than {MaxSchemas} schemas.", []);
            if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False) continue;
            if (schema.ValueKind != JsonValueKind.Object) return new SchemaCheck($"{path} must be an object, true or false.", []);
            foreach (JsonProperty keyword in schema.EnumerateObject())
            {
                string place = path + "/" + Evidence.Clip(keyword.Name);
                if (Keyword(root, keyword, place, waiting, unknown, formats) is { } fault) return new SchemaCheck(fault, []);
            }
        }

        return new SchemaCheck(null, [.. unknown]);
    }

    private static string? Keyword(
        JsonElement root, JsonProperty keyword, string place, Stack<(JsonElement, string)> waiting, SortedSet<string> unknown, bool formats)
    {
        (string name, JsonElement value) = (keyword.Name, keyword.Value);
        if (OneSchema.Contains(name))
        {
            waiting.Push((value, place));
            return null;
        }

        if (ManySchemas.Contains(name))
        {
            if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0) return $"{place} must be a list of schemas.";
            foreach (JsonElement entry in value.EnumerateArray()) waiting.Push((entry, place));
            return null;
        }

        if (NamedSchemas.Contains(name))
        {
            if (value.ValueKind != JsonValueKind.Object) return $"{place} must be an object of schemas.";
            foreach (JsonProperty entry in value.EnumerateObject())
            {
                if (name == "patternProperties" && Pattern(entry.Name) is null) return $"{place} holds a pattern that cannot be used.";
                waiting.Push((entry.Value, place + "/" + Evidence.Clip(entry.Name)));
            }

            return null;
        }

        if (Counts.Contains(name)) return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long count) && count >= 0 ? null : $"{place} must be a whole number of at least 0.";
        if (Numbers.Contains(name))
        {
            bool usable = SchemaNumber.TryRead(value, out Symbolic.Rational number) && (name != "multipleOf" || number.Sign > 0);
            return usable ? null : $"{place} must be a number{(name == "multipleOf" ? " above 0" : "")}.";
        }

        switch (name)
        {
            case "$ref":
                return value.ValueKind == JsonValueKind.String && SchemaValidation.Resolve(root, value.GetString()!) is not null
                    ? null : $"{place} must point to a schema of the same document, such as #/$defs/name.";
            case "type":
                bool known = value.ValueKind == JsonValueKind.String ? Types.Contains(value.GetString())
                    : value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value.EnumerateArray().All(type => type.ValueKind == JsonValueKind.String && Types.Contains(type.GetString()));
                return known ? null : $"{place} must be one or more of {string.Join(", ", Types)}.";
            case "enum":
                return value.ValueKind == JsonValueKind.Array ? null : $"{place} must be a list.";
            case "required":
                return IsNames(value) ? null : $"{place} must be a list of names.";
            case "dependentRequired":
                return value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(entry => IsNames(entry.Value)) ? null : $"{place} must be an object of lists of names.";
            case "uniqueItems":
                return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : $"{place} must be true or false.";
            case "pattern":
                return value.ValueKind == JsonValueKind.String && Pattern(value.GetString()!) is not null ? null : $"{place} is a pattern that cannot be used.";
            case "format" when formats && (value.ValueKind != JsonValueKind.String || !SchemaFormats.Known(value.GetString()!)):
                unknown.Add("format " + Evidence.Clip(value.ToString()));
                return null;
            case "const":
                return null;
            default:
                if (!Annotations.Contains(name)) unknown.Add(Evidence.Clip(name));
                return null;
        }
    }

    private static bool IsNames(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String);

    /// <summary>The expression on the linear engine where it can be, or null when it cannot be read.</summary>
    public static Regex? Pattern(string pattern)
    {
        if (pattern.Length > 1_000) return null;
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, PatternTime);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, PatternTime);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
