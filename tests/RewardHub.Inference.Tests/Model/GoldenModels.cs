using System.Runtime.InteropServices;
using System.Text.Json;
using RewardHub.Inference.Model;
using RewardHub.Inference.Weights;
using RewardHub.Tests;

namespace RewardHub.Inference.Tests.Model;

/// <summary>The reference checkpoints and their expected outputs.</summary>
internal static class GoldenModels
{
    public const string AdapterConfig = "adapter_config.json";

    /// <summary>Folders with a golden.json, by name.</summary>
    public static IEnumerable<string> Names() => Directory.Exists(Golden.File("models"))
        ? Directory.EnumerateDirectories(Golden.File("models"))
            .Where(f => File.Exists(Path.Combine(f, "golden.json"))).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)
        : [];

    public static bool IsAdapter(string name) => File.Exists(Golden.File("models", name, AdapterConfig));

    /// <summary>The folder of the base model: the one itself, or the adapter's base.</summary>
    public static string BaseFolder(string name) => IsAdapter(name)
        ? Golden.File("models", Golden.Json("models", name, AdapterConfig).GetProperty("base_model_name_or_path").GetString()!)
        : Golden.File("models", name);

    /// <summary>Loads a model or an adapter on its base; skips the test when the product says that it does not know the family.</summary>
    public static Transformer Load(string name, EngineOptions? options = null)
    {
        if (!IsAdapter(name))
        {
            JsonElement config = Golden.Json("models", name, "config.json");
            string type = config.GetProperty("model_type").GetString()!, architecture = config.GetProperty("architectures")[0].GetString()!;
            if (Families.Find(type) is not { } family) Golden.NotCovered($"{name}: model_type '{type}' is unknown");
            else if (Families.FindHead(family, architecture) is null) Golden.NotCovered($"{name}: architecture '{architecture}' is unknown");
        }

        return Transformer.Load(BaseFolder(name), options, IsAdapter(name) ? Golden.File("models", name) : null);
    }

    public static IReadOnlyList<GoldenSequence> Sequences(string name) =>
        [.. Golden.Json("models", name, "golden.json").GetProperty("sequences").EnumerateArray().Select(s => new GoldenSequence(
            s.GetProperty("name").GetString()!,
            [.. s.GetProperty("input_ids").EnumerateArray().Select(i => i.GetInt32())],
            [.. s.GetProperty("tensors").EnumerateObject().Select(t => t.Name)]))];

    public static SafetensorsFile Expected(string name) => SafetensorsFile.Open(Golden.File("models", name, "golden.safetensors"));

    /// <summary>Reads an F32 or F64 tensor.</summary>
    public static double[] Values(SafetensorsFile file, string tensor)
    {
        Assert.True(file.TryGet(tensor, out MappedTensor found), tensor);
        if (found.Entry.Dtype == TensorDtype.F64) return MemoryMarshal.Cast<byte, double>(found.Bytes).ToArray();
        Assert.Equal(TensorDtype.F32, found.Entry.Dtype);
        return [.. MemoryMarshal.Cast<byte, float>(found.Bytes).ToArray().Select(v => (double)v)];
    }

    public static int[] All(int count) => [.. Enumerable.Range(0, count)];
}

internal sealed record GoldenSequence(string Name, int[] Tokens, IReadOnlyList<string> Tensors);
