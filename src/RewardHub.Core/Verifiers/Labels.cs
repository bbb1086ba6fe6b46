using System.Text.Json;
using RewardHub.Contracts;

namespace RewardHub.Verifiers;

/// <summary>Reads gold labels: a string, a number, or a list of them of which any one is right.</summary>
internal static class Labels
{
    /// <summary>Most accepted answers in a list label.</summary>
    public const int MaxAnswers = 64;

    /// <summary>Most characters of one gold answer.</summary>
    public const int MaxLength = 65_536;

    /// <summary>The accepted answers, at least one; or a <c>bad_label</c> error.</summary>
    public static Outcome<string[]> Texts(JsonElement? label)
    {
        if (label is not { } element || element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            return Bad("A label is needed: a string, a number or a list of them.");
        if (element.ValueKind != JsonValueKind.Array)
            return Text(element) is { } only ? Checked([only]) : Bad("The label must be a string, a number or a list of them.");
        int count = element.GetArrayLength();
        if (count is 0 or > MaxAnswers) return Bad($"A list label must hold 1 to {MaxAnswers} answers.");
        var texts = new string[count];
        int next = 0;
        foreach (JsonElement entry in element.EnumerateArray())
        {
            if (Text(entry) is not { } text) return Bad("Every entry of a list label must be a string or a number.");
            texts[next++] = text;
        }

        return Checked(texts);
    }

    public static ItemError Bad(string message) => new(ErrorCodes.BadLabel, message, "label");

    /// <summary>A string or number as text; null for anything else.</summary>
    public static string? Text(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Number) return element.GetRawText();
        if (element.ValueKind != JsonValueKind.String) return null;
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            // An escape such as \ud800 alone stands for no character.
            return null;
        }
    }

    private static Outcome<string[]> Checked(string[] texts)
    {
        foreach (string text in texts)
        {
            if (text.Length > MaxLength) return Bad($"A gold answer may hold at most {MaxLength} characters.");
        }

        return texts;
    }
}
