using System.Text;

namespace RewardHub.Verifiers;

/// <summary>Named normalizations of text before an exact comparison, applied in the order of <see cref="Names"/>.</summary>
internal static class TextNormalization
{
    /// <summary>Every name, in the order in which they are applied.</summary>
    public static readonly string[] Names = ["unicode", "case", "punctuation", "articles", "whitespace", "trim"];

    /// <summary>The normalized text.</summary>
    /// <remarks>
    /// unicode: NFKC. case: invariant lower case. punctuation: characters of the Unicode punctuation and symbol categories are
    /// removed. articles: the words a, an, the are removed. whitespace: every run becomes one space, and the ends are trimmed.
    /// trim: white space at both ends is removed.
    /// </remarks>
    public static string Apply(ReadOnlySpan<char> text, IReadOnlyList<string> names)
    {
        if (names.Count == 0) return text.ToString();
        if (names.Count == 1 && names[0] == "trim") return text.Trim().ToString();
        string result = text.ToString();
        foreach (string name in Names)
        {
            if (names.Contains(name)) result = One(result, name);
        }

        return result;
    }

    private static string One(string text, string name) => name switch
    {
        "unicode" => CompatibilityForm.Of(text),
        "case" => text.ToLowerInvariant(),
        "punctuation" => WithoutPunctuation(text),
        "articles" => WithoutArticles(text),
        "whitespace" => Collapse(text),
        _ => text.Trim(),
    };

    private static string WithoutPunctuation(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (!char.IsPunctuation(c) && !char.IsSymbol(c)) kept.Append(c);
        }

        return kept.ToString();
    }

    private static string WithoutArticles(string text)
    {
        var kept = new StringBuilder(text.Length);
        int i = 0;
        while (i < text.Length)
        {
            int start = i;
            while (i < text.Length && char.IsLetterOrDigit(text[i])) i++;
            ReadOnlySpan<char> word = text.AsSpan(start, i - start);
            bool article = word.Equals("a", StringComparison.OrdinalIgnoreCase)
                || word.Equals("an", StringComparison.OrdinalIgnoreCase) || word.Equals("the", StringComparison.OrdinalIgnoreCase);
            if (!article) kept.Append(word);
            if (i < text.Length) kept.Append(text[i++]);
        }

        return kept.ToString();
    }

    private static string Collapse(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (!char.IsWhiteSpace(c)) kept.Append(c);
            else if (kept.Length > 0 && kept[^1] != ' ') kept.Append(' ');
        }

        if (kept.Length > 0 && kept[^1] == ' ') kept.Length--;
        return kept.ToString();
    }
}
