using System.Globalization;
using RewardHub.Datasets;

namespace RewardHub.Evaluation;

/// <summary>Accuracy against length with regimes, generalization gap and transfer verdict.</summary>
/// <remarks>Every number is the same for any order of the rows. One cell a length, seed and question is held, not the rows.</remarks>
public static class LengthEvaluation
{
    private const double Rounding = 1e-9;

    /// <summary>Reads the file and evaluates it.</summary>
    /// <param name="options">Options; <see cref="LengthOptions.Problems"/> must be empty.</param>
    /// <param name="progress">Told from time to time; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="DatasetException">The file cannot be read, holds no row of the main task, or holds two experiments.</exception>
    /// <exception cref="ArgumentException">The options break a rule.</exception>
    public static async Task<LengthReport> RunAsync(
        LengthOptions options, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options.Check();
        string hash = await DatasetFiles.HashAsync(options.Input, cancellationToken);
        var curves = new LengthCurves(options);
        await foreach (LengthRow row in DatasetFiles.ReadLengthsAsync(options.Input, options.Map, cancellationToken))
        {
            curves.Add(row);
            if (curves.Read % 10_000 == 0) progress?.Report(new EvaluationProgress("read", curves.Read, null));
        }

        LengthCurve main = curves.Main();
        var bootstrap = new ClusterBootstrap(options, cancellationToken);
        LengthArm[] arms = [.. curves.Ordered.Select(curve => Arm(curve, options, bootstrap))];
        LengthPair[] pairs = [.. curves.Of(LengthRole.Aux).Select(aux => Pair(main, aux, curves, bootstrap))];
        if (pairs.Length == 0) pairs = [Pair(main, null, curves, bootstrap)];
        return new LengthReport
        {
            Run = options.Statement("length", hash, curves.Read, []),
            Policies = Policies,
            Rows = new LengthRowCounts(
                curves.Read, curves.Ordered.Sum(c => c.Cells.Values.Sum(cell => (long)cell.Rows)), curves.Refused, curves.WithoutCorrectness),
            MainTask = main.Task,
            Arms = arms,
            Pairs = pairs,
            Notes = Notes(curves, arms, pairs),
        };
    }

    private static readonly SortedDictionary<string, string> Policies = new(StringComparer.Ordinal)
    {
        ["accuracy"] = "at a length: the mean over seeds of each seed's accuracy; in a regime: the mean over its lengths",
        ["gap"] = "mean of |main − aux| over the lengths that both have, every length alike; trapezoid: the integral of the same over their range, divided by the range",
        ["intervals"] = "over questions: Wilson where every question has one answer, else percentile bootstrap over questions within each length; seeds are not resampled, their spread stands beside",
        ["regimes"] = "in_distribution: length ≤ main's trained length; transfer: above it, up to the auxiliary task's; out_of_distribution: beyond. Without an auxiliary task all extrapolation is out_of_distribution",
        ["transfer_verdict"] = "main against main_alone and every control over the transfer range: transfer when every difference's interval lies above 0, no_transfer when some interval does not reach above 0, else undecided",
    };

    private static LengthArm Arm(LengthCurve curve, LengthOptions options, ClusterBootstrap bootstrap)
    {
        LengthPoint[] points = [.. curve.Cells.Select(pair => Point(curve, pair.Key, pair.Value, options, bootstrap))];
        string[] seeds = curve.Seeds;
        int? Longest(double least) => points.LastOrDefault(p => p.Accuracy >= least - Rounding)?.Length;
        return new LengthArm
        {
            Role = curve.RoleName,
            Task = curve.Task,
            TrainLength = curve.TrainLength,
            Seeds = seeds,
            BestSeed = seeds.MaxBy(seed => curve.Cells.Values.Select(c => c.AccuracyOf(seed)).Average())!,
            MeanAccuracy = points.Average(p => p.Accuracy),
            LongestAt90 = Longest(0.9),
            LongestAt99 = Longest(0.99),
            Unstable = points.Any(p => p.Unstable),
            Points = points,
        };
    }

    private static LengthPoint Point(LengthCurve curve, int length, LengthCell cell, LengthOptions options, ClusterBootstrap bootstrap)
    {
        SeedAccuracy[] seeds = [.. cell.Seeds.Select(s => new SeedAccuracy(s.Key, s.Value.Rows, (double)s.Value.Right / s.Value.Rows))];
        SeedAccuracy best = seeds.MaxBy(s => s.Accuracy)!;
        double min = seeds.Min(s => s.Accuracy);
        return new LengthPoint(
            length, cell.Rows, cell.Accuracy,
            cell.OneAnswerEach
                ? ProportionIntervals.Wilson(cell.Right, cell.Rows, options.Confidence)
                : bootstrap.Interval(string.Create(CultureInfo.InvariantCulture, $"length {curve.RoleName} {curve.Task} {length}"), cell.Questions()),
            min, best.Accuracy, best.Seed, best.Accuracy - min > options.Instability + Rounding, seeds);
    }

    private static LengthPair Pair(LengthCurve main, LengthCurve? aux, LengthCurves curves, ClusterBootstrap bootstrap)
    {
        int[] common = aux is null ? [] : [.. main.Cells.Keys.Where(aux.Cells.ContainsKey)];
        double[] gaps = [.. common.Select(length => Math.Abs(main.Cells[length].Accuracy - aux!.Cells[length].Accuracy))];
        int trained = main.TrainLength!.Value, reached = Math.Max(trained, aux?.TrainLength ?? 0);
        return new LengthPair
        {
            AuxTask = aux?.Task,
            MainTrainLength = trained,
            AuxTrainLength = aux?.TrainLength,
            CommonLengths = common,
            GapMean = gaps.Length == 0 ? null : gaps.Average(),
            GapTrapezoid = Trapezoid(common, gaps),
            GapBySeed = aux is null ? [] : [.. main.Seeds.Select(seed => GapOf(seed, main, aux, common)).OfType<SeedGap>()],
            Regimes =
            [
                Regime("in_distribution", length => length <= trained),
                Regime("transfer", InTransfer),
                Regime("out_of_distribution", length => length > reached),
            ],
            Transfer = Verdict(main, InTransfer, curves, bootstrap),
        };

        bool InTransfer(int length) => length > trained && length <= reached;

        LengthRegime Regime(string name, Func<int, bool> inside) => new(
            name, [.. main.Cells.Keys.Where(inside)],
            [
                .. curves.Ordered.Where(c => c.Role != LengthRole.Aux || c == aux)
                    .Select(curve => (Curve: curve, Cells: curve.Cells.Where(c => inside(c.Key)).Select(c => c.Value).ToArray()))
                    .Where(c => c.Cells.Length > 0)
                    .Select(c => Accuracy(name, c.Curve, c.Cells, bootstrap)),
            ]);
    }

    private static RegimeAccuracy Accuracy(string regime, LengthCurve curve, LengthCell[] cells, ClusterBootstrap bootstrap)
    {
        double[] seeds = [.. curve.Seeds.Select(seed => cells.Select(c => c.AccuracyOf(seed)).ToArray())
            .Where(values => values.All(v => v is not null)).Select(values => values.Average()!.Value)];
        return new RegimeAccuracy(
            curve.RoleName, curve.Task, cells.Length, cells.Average(c => c.Accuracy),
            bootstrap.Interval($"regime {regime} {curve.RoleName} {curve.Task}", [.. cells.Select(c => c.Questions())]),
            seeds.Length == 0 ? null : seeds.Min(), seeds.Length == 0 ? null : seeds.Max());
    }

    private static SeedGap? GapOf(string seed, LengthCurve main, LengthCurve aux, int[] common)
    {
        if (common.Length == 0) return null;
        double sum = 0;
        foreach (int length in common)
        {
            if (main.Cells[length].AccuracyOf(seed) is not { } a || aux.Cells[length].AccuracyOf(seed) is not { } b) return null;
            sum += Math.Abs(a - b);
        }

        return new SeedGap(seed, sum / common.Length);
    }

    private static double? Trapezoid(int[] lengths, double[] gaps)
    {
        if (lengths.Length < 2) return null;
        double area = 0;
        for (int i = 1; i < lengths.Length; i++) area += (gaps[i] + gaps[i - 1]) / 2 * ((double)lengths[i] - lengths[i - 1]);
        return area / ((double)lengths[^1] - lengths[0]);
    }

    private static TransferVerdict Verdict(LengthCurve main, Func<int, bool> inside, LengthCurves curves, ClusterBootstrap bootstrap)
    {
        int[] range = [.. main.Cells.Keys.Where(inside)];
        if (range.Length == 0) return new TransferVerdict("not_measured", "No row of the main task lies in the transfer range.", null, []);
        double accuracy = range.Average(length => main.Cells[length].Accuracy);
        TransferBaseline[] baselines =
        [
            .. curves.Ordered.Where(c => c.Role is LengthRole.MainAlone or LengthRole.Control)
                .Select(curve => Baseline(main, curve, range, bootstrap)).OfType<TransferBaseline>(),
        ];
        if (baselines.Length == 0)
        {
            return new TransferVerdict(
                "not_measured", "No row of the role main_alone or control lies in the transfer range to compare with.", accuracy, []);
        }

        // With one question a length nothing is known of chance: the verdict stays open.
        TransferBaseline? failing = baselines.FirstOrDefault(b => b.Interval is { High: <= 0 });
        if (failing is not null)
            return new TransferVerdict("no_transfer", $"The main task is not above {failing.Role} in the transfer range.", accuracy, baselines);
        return baselines.All(b => b.Interval is { Low: > 0 })
            ? new TransferVerdict("transfer", "The main task is above every baseline in the transfer range.", accuracy, baselines)
            : new TransferVerdict("undecided", "The difference from some baseline has an interval that holds 0.", accuracy, baselines);
    }

    private static TransferBaseline? Baseline(LengthCurve main, LengthCurve other, int[] range, ClusterBootstrap bootstrap)
    {
        int[] lengths = [.. range.Where(other.Cells.ContainsKey)];
        if (lengths.Length == 0) return null;
        bool paired = lengths.All(length => main.Cells[length].Nameless + other.Cells[length].Nameless == 0
            && main.Cells[length].Names().SequenceEqual(other.Cells[length].Names()));
        double accuracy = lengths.Average(length => other.Cells[length].Accuracy);
        return new TransferBaseline(
            other.RoleName, other.Task, lengths, accuracy, lengths.Average(length => main.Cells[length].Accuracy) - accuracy,
            bootstrap.Difference(
                $"transfer {other.RoleName} {other.Task}", [.. lengths.Select(length => main.Cells[length].Questions())],
                [.. lengths.Select(length => other.Cells[length].Questions())], paired),
            paired);
    }

    private static IReadOnlyList<ReportNote> Notes(LengthCurves curves, LengthArm[] arms, LengthPair[] pairs)
    {
        var notes = new NoteList();
        LengthCell[] cells = [.. curves.Ordered.SelectMany(c => c.Cells.Values)];
        notes.Add("rows_refused", curves.Refused, "rows have a status other than ok and take no part");
        notes.Add("rows_without_correctness", curves.WithoutCorrectness, "rows are not marked right or wrong and have no label to compare with; they take no part");
        notes.Add("correct_by_label", curves.ByLabel, "rows are not marked; they count as right when answer and label are the same text");
        notes.Add("rows_without_question", cells.Where(c => c.Seeds.Count > 1).Sum(c => (long)c.Nameless), "answers of several seeds name no question (group or id): intervals take each as a question of its own and are too narrow");
        notes.Add("seeds_unbalanced", cells.Count(c => c.Seeds.Values.Select(s => s.Rows).Distinct().Count() > 1), "points have seeds with different numbers of answers; every seed counts the same in the accuracy, every answer in its interval");
        notes.Add("seed_unstable_points", arms.Sum(a => a.Points.Count(p => p.Unstable)), "points differ between seeds by more than the limit: a mean hides them");
        notes.Add("one_seed", arms.Count(a => a.Seeds.Count == 1), "curves have one seed: nothing is known of the spread over training runs");
        notes.Add("aux_not_longer", pairs.Count(p => p.AuxTrainLength <= p.MainTrainLength), "auxiliary tasks were not trained on longer problems than the main task: there is no transfer range");
        notes.Add("no_aux", pairs.Count(p => p.AuxTask is null), "experiment has no auxiliary task: no gap and no transfer range");
        return notes.Notes;
    }
}
