using System.Text;
using RewardHub.Inference.Tokenizers.Splitting;

namespace RewardHub.Inference.Tokenizers.Normalization;

/// <summary>Changes the text of a stretch between added tokens before it is cut into pieces.</summary>
internal abstract class Normalizer
{
    public abstract AlignedText Apply(AlignedText text);
}

/// <summary>Applies normalizers one after the other.</summary>
internal sealed class SequenceNormalizer(IReadOnlyList<Normalizer> stages) : Normalizer
{
    public override AlignedText Apply(AlignedText text)
    {
        foreach (Normalizer stage in stages) text = stage.Apply(text);
        return text;
    }
}

/// <summary>A Unicode normalization form.</summary>
internal sealed class FormNormalizer(NormalizationKind kind) : Normalizer
{
    public override AlignedText Apply(AlignedText text) => NormalizationForms.Apply(kind, text);
}

/// <summary>Puts text before every stretch that is not empty.</summary>
internal sealed class PrependNormalizer(string prefix) : Normalizer
{
    public override AlignedText Apply(AlignedText text) =>
        text.Length == 0 || prefix.Length == 0 ? text : Prefixed.Make(new Piece(text, 0, text.Length), prefix).Text;
}

/// <summary>Writes every match as other text, which stands for the match's last character.</summary>
internal sealed class ReplaceNormalizer(SplitMatcher matcher, string content) : Normalizer
{
    public override AlignedText Apply(AlignedText text)
    {
        ReadOnlySpan<char> span = text.Memory.Span;
        if (!matcher.Next(span, 0, out int start, out int end)) return text;
        var piece = new Piece(text, 0, text.Length);
        var builder = new AlignedTextBuilder(span.Length + 16);
        int done = 0;
        do
        {
            builder.Copy(piece, done, start - done);
            int last = end - 1;
            int first = last > 0 && char.IsLowSurrogate(span[last]) ? last - 1 : last;
            if (last < 0) builder.Append(content, text.Origin, text.Origin);
            else builder.Append(content, text.StartOf(first), text.EndOf(last));
            done = end;
            if (end == start) end += end < span.Length && char.IsHighSurrogate(span[end]) ? 2 : 1;
        }
        while (end <= span.Length && matcher.Next(span, end, out start, out end));
        builder.Copy(piece, done, span.Length - done);
        return builder.Build(text.Origin);
    }
}

/// <summary>Takes white space off the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override AlignedText Apply(AlignedText text)
    {
        ReadOnlySpan<char> span = text.Memory.Span;
        int start = left ? span.Length - span.TrimStart().Length : 0;
        int length = right ? span[start..].TrimEnd().Length : span.Length - start;
        if (length == span.Length) return text;
        var builder = new AlignedTextBuilder(length);
        builder.Copy(new Piece(text, 0, text.Length), start, length);
        return builder.Build(text.Origin);
    }
}

/// <summary>Full lower-casing, character by character, without context or language.</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    public override AlignedText Apply(AlignedText text)
    {
        ReadOnlySpan<char> span = text.Memory.Span;
        var builder = new AlignedTextBuilder(span.Length + 16);
        for (int at = 0; at < span.Length;)
        {
            Rune.DecodeFromUtf16(span[at..], out Rune rune, out int units);
            int start = text.StartOf(at), end = text.EndOf(at + units - 1);

            // U+0130 is the one character whose lower case has two.
            if (rune.Value == 0x130) builder.Append("i\u0307", start, end);
            else builder.Append(Rune.ToLowerInvariant(rune), start, end);
            at += units;
        }

        return builder.Build(text.Origin);
    }
}
