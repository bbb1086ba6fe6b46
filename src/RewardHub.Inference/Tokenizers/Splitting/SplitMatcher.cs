namespace RewardHub.Inference.Tokenizers.Splitting;

/// <summary>Finds the matches of a split pattern, left to right, without overlap.</summary>
internal abstract class SplitMatcher
{
    /// <summary>The first match that begins at or after a position; a match may be empty.</summary>
    /// <param name="text">The piece: what surrounds it is not seen.</param>
    /// <param name="from">Where to look from.</param>
    /// <param name="start">Where the match begins.</param>
    /// <param name="end">Where it ends.</param>
    public abstract bool Next(ReadOnlySpan<char> text, int from, out int start, out int end);
}

/// <summary>Every occurrence of a string.</summary>
/// <param name="wanted">The string; not empty.</param>
internal sealed class LiteralMatcher(string wanted) : SplitMatcher
{
    public override bool Next(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        int found = text[from..].IndexOf(wanted, StringComparison.Ordinal);
        start = from + found;
        end = start + wanted.Length;
        return found >= 0;
    }
}

/// <summary>Runs of characters, or single characters, of one class.</summary>
/// <param name="belongs">The class, by code point.</param>
internal sealed class ClassMatcher(Func<int, bool> belongs) : SplitMatcher
{
    public override bool Next(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        for (start = from; start < text.Length; start = end)
        {
            System.Text.Rune.DecodeFromUtf16(text[start..], out System.Text.Rune rune, out int units);
            end = start + units;
            if (belongs(rune.Value)) return true;
        }

        end = start;
        return false;
    }
}
