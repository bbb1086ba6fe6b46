using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using RewardHub.Verifiers.Symbolic;

namespace RewardHub.Verifiers.Schema;

/// <summary>Validates one value against a checked schema (JSON Schema draft 2020-12, the keywords of the core and validation vocabularies
/// without dynamic references and unevaluated locations). Work, depth and references are bounded.</summary>
internal sealed class SchemaValidation(JsonElement root, bool formats, CancellationToken cancellationToken)
{
    private const int MaxWork = 100_000, MaxDepth = 128;

    private readonly Dictionary<string, Regex> _patterns = new(StringComparer.Ordinal);
    private int _work, _quiet;

    /// <summary>The first keyword that refuses the value, with its place; empty when none does.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>Why there is no decision; empty when there is one.</summary>
    public string Limit { get; private set; } = "";

    /// <summary>Whether the schema accepts the value; null when a limit came first.</summary>
    public bool? Validate(JsonElement value)
    {
        try
        {
            bool valid = Holds(root, value, "$", 0);
            return Limit.Length > 0 ? null : valid;
        }
        catch (RegexMatchTimeoutException)
        {
            Limit = "A pattern of the schema takes too long.";
            return null;
        }
    }

    /// <summary>The schema that a local reference names (# or a JSON pointer after it), or null.</summary>
    public static JsonElement? Resolve(JsonElement root, string reference)
    {
        if (reference == "#") return root;
        if (!reference.StartsWith("#/", StringComparison.Ordinal)) return null;
        JsonElement at = root;
        foreach (string part in reference[2..].Split('/'))
        {
            string name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out JsonElement next)) at = next;
            else if (at.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < at.GetArrayLength()) at = at[index];
            else return null;
        }

        return at.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False ? at : null;
    }

    private bool Holds(JsonElement schema, JsonElement value, string path, int depth)
    {
        if (Limit.Length > 0) return false;
        if (depth > MaxDepth || ++_work > MaxWork)
        {
            Limit = depth > MaxDepth ? "The schema refers to itself without end for this answer, or nests too deep." : "The schema asks for too much work on this answer.";
            return false;
        }

        if ((_work & 1_023) == 0) cancellationToken.ThrowIfCancellationRequested();
        if (schema.ValueKind == JsonValueKind.True) return true;
        if (schema.ValueKind == JsonValueKind.False) return Refuse("false", path);
        bool all = true;
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            if (Keyword(schema, keyword.Name, keyword.Value, value, path, depth)) continue;
            Refuse(keyword.Name, path);
            all = false;
            break;
        }

        return all;
    }

    private bool Refuse(string keyword, string path)
    {
        if (_quiet == 0 && Fault.Length == 0) Fault = $"{path}: {keyword}";
        return false;
    }

    private bool Keyword(JsonElement schema, string name, JsonElement rule, JsonElement value, string path, int depth)
    {
        switch (name)
        {
            case "$ref": return Resolve(root, rule.GetString()!) is { } target && Holds(target, value, path, depth + 1);
            case "type": return rule.ValueKind == JsonValueKind.Array ? rule.EnumerateArray().Any(type => IsType(value, type.GetString()!)) : IsType(value, rule.GetString()!);
            case "const": return Same(rule, value);
            case "enum": return rule.EnumerateArray().Any(entry => Same(entry, value));
            case "allOf": return rule.EnumerateArray().All(part => Holds(part, value, path, depth + 1));
            case "anyOf": return Silent(() => rule.EnumerateArray().Any(part => Holds(part, value, path, depth + 1)));
            case "oneOf": return Silent(() => rule.EnumerateArray().Count(part => Holds(part, value, path, depth + 1)) == 1);
            case "not": return Silent(() => !Holds(rule, value, path, depth + 1)) && Limit.Length == 0;
            case "if":
                string branch = Silent(() => Holds(rule, value, path, depth + 1)) ? "then" : "else";
                return Limit.Length == 0 && (!schema.TryGetProperty(branch, out JsonElement then) || Holds(then, value, path, depth + 1));
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => Text(name, rule, value),
            JsonValueKind.Number => Number(name, rule, value),
            JsonValueKind.Array => Array(schema, name, rule, value, path, depth),
            JsonValueKind.Object => Object(schema, name, rule, value, path, depth),
            _ => true,
        };
    }

    private bool Silent(Func<bool> test)
    {
        _quiet++;
        bool result = test();
        _quiet--;
        return result;
    }

    private static bool IsType(JsonElement value, string type) => value.ValueKind switch
    {
        JsonValueKind.Null => type == "null",
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.String => type == "string",
        JsonValueKind.Array => type == "array",
        JsonValueKind.Object => type == "object",
        // 1.0 is an integer.
        JsonValueKind.Number => type == "number" || (type == "integer" && SchemaNumber.TryRead(value, out Rational number) && number.IsInteger),
        _ => false,
    };

    private bool Text(string name, JsonElement rule, JsonElement value)
    {
        if (name is not ("minLength" or "maxLength" or "pattern" or "format")) return true;
        string text = value.GetString()!;
        return name switch
        {
            "minLength" => Characters(text) >= rule.GetInt64(),
            "maxLength" => Characters(text) <= rule.GetInt64(),
            "pattern" => Matches(rule.GetString()!, text),
            _ => !formats || rule.ValueKind != JsonValueKind.String || SchemaFormats.Holds(rule.GetString()!, text),
        };
    }

    /// <summary>Code points, as the draft counts them.</summary>
    private static int Characters(string text) => text.Length - text.Count(char.IsLowSurrogate);

    private bool Matches(string pattern, string text)
    {
        if (!_patterns.TryGetValue(pattern, out Regex? regex))
        {
            regex = SchemaCheck.Pattern(pattern)!;
            _patterns[pattern] = regex;
        }

        return regex.IsMatch(text);
    }

    private bool Number(string name, JsonElement rule, JsonElement value)
    {
        if (name is not ("minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf")) return true;
        if (!SchemaNumber.TryRead(value, out Rational number))
        {
            Limit = "A number of the answer has too many digits.";
            return false;
        }

        SchemaNumber.TryRead(rule, out Rational bound);
        return name switch
        {
            "minimum" => number >= bound,
            "maximum" => number <= bound,
            "exclusiveMinimum" => number > bound,
            "exclusiveMaximum" => number < bound,
            _ => (number / bound).IsInteger,
        };
    }

    private bool Array(JsonElement schema, string name, JsonElement rule, JsonElement value, string path, int depth)
    {
        switch (name)
        {
            case "minItems": return value.GetArrayLength() >= rule.GetInt64();
            case "maxItems": return value.GetArrayLength() <= rule.GetInt64();
            case "uniqueItems": return rule.ValueKind == JsonValueKind.False || Unique(value);
            case "prefixItems":
                return rule.EnumerateArray().Zip(value.EnumerateArray()).Select((pair, i) => (pair, i))
                    .All(entry => Holds(entry.pair.First, entry.pair.Second, At(path, entry.i), depth + 1));
            case "items":
                int first = schema.TryGetProperty("prefixItems", out JsonElement prefix) ? prefix.GetArrayLength() : 0;
                return value.EnumerateArray().Select((item, i) => (item, i)).Skip(first).All(entry => Holds(rule, entry.item, At(path, entry.i), depth + 1));
            case "contains":
                long least = schema.TryGetProperty("minContains", out JsonElement min) ? min.GetInt64() : 1;
                long most = schema.TryGetProperty("maxContains", out JsonElement max) ? max.GetInt64() : long.MaxValue;
                int found = 0;
                Silent(() => (found = value.EnumerateArray().Count(item => Holds(rule, item, path, depth + 1))) > 0);
                return found >= least && found <= most;
            default: return true;
        }
    }

    private static string At(string path, int i) => string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]");

    private bool Unique(JsonElement array)
    {
        // Equal values have equal canonical texts, so that a long list costs no more than sorting it.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return array.EnumerateArray().All(item => seen.Add(Canonical(item)));
    }

    private bool Object(JsonElement schema, string name, JsonElement rule, JsonElement value, string path, int depth)
    {
        switch (name)
        {
            case "minProperties": return value.EnumerateObject().Count() >= rule.GetInt64();
            case "maxProperties": return value.EnumerateObject().Count() <= rule.GetInt64();
            case "required": return rule.EnumerateArray().All(key => value.TryGetProperty(key.GetString()!, out _));
            case "dependentRequired":
                return rule.EnumerateObject().All(entry => !value.TryGetProperty(entry.Name, out _) || entry.Value.EnumerateArray().All(key => value.TryGetProperty(key.GetString()!, out _)));
            case "dependentSchemas":
                return rule.EnumerateObject().All(entry => !value.TryGetProperty(entry.Name, out _) || Holds(entry.Value, value, path, depth + 1));
            case "propertyNames":
                return value.EnumerateObject().All(entry => NameHolds(rule, entry.Name, path, depth));
            case "properties":
                return rule.EnumerateObject().All(entry => !value.TryGetProperty(entry.Name, out JsonElement part) || Holds(entry.Value, part, $"{path}.{Evidence.Clip(entry.Name)}", depth + 1));
            case "patternProperties":
                return rule.EnumerateObject().All(entry => value.EnumerateObject().All(part => !Matches(entry.Name, part.Name) || Holds(entry.Value, part.Value, $"{path}.{Evidence.Clip(part.Name)}", depth + 1)));
            case "additionalProperties":
                bool named = schema.TryGetProperty("properties", out JsonElement properties), matched = schema.TryGetProperty("patternProperties", out JsonElement patterns);
                return value.EnumerateObject().All(part => (named && properties.TryGetProperty(part.Name, out _))
                    || (matched && patterns.EnumerateObject().Any(entry => Matches(entry.Name, part.Name)))
                    || Holds(rule, part.Value, $"{path}.{Evidence.Clip(part.Name)}", depth + 1));
            default: return true;
        }
    }

    private bool NameHolds(JsonElement schema, string name, string path, int depth)
    {
        using JsonDocument text = JsonDocument.Parse("\"" + JsonEncodedText.Encode(name) + "\"");
        return Holds(schema, text.RootElement, path, depth + 1);
    }

    /// <summary>Equality of the draft: numbers by value, objects whatever the order of their names.</summary>
    private bool Same(JsonElement a, JsonElement b) => a.ValueKind == b.ValueKind && Canonical(a) == Canonical(b);

    private string Canonical(JsonElement value)
    {
        _work++;
        return value.ValueKind switch
        {
            JsonValueKind.Number => SchemaNumber.TryRead(value, out Rational number) ? number.ToString() : value.GetRawText(),
            JsonValueKind.String => "\"" + JsonEncodedText.Encode(value.GetString()!) + "\"",
            JsonValueKind.Array => "[" + string.Join(",", value.EnumerateArray().Select(Canonical)) + "]",
            JsonValueKind.Object => "{" + string.Join(",", value.EnumerateObject().OrderBy(entry => entry.Name, StringComparer.Ordinal)
                .Select(entry => "\"" + JsonEncodedText.Encode(entry.Name) + "\":" + Canonical(entry.Value))) + "}",
            _ => value.GetRawText(),
        };
    }
}
