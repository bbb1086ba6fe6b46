using System.Text.Json;
using RewardHub.Inference.Tokenizers.Chat.Jinja;

namespace RewardHub.Inference.Tokenizers.Chat;

/// <summary>
/// A chat template: the Jinja text of <c>tokenizer_config.json</c>, rendered as Hugging Face transformers renders it
/// (<c>trim_blocks</c> and <c>lstrip_blocks</c>). Immutable and thread-safe; steps, depth and output are bounded.
/// </summary>
public sealed class ChatTemplate
{
    // The longest published templates have 20,000 characters.
    private const int LongestSource = 1 << 20;

    private readonly IReadOnlyList<Statement> _statements;
    private readonly IReadOnlyDictionary<string, string> _namedTokens;
    private readonly string _file;

    private ChatTemplate(string source, string file, IReadOnlyList<Statement> statements, IReadOnlyDictionary<string, string> namedTokens)
    {
        Source = source;
        _file = file;
        _statements = statements;
        _namedTokens = namedTokens;
    }

    /// <summary>The Jinja text.</summary>
    public string Source { get; }

    /// <summary>Reads a template. Tags, filters, tests and methods that are not supported are refused by name.</summary>
    /// <param name="source">The Jinja text.</param>
    /// <param name="file">The file that it stands in, for messages.</param>
    /// <param name="namedTokens">Token texts by variable name, such as <c>bos_token</c>.</param>
    /// <exception cref="ModelFormatException">The template is not well formed or not supported.</exception>
    public static ChatTemplate Parse(string source, string file, IReadOnlyDictionary<string, string>? namedTokens = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Length > LongestSource) throw new ModelFormatException(file, $"chat_template: has more than {LongestSource} characters");
        try
        {
            return new ChatTemplate(source, file, JinjaParser.Parse(source), namedTokens ?? new Dictionary<string, string>());
        }
        catch (JinjaSyntaxException problem)
        {
            throw new ModelFormatException(file, $"chat_template: {problem.Message}", problem);
        }
    }

    /// <summary>Renders a conversation.</summary>
    /// <param name="messages">The messages, in order.</param>
    /// <param name="options">What to render with.</param>
    /// <returns>The text; it holds BOS where the template writes one, so it is encoded without adding special tokens.</returns>
    /// <exception cref="ChatTemplateException">The template refuses the conversation, or fails on it.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, ChatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        options ??= new ChatOptions();
        var variables = new Dictionary<string, object?>
        {
            ["messages"] = messages.Select(Value).ToList(),
            ["add_generation_prompt"] = options.AddGenerationPrompt,
            ["tools"] = null,
            ["documents"] = null,
        };
        foreach ((string name, string token) in _namedTokens) variables[name] = token;
        foreach ((string name, JsonElement value) in options.Variables ?? new Dictionary<string, JsonElement>()) variables[name] = JinjaValues.Of(value);
        try
        {
            return JinjaInterpreter.Render(_statements, variables, options.Now);
        }
        catch (JinjaRuntimeException problem)
        {
            throw new ChatTemplateException($"{_file}: chat_template: {problem.Message}", problem);
        }
    }

    private static object? Value(ChatMessage message)
    {
        OrderedDictionary<string, object?> value = new() { ["role"] = message.Role, ["content"] = message.Content };
        foreach ((string name, JsonElement member) in message.More ?? new Dictionary<string, JsonElement>()) value[name] = JinjaValues.Of(member);
        return value;
    }
}
