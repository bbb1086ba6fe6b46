using System.Globalization;
using System.Text.Json;

namespace RewardHub.Inference.Tokenizers.Loading;

/// <summary>What is read of <c>tokenizer_config.json</c>: named tokens, more added tokens and the chat template.</summary>
/// <remarks>The file holds settings of many libraries; keys that say nothing about ids or the template are passed over.</remarks>
internal sealed record TokenizerConfig
{
    public string? Bos => NamedTokens.GetValueOrDefault("bos_token");

    public string? Eos => NamedTokens.GetValueOrDefault("eos_token");

    public string? Pad => NamedTokens.GetValueOrDefault("pad_token");

    /// <summary>Jinja text, also from a <c>chat_template.jinja</c> beside it.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>Where <see cref="ChatTemplate"/> stands.</summary>
    public string? ChatTemplateFile { get; init; }

    /// <summary>Token texts by the names that templates know, such as <c>bos_token</c>.</summary>
    public IReadOnlyDictionary<string, string> NamedTokens { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    public static TokenizerConfig Read(string folder)
    {
        string file = Path.Combine(folder, "tokenizer_config.json"), loose = Path.Combine(folder, "chat_template.jinja");
        TokenizerConfig config = File.Exists(file) ? ReadFile(file) : new TokenizerConfig();
        if (config.ChatTemplate is not null || !File.Exists(loose)) return config;
        return config with { ChatTemplate = System.Text.Encoding.UTF8.GetString(TokenizerReader.ReadBounded(loose)), ChatTemplateFile = loose };
    }

    private static TokenizerConfig ReadFile(string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(TokenizerReader.ReadBounded(file));
            JsonSection root = new(file, "tokenizer_config.json", document.RootElement);
            if (root.Value.ValueKind != JsonValueKind.Object) throw root.Refuse("must be a JSON object");
            return new TokenizerConfig
            {
                NamedTokens = Named(root),
                ChatTemplate = Template(root),
                ChatTemplateFile = file,
                AddedTokens = Added(root),
            };
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw new ModelFormatException(file, $"is not valid JSON text: {problem.Message}", problem);
        }
    }

    private static Dictionary<string, string> Named(JsonSection root)
    {
        var tokens = new Dictionary<string, string>();
        foreach (string name in (string[])["bos_token", "eos_token", "pad_token", "unk_token", "sep_token", "cls_token", "mask_token"])
        {
            if (Token(root, name) is { } token) tokens[name] = token;
        }

        return tokens;
    }

    // A token is written as its text, or as an object that holds it.
    private static string? Token(JsonSection root, string name)
    {
        if (!root.Has(name)) return null;
        JsonSection child = root.Child(name);
        return child.Value.ValueKind == JsonValueKind.Object ? child.Text("content") : root.Text(name);
    }

    // Several templates may be named; the one named "default" is the chat template.
    private static string? Template(JsonSection root)
    {
        if (!root.Has("chat_template")) return null;
        if (root.Child("chat_template").Value.ValueKind == JsonValueKind.String) return root.Text("chat_template");
        foreach (JsonSection item in root.Items("chat_template"))
        {
            if (item.Text("name") == "default") return item.Text("template");
        }

        return null;
    }

    private static List<AddedToken> Added(JsonSection root)
    {
        var tokens = new List<AddedToken>();
        if (!root.Has("added_tokens_decoder")) return tokens;
        JsonSection section = root.Child("added_tokens_decoder");
        if (section.Value.ValueKind != JsonValueKind.Object) throw section.Refuse("must be an object");
        foreach (JsonProperty member in section.Value.EnumerateObject())
        {
            JsonSection item = new(root.File, $"{section.Key}.{JsonSection.Show(member.Name)}", member.Value);
            if (!int.TryParse(member.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id)) throw item.Refuse("must be a token id");
            tokens.Add(TokenizerReader.ReadAddedToken(item, id));
        }

        return tokens;
    }
}
