using System.Numerics.Tensors;

namespace RewardHub.Evaluation;

/// <summary>Means over sets of questions, with resampled intervals and paired tests.</summary>
internal sealed class VoteScopes(VoteLayout layout, VoteOptions options, int threads, CancellationToken cancellationToken)
{
    /// <summary>Name of the domain of questions that name none.</summary>
    public const string NoDomain = "(none)";

    /// <summary>Micro, macro and the domains.</summary>
    /// <param name="questions">In the order of their ids.</param>
    /// <param name="progress">Told after each scope.</param>
    public IReadOnlyList<VoteScope> Build(IReadOnlyList<QuestionScores> questions, IProgress<EvaluationProgress>? progress)
    {
        QuestionScores[][] domains = [.. questions.GroupBy(q => q.Domain ?? NoDomain, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.ToArray())];
        long total = (long)options.Resamples * (domains.Length + 1), done = 0;
        var resampled = new List<double[][]>();
        foreach (QuestionScores[] domain in domains)
        {
            resampled.Add(Resample(domain, "domain " + (domain[0].Domain ?? NoDomain)));
            progress?.Report(new EvaluationProgress("resample", done += options.Resamples, total));
        }

        double[][] micro = Resample([.. questions], "micro");
        progress?.Report(new EvaluationProgress("resample", total, total));
        var scopes = new List<VoteScope> { Scope("micro", "micro", [[.. questions]], micro, true) };
        scopes.Add(Scope("macro", "macro", domains, Average(resampled), false));
        for (int d = 0; d < domains.Length; d++)
            scopes.Add(Scope("domain", domains[d][0].Domain ?? NoDomain, [domains[d]], resampled[d], true));
        return WithHolm(scopes);
    }

    /// <summary>Means of B resamples of the questions: sums weighted by how often each question was drawn.</summary>
    private double[][] Resample(QuestionScores[] questions, string key)
    {
        var means = new double[options.Resamples][];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        Parallel.For(0, options.Resamples, parallel, r =>
        {
            var random = new KeyedRandom(options.Seed, "bootstrap " + key, r);
            var times = new int[questions.Length];
            for (int i = 0; i < times.Length; i++) times[random.Below(times.Length)]++;
            var sum = new double[layout.Width];
            for (int i = 0; i < times.Length; i++)
            {
                if (times[i] > 0) TensorPrimitives.MultiplyAdd(questions[i].Values, times[i], sum, sum);
            }

            means[r] = Divide(sum);
        });
        return means;
    }

    /// <summary>Curve sums by the masks of their points; NaN where no question was drawn.</summary>
    private double[] Divide(double[] sum)
    {
        for (int c = 0; c < layout.Curves; c++)
        {
            for (int p = 0; p < layout.Points; p++) sum[layout.Place(c, p)] /= sum[layout.Mask(p)];
        }

        return sum;
    }

    /// <summary>Mean over domains of each resample; a domain without questions at a point is left out there.</summary>
    private double[][] Average(List<double[][]> domains) =>
        [.. Enumerable.Range(0, options.Resamples).Select(r => AverageOf([.. domains.Select(d => d[r])]))];

    private double[] AverageOf(double[][] rows)
    {
        var mean = new double[layout.Width];
        for (int i = 0; i < mean.Length; i++)
        {
            int counted = 0;
            foreach (double[] row in rows)
            {
                if (double.IsNaN(row[i])) continue;
                mean[i] += row[i];
                counted++;
            }

            mean[i] /= counted;
        }

        return mean;
    }

    private VoteScope Scope(string kind, string name, QuestionScores[][] strata, double[][] resampled, bool tests)
    {
        double[][] means = [.. strata.Select(stratum =>
        {
            var sum = new double[layout.Width];
            foreach (QuestionScores question in stratum) TensorPrimitives.Add(sum, question.Values, sum);
            return Divide(sum);
        })];
        double[] mean = AverageOf(means);
        int[] counts = [.. Enumerable.Range(0, layout.Points).Select(
            p => strata.Sum(s => s.Count(q => q.Values[layout.Mask(p)] > 0)))];
        var curves = new List<VoteCurve>();
        var deltas = new List<VoteDelta>();
        for (int c = 0; c < layout.Curves; c++)
        {
            bool weighted = c >= layout.Weighted(0) && layout.Aggregations.Length > 0;
            string method = c == 0 ? "pass" : c == 1 ? "maj" : weighted ? "wmv" : "bon";
            int a = c < 2 ? -1 : (c - 2) % layout.Aggregations.Length;
            string? aggregation = a < 0 ? null : layout.Aggregations[a].Name();
            var points = new VotePoint[layout.Points];
            var gaps = new DeltaPoint[layout.Points];
            for (int p = 0; p < layout.Points; p++)
            {
                int? n = p == layout.Ns.Length ? null : layout.Ns[p];
                int place = layout.Place(c, p), against = layout.Place(VoteLayout.Majority, p);
                double error = weighted ? MonteCarloSe(strata, a, p) : 0;
                double[] sorted = Sorted(resampled, row => row[place]);
                points[p] = new VotePoint(n, counts[p], Finite(mean[place]), IntervalOf(sorted), error);
                if (a < 0) continue;
                double[] gap = Sorted(resampled, row => row[place] - row[against]);
                gaps[p] = new DeltaPoint(n, Finite(mean[place] - mean[against]), IntervalOf(gap), TwoSided(gap), error);
            }

            curves.Add(new VoteCurve(method, aggregation, points));
            if (a >= 0) deltas.Add(new VoteDelta(method, aggregation!, gaps));
        }

        return new VoteScope
        {
            Kind = kind,
            Name = name,
            Questions = strata.Sum(s => s.Length),
            Samples = strata.Sum(s => s.Sum(q => (long)q.Samples)),
            Curves = curves,
            Deltas = deltas,
            Tests = tests ? Tests(strata[0]) : [],
        };
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static double[] Sorted(double[][] rows, Func<double[], double> value) =>
        [.. rows.Select(value).Where(double.IsFinite).Order()];

    private Interval? IntervalOf(double[] sorted) =>
        sorted.Length == 0 ? null : Bootstrap.PercentileInterval(sorted, options.Confidence);

    private static double? TwoSided(double[] sorted)
    {
        if (sorted.Length == 0) return null;
        int fewer = Math.Min(sorted.Count(d => d <= 0), sorted.Count(d => d >= 0));
        return Math.Min(1, 2.0 * (fewer + 1) / (sorted.Length + 1));
    }

    private double MonteCarloSe(QuestionScores[][] strata, int aggregation, int point)
    {
        double variance = 0;
        int counted = 0;
        foreach (QuestionScores[] stratum in strata)
        {
            int n = stratum.Count(q => q.Values[layout.Mask(point)] > 0);
            if (n == 0) continue;
            variance += stratum.Sum(q => q.Variances[aggregation, point]) / ((double)n * n);
            counted++;
        }

        return counted == 0 ? 0 : Math.Sqrt(variance) / counted;
    }

    private List<VoteTest> Tests(QuestionScores[] questions)
    {
        var tests = new List<VoteTest>();
        int kinds = layout.Aggregations.Length;
        for (int i = 1; i <= 2 * kinds; i++)
        {
            int outcome = i;
            McNemarResult result = PairedTests.McNemar(
                questions.Count(q => q.Right[0] && !q.Right[outcome]), questions.Count(q => !q.Right[0] && q.Right[outcome]));
            tests.Add(new VoteTest(
                i <= kinds ? "bon" : "wmv", layout.Aggregations[(i - 1) % kinds].Name(), result.OnlyFirst, result.OnlySecond,
                questions.Count(q => q.Tied[0] || q.Tied[outcome]), result.PExact, result.PMid, null));
        }

        return tests;
    }

    private static List<VoteScope> WithHolm(List<VoteScope> scopes)
    {
        VoteScope[] domains = [.. scopes.Where(s => s.Kind == "domain")];
        if (domains.Length == 0 || domains[0].Tests.Count == 0) return scopes;
        double[][] adjusted = [.. Enumerable.Range(0, domains[0].Tests.Count).Select(
            t => PairedTests.Holm([.. domains.Select(d => d.Tests[t].PExact)]))];
        int index = 0;
        return [.. scopes.Select(scope =>
        {
            if (scope.Kind != "domain") return scope;
            int d = index++;
            return scope with { Tests = [.. scope.Tests.Select((test, t) => test with { PHolm = adjusted[t][d] })] };
        })];
    }
}
