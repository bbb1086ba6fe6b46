namespace RewardHub.Inference.Model;

/// <summary>How the angles of the rotary embedding are made.</summary>
public enum RopeType
{
    /// <summary>Plain frequencies.</summary>
    Default,

    /// <summary>All frequencies divided by a factor.</summary>
    Linear,

    /// <summary>Llama 3.1: low frequencies divided by a factor, a smooth passage, high ones kept.</summary>
    Llama3,

    /// <summary>YaRN (arXiv 2309.00071): a ramp over the dimensions between divided and kept frequencies.</summary>
    Yarn,

    /// <summary>LongRoPE: one divisor a frequency, another list for sequences over the original context.</summary>
    LongRope,
}

/// <summary>Parameters of the rotary embedding; which ones count depends on <see cref="Type"/>.</summary>
public sealed record RopeConfig
{
    /// <summary>How the angles are made.</summary>
    public required RopeType Type { get; init; }

    /// <summary>Base of the frequencies.</summary>
    public required double Theta { get; init; }

    /// <summary>Leading channels of a head that are rotated; even, at most D.</summary>
    public required int RotaryDim { get; init; }

    /// <summary>Context length before scaling, in tokens.</summary>
    public required int OriginalContext { get; init; }

    /// <summary>Ratio of lengths.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Llama3: wavelengths over OriginalContext / this are divided.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>Llama3: wavelengths under OriginalContext / this are kept.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>Yarn: rotations over the original context above which a frequency is kept.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>Yarn: rotations below which a frequency is divided.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>Yarn: whether the ramp's ends are rounded to whole dimensions.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>Scale of cosine and sine (Yarn, LongRope).</summary>
    public double AttentionFactor { get; init; } = 1;

    /// <summary>LongRope: divisors for sequences up to the original context; RotaryDim / 2 numbers.</summary>
    public IReadOnlyList<double> ShortFactors { get; init; } = [];

    /// <summary>LongRope: divisors for longer sequences.</summary>
    public IReadOnlyList<double> LongFactors { get; init; } = [];

    /// <summary>The same without scaling.</summary>
    public RopeConfig Plain() => new()
    {
        Type = RopeType.Default,
        Theta = Theta,
        RotaryDim = RotaryDim,
        OriginalContext = OriginalContext,
    };

    /// <summary>Reads both key styles: <c>rope_parameters</c>, or <c>rope_theta</c> and <c>rope_scaling</c>.</summary>
    internal static RopeConfig Read(string path, ConfigReader config, ModelFamily family, int headDim, int contextLength)
    {
        ConfigReader? given = config.Object("rope_parameters") ?? config.Object("rope_scaling");
        double theta = given?.Positive("rope_theta") ?? config.Positive("rope_theta") ?? 10_000;
        if (theta <= 1) throw new ModelFormatException(path, $"rope_theta {theta} is not above 1");
        double partial = config.Positive("partial_rotary_factor") ?? given?.Positive("partial_rotary_factor") ?? 1;
        int rotary = (int)(headDim * partial);
        if (partial > 1 || rotary < 2 || rotary % 2 != 0)
        {
            throw new ModelFormatException(
                path, $"partial_rotary_factor {partial} of head size {headDim} does not give an even part of a head");
        }

        var plain = new RopeConfig
        {
            Type = RopeType.Default,
            Theta = theta,
            RotaryDim = rotary,
            OriginalContext = contextLength,
        };
        if (given is not { } rope) return plain;
        if (rope.Has("full_attention") || rope.Has("sliding_attention"))
        {
            throw new ModelFormatException(
                path, "rope_parameters differ by layer type, which no family of this version does; refused");
        }

        string name = rope.Text("rope_type") ?? rope.Text("type") ?? "default";
        if (family.RopeAliases.TryGetValue(name, out string? alias)) name = alias;
        int original = config.Size("original_max_position_embeddings")
            ?? rope.Size("original_max_position_embeddings") ?? contextLength;
        RopeConfig scaled = plain with { OriginalContext = original };
        return name switch
        {
            "default" => plain,
            "linear" => scaled with { Type = RopeType.Linear, Factor = Factor1(path, rope) },
            "llama3" => Llama3(path, rope, scaled),
            "yarn" => Yarn(path, rope, scaled, contextLength),
            "longrope" => Long(path, rope, scaled, contextLength),
            _ => throw new ModelFormatException(
                path, $"rope type '{name}' is not known; use a model with default, linear, llama3, yarn or longrope"),
        };
    }

    private static double Factor1(string path, ConfigReader rope) => rope.Positive("factor") is { } factor and >= 1
        ? factor
        : throw new ModelFormatException(path, "the rope's 'factor' is missing or below 1");

    private static RopeConfig Llama3(string path, ConfigReader rope, RopeConfig scaled)
    {
        double low = rope.Positive("low_freq_factor") ?? 1;
        double high = rope.Positive("high_freq_factor") ?? 4;
        if (high <= low)
        {
            throw new ModelFormatException(path, $"high_freq_factor {high} is not above low_freq_factor {low}");
        }

        return scaled with
        {
            Type = RopeType.Llama3,
            Factor = Factor1(path, rope),
            LowFrequencyFactor = low,
            HighFrequencyFactor = high,
        };
    }

    private static RopeConfig Yarn(string path, ConfigReader rope, RopeConfig scaled, int contextLength)
    {
        double factor = rope.Has("factor") ? Factor1(path, rope) : (double)contextLength / scaled.OriginalContext;
        double attention = rope.Positive("attention_factor")
            ?? (rope.Number("mscale") is { } m && rope.Number("mscale_all_dim") is { } all && m != 0 && all != 0
                ? Scale(factor, m) / Scale(factor, all)
                : Scale(factor, 1));
        return scaled with
        {
            Type = RopeType.Yarn,
            Factor = factor,
            AttentionFactor = attention,
            BetaFast = rope.Positive("beta_fast") ?? 32,
            BetaSlow = rope.Positive("beta_slow") ?? 1,
            Truncate = rope.Flag("truncate") ?? true,
        };

        static double Scale(double factor, double mscale) => factor <= 1 ? 1 : (0.1 * mscale * Math.Log(factor)) + 1;
    }

    private static RopeConfig Long(string path, ConfigReader rope, RopeConfig scaled, int contextLength)
    {
        IReadOnlyList<double> shortFactors = Factors("short_factor");
        IReadOnlyList<double> longFactors = Factors("long_factor");
        double factor = rope.Positive("factor") ?? (double)contextLength / scaled.OriginalContext;
        double attention = rope.Positive("attention_factor")
            ?? (factor <= 1 || scaled.OriginalContext < 2
                ? 1
                : Math.Sqrt(1 + (Math.Log(factor) / Math.Log(scaled.OriginalContext))));
        return scaled with
        {
            Type = RopeType.LongRope,
            Factor = factor,
            AttentionFactor = attention,
            ShortFactors = shortFactors,
            LongFactors = longFactors,
        };

        IReadOnlyList<double> Factors(string key) => rope.Positives(key) is { } list && list.Count == scaled.RotaryDim / 2
            ? list
            : throw new ModelFormatException(
                path, $"longrope's '{key}' is not a list of {scaled.RotaryDim / 2} numbers");
    }
}
