using System.Text.Json;

namespace RewardHub.Inference.Tokenizers.Chat;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">Who speaks, such as <c>system</c>, <c>user</c>, <c>assistant</c> or <c>tool</c>.</param>
/// <param name="Content">The text.</param>
public sealed record ChatMessage(string Role, string Content)
{
    /// <summary>Further members that a template may read, such as <c>reasoning_content</c> or <c>tool_calls</c>.</summary>
    public IReadOnlyDictionary<string, JsonElement>? More { get; init; }
}

/// <summary>Options of <see cref="ChatTemplate.Render"/>.</summary>
public sealed record ChatOptions
{
    /// <summary>Whether the text ends where the assistant's next message begins.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>Further variables of the template, such as <c>enable_thinking</c>, <c>tools</c> or <c>date_string</c>.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Variables { get; init; }

    /// <summary>
    /// The time that <c>strftime_now</c> tells. Null: the template has no clock, so that templates with a fixed fallback date
    /// render the same every day.
    /// </summary>
    public DateTimeOffset? Now { get; init; }
}

/// <summary>A conversation that a template refuses or cannot render: the conversation is at fault, or the template.</summary>
public sealed class ChatTemplateException : Exception
{
    /// <summary>Says what is wrong.</summary>
    public ChatTemplateException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is wrong, and what was thrown underneath.</summary>
    public ChatTemplateException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
