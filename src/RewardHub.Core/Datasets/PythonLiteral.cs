using System.Globalization;
using System.Text;

namespace RewardHub.Datasets;

/// <summary>Reads the text of a Python list of strings, as data frames write it: <c>['a', "b's"]</c>.</summary>
internal static class PythonLiteral
{
    /// <summary>The strings of the list; null when the text is anything else.</summary>
    public static IReadOnlyList<string>? Texts(string text)
    {
        var values = new List<string>();
        int at = Skip(text, 0);
        if (at >= text.Length || text[at++] != '[') return null;
        at = Skip(text, at);
        while (at < text.Length && text[at] != ']')
        {
            if (Quoted(text, ref at) is not { } value) return null;
            values.Add(value);
            at = Skip(text, at);
            if (at < text.Length && text[at] == ',') at = Skip(text, at + 1);
            else if (at >= text.Length || text[at] != ']') return null;
        }

        return at < text.Length && Skip(text, at + 1) == text.Length ? values : null;
    }

    private static int Skip(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at;
    }

    private static string? Quoted(string text, ref int at)
    {
        char quote = text[at];
        if (quote is not ('\'' or '"')) return null;
        var value = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            char c = text[at];
            if (c == quote)
            {
                at++;
                return value.ToString();
            }

            if (c != '\\')
            {
                value.Append(c);
                continue;
            }

            if (++at >= text.Length || !Escape(text, ref at, value)) return null;
        }

        return null;
    }

    private static bool Escape(string text, ref int at, StringBuilder value)
    {
        switch (text[at])
        {
            case 'n': value.Append('\n'); return true;
            case 't': value.Append('\t'); return true;
            case 'r': value.Append('\r'); return true;
            case 'a': value.Append('\a'); return true;
            case 'b': value.Append('\b'); return true;
            case 'f': value.Append('\f'); return true;
            case 'v': value.Append('\v'); return true;
            case '0': value.Append('\0'); return true;
            case '\\' or '\'' or '"': value.Append(text[at]); return true;
            case 'x': return Code(text, ref at, 2, value);
            case 'u': return Code(text, ref at, 4, value);
            case 'U': return Code(text, ref at, 8, value);
            // Python keeps the backslash of an escape that it does not know, as in LaTeX.
            default: value.Append('\\').Append(text[at]); return true;
        }
    }

    private static bool Code(string text, ref int at, int digits, StringBuilder value)
    {
        if (at + digits >= text.Length || !int.TryParse(
            text.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code))
            return false;
        at += digits;
        if (code is < 0 or > 0x10FFFF) return false;
        if (code <= 0xFFFF) value.Append((char)code);
        else value.Append(char.ConvertFromUtf32(code));
        return true;
    }
}
