namespace RewardHub.Verifiers;

/// <summary>Finds the option letters that a response states as its answer. Linear in the response.</summary>
internal static class ChoiceText
{
    private static readonly string[] Nouns = ["choice", "option", "letter", "key"];
    private static readonly string[] Verbs = ["is", "would be", "should be", "must be", "will be", "=", ":", "->", "→", "："];
    private static readonly string[] Subjects = ["answer", "choice", "option"];

    /// <summary>The two patterns of the MMLU-Pro generation code: <c>answer is \(?([A-J])\)?</c>, else <c>[aA]nswer:\s*([A-J])</c>.</summary>
    /// <remarks>As there, the letter is upper case and nothing is asked of the character after it. The rightmost match counts.</remarks>
    public static bool MmluPro(ReadOnlySpan<char> text, char last, out ChoiceMatch match) =>
        Literal(text, "answer is ", optionalParenthesis: true, last, out match)
        || Literal(text, "nswer:", optionalParenthesis: false, last, out match);

    /// <summary>The last explicit statement of an answer, else a response (or last line) that is nothing but a letter.</summary>
    public static bool Common(ReadOnlySpan<char> text, char last, out ChoiceMatch match)
    {
        match = default;
        if (AnswerText.Boxed(text, out int start, out int length) && Alone(text.Slice(start, length), last, out uint letters))
            match = new ChoiceMatch(letters, start, length, "boxed");
        if (AnswerText.Tagged(text, out start, out length) && start > match.Start
            && Alone(text.Slice(start, length), last, out letters))
        {
            match = new ChoiceMatch(letters, start, length, "answer_tag");
        }

        foreach (string subject in Subjects) Phrase(text, subject, last, ref match);
        IsCorrect(text, last, ref match);
        if (match.Letters != 0) return true;

        ReadOnlySpan<char> line = AnswerText.LastLine(text);
        if (!Alone(line, last, out letters) && !Labelled(line, last, out letters)) return false;
        match = new ChoiceMatch(letters, text.LastIndexOf(line, StringComparison.Ordinal), line.Length, "last_line");
        return true;
    }

    /// <summary>The letters of a text that is nothing but letters, such as <c>(B)</c>, <c>**b.**</c>, <c>\text{C}</c>, <c>A, C</c>.</summary>
    public static bool Alone(ReadOnlySpan<char> text, char last, out uint letters)
    {
        int i = 0;
        SkipOpening(text, ref i);
        SkipWord(text, ref i, Nouns);
        SkipOpening(text, ref i);
        return Letters(text, ref i, last, anyCase: true, out letters) && Closing(text[i..]);
    }

    /// <summary>A line that starts with a marked letter: <c>(B) mitochondria</c>, <c>B. mitochondria</c>, <c>B) …</c>.</summary>
    private static bool Labelled(ReadOnlySpan<char> line, char last, out uint letters)
    {
        letters = 0;
        int i = 0;
        while (i < line.Length && line[i] is '*' or '_' or '`' or ' ') i++;
        bool open = i < line.Length && line[i] == '(';
        if (open) i++;
        if (i + 1 >= line.Length || !InRange(line[i], last)) return false;
        if (open ? line[i + 1] != ')' : line[i + 1] is not (')' or '.' or ':')) return false;
        if (!open && i + 2 < line.Length && !char.IsWhiteSpace(line[i + 2]) && line[i + 2] != '*') return false;
        letters = 1u << (line[i] - 'A');
        return true;
    }

    private static bool Literal(
        ReadOnlySpan<char> text, ReadOnlySpan<char> phrase, bool optionalParenthesis, char last, out ChoiceMatch match)
    {
        match = default;
        ReadOnlySpan<char> head = text;
        while (true)
        {
            int at = head.LastIndexOf(phrase, StringComparison.Ordinal);
            if (at < 0) return false;
            int i = at + phrase.Length;
            if (optionalParenthesis) { if (i < text.Length && text[i] == '(') i++; }
            else while (i < text.Length && char.IsWhiteSpace(text[i])) i++;
            bool begins = optionalParenthesis || (at > 0 && text[at - 1] is 'a' or 'A');
            if (begins && i < text.Length && InRange(text[i], last))
            {
                match = new ChoiceMatch(1u << (text[i] - 'A'), at, i + 1 - at, "mmlu_pro");
                return true;
            }

            head = text[..at];
        }
    }

    /// <summary>"answer is (B)", "correct option: B", "final answer is option **B**": from the right, the first that reads.</summary>
    private static void Phrase(ReadOnlySpan<char> text, ReadOnlySpan<char> subject, char last, ref ChoiceMatch match)
    {
        ReadOnlySpan<char> head = text;
        while (true)
        {
            int at = AnswerText.LastWord(head, subject);
            if (at <= match.Start && match.Letters != 0) return;
            if (at < 0) return;
            head = text[..at];
            int i = at + subject.Length;
            SkipDecoration(text, ref i);
            SkipWord(text, ref i, Nouns);
            if (i < text.Length && text[i] == '(' && text[i..].StartsWith("(s)", StringComparison.OrdinalIgnoreCase)) i += 3;
            SkipDecoration(text, ref i);
            if (!SkipWord(text, ref i, Verbs)) continue;
            SkipDecoration(text, ref i);
            SkipWord(text, ref i, Verbs);
            SkipOpening(text, ref i);
            SkipWord(text, ref i, Nouns);
            SkipOpening(text, ref i);
            if (!Letters(text, ref i, last, anyCase: false, out uint letters)) continue;
            match = new ChoiceMatch(letters, at, i - at, "phrase");
            return;
        }
    }

    /// <summary>"(B) is correct", "option B is the correct answer": from the right.</summary>
    private static void IsCorrect(ReadOnlySpan<char> text, char last, ref ChoiceMatch match)
    {
        ReadOnlySpan<char> head = text;
        while (true)
        {
            int at = head.LastIndexOf(" is ", StringComparison.Ordinal);
            if (at < 0 || (at <= match.Start && match.Letters != 0)) return;
            head = text[..at];
            ReadOnlySpan<char> tail = text[(at + 4)..];
            if (tail.StartsWith("the ", StringComparison.Ordinal)) tail = tail[4..];
            if (!tail.StartsWith("correct", StringComparison.Ordinal) && !tail.StartsWith("right answer", StringComparison.Ordinal))
                continue;
            int end = at;
            while (end > 0 && text[end - 1] is ')' or '*' or '}' or '`') end--;
            if (end == 0 || !InRange(text[end - 1], last) || (end > 1 && char.IsLetterOrDigit(text[end - 2]))) continue;
            match = new ChoiceMatch(1u << (text[end - 1] - 'A'), end - 1, at + 4 - (end - 1), "is_correct");
            return;
        }
    }

    /// <summary>
    /// One letter, or several joined by comma, slash, ampersand, "and" or "or"; the last must not run on into a word.
    /// A lower-case letter counts when <paramref name="anyCase"/> is set or a bracket closes it.
    /// </summary>
    private static bool Letters(ReadOnlySpan<char> text, ref int i, char last, bool anyCase, out uint letters)
    {
        letters = 0;
        if (!Letter(text, ref i, last, anyCase, out char letter)) return false;
        letters = 1u << (letter - 'A');
        while (true)
        {
            int next = i;
            while (next < text.Length && text[next] is ')' or ']' or '}' or '*' or '`' or '_' or '$') next++;
            int gap = next;
            while (next < text.Length && text[next] == ' ') next++;
            bool joined = false;
            if (next < text.Length && text[next] is ',' or '/' or '&')
            {
                (next, joined) = (next + 1, true);
                while (next < text.Length && text[next] == ' ') next++;
            }

            if (next > gap && (Word(text, ref next, "and") || Word(text, ref next, "or"))) joined = true;
            if (!joined) return true;
            SkipOpening(text, ref next);
            SkipWord(text, ref next, Nouns);
            SkipOpening(text, ref next);
            if (!Letter(text, ref next, last, anyCase: false, out letter)) return true;
            letters |= 1u << (letter - 'A');
            i = next;
        }
    }

    private static bool Letter(ReadOnlySpan<char> text, ref int i, char last, bool anyCase, out char letter)
    {
        letter = '\0';
        if (i >= text.Length) return false;
        char upper = char.ToUpperInvariant(text[i]);
        if (!char.IsAscii(text[i]) || !InRange(upper, last)) return false;
        if (i + 1 < text.Length && (char.IsLetterOrDigit(text[i + 1]) || text[i + 1] is '\'' or '’')) return false;
        bool closed = i > 0 && text[i - 1] is '(' or '{' or '[' && i + 1 < text.Length && text[i + 1] is ')' or '}' or ']';
        if (upper != text[i] && !anyCase && !closed) return false;
        letter = upper;
        i++;
        // "A good choice" after "the answer is" is an article, not the letter A.
        bool article = letter == 'A' && !anyCase && !closed && i + 1 < text.Length && text[i] == ' '
            && char.IsAsciiLetterLower(text[i + 1]) && !AfterArticle(text[(i + 1)..]);
        return !article;
    }

    private static bool AfterArticle(ReadOnlySpan<char> tail) =>
        Word(tail, "and") || Word(tail, "or") || Word(tail, "because") || Word(tail, "since") || Word(tail, "as")
        || Word(tail, "is") || Word(tail, "with") || Word(tail, "which");

    private static bool Word(ReadOnlySpan<char> tail, ReadOnlySpan<char> word)
    {
        int i = 0;
        return Word(tail, ref i, word);
    }

    private static bool Word(ReadOnlySpan<char> text, ref int i, ReadOnlySpan<char> word)
    {
        ReadOnlySpan<char> tail = text[i..];
        if (!tail.StartsWith(word, StringComparison.OrdinalIgnoreCase)) return false;
        bool letters = char.IsLetter(word[^1]);
        if (letters && tail.Length > word.Length && char.IsLetterOrDigit(tail[word.Length])) return false;
        i += word.Length;
        while (i < text.Length && text[i] == ' ') i++;
        return true;
    }

    private static bool SkipWord(ReadOnlySpan<char> text, ref int i, string[] words)
    {
        foreach (string word in words)
        {
            if (Word(text, ref i, word)) return true;
        }

        return false;
    }

    private static void SkipDecoration(ReadOnlySpan<char> text, ref int i)
    {
        while (i < text.Length && text[i] is ' ' or '*' or '_' or '`') i++;
    }

    /// <summary>Passes over white space, emphasis, opening brackets, quotes and LaTeX commands such as <c>\text{</c>.</summary>
    private static void SkipOpening(ReadOnlySpan<char> text, ref int i)
    {
        while (i < text.Length)
        {
            char c = text[i];
            if (char.IsWhiteSpace(c) || c is '*' or '_' or '`' or '(' or '[' or '{' or '$' or '"' or '\'' or '“' or ':')
            {
                i++;
            }
            else if (c == '\\' && i + 1 < text.Length && (char.IsAsciiLetter(text[i + 1]) || text[i + 1] is '(' or '['))
            {
                int end = i + 2;
                while (end < text.Length && char.IsAsciiLetter(text[end])) end++;
                if (text[i + 1] is not ('(' or '[') && (end >= text.Length || text[end] != '{')) return;
                i = end;
            }
            else
            {
                return;
            }
        }
    }

    private static bool Closing(ReadOnlySpan<char> tail)
    {
        foreach (char c in tail)
        {
            if (!char.IsWhiteSpace(c) && c is not (')' or ']' or '}' or '*' or '_' or '`' or '$' or '"' or '\'' or '”' or '.' or '\\'))
                return false;
        }

        return true;
    }

    private static bool InRange(char c, char last) => c >= 'A' && c <= last;
}

/// <summary>Letters found in a response.</summary>
/// <param name="Letters">Bit 0 for A; 0 when nothing was found.</param>
/// <param name="Start">Where the statement starts.</param>
/// <param name="Length">Its length.</param>
/// <param name="Rule">Which rule found it.</param>
internal readonly record struct ChoiceMatch(uint Letters, int Start, int Length, string Rule);
