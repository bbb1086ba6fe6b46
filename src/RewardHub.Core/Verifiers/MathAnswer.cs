using System.Buffers;
using RewardHub.Verifiers.Symbolic;

namespace RewardHub.Verifiers;

/// <summary>An answer found in a response.</summary>
/// <param name="Text">As written.</param>
/// <param name="Form">As parsed; null when it is not read.</param>
/// <param name="Rule">Which rule found it.</param>
internal sealed record MathAnswer(string Text, Expr? Form, string Rule)
{
    /// <summary>What the text may mean besides; null when there is one reading.</summary>
    public Expr? Other { get; init; }

    /// <summary>Units that the form leaves out.</summary>
    public string Units { get; init; } = "";

    private const int MaxBoxes = 6;
    private const int MaxLine = 400;

    /// <summary>
    /// The answer of a response. Explicit statements come first, the rightmost of them: \boxed{}, &lt;answer&gt;, "answer is", "answer:".
    /// Then ####, a response that is nothing but an expression, the last formula in $…$, \(…\) or \[…\], the last line, the last number.
    /// </summary>
    /// <param name="text">The response after its reasoning.</param>
    /// <param name="words">Whether an answer in words is looked for, so that plain sentences count as one.</param>
    public static MathAnswer? Find(ReadOnlySpan<char> text, bool words)
    {
        bool boxed = Boxes(text, out string box, out int boxAt);
        bool tagged = AnswerText.Tagged(text, out int tagAt, out int tagLength);
        if (tagged && tagAt > boxAt)
        {
            ReadOnlySpan<char> inside = text.Slice(tagAt, tagLength);
            return Marked(boxed && boxAt >= tagAt ? box : inside.ToString(), "answer_tag");
        }

        int floor = boxed ? boxAt : -1;
        if (Phrase(text, floor, words) is { } phrase) return phrase;
        if (boxed) return Marked(box, "boxed");
        if (AnswerText.Hashed(text, out int hashAt, out int hashLength)) return Marked(text.Slice(hashAt, hashLength).ToString(), "hash");

        ReadOnlySpan<char> trimmed = text.Trim();
        bool line = trimmed.Length <= MaxLine && !trimmed.Contains('\n');
        if (line && Plain(trimmed, words) is { } whole) return Of(trimmed, whole, "whole");
        MathAnswer? formula = Formula(text, last: true) is { } stated ? Marked(stated, "last_formula") : null;
        if (formula is { Form: not null }) return formula;
        ReadOnlySpan<char> lastLine = AnswerText.LastLine(text);
        if (lastLine.Length <= MaxLine)
        {
            if (!line && Plain(lastLine, words) is { } end) return Of(lastLine, end, "last_line");
            int equals = lastLine.LastIndexOf('=');
            if (equals >= 0 && Plain(lastLine[(equals + 1)..], words: false) is { } right)
                return Of(lastLine[(equals + 1)..].Trim(), right, "last_line");
        }

        // Mathematics that is not read does not count as the last number in it.
        if (formula is not null) return formula;
        if (line && IsNotation(trimmed)) return new MathAnswer(trimmed.ToString(), null, "whole");
        if (!NumberText.Last(text, out ReadNumber number)) return null;
        if (MathParser.Scale(text[number.End..Math.Min(text.Length, number.End + 20)], out Rational scale))
            return new MathAnswer($"{text[number.Start..number.End]} × {scale}", new Expr.Number(number.Value * scale), "last_number");
        Expr value = new Expr.Number(number.Value);
        return new MathAnswer(
            text[number.Start..number.End].ToString(), number.Percent ? new Expr.Percent(value) : value, "last_number");
    }

    /// <summary>A text that a mark sets apart: parsed as mathematics, or else as words when it holds nothing else.</summary>
    public static MathAnswer Marked(string text, string rule)
    {
        Reading? reading = text.Length > MathParser.MaxLength ? null : MathParser.Read(text);
        if (reading is null && IsWordy(text) && MathParser.Words(text) is { } words) reading = new Reading(words, null, "");
        return reading is null ? new MathAnswer(text.Trim(), null, rule) : Of(text.AsSpan().Trim(), reading, rule);
    }

    private static MathAnswer Of(ReadOnlySpan<char> text, Reading reading, string rule) =>
        new(text.ToString(), reading.Form is Expr.Words words ? Numeral(words) : reading.Form, rule) { Other = reading.Other, Units = reading.Units };

    /// <summary>five is 5.</summary>
    private static Expr Numeral(Expr.Words words)
    {
        int value = Array.IndexOf(Numerals, words.Text);
        return value < 0 ? words : new Expr.Number(value);
    }

    private static readonly string[] Numerals =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
         "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"];

    private static readonly SearchValues<char> Signs = SearchValues.Create("[](){}<>=≤≥∪∩±/√⁻:");

    /// <summary>Notation rather than a sentence: LaTeX, or signs and digits without words.</summary>
    private static bool IsNotation(ReadOnlySpan<char> text)
    {
        if (text.ContainsAny('\\', '^')) return true;
        if (!text.ContainsAny(Signs) && !text.EndsWith("..", StringComparison.Ordinal) && !text.EndsWith("…", StringComparison.Ordinal)) return false;
        int letters = 0;
        foreach (char c in text)
        {
            letters = char.IsLetter(c) ? letters + 1 : 0;
            if (letters > 2) return false;
        }

        return true;
    }

    /// <summary>Letters, digits inside words, spaces and light punctuation; of LaTeX only text commands.</summary>
    private static bool IsWordy(ReadOnlySpan<char> text)
    {
        bool letters = false;
        foreach (char c in text)
        {
            letters |= char.IsLetter(c);
            // Notation that the parser does not read is no word: x⁻¹ is not x.
            if (c > 127 && !char.IsLetter(c) && !char.IsWhiteSpace(c) && char.GetUnicodeCategory(c) is not (System.Globalization.UnicodeCategory.NonSpacingMark
                or System.Globalization.UnicodeCategory.SpacingCombiningMark or System.Globalization.UnicodeCategory.FinalQuotePunctuation
                or System.Globalization.UnicodeCategory.InitialQuotePunctuation or System.Globalization.UnicodeCategory.DashPunctuation
                or System.Globalization.UnicodeCategory.OtherPunctuation))
            {
                return false;
            }

            if (c is '^' or '_' or '=' or '+' or '<' or '>' or '/' or '*' or '&' or '|') return false;
        }

        if (!letters || text.Length > 300) return false;
        return text.IndexOf('\\') < 0 || text.TrimStart().StartsWith("\\text", StringComparison.Ordinal)
            || text.TrimStart().StartsWith("\\mbox", StringComparison.Ordinal) || text.TrimStart().StartsWith("\\mathrm", StringComparison.Ordinal);
    }

    private static Reading? Plain(ReadOnlySpan<char> text, bool words)
    {
        if (text.IsEmpty) return null;
        Reading? reading = MathParser.Read(text);
        if (reading?.Form is Expr.Words said && !words) return Numeral(said) is Expr.Number number ? new Reading(number, null, "") : null;
        if (reading?.Form is Expr.Several { Items: [Expr.Words, ..] } && !words) return null;
        if (reading is null && words && IsWordy(text) && MathParser.Words(text) is { } all) return new Reading(all, null, "");
        return reading;
    }

    /// <summary>The last group of boxes; boxes joined by nothing but commas, "and" or "or" are one answer, at most six of them.</summary>
    private static bool Boxes(ReadOnlySpan<char> text, out string content, out int at)
    {
        (content, at) = ("", -1);
        if (!AnswerText.Boxed(text, out int start, out int length)) return false;
        at = start;
        content = text.Slice(start, length).ToString();
        for (int n = 1; n < MaxBoxes; n++)
        {
            int command = text[..start].LastIndexOf('\\');
            if (command < 0 || !AnswerText.Boxed(text[..command], out int before, out int size)) break;
            ReadOnlySpan<char> between = text[(before + size + 1)..command];
            if (between.Length > 40) break;
            ReadOnlySpan<char> joint = between.Trim(" $,;\n");
            if (joint is not ("and" or "or") && (!joint.IsEmpty || !between.Contains(','))) break;
            content = text.Slice(before, size).ToString() + (joint is "or" ? " or " : ", ") + content;
            start = before;
        }

        return true;
    }

    /// <summary>What the last "answer is" or "answer:" right of <paramref name="floor"/> states, when it can be read.</summary>
    private static MathAnswer? Phrase(ReadOnlySpan<char> text, int floor, bool words)
    {
        int end = text.Length;
        // A hostile response repeats the phrase; the last few are all that an answer needs.
        for (int tries = 0; tries < 8; tries++)
        {
            int at = AnswerText.LastWord(text[..end], "answer");
            if (at <= floor) return null;
            int i = at + "answer".Length;
            ReadOnlySpan<char> rest = text[i..end].TrimStart(" *_s");
            end = at;
            if (rest.StartsWith("is", StringComparison.OrdinalIgnoreCase)) rest = rest[2..].TrimStart(" *_:");
            else if (rest.StartsWith("are", StringComparison.OrdinalIgnoreCase)) rest = rest[3..].TrimStart(" *_:");
            else if (rest.Length > 0 && rest[0] is ':' or '=') rest = rest[1..].TrimStart(" *_\n");
            else continue;
            rest = rest.TrimStart();
            string? stated = rest.Length > 0 && (rest[0] == '$' || rest.StartsWith("\\(", StringComparison.Ordinal) || rest.StartsWith("\\[", StringComparison.Ordinal))
                ? Formula(rest, last: false) : null;
            stated ??= Sentence(rest).ToString();
            if (stated.Length > MaxLine) continue;
            if (Plain(stated, words: true) is { } reading && Of(stated, reading, "phrase") is var found && (words || found.Form is not Expr.Words)) return found;
        }

        return null;
    }

    /// <summary>Up to the end of the line or of the sentence.</summary>
    private static ReadOnlySpan<char> Sentence(ReadOnlySpan<char> text)
    {
        int line = text.IndexOf('\n');
        if (line >= 0) text = text[..line];
        int stop = text.IndexOf(". ", StringComparison.Ordinal);
        if (stop >= 0) text = text[..stop];
        return text.Trim();
    }

    /// <summary>The first or last formula between $…$, $$…$$, \(…\) or \[…\].</summary>
    private static string? Formula(ReadOnlySpan<char> text, bool last)
    {
        int start = -1, from = -1, to = -1;
        char open = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\\' && i + 1 < text.Length)
            {
                char next = text[++i];
                if (start < 0 && next is '(' or '[') (start, open) = (i + 1, next);
                else if (start >= 0 && ((open == '(' && next == ')') || (open == '[' && next == ']')))
                {
                    (from, to, start) = (start, i - 1, -1);
                    if (!last) break;
                }
            }
            else if (c == '$')
            {
                if (i + 1 < text.Length && text[i + 1] == '$') i++;
                if (start < 0)
                {
                    (start, open) = (i + 1, '$');
                }
                else if (open == '$')
                {
                    int end = text[i - 1] == '$' && i - 1 >= start ? i - 1 : i;
                    if (end > start) (from, to) = (start, end);
                    start = -1;
                    if (!last && from >= 0) break;
                }
            }
        }

        return from < 0 || to - from > MathParser.MaxLength ? null : text[from..to].ToString();
    }
}
