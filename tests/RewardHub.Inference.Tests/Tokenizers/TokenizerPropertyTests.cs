using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using RewardHub.Inference.Tokenizers;
using RewardHub.Tests;

namespace RewardHub.Inference.Tests.Tokenizers;

[Trait("Category", "Golden")]
public class TokenizerPropertyTests(ITestOutputHelper output)
{
    // Letters, marks that compose, spaces, line ends, quotes, digits, every script, astral planes and lone surrogates.
    private static readonly Gen<string> TextTable = Gen.Frequency(
            (6, Gen.Choose(0x20, 0x7E)),
            (2, Gen.Elements(' ', '\n', '\r', '\t', '\'').Select(character => (int)character)),
            (2, Gen.Choose(0xA0, 0x36F)),
            (2, Gen.Choose(0x370, 0xFFFF)),
            (2, Gen.Choose(0x10000, 0x1FFFF)),
            (1, Gen.Choose(0xD800, 0xDFFF)))
        .ListOf()
        .Select(points => string.Concat(points.Select(point => point <= 0xFFFF ? ((char)point).ToString() : char.ConvertFromUtf32(point))));

    public static TheoryData<string> Folders => GoldenTokenizers.Folders();

    /// <summary>Byte-level tokenizers that do not normalize: what is decoded is what was encoded.</summary>
    [Theory]
    [MemberData(nameof(Folders))]
    public void Decode_gives_back_what_was_encoded_when_nothing_normalizes(string folder)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(folder);
        string json = File.ReadAllText(Path.Combine(GoldenTokenizers.FolderOf(folder), "tokenizer.json"));
        if (!json.Contains("\"ByteLevel\"", StringComparison.Ordinal)) Golden.NotCovered($"{folder}: not byte-level, so a leading space is not kept");
        bool normalizes = json.Contains("\"NFC\"", StringComparison.Ordinal);
        Prop.ForAll(TextTable.ToArbitrary(), text =>
        {
            string scalar = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            int[] ids = tokenizer.EncodeToIds(text, specialsAsText: true);
            string decoded = tokenizer.Decode(ids);

            // Normalized text is a fixed point: encoding it again changes nothing.
            return normalizes ? tokenizer.Decode(tokenizer.EncodeToIds(decoded, specialsAsText: true)) == decoded : decoded == scalar;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Offsets_lie_in_the_text_and_never_go_back(string folder)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(folder);
        Prop.ForAll(TextTable.ToArbitrary(), text =>
        {
            TokenEncoding encoding = tokenizer.Encode(text);
            int points = text.Length - Enumerable.Range(1, Math.Max(0, text.Length - 1)).Count(i => char.IsSurrogatePair(text[i - 1], text[i]));
            bool whole = encoding.Offsets.All(range => range.Start >= 0 && range.Start <= range.End && range.End <= text.Length)
                && encoding.Offsets.Zip(encoding.Offsets.Skip(1)).All(pair => pair.First.Start <= pair.Second.Start)
                && encoding.CodePointOffsets().All(range => range.End <= points);
            return whole
                && encoding.Ids.SequenceEqual(tokenizer.EncodeToIds(text))
                && encoding.Ids.Length == encoding.Tokens.Length
                && tokenizer.ByteCounts(encoding.Ids).All(count => count > 0);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Encode_gives_the_same_ids_on_many_threads(string folder)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(folder);
        string[] texts = [.. Golden.Lines("tokenizers", folder, "encodings.jsonl").Select(line => line.GetProperty("text").GetString()!)];
        Tokenizer fresh = Tokenizer.Load(GoldenTokenizers.FolderOf(folder));
        int[][] expected = Array.ConvertAll(texts, text => fresh.EncodeToIds(text));
        Parallel.For(0, 8 * texts.Length, i => Assert.Equal(expected[i % texts.Length], tokenizer.EncodeToIds(texts[i % texts.Length])));
    }

    /// <summary>A word of a million characters takes about as long as a hundred of ten thousand, not ten thousand times as long.</summary>
    [Theory]
    [Trait("Category", "Slow")]
    [MemberData(nameof(Folders))]
    public void Encode_takes_nearly_linear_time_on_one_long_word(string folder)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(folder);
        var random = new Random(1);
        foreach (string unit in (string[])["a", " ", "e\u0323\u0301", "<", "\U0001F600"])
        {
            string text = new StringBuilder().Insert(0, unit, (1 << 20) / unit.Length).ToString();
            tokenizer.EncodeToIds(text.AsSpan(0, 10_000));
            var watch = Stopwatch.StartNew();
            int count = tokenizer.EncodeToIds(text).Length;
            output.WriteLine($"{folder}: 1 MiB of {unit.Length} units, U+{(int)unit[0]:X4}: {watch.ElapsedMilliseconds} ms, {count} tokens");

            // A quadratic merge takes minutes; the bound leaves room for a busy machine.
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
        }

        string letters = string.Concat(Enumerable.Range(0, 1 << 20).Select(_ => (char)('a' + random.Next(26))));
        var clock = Stopwatch.StartNew();
        tokenizer.EncodeToIds(letters);
        output.WriteLine($"{folder}: 1 MiB of random letters: {clock.ElapsedMilliseconds} ms");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{clock.Elapsed}");
    }
}
