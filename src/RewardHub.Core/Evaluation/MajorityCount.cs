namespace RewardHub.Evaluation;

/// <summary>Counts the subsets of n of N samples in which an answer wins, by binomial weights.</summary>
/// <param name="total">N.</param>
/// <param name="draws">n, below N.</param>
/// <param name="counts">Samples of each answer that votes.</param>
/// <param name="silent">Missing samples that never win: each its own answer, or dropped.</param>
/// <param name="drop">Whether the silent samples leave the vote, so that they do not tie at one vote.</param>
internal sealed class MajorityCount(int total, int draws, int[] counts, int silent, bool drop)
{
    private readonly double _rate = (double)draws / total;
    private readonly Dictionary<int, double[]> _masses = [];

    /// <summary>Expected value of the winner, where <paramref name="values"/> holds what each answer is worth.</summary>
    public double Expect(IReadOnlyList<double> values)
    {
        double sum = 0;
        for (int winner = 0; winner < counts.Length; winner++)
        {
            if (values[winner] > 0) sum += values[winner] * Wins(winner);
        }

        return sum / Mass(total)[draws];
    }

    private double[] Mass(int trials)
    {
        if (!_masses.TryGetValue(trials, out double[]? mass))
            _masses[trials] = mass = SpecialFunctions.Binomial(trials, _rate);
        return mass;
    }

    private double Wins(int winner)
    {
        double[] own = Mass(counts[winner]);
        double sum = 0;
        int most = Math.Min(counts[winner], draws);

        // More than half of the draw: nobody can tie, whatever the rest is.
        double[] rest = Mass(total - counts[winner]);
        for (int m = (draws / 2) + 1; m <= most; m++)
        {
            if (draws - m < rest.Length) sum += own[m] * rest[draws - m];
        }

        for (int m = Math.Min(most, draws / 2); m >= 2; m--) sum += own[m] * AtMost(winner, m);
        if (draws / 2 >= 1) sum += own[1] * AllDifferent(winner);
        return sum;
    }

    /// <summary>Σ over what the others draw, each at most <paramref name="m"/> and t exactly m, of 1 / (t + 1).</summary>
    private double AtMost(int winner, int m)
    {
        int left = draws - m, ties = left / m, weak = silent;
        for (int k = 0; k < counts.Length; k++)
        {
            if (k != winner && counts[k] < m) weak += counts[k];
        }

        double[] free = Mass(weak);
        var ways = new double[ties + 1, left + 1];
        for (int k = 0; k <= Math.Min(left, weak); k++) ways[0, k] = free[k];
        var next = new double[ties + 1, left + 1];
        for (int k = 0; k < counts.Length; k++)
        {
            if (k == winner || counts[k] < m) continue;
            double[] mass = Mass(counts[k]);
            Array.Clear(next);
            for (int t = 0; t <= ties; t++)
            {
                for (int used = t * m; used <= left; used++)
                {
                    double way = ways[t, used];
                    if (way == 0) continue;
                    int bound = Math.Min(m - 1, left - used);
                    for (int j = 0; j <= bound; j++) next[t, used + j] += way * mass[j];
                    if (used + m <= left) next[t + 1, used + m] += way * mass[m];
                }
            }

            (ways, next) = (next, ways);
        }

        double sum = 0;
        for (int t = 0; t <= ties; t++) sum += ways[t, left] / (t + 1);
        return sum;
    }

    /// <summary>The winner has one vote, so nobody has more: every voter in the draw ties.</summary>
    private double AllDifferent(int winner)
    {
        int left = draws - 1;
        var ways = new double[left + 1];
        ways[0] = 1;
        for (int k = 0; k < counts.Length; k++)
        {
            if (k == winner) continue;
            double[] mass = Mass(counts[k]);
            for (int used = left; used >= 0; used--)
                ways[used] = (ways[used] * mass[0]) + (used > 0 ? ways[used - 1] * mass[1] : 0);
        }

        double[] quiet = Mass(silent);
        double sum = 0;
        for (int voters = Math.Max(0, left - silent); voters <= left; voters++)
            sum += ways[voters] * quiet[left - voters] / (drop ? voters + 1 : draws);
        return sum;
    }
}
