using System.Globalization;
using System.Text.Json;
using RewardHub.Contracts;
using RewardHub.Rewards;

namespace RewardHub.Verifiers;

/// <summary><c>algo:NAME</c>: the answer to an algorithmic task, by the label or by solving the problem in the prompt.</summary>
internal static class AlgorithmVerifiers
{
    private const int MaxResponse = 1_000_000;

    private static readonly VerifierOption.Choice Order = new(
        "order", "list: unvisited neighbors are taken in the order of the prompt, so that one trace is right; any: in any order", "list", ["list", "any"]);

    private static readonly VerifierOption.Flag BudgetSpent = new("budget_spent", "whether the response was cut at its token budget", false);

    /// <summary>One verifier a task, and the star graph.</summary>
    public static IReadOnlyList<Verifier> Definitions { get; } = [.. AlgorithmicTasks.All.Values.Select(Of), StarGraphVerifier()];

    private static Verifier Of(AlgorithmicTask task)
    {
        string name = "algo:" + task.Name["algo/".Length..];
        bool trace = task.Name == "algo/maze_dfs", maze = task.Name.StartsWith("algo/maze_", StringComparison.Ordinal);
        return new Verifier
        {
            Name = name,
            Version = "1",
            Summary = task.Summary + " Exact match with the label, or without one with the solution of the problem in the prompt.",
            Options = trace ? [Order, AnswerText.Reasoning] : [AnswerText.Reasoning],
            Function = (input, _) => maze ? JudgeMaze(task, input, trace) : JudgeText(task, input),
        };
    }

    private static Verdict JudgeText(AlgorithmicTask task, VerifierInput input)
    {
        (string? gold, Verdict? fault) = Gold(task, input);
        if (gold is null) return fault!;
        string answer = Answer(input);
        if (answer.Length == 0) return Verdict.Unparseable("The response holds no answer.");
        Dictionary<string, string> evidence = Evidence.Of("answer", Evidence.Clip(answer), "label", Evidence.Clip(gold));
        bool correct = answer == gold;
        if (!correct) evidence["first_difference"] = answer.AsSpan().CommonPrefixLength(gold).ToString(CultureInfo.InvariantCulture);
        return Verdict.Decided(correct, evidence);
    }

    private static Verdict JudgeMaze(AlgorithmicTask task, VerifierInput input, bool trace)
    {
        string answer = Answer(input);
        if (Maze.Parse(input.Prompt?.Question ?? "") is not { } maze)
            return input.Label is null ? NoProblem() : JudgeText(task, input);
        (string? gold, Verdict? fault) = Gold(task, input);
        if (gold is null) return fault!;
        if (answer.Length == 0) return Verdict.Unparseable("The response holds no answer.");
        MazeWalk walk = trace ? maze.JudgeTrace(answer, Order.Of(input.Options) == "list") : maze.JudgePath(answer);
        Dictionary<string, string> evidence = new(7)
        {
            ["answer"] = Evidence.Clip(answer),
            ["label"] = Evidence.Clip(gold),
            ["format_valid"] = Show(walk.FormatValid),
            ["moves_valid"] = Show(walk.MovesValid),
            ["ends_valid"] = Show(walk.EndsValid),
        };
        if (walk.Fault is { } name) evidence["fault"] = name;
        if (walk.FaultAt is { } at) evidence["fault_at"] = at.ToString(CultureInfo.InvariantCulture);
        return Verdict.Decided(walk.Correct, evidence);
    }

    private static Verifier StarGraphVerifier() => new()
    {
        Name = "algo:star_graph",
        Version = "1",
        Summary = "A walk on the star graph of the prompt from its start, along edges, to the first visit of its goal. Needs no label.",
        Options = [BudgetSpent, AnswerText.Reasoning],
        Function = (input, _) =>
        {
            if (StarGraph.Parse(input.Prompt?.Question ?? "") is not { } graph)
                return Verdict.Rejected(new ItemError(ErrorCodes.BadField, "The prompt must be 'edges: a-b …; start: s; goal: g; walk:' of a star graph.", "prompt"));
            string answer = Answer(input);
            if (answer.Length == 0) return Verdict.Unparseable("The response holds no walk.");
            StarWalk walk = graph.Judge(answer, BudgetSpent.Of(input.Options));
            Dictionary<string, string> evidence = new(10)
            {
                ["definition"] = StarGraph.Definition,
                ["answer"] = Evidence.Clip(answer),
                ["steps"] = walk.Steps.ToString(CultureInfo.InvariantCulture),
                ["stretch"] = walk.Stretch.ToString("R", CultureInfo.InvariantCulture),
                ["resets"] = walk.Resets.ToString(CultureInfo.InvariantCulture),
                ["arms_tried"] = walk.ArmsTried.ToString(CultureInfo.InvariantCulture),
                ["node_loop"] = Show(walk.NodeLoop),
            };
            if (walk.RepeatRate is { } rate) evidence["repeat_rate"] = rate.ToString("R", CultureInfo.InvariantCulture);
            if (walk.Fault is { } fault) evidence["fault"] = fault;
            if (walk.FaultAt is { } at) evidence["fault_at"] = at.ToString(CultureInfo.InvariantCulture);
            return Verdict.Decided(walk.Reward == 1, evidence);
        },
    };

    /// <summary>The label, or the solution of the prompt; a label that contradicts a solvable prompt is the caller's error.</summary>
    private static (string? Gold, Verdict? Fault) Gold(AlgorithmicTask task, VerifierInput input)
    {
        string? solved = input.Prompt is { } prompt ? task.Solve(prompt.Question) : null;
        if (input.Label is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } label) return (solved, solved is null ? NoProblem() : null);
        Outcome<string[]> texts = Labels.Texts(label);
        if (!texts.IsOk) return (null, Verdict.Rejected(texts.Error));
        if (texts.Value is not [var only] || only.AsSpan().Trim().IsEmpty) return (null, Verdict.BadLabel("The label must be one answer that is not empty."));
        string gold = only.Trim();
        if (solved is not null && solved != gold)
            return (null, Verdict.BadLabel($"The label is not the answer to the problem in the prompt, which is '{Evidence.Clip(solved)}'."));
        return (gold, null);
    }

    private static Verdict NoProblem() => Verdict.BadLabel("A label is needed, or a prompt in the format of the task.");

    private static string Answer(VerifierInput input)
    {
        ReadOnlySpan<char> text = AnswerText.Of(input).Trim();
        return text.Length > MaxResponse ? text[..MaxResponse].ToString() : text.ToString();
    }

    private static string Show(bool value) => value ? "true" : "false";
}
