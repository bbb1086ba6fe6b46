using System.Globalization;
using RewardHub.Datasets;

namespace RewardHub.Evaluation;

/// <summary>Accuracy over several runs, with pass@k, maj@k, the spread over runs and the error over questions.</summary>
/// <remarks>Every number is the same for any order of the rows.</remarks>
public static class RunsEvaluation
{
    private const int Bins = 20;

    private static readonly SortedDictionary<string, string> Policies = new(StringComparer.Ordinal)
    {
        ["questions"] = "only questions that every run of a model has, so that the runs' accuracies compare; the others are counted",
        ["spread"] = "sd over runs has n − 1; se_questions is the error from the choice of questions, which more runs do not reduce",
        ["at_k"] = "k runs without replacement, exact: pass@k and maj@k by question; best and worst of k runs as expected order statistics of the runs' accuracies",
        ["intervals"] = "percentile bootstrap over questions, all runs of a question together",
        ["ranking"] = "a model is called better only when the two intervals do not overlap; else the claim is refused",
    };

    /// <summary>Reads the file and evaluates it.</summary>
    /// <param name="options">Options; <see cref="RunsOptions.Problems"/> must be empty.</param>
    /// <param name="progress">Told from time to time; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="DatasetException">The file cannot be read, or some model has no question in all its runs.</exception>
    /// <exception cref="ArgumentException">The options break a rule.</exception>
    public static async Task<RunsReport> RunAsync(
        RunsOptions options, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options.Check();
        string hash = await DatasetFiles.HashAsync(options.Input, cancellationToken);
        var table = new RunsTable(options);
        await foreach (RunRow row in DatasetFiles.ReadRunsAsync(options.Input, options.Map, cancellationToken))
        {
            table.Add(row);
            if (table.Read % 10_000 == 0) progress?.Report(new EvaluationProgress("read", table.Read, null));
        }

        table.Close();
        var bootstrap = new ClusterBootstrap(options, cancellationToken);
        RunsModel[] models = [.. table.Models];
        return new RunsReport
        {
            Run = options.Statement("runs", hash, table.Read, models.Select(m => m.Name).Where(n => n != RunsTable.NoModel)),
            Policies = Policies,
            Rows = new RunsRowCounts(
                table.Read, models.Sum(m => (long)m.Complete.Count * m.Runs.Length), table.Refused, table.WithoutCorrectness,
                models.Sum(m => m.IncompleteRows)),
            Systems = [.. models.Select(model => System(model, options, bootstrap))],
            Comparisons =
            [
                .. models.SelectMany((a, i) => models.Skip(i + 1).Select(b => Compare(a, b, bootstrap))).OfType<RunsComparison>(),
            ],
            Notes = Notes(table, options),
        };
    }

    /// <summary>Expected largest of k values drawn without replacement.</summary>
    /// <param name="values">At least k values, in any order.</param>
    /// <param name="k">1 … the number of values.</param>
    public static double ExpectedBest(IReadOnlyList<double> values, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, values.Count);
        double[] sorted = [.. values.Order()];
        // The value of rank r (0 the lowest) is the largest with probability C(r, k-1) / C(n, k).
        double probability = (double)k / sorted.Length, expected = 0;
        for (int rank = sorted.Length - 1; rank >= k - 1; rank--)
        {
            expected += probability * sorted[rank];
            if (rank > 0) probability = probability * (rank - k + 1) / rank;
        }

        return expected;
    }

    private static RunsSystem System(RunsModel model, RunsOptions options, ClusterBootstrap bootstrap)
    {
        RunCell[][] questions = [.. model.Complete.Values];
        int runs = model.Runs.Length, count = questions.Length;
        double[] means = [.. questions.Select(Mean)];
        RunAccuracy[] accuracies = [.. model.Runs.Select((run, r) =>
        {
            int right = questions.Count(q => q[r].Correct);
            return new RunAccuracy(run, right, (double)right / count);
        })];
        double[] byRun = [.. accuracies.Select(a => a.Accuracy)];
        double mean = means.Average();
        double? sd = Bootstrap.StandardDeviation(byRun);
        return new RunsSystem
        {
            Model = model.Name,
            Runs = runs,
            Questions = count,
            Mean = mean,
            Interval = bootstrap.Interval("runs " + model.Name, Sums(means)),
            SeQuestions = Math.Sqrt(means.Sum(m => (m - mean) * (m - mean)) / count / count),
            Sd = sd,
            Min = byRun.Min(),
            Max = byRun.Max(),
            RunAccuracies = accuracies,
            Histogram = Histogram(accuracies, count),
            AtK = [.. Ks(options, runs).Select(k => AtK(model, questions, byRun, sd, k, options, bootstrap))],
            MeanTokensRight = MeanTokens(questions, correct: true),
            MeanTokensWrong = MeanTokens(questions, correct: false),
        };
    }

    private static IEnumerable<int> Ks(RunsOptions options, int runs) =>
        (options.Ks ?? [.. Enumerable.Range(0, 31).Select(i => 1 << i), 5, runs]).Where(k => k <= runs).Distinct().Order();

    private static RunsAtK AtK(
        RunsModel model, RunCell[][] questions, double[] byRun, double? sd, int k, RunsOptions options, ClusterBootstrap bootstrap)
    {
        int runs = byRun.Length;
        double[] pass = [.. questions.Select(q => ExactVotes.PassAt(runs, q.Count(c => c.Correct), k))];
        double[]? majority = questions.Any(q => q.Any(c => c.Answer is not null))
            ? [.. questions.Select(q => ExactVotes.MajorityAt(
                new VoteSamples([.. q.Select(c => new VoteSample(c.Answer, c.Correct))]), k, options.MissingAnswers))]
            : null;
        string key = string.Create(CultureInfo.InvariantCulture, $"{model.Name} at {k}");
        return new RunsAtK(
            k, pass.Average(), bootstrap.Interval("pass " + key, Sums(pass)), majority?.Average(),
            majority is null ? null : bootstrap.Interval("maj " + key, Sums(majority)),
            ExpectedBest(byRun, k), -ExpectedBest([.. byRun.Select(a => -a)], k), sd / Math.Sqrt(k));
    }

    private static RunsComparison? Compare(RunsModel one, RunsModel other, ClusterBootstrap bootstrap)
    {
        string[] shared = [.. one.Complete.Keys.Where(other.Complete.ContainsKey)];
        if (shared.Length == 0) return null;
        double meanOne = shared.Average(q => Mean(one.Complete[q])), meanOther = shared.Average(q => Mean(other.Complete[q]));
        (RunsModel first, RunsModel second) = meanOne >= meanOther ? (one, other) : (other, one);
        ClusterSum[] a = Sums([.. shared.Select(q => Mean(first.Complete[q]))]), b = Sums([.. shared.Select(q => Mean(second.Complete[q]))]);
        Interval? intervalA = bootstrap.Interval("runs " + first.Name, a), intervalB = bootstrap.Interval("runs " + second.Name, b);
        bool apart = intervalA is not null && intervalB is not null && intervalA.Low > intervalB.High;
        return new RunsComparison(
            first.Name, second.Name, shared.Length, Math.Max(meanOne, meanOther), intervalA, Math.Min(meanOne, meanOther), intervalB,
            bootstrap.Difference($"runs {first.Name} - {second.Name}", [a], [b], paired: true), apart,
            apart ? $"{first.Name} is better than {second.Name}"
            : intervalA is null ? "refused: one question says nothing of chance"
            : "refused: the intervals overlap");
    }

    private static RunBin[] Histogram(RunAccuracy[] runs, int questions) =>
    [
        .. runs.GroupBy(run => Math.Min(Bins - 1, (int)((long)run.Right * Bins / questions))).OrderBy(bin => bin.Key)
            .Select(bin => new RunBin((double)bin.Key / Bins, (double)(bin.Key + 1) / Bins, bin.Count())),
    ];

    private static double? MeanTokens(RunCell[][] questions, bool correct)
    {
        long sum = 0, count = 0;
        foreach (RunCell cell in questions.SelectMany(q => q))
        {
            if (cell.Correct != correct || cell.Tokens is not { } tokens) continue;
            sum += tokens;
            count++;
        }

        return count == 0 ? null : (double)sum / count;
    }

    private static double Mean(RunCell[] cells) => (double)cells.Count(c => c.Correct) / cells.Length;

    private static ClusterSum[] Sums(double[] values) => [.. values.Select(v => new ClusterSum(v, 1))];

    private static IReadOnlyList<ReportNote> Notes(RunsTable table, RunsOptions options)
    {
        var notes = new NoteList();
        RunCell[] cells = [.. table.Models.SelectMany(m => m.Complete.Values).SelectMany(q => q)];
        notes.Add("rows_refused", table.Refused, "rows have a status other than ok and take no part");
        notes.Add("rows_without_correctness", table.WithoutCorrectness, "rows are not marked right or wrong and have no label to compare with; they take no part");
        notes.Add("correct_by_label", table.ByLabel, "rows are not marked; they count as right when answer and label are the same text");
        notes.Add("questions_incomplete", table.Models.Sum(m => (long)m.IncompleteQuestions), "questions are not in every run of their model and take no part");
        notes.Add("answers_missing", cells.Any(c => c.Answer is not null) ? cells.Count(c => c.Answer is null) : 0, "responses have no answer; see the option missing-answers");
        notes.Add("right_without_answer", cells.Any(c => c.Answer is not null) ? cells.Count(c => c.Answer is null && c.Correct) : 0, "responses are marked right but have no answer: pass counts them, majorities cannot");
        notes.Add("no_answers", cells.All(c => c.Answer is null) ? cells.Length : 0, "responses have no answer at all: maj@k is not reported");
        notes.Add("tokens_unknown", cells.Count(c => c.Tokens is null), "responses have no token count");
        notes.Add("one_run", table.Models.Count(m => m.Runs.Length == 1), "models have one run: their spread over runs is not known");
        notes.Add("k_above_runs", table.Models.Sum(m => (long)(options.Ks?.Count(k => k > m.Runs.Length) ?? 0)), "asked k are larger than the number of runs and are left out");
        return notes.Notes;
    }
}
