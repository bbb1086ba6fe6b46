namespace RewardHub.Scoring;

/// <summary>Collects broken rules by JSON path, up to a limit, so that one answer names them all.</summary>
internal sealed class RuleBook
{
    /// <summary>A body of a million broken items answers with this many paths and a count.</summary>
    private const int MaxPaths = 100;

    private readonly Dictionary<string, List<string>> _problems = new(StringComparer.Ordinal);
    private int _left;

    public bool IsEmpty => _problems.Count == 0;

    public void Add(string path, string problem)
    {
        if (_problems.TryGetValue(path, out List<string>? there)) there.Add(problem);
        else if (_problems.Count < MaxPaths) _problems.Add(path, [problem]);
        else _left++;
    }

    /// <summary>The refusal that names every rule broken.</summary>
    public Refusal ToRefusal()
    {
        Dictionary<string, string[]> errors = _problems.ToDictionary(p => p.Key, p => p.Value.ToArray(), StringComparer.Ordinal);
        int count = _problems.Count + _left;
        string first = _problems.First() is var (path, problems) ? $"{path}: {problems[0]}" : "";
        string detail = count == 1 ? first : $"{count} places are wrong; the first is {first}";
        if (_left > 0) detail += $" (the first {MaxPaths} are listed)";
        return new Refusal(RefusalKind.Rules, detail) { Errors = errors };
    }
}
