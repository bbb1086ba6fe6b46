namespace RewardHub.Verifiers;

/// <summary>Builds the evidence of a verdict: short texts by name.</summary>
internal static class Evidence
{
    /// <summary>Most characters of one piece of evidence, so that a hostile response is not copied into the answer.</summary>
    private const int MaxLength = 200;

    /// <summary>The text, or its start with the number of characters it had.</summary>
    public static string Clip(string text) =>
        text.Length <= MaxLength ? text : $"{text.AsSpan(0, MaxLength)}… ({text.Length} characters)";

    /// <summary>The text, or its start with the number of characters it had.</summary>
    public static string Clip(ReadOnlySpan<char> text) =>
        text.Length <= MaxLength ? text.ToString() : $"{text[..MaxLength]}… ({text.Length} characters)";

    public static Dictionary<string, string> Of(string name, string value) => new(1) { [name] = value };

    public static Dictionary<string, string> Of(string name1, string value1, string name2, string value2) =>
        new(2) { [name1] = value1, [name2] = value2 };

    public static Dictionary<string, string> Of(
        string name1, string value1, string name2, string value2, string name3, string value3) =>
        new(3) { [name1] = value1, [name2] = value2, [name3] = value3 };
}
