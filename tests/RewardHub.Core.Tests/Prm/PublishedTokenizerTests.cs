using System.IO.Compression;
using RewardHub.Contracts;
using RewardHub.Inference;
using RewardHub.Inference.Tokenizers;
using RewardHub.Prm;
using RewardHub.Tests;

namespace RewardHub.Core.Tests.Prm;

/// <summary>Markers and candidates in the published tokenizers are the ids that the published scripts name.</summary>
/// <remarks>The ids are facts of the published models (VersaPRM's <c>prm_llama.py</c>, <c>prm_qwen.py</c>, OpenR's <c>infer_fns.py</c>).</remarks>
[Trait("Category", "Golden")]
public sealed class PublishedTokenizerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rewardhub-tokenizer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("versaprm", "real-llama31", "LlamaForCausalLM", 23535, 10, 12)]
    [InlineData("qwen-prm800k", "real-qwen3", "Qwen2ForCausalLM", 22701, 10, 12)]
    [InlineData("math-psa", "real-qwen3", "Qwen2ForCausalLM", 76325, 488, 481)]
    public void Render_puts_the_published_ids_where_the_format_says(
        string id, string tokenizerFolder, string architecture, int marker, int good, int bad)
    {
        Tokenizer tokenizer = Unpack(tokenizerFolder);
        var facts = new ModelFacts
        {
            Architecture = architecture,
            VocabularySize = tokenizer.VocabularySize,
            HiddenSize = 8,
            Layers = 1,
            ContextLength = 4096,
            HeadWidth = 0,
            HasVocabularyHead = true,
            Hash = "0",
            WeightBytes = 0,
        };
        PrmFormat format = PrmFormats.Find(id)!;
        PrmBinding binding = ProcessRewardModel.Bind(facts, tokenizer,
            new PrmFormatChoice(format, PrmOptions.Of(format)), r => new float[2 * r.ReadOut.Positions.Count]);
        Assert.True(binding.Model is not null, string.Join("; ", binding.SelfTest.Checks));
        string[] steps = ["One full stop.", "no stop", "a number 3", "(brackets)", "$math$", "Ответ.", "答案是。"];
        StepPrompt prompt = binding.Model.Render(Prompt.FromText("What is it?"), steps).Value!;
        Assert.Equal(steps.Length, prompt.MarkerPositions.Length);
        Assert.All(prompt.MarkerPositions, m => Assert.Equal(marker, prompt.Tokens[m]));
        var rows = Assert.IsType<ReadOut.VocabularyRows>(binding.Model.ToRequest(prompt).ReadOut);
        Assert.Equal([good, bad], rows.TokenIds);

        // Piece by piece gives the ids of the whole text, which is how the published scripts tokenize it.
        Assert.Equal(tokenizer.EncodeToIds(prompt.Text!, addSpecialTokens: true), prompt.Tokens);
    }

    private Tokenizer Unpack(string name)
    {
        string packed = Golden.File("tokenizers", name, "tokenizer.json.gz");
        if (!File.Exists(packed)) Golden.NotCovered($"{name}: the published tokenizer is not in this golden folder");
        using (var source = new GZipStream(File.OpenRead(packed), CompressionMode.Decompress))
        using (FileStream target = File.Create(Path.Combine(_folder, "tokenizer.json"))) source.CopyTo(target);
        File.Copy(Golden.File("tokenizers", name, "tokenizer_config.json"), Path.Combine(_folder, "tokenizer_config.json"));
        return Tokenizer.Load(_folder);
    }
}
