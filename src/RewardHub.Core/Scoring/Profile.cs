using System.Security.Cryptography;
using System.Text.Json;
using RewardHub.Contracts;

namespace RewardHub.Scoring;

/// <summary>Components with weights, gates and group operations under a name: what a trainer that can only choose a URL asks for.</summary>
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

    /// <summary>How the components become one reward: <c>sum</c> or <c>mean</c>.</summary>
    public string Combine { get; init; } = "sum";

    /// <summary>Advantages over the items of each group; null for none.</summary>
    public GroupRule? GroupOperation { get; init; }

    /// <summary>What it rewards, in one sentence.</summary>
    public string? Summary { get; init; }

    /// <summary>Where the practice comes from, in one line.</summary>
    public string? Source { get; init; }

    /// <summary>Text between steps of a response, where the caller's dialect has no steps.</summary>
    public string StepSeparator { get; init; } = StepCutter.DefaultSeparator;

    /// <summary>Changes with everything that can change a reward: 12 hex digits of the SHA-256 of the profile's JSON.</summary>
    public string Version { get; private set; } = "";

    /// <summary>The profile with its version computed.</summary>
    public static Profile Create(
        string name, IReadOnlyList<ScorerChoice> scorers, IReadOnlyDictionary<ItemStatus, double> fallback, string stepSeparator,
        string combine = "sum", GroupRule? groupOperation = null)
    {
        using var buffer = new MemoryStream();
        foreach (ScorerChoice scorer in scorers) JsonSerializer.Serialize(buffer, scorer, WireJson.Default.ScorerChoice);
        JsonSerializer.Serialize(buffer, stepSeparator, WireJson.Default.String);
        JsonSerializer.Serialize(buffer, combine, WireJson.Default.String);
        if (groupOperation is not null) JsonSerializer.Serialize(buffer, groupOperation, WireJson.Default.GroupRule);
        string version = Convert.ToHexStringLower(SHA256.HashData(buffer.ToArray()))[..12];
        return new Profile
        {
            Name = name,
            Scorers = scorers,
            Fallback = fallback,
            StepSeparator = stepSeparator,
            Combine = combine,
            GroupOperation = groupOperation,
            Version = version,
        };
    }
}
