using System.Text.Json;

namespace RewardHub.Inference.Tokenizers;

/// <summary>One JSON object of a tokenizer file, read strictly: what it holds and is not understood is refused by name.</summary>
/// <param name="File">The file that holds the object.</param>
/// <param name="Key">Where it stands, such as <c>pre_tokenizer.pretokenizers[0]</c>.</param>
/// <param name="Value">The value itself.</param>
internal readonly record struct JsonSection(string File, string Key, JsonElement Value)
{
    public ModelFormatException Refuse(string problem) => new(File, $"{Key}: {problem}");

    /// <summary>The object's <c>type</c>.</summary>
    public string Type => Text("type");

    /// <summary>Refuses members that are not named here; a member that is ignored would change the ids.</summary>
    public void Only(params ReadOnlySpan<string> names)
    {
        if (Value.ValueKind != JsonValueKind.Object) throw Refuse($"is {Value.ValueKind}, must be an object");
        foreach (JsonProperty member in Value.EnumerateObject())
        {
            if (!names.Contains(member.Name)) throw Refuse($"has the unknown key '{Show(member.Name)}'");
        }
    }

    public bool Has(string name) => Value.TryGetProperty(name, out JsonElement found) && found.ValueKind != JsonValueKind.Null;

    public JsonSection Child(string name) =>
        Value.ValueKind == JsonValueKind.Object && Value.TryGetProperty(name, out JsonElement found)
            ? new JsonSection(File, $"{Key}.{name}", found)
            : throw Refuse($"lacks '{name}'");

    public IEnumerable<JsonSection> Items(string name)
    {
        JsonSection list = Child(name);
        if (list.Value.ValueKind != JsonValueKind.Array) throw list.Refuse("must be an array");
        int index = 0;
        foreach (JsonElement item in list.Value.EnumerateArray()) yield return new JsonSection(File, $"{list.Key}[{index++}]", item);
    }

    public string Text(string name)
    {
        JsonSection child = Child(name);
        return child.Value.ValueKind == JsonValueKind.String ? child.Value.GetString()! : throw child.Refuse("must be a string");
    }

    public bool Flag(string name, bool absent)
    {
        if (!Has(name)) return absent;
        JsonSection child = Child(name);
        return child.Value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw child.Refuse("must be true or false"),
        };
    }

    public int Number(string name)
    {
        JsonSection child = Child(name);
        return child.Value.ValueKind == JsonValueKind.Number && child.Value.TryGetInt32(out int value) && value >= 0
            ? value
            : throw child.Refuse("must be a whole number from 0 to 2147483647");
    }

    /// <summary>A string that holds exactly one Unicode scalar value.</summary>
    public char Character(string name)
    {
        string text = Text(name);
        return text.Length == 1 ? text[0] : throw Child(name).Refuse("must be one character of the basic plane");
    }

    /// <summary>A foreign string, short enough for a message.</summary>
    public static string Show(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 80), "…");
}
