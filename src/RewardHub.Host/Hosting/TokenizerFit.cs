using System.Globalization;
using System.Text.Json;
using RewardHub.Inference;
using RewardHub.Inference.Tokenizers;

namespace RewardHub.Host.Hosting;

/// <summary>Whether the tokenizer of a model folder is the checkpoint's own: another one gives wrong numbers without an error.</summary>
internal static class TokenizerFit
{
    /// <summary>Keys of <c>config.json</c> that name ids of special tokens.</summary>
    private static readonly string[] SpecialKeys = ["bos_token_id", "eos_token_id"];

    /// <summary>Checks the tokenizer's ids against the checkpoint's vocabulary rows and its special tokens.</summary>
    /// <exception cref="ModelFormatException">The tokenizer is another model's.</exception>
    public static void Check(string folder, ModelFacts facts, Tokenizer tokenizer)
    {
        string file = Path.Combine(folder, "tokenizer.json");
        if (tokenizer.VocabularySize > facts.VocabularySize)
        {
            throw Another(file, string.Create(CultureInfo.InvariantCulture,
                $"it has ids up to {tokenizer.VocabularySize - 1}, the checkpoint {facts.VocabularySize} vocabulary rows"));
        }

        using JsonDocument config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json")));
        foreach (string key in SpecialKeys)
        {
            foreach (int id in Ids(config.RootElement, key))
            {
                if (tokenizer.IsSpecial(id)) continue;
                string kind = tokenizer.TokenOf(id) is { } token ? $"the ordinary token '{token}'" : "no token";
                throw Another(file, string.Create(CultureInfo.InvariantCulture, $"config.json names {id} as {key}, which is {kind} in it"));
            }
        }
    }

    /// <summary>
    /// The same for a model that gives log-probabilities of given ids only. It needs no tokenizer, so one that is not there or is
    /// of a kind that cannot be read says nothing.
    /// </summary>
    /// <exception cref="ModelFormatException">The tokenizer is another model's.</exception>
    public static void CheckIfReadable(string folder, ModelFacts facts)
    {
        if (!File.Exists(Path.Combine(folder, "tokenizer.json"))) return;
        Tokenizer tokenizer;
        try
        {
            tokenizer = Tokenizer.Load(folder);
        }
        catch (ModelFormatException)
        {
            return;
        }

        Check(folder, facts, tokenizer);
    }

    private static ModelFormatException Another(string file, string how) =>
        new(file, $"is the tokenizer of another model: {how}; copy the tokenizer files that were published with these weights");

    /// <summary>A key holds one id, a list of ids, or nothing; negative ids stand for nothing.</summary>
    private static IEnumerable<int> Ids(JsonElement config, string key)
    {
        if (!config.TryGetProperty(key, out JsonElement value)) return [];
        IEnumerable<JsonElement> given = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
        return [.. given.Where(v => v.ValueKind == JsonValueKind.Number && v.TryGetInt32(out int id) && id >= 0).Select(v => v.GetInt32())];
    }
}
