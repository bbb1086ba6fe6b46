using System.Text.Json;
using System.Text.Json.Serialization;

namespace RewardHub.Host.Http.Compat;

/// <summary>Body of OpenRLHF's reward call. Versions differ in which lists they send.</summary>
internal sealed record OpenRlhfRequest
{
    /// <summary>Prompt and response as one text each, special tokens kept.</summary>
    public IReadOnlyList<string>? Query { get; init; }

    /// <summary>The templated prompts; absent before 0.6.</summary>
    public IReadOnlyList<string?>? Prompts { get; init; }

    /// <summary>Gold answers of any JSON type, null where there is none; absent before 0.7.</summary>
    public IReadOnlyList<JsonElement>? Labels { get; init; }
}

/// <summary>Answer that every version from 0.5 on reads: lists as long as the query, numbers only.</summary>
internal sealed record OpenRlhfResponse(
    IReadOnlyList<double> Rewards, IReadOnlyList<double> Scores, IReadOnlyDictionary<string, IReadOnlyList<double>> ExtraLogs);

/// <summary>Body of slime's and miles' remote reward call: one sample.</summary>
internal sealed record SlimeRequest
{
    /// <summary>Templated text, or a list of messages.</summary>
    public JsonElement Prompt { get; init; }

    /// <summary>The response.</summary>
    public string? Response { get; init; }

    /// <summary>Gold answer of any JSON type.</summary>
    public JsonElement? Label { get; init; }
}

/// <summary>Foreign dialects: unknown fields are passed over, since trainers add their own.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OpenRlhfRequest))]
[JsonSerializable(typeof(OpenRlhfResponse))]
[JsonSerializable(typeof(SlimeRequest))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(Dictionary<string, double>))]
internal sealed partial class CompatJson : JsonSerializerContext;
