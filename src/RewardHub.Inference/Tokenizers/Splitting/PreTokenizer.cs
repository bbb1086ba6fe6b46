namespace RewardHub.Inference.Tokenizers.Splitting;

/// <summary>Cuts pieces into smaller pieces, and may change their text.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Adds what a piece becomes; empty pieces are left out.</summary>
    public abstract void Apply(in Piece piece, List<Piece> into);
}

/// <summary>What becomes of the matches of a split. Names are those of the file format.</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

/// <summary>Cuts at the matches of a pattern.</summary>
/// <param name="matcher">Finds the matches.</param>
/// <param name="behavior">What becomes of them.</param>
/// <param name="invert">Whether matches and what lies between them change places.</param>
internal sealed class SplitPreTokenizer(SplitMatcher matcher, SplitBehavior behavior, bool invert) : PreTokenizer
{
    private readonly record struct Part(int Start, int End, bool IsMatch);

    public override void Apply(in Piece piece, List<Piece> into)
    {
        ReadOnlySpan<char> text = piece.Span;
        if (behavior == SplitBehavior.Isolated)
        {
            int done = 0;
            for (int from = 0; from <= text.Length && matcher.Next(text, from, out int start, out int end); from = After(text, start, end))
            {
                if (start > done) into.Add(piece.Slice(done, start - done));
                if (end > start) into.Add(piece.Slice(start, end - start));
                done = end;
            }

            if (done < text.Length) into.Add(piece.Slice(done, text.Length - done));
            return;
        }

        foreach (Part part in Merge(Parts(text)))
        {
            if (part.End > part.Start) into.Add(piece.Slice(part.Start, part.End - part.Start));
        }
    }

    private static int After(ReadOnlySpan<char> text, int start, int end) =>
        end > start ? end : end + (end < text.Length && char.IsHighSurrogate(text[end]) ? 2 : 1);

    private List<Part> Parts(ReadOnlySpan<char> text)
    {
        var parts = new List<Part>();
        int done = 0;
        for (int from = 0; from <= text.Length && matcher.Next(text, from, out int start, out int end); from = After(text, start, end))
        {
            if (start > done) parts.Add(new Part(done, start, invert));
            parts.Add(new Part(start, end, !invert));
            done = end;
        }

        if (done < text.Length) parts.Add(new Part(done, text.Length, invert));
        return parts;
    }

    private List<Part> Merge(List<Part> parts)
    {
        var merged = new List<Part>(parts.Count);
        bool previous = false;
        switch (behavior)
        {
            case SplitBehavior.Removed:
                merged.AddRange(parts.Where(part => !part.IsMatch));
                break;
            case SplitBehavior.Contiguous:
                foreach (Part part in parts)
                {
                    if (merged.Count > 0 && merged[^1].IsMatch == part.IsMatch) merged[^1] = merged[^1] with { End = part.End };
                    else merged.Add(part);
                }

                break;
            case SplitBehavior.MergedWithPrevious:
                foreach (Part part in parts)
                {
                    if (part.IsMatch && !previous && merged.Count > 0) merged[^1] = merged[^1] with { End = part.End };
                    else merged.Add(part);
                    previous = part.IsMatch;
                }

                break;
            case SplitBehavior.MergedWithNext:
                for (int i = parts.Count - 1; i >= 0; i--)
                {
                    if (parts[i].IsMatch && !previous && merged.Count > 0) merged[^1] = merged[^1] with { Start = parts[i].Start };
                    else merged.Add(parts[i]);
                    previous = parts[i].IsMatch;
                }

                merged.Reverse();
                break;
            default:
                merged = parts;
                break;
        }

        return merged;
    }
}

/// <summary>Applies pre-tokenizers one after the other.</summary>
internal sealed class SequencePreTokenizer(IReadOnlyList<PreTokenizer> stages) : PreTokenizer
{
    public override void Apply(in Piece piece, List<Piece> into)
    {
        List<Piece> pieces = [piece];
        for (int i = 0; i < stages.Count; i++)
        {
            List<Piece> next = i == stages.Count - 1 ? into : new List<Piece>(pieces.Count);
            foreach (Piece part in pieces) stages[i].Apply(part, next);
            pieces = next;
        }
    }
}

/// <summary>GPT-2's optional leading space and word splits; writing bytes as characters is left to the model.</summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool split) : PreTokenizer
{
    private static readonly SplitPreTokenizer Words = new(WordMatcher.Gpt2, SplitBehavior.Isolated, invert: false);

    public override void Apply(in Piece piece, List<Piece> into)
    {
        Piece spaced = addPrefixSpace && piece.Length > 0 && piece.Span[0] != ' ' ? Prefixed.Make(piece, " ") : piece;
        if (split) Words.Apply(spaced, into);
        else if (spaced.Length > 0) into.Add(spaced);
    }
}

/// <summary>When Metaspace puts a space before a piece. Names are those of the file format.</summary>
internal enum PrependScheme
{
    First,
    Never,
    Always,
}

/// <summary>Writes spaces as a visible character, SentencePiece's way.</summary>
internal sealed class MetaspacePreTokenizer(char replacement, PrependScheme scheme, bool split) : PreTokenizer
{
    private readonly SplitPreTokenizer _words =
        new(new LiteralMatcher(replacement.ToString()), SplitBehavior.MergedWithNext, invert: false);

    public override void Apply(in Piece piece, List<Piece> into)
    {
        if (piece.Length == 0) return;
        bool first = scheme == PrependScheme.Always || scheme == PrependScheme.First && piece.OriginalStart == 0;
        var builder = new AlignedTextBuilder(piece.Length + 1);
        if (first && piece.Span[0] != ' ' && piece.Span[0] != replacement) Prefixed.Append(builder, piece, replacement.ToString());
        builder.Copy(piece, 0, piece.Length);
        AlignedText text = builder.Build(piece.Text.Origin, ' ', replacement);
        var changed = new Piece(text, 0, text.Length);
        if (split) _words.Apply(changed, into);
        else into.Add(changed);
    }
}

/// <summary>Text put before a piece; it stands for the piece's first character.</summary>
internal static class Prefixed
{
    public static Piece Make(in Piece piece, string prefix)
    {
        var builder = new AlignedTextBuilder(piece.Length + prefix.Length);
        Append(builder, piece, prefix);
        builder.Copy(piece, 0, piece.Length);
        AlignedText text = builder.Build(piece.Text.Origin);
        return new Piece(text, 0, text.Length);
    }

    public static void Append(AlignedTextBuilder builder, in Piece piece, string prefix)
    {
        int last = piece.Start + (char.IsHighSurrogate(piece.Span[0]) ? 1 : 0);
        builder.Append(prefix, piece.Text.StartOf(piece.Start), piece.Text.EndOf(last));
    }
}
