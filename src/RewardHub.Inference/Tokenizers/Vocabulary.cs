using System.Text;

namespace RewardHub.Inference.Tokenizers;

/// <summary>Token strings and their ids, both ways. Ids may have holes.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly string?[] _tokens;

    public Vocabulary(Dictionary<string, int> ids, string?[] tokens)
    {
        _ids = ids;
        _lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _tokens = tokens;
    }

    /// <summary>One more than the highest id.</summary>
    public int Size => _tokens.Length;

    /// <summary>Number of tokens.</summary>
    public int Count => _ids.Count;

    /// <summary>The id of a token string; -1 when there is none.</summary>
    public int IdOf(ReadOnlySpan<char> token) => _lookup.TryGetValue(token, out int id) ? id : -1;

    /// <summary>The token string of an id; null when there is none.</summary>
    public string? TokenOf(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;

    /// <summary>Ids of the tokens that hold one character, by code point.</summary>
    public Dictionary<int, int> SingleCharacters()
    {
        var ids = new Dictionary<int, int>();
        foreach ((string token, int id) in _ids)
        {
            if (token.Length is 1 or 2
                && Rune.DecodeFromUtf16(token, out Rune rune, out int units) == System.Buffers.OperationStatus.Done
                && units == token.Length)
            {
                ids[rune.Value] = id;
            }
        }

        return ids;
    }
}
