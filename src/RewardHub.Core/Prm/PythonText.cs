namespace RewardHub.Prm;

/// <summary>Text operations that must agree with Python, because published formats are defined by Python scripts.</summary>
internal static class PythonText
{
    /// <summary>
    /// <c>str.strip()</c>: also removes U+001C to U+001F, which <see cref="string.Trim()"/> keeps.
    /// </summary>
    public static string Strip(string text)
    {
        int start = 0, end = text.Length;
        while (start < end && IsSpace(text[start])) start++;
        while (end > start && IsSpace(text[end - 1])) end--;
        return text[start..end];
    }

    /// <summary>Whether nothing is left after <see cref="Strip"/>.</summary>
    public static bool IsBlank(string text)
    {
        foreach (char c in text)
        {
            if (!IsSpace(c)) return false;
        }

        return true;
    }

    /// <summary>
    /// <c>str.isspace()</c> of one character: bidirectional class WS, B or S, or category Zs. .NET's white space is the same set
    /// without the four separators U+001C to U+001F; all members lie in the basic plane.
    /// </summary>
    private static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';
}
