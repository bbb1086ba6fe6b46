namespace RewardHub.Host.Configuration;

/// <summary>One profile: scorers with weights, as data. Bound from <c>RewardHub:Profiles:NAME</c>.</summary>
public sealed class ProfileOptions
{
    /// <summary>The scorers, at least one.</summary>
    public List<ProfileScorerOptions> Scorers { get; set; } = [];

    /// <summary>
    /// The number that a compatibility route answers for an item without a reward, by the item's status, such as
    /// <c>unparseable</c>: 0. A status that is not here answers an HTTP error: a number that looks like a reward is only given
    /// when the profile names it.
    /// </summary>
    public Dictionary<string, double> Fallback { get; set; } = [];

    /// <summary>Text between steps of a response, for compatibility routes whose callers send no steps.</summary>
    public string StepSeparator { get; set; } = "\n\n";
}

/// <summary>One scorer of a profile.</summary>
public sealed class ProfileScorerOptions
{
    /// <summary>The scorer's name.</summary>
    public string? Name { get; set; }

    /// <summary>Weight in the reward.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>How step scores become one number; null takes the format's default.</summary>
    public string? Aggregate { get; set; }

    /// <summary>Options of the scorer: each value is read as JSON, and as a text where it is not JSON.</summary>
    public Dictionary<string, string> Options { get; set; } = [];
}
