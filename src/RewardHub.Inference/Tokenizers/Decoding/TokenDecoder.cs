using System.Globalization;
using System.Text;
using RewardHub.Inference.Tokenizers.Splitting;

namespace RewardHub.Inference.Tokenizers.Decoding;

/// <summary>One step from token strings to text. The text is what the last step leaves, joined.</summary>
internal abstract class TokenDecoder
{
    public abstract List<string> Apply(List<string> tokens);
}

/// <summary>Applies decoders one after the other.</summary>
internal sealed class SequenceDecoder(IReadOnlyList<TokenDecoder> stages) : TokenDecoder
{
    public override List<string> Apply(List<string> tokens)
    {
        foreach (TokenDecoder stage in stages) tokens = stage.Apply(tokens);
        return tokens;
    }
}

/// <summary>Byte-alphabet tokens to UTF-8; a token with any other character is taken as text.</summary>
internal sealed class ByteLevelDecoder : TokenDecoder
{
    public override List<string> Apply(List<string> tokens)
    {
        var bytes = new List<byte>(tokens.Count * 4);
        foreach (string token in tokens) Append(token, bytes);
        return [Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes))];
    }

    private static void Append(string token, List<byte> bytes)
    {
        int before = bytes.Count;
        foreach (char character in token)
        {
            int value = ByteAlphabet.ByteOf(character);
            if (value < 0)
            {
                bytes.RemoveRange(before, bytes.Count - before);
                bytes.AddRange(Encoding.UTF8.GetBytes(token));
                return;
            }

            bytes.Add((byte)value);
        }
    }
}

/// <summary>Runs of <c>&lt;0xNN&gt;</c> tokens to text; a run that is no UTF-8 becomes one U+FFFD a byte.</summary>
internal sealed class ByteFallbackDecoder : TokenDecoder
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The byte that a token string names; -1 when it names none.</summary>
    public static int ByteOf(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
        && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? value
            : -1;

    public override List<string> Apply(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        var run = new List<byte>();
        foreach (string token in tokens)
        {
            int value = ByteOf(token);
            if (value >= 0)
            {
                run.Add((byte)value);
                continue;
            }

            Flush(run, result);
            result.Add(token);
        }

        Flush(run, result);
        return result;
    }

    private static void Flush(List<byte> run, List<string> result)
    {
        if (run.Count == 0) return;
        try
        {
            result.Add(Strict.GetString([.. run]));
        }
        catch (DecoderFallbackException)
        {
            for (int i = 0; i < run.Count; i++) result.Add("\uFFFD");
        }

        run.Clear();
    }
}

/// <summary>Joins what there is.</summary>
internal sealed class FuseDecoder : TokenDecoder
{
    public override List<string> Apply(List<string> tokens) => [string.Concat(tokens)];
}

/// <summary>Takes up to so many of one character off the ends of every token.</summary>
internal sealed class StripDecoder(char content, int start, int stop) : TokenDecoder
{
    public override List<string> Apply(List<string> tokens) => tokens.ConvertAll(token =>
    {
        int first = 0, end = token.Length;
        while (first < start && first < end && token[first] == content) first++;
        for (int i = 0; i < stop && end > first && token[end - 1] == content; i++) end--;
        return token[first..end];
    });
}

/// <summary>Writes every match in every token as other text.</summary>
internal sealed class ReplaceDecoder(SplitMatcher matcher, string content) : TokenDecoder
{
    public override List<string> Apply(List<string> tokens) => tokens.ConvertAll(token =>
    {
        if (!matcher.Next(token, 0, out int start, out int end)) return token;
        var text = new StringBuilder();
        int done = 0;
        do
        {
            text.Append(token, done, start - done).Append(content);
            done = end;
            if (end == start) end += end < token.Length && char.IsHighSurrogate(token[end]) ? 2 : 1;
        }
        while (end <= token.Length && matcher.Next(token, end, out start, out end));
        return text.Append(token, done, token.Length - done).ToString();
    });
}

/// <summary>Metaspace's visible character to spaces; those of the first token vanish when one had been put before it.</summary>
internal sealed class MetaspaceDecoder(char replacement, PrependScheme scheme) : TokenDecoder
{
    public override List<string> Apply(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        for (int i = 0; i < tokens.Count; i++)
        {
            bool drop = i == 0 && scheme != PrependScheme.Never;
            result.Add(drop
                ? tokens[i].Replace(replacement.ToString(), "", StringComparison.Ordinal)
                : tokens[i].Replace(replacement, ' '));
        }

        return result;
    }
}
