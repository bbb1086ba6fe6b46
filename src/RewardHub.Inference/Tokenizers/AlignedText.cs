namespace RewardHub.Inference.Tokenizers;

/// <summary>Text after some normalization, and for each of its UTF-16 units the range of the original that it stands for.</summary>
/// <remarks>The text holds no lone surrogates. Both units of a surrogate pair carry the range of the whole character.</remarks>
internal sealed class AlignedText
{
    private readonly int[]? _starts;
    private readonly int[]? _ends;

    /// <summary>A stretch of the original text itself.</summary>
    /// <param name="memory">The stretch.</param>
    /// <param name="origin">Where it begins in the original, in UTF-16 units.</param>
    public AlignedText(ReadOnlyMemory<char> memory, int origin)
    {
        Memory = memory;
        Origin = origin;
    }

    /// <summary>Changed text with one original range a unit.</summary>
    public AlignedText(ReadOnlyMemory<char> memory, int origin, int[] starts, int[] ends)
        : this(memory, origin)
    {
        _starts = starts;
        _ends = ends;
    }

    public ReadOnlyMemory<char> Memory { get; }

    /// <summary>Where the stretch begins in the original.</summary>
    public int Origin { get; }

    public int Length => Memory.Length;

    /// <summary>Original position where the character of a unit begins; the unit is the first of its character.</summary>
    public int StartOf(int unit) => _starts is null ? Origin + unit : _starts[unit];

    /// <summary>Original position after the character of a unit; the unit is the last of its character.</summary>
    public int EndOf(int unit) => _ends is null ? Origin + unit + 1 : _ends[unit];
}

/// <summary>A range of an <see cref="AlignedText"/>: what a pre-tokenizer hands on.</summary>
/// <param name="Text">The text.</param>
/// <param name="Start">First UTF-16 unit.</param>
/// <param name="Length">Units.</param>
internal readonly record struct Piece(AlignedText Text, int Start, int Length)
{
    public ReadOnlySpan<char> Span => Text.Memory.Span.Slice(Start, Length);

    /// <summary>Where the piece begins in the original.</summary>
    public int OriginalStart => Length == 0 ? Text.Origin : Text.StartOf(Start);

    public Piece Slice(int start, int length) => new(Text, Start + start, length);
}
