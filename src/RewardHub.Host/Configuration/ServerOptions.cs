using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace RewardHub.Host.Configuration;

/// <summary>Limits of the HTTP server. Bound from <c>RewardHub:Server</c>.</summary>
public sealed class ServerOptions
{
    /// <summary>Largest body of a batch route in bytes, after decompression.</summary>
    [Range(1_024, 4_294_967_296)]
    public long MaxBodyBytes { get; set; } = 268_435_456;

    /// <summary>Most items in one request.</summary>
    [Range(1, 1_000_000)]
    public int MaxItems { get; set; } = 65_536;

    /// <summary>Most steps in one item.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; set; } = 4_096;

    /// <summary>Most tokens in one item of <c>/v1/environment</c>.</summary>
    [Range(1, 16_777_216)]
    public int MaxItemTokens { get; set; } = 1_048_576;

    /// <summary>Longest deadline that a caller can ask for, in milliseconds.</summary>
    [Range(1, 86_400_000)]
    public int MaxDeadlineMs { get; set; } = 3_600_000;

    /// <summary>Milliseconds before a deadline at which the answer leaves.</summary>
    [Range(0, 60_000)]
    public int DeadlineMarginMs { get; set; } = 250;

    /// <summary>Verifier runs at a time; 0 takes the number of processors.</summary>
    [Range(0, 4_096)]
    public int VerifierParallelism { get; set; }

    /// <summary>Milliseconds within which an OpenRLHF route answers; its client gives up at 180 s.</summary>
    [Range(100, 3_600_000)]
    public int OpenRlhfAnswerMs { get; set; } = 170_000;

    /// <summary>Milliseconds within which a slime route answers; its client gives up at 120 s.</summary>
    [Range(100, 3_600_000)]
    public int SlimeAnswerMs { get; set; } = 110_000;

    /// <summary>The profile of <c>POST /get_reward</c>.</summary>
    [Required]
    public string DefaultProfile { get; set; } = "math";
}

[OptionsValidator]
internal sealed partial class ServerOptionsRules : IValidateOptions<ServerOptions>;

/// <summary>The default profile must be one of the configured profiles: its route would otherwise refuse every call.</summary>
internal sealed class DefaultProfileRule(IConfiguration configuration) : IValidateOptions<ServerOptions>
{
    public ValidateOptionsResult Validate(string? name, ServerOptions options)
    {
        string[] profiles = [.. configuration.GetSection("RewardHub:Profiles").GetChildren().Select(p => p.Key)];
        return string.IsNullOrEmpty(options.DefaultProfile) || profiles.Contains(options.DefaultProfile, StringComparer.Ordinal)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"RewardHub:Server:DefaultProfile: there is no profile '{options.DefaultProfile}'; there are {string.Join(", ", profiles.Order(StringComparer.Ordinal))}");
    }
}
