namespace RewardHub.Inference.Tokenizers;

/// <summary>Remembers the tokens of short words. Bounded: one entry a slot, the newer word wins.</summary>
/// <remarks>Thread-safe without locks: an entry is immutable and is swapped as one reference.</remarks>
internal sealed class WordCache
{
    /// <summary>Longest word that is remembered, in UTF-16 units.</summary>
    public const int LongestWord = 48;

    private const int Slots = 1 << 15;

    private readonly Entry?[] _entries = new Entry?[Slots];

    private sealed record Entry(string Word, TokenRun[] Tokens);

    /// <summary>The tokens of a word, or null.</summary>
    public TokenRun[]? Find(ReadOnlySpan<char> word)
    {
        Entry? entry = Volatile.Read(ref _entries[Slot(word)]);
        return entry is not null && word.SequenceEqual(entry.Word) ? entry.Tokens : null;
    }

    public void Add(ReadOnlySpan<char> word, ReadOnlySpan<TokenRun> tokens) =>
        Volatile.Write(ref _entries[Slot(word)], new Entry(word.ToString(), tokens.ToArray()));

    private static int Slot(ReadOnlySpan<char> word)
    {
        uint hash = 2166136261;
        foreach (char character in word) hash = (hash ^ character) * 16777619;
        return (int)((hash ^ hash >> 15) & (Slots - 1));
    }
}
