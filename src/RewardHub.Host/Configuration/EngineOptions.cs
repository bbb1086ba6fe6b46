using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace RewardHub.Host.Configuration;

/// <summary>Limits of every model's engine. Bound from <c>RewardHub:Engine</c>.</summary>
public sealed class EngineOptions
{
    /// <summary>Most tokens in one forward pass.</summary>
    [Range(1, 1_048_576)]
    public int MaxBatchTokens { get; set; } = 8_192;

    /// <summary>Most sequences that wait for one model.</summary>
    [Range(1, 10_000_000)]
    public int MaxQueued { get; set; } = 16_384;

    /// <summary>Threads of one model's engine; 0 takes the number of processors.</summary>
    [Range(0, 1_024)]
    public int Threads { get; set; }
}

[OptionsValidator]
internal sealed partial class EngineOptionsRules : IValidateOptions<EngineOptions>;
