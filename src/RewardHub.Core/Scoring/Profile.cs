using System.Security.Cryptography;
using System.Text.Json;
using RewardHub.Contracts;

namespace RewardHub.Scoring;

/// <summary>Scorers with weights under a name: what a trainer that can only choose a URL asks for.</summary>
public sealed record Profile
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The scorers, at least one.</summary>
    public required IReadOnlyList<ScorerChoice> Scorers { get; init; }

    /// <summary>
    /// The number that a compatibility route gives for an item without a reward, by status; any other status gives an HTTP error.
    /// </summary>
    public required IReadOnlyDictionary<ItemStatus, double> Fallback { get; init; }

    /// <summary>Text between steps of a response, where the caller's dialect has no steps.</summary>
    public string StepSeparator { get; init; } = StepCutter.DefaultSeparator;

    /// <summary>Changes with everything that can change a reward: 12 hex digits of the SHA-256 of the profile's JSON.</summary>
    public string Version { get; private set; } = "";

    /// <summary>The profile with its version computed.</summary>
    public static Profile Create(
        string name, IReadOnlyList<ScorerChoice> scorers, IReadOnlyDictionary<ItemStatus, double> fallback, string stepSeparator)
    {
        using var buffer = new MemoryStream();
        foreach (ScorerChoice scorer in scorers) JsonSerializer.Serialize(buffer, scorer, WireJson.Default.ScorerChoice);
        JsonSerializer.Serialize(buffer, stepSeparator, WireJson.Default.String);
        string version = Convert.ToHexStringLower(SHA256.HashData(buffer.ToArray()))[..12];
        return new Profile { Name = name, Scorers = scorers, Fallback = fallback, StepSeparator = stepSeparator, Version = version };
    }
}
