using System.IO.Compression;
using System.Text;

namespace RewardHub.Verifiers;

/// <summary>Unicode normalization form KC (UAX 15). The runtime's own does nothing when globalization is invariant.</summary>
internal static class CompatibilityForm
{
    private const int HangulBase = 0xAC00, LBase = 0x1100, VBase = 0x1161, TBase = 0x11A7;
    private const int LCount = 19, VCount = 21, TCount = 28, HangulCount = LCount * VCount * TCount;

    private static readonly Lazy<Tables> Data = new(Load);

    /// <summary>Decompositions and combining classes by code point below <see cref="Limit"/>; compositions by pair.</summary>
    private sealed record Tables(Rune[]?[] Parts, byte[] Classes, Dictionary<long, Rune> Composed);

    /// <summary>No code point from here on has a decomposition or a class (the CJK compatibility supplement ends below).</summary>
    private const int Limit = 0x2FA20;

    /// <summary>NFKC of the text; lone surrogates become U+FFFD. Linear in the text.</summary>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text)) return text;
        Tables tables = Data.Value;
        var runes = new List<Rune>(text.Length + 8);
        foreach (Rune rune in text.EnumerateRunes()) Decompose(rune, tables, runes);
        Order(runes, tables);
        return Compose(runes, tables);
    }

    private static void Decompose(Rune rune, Tables tables, List<Rune> into)
    {
        int hangul = rune.Value - HangulBase;
        if (hangul is >= 0 and < HangulCount)
        {
            into.Add(new Rune(LBase + (hangul / (VCount * TCount))));
            into.Add(new Rune(VBase + (hangul % (VCount * TCount) / TCount)));
            if (hangul % TCount != 0) into.Add(new Rune(TBase + (hangul % TCount)));
        }
        else if (rune.Value < Limit && tables.Parts[rune.Value] is { } parts)
        {
            into.AddRange(parts);
        }
        else
        {
            into.Add(rune);
        }
    }

    /// <summary>Sorts every run of combining marks by class, keeping the order within a class.</summary>
    private static void Order(List<Rune> runes, Tables tables)
    {
        for (int i = 0; i < runes.Count; i++)
        {
            if (Class(runes[i], tables) == 0) continue;
            int end = i + 1;
            while (end < runes.Count && Class(runes[end], tables) != 0) end++;
            if (end - i > 1) OrderRun(runes, i, end, tables);

            i = end;
        }
    }

    /// <summary>A counting sort by class: stable, and linear whatever the length of the run.</summary>
    private static void OrderRun(List<Rune> runes, int start, int end, Tables tables)
    {
        bool sorted = true;
        for (int i = start + 1; i < end && sorted; i++) sorted = Class(runes[i - 1], tables) <= Class(runes[i], tables);
        if (sorted) return;

        Span<int> places = stackalloc int[257];
        places.Clear();
        for (int i = start; i < end; i++) places[Class(runes[i], tables) + 1]++;
        for (int i = 1; i < places.Length; i++) places[i] += places[i - 1];
        var run = new Rune[end - start];
        for (int i = start; i < end; i++) run[places[Class(runes[i], tables)]++] = runes[i];
        for (int i = 0; i < run.Length; i++) runes[start + i] = run[i];
    }

    private static string Compose(List<Rune> runes, Tables tables)
    {
        int starter = -1, lastClass = 0, kept = 0;
        for (int i = 0; i < runes.Count; i++)
        {
            Rune rune = runes[i];
            int combining = Class(rune, tables);
            bool adjacent = starter == kept - 1;
            if (starter >= 0 && (adjacent || lastClass < combining) && TryPair(runes[starter], rune, tables, out Rune composed))
            {
                runes[starter] = composed;
                continue;
            }

            if (combining == 0) starter = kept;
            lastClass = combining;
            runes[kept++] = rune;
        }

        var text = new StringBuilder(kept);
        Span<char> units = stackalloc char[2];
        for (int i = 0; i < kept; i++) text.Append(units[..runes[i].EncodeToUtf16(units)]);
        return text.ToString();
    }

    private static bool TryPair(Rune first, Rune second, Tables tables, out Rune composed)
    {
        int l = first.Value - LBase, v = second.Value - VBase;
        if (l is >= 0 and < LCount && v is >= 0 and < VCount)
        {
            composed = new Rune(HangulBase + (((l * VCount) + v) * TCount));
            return true;
        }

        int syllable = first.Value - HangulBase, t = second.Value - TBase;
        if (syllable is >= 0 and < HangulCount && syllable % TCount == 0 && t is > 0 and < TCount)
        {
            composed = new Rune(first.Value + t);
            return true;
        }

        // Nothing below U+0300 is the second of a pair.
        composed = default;
        return second.Value >= 0x300 && tables.Composed.TryGetValue(((long)first.Value << 32) | (uint)second.Value, out composed);
    }

    private static int Class(Rune rune, Tables tables) =>
        rune.Value < Limit ? tables.Classes[rune.Value] : 0;

    private static Tables Load()
    {
        using var inflate = new DeflateStream(
            new MemoryStream(Convert.FromBase64String(NormalizationTables.Packed)), CompressionMode.Decompress);
        using var reader = new StreamReader(inflate, Encoding.UTF8);
        string all = reader.ReadToEnd();
        // Sections are cut at the line feeds after the maps; a combining class may itself be the code point 10.
        int maps = all.IndexOf("\t\n", StringComparison.Ordinal) + 1;
        var parts = new Rune[]?[Limit];
        foreach (string entry in all[..maps].Split('\t', StringSplitOptions.RemoveEmptyEntries))
        {
            Rune[] runes = [.. entry.EnumerateRunes()];
            parts[runes[0].Value] = runes[1..];
        }

        Rune[] rest = [.. all[(maps + 1)..].EnumerateRunes()];
        var classes = new byte[Limit];
        int next = 0;
        for (; rest[next].Value != '\n'; next += 2) classes[rest[next].Value] = (byte)rest[next + 1].Value;
        var composed = new Dictionary<long, Rune>();
        for (next++; next + 2 < rest.Length; next += 3)
            composed[((long)rest[next].Value << 32) | (uint)rest[next + 1].Value] = rest[next + 2];
        return new Tables(parts, classes, composed);
    }
}
