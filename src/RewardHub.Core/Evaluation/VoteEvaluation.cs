using System.Globalization;
using RewardHub.Datasets;

namespace RewardHub.Evaluation;

/// <summary>
/// pass@n, majority@n, best-of-n and weighted majority over a file of scored rows, by domain, with question-level intervals and
/// paired tests.
/// </summary>
/// <remarks>
/// Every number is the same for any order of the rows and any number of threads. Rows that cannot take part are left out of
/// every method alike, so that methods are compared on the same samples, and are counted.
/// </remarks>
public static class VoteEvaluation
{
    /// <summary>Reads the file and evaluates it.</summary>
    /// <param name="options">Options; <see cref="VoteOptions.Problems"/> must be empty.</param>
    /// <param name="progress">Told from time to time; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="DatasetException">The file cannot be read or holds no row that can vote.</exception>
    /// <exception cref="ArgumentException">The options break a rule.</exception>
    public static async Task<VoteReport> RunAsync(
        VoteOptions options, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (options.Problems() is { Count: > 0 } problems) throw new ArgumentException(string.Join("; ", problems), nameof(options));
        string hash = await DatasetFiles.HashAsync(options.Input, cancellationToken);
        VoteRows rows = await VoteRows.ReadAsync(options, progress, cancellationToken);
        int threads = options.Threads ?? Environment.ProcessorCount;
        int largest = rows.Questions.Max(q => q.Rows.Count);
        int[] ns = [.. Enumerable.Range(0, 31).Select(i => 1 << i).Where(n => n <= largest)];
        var layout = new VoteLayout(ns, rows.Aggregations);
        VoteQuestion[] ordered = [.. rows.Questions.OrderBy(q => q.Id, StringComparer.Ordinal)];
        var scores = new QuestionScores[ordered.Length];
        long done = 0;
        await Parallel.ForAsync(
            0, ordered.Length, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
            (i, _) =>
            {
                scores[i] = QuestionVotes.Measure(ordered[i], layout, largest, options);
                long now = Interlocked.Increment(ref done);
                if (now % 100 == 0) progress?.Report(new EvaluationProgress("score", now, ordered.Length));
                return ValueTask.CompletedTask;
            });
        IReadOnlyList<VoteScope> scopes = new VoteScopes(layout, options, threads, cancellationToken).Build(scores, progress);
        return new VoteReport
        {
            Run = new RunReport
            {
                Kind = "vote",
                Suite = options.Suite,
                SuiteVersion = options.SuiteVersion,
                Options = Describe(options, rows.Aggregations),
                Data = new DataReport(Path.GetFileName(options.Input), hash, rows.Read),
                Models = [.. rows.Models],
                Formats = [.. rows.Formats],
                Scorers = [.. rows.Scorers],
                Seed = options.Seed,
                CodeVersion = RunReport.CurrentCodeVersion,
                Runtime = RunReport.CurrentRuntime,
                Isa = RunReport.CurrentIsa,
                Threads = threads,
            },
            Policies = VoteNotes.Policies(options),
            Rows = new VoteRowCounts(
                rows.Read, rows.Scored, rows.Refused, rows.WithoutGroup, rows.WithoutCorrectness, rows.WithoutScores,
                rows.NotFinite),
            Questions = scores.Length,
            Ns = ns,
            Scopes = scopes,
            Notes = VoteNotes.Of(rows, scores, ns),
            VersaPrm = options.VersaPrm ? VersaPrm(rows, cancellationToken) : null,
        };
    }

    private static SortedDictionary<string, string> Describe(VoteOptions options, Aggregation[] aggregations) =>
        new(StringComparer.Ordinal)
        {
            ["aggregations"] = string.Join(',', aggregations.Select(a => a.Name())),
            ["compat"] = options.VersaPrm ? "versaprm" : "none",
            ["confidence"] = options.Confidence.ToString(CultureInfo.InvariantCulture),
            ["map"] = options.Map.ToString(),
            ["missing-answers"] = VoteNotes.Name(options.MissingAnswers),
            ["resamples"] = options.Resamples.ToString(CultureInfo.InvariantCulture),
            ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
            ["short-questions"] = VoteNotes.Name(options.ShortQuestions),
            ["subsamples"] = options.Subsamples.ToString(CultureInfo.InvariantCulture),
        };

    /// <summary>The published evaluator on the rows in file order; rows without an answer become padding, as unparsed chains do there.</summary>
    private static SortedDictionary<string, VersaPrmCurves> VersaPrm(VoteRows rows, CancellationToken cancellationToken)
    {
        int largest = rows.Questions.Max(q => q.Rows.Count);
        VersaPrmQuestion[] questions = [.. rows.Questions.Select(q => new VersaPrmQuestion(
            q.Domain ?? VoteScopes.NoDomain,
            [.. q.Rows.Where(r => r.Answer is not null && r.Steps is not null)
                .Select(r => new VersaPrmChain(r.Answer!, r.Correct, r.Steps!))]))];
        var curves = new SortedDictionary<string, VersaPrmCurves>(StringComparer.Ordinal);
        foreach (string group in VersaPrmEvaluator.Groups.Concat(questions.Select(q => q.Category)).Distinct())
        {
            VersaPrmQuestion[] members = [.. questions.Where(q => VersaPrmEvaluator.InGroup(group, q))];
            if (members.Length > 0) curves[group] = VersaPrmEvaluator.Run(members, largest, cancellationToken);
        }

        return curves;
    }
}
