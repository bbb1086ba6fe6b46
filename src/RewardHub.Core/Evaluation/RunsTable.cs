using RewardHub.Contracts;
using RewardHub.Datasets;

namespace RewardHub.Evaluation;

/// <summary>One answer.</summary>
internal readonly record struct RunCell(bool Correct, string? Answer, int? Tokens);

/// <summary>The answers of one model: questions by runs.</summary>
internal sealed class RunsModel(string name)
{
    private readonly SortedDictionary<string, Dictionary<string, RunCell>> _questions = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _runs = new(StringComparer.Ordinal);

    public string Name { get; } = name;

    public string[] Runs { get; private set; } = [];

    /// <summary>Questions that every run has, in order; each answer at the place of its run.</summary>
    public SortedDictionary<string, RunCell[]> Complete { get; } = new(StringComparer.Ordinal);

    public int IncompleteQuestions { get; private set; }

    public long IncompleteRows { get; private set; }

    public bool Add(string question, string run, RunCell cell)
    {
        _runs.Add(run);
        if (!_questions.TryGetValue(question, out Dictionary<string, RunCell>? cells))
            _questions[question] = cells = new Dictionary<string, RunCell>(StringComparer.Ordinal);
        return cells.TryAdd(run, cell);
    }

    public void Close()
    {
        Runs = [.. _runs];
        foreach ((string question, Dictionary<string, RunCell> cells) in _questions)
        {
            if (cells.Count == Runs.Length)
            {
                Complete[question] = [.. Runs.Select(run => cells[run])];
                continue;
            }

            IncompleteQuestions++;
            IncompleteRows += cells.Count;
        }
    }
}

/// <summary>The rows of a multi-run file by model, with what was left out.</summary>
internal sealed class RunsTable(RunsOptions options)
{
    public const string NoModel = "(none)";

    private readonly SortedDictionary<string, RunsModel> _models = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private string? _hint;

    public long Read { get; private set; }

    public long Refused { get; private set; }

    public long WithoutCorrectness { get; private set; }

    public long ByLabel { get; private set; }

    public IReadOnlyCollection<RunsModel> Models => _models.Values;

    public void Add(RunRow row)
    {
        Read++;
        if (row.Status != ItemStatus.Ok)
        {
            Refused++;
            return;
        }

        if (row.Correct is not { } correct)
        {
            WithoutCorrectness++;
            _hint ??= row.Hint;
            return;
        }

        if (row.ByLabel) ByLabel++;
        string name = row.Model ?? NoModel;
        if (!_models.TryGetValue(name, out RunsModel? model)) _models[name] = model = new RunsModel(name);
        if (model.Add(Shared(row.Group!), Shared(row.Run), new RunCell(correct, row.Answer is { } answer ? Shared(answer) : null, row.Tokens)))
            return;
        throw new DatasetException(
            options.Input, $"run '{row.Run}' of model '{name}' has two rows for question '{row.Group}'",
            "A run answers a question once: name the column that tells runs apart with --map run=COLUMN", row.Row, options.Map["run"]);
    }

    public void Close()
    {
        foreach (RunsModel model in _models.Values) model.Close();
        if (_models.Count == 0)
        {
            throw new DatasetException(
                options.Input, $"no row can be measured ({Read} rows: {Refused} refused, {WithoutCorrectness} without correctness)",
                _hint ?? "A row needs group, run and correct (or answer and label); name other columns with --map");
        }

        foreach (RunsModel model in _models.Values.Where(m => m.Complete.Count == 0))
        {
            throw new DatasetException(
                options.Input, $"no question of model '{model.Name}' is in all of its {model.Runs.Length} runs",
                "Runs answer the same questions: name the columns with --map group=COLUMN,run=COLUMN");
        }
    }

    private string Shared(string text)
    {
        if (_texts.TryGetValue(text, out string? known)) return known;
        _texts[text] = text;
        return text;
    }
}
