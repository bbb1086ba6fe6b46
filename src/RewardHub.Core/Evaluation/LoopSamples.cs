using System.Globalization;
using RewardHub.Contracts;
using RewardHub.Datasets;
using RewardHub.Rewards;

namespace RewardHub.Evaluation;

/// <summary>What is kept of one response; -1 stands for not known.</summary>
internal readonly record struct LoopSample(
    string Problem, bool IsLoop, bool? Correct, bool? CapHit, int Tokens, int Scanned, int Wasted, int Prefix, int Settings);

/// <summary>The responses of a file by model and temperature: each is scanned when it is read and its tokens are not kept.</summary>
internal sealed class LoopSamples(LoopsOptions options)
{
    public const string NoModel = "(none)";

    /// <summary>The settings over which the order of models was shown to hold.</summary>
    public static readonly (int N, int K)[] Settings = [(20, 20), (30, 20), (30, 30), (30, 60), (40, 20)];

    private readonly Dictionary<(string Model, double? Temperature), List<LoopSample>> _cells = [];
    private readonly HashSet<(string Model, double? Temperature, string Problem, string Id)> _ids = [];
    private readonly Dictionary<string, string> _problems = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _difficulties = new(StringComparer.Ordinal);
    private string? _hint;

    public long Read { get; private set; }

    public long Refused { get; private set; }

    public long WithoutTokens { get; private set; }

    public long ByLabel { get; private set; }

    public long Words { get; private set; }

    public long Given { get; private set; }

    public long Disagreements { get; private set; }

    public long ShorterThanN { get; private set; }

    public IEnumerable<KeyValuePair<(string Model, double? Temperature), List<LoopSample>>> Cells =>
        _cells.OrderBy(c => c.Key.Model, StringComparer.Ordinal).ThenBy(c => c.Key.Temperature ?? double.NegativeInfinity);

    public IReadOnlyDictionary<string, double> Difficulties => _difficulties;

    public int Problems => _problems.Count;

    public void Add(LoopRow row)
    {
        Read++;
        if (row.Status != ItemStatus.Ok)
        {
            Refused++;
            return;
        }

        bool byWords = row.TokenIds is null && row.Loop is null && row.Response is not null;
        IReadOnlyList<int>? tokens = row.TokenIds ?? (byWords ? WordIds(row.Response!) : null);
        if (tokens is null && row.Loop is null)
        {
            WithoutTokens++;
            _hint ??= row.Hint;
            return;
        }

        (string Model, double? Temperature) key = (row.Model ?? NoModel, row.Temperature);
        string problem = Shared(row.Group!);
        if (row.Id is { } id && !_ids.Add((key.Model, key.Temperature, problem, id)))
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"model '{key.Model}' at temperature {key.Temperature}");
            throw new DatasetException(
                options.Input, $"{place} has two rows with id '{id}' for problem '{problem}'",
                "Give each response an id of its own, or map another column with --map id=COLUMN", row.Row, options.Map["id"]);
        }

        if (row.Difficulty is { } difficulty) Rate(problem, difficulty, row.Row);
        if (row.ByLabel) ByLabel++;
        if (byWords) Words++;
        if (tokens is null) Given++;
        if (tokens?.Count < options.N) ShorterThanN++;
        if (!_cells.TryGetValue(key, out List<LoopSample>? cell)) _cells[key] = cell = [];
        LoopSample sample = tokens is null
            ? new LoopSample(problem, row.Loop!.Value, row.Correct, row.CapHit, row.Tokens ?? -1, -1, 0, -1, 0)
            : Scan(row, problem, tokens, byWords);
        if (tokens is not null && row.Loop is { } said && said != sample.IsLoop) Disagreements++;
        cell.Add(sample);
    }

    public void Close()
    {
        if (_cells.Count > 0) return;
        throw new DatasetException(
            options.Input, $"no row can be measured ({Read} rows: {Refused} refused, {WithoutTokens} without tokens)",
            _hint ?? "A row needs group and token_ids, or response, or loop with tokens; name other columns with --map");
    }

    private LoopSample Scan(LoopRow row, string problem, IReadOnlyList<int> tokens, bool byWords)
    {
        int[] ids = tokens as int[] ?? [.. tokens];
        LoopFinding finding = LoopDetector.Scan(ids, options.N, options.K);
        var counts = new Dictionary<int, int> { [options.N] = finding.MaxCount };
        int settings = 0;
        for (int s = 0; s < Settings.Length; s++)
        {
            // Some n-gram occurs k times exactly when the most frequent one does: one scan serves every k.
            if (!counts.TryGetValue(Settings[s].N, out int most))
                counts[Settings[s].N] = most = LoopDetector.Scan(ids, Settings[s].N, Settings[s].K).MaxCount;
            if (most >= Settings[s].K) settings |= 1 << s;
        }

        return new LoopSample(
            problem, finding.IsLoop, row.Correct, row.CapHit, byWords ? row.Tokens ?? ids.Length : ids.Length, ids.Length,
            finding.WastedTokens, finding.FirstLoopPrefix ?? -1, settings);
    }

    private void Rate(string problem, double difficulty, long row)
    {
        if (_difficulties.TryAdd(problem, difficulty) || _difficulties[problem] == difficulty) return;
        throw new DatasetException(
            options.Input, string.Create(CultureInfo.InvariantCulture, $"problem '{problem}' has difficulty {_difficulties[problem]} and {difficulty}"),
            "A problem has one difficulty: correct it, or map another column with --map difficulty=COLUMN", row, options.Map["difficulty"]);
    }

    private static int[] WordIds(string text)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var ids = new int[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            if (!numbers.TryGetValue(words[i], out int number)) numbers[words[i]] = number = numbers.Count;
            ids[i] = number;
        }

        return ids;
    }

    private string Shared(string text)
    {
        if (_problems.TryGetValue(text, out string? known)) return known;
        _problems[text] = text;
        return text;
    }
}
