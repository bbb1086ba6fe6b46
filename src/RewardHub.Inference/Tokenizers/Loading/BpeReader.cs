using System.Text.Json;

namespace RewardHub.Inference.Tokenizers.Loading;

/// <summary>Reads the vocabulary and merges of a byte-pair model without building a document of them.</summary>
/// <param name="file">The file, for messages.</param>
/// <param name="json">The whole file.</param>
internal sealed class BpeReader(string file, ReadOnlyMemory<byte> json)
{
    private char[] _buffer = new char[256];

    /// <summary>Token strings by id. Ids are unique; holes are few.</summary>
    public Dictionary<string, int> Vocabulary(Range value)
    {
        var reader = new Utf8JsonReader(json.Span[value]);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw Refuse("model.vocab", "must be an object");
        var ids = new Dictionary<string, int>(Math.Min(1 << 18, json.Length / 16 + 16));
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string token = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out int id) || id < 0)
            {
                throw Refuse("model.vocab", $"the id of '{JsonSection.Show(token)}' must be a whole number from 0");
            }

            if (!ids.TryAdd(token, id)) throw Refuse("model.vocab", $"holds '{JsonSection.Show(token)}' twice");
        }

        return ids;
    }

    /// <summary>The merges, as <c>"a b"</c> strings or <c>["a", "b"]</c> pairs.</summary>
    public MergeTable Merges(Range value, Dictionary<string, int> vocabulary)
    {
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = new MergeTable(Count(value));
        var reader = new Utf8JsonReader(json.Span[value]);
        reader.Read();
        int rank = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            int left, length;
            if (reader.TokenType == JsonTokenType.String)
            {
                length = Copy(ref reader, 0);
                ReadOnlySpan<char> line = _buffer.AsSpan(0, length);
                if (line.StartsWith("#version")) continue;
                left = line.IndexOf(' ');
                if (left < 0 || line[(left + 1)..].Contains(' ')) throw Refuse(Place(rank), "must be two tokens with one space between");
                line[(left + 1)..].CopyTo(_buffer.AsSpan(left));
                length--;
            }
            else if (reader.TokenType == JsonTokenType.StartArray)
            {
                left = Part(ref reader, 0, rank);
                length = left + Part(ref reader, left, rank);
                if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray) throw Refuse(Place(rank), "must be a pair of strings");
            }
            else
            {
                throw Refuse(Place(rank), "must be a string or a pair of strings");
            }

            ReadOnlySpan<char> joined = _buffer.AsSpan(0, length);
            merges.Set(rank, Id(lookup, joined[..left], rank), Id(lookup, joined[left..], rank), Id(lookup, joined, rank));
            rank++;
        }

        return merges;
    }

    private int Count(Range value)
    {
        var reader = new Utf8JsonReader(json.Span[value]);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray) throw Refuse("model.merges", "must be an array");
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            reader.Skip();
            count++;
        }

        return count;
    }

    private int Part(ref Utf8JsonReader reader, int at, int rank) =>
        reader.Read() && reader.TokenType == JsonTokenType.String
            ? Copy(ref reader, at)
            : throw Refuse(Place(rank), "must be a pair of strings");

    private int Copy(ref Utf8JsonReader reader, int at)
    {
        int need = at + reader.ValueSpan.Length;
        if (_buffer.Length < need) Array.Resize(ref _buffer, need * 2);
        return reader.CopyString(_buffer.AsSpan(at));
    }

    private int Id(Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup, ReadOnlySpan<char> token, int rank) =>
        lookup.TryGetValue(token, out int id)
            ? id
            : throw Refuse(Place(rank), $"the token '{JsonSection.Show(token.ToString())}' is not in the vocabulary");

    private static string Place(int rank) => $"model.merges[{rank}]";

    private ModelFormatException Refuse(string key, string problem) => new(file, $"{key}: {problem}");
}
