using System.Text.Json;
using RewardHub.Host.Configuration;
using RewardHub.Host.Hosting;
using RewardHub.Inference;
using RewardHub.Inference.Tokenizers;
using RewardHub.Prm;
using RewardHub.Scoring;
using RewardHub.Tests;

namespace RewardHub.Host.Tests.EndToEnd;

/// <summary>Model folders as they are, and with the tokenizer of another model.</summary>
[Trait("Category", "Golden")]
public sealed class ModelFolderTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rewardhub-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Checkpoints() => new(Folders().Select(f => Path.GetFileName(f)));

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public async Task A_golden_folder_is_hosted_or_says_which_format_it_needs(string checkpoint)
    {
        JsonElement? row = Golden.Json("prm", "formats.json").GetProperty("formats").EnumerateArray()
            .Where(r => r.GetProperty("checkpoint").GetString() == checkpoint && PrmFormats.Find(r.GetProperty("format").GetString()!) is not null)
            .Select(r => (JsonElement?)r).FirstOrDefault();
        var options = new ModelOptions { Path = Golden.File("models", checkpoint), Format = row?.GetProperty("format").GetString() };
        try
        {
            await using HostedModel model = await ModelHosting.LoadAsync("m", options, new EngineSettings { Threads = 1 }, TestContext.Current.CancellationToken);

            // Without a name, a head of its own says what the model is; a plain language model is never taken for a reward model.
            if (options.Format is not null || model.Facts.HeadWidth == 0) Assert.Equal(options.Format, model.Prm?.Format.Id);
            output.WriteLine($"{checkpoint}: {model.SelfTest}");
        }
        catch (ModelFormatException fault) when (fault.Message.Contains("architecture", StringComparison.Ordinal))
        {
            Golden.NotCovered($"{checkpoint}: {fault.Message}");
        }
    }

    [Theory]
    [InlineData("llama-prm800k")]
    [InlineData(null)]
    public async Task The_tokenizer_of_a_larger_vocabulary_is_refused_with_one_line_and_exit_code_2(string? format)
    {
        const string Checkpoint = "llama-gqa";
        string larger = Folders().MaxBy(f => Tokenizer.Load(f).VocabularySize)!;
        string model = WithTokenizerOf(Golden.File("models", Checkpoint), larger);
        string[] chosen = format is null ? [] : ["--format", format];
        Ended check = await Executable.RunAsync(["models", "check", model, .. chosen]);
        Refused(check);
        Ended serve = await Executable.RunAsync(["serve", "--urls", "http://127.0.0.1:0", "--model", $"mixed={model}", .. chosen]);
        Refused(serve);
        output.WriteLine(serve.Errors);

        void Refused(Ended ended)
        {
            Assert.Equal(2, ended.ExitCode);
            string line = Assert.Single(ended.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.Contains(Path.Combine(model, "tokenizer.json"), line, StringComparison.Ordinal);
            Assert.Contains("tokenizer of another model", line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_tokenizer_without_the_special_tokens_of_the_checkpoint_is_refused_whatever_its_size()
    {
        int refused = 0;
        foreach (string own in Folders())
        {
            JsonElement config = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(own, "config.json"))).RootElement;
            foreach (string other in Folders())
            {
                Tokenizer tokenizer = Tokenizer.Load(other);
                bool isSpecial = new[] { "bos_token_id", "eos_token_id" }.All(key =>
                    !config.TryGetProperty(key, out JsonElement id) || id.ValueKind != JsonValueKind.Number || tokenizer.IsSpecial(id.GetInt32()));
                if (isSpecial || tokenizer.VocabularySize > config.GetProperty("vocab_size").GetInt32()) continue;
                string mixed = WithTokenizerOf(own, other);
                ModelFormatException? fault = await TryLoadAsync(mixed);
                if (fault is null || !fault.Message.Contains("tokenizer", StringComparison.Ordinal)) continue;
                Assert.Contains("another model", fault.Message, StringComparison.Ordinal);
                output.WriteLine($"{Path.GetFileName(own)} with the tokenizer of {Path.GetFileName(other)}: {fault.Message}");
                refused++;
                break;
            }

            if (refused == 2) return;
        }

        if (refused == 0) Golden.NotCovered("no two golden models differ in their special tokens only");
    }

    private static async Task<ModelFormatException?> TryLoadAsync(string folder)
    {
        try
        {
            await using HostedModel model = await ModelHosting.LoadAsync("m", new ModelOptions { Path = folder }, new EngineSettings { Threads = 1 }, CancellationToken.None);
            return null;
        }
        catch (ModelFormatException fault)
        {
            return fault;
        }
    }

    private static IEnumerable<string> Folders() => Directory.GetDirectories(Golden.File("models"))
        .Where(f => File.Exists(Path.Combine(f, "config.json"))).Order(StringComparer.Ordinal);

    private string WithTokenizerOf(string own, string other)
    {
        string mixed = Path.Combine(_folder, $"{Path.GetFileName(own)}-{Path.GetFileName(other)}");
        Directory.CreateDirectory(mixed);
        foreach (string file in Directory.GetFiles(own).Where(f => !Path.GetFileName(f).StartsWith("golden", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(mixed, Path.GetFileName(file)), overwrite: true);
        foreach (string name in new[] { "tokenizer.json", "tokenizer_config.json" })
            File.Copy(Path.Combine(other, name), Path.Combine(mixed, name), overwrite: true);
        return mixed;
    }
}
