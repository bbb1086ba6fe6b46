namespace RewardHub.Inference.Tokenizers.Splitting;

/// <summary>
/// The word patterns of the published byte-level vocabularies, written out by hand because they run over every character.
/// They match at every position, so the matches cover the text.
/// </summary>
internal sealed class WordMatcher : SplitMatcher
{
    private const string Head = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}";
    private const string Tail = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>GPT-2, and a ByteLevel pre-tokenizer that splits for itself.</summary>
    public const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>Llama-3 and cl100k descendants: numbers in groups of up to three.</summary>
    public const string LlamaPattern = Head + "{1,3}" + Tail;

    /// <summary>Qwen2 and Qwen3: one digit at a time.</summary>
    public const string QwenPattern = Head + Tail;

    private readonly bool _gpt2;
    private readonly int _digits;

    private WordMatcher(bool gpt2, int digits) => (_gpt2, _digits) = (gpt2, digits);

    /// <summary>GPT-2's own splits.</summary>
    public static WordMatcher Gpt2 { get; } = new(true, int.MaxValue);

    /// <summary>The matcher of a known pattern; null for another.</summary>
    public static WordMatcher? Of(string pattern) => pattern switch
    {
        Gpt2Pattern => Gpt2,
        LlamaPattern => new WordMatcher(false, 3),
        QwenPattern => new WordMatcher(false, 1),
        _ => null,
    };

    public override bool Next(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        start = end = from;
        if (from >= text.Length) return false;
        end = _gpt2 ? Gpt2End(text, from) : End(text, from);
        return true;
    }

    private int End(ReadOnlySpan<char> text, int at)
    {
        char first = text[at];
        if (first == '\'' && Contraction(text, at, ignoreCase: true) is > 0 and int contraction) return at + contraction;
        CharacterKind kind = CharacterClasses.At(text, at, out int units);
        int next = at + units;
        if (kind == CharacterKind.Letter) return Run(text, next, CharacterKind.Letter);
        if (kind == CharacterKind.Number) return Numbers(text, next, _digits - 1);
        CharacterKind following = next < text.Length ? CharacterClasses.At(text, next, out _) : CharacterKind.Space;
        if ((kind & CharacterKind.LineEnd) == 0 && following == CharacterKind.Letter) return Run(text, next, CharacterKind.Letter);
        if (kind == CharacterKind.Other || first == ' ' && following == CharacterKind.Other)
        {
            int end = Run(text, next, CharacterKind.Other);
            while (end < text.Length && text[end] is '\r' or '\n') end++;
            return end;
        }

        return Spaces(text, at, lineEnds: true);
    }

    private static int Gpt2End(ReadOnlySpan<char> text, int at)
    {
        char first = text[at];
        if (first == '\'' && Contraction(text, at, ignoreCase: false) is > 0 and int contraction) return at + contraction;
        CharacterKind kind = CharacterClasses.At(text, at, out int units);
        int next = at + units;
        if (first == ' ' && next < text.Length)
        {
            CharacterKind following = CharacterClasses.At(text, next, out _);
            if ((following & CharacterKind.Space) == 0) return Run(text, next, following);
        }

        return (kind & CharacterKind.Space) == 0 ? Run(text, next, kind) : Spaces(text, at, lineEnds: false);
    }

    private static int Run(ReadOnlySpan<char> text, int at, CharacterKind kind)
    {
        while (at < text.Length && CharacterClasses.At(text, at, out int units) == kind) at += units;
        return at;
    }

    private static int Numbers(ReadOnlySpan<char> text, int at, int most)
    {
        for (; most > 0 && at < text.Length && CharacterClasses.At(text, at, out int units) == CharacterKind.Number; most--) at += units;
        return at;
    }

    // Up to the last line end of the run when the pattern asks for line ends; otherwise the run, less its last character
    // when something follows and more than one is there. White space has one UTF-16 unit a character.
    private static int Spaces(ReadOnlySpan<char> text, int at, bool lineEnds)
    {
        int end = at, lastLineEnd = -1;
        while (end < text.Length && (CharacterClasses.At(text, end, out _) & CharacterKind.Space) != 0)
        {
            if (text[end] is '\r' or '\n') lastLineEnd = end;
            end++;
        }

        if (lineEnds && lastLineEnd >= 0) return lastLineEnd + 1;
        return end < text.Length && end - at > 1 ? end - 1 : end;
    }

    // U+017F folds to s, as Oniguruma's case-insensitive match has it.
    private static int Contraction(ReadOnlySpan<char> text, int at, bool ignoreCase)
    {
        char second = Letter(text, at + 1, ignoreCase);
        if (second is 's' or 't' or 'm' or 'd') return 2;
        char third = Letter(text, at + 2, ignoreCase);
        return second is 'r' or 'v' && third == 'e' || second == 'l' && third == 'l' ? 3 : 0;
    }

    private static char Letter(ReadOnlySpan<char> text, int at, bool ignoreCase)
    {
        if (at >= text.Length) return '\0';
        char letter = text[at];
        if (!ignoreCase) return letter;
        return letter == '\u017F' ? 's' : letter is >= 'A' and <= 'Z' ? (char)(letter | 0x20) : letter;
    }
}
