namespace RewardHub.Evaluation;

/// <summary>What one question adds to a share: its part and its whole, such as right answers and answers.</summary>
/// <param name="Part">Added to the numerator.</param>
/// <param name="Whole">Added to the denominator; at least 0.</param>
internal readonly record struct ClusterSum(double Part, double Whole);

/// <summary>
/// Percentile intervals of shares over resampled questions. A share is the sum of parts over the sum of wholes; over several strata
/// (lengths, say) it is the mean of the strata's shares, and questions are resampled within each stratum.
/// </summary>
/// <remarks>Draws follow from the seed, a key and the resample alone: give the questions in the order of their ids.</remarks>
internal sealed class ClusterBootstrap(ReportOptions options, CancellationToken cancellationToken)
{
    /// <summary>The share itself; null when some stratum has no whole.</summary>
    public static double? Share(params IReadOnlyList<ClusterSum[]> strata)
    {
        double sum = 0;
        foreach (ClusterSum[] stratum in strata)
        {
            double whole = stratum.Sum(c => c.Whole);
            if (whole <= 0) return null;
            sum += stratum.Sum(c => c.Part) / whole;
        }

        return strata.Count == 0 ? null : sum / strata.Count;
    }

    /// <summary>Interval of a share; null with fewer than two questions in every stratum, or without a share.</summary>
    public Interval? Interval(string key, params IReadOnlyList<ClusterSum[]> strata) =>
        Resampled(key, strata, null, paired: false);

    /// <summary>Interval of the share of <paramref name="a"/> minus the share of <paramref name="b"/>.</summary>
    /// <param name="key">Names the draws.</param>
    /// <param name="a">Strata of the first.</param>
    /// <param name="b">Strata of the second, as many.</param>
    /// <param name="paired">Whether both hold the same questions in the same order, so that both take the same draws.</param>
    public Interval? Difference(string key, IReadOnlyList<ClusterSum[]> a, IReadOnlyList<ClusterSum[]> b, bool paired) =>
        Resampled(key, a, b, paired);

    private Interval? Resampled(string key, IReadOnlyList<ClusterSum[]> a, IReadOnlyList<ClusterSum[]>? b, bool paired)
    {
        if (a.All(s => s.Length < 2) || Share(a) is null || (b is not null && Share(b) is null)) return null;
        var drawn = new List<double>(options.Resamples);
        for (int r = 0; r < options.Resamples; r++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var random = new KeyedRandom(options.Seed, key, r);
            double value = 0;
            for (int s = 0; s < a.Count; s++) value += Draw(ref random, a[s], paired ? b![s] : null);
            if (b is not null && !paired)
            {
                double other = 0;
                for (int s = 0; s < b.Count; s++) other += Draw(ref random, b[s], null);
                value = (value / a.Count) - (other / b.Count);
            }
            else value /= a.Count;
            if (double.IsFinite(value)) drawn.Add(value);
        }

        drawn.Sort();
        return drawn.Count == 0 ? null : Bootstrap.PercentileInterval(drawn.ToArray(), options.Confidence);
    }

    private static double Draw(ref KeyedRandom random, ClusterSum[] stratum, ClusterSum[]? minus)
    {
        double part = 0, whole = 0, otherPart = 0, otherWhole = 0;
        for (int i = 0; i < stratum.Length; i++)
        {
            int chosen = random.Below(stratum.Length);
            part += stratum[chosen].Part;
            whole += stratum[chosen].Whole;
            if (minus is null) continue;
            otherPart += minus[chosen].Part;
            otherWhole += minus[chosen].Whole;
        }

        // 0 / 0 is NaN: a resample without any row defines no share and is left out.
        return minus is null ? part / whole : (part / whole) - (otherPart / otherWhole);
    }
}
