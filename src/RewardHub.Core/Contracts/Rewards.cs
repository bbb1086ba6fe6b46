using System.Text.Json;

namespace RewardHub.Contracts;

/// <summary>Body of <c>POST /v1/rewards</c>: a batch of rollouts and the scorers to run on each.</summary>
public sealed record RewardsRequest
{
    /// <summary>Echoed; made by the server when absent.</summary>
    public string? RequestId { get; init; }

    /// <summary>Milliseconds until the caller stops waiting; unfinished items then answer <c>timeout</c>.</summary>
    public int? DeadlineMs { get; init; }

    /// <summary>Scorers to run on every item. Either this or <see cref="Profile"/>.</summary>
    public IReadOnlyList<ScorerChoice>? Scorers { get; init; }

    /// <summary>A configured profile. Either this or <see cref="Scorers"/>.</summary>
    public string? Profile { get; init; }

    /// <summary>Prompts shared by items, by reference name.</summary>
    public IReadOnlyDictionary<string, Prompt>? Prompts { get; init; }

    /// <summary>The rollouts, answered in this order.</summary>
    public required IReadOnlyList<RewardItem> Items { get; init; }
}

/// <summary>A scorer by name with its weight and options.</summary>
public sealed record ScorerChoice
{
    /// <summary>A name from <c>GET /v1/scorers</c>, such as <c>verify:number</c> or <c>prm:my-model</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Weight in the item's reward; 0 reports the score only. 1 when absent.</summary>
    /// <remarks>Settable, since the generated reader would overwrite the default of an init-only property.</remarks>
    public double Weight { get; set; } = 1;

    /// <summary>How step scores become one number: min, last, mean, product; null takes the format's default.</summary>
    public string? Aggregate { get; init; }

    /// <summary>Options of the scorer, checked against what it declares.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }
}

/// <summary>One rollout of a request.</summary>
public sealed record RewardItem
{
    /// <summary>Unique in the request.</summary>
    public required string Id { get; init; }

    /// <summary>The question that this rollout answers; candidates of one group share their prefix.</summary>
    public string? Group { get; init; }

    /// <summary>Domain, carried through.</summary>
    public string? Domain { get; init; }

    /// <summary>The prompt; or <see cref="PromptRef"/>.</summary>
    public Prompt? Prompt { get; init; }

    /// <summary>Name of a prompt in <see cref="RewardsRequest.Prompts"/>.</summary>
    public string? PromptRef { get; init; }

    /// <summary>The policy's answer as text.</summary>
    public string? Response { get; init; }

    /// <summary>The steps: a list of texts, or how to cut the response.</summary>
    public StepsInput? Steps { get; init; }

    /// <summary>Gold answer: a string, number or list, as the verifier reads it.</summary>
    public JsonElement? Label { get; init; }

    /// <summary>Anything else; ignored.</summary>
    public JsonElement? Meta { get; init; }
}

/// <summary>Steps given as a list, or as a rule that cuts the response. On the wire a list or an object.</summary>
/// <param name="Given">The steps, in order.</param>
/// <param name="Mode"><c>separator</c> (the only rule so far).</param>
/// <param name="Separator">Text between steps; default a blank line.</param>
public sealed record StepsInput(IReadOnlyList<string>? Given, string? Mode = null, string? Separator = null);

/// <summary>Answer of <c>POST /v1/rewards</c>.</summary>
public sealed record RewardsResponse
{
    /// <summary>The request's id.</summary>
    public required string RequestId { get; init; }

    /// <summary><c>ok</c> when every item is ok, else <c>partial</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Number of items by status.</summary>
    public required IReadOnlyDictionary<string, int> Counts { get; init; }

    /// <summary>One answer an item, in request order; every answer has the same keys.</summary>
    public required IReadOnlyList<ItemResult> Items { get; init; }
}

/// <summary>Answer for one rollout.</summary>
public sealed record ItemResult
{
    /// <summary>The item's id.</summary>
    public required string Id { get; init; }

    /// <summary>Its index in the request.</summary>
    public required int Index { get; init; }

    /// <summary>How it ended.</summary>
    public required ItemStatus Status { get; init; }

    /// <summary>Weighted sum of the scorers' values: a finite number when status is ok, else null.</summary>
    public required double? Reward { get; init; }

    /// <summary>What each scorer said, by name.</summary>
    public required IReadOnlyDictionary<string, ScorerResult> Scores { get; init; }

    /// <summary>Step scores of the first process reward model that ran; null when none did.</summary>
    public required IReadOnlyList<StepScore>? Steps { get; init; }

    /// <summary>Why there is no reward.</summary>
    public required ItemError? Error { get; init; }

    /// <summary>Where the time went.</summary>
    public required StageTimes TimingMs { get; init; }
}

/// <summary>What one scorer said of one item.</summary>
public sealed record ScorerResult
{
    /// <summary>How it ended.</summary>
    public required ItemStatus Status { get; init; }

    /// <summary>A finite number, or null.</summary>
    public required double? Value { get; init; }

    /// <summary>Version of a verifier; hash of a model.</summary>
    public required string Version { get; init; }

    /// <summary>PRM format id, or null.</summary>
    public string? Format { get; init; }

    /// <summary>All aggregates of the step scores, where there are any.</summary>
    public StepAggregates? Aggregates { get; init; }

    /// <summary>Why the verdict is what it is: parsed forms, pattern, rule.</summary>
    public IReadOnlyDictionary<string, string>? Evidence { get; init; }

    /// <summary>Why there is no value.</summary>
    public ItemError? Error { get; init; }
}

/// <summary>Score of one step.</summary>
/// <param name="Index">0-based step.</param>
/// <param name="Score">Probability that the step is good, in [0, 1].</param>
/// <param name="Token">Index of the token at which the score was read.</param>
public sealed record StepScore(int Index, double Score, int Token);

/// <summary>Milliseconds spent in each stage of the walk.</summary>
public sealed record StageTimes(double Render, double Queue, double Run, double Total);
