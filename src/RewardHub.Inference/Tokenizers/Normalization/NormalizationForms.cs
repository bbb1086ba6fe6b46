using System.Globalization;
using System.Text;

namespace RewardHub.Inference.Tokenizers.Normalization;

/// <summary>Which Unicode normalization form.</summary>
internal enum NormalizationKind
{
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
}

/// <summary>
/// Unicode normalization (UAX 15) that keeps where every character comes from. The runtime's own normalization needs
/// culture data, tells no offsets and follows a newer Unicode than the reference.
/// </summary>
internal static class NormalizationForms
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Tails = 28, Syllables = Leads * Vowels * Tails;

    // Decompositions and compositions reach no further than plane 2; combining marks stay below U+1E94B.
    private const int TableEnd = 0x30000;

    private static readonly byte[] Classes = ReadClasses();
    private static readonly Dictionary<long, int> CompositionsTable = ReadCompositions();
    private static readonly Dictionary<int, int[]> Canonical = ReadCanonical();
    private static readonly Lazy<Dictionary<int, int[]>> Compatible = new(ReadCompatible);
    private static readonly ulong[] StableTable = FindStable();

    /// <summary>A character of the normal form and what it does to the source: see <see cref="Changed"/>.</summary>
    /// <param name="CodePoint">The character.</param>
    /// <param name="Value">1: inserted; 0: stands for the next source character; -n: for it and n more.</param>
    private readonly record struct Change(int CodePoint, int Value);

    /// <summary>The piece in a normal form; the same object's range when nothing changes.</summary>
    public static AlignedText Apply(NormalizationKind kind, AlignedText text)
    {
        ReadOnlySpan<char> span = text.Memory.Span;
        int first = FirstUnstable(kind, span);
        return first < 0 ? text : Changed(kind, text, span);
    }

    /// <summary>UTF-16 index of the first character that the form could change; -1 when there is none.</summary>
    private static int FirstUnstable(NormalizationKind kind, ReadOnlySpan<char> span)
    {
        if (kind != NormalizationKind.Nfc)
        {
            return span.IndexOfAnyExceptInRange('\0', '\u007F');
        }

        int i = span.IndexOfAnyExceptInRange('\0', '\u02FF');
        while (i >= 0 && i < span.Length)
        {
            Rune.DecodeFromUtf16(span[i..], out Rune rune, out int units);
            if (!IsStable(rune.Value)) return i;
            i += units;
        }

        return -1;
    }

    // Stretches between stable characters are independent, because a stable character neither changes nor joins what
    // stands before it.
    private static AlignedText Changed(NormalizationKind kind, AlignedText text, ReadOnlySpan<char> span)
    {
        var builder = new AlignedTextBuilder(span.Length + (span.Length >> 3));
        var piece = new Piece(text, 0, text.Length);
        var source = new List<Change>();
        var changes = new List<Change>();
        int at = 0;
        while (at < span.Length)
        {
            int end = at;
            source.Clear();
            bool calm = true;
            while (end < span.Length)
            {
                Rune.DecodeFromUtf16(span[end..], out Rune rune, out int units);
                bool stable = kind == NormalizationKind.Nfc ? IsStable(rune.Value) : rune.Value < 0x80;
                if (stable && end > at) break;
                calm &= stable;
                source.Add(new Change(rune.Value, end));
                end += units;
            }

            if (calm) builder.Copy(piece, at, end - at);
            else Rewrite(kind, text, source, changes, end, builder);
            at = end;
        }

        return builder.Build(text.Origin);
    }

    // The source list holds code points and their UTF-16 positions. An inserted character shares the range of the
    // character before the cursor; one that replaces several takes the range of the first.
    private static void Rewrite(
        NormalizationKind kind, AlignedText text, List<Change> source, List<Change> changes, int end, AlignedTextBuilder builder)
    {
        changes.Clear();
        Decompose(source, kind is NormalizationKind.Nfkc or NormalizationKind.Nfkd, changes);
        if (kind is NormalizationKind.Nfc or NormalizationKind.Nfkc) Compose(changes);
        int cursor = 0;
        foreach (Change change in changes)
        {
            int from = change.Value > 0 ? cursor - 1 : cursor;
            int unit = from >= 0 ? source[from].Value : source[0].Value - 1;
            int next = from < 0 ? source[0].Value : from + 1 < source.Count ? source[from + 1].Value : end;
            if (unit < 0) builder.Append(new Rune(change.CodePoint), text.Origin, text.Origin);
            else builder.Append(new Rune(change.CodePoint), StartOf(text, unit), text.EndOf(next - 1));
            if (change.Value <= 0) cursor += 1 - change.Value;
        }
    }

    private static int StartOf(AlignedText text, int unit) =>
        text.StartOf(char.IsLowSurrogate(text.Memory.Span[unit]) ? unit - 1 : unit);

    private static void Decompose(List<Change> source, bool compatible, List<Change> into)
    {
        int pending = 0;
        foreach (Change item in source)
        {
            int[] parts = PartsOf(item.CodePoint, compatible) ?? [item.CodePoint];
            bool first = true;
            foreach (int part in parts)
            {
                if (ClassOf(part) == 0)
                {
                    Order(into, pending);
                    pending = into.Count + 1;
                }

                into.Add(new Change(part, first ? 0 : 1));
                first = false;
            }
        }

        Order(into, pending);
    }

    // Marks after a starter are put in the order of their class; marks of one class keep their order.
    private static void Order(List<Change> items, int from)
    {
        bool sorted = true;
        for (int i = from + 1; i < items.Count && sorted; i++) sorted = ClassOf(items[i - 1].CodePoint) <= ClassOf(items[i].CodePoint);
        if (sorted) return;
        Change[] ordered = [.. items.Skip(from).OrderBy(item => ClassOf(item.CodePoint))];
        for (int i = 0; i < ordered.Length; i++) items[from + i] = ordered[i];
    }

    private static void Compose(List<Change> items)
    {
        int write = 0, starter = -1, lastClass = -1;
        for (int read = 0; read < items.Count; read++)
        {
            Change item = items[read];
            int order = ClassOf(item.CodePoint);
            if (starter >= 0 && (lastClass < 0 || lastClass < order) && Join(items[starter].CodePoint, item.CodePoint) is int joined)
            {
                items[starter] = new Change(joined, items[starter].Value + item.Value - 1);
                continue;
            }

            if (order == 0) (starter, lastClass) = (write, -1);
            else if (starter >= 0) lastClass = order;
            items[write++] = item;
        }

        items.RemoveRange(write, items.Count - write);
    }

    private static int? Join(int first, int second)
    {
        if (first is >= LeadBase and < LeadBase + Leads && second is >= VowelBase and < VowelBase + Vowels)
        {
            return HangulBase + ((first - LeadBase) * Vowels + second - VowelBase) * Tails;
        }

        if (first is >= HangulBase and < HangulBase + Syllables && (first - HangulBase) % Tails == 0
            && second is > TailBase and < TailBase + Tails)
        {
            return first + second - TailBase;
        }

        return CompositionsTable.TryGetValue((long)first << 32 | (uint)second, out int composed) ? composed : null;
    }

    private static int[]? PartsOf(int codePoint, bool compatible)
    {
        if (codePoint < 0x80) return null;
        if (codePoint is >= HangulBase and < HangulBase + Syllables)
        {
            int index = codePoint - HangulBase;
            int lead = LeadBase + index / (Vowels * Tails), vowel = VowelBase + index % (Vowels * Tails) / Tails;
            return index % Tails == 0 ? [lead, vowel] : [lead, vowel, TailBase + index % Tails];
        }

        if (compatible && Compatible.Value.TryGetValue(codePoint, out int[]? parts)) return parts;
        return Canonical.GetValueOrDefault(codePoint);
    }

    private static int ClassOf(int codePoint) => codePoint < TableEnd ? Classes[codePoint] : 0;

    private static bool IsStable(int codePoint) =>
        codePoint >= TableEnd || (StableTable[codePoint >> 6] >> (codePoint & 63) & 1) != 0;

    // Stable for NFC: a starter that is its own form and that is never the second of a composition.
    private static ulong[] FindStable()
    {
        var stable = new ulong[TableEnd / 64];
        Array.Fill(stable, ulong.MaxValue);
        void Clear(int codePoint) => stable[codePoint >> 6] &= ~(1ul << (codePoint & 63));
        for (int codePoint = 0; codePoint < TableEnd; codePoint++)
        {
            if (Classes[codePoint] != 0) Clear(codePoint);
        }

        var composed = new HashSet<int>(CompositionsTable.Values);
        foreach (long pair in CompositionsTable.Keys) Clear((int)(pair & 0xFFFFFFFF));
        foreach (int codePoint in Canonical.Keys)
        {
            if (!composed.Contains(codePoint)) Clear(codePoint);
        }

        for (int i = 0; i < Vowels; i++) Clear(VowelBase + i);
        for (int i = 0; i < Tails; i++) Clear(TailBase + i);
        return stable;
    }

    private static byte[] ReadClasses()
    {
        var classes = new byte[TableEnd];
        foreach (int[] entry in Entries(CanonicalTables.CombiningClasses)) classes.AsSpan(entry[0], entry[1] + 1).Fill((byte)entry[2]);
        return classes;
    }

    private static Dictionary<long, int> ReadCompositions() =>
        Entries(CanonicalTables.Compositions).ToDictionary(entry => (long)entry[0] << 32 | (uint)entry[1], entry => entry[2]);

    private static Dictionary<int, int[]> ReadCanonical()
    {
        Dictionary<int, int[]> parts = Entries(CanonicalTables.Decompositions).ToDictionary(entry => entry[0], entry => entry[1..]);
        Dictionary<int, long> pairs = CompositionsTable.ToDictionary(entry => entry.Value, entry => entry.Key);
        foreach ((int composed, long pair) in pairs)
        {
            var full = new List<int>();
            int first = (int)(pair >> 32);
            full.Add((int)(pair & 0xFFFFFFFF));
            while (pairs.TryGetValue(first, out long deeper))
            {
                full.Add((int)(deeper & 0xFFFFFFFF));
                first = (int)(deeper >> 32);
            }

            full.Add(first);
            full.Reverse();
            parts[composed] = [.. full];
        }

        return parts;
    }

    private static Dictionary<int, int[]> ReadCompatible()
    {
        var parts = new Dictionary<int, int[]>();
        foreach (string table in (string[])[CompatibilityTables.Decompositions, CompatibilityTablesUpper.Decompositions])
        {
            foreach (string entry in table.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] fields = entry.Split(',');
                string[] run = fields[0].Split('*');
                int first = Hex(run[0]), count = run.Length > 1 ? Hex(run[1]) : 1;
                for (int i = 0; i < count; i++) parts[first + i] = [.. fields.Skip(1).Select(field => Hex(field) + i)];
            }
        }

        return parts;
    }

    private static IEnumerable<int[]> Entries(string table) =>
        table.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split(',').Select(Hex).ToArray());

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
