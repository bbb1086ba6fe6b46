namespace RewardHub.Evaluation;

/// <summary>McNemar's test of two paired yes-or-no outcomes.</summary>
/// <param name="OnlyFirst">Pairs in which only the first is right.</param>
/// <param name="OnlySecond">Pairs in which only the second is right.</param>
/// <param name="PExact">Exact two-sided p: min(1, 2 P(X &lt;= min)), X binomial of the discordant pairs with 1/2.</param>
/// <param name="PMid">Mid-p: 2 P(X &lt;= min) − P(X = min), at most 1.</param>
public sealed record McNemarResult(int OnlyFirst, int OnlySecond, double PExact, double PMid);

/// <summary>Tests over paired outcomes, and the correction for testing several.</summary>
public static class PairedTests
{
    /// <summary>McNemar's exact test (Psychometrika 12, 1947) and its mid-p form (Fagerland et al., 2013).</summary>
    public static McNemarResult McNemar(int onlyFirst, int onlySecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirst);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecond);
        int smaller = Math.Min(onlyFirst, onlySecond);
        double[] mass = SpecialFunctions.Binomial(checked(onlyFirst + onlySecond), 0.5);
        double below = 0;
        for (int i = 0; i <= smaller; i++) below += mass[i];
        return new McNemarResult(
            onlyFirst, onlySecond, Math.Min(1, 2 * below), Math.Min(1, (2 * below) - mass[smaller]));
    }

    /// <summary>Holm's step-down adjusted p-values (Scand. J. Stat. 6, 1979), in the order given.</summary>
    public static double[] Holm(IReadOnlyList<double> pValues)
    {
        int[] order = [.. Enumerable.Range(0, pValues.Count).OrderBy(i => pValues[i])];
        var adjusted = new double[pValues.Count];
        double largest = 0;
        for (int rank = 0; rank < order.Length; rank++)
        {
            largest = Math.Max(largest, Math.Min(1, (order.Length - rank) * pValues[order[rank]]));
            adjusted[order[rank]] = largest;
        }

        return adjusted;
    }
}
