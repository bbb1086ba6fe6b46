using System.Globalization;
using RewardHub.Datasets;

namespace RewardHub.Evaluation;

/// <summary>Loops by model and temperature (n-gram loops of arXiv 2512.12895), with accuracy, length and difficulty.</summary>
/// <remarks>Every number is the same for any order of the rows. Responses are scanned as they are read.</remarks>
public static class LoopsEvaluation
{
    private static readonly string[] Terciles = ["easy", "middle", "hard"];

    /// <summary>Reads the file and evaluates it.</summary>
    /// <param name="options">Options; <see cref="LoopsOptions.Problems"/> must be empty.</param>
    /// <param name="progress">Told from time to time; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="DatasetException">The file cannot be read, holds nothing to scan, or lacks the teacher.</exception>
    /// <exception cref="ArgumentException">The options break a rule.</exception>
    public static async Task<LoopsReport> RunAsync(
        LoopsOptions options, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options.Check();
        string hash = await DatasetFiles.HashAsync(options.Input, cancellationToken);
        var samples = new LoopSamples(options);
        await foreach (LoopRow row in DatasetFiles.ReadLoopsAsync(options.Input, options.Map, cancellationToken))
        {
            samples.Add(row);
            if (samples.Read % 1_000 == 0) progress?.Report(new EvaluationProgress("read", samples.Read, null));
        }

        samples.Close();
        (string source, Dictionary<string, int> terciles) = Difficulty(samples);
        var bootstrap = new ClusterBootstrap(options, cancellationToken);
        LoopCell[] cells = [.. samples.Cells.Select(cell => Cell(cell.Key.Model, cell.Key.Temperature, cell.Value, terciles, options, bootstrap))];
        string[] models = [.. cells.Select(c => c.Model).Distinct()];
        return new LoopsReport
        {
            Run = options.Statement("loops", hash, samples.Read, models.Where(m => m != LoopSamples.NoModel)),
            Policies = Policies(options),
            Rows = new LoopsRowCounts(samples.Read, cells.Sum(c => (long)c.Loops.Responses), samples.Refused, samples.WithoutTokens),
            Problems = samples.Problems,
            DifficultySource = source,
            Cells = cells,
            Slopes = [.. models.Select(model => Slope(model, [.. cells.Where(c => c.Model == model && c.Temperature is not null)]))],
            TeacherDeltas = options.Teacher is { } teacher ? Deltas(teacher, samples, models, options, bootstrap) : [],
            Notes = Notes(samples, cells),
        };
    }

    private static SortedDictionary<string, string> Policies(LoopsOptions options) => new(StringComparer.Ordinal)
    {
        ["loop"] = string.Create(CultureInfo.InvariantCulture, $"some {options.N}-gram of tokens occurs at least {options.K} times; occurrences may overlap and need not be adjacent"),
        ["not_found"] = "semantic loops, which repeat a thought in other words, are not found",
        ["unit"] = "token ids (those of the action spans where a row has spans); words of the response where a row has text only; the flag of the file where it has neither",
        ["intervals"] = "wilson takes responses as independent; cluster_interval and accuracy_interval resample problems with all their responses",
        ["difficulty"] = "terciles of the file's problems by mid-rank, so that equal difficulties stay together; from the column difficulty where every problem has it, else the share of wrong responses over the whole file",
        ["sensitivity"] = "the five settings of the published ablation, over scanned responses only",
    };

    private static (string Source, Dictionary<string, int> Terciles) Difficulty(LoopSamples samples)
    {
        Dictionary<string, double> rated = samples.Difficulties.ToDictionary(StringComparer.Ordinal);
        string source = "column";
        if (rated.Count < samples.Problems)
        {
            source = "wrong_share";
            rated = samples.Cells.SelectMany(c => c.Value).Where(s => s.Correct is not null).GroupBy(s => s.Problem, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => (double)g.Count(s => s.Correct == false) / g.Count(), StringComparer.Ordinal);
        }

        if (rated.Count == 0) source = "none";
        var terciles = new Dictionary<string, int>(StringComparer.Ordinal);
        int below = 0;
        foreach (IGrouping<double, string> equal in rated.GroupBy(r => r.Value, r => r.Key).OrderBy(g => g.Key))
        {
            int count = equal.Count();
            int tercile = Math.Min(2, (int)(3 * (below + (count / 2.0)) / rated.Count));
            foreach (string problem in equal) terciles[problem] = tercile;
            below += count;
        }

        return (source, terciles);
    }

    private static LoopCell Cell(
        string model, double? temperature, List<LoopSample> samples, Dictionary<string, int> terciles, LoopsOptions options,
        ClusterBootstrap bootstrap)
    {
        LoopSample[] marked = [.. samples.Where(s => s.Correct is not null)];
        LoopSample[] scanned = [.. samples.Where(s => s.Scanned >= 0)];
        double[] tokens = [.. samples.Where(s => s.Tokens >= 0).Select(s => (double)s.Tokens).Order()];
        double[] prefixes = [.. scanned.Where(s => s.Prefix >= 0).Select(s => (double)s.Prefix).Order()];
        long all = scanned.Sum(s => (long)s.Scanned), wasted = scanned.Sum(s => (long)s.Wasted);
        int capKnown = samples.Count(s => s.CapHit is not null);
        ClusterSum[] right = Clusters(marked, s => s.Correct == true);
        string key = string.Create(CultureInfo.InvariantCulture, $"{model} {temperature}");
        return new LoopCell
        {
            Model = model,
            Temperature = temperature,
            Problems = samples.Select(s => s.Problem).Distinct(StringComparer.Ordinal).Count(),
            Loops = Share(samples, options),
            ClusterInterval = bootstrap.Interval("loops " + key, Clusters(samples, s => s.IsLoop)),
            Marked = marked.Length,
            Accuracy = ClusterBootstrap.Share(right),
            AccuracyInterval = bootstrap.Interval("accuracy " + key, right),
            MeanTokens = tokens.Length == 0 ? null : tokens.Average(),
            MedianTokens = tokens.Length == 0 ? null : Bootstrap.Quantile(tokens, 0.5),
            CapHitFraction = capKnown == 0 ? null : (double)samples.Count(s => s.CapHit == true) / capKnown,
            WastedShare = all == 0 ? null : (double)wasted / all,
            MedianLoopPrefix = prefixes.Length == 0 ? null : Bootstrap.Quantile(prefixes, 0.5),
            LoopGivenWrong = Share(marked.Where(s => s.Correct == false), options),
            LoopGivenRight = Share(marked.Where(s => s.Correct == true), options),
            ByDifficulty = terciles.Count == 0 ? [] :
            [
                .. Terciles.Select((name, t) =>
                {
                    LoopSample[] inside = [.. samples.Where(s => terciles.TryGetValue(s.Problem, out int tercile) && tercile == t)];
                    return new DifficultyLoops(name, inside.Select(s => s.Problem).Distinct(StringComparer.Ordinal).Count(), Share(inside, options));
                }),
            ],
            Sensitivity = scanned.Length == 0 ? [] :
            [
                .. LoopSamples.Settings.Select((setting, i) => new LoopSetting(
                    setting.N, setting.K, Share(scanned.Length, scanned.Count(s => (s.Settings & (1 << i)) != 0), options))),
            ],
        };
    }

    private static LoopShare Share(IEnumerable<LoopSample> samples, LoopsOptions options)
    {
        int responses = 0, looping = 0;
        foreach (LoopSample sample in samples)
        {
            responses++;
            if (sample.IsLoop) looping++;
        }

        return Share(responses, looping, options);
    }

    private static LoopShare Share(int responses, int looping, LoopsOptions options) => new(
        responses, looping, responses == 0 ? null : (double)looping / responses,
        ProportionIntervals.Wilson(looping, responses, options.Confidence));

    private static ClusterSum[] Clusters(IEnumerable<LoopSample> samples, Func<LoopSample, bool> counts) =>
    [
        .. samples.GroupBy(s => s.Problem, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new ClusterSum(g.Count(counts), g.Count())),
    ];

    private static TemperatureSlope Slope(string model, LoopCell[] cells)
    {
        if (cells.Length < 2) return new TemperatureSlope(model, cells.Length, null);
        double meanT = cells.Average(c => c.Temperature!.Value), meanF = cells.Average(c => c.Loops.Fraction!.Value), cross = 0, square = 0;
        foreach (LoopCell cell in cells)
        {
            double gap = cell.Temperature!.Value - meanT;
            cross += gap * (cell.Loops.Fraction!.Value - meanF);
            square += gap * gap;
        }

        return new TemperatureSlope(model, cells.Length, cross / square);
    }

    private static List<TeacherDelta> Deltas(
        string teacher, LoopSamples samples, string[] models, LoopsOptions options, ClusterBootstrap bootstrap)
    {
        if (!models.Contains(teacher, StringComparer.Ordinal))
        {
            throw new DatasetException(
                options.Input, $"no row is of the teacher '{teacher}'", "It has " + string.Join(", ", models.Take(40)), column: options.Map["model"]);
        }

        var deltas = new List<TeacherDelta>();
        var cells = samples.Cells.ToDictionary(c => c.Key, c => c.Value);
        foreach (((string model, double? temperature), List<LoopSample> student) in samples.Cells)
        {
            if (model == teacher || !cells.TryGetValue((teacher, temperature), out List<LoopSample>? other)) continue;
            HashSet<string> shared = [.. student.Select(s => s.Problem).Intersect(other.Select(s => s.Problem), StringComparer.Ordinal)];
            if (shared.Count == 0) continue;
            ClusterSum[] a = Clusters(student.Where(s => shared.Contains(s.Problem)), s => s.IsLoop);
            ClusterSum[] b = Clusters(other.Where(s => shared.Contains(s.Problem)), s => s.IsLoop);
            double own = ClusterBootstrap.Share(a)!.Value, theirs = ClusterBootstrap.Share(b)!.Value;
            deltas.Add(new TeacherDelta(
                model, temperature, shared.Count, own, theirs, own - theirs,
                bootstrap.Difference(string.Create(CultureInfo.InvariantCulture, $"teacher {model} {temperature}"), [a], [b], paired: true)));
        }

        return deltas;
    }

    private static IReadOnlyList<ReportNote> Notes(LoopSamples samples, LoopCell[] cells)
    {
        var notes = new NoteList();
        notes.Add("rows_refused", samples.Refused, "rows have a status other than ok and take no part");
        notes.Add("rows_without_tokens", samples.WithoutTokens, "rows have neither token ids, text nor a loop flag and take no part");
        notes.Add("loops_given", samples.Given, "rows have no tokens: whether they loop is what the file says");
        notes.Add("loops_disagree", samples.Disagreements, "rows have a loop flag that the scan does not confirm; the scan counts");
        notes.Add("scanned_as_words", samples.Words, "rows have text and no token ids: their words are scanned, and counted where the file has no token count");
        notes.Add("shorter_than_n", samples.ShorterThanN, "responses are shorter than one n-gram: they cannot loop");
        notes.Add("correct_by_label", samples.ByLabel, "rows are not marked; they count as right when answer and label are the same text");
        notes.Add("responses_unmarked", cells.Sum(c => (long)c.Loops.Responses - c.Marked), "responses are not marked right or wrong: they count for loops, not for accuracy");
        notes.Add("temperature_not_stated", cells.Count(c => c.Temperature is null), "models have responses without a temperature; no slope uses them");
        return notes.Notes;
    }
}
