using System.Globalization;

namespace RewardHub.Inference.Tokenizers.Splitting;

/// <summary>What the published split patterns ask of a character.</summary>
[Flags]
internal enum CharacterKind : byte
{
    /// <summary>None of the others: punctuation, symbols, marks, controls, unassigned.</summary>
    Other = 0,

    /// <summary>General category L.</summary>
    Letter = 1,

    /// <summary>General category N.</summary>
    Number = 2,

    /// <summary>White_Space.</summary>
    Space = 4,

    /// <summary>Carriage return or line feed; always a space too.</summary>
    LineEnd = 8,
}

/// <summary>Classes of Unicode scalar values, as Oniguruma has them.</summary>
internal static class CharacterClasses
{
    private static readonly CharacterKind[] Ascii = [.. Enumerable.Range(0, 128).Select(Slow)];

    /// <summary>The kind of the character at a position of text without lone surrogates.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">A position in it.</param>
    /// <param name="units">UTF-16 units of the character.</param>
    public static CharacterKind At(ReadOnlySpan<char> text, int at, out int units)
    {
        char first = text[at];
        units = 1;
        if (first < 0x80) return Ascii[first];
        if (!char.IsHighSurrogate(first)) return Slow(first);
        units = 2;
        return Slow(char.ConvertToUtf32(first, text[at + 1]));
    }

    public static bool IsLetter(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) <= UnicodeCategory.OtherLetter;

    public static bool IsNumber(int codePoint) =>
        CharUnicodeInfo.GetUnicodeCategory(codePoint) is >= UnicodeCategory.DecimalDigitNumber and <= UnicodeCategory.OtherNumber;

    public static bool IsPunctuation(int codePoint) =>
        CharUnicodeInfo.GetUnicodeCategory(codePoint) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;

    public static bool IsSpace(int codePoint) => codePoint <= char.MaxValue && char.IsWhiteSpace((char)codePoint);

    /// <summary>Word characters (letters, marks, decimal digits, connectors and joiners), as a single-word token asks for.</summary>
    public static bool IsWord(int codePoint) =>
        codePoint is 0x200C or 0x200D
        || CharUnicodeInfo.GetUnicodeCategory(codePoint) is <= UnicodeCategory.DecimalDigitNumber
            or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation
        || codePoint is >= 0x24B6 and <= 0x24E9 or >= 0x1F130 and <= 0x1F149 or >= 0x1F150 and <= 0x1F169 or >= 0x1F170 and <= 0x1F189;

    private static CharacterKind Slow(int codePoint)
    {
        CharacterKind kind = IsLetter(codePoint) ? CharacterKind.Letter
            : IsNumber(codePoint) ? CharacterKind.Number
            : IsSpace(codePoint) ? CharacterKind.Space
            : CharacterKind.Other;
        return codePoint is '\r' or '\n' ? kind | CharacterKind.LineEnd : kind;
    }
}
