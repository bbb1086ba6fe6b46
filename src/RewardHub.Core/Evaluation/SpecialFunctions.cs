namespace RewardHub.Evaluation;

/// <summary>The distribution functions that intervals and tests need, each to about 1e-14 relative.</summary>
internal static class SpecialFunctions
{
    private static readonly double[] Lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
        12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>Standard normal density.</summary>
    public static double NormalDensity(double x) => Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);

    /// <summary>P(Z &lt;= x) of a standard normal Z, accurate in the lower tail.</summary>
    /// <remarks>Near 0 the series of Marsaglia (J. Stat. Software 11(4), 2004); in the tails Laplace's continued fraction.</remarks>
    public static double NormalCdf(double x)
    {
        if (double.IsNaN(x)) return double.NaN;
        if (x > 0) return 1 - NormalCdf(-x);
        if (x < -40) return 0;
        if (x > -2.5)
        {
            double term = x, sum = x;
            for (int i = 3; Math.Abs(term) > 1e-19; i += 2)
            {
                term *= x * x / i;
                sum += term;
            }

            return 0.5 + (NormalDensity(x) * sum);
        }

        double fraction = 0;
        for (int i = 120; i >= 1; i--) fraction = i / (-x + fraction);
        return NormalDensity(x) / (-x + fraction);
    }

    /// <summary>The x with P(Z &lt;= x) = <paramref name="p"/>; infinite at 0 and 1.</summary>
    /// <remarks>The rational start of Abramowitz and Stegun 26.2.23, then Halley steps on <see cref="NormalCdf"/>.</remarks>
    public static double NormalQuantile(double p)
    {
        if (!(p >= 0 && p <= 1)) throw new ArgumentOutOfRangeException(nameof(p), p, "a probability lies in [0, 1]");
        if (p == 0) return double.NegativeInfinity;
        if (p == 1) return double.PositiveInfinity;
        if (p == 0.5) return 0;
        double tail = Math.Min(p, 1 - p);
        double t = Math.Sqrt(-2 * Math.Log(tail));
        double x = -(t - ((2.515517 + (t * (0.802853 + (t * 0.010328))))
            / (1 + (t * (1.432788 + (t * (0.189269 + (t * 0.001308))))))));
        for (int i = 0; i < 6; i++)
        {
            double step = (NormalCdf(x) - tail) / NormalDensity(x);
            x -= step / (1 + (0.5 * x * step));
        }

        return p < 0.5 ? x : -x;
    }

    /// <summary>ln Γ(x) for x &gt; 0 (Lanczos, g = 7, nine terms).</summary>
    public static double LogGamma(double x)
    {
        if (x < 0.5) return Math.Log(Math.PI / Math.Sin(Math.PI * x)) - LogGamma(1 - x);
        x -= 1;
        double sum = Lanczos[0];
        for (int i = 1; i < Lanczos.Length; i++) sum += Lanczos[i] / (x + i);
        double t = x + 7.5;
        return (0.5 * Math.Log(2 * Math.PI)) + ((x + 0.5) * Math.Log(t)) - t + Math.Log(sum);
    }

    /// <summary>The regularised incomplete beta function I_x(a, b) for a, b &gt; 0, by Lentz's continued fraction.</summary>
    public static double IncompleteBeta(double a, double b, double x)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        if (x > (a + 1) / (a + b + 2)) return 1 - IncompleteBeta(b, a, 1 - x);
        double front = Math.Exp(
            LogGamma(a + b) - LogGamma(a) - LogGamma(b) + (a * Math.Log(x)) + (b * double.LogP1(-x))) / a;
        const double Tiny = 1e-300;
        double f = 1, c = 1, d = 0;
        for (int i = 0; i < 100_000; i++)
        {
            int m = i / 2;
            double numerator = i == 0 ? 1
                : i % 2 == 0 ? m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)))
                : -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 + (numerator * d);
            if (Math.Abs(d) < Tiny) d = Tiny;
            d = 1 / d;
            c = 1 + (numerator / c);
            if (Math.Abs(c) < Tiny) c = Tiny;
            f *= c * d;
            if (Math.Abs(1 - (c * d)) < 1e-16) break;
        }

        return front * (f - 1);
    }

    /// <summary>The x with I_x(a, b) = <paramref name="p"/>, by bisection down to neighboring doubles.</summary>
    public static double BetaQuantile(double p, double a, double b)
    {
        double low = 0, high = 1;
        for (int i = 0; i < 200; i++)
        {
            double middle = 0.5 * (low + high);
            if (middle <= low || middle >= high) break;
            if (IncompleteBeta(a, b, middle) < p) low = middle;
            else high = middle;
        }

        return 0.5 * (low + high);
    }

    /// <summary>
    /// P(X = j), j = 0 … <paramref name="trials"/>, for a binomial X: by ratios from the most likely value outward, divided by
    /// their sum, so that every value is a product of positive factors.
    /// </summary>
    public static double[] Binomial(int trials, double p)
    {
        var mass = new double[trials + 1];
        if (p <= 0 || p >= 1 || trials == 0)
        {
            mass[p >= 1 ? trials : 0] = 1;
            return mass;
        }

        double odds = p / (1 - p);
        int mode = Math.Min(trials, (int)((trials + 1) * p));
        mass[mode] = 1;
        double total = 1;
        for (int j = mode; j < trials; j++) total += mass[j + 1] = mass[j] * (trials - j) / (j + 1) * odds;
        for (int j = mode; j > 0; j--) total += mass[j - 1] = mass[j] * j / (trials - j + 1) / odds;
        for (int j = 0; j <= trials; j++) mass[j] /= total;
        return mass;
    }
}
