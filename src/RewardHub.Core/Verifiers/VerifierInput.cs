using System.Text.Json;
using RewardHub.Contracts;

namespace RewardHub.Verifiers;

/// <summary>What a verifier looks at.</summary>
public sealed record VerifierInput
{
    /// <summary>The question, where the verifier needs it.</summary>
    public Prompt? Prompt { get; init; }

    /// <summary>The policy's answer, whole and uncut.</summary>
    public required string Response { get; init; }

    /// <summary>The gold answer: a string, number or list, as the verifier reads it.</summary>
    public JsonElement? Label { get; init; }

    /// <summary>Options by name, checked against what the verifier declares; null takes every default.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }
}
