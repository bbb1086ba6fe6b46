using System.Text.Json;
using RewardHub.Contracts;
using RewardHub.Scoring;

namespace RewardHub.Host.Configuration;

/// <summary>Turns configured profiles, which have been checked, into the records that the scorer knows.</summary>
internal static class ProfileReader
{
    public static Dictionary<string, Profile> Read(IReadOnlyDictionary<string, ProfileOptions> profiles) =>
        profiles.ToDictionary(p => p.Key, p => Read(p.Key, p.Value), StringComparer.Ordinal);

    private static Profile Read(string name, ProfileOptions options) => Profile.Create(
        name,
        [.. options.Scorers.Select(Choice)],
        options.Fallback.ToDictionary(f => ItemFailures.TryParse(f.Key)!.Value, f => f.Value),
        options.StepSeparator);

    private static ScorerChoice Choice(ProfileScorerOptions scorer) => new()
    {
        Name = scorer.Name!,
        Weight = scorer.Weight,
        Aggregate = scorer.Aggregate,
        Options = scorer.Options.Count == 0 ? null : scorer.Options.ToDictionary(o => o.Key, o => Value(o.Value), StringComparer.Ordinal),
    };

    /// <summary>Configuration holds texts only: one that is JSON is that value, any other is a text.</summary>
    private static JsonElement Value(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(text, WireJson.Default.String);
        }
    }
}
