using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;

namespace RewardHub.Verifiers.Symbolic;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    /// <summary>End of the text.</summary>
    End = 0,

    /// <summary>A number with its value.</summary>
    Number = 1,

    /// <summary>A letter, Greek letter or multi-letter name.</summary>
    Name = 2,

    /// <summary>A function or command that takes arguments, such as sin, frac, sqrt, begin.</summary>
    Command = 3,

    /// <summary>An operator or bracket; the text is one character, with { and } for LaTeX groups and ⦃ ⦄ for set braces.</summary>
    Sign = 4,

    /// <summary>Words from \text{…} or plain text.</summary>
    Words = 5,
}

/// <summary>One token.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, Rational Value = default, int Decimals = -1, bool SpaceBefore = false);

/// <summary>Cuts an answer, LaTeX or plain, into tokens. Linear in the text, which the caller bounds.</summary>
internal static class MathLexer
{
    /// <summary>Most tokens of one answer.</summary>
    private const int MaxTokens = 1_500;

    private static readonly FrozenSet<string> Ignored = new[]
    {
        "left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "displaystyle", "textstyle",
        "limits", "quad", "qquad", "middle", "rm", "bf", "it", "mathstrut", "strut", "hfill", "nolimits", "scriptstyle",
    }.ToFrozenSet();

    private static readonly FrozenSet<string> Fonts = new[]
    {
        "text", "textbf", "textit", "textrm", "texttt", "textsf", "mbox", "hbox", "mathrm", "mathbf", "mathit", "mathsf", "mathtt",
        "operatorname", "boldsymbol", "bm", "emph", "mathcal", "mathbb", "mathfrak", "underline",
    }.ToFrozenSet();

    private static readonly FrozenDictionary<string, string> Signs = new Dictionary<string, string>
    {
        ["cdot"] = "*", ["times"] = "*", ["ast"] = "*", ["div"] = "/", ["pm"] = "±", ["mp"] = "∓", ["le"] = "≤", ["leq"] = "≤",
        ["leqslant"] = "≤", ["ge"] = "≥", ["geq"] = "≥", ["geqslant"] = "≥", ["ne"] = "≠", ["neq"] = "≠", ["lt"] = "<", ["gt"] = ">",
        ["in"] = "∈", ["approx"] = "≈", ["simeq"] = "≈", ["cup"] = "∪", ["cap"] = "∩", ["setminus"] = "∖", ["backslash"] = "∖", ["mid"] = "|", ["vert"] = "|",
        ["lvert"] = "|", ["rvert"] = "|", ["lbrace"] = "⦃", ["rbrace"] = "⦄", ["langle"] = "(", ["rangle"] = ")", ["circ"] = "°",
        ["degree"] = "°", ["degrees"] = "°", ["lfloor"] = "⌊", ["rfloor"] = "⌋", ["lceil"] = "⌈", ["rceil"] = "⌉", ["colon"] = ":",
        ["equiv"] = "=", ["prime"] = "'", ["lbrack"] = "[", ["rbrack"] = "]", ["land"] = "∧", ["lor"] = "∨", ["vee"] = "∨", ["wedge"] = "∧", ["lparen"] = "(", ["rparen"] = ")",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> Constants = new Dictionary<string, string>
    {
        ["pi"] = "π", ["infty"] = "∞", ["emptyset"] = "∅", ["varnothing"] = "∅", ["imath"] = "i",
    }.ToFrozenDictionary();

    /// <summary>Functions and commands with arguments, in LaTeX and in plain text.</summary>
    public static readonly FrozenSet<string> Commands = new[]
    {
        "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "log", "ln", "lg", "exp", "sqrt",
        "frac", "binom", "max", "min", "gcd", "lcm", "abs", "floor", "ceil", "begin", "end", "overline", "asin", "acos", "atan", "cbrt",
        "boxed", "det", "Re", "Im",
    }.ToFrozenSet();

    private static readonly FrozenDictionary<string, string> PlainNames = new Dictionary<string, string>
    {
        ["pi"] = "π", ["Pi"] = "π", ["inf"] = "∞", ["infinity"] = "∞", ["Infinity"] = "∞", ["oo"] = "∞",
    }.ToFrozenDictionary();

    private const string UnitLetters = "mgshNJWVLlAKCF";

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.,-");

    private const string Greek = " alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho sigma tau "
        + "upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega ell ";

    /// <summary>The tokens, the last of kind End; null when the text holds something that is not mathematics or too much of it.</summary>
    public static List<Token>? Read(ReadOnlySpan<char> text)
    {
        var tokens = new List<Token>();
        int i = 0, depth = 0;
        bool space = false;
        while (i < text.Length)
        {
            if (tokens.Count >= MaxTokens) return null;
            char c = text[i];
            if (char.IsWhiteSpace(c) || c is '$' or '~' or '\u200b')
            {
                (space, i) = (true, i + 1);
                continue;
            }

            int before = tokens.Count;
            if (char.IsAsciiHexDigitUpper(c) && Based(text, ref i, space, tokens))
            {
            }
            else if (char.IsAsciiDigit(c) || (c == '.' && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1])))
            {
                if (!Number(text, ref i, depth > 0, space, tokens)) return null;
            }
            else if (c == '\\')
            {
                if (!Command(text, ref i, space, tokens)) return null;
            }
            else if (IsLetter(c))
            {
                Letters(text, ref i, space, tokens);
            }
            else if (Shifted(text, ref i, tokens))
            {
            }
            else if (c == ':' && !space && IsClock(text, i, tokens))
            {
                tokens.Add(new Token(TokenKind.Sign, "∶"));
                i++;
            }
            else if (!Symbol(c, space, tokens))
            {
                return null;
            }
            else
            {
                i++;
                if (c == '*' && i < text.Length && text[i] == '*')
                {
                    i++;
                    tokens[^1] = new Token(TokenKind.Sign, "^");
                }
                else if (i < text.Length && text[i] == '=' && c is '<' or '>' or '!')
                {
                    i++;
                    tokens[^1] = new Token(TokenKind.Sign, c == '<' ? "≤" : c == '>' ? "≥" : "≠");
                }
            }

            if (tokens.Count > before)
            {
                space = false;
                if (tokens[^1].Kind == TokenKind.Sign)
                    depth += tokens[^1].Text switch { "(" or "[" or "⦃" => 1, ")" or "]" or "⦄" => -1, _ => 0 };
            }
        }

        tokens.Add(new Token(TokenKind.End, ""));
        return tokens;
    }

    /// <summary>Digits with thousands separators and decimals. Inside brackets a comma separates items instead.</summary>
    private static bool Number(ReadOnlySpan<char> text, ref int i, bool bracketed, bool space, List<Token> tokens)
    {
        Span<char> digits = stackalloc char[NumberText.MaxDigits];
        int count = 0, small = 0, lead = 0, began = i;
        bool point = false, grouped = false;
        while (i < text.Length)
        {
            char c = text[i];
            if (char.IsAsciiDigit(c))
            {
                if (count >= digits.Length) return false;
                digits[count++] = c;
                if (point) small++;
                else lead++;
                i++;
            }
            else if (c == '.' && !point && (count == 0 || (i + 1 < text.Length && char.IsAsciiDigit(text[i + 1])) || i + 1 == text.Length
                || text[i + 1] == '\\'))
            {
                point = true;
                i++;
            }
            else if (!point && Group(text, i, bracketed, out int skip) && (grouped || lead <= 3) && count > 0)
            {
                // 12,34,567 is a list or a number grouped in another way.
                if (!grouped && began > 1 && text[began - 1] == ',' && char.IsAsciiDigit(text[began - 2])) return false;
                grouped = true;
                i += skip;
            }
            else
            {
                break;
            }
        }

        BigInteger whole = BigInteger.Parse(digits[..count], NumberStyles.None, CultureInfo.InvariantCulture);
        Rational value = small == 0 ? whole : (Rational)whole * Rational.PowerOfTen(-small);
        int decimals = small > 0 ? small : -1;
        // 0.(3) and 0.1(6) are repeating for some and products for others.
        if (point && i + 1 < text.Length && text[i] == '(' && char.IsAsciiDigit(text[i + 1])) return false;
        if (point && Repeating(text, ref i, out string period))
        {
            BigInteger nines = BigInteger.Pow(10, period.Length) - 1;
            var tail = new Rational(BigInteger.Parse(period, NumberStyles.None, CultureInfo.InvariantCulture), nines);
            (value, decimals) = (value + (tail * Rational.PowerOfTen(-small)), -1);
        }

        // 1e5, 1.5E-3: only when digits follow, and never inside LaTeX such as 2e^x.
        int at = i + 1;
        if (i < text.Length && text[i] is 'e' or 'E')
        {
            bool negative = at < text.Length && text[at] == '-';
            if (at < text.Length && text[at] is '-' or '+') at++;
            int start = at, power = 0;
            while (at < text.Length && char.IsAsciiDigit(text[at]) && at - start < 5) power = (power * 10) + (text[at++] - '0');
            bool ended = at == text.Length || !(char.IsLetterOrDigit(text[at]) || text[at] is '^' or '.');
            if (at > start && ended && power <= NumberText.MaxDigits)
            {
                value *= Rational.PowerOfTen(negative ? -power : power);
                decimals = negative ? Math.Max(decimals, 0) + power : value.IsInteger ? -1 : Math.Max(0, decimals - power);
                i = at;
            }
        }

        tokens.Add(new Token(TokenKind.Number, "", value, decimals, space));
        return true;
    }

    private static bool Group(ReadOnlySpan<char> text, int i, bool bracketed, out int skip)
    {
        ReadOnlySpan<char> tail = text[i..];
        skip = tail.StartsWith("{,}", StringComparison.Ordinal) || tail.StartsWith(",\\!", StringComparison.Ordinal) ? 3
            : tail.StartsWith("\\,", StringComparison.Ordinal) ? 2
            : tail[0] is '\u2009' or '\u202f' ? 1
            // No item of a tuple is written 000: (1,000) is a number.
            : tail[0] == ',' && (!bracketed || (tail.Length > 1 && tail[1] == '0')) ? 1 : 0;
        if (skip == 0 || tail.Length < skip + 3) return false;
        for (int k = 0; k < 3; k++)
        {
            if (!char.IsAsciiDigit(tail[skip + k])) return false;
        }

        return tail.Length == skip + 3 || !char.IsAsciiDigit(tail[skip + 3]);
    }

    private static bool Repeating(ReadOnlySpan<char> text, ref int i, out string period)
    {
        period = "";
        ReadOnlySpan<char> tail = text[i..];
        if (tail.StartsWith("\\dot{", StringComparison.Ordinal)) return Dotted(tail, ref i, out period);
        int open = tail.StartsWith("\\overline{", StringComparison.Ordinal) ? 10 : tail.StartsWith("\\bar{", StringComparison.Ordinal) ? 5 : 0;
        if (open == 0) return false;
        int length = tail[open..].IndexOf('}');
        if (length is < 1 or > 100 || tail.Slice(open, length).ContainsAnyExceptInRange('0', '9')) return false;
        period = tail.Slice(open, length).ToString();
        i += open + length + 1;
        return true;
    }

    /// <summary>\dot{1}4285\dot{7}: dots over the first and last digit of the period.</summary>
    private static bool Dotted(ReadOnlySpan<char> tail, ref int i, out string period)
    {
        period = "";
        int at = 0;
        bool closed = false;
        while (at < tail.Length && period.Length < 100 && !closed)
        {
            if (tail[at..].StartsWith("\\dot{", StringComparison.Ordinal) && at + 6 < tail.Length && char.IsAsciiDigit(tail[at + 5]) && tail[at + 6] == '}')
            {
                closed = period.Length > 0;
                period += tail[at + 5];
                at += 7;
            }
            else if (char.IsAsciiDigit(tail[at]))
            {
                period += tail[at++];
            }
            else
            {
                break;
            }
        }

        if (period.Length == 0 || (!closed && period.Length > 1)) return false;
        i += at;
        return true;
    }

    /// <summary>1A_{16}: digits and letters with a base above ten.</summary>
    private static bool Based(ReadOnlySpan<char> text, ref int i, bool space, List<Token> tokens)
    {
        int end = i;
        while (end < text.Length && end - i < 64 && char.IsAsciiHexDigitUpper(text[end])) end++;
        if (end + 1 >= text.Length || text[end] != '_') return false;
        int at = end + 1;
        bool braced = text[at] == '{';
        if (braced) at++;
        int radix = 0, digits = 0;
        while (at < text.Length && digits < 3 && char.IsAsciiDigit(text[at])) (radix, digits, at) = ((radix * 10) + (text[at] - '0'), digits + 1, at + 1);
        if (radix is < 11 or > 16 || (braced && (at >= text.Length || text[at++] != '}'))) return false;
        BigInteger value = 0;
        foreach (char c in text[i..end])
        {
            int digit = char.IsAsciiDigit(c) ? c - '0' : c - 'A' + 10;
            if (digit >= radix) return false;
            value = (value * radix) + digit;
        }

        i = at;
        tokens.Add(new Token(TokenKind.Number, "", value, -1, space));
        return true;
    }

    /// <summary>A run of superscript or subscript digits, as ^{…} or _{…}.</summary>
    private static bool Shifted(ReadOnlySpan<char> text, ref int i, List<Token> tokens)
    {
        const string Super = "⁰¹²³⁴⁵⁶⁷⁸⁹", Sub = "₀₁₂₃₄₅₆₇₈₉";
        int at = i;
        bool negative = text[at] == '⁻';
        if (negative) at++;
        if (at < text.Length && text[at] == 'ⁿ')
        {
            tokens.AddRange([new Token(TokenKind.Sign, "^"), new Token(TokenKind.Sign, "{")]);
            if (negative) tokens.Add(new Token(TokenKind.Sign, "-"));
            tokens.AddRange([new Token(TokenKind.Name, "n"), new Token(TokenKind.Sign, "}")]);
            i = at + 1;
            return true;
        }

        string digits = at < text.Length && Super.Contains(text[at], StringComparison.Ordinal) ? Super : Sub;
        BigInteger value = 0;
        int start = at;
        while (at < text.Length && at - start < 20 && digits.IndexOf(text[at], StringComparison.Ordinal) is >= 0 and int digit)
            (value, at) = ((value * 10) + digit, at + 1);
        if (at == start || (negative && digits == Sub)) return false;
        tokens.AddRange([new Token(TokenKind.Sign, digits == Super ? "^" : "_"), new Token(TokenKind.Sign, "{")]);
        if (negative) tokens.Add(new Token(TokenKind.Sign, "-"));
        tokens.AddRange([new Token(TokenKind.Number, "", value), new Token(TokenKind.Sign, "}")]);
        i = at;
        return true;
    }

    /// <summary>Whether a colon stands in a time such as 12:30.</summary>
    private static bool IsClock(ReadOnlySpan<char> text, int i, List<Token> tokens) =>
        tokens.Count > 0 && tokens[^1] is { Kind: TokenKind.Number, Decimals: < 0 } hours && hours.Value < 60 && hours.Value.IsInteger
        && i + 2 < text.Length && text[i + 1] is >= '0' and <= '5' && char.IsAsciiDigit(text[i + 2])
        && (i + 3 == text.Length || !char.IsAsciiDigit(text[i + 3]));

    private static bool IsLetter(char c) => char.IsLetter(c) && c is not ('π' or 'ª' or 'º' or 'ⁿ' or 'ⁱ');

    private static bool Command(ReadOnlySpan<char> text, ref int i, bool space, List<Token> tokens)
    {
        int start = ++i;
        while (i < text.Length && char.IsAsciiLetter(text[i])) i++;
        if (i == start)
        {
            if (i >= text.Length) return true;
            char c = text[i++];
            string? sign = c switch { '{' => "⦃", '}' => "⦄", '%' => "%", '\\' => "\\", '|' => "|", '&' => "&", _ => null };
            if (sign is not null) tokens.Add(new Token(TokenKind.Sign, sign, SpaceBefore: space));
            return sign is not null || c is ',' or ';' or ':' or '!' or ' ' or '$' or '(' or ')' or '[' or ']' or '/' or '\n';
        }

        string name = text[start..i].ToString();
        if (Ignored.Contains(name))
        {
            // The empty delimiter of \left. and \right.
            if (name is "left" or "right" && i < text.Length && text[i] == '.') i++;
            return true;
        }

        if (name is "dfrac" or "tfrac" or "cfrac") name = "frac";
        if (name is "dbinom" or "tbinom") name = "binom";
        if (Fonts.Contains(name)) return Text(text, ref i, name, space, tokens);
        if (Signs.TryGetValue(name, out string? known)) tokens.Add(new Token(TokenKind.Sign, known, SpaceBefore: space));
        else if (Constants.TryGetValue(name, out string? constant)) tokens.Add(new Token(TokenKind.Name, constant, SpaceBefore: space));
        else if (Commands.Contains(name)) tokens.Add(new Token(TokenKind.Command, name, SpaceBefore: space));
        else if (Greek.Contains(" " + name + " ", StringComparison.Ordinal)) tokens.Add(new Token(TokenKind.Name, "\\" + name, SpaceBefore: space));
        else return false;
        return true;
    }

    /// <summary><c>\text{…}</c> and its kin: their content as words, or as a name when it is one letter.</summary>
    private static bool Text(ReadOnlySpan<char> text, ref int i, string font, bool space, List<Token> tokens)
    {
        while (i < text.Length && text[i] == ' ') i++;
        if (i >= text.Length || text[i] != '{') return true;
        int depth = 0, start = i + 1;
        for (; i < text.Length; i++)
        {
            if (text[i] == '{') depth++;
            else if (text[i] == '}' && --depth == 0) break;
        }

        if (i >= text.Length) return false;
        ReadOnlySpan<char> content = text[start..i++].Trim();
        // 5\text{ m} has a unit; a letter alone is a name.
        if (content.Length == 1 && tokens.Count > 0 && tokens[^1].Kind == TokenKind.Number && font is "text" or "mathrm" or "textrm"
            && UnitLetters.Contains(content[0], StringComparison.Ordinal))
            tokens.Add(new Token(TokenKind.Words, content.ToString(), SpaceBefore: true));
        else if (content.Length == 1 && char.IsLetter(content[0]))
            tokens.Add(new Token(TokenKind.Name, font == "mathbb" ? "ℝ" + content[0] : content.ToString(), SpaceBefore: space));
        else if (content.Length == 3 && content[0] == '(' && content[2] == ')' && char.IsLetter(content[1]))
            tokens.Add(new Token(TokenKind.Name, content[1].ToString(), SpaceBefore: space));
        else if (content is "and" or "or")
            tokens.Add(new Token(TokenKind.Sign, content.ToString(), SpaceBefore: space));
        else if (Commands.Contains(content.ToString()))
            tokens.Add(new Token(TokenKind.Command, content.ToString(), SpaceBefore: space));
        else if (content.Length > 0 && !content.ContainsAnyExcept(NumberCharacters))
            return Plain(content, space, tokens);
        else if (content.Length > 0)
            tokens.Add(new Token(TokenKind.Words, content.ToString(), SpaceBefore: space));
        return true;
    }

    private static bool Plain(ReadOnlySpan<char> content, bool space, List<Token> tokens)
    {
        List<Token>? inner = Read(content);
        if (inner is null) return false;
        for (int k = 0; k + 1 < inner.Count; k++) tokens.Add(inner[k] with { SpaceBefore = space });
        return true;
    }

    private static void Letters(ReadOnlySpan<char> text, ref int i, bool space, List<Token> tokens)
    {
        int start = i;
        while (i < text.Length && IsLetter(text[i])) i++;
        string word = text[start..i].ToString();
        if (word is ['d', _] && i + 2 < text.Length && text[i] == '/' && text[i + 1] == 'd' && IsLetter(text[i + 2])
            && (i + 3 == text.Length || !IsLetter(text[i + 3])))
        {
            // dy/dx is one name, not a quotient.
            tokens.Add(new Token(TokenKind.Name, $"{word}/d{text[i + 2]}", SpaceBefore: space));
            i += 3;
            return;
        }

        if (word is "x" or "X" && space && tokens.Count > 0 && tokens[^1].Kind == TokenKind.Number
            && text[i..].TrimStart() is ['1', '0', '^' or '⁰' or '¹' or '²' or '³' or '⁴' or '⁵' or '⁶' or '⁷' or '⁸' or '⁹' or '⁻', ..])
        {
            tokens.Add(new Token(TokenKind.Sign, "*", SpaceBefore: true));
            return;
        }

        if (PlainNames.TryGetValue(word, out string? name)) tokens.Add(new Token(TokenKind.Name, name, SpaceBefore: space));
        else if (word.Length > 1 && Commands.Contains(word)) tokens.Add(new Token(TokenKind.Command, word, SpaceBefore: space));
        else if (word is "and" or "or") tokens.Add(new Token(TokenKind.Sign, word, SpaceBefore: space));
        else if (word is "U" or "u" && space && i < text.Length && text[i] is ' ') tokens.Add(new Token(TokenKind.Sign, "∪", SpaceBefore: space));
        else if (word.Length == 1) tokens.Add(new Token(TokenKind.Name, word, SpaceBefore: space));
        else tokens.Add(new Token(TokenKind.Words, word, SpaceBefore: space));
    }

    private static bool Symbol(char c, bool space, List<Token> tokens)
    {
        (TokenKind kind, string text) = c switch
        {
            '+' or '-' or '*' or '/' or '^' or '_' or '(' or ')' or '[' or ']' or '{' or '}' or ',' or ';' or '=' or '<' or '>' or '|' or '!'
                or '%' or '\'' or '&' or '±' or '≤' or '≥' or '≠' or '≈' or '∈' or '∪' or '∩' or '∖' or '°' or ':' or '⌊' or '⌋' or '⌈' or '⌉'
                => (TokenKind.Sign, c.ToString()),
            '−' or '–' => (TokenKind.Sign, "-"),
            '×' or '·' or '⋅' or '∙' => (TokenKind.Sign, "*"),
            '÷' => (TokenKind.Sign, "/"),
            'π' => (TokenKind.Name, "π"),
            '∞' => (TokenKind.Name, "∞"),
            '∅' => (TokenKind.Name, "∅"),
            '√' => (TokenKind.Command, "sqrt"),
            '½' or '¼' or '¾' or '⅓' or '⅔' or '⅕' or '⅖' or '⅗' or '⅘' or '⅙' or '⅚' or '⅛' or '⅜' or '⅝' or '⅞' => (TokenKind.Number, ""),
            _ => (TokenKind.End, ""),
        };
        if (kind == TokenKind.End) return c is '€' or '£' or '\u2061' or '\u2062';
        Rational value = kind != TokenKind.Number ? default : c switch
        {
            '½' => new Rational(1, 2), '¼' => new Rational(1, 4), '¾' => new Rational(3, 4), '⅓' => new Rational(1, 3), '⅔' => new Rational(2, 3),
            '⅕' => new Rational(1, 5), '⅖' => new Rational(2, 5), '⅗' => new Rational(3, 5), '⅘' => new Rational(4, 5), '⅙' => new Rational(1, 6),
            '⅚' => new Rational(5, 6), '⅛' => new Rational(1, 8), '⅜' => new Rational(3, 8), '⅝' => new Rational(5, 8), _ => new Rational(7, 8),
        };
        tokens.Add(new Token(kind, text, value, -1, space));
        return true;
    }
}
