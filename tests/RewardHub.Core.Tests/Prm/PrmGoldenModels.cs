using System.Text.Json;
using RewardHub.Inference;
using RewardHub.Inference.Model;
using RewardHub.Inference.Tokenizers;
using RewardHub.Prm;
using RewardHub.Tests;

namespace RewardHub.Core.Tests.Prm;

/// <summary>A golden checkpoint bound to its format.</summary>
public sealed record PrmGoldenModel(ProcessRewardModel Model, IForwardPass Engine);

/// <summary>
/// Loads the checkpoints that <c>prm/formats.json</c> names; what the product says it cannot do is skipped. One for all
/// tests of a class, which run one after the other: an engine belongs to one thread at a time.
/// </summary>
public sealed class PrmGoldenModels : IDisposable
{
    private readonly Dictionary<string, PrmGoldenModel> _bound = [];
    private readonly List<Checkpoint> _checkpoints = [];
    private readonly Dictionary<string, Tokenizer> _tokenizers = [];
    private readonly Dictionary<string, SelfTest> _selfTests = [];

    public static string[] FormatIds() => [.. Rows().Select(r => r.GetProperty("format").GetString()!)];

    public static JsonElement Row(string format) => Rows().Single(r => r.GetProperty("format").GetString() == format);

    public static string Folder(string checkpoint) => Golden.File("models", checkpoint);

    public PrmGoldenModel Bind(string format)
    {
        if (_bound.TryGetValue(format, out PrmGoldenModel? known)) return known;
        if (PrmFormats.Find(format) is not { } row)
        {
            Golden.NotCovered($"{format}: no such format");
            throw new InvalidOperationException();
        }

        Checkpoint checkpoint = Load(format);
        Tokenizer tokenizer = _tokenizers[format] = Tokenizer.Load(checkpoint.Folder);
        PrmBinding binding = ProcessRewardModel.Bind(checkpoint.Facts, tokenizer,
            new PrmFormatChoice(row, PrmOptions.Of(row)), request => checkpoint.Engine.Run([request])[0]);
        Assert.True(binding.Model is not null,
            string.Join("; ", binding.SelfTest.Checks.Where(c => !c.Passed).Select(c => $"{c.Name}: {c.Detail}")));
        _selfTests[format] = binding.SelfTest;
        return _bound[format] = new PrmGoldenModel(binding.Model, checkpoint.Engine);
    }

    public Tokenizer TokenizerOf(string format)
    {
        Bind(format);
        return _tokenizers[format];
    }

    public SelfTest SelfTestOf(string format) => _selfTests[format];

    public void Dispose() => _checkpoints.ForEach(c => c.Dispose());

    private Checkpoint Load(string format)
    {
        JsonElement row = Row(format);
        string? adapter = row.GetProperty("adapter").GetString();
        try
        {
            var checkpoint = Checkpoint.Load(
                Folder(row.GetProperty("checkpoint").GetString()!), new EngineOptions { Threads = 1 },
                adapter is null ? null : Folder(adapter));
            _checkpoints.Add(checkpoint);
            return checkpoint;
        }
        catch (ModelFormatException e)
        {
            Golden.NotCovered($"{format}: {e.Message}");
            throw;
        }
    }

    private static JsonElement[] Rows() => [.. Golden.Json("prm", "formats.json").GetProperty("formats").EnumerateArray()];
}
