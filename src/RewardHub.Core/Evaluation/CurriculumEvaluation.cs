using System.Globalization;
using RewardHub.Datasets;

namespace RewardHub.Evaluation;

/// <summary>Frontier, next difficulties, retention and the avalanche alarm of self-training.</summary>
/// <remarks>Every number is the same for any order of the rows.</remarks>
public static class CurriculumEvaluation
{
    // 0.95 - 0.90 is below 0.05 in binary: shares that are equal in decimals must count as equal.
    private const double Rounding = 1e-9;

    /// <summary>Reads the file and evaluates it.</summary>
    /// <param name="options">Options; <see cref="CurriculumOptions.Problems"/> must be empty.</param>
    /// <param name="progress">Told from time to time; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="DatasetException">The file cannot be read, has a difficulty twice in a round, or holds no measured row.</exception>
    /// <exception cref="ArgumentException">The options break a rule.</exception>
    public static async Task<CurriculumReport> RunAsync(
        CurriculumOptions options, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options.Check();
        string hash = await DatasetFiles.HashAsync(options.Input, cancellationToken);
        var rounds = new SortedDictionary<int, SortedDictionary<int, CurriculumRow>>();
        long read = 0, empty = 0;
        await foreach (CurriculumRow row in DatasetFiles.ReadCurriculumAsync(options.Input, options.Map, cancellationToken))
        {
            if (++read % 10_000 == 0) progress?.Report(new EvaluationProgress("read", read, null));
            if (row.Accuracy is null && row.Total is null)
            {
                empty++;
                continue;
            }

            if (!rounds.TryGetValue(row.Round, out SortedDictionary<int, CurriculumRow>? levels)) rounds[row.Round] = levels = [];
            if (levels.TryAdd(row.Difficulty, row)) continue;
            throw new DatasetException(
                options.Input, string.Create(CultureInfo.InvariantCulture, $"round {row.Round} has difficulty {row.Difficulty} twice"),
                "A file holds one experiment with one row a round and difficulty: split it, or map another column with --map difficulty=COLUMN",
                row.Row, options.Map["difficulty"]);
        }

        if (rounds.Count == 0)
        {
            throw new DatasetException(
                options.Input, $"no row can be measured ({read} rows: {empty} with neither accuracy nor labels)",
                "A row needs round and difficulty, and accuracy or kept and total; name other columns with --map, such as --map accuracy=COLUMN");
        }

        CurriculumRound[] measured = Rounds(rounds, options);
        IReadOnlyList<CurriculumAlarm> alarms = Alarms(measured, options);
        CurriculumRound[] fronts = [.. measured.Where(r => r.Frontier is not null)];
        return new CurriculumReport
        {
            Run = options.Statement("curriculum", hash, read, []),
            Policies = Policies(options),
            Rows = new CurriculumRowCounts(read, read - empty, empty),
            Rounds = measured,
            FrontierGrowth = fronts.Length < 2 ? null
                : ((double)fronts[^1].Frontier!.Value - fronts[0].Frontier!.Value) / ((double)fronts[^1].Round - fronts[0].Round),
            Avalanche = alarms.Count > 0,
            Alarms = alarms,
            Notes = Notes(measured, empty),
        };
    }

    private static SortedDictionary<string, string> Policies(CurriculumOptions options) => new(StringComparer.Ordinal)
    {
        ["frontier"] = string.Create(CultureInfo.InvariantCulture, $"the largest difficulty with accuracy of at least {options.Mastery}"),
        ["next"] = "standard: one above the largest difficulty trained so far (the frontier where no labels are known); accelerated: every mastered difficulty above it, at least one",
        ["avalanche"] = string.Create(CultureInfo.InvariantCulture, $"label accuracy falls by at least {options.Fall} in two rounds running (over the round, or at one difficulty), or a difficulty keeps less than {options.Retention} of its labels"),
        ["label_accuracy"] = "of a round: the mean over its difficulties weighted by kept labels (by all labels before the filter)",
        ["label_free"] = "kept labels come from a filter without gold answers and are not verified; label accuracy is as good as the sub-sample behind it",
    };

    private static CurriculumRound[] Rounds(
        SortedDictionary<int, SortedDictionary<int, CurriculumRow>> rounds, CurriculumOptions options)
    {
        var measured = new List<CurriculumRound>();
        int? trained = null;
        foreach ((int round, SortedDictionary<int, CurriculumRow> rows) in rounds)
        {
            CurriculumLevel[] levels = [.. rows.Values.Select(row => Level(row, options))];
            int? frontier = levels.LastOrDefault(l => l.Mastered)?.Difficulty;
            int? here = levels.LastOrDefault(l => l.Labels.Kept > 0)?.Difficulty;
            if (here > (trained ?? -1)) trained = here;
            int? from = trained ?? frontier;
            int[] mastered = from is null ? [] : [.. levels.Where(l => l.Mastered && l.Difficulty > from).Select(l => l.Difficulty)];
            measured.Add(new CurriculumRound
            {
                Round = round,
                Frontier = frontier,
                TrainedTo = from,
                StandardNext = from + 1,
                AcceleratedNext = mastered.Length == 0 && from is { } top ? [top + 1] : mastered,
                Labels = Pool(rows.Values, options),
                Levels = levels,
            });
        }

        return [.. measured];
    }

    private static CurriculumLevel Level(CurriculumRow row, CurriculumOptions options)
    {
        Interval? interval = row is { Accuracy: { } accuracy, Evaluated: { } evaluated }
            ? ProportionIntervals.Wilson((int)Math.Round(accuracy * evaluated), evaluated, options.Confidence) : null;
        return new CurriculumLevel(
            row.Difficulty, row.Accuracy, interval, row.Accuracy >= options.Mastery - Rounding, Pool([row], options));
    }

    private static LabelCounts Pool(IReadOnlyCollection<CurriculumRow> rows, CurriculumOptions options)
    {
        CurriculumRow[] labelled = [.. rows.Where(r => r.Total is not null)];
        long kept = labelled.Sum(r => (long)r.Kept!.Value), total = labelled.Sum(r => (long)r.Total!.Value);
        return new LabelCounts(
            labelled.Length == 0 ? null : kept, labelled.Length == 0 ? null : total, total == 0 ? null : (double)kept / total,
            total is > 0 and <= int.MaxValue ? ProportionIntervals.Wilson((int)kept, (int)total, options.Confidence) : null,
            Weighted(rows, r => r.LabelAccuracy, r => r.Kept), Weighted(rows, r => r.RawLabelAccuracy, r => r.Total));
    }

    /// <summary>A mean weighted by labels; by rows where none of them counts labels.</summary>
    private static double? Weighted(
        IReadOnlyCollection<CurriculumRow> rows, Func<CurriculumRow, double?> value, Func<CurriculumRow, int?> weight)
    {
        CurriculumRow[] known = [.. rows.Where(r => value(r) is not null)];
        if (known.Length == 0) return null;
        bool counted = known.All(r => weight(r) is not null);
        double whole = known.Sum(r => counted ? weight(r)!.Value : 1.0);
        return whole == 0 ? null : known.Sum(r => value(r)!.Value * (counted ? weight(r)!.Value : 1.0)) / whole;
    }

    private static IReadOnlyList<CurriculumAlarm> Alarms(CurriculumRound[] rounds, CurriculumOptions options)
    {
        var alarms = new List<CurriculumAlarm>();
        Falls(rounds, null, round => round.Labels.LabelAccuracy);
        foreach (int difficulty in rounds.SelectMany(r => r.Levels).Select(l => l.Difficulty).Distinct().Order())
            Falls(rounds, difficulty, round => round.Levels.FirstOrDefault(l => l.Difficulty == difficulty)?.Labels.LabelAccuracy);
        foreach (CurriculumRound round in rounds)
        {
            foreach (CurriculumLevel level in round.Levels)
            {
                if (!(level.Labels.Retention < options.Retention - Rounding)) continue;
                alarms.Add(new CurriculumAlarm(round.Round, level.Difficulty, "low_retention", string.Create(
                    CultureInfo.InvariantCulture, $"{level.Labels.Kept} of {level.Labels.Total} labels were kept.")));
            }
        }

        return [.. alarms.OrderBy(a => a.Round).ThenBy(a => a.Difficulty ?? -1).ThenBy(a => a.Reason, StringComparer.Ordinal)];

        // Three rounds in a row of the file: a round without a label accuracy breaks the run.
        void Falls(CurriculumRound[] all, int? difficulty, Func<CurriculumRound, double?> accuracy)
        {
            for (int i = 2; i < all.Length; i++)
            {
                double? first = accuracy(all[i - 2]), second = accuracy(all[i - 1]), third = accuracy(all[i]);
                if (!(first - second >= options.Fall - Rounding && second - third >= options.Fall - Rounding)) continue;
                alarms.Add(new CurriculumAlarm(all[i].Round, difficulty, "label_accuracy_falls", string.Create(
                    CultureInfo.InvariantCulture, $"Label accuracy went from {first:0.####} to {second:0.####} to {third:0.####}.")));
            }
        }
    }

    private static IReadOnlyList<ReportNote> Notes(CurriculumRound[] rounds, long empty)
    {
        var notes = new NoteList();
        notes.Add("rows_empty", empty, "rows have neither an accuracy nor labels and take no part");
        notes.Add("rounds_without_accuracy", rounds.Count(r => r.Levels.All(l => l.Accuracy is null)), "rounds have no accuracy and no frontier");
        notes.Add("rounds_without_frontier", rounds.Count(r => r.Frontier is null && r.Levels.Any(l => l.Accuracy is not null)), "rounds master no difficulty");
        notes.Add("rounds_without_label_accuracy", rounds.Count(r => r.Labels.LabelAccuracy is null), "rounds have no label accuracy: the alarm for falling labels cannot see them");
        notes.Add("rounds_missing", rounds[^1].Round - (long)rounds[0].Round + 1 - rounds.Length, "rounds between the first and the last are not in the file; neighbors in the file count as running");
        notes.Add("mastered_above_a_gap", rounds.Count(r => r.Frontier is { } top && r.Levels.Any(l => l.Difficulty < top && l.Accuracy is not null && !l.Mastered)), "rounds have a frontier above a difficulty that is not mastered");
        return notes.Notes;
    }
}
