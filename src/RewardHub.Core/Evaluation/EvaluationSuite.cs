namespace RewardHub.Evaluation;

/// <summary>A suite as data: what <c>eval suite SUITE.yaml</c> reads. Keys are the property names in snake_case.</summary>
public sealed record EvaluationSuite
{
    /// <summary>Name, unique among suites.</summary>
    public required string Name { get; init; }

    /// <summary>Version; raised by one whenever a number of the report could change.</summary>
    public required int Version { get; init; }

    /// <summary><c>vote</c>, <c>steps</c>, <c>length</c>, <c>runs</c>, <c>loops</c> or <c>curriculum</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What the suite measures, in a sentence.</summary>
    public string? Description { get; init; }

    /// <summary>The data.</summary>
    public required SuiteData Data { get; init; }

    /// <summary>Scorers to run first, by name; empty when the rows are scored already.</summary>
    public IReadOnlyList<string> Scorers { get; init; } = [];

    /// <summary>Options of the evaluation by flag name, without the dashes; every one has a default.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Seed of every draw.</summary>
    public long Seed { get; init; }

    /// <summary>Every rule that the suite breaks; empty when it is fine.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(Name)) problems.Add("name must not be empty");
        if (Version < 1) problems.Add($"version counts from 1, is {Version}");
        if (Kind is not ("vote" or "steps" or "length" or "runs" or "loops" or "curriculum"))
            problems.Add($"kind must be vote, steps, length, runs, loops or curriculum, is '{Kind}'");
        if (string.IsNullOrWhiteSpace(Data.Path)) problems.Add("data.path must not be empty");
        if (Data.Sha256 is { } hash && (hash.Length != 64 || !hash.All(char.IsAsciiHexDigitLower)))
            problems.Add("data.sha256 must be 64 lower-case hexadecimal digits");
        return problems;
    }
}

/// <summary>The data set of a suite.</summary>
public sealed record SuiteData
{
    /// <summary>File, relative to the folder of the suite file.</summary>
    public required string Path { get; init; }

    /// <summary>Expected SHA-256 of the file; the suite refuses to run on other bytes. Null skips the check.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Column mapping, <c>field=column,…</c>; null for none.</summary>
    public string? Map { get; init; }
}
