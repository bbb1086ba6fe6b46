using System.Security.Cryptography;
using System.Text.Json;
using RewardHub.Inference.Tokenizers.Decoding;
using RewardHub.Inference.Tokenizers.Normalization;
using RewardHub.Inference.Tokenizers.Splitting;

namespace RewardHub.Inference.Tokenizers.Loading;

/// <summary>All that a <c>tokenizer.json</c> says.</summary>
internal sealed record TokenizerParts
{
    public required Vocabulary Vocabulary { get; init; }

    public required BpeModel Model { get; init; }

    public required bool ByteLevel { get; init; }

    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }

    public required Normalizer? Normalizer { get; init; }

    public required PreTokenizer? PreTokenizer { get; init; }

    public required IReadOnlyList<PostProcessor> PostProcessors { get; init; }

    public required TokenDecoder? Decoder { get; init; }

    public required string Hash { get; init; }
}

/// <summary>Reads a <c>tokenizer.json</c>.</summary>
internal static class TokenizerReader
{
    // Published files stay below 40 MB; the bound keeps a hostile path from filling the memory.
    private const long LargestFile = 256L << 20;

    // Longer added tokens would make the search for them quadratic.
    private const int LongestAddedToken = 1024;

    /// <param name="file">Path of the file.</param>
    /// <param name="more">Added tokens that stand only in <c>tokenizer_config.json</c>.</param>
    /// <exception cref="ModelFormatException">The file cannot be read or says something that is not supported.</exception>
    public static TokenizerParts Read(string file, IReadOnlyList<AddedToken> more)
    {
        byte[] json = ReadBounded(file);
        try
        {
            return Read(file, json, more);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or FormatException)
        {
            throw new ModelFormatException(file, $"is not valid JSON text: {problem.Message}", problem);
        }
    }

    /// <summary>The bytes of a file of bounded size, without a byte order mark.</summary>
    public static byte[] ReadBounded(string file)
    {
        try
        {
            long size = new FileInfo(file).Length;
            if (size > LargestFile) throw new ModelFormatException(file, $"has {size} bytes; at most {LargestFile} are read");
            return File.ReadAllBytes(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(file, $"cannot be read: {problem.Message}", problem);
        }
    }

    private static TokenizerParts Read(string file, byte[] json, IReadOnlyList<AddedToken> more)
    {
        var sections = new Dictionary<string, JsonElement>();
        var model = new Dictionary<string, JsonElement>();
        Range? vocab = null, merges = null;
        var reader = new Utf8JsonReader(json);
        Begin(ref reader, file, "the file");
        while (Next(ref reader, out string key))
        {
            if (key == "model")
            {
                Begin(ref reader, file, key);
                while (Next(ref reader, out string name))
                {
                    if (name == "vocab") vocab = Skip(ref reader);
                    else if (name == "merges") merges = Skip(ref reader);
                    else model[name] = JsonElement.ParseValue(ref reader);
                }
            }
            else
            {
                sections[key] = JsonElement.ParseValue(ref reader);
            }
        }

        reader.Read();
        JsonSection root = new(file, "tokenizer.json", Collect(sections));
        root.Only("version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder");
        if (root.Text("version") != "1.0") throw root.Refuse("the version must be 1.0");
        JsonSection settings = new(file, "model", Collect(model));
        if (vocab is null || merges is null) throw settings.Refuse("must be a BPE model with 'vocab' and 'merges'");

        var bpe = new BpeReader(file, json);
        Dictionary<string, int> ids = bpe.Vocabulary(vocab.Value);
        MergeTable table = bpe.Merges(merges.Value, ids);
        List<AddedToken> added = AddedTokens(root, more);
        var others = new Dictionary<string, int>();
        foreach (AddedToken token in added)
        {
            if (!ids.TryGetValue(token.Content, out int id)) others.Add(token.Content, token.Id);
            else if (id != token.Id) throw root.Refuse($"the added token '{JsonSection.Show(token.Content)}' has the id {token.Id}, in the vocabulary {id}");
        }

        var vocabulary = new Vocabulary(ids, others, ById(root, ids, others));

        bool byteLevel = false;
        PreTokenizer? preTokenizer = root.Has("pre_tokenizer")
            ? StageReader.PreTokenizer(root.Child("pre_tokenizer"), last: true, ref byteLevel)
            : null;
        PostProcessor[] postProcessors = root.Has("post_processor") ? [.. StageReader.PostProcessors(root.Child("post_processor"))] : [];
        foreach (int id in postProcessors.OfType<PostProcessor.Template>().SelectMany(template => template.Before.Concat(template.After)))
        {
            if (vocabulary.TokenOf(id) is null) throw root.Child("post_processor").Refuse($"names the id {id}, which has no token");
        }

        return new TokenizerParts
        {
            Vocabulary = vocabulary,
            Model = Model(settings, vocabulary, table, byteLevel),
            ByteLevel = byteLevel,
            AddedTokens = added,
            Normalizer = root.Has("normalizer") ? StageReader.Normalizer(root.Child("normalizer")) : null,
            PreTokenizer = preTokenizer,
            PostProcessors = postProcessors,
            Decoder = root.Has("decoder") ? StageReader.Decoder(root.Child("decoder")) : null,
            Hash = Convert.ToHexStringLower(SHA256.HashData(json)),
        };
    }

    private static BpeModel Model(JsonSection section, Vocabulary vocabulary, MergeTable merges, bool byteLevel)
    {
        section.Only(
            "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges");
        if (section.Has("type") && section.Type != "BPE") throw section.Refuse($"the model type '{JsonSection.Show(section.Type)}' is not supported");
        if (section.Has("dropout") && !(section.Child("dropout").Value.TryGetDouble(out double dropout) && dropout == 0))
        {
            throw section.Refuse("dropout would make the ids random; it must be null");
        }

        foreach (string affix in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (section.Has(affix) && section.Text(affix).Length > 0) throw section.Child(affix).Refuse("is not supported; it must be null or empty");
        }

        int unknown = -1;
        if (section.Has("unk_token"))
        {
            unknown = vocabulary.ModelIdOf(section.Text("unk_token"));
            if (unknown < 0) throw section.Child("unk_token").Refuse("is not in the vocabulary");
        }

        var model = new BpeModel(vocabulary, merges, new BpeOptions
        {
            ByteLevel = byteLevel,
            UnknownId = unknown,
            FuseUnknown = section.Flag("fuse_unk", false),
            ByteFallback = section.Flag("byte_fallback", false),
            IgnoreMerges = section.Flag("ignore_merges", false),
        });
        if (byteLevel && model.MissingByte >= 0)
        {
            throw section.Refuse($"the byte-level vocabulary has no token for byte 0x{model.MissingByte:X2}; text would be lost");
        }

        return model;
    }

    private static List<AddedToken> AddedTokens(JsonSection root, IReadOnlyList<AddedToken> more)
    {
        var tokens = new List<AddedToken>();
        var known = new HashSet<string>();
        if (root.Has("added_tokens"))
        {
            foreach (JsonSection item in root.Items("added_tokens"))
            {
                AddedToken token = ReadAddedToken(item, item.Number("id"));
                if (token.Content.Length > 0 && known.Add(token.Content)) tokens.Add(token);
            }
        }

        foreach (AddedToken token in more)
        {
            if (token.Content.Length > 0 && known.Add(token.Content)) tokens.Add(token);
        }

        foreach (AddedToken token in tokens)
        {
            if (token.Content.Length > LongestAddedToken) throw root.Refuse($"an added token has more than {LongestAddedToken} characters");
        }

        return tokens;
    }

    /// <summary>One added token as <c>tokenizer.json</c> and <c>tokenizer_config.json</c> write it.</summary>
    public static AddedToken ReadAddedToken(JsonSection item, int id)
    {
        item.Only("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special", "__type");
        bool special = item.Flag("special", false);
        return new AddedToken(
            id,
            item.Text("content"),
            item.Flag("single_word", false),
            item.Flag("lstrip", false),
            item.Flag("rstrip", false),
            item.Flag("normalized", !special),
            special);
    }

    // Ids are dense in every published file; the bound keeps one stray id from taking gigabytes.
    private static string?[] ById(JsonSection root, Dictionary<string, int> ids, Dictionary<string, int> others)
    {
        long count = (long)ids.Count + others.Count;
        int highest = Math.Max(ids.Count == 0 ? 0 : ids.Values.Max(), others.Count == 0 ? 0 : others.Values.Max());
        if (highest >= 2 * count + 65_536) throw root.Refuse($"the highest id is {highest}, with {count} tokens: too many ids are unused");
        var tokens = new string?[highest + 1];
        foreach (Dictionary<string, int> part in (Dictionary<string, int>[])[ids, others])
        {
            foreach ((string token, int id) in part)
            {
                if (tokens[id] is { } other) throw root.Refuse($"the id {id} belongs to '{JsonSection.Show(other)}' and '{JsonSection.Show(token)}'");
                tokens[id] = token;
            }
        }

        return tokens;
    }

    private static void Begin(ref Utf8JsonReader reader, string file, string what)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw new ModelFormatException(file, $"{what} must be a JSON object");
    }

    private static bool Next(ref Utf8JsonReader reader, out string key)
    {
        reader.Read();
        key = reader.TokenType == JsonTokenType.PropertyName ? reader.GetString()! : "";
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    private static Range Skip(ref Utf8JsonReader reader)
    {
        reader.Read();
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        return start..(int)reader.BytesConsumed;
    }

    private static JsonElement Collect(Dictionary<string, JsonElement> members)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach ((string name, JsonElement value) in members)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        using JsonDocument document = JsonDocument.Parse(stream.ToArray());
        return document.RootElement.Clone();
    }
}
