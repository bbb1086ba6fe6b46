using System.Text.Json.Nodes;
using RewardHub.Inference.Tokenizers;

namespace RewardHub.Inference.Tests.Tokenizers;

/// <summary>Files that are cut, changed or say what is not supported.</summary>
public sealed class TokenizerFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rewardhub-tokenizer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private const string Small = """
        {"version":"1.0","truncation":null,"padding":null,
         "added_tokens":[{"id":5,"content":"<s>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],
         "normalizer":null,"pre_tokenizer":null,
         "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
           "pair":[],"special_tokens":{"<s>":{"id":"<s>","ids":[5],"tokens":["<s>"]}}},
         "decoder":{"type":"Fuse"},
         "model":{"type":"BPE","dropout":null,"unk_token":"?","continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":true,
           "byte_fallback":false,"ignore_merges":false,"vocab":{"?":0,"a":1,"b":2,"ab":3,"aba":4},"merges":["a b",["ab","a"]]}}
        """;

    private Tokenizer Load(string json)
    {
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), json);
        return Tokenizer.Load(_folder);
    }

    private string Refusal(Action<JsonNode> change)
    {
        JsonNode json = JsonNode.Parse(Small)!;
        change(json);
        return Assert.Throws<ModelFormatException>(() => Load(json.ToJsonString())).Message;
    }

    [Fact]
    public void Encode_merges_by_rank_and_fuses_unknown_characters()
    {
        Tokenizer tokenizer = Load(Small);
        TokenEncoding encoding = tokenizer.Encode("abazz\U0001F600b<s>", new EncodeOptions { AddSpecialTokens = true });
        Assert.Equal([5, 4, 0, 2, 5], encoding.Ids);
        Assert.Equal([new(0, 0), new(0, 3), new(3, 7), new(7, 8), new(8, 11)], encoding.Offsets);
        Assert.Equal([new(0, 0), new(0, 3), new(3, 6), new(6, 7), new(7, 10)], encoding.CodePointOffsets());
        Assert.Equal([3, 1, 3], tokenizer.ByteCounts([4, 0, 5]));
        Assert.Equal([4], tokenizer.EncodeToIds("aba"));
        Assert.Equal("aba?", tokenizer.Decode([5, 4, 0], skipSpecialTokens: true));
        Assert.Null(tokenizer.IdOf("zz"));
        Assert.Null(tokenizer.TokenOf(6));
        Assert.Equal(6, tokenizer.VocabularySize);
        Assert.Equal(64, tokenizer.Hash.Length);
    }

    [Fact]
    public void Encode_takes_a_lone_surrogate_as_the_replacement_character()
    {
        Tokenizer tokenizer = Load(Small.Replace("\"b\":2", "\"b\":2,\"\\ufffd\":6", StringComparison.Ordinal));
        TokenEncoding encoding = tokenizer.Encode("a\uD800b\uDC00");
        Assert.Equal([1, 6, 2, 6], encoding.Ids);
        Assert.Equal([new(0, 1), new(1, 2), new(2, 3), new(3, 4)], encoding.Offsets);
        Assert.Equal(encoding.Offsets, encoding.CodePointOffsets());
    }

    [Fact]
    public void Load_refuses_what_it_does_not_know_and_names_it()
    {
        Assert.Contains("'surprise'", Refusal(json => json["surprise"] = 1), StringComparison.Ordinal);
        Assert.Contains("'WordPiece'", Refusal(json => json["model"]!["type"] = "WordPiece"), StringComparison.Ordinal);
        Assert.Contains("dropout", Refusal(json => json["model"]!["dropout"] = 0.1), StringComparison.Ordinal);
        Assert.Contains("end_of_word_suffix", Refusal(json => json["model"]!["end_of_word_suffix"] = "</w>"), StringComparison.Ordinal);
        Assert.Contains("'Bert'", Refusal(json => json["normalizer"] = new JsonObject { ["type"] = "Bert" }), StringComparison.Ordinal);
        Assert.Contains("'extra'", Refusal(json => json["decoder"]!["extra"] = true), StringComparison.Ordinal);
        Assert.Contains("decoder", Refusal(json => json["decoder"]!["type"] = "CTC"), StringComparison.Ordinal);
        Assert.Contains("not supported", Refusal(json => json["pre_tokenizer"] = JsonNode.Parse("""{"type":"Split","pattern":{"Regex":"(?<=x)y"},"behavior":"Isolated"}""")), StringComparison.Ordinal);
        Assert.Contains("0x00", Refusal(json => json["pre_tokenizer"] = JsonNode.Parse("""{"type":"ByteLevel","add_prefix_space":false}""")), StringComparison.Ordinal);
        Assert.Contains("merges[0]", Refusal(json => json["model"]!["merges"]![0] = "a z"), StringComparison.Ordinal);
        Assert.Contains("the id 1", Refusal(json => json["model"]!["vocab"]!["c"] = 1), StringComparison.Ordinal);
        Assert.Contains("too many ids", Refusal(json => json["model"]!["vocab"]!["c"] = int.MaxValue), StringComparison.Ordinal);
        Assert.Contains("has no token", Refusal(json => json["post_processor"]!["special_tokens"]!["<s>"]!["ids"]![0] = 77), StringComparison.Ordinal);
        Assert.Contains("version", Refusal(json => json["version"] = "2.0"), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_says_which_file_is_missing()
    {
        Assert.Contains("tokenizer.json", Assert.Throws<ModelFormatException>(() => Tokenizer.Load(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_refuses_a_file_that_is_cut_anywhere()
    {
        for (int length = 0; length < Small.Length; length += 3)
        {
            Assert.Throws<ModelFormatException>(() => Load(Small[..length]));
        }
    }

    /// <summary>Any change either loads and encodes, or is refused as the file's fault; nothing else is thrown.</summary>
    [Fact]
    public void Load_survives_changed_bytes()
    {
        var random = new Random(1);
        byte[] source = System.Text.Encoding.UTF8.GetBytes(Small);
        string path = Path.Combine(_folder, "tokenizer.json");
        int refused = 0, loaded = 0;
        for (int round = 0; round < 3000; round++)
        {
            byte[] changed = [.. source];
            for (int i = random.Next(1, 4); i > 0; i--) changed[random.Next(changed.Length)] = (byte)(random.Next(3) == 0 ? random.Next(256) : "{}[]\",:0123-null\\"[random.Next(17)]);
            File.WriteAllBytes(path, changed);
            try
            {
                Tokenizer tokenizer = Tokenizer.Load(path);
                tokenizer.Decode(tokenizer.Encode("ab a<s>é", new EncodeOptions { AddSpecialTokens = true }).Ids);
                loaded++;
            }
            catch (ModelFormatException)
            {
                refused++;
            }
        }

        Assert.True(refused > 0 && loaded > 0, $"{refused} refused, {loaded} loaded");
    }
}
