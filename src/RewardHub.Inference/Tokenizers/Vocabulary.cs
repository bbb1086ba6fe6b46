using System.Text;

namespace RewardHub.Inference.Tokenizers;

/// <summary>Token strings and their ids, both ways. Ids may have holes.</summary>
/// <remarks>The model cuts words into its own tokens only: an added token is never the result of merging.</remarks>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly Dictionary<string, int> _added;
    private readonly string?[] _tokens;

    /// <param name="ids">The model's tokens.</param>
    /// <param name="added">Added tokens that the model does not have.</param>
    /// <param name="tokens">All of them by id.</param>
    public Vocabulary(Dictionary<string, int> ids, Dictionary<string, int> added, string?[] tokens)
    {
        _added = added;
        _ids = ids;
        _lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _tokens = tokens;
    }

    /// <summary>One more than the highest id.</summary>
    public int Size => _tokens.Length;

    /// <summary>The id of one of the model's tokens; -1 when there is none.</summary>
    public int ModelIdOf(ReadOnlySpan<char> token) => _lookup.TryGetValue(token, out int id) ? id : -1;

    /// <summary>The id of a token string; -1 when there is none.</summary>
    public int IdOf(string token) => _ids.TryGetValue(token, out int id) || _added.TryGetValue(token, out id) ? id : -1;

    /// <summary>The token string of an id; null when there is none.</summary>
    public string? TokenOf(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;

    /// <summary>Ids of the the model's tokens that hold one character, by code point.</summary>
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
