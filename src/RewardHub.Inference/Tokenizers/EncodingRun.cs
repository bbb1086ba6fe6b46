using System.Text;

namespace RewardHub.Inference.Tokenizers;

/// <summary>What one call of encode gathers.</summary>
internal sealed class EncodingRun
{
    public List<int> Ids { get; } = [];

    /// <summary>Original ranges; null when they are not asked for.</summary>
    public List<TextRange>? Offsets { get; init; }

    /// <summary>Token strings; present together with <see cref="Offsets"/>.</summary>
    public List<string>? Tokens { get; init; }

    /// <summary>Scratch: the pieces of one stretch.</summary>
    public List<Piece> Pieces { get; } = [];

    /// <summary>Scratch: the tokens of one piece.</summary>
    public List<TokenRun> Runs { get; } = [];

    /// <summary>Adds an added token that was found as a piece.</summary>
    public void Add(AddedToken token, in Piece piece)
    {
        Ids.Add(token.Id);
        if (Offsets is null) return;
        Offsets.Add(new TextRange(piece.OriginalStart, piece.Text.EndOf(piece.Start + piece.Length - 1)));
        Tokens!.Add(piece.Span.ToString());
    }

    /// <summary>Adds the tokens of a piece: <see cref="Runs"/>.</summary>
    public void Add(in Piece piece, Vocabulary vocabulary)
    {
        foreach (TokenRun token in Runs) Ids.Add(token.Id);
        if (Offsets is null) return;
        ReadOnlySpan<char> text = piece.Span;
        int unit = 0, byteAt = 0, units = 0, bytes = 0, done = 0;
        foreach (TokenRun token in Runs)
        {
            // The character that holds the first byte, then the one that holds the last.
            Seek(text, done, ref unit, ref byteAt, ref units, ref bytes);
            int start = piece.Text.StartOf(piece.Start + unit);
            done += token.Bytes;
            Seek(text, done - 1, ref unit, ref byteAt, ref units, ref bytes);
            Offsets.Add(new TextRange(start, piece.Text.EndOf(piece.Start + unit + units - 1)));
            Tokens!.Add(vocabulary.TokenOf(token.Id)!);
        }
    }

    /// <summary>Applies the post-processors in order.</summary>
    public void Finish(string text, IReadOnlyList<PostProcessor> processors, bool addSpecialTokens, Vocabulary vocabulary)
    {
        foreach (PostProcessor processor in processors)
        {
            switch (processor)
            {
                case PostProcessor.TrimOffsets trim:
                    if (Offsets is not null) Trim(trim.AddPrefixSpace, text);
                    break;
                case PostProcessor.Template template:
                    if (!addSpecialTokens) break;
                    Insert(0, template.Before, vocabulary);
                    Insert(Ids.Count, template.After, vocabulary);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    private void Insert(int at, IReadOnlyList<int> ids, Vocabulary vocabulary)
    {
        Ids.InsertRange(at, ids);
        Offsets?.InsertRange(at, Enumerable.Repeat(new TextRange(0, 0), ids.Count));
        Tokens?.InsertRange(at, ids.Select(id => vocabulary.TokenOf(id)!));
    }

    private static void Seek(ReadOnlySpan<char> text, int target, ref int unit, ref int byteAt, ref int units, ref int bytes)
    {
        while (bytes == 0 || target >= byteAt + bytes)
        {
            byteAt += bytes;
            unit += units;
            Rune.DecodeFromUtf16(text[unit..], out Rune rune, out units);
            bytes = rune.Utf8SequenceLength;
        }
    }

    // White space at the ends of a token, also as the byte alphabet's space, is not part of its range. One leading space of
    // the first token may be the one that the pre-tokenizer put there: it has no range of its own. Counted in characters.
    private void Trim(bool addPrefixSpace, string text)
    {
        string space = ByteAlphabet.CharacterOf((byte)' ').ToString();
        for (int i = 0; i < Offsets!.Count; i++)
        {
            (int start, int end) = (Offsets[i].Start, Offsets[i].End);
            string plain = Tokens![i].Replace(space, " ", StringComparison.Ordinal);
            int leading = plain.Length - plain.AsSpan().TrimStart().Length;
            int trailing = plain.Length - plain.AsSpan().TrimEnd().Length;
            if (leading == 1 && addPrefixSpace && (i == 0 || start == 0)) leading = 0;
            for (; leading > 0 && start < end; leading--) start += char.IsHighSurrogate(text[start]) ? 2 : 1;
            int back = end;
            for (; trailing > 0 && back > 0; trailing--) back -= char.IsLowSurrogate(text[back - 1]) ? 2 : 1;
            Offsets[i] = new TextRange(start, trailing == 0 ? Math.Max(back, start) : end);
        }
    }
}
