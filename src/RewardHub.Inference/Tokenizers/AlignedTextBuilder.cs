using System.Text;

namespace RewardHub.Inference.Tokenizers;

/// <summary>Builds changed text from a piece, keeping where each character comes from.</summary>
/// <param name="capacity">Expected UTF-16 units.</param>
internal sealed class AlignedTextBuilder(int capacity)
{
    private char[] _characters = new char[Math.Max(16, capacity)];
    private int[] _starts = new int[Math.Max(16, capacity)];
    private int[] _ends = new int[Math.Max(16, capacity)];
    private int _length;

    /// <summary>Adds one character that stands for a range of the original.</summary>
    public void Append(Rune character, int start, int end)
    {
        Reserve(2);
        int units = character.EncodeToUtf16(_characters.AsSpan(_length));
        for (int i = 0; i < units; i++) (_starts[_length + i], _ends[_length + i]) = (start, end);
        _length += units;
    }

    /// <summary>Adds text all of whose characters stand for one range.</summary>
    public void Append(ReadOnlySpan<char> text, int start, int end)
    {
        Reserve(text.Length);
        text.CopyTo(_characters.AsSpan(_length));
        _starts.AsSpan(_length, text.Length).Fill(start);
        _ends.AsSpan(_length, text.Length).Fill(end);
        _length += text.Length;
    }

    /// <summary>Adds part of a piece as it is.</summary>
    public void Copy(in Piece piece, int start, int length)
    {
        Reserve(length);
        piece.Span.Slice(start, length).CopyTo(_characters.AsSpan(_length));
        for (int i = 0; i < length; i++)
        {
            int unit = piece.Start + start + i;
            bool second = char.IsLowSurrogate(_characters[_length + i]);
            bool first = char.IsHighSurrogate(_characters[_length + i]);
            _starts[_length + i] = piece.Text.StartOf(second ? unit - 1 : unit);
            _ends[_length + i] = piece.Text.EndOf(first ? unit + 1 : unit);
        }

        _length += length;
    }

    /// <summary>The text, with every occurrence of one character written as another.</summary>
    public AlignedText Build(int origin, char from, char to)
    {
        _characters.AsSpan(0, _length).Replace(from, to);
        return Build(origin);
    }

    public AlignedText Build(int origin) => new(_characters.AsMemory(0, _length), origin, _starts, _ends);

    private void Reserve(int more)
    {
        if (_length + more <= _characters.Length) return;
        int size = (int)Math.Min(Array.MaxLength, Math.Max((long)_characters.Length * 2, (long)_length + more));
        Array.Resize(ref _characters, size);
        Array.Resize(ref _starts, size);
        Array.Resize(ref _ends, size);
    }
}
