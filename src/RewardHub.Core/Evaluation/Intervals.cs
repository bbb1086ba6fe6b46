namespace RewardHub.Evaluation;

/// <summary>A two-sided interval.</summary>
/// <param name="Low">Lower limit.</param>
/// <param name="High">Upper limit.</param>
public sealed record Interval(double Low, double High);

/// <summary>Intervals for a proportion of independent trials.</summary>
public static class ProportionIntervals
{
    /// <summary>Wilson's score interval (JASA 22, 1927); null without trials.</summary>
    /// <param name="successes">0 … <paramref name="trials"/>.</param>
    /// <param name="trials">Number of trials.</param>
    /// <param name="confidence">In (0, 1), such as 0.95.</param>
    public static Interval? Wilson(int successes, int trials, double confidence)
    {
        Check(successes, trials, confidence);
        if (trials == 0) return null;
        double n = trials, share = successes / n;
        double z = SpecialFunctions.NormalQuantile(0.5 + (confidence / 2));
        double scale = 1 + (z * z / n);
        double center = (share + (z * z / (2 * n))) / scale;
        double half = z / scale * Math.Sqrt((share * (1 - share) / n) + (z * z / (4 * n * n)));
        return new Interval(successes == 0 ? 0 : center - half, successes == trials ? 1 : center + half);
    }

    /// <summary>The exact interval of Clopper and Pearson (Biometrika 26, 1934); null without trials.</summary>
    /// <inheritdoc cref="Wilson"/>
    public static Interval? ClopperPearson(int successes, int trials, double confidence)
    {
        Check(successes, trials, confidence);
        if (trials == 0) return null;
        double tail = (1 - confidence) / 2;
        double low = successes == 0 ? 0 : SpecialFunctions.BetaQuantile(tail, successes, trials - successes + 1);
        // The upper limit is one minus the lower limit of the failures: both tails are then small probabilities.
        double high = successes == trials ? 1 : 1 - SpecialFunctions.BetaQuantile(tail, trials - successes, successes + 1);
        return new Interval(low, high);
    }

    private static void Check(int successes, int trials, double confidence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(trials);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        if (!(confidence > 0 && confidence < 1))
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "a confidence lies in (0, 1)");
    }
}
