using RewardHub.Contracts;
using RewardHub.Datasets;

namespace RewardHub.Evaluation;

/// <summary>Answers of one curve at one length.</summary>
internal sealed class LengthCell
{
    private readonly Dictionary<string, ClusterSum> _questions = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (int Right, int Rows)> _seeds = new(StringComparer.Ordinal);
    private int _namelessRight;

    public int Nameless { get; private set; }

    public int Right { get; private set; }

    public int Rows { get; private set; }

    public IReadOnlyDictionary<string, (int Right, int Rows)> Seeds => _seeds;

    /// <summary>Accuracy: the mean over seeds.</summary>
    public double Accuracy => _seeds.Values.Sum(s => (double)s.Right / s.Rows) / _seeds.Count;

    public void Add(string? question, string seed, bool correct)
    {
        int right = correct ? 1 : 0;
        (int seedRight, int seedRows) = _seeds.GetValueOrDefault(seed);
        _seeds[seed] = (seedRight + right, seedRows + 1);
        Right += right;
        Rows++;
        if (question is null)
        {
            Nameless++;
            _namelessRight += right;
            return;
        }

        ClusterSum sum = _questions.GetValueOrDefault(question);
        _questions[question] = new ClusterSum(sum.Part + right, sum.Whole + 1);
    }

    /// <summary>Names of the questions in order; rows without a name have none.</summary>
    public string[] Names() => [.. _questions.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Questions by name, then each row without a name as a question of its own: in an order that the file does not decide.</summary>
    public ClusterSum[] Questions() =>
    [
        .. Names().Select(name => _questions[name]),
        .. Enumerable.Range(0, Nameless).Select(i => new ClusterSum(i < _namelessRight ? 1 : 0, 1)),
    ];

    public bool OneAnswerEach => _questions.Count + Nameless == Rows;

    public double? AccuracyOf(string seed) => _seeds.TryGetValue(seed, out (int Right, int Rows) s) ? (double)s.Right / s.Rows : null;
}

/// <summary>One curve: a role and a task.</summary>
internal sealed class LengthCurve(LengthRole role, string task)
{
    public LengthRole Role { get; } = role;

    public string Task { get; } = task;

    public int? TrainLength { get; set; }

    public SortedDictionary<int, LengthCell> Cells { get; } = [];

    public HashSet<(int Length, string Seed, string Id)> Ids { get; } = [];

    public string[] Seeds => [.. Cells.Values.SelectMany(c => c.Seeds.Keys).Distinct().Order(StringComparer.Ordinal)];

    public string RoleName => Role switch
    {
        LengthRole.Main => "main",
        LengthRole.Aux => "aux",
        LengthRole.MainAlone => "main_alone",
        _ => "control",
    };
}

/// <summary>The rows of a length experiment by curve, with what was left out.</summary>
internal sealed class LengthCurves(LengthOptions options)
{
    private readonly Dictionary<(LengthRole Role, string Task), LengthCurve> _curves = [];
    private string? _hint;

    public long Read { get; private set; }

    public long Refused { get; private set; }

    public long WithoutCorrectness { get; private set; }

    public long ByLabel { get; private set; }

    public IEnumerable<LengthCurve> Ordered => _curves.Values.OrderBy(c => c.Role).ThenBy(c => c.Task, StringComparer.Ordinal);

    public IEnumerable<LengthCurve> Of(LengthRole role) => Ordered.Where(c => c.Role == role);

    public void Add(LengthRow row)
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
        LengthCurve curve = CurveOf(row);
        if (row.Id is { } id && !curve.Ids.Add((row.Length, row.Seed, id)))
        {
            throw new DatasetException(
                options.Input, $"seed '{row.Seed}' of {curve.RoleName} '{row.Task}' has two rows with id '{id}' at length {row.Length}",
                "Give each answer of a model an id of its own, or map another column with --map id=COLUMN", row.Row, options.Map["id"]);
        }

        if (!curve.Cells.TryGetValue(row.Length, out LengthCell? cell)) curve.Cells[row.Length] = cell = new LengthCell();
        cell.Add(row.Group ?? row.Id, row.Seed, correct);
    }

    /// <summary>The curve of the main task.</summary>
    /// <exception cref="DatasetException">There is none.</exception>
    public LengthCurve Main()
    {
        if (Of(LengthRole.Main).FirstOrDefault() is { } main) return main;
        string roles = _curves.Count == 0 ? "" : "; it has " + string.Join(", ", Ordered.Select(c => c.RoleName).Distinct());
        throw new DatasetException(
            options.Input,
            $"no row of the role main can be measured ({Read} rows: {Refused} refused, {WithoutCorrectness} without correctness{roles})",
            _hint ?? "A row needs task, role, length, correct (or answer and label) and, for main and aux, train_length");
    }

    private LengthCurve CurveOf(LengthRow row)
    {
        if (!_curves.TryGetValue((row.Role, row.Task), out LengthCurve? curve))
        {
            if (row.Role == LengthRole.Main && Of(LengthRole.Main).FirstOrDefault() is { } other)
            {
                throw new DatasetException(
                    options.Input, $"the role main has the tasks '{other.Task}' and '{row.Task}'",
                    "A file holds one experiment with one main task: split it, or give the other tasks the role aux", row.Row, options.Map["task"]);
            }

            _curves[(row.Role, row.Task)] = curve = new LengthCurve(row.Role, row.Task) { TrainLength = row.TrainLength };
        }

        curve.TrainLength ??= row.TrainLength;
        if (row.TrainLength is null || row.TrainLength == curve.TrainLength) return curve;
        throw new DatasetException(
            options.Input, $"{curve.RoleName} '{row.Task}' was trained up to {curve.TrainLength} in one row and up to {row.TrainLength} in this one",
            "A file holds one experiment: split it by trained length", row.Row, options.Map["train_length"]);
    }
}
