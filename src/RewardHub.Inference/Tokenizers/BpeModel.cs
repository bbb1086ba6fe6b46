using System.Buffers;
using System.Text;

namespace RewardHub.Inference.Tokenizers;

/// <summary>How a byte-pair model cuts words that its vocabulary does not hold.</summary>
internal sealed record BpeOptions
{
    /// <summary>Whether pieces reach the model in the byte alphabet; otherwise as characters.</summary>
    public required bool ByteLevel { get; init; }

    /// <summary>Token for characters that have none; -1: such characters are left out, as the reference does.</summary>
    public required int UnknownId { get; init; }

    /// <summary>Whether neighboring unknown characters become one token.</summary>
    public required bool FuseUnknown { get; init; }

    /// <summary>Whether an unknown character is written as <c>&lt;0xNN&gt;</c> tokens.</summary>
    public required bool ByteFallback { get; init; }

    /// <summary>Whether a word that is a token itself is taken whole, without looking at merges.</summary>
    public required bool IgnoreMerges { get; init; }
}

/// <summary>Byte-pair encoding of one piece at a time. Thread-safe.</summary>
internal sealed class BpeModel
{
    private readonly Vocabulary _vocabulary;
    private readonly MergeTable _merges;
    private readonly BpeOptions _options;
    private readonly int[] _byteIds = new int[256];
    private readonly Dictionary<int, int> _characterIds;
    private readonly WordCache _cache = new();

    public BpeModel(Vocabulary vocabulary, MergeTable merges, BpeOptions options)
    {
        _vocabulary = vocabulary;
        _merges = merges;
        _options = options;
        _characterIds = options.ByteLevel ? [] : vocabulary.SingleCharacters();
        for (int value = 0; value < 256; value++)
        {
            _byteIds[value] = options.ByteLevel
                ? vocabulary.ModelIdOf([ByteAlphabet.CharacterOf((byte)value)])
                : vocabulary.ModelIdOf($"<0x{value:X2}>");
        }
    }

    /// <summary>The first byte without a token of its own; -1 when all have one.</summary>
    public int MissingByte => Array.IndexOf(_byteIds, -1);

    /// <summary>Adds the tokens of one piece, which holds no lone surrogates.</summary>
    public void Encode(ReadOnlySpan<char> piece, List<TokenRun> into)
    {
        if (piece.IsEmpty) return;
        bool remember = piece.Length <= WordCache.LongestWord;
        if (remember && _cache.Find(piece) is { } known)
        {
            into.AddRange(known);
            return;
        }

        int first = into.Count;
        if (!_options.IgnoreMerges || !Whole(piece, into)) Cut(piece, into);
        if (remember) _cache.Add(piece, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(into)[first..]);
    }

    private bool Whole(ReadOnlySpan<char> piece, List<TokenRun> into)
    {
        int bytes = Encoding.UTF8.GetByteCount(piece);
        int id;
        if (_options.ByteLevel)
        {
            byte[] utf8 = ArrayPool<byte>.Shared.Rent(bytes);
            char[] letters = ArrayPool<char>.Shared.Rent(bytes);
            Encoding.UTF8.GetBytes(piece, utf8);
            for (int i = 0; i < bytes; i++) letters[i] = ByteAlphabet.CharacterOf(utf8[i]);
            id = _vocabulary.ModelIdOf(letters.AsSpan(0, bytes));
            ArrayPool<byte>.Shared.Return(utf8);
            ArrayPool<char>.Shared.Return(letters);
        }
        else
        {
            id = _vocabulary.ModelIdOf(piece);
        }

        if (id < 0) return false;
        into.Add(new TokenRun(id, bytes));
        return true;
    }

    private void Cut(ReadOnlySpan<char> piece, List<TokenRun> into)
    {
        // A character of one unit has at most 3 bytes, one of two units 4.
        int most = checked(piece.Length * 3 + 1);
        Symbol[] symbols = ArrayPool<Symbol>.Shared.Rent(most);
        try
        {
            int count = _options.ByteLevel ? Bytes(piece, symbols) : Characters(piece, symbols);
            Span<Symbol> word = symbols.AsSpan(0, count);
            WordMerger.Merge(word, _merges);
            foreach (ref Symbol symbol in word)
            {
                if (symbol.Bytes > 0) into.Add(new TokenRun(symbol.Id, symbol.Bytes));
            }
        }
        finally
        {
            ArrayPool<Symbol>.Shared.Return(symbols);
        }
    }

    private int Bytes(ReadOnlySpan<char> piece, Symbol[] symbols)
    {
        int count = 0;
        Span<byte> utf8 = stackalloc byte[4];
        while (!piece.IsEmpty)
        {
            if (piece[0] < 0x80)
            {
                symbols[count++] = new Symbol { Id = _byteIds[piece[0]], Bytes = 1 };
                piece = piece[1..];
                continue;
            }

            Rune.DecodeFromUtf16(piece, out Rune rune, out int units);
            int bytes = rune.EncodeToUtf8(utf8);
            for (int i = 0; i < bytes; i++) symbols[count++] = new Symbol { Id = _byteIds[utf8[i]], Bytes = 1 };
            piece = piece[units..];
        }

        return count;
    }

    // An unknown character waits until the next known one, so that neighbors can be fused; characters written as bytes do
    // not end the wait. The reference does the same.
    private int Characters(ReadOnlySpan<char> piece, Symbol[] symbols)
    {
        int count = 0, unknown = 0;
        Span<byte> utf8 = stackalloc byte[4];
        while (!piece.IsEmpty)
        {
            Rune.DecodeFromUtf16(piece, out Rune rune, out int units);
            piece = piece[units..];
            if (_characterIds.TryGetValue(rune.Value, out int id))
            {
                if (unknown > 0) symbols[count++] = new Symbol { Id = _options.UnknownId, Bytes = unknown };
                unknown = 0;
                symbols[count++] = new Symbol { Id = id, Bytes = rune.Utf8SequenceLength };
                continue;
            }

            int bytes = rune.EncodeToUtf8(utf8);
            if (_options.ByteFallback && HasAll(utf8[..bytes]))
            {
                for (int i = 0; i < bytes; i++) symbols[count++] = new Symbol { Id = _byteIds[utf8[i]], Bytes = 1 };
                continue;
            }

            if (_options.UnknownId < 0) continue;
            if (unknown > 0 && !_options.FuseUnknown)
            {
                symbols[count++] = new Symbol { Id = _options.UnknownId, Bytes = unknown };
                unknown = 0;
            }

            unknown += bytes;
        }

        if (unknown > 0) symbols[count++] = new Symbol { Id = _options.UnknownId, Bytes = unknown };
        return count;
    }

    private bool HasAll(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (_byteIds[value] < 0) return false;
        }

        return true;
    }
}
