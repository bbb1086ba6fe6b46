using System.Text.Json;
using RewardHub.Inference.Tokenizers;
using RewardHub.Tests;

namespace RewardHub.Inference.Tests.Tokenizers;

[Trait("Category", "Golden")]
public class GoldenEncodingTests(ITestOutputHelper output)
{
    public static TheoryData<string> Folders => GoldenTokenizers.Folders();

    [Fact]
    public void The_root_has_full_size_tokenizers()
    {
        if (!GoldenTokenizers.Names.Any(name => name.StartsWith("real-", StringComparison.Ordinal)))
        {
            Golden.NotCovered("tokenizers/real-*: this golden root has no full-size tokenizers");
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Encode_gives_the_ids_tokens_and_offsets_of_every_line(string folder)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(folder);
        int lines = 0;
        var wrong = new List<string>();
        foreach (JsonElement line in Golden.Lines("tokenizers", folder, "encodings.jsonl"))
        {
            lines++;
            string text = line.GetProperty("text").GetString()!;
            TokenEncoding plain = tokenizer.Encode(text);
            TokenEncoding special = tokenizer.Encode(text, new EncodeOptions { AddSpecialTokens = true });
            Check(wrong, line, "ids", plain.Ids);
            Check(wrong, line, "ids_special", special.Ids);
            Check(wrong, line, "tokens", plain.Tokens);
            Check(wrong, line, "offsets_utf16", plain.Offsets);
            Check(wrong, line, "offsets", plain.CodePointOffsets());
            Check(wrong, line, "decoded", tokenizer.Decode(plain.Ids));
            Check(wrong, line, "decoded_skip_special", tokenizer.Decode(special.Ids, skipSpecialTokens: true));
            Check(wrong, line, "ids", tokenizer.EncodeToIds(text));
            Check(wrong, line, "ids_special", tokenizer.EncodeToIds(text.AsSpan(), addSpecialTokens: true));
            if (line.TryGetProperty("ids_specials_as_text", out _))
            {
                Check(wrong, line, "ids_specials_as_text", tokenizer.EncodeToIds(text, specialsAsText: true));
            }
        }

        Report(folder, lines, wrong);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Decode_gives_the_text_of_every_line(string folder)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(folder);
        int lines = 0;
        var wrong = new List<string>();
        foreach (JsonElement line in Golden.Lines("tokenizers", folder, "decodings.jsonl"))
        {
            lines++;
            int[] ids = [.. line.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            Check(wrong, line, "tokens", Array.ConvertAll(ids, id => tokenizer.TokenOf(id)!));
            Check(wrong, line, "decoded", tokenizer.Decode(ids));
            Check(wrong, line, "decoded_skip_special", tokenizer.Decode(ids, skipSpecialTokens: true));
            Assert.All(ids, id => Assert.Equal(id, tokenizer.IdOf(tokenizer.TokenOf(id)!)));
        }

        Report(folder, lines, wrong);
    }

    internal static void Check(List<string> wrong, JsonElement line, string key, object actual)
    {
        string expected = line.GetProperty(key).ToString();
        string got = actual switch
        {
            string text => text,
            int[] ids => $"[{string.Join(',', ids)}]",
            string[] tokens => JsonSerializer.Serialize(tokens),
            TextRange[] ranges => $"[{string.Join(',', ranges.Select(range => $"[{range.Start},{range.End}]"))}]",
            _ => throw new ArgumentException("unknown kind", nameof(actual)),
        };
        if (actual is not string) expected = JsonSerializer.Serialize(line.GetProperty(key));
        if (expected != got) wrong.Add($"{key} of {JsonSerializer.Serialize(line.GetProperty(line.TryGetProperty("text", out _) ? "text" : "ids"))}: expected {expected}, got {got}");
    }

    private void Report(string folder, int lines, List<string> wrong)
    {
        output.WriteLine($"{folder}: {lines} lines, {wrong.Count} differences");
        foreach (string one in wrong.Take(20)) output.WriteLine(one);
        Assert.True(lines > 0);
        Assert.Empty(wrong);
    }
}
