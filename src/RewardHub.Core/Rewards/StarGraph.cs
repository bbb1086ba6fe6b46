using System.Globalization;
using System.Text;

namespace RewardHub.Rewards;

/// <summary>A star graph: a start, a root, and k arms of d nodes; one arm ends in the goal.</summary>
/// <remarks>
/// The task follows the looping work (arXiv 2512.12895); its serialization is not published, so this one is a labeled
/// reconstruction and results are not comparable with the paper's numbers.
/// </remarks>
public sealed record StarGraph
{
    /// <summary>Identifies the serialization.</summary>
    public const string Definition = "star-graph-1 (reconstruction)";

    private StarGraph(int arms, int depth, int goalArm, int[] labels, string prompt) =>
        (Arms, Depth, GoalArm, Labels, Prompt) = (arms, depth, goalArm, labels, prompt);

    /// <summary>k: arms at the root.</summary>
    public int Arms { get; }

    /// <summary>d: nodes of an arm.</summary>
    public int Depth { get; }

    /// <summary>The arm of the goal.</summary>
    public int GoalArm { get; }

    /// <summary>Label of each node: 0 is the start, 1 the root, 2 + arm·d + (j - 1) the j-th node of an arm.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary><c>edges: a-b …; start: s; goal: g; walk:</c></summary>
    public string Prompt { get; }

    /// <summary>Nodes: 2 + k·d. Edges are one fewer: the graph is a tree.</summary>
    public int Nodes => Labels.Count;

    /// <summary>Label of the goal.</summary>
    public int Goal => Labels[Node(GoalArm, Depth)];

    /// <summary>Moves of the shortest walk: d + 1.</summary>
    public int ShortestWalk => Depth + 1;

    /// <summary>The graph of a key; labels, goal and the order of edges depend on nothing else.</summary>
    /// <param name="arms">k, 1 to 100.</param>
    /// <param name="depth">d, 1 to 100.</param>
    /// <param name="seed">Seed of the set.</param>
    /// <param name="index">Index in the set.</param>
    /// <param name="easy">Labels by role (0, 1, 2, …) instead of random ones.</param>
    public static StarGraph Create(int arms, int depth, long seed, int index, bool easy = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(arms, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(arms, 100);
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, 100);
        var draws = new KeyedDraws(seed, string.Create(CultureInfo.InvariantCulture, $"star/{arms}"), depth, index);
        int nodes = 2 + (arms * depth), goalArm = draws.Below(arms);
        int[] labels = [.. Enumerable.Range(0, nodes)];
        if (!easy) draws.Shuffle(labels);

        var edges = new List<string>(nodes - 1);
        for (int node = 1; node < nodes; node++)
            edges.Add(string.Create(CultureInfo.InvariantCulture, $"{labels[Parent(node, depth)]}-{labels[node]}"));
        string[] order = [.. edges];
        draws.Shuffle(order);
        int goal = labels[2 + (goalArm * depth) + depth - 1];
        string prompt = string.Create(
            CultureInfo.InvariantCulture, $"edges: {string.Join(' ', order)}; start: {labels[0]}; goal: {goal}; walk:");
        return new StarGraph(arms, depth, goalArm, labels, prompt);
    }

    /// <summary>The graph of a prompt in this serialization; null when it is not a star with arms of one length and its goal at the end of one.</summary>
    public static StarGraph? Parse(string prompt)
    {
        string[] parts = prompt.Trim().Split(';');
        if (prompt.Length > 200_000 || parts is not [var edges, var start, var goal, var walk] || walk.Trim() != "walk:" || !edges.StartsWith("edges: ", StringComparison.Ordinal)
            || Number(start, " start: ") is not { } s || Number(goal, " goal: ") is not { } g)
        {
            return null;
        }

        var neighbors = new Dictionary<int, List<int>>();
        foreach (string edge in edges["edges: ".Length..].Split(' '))
        {
            int dash = edge.IndexOf('-', StringComparison.Ordinal);
            if (dash < 0 || Number(edge[..dash], "") is not { } a || Number(edge[(dash + 1)..], "") is not { } b || a == b) return null;
            if (!neighbors.TryAdd(a, [b])) neighbors[a].Add(b);
            if (!neighbors.TryAdd(b, [a])) neighbors[b].Add(a);
        }

        if (!neighbors.TryGetValue(s, out List<int>? first) || first is not [var root]) return null;
        List<int> labels = [s, root];
        int depth = 0, goalArm = -1, arms = 0;
        foreach (int child in neighbors[root].Where(node => node != s))
        {
            (int before, int at, int length) = (root, child, 1);
            labels.Add(at);
            while (neighbors[at] is { Count: 2 } both)
            {
                (before, at) = (at, both[0] == before ? both[1] : both[0]);
                if (++length > 100) return null;
                labels.Add(at);
            }

            if (neighbors[at].Count != 1 || (depth > 0 && length != depth)) return null;
            if (at == g) goalArm = arms;
            (depth, arms) = (length, arms + 1);
        }

        bool whole = goalArm >= 0 && arms <= 100 && labels.Count == neighbors.Count && labels.Distinct().Count() == labels.Count;
        return whole ? new StarGraph(arms, depth, goalArm, [.. labels], prompt) : null;
    }

    private static int? Number(string text, string before) =>
        text.StartsWith(before, StringComparison.Ordinal) && int.TryParse(text.AsSpan(before.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;

    /// <summary>The shortest walk as text.</summary>
    public string ShortestAnswer()
    {
        var walk = new StringBuilder();
        walk.Append(Labels[0]).Append(' ').Append(Labels[1]);
        for (int j = 1; j <= Depth; j++) walk.Append(' ').Append(Labels[Node(GoalArm, j)]);
        return walk.ToString();
    }

    /// <summary>Reads and judges a walk: space-separated labels.</summary>
    /// <param name="response">The walk.</param>
    /// <param name="budgetSpent">Whether the response was cut at its budget, which counts as a loop of nodes.</param>
    public StarWalk Judge(string response, bool budgetSpent = false)
    {
        var repeated = new ExcursionCount();
        var nodeOf = new Dictionary<int, int>(Labels.Count);
        for (int node = 0; node < Labels.Count; node++) nodeOf[Labels[node]] = node;
        int steps = -1, previous = -1, resets = 0, excursions = 0, repeats = 0, lastArm = -1, arm = -1;
        var tried = new HashSet<int>();
        string? fault = null;
        int? faultAt = null;
        bool reached = false;
        foreach (Range part in response.AsSpan().SplitAny(' ', '\n', '\t', '\r'))
        {
            ReadOnlySpan<char> text = response.AsSpan()[part];
            if (text.IsEmpty) continue;
            steps++;
            string? wrong = !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int label) || !nodeOf.TryGetValue(label, out int node)
                ? "not_a_node"
                : Wrong(steps, previous, node = nodeOf[label], reached);
            if (wrong is not null)
            {
                (fault, faultAt) = (wrong, steps);
                break;
            }

            node = nodeOf[label];
            repeated.Add(node);
            if (previous == 1 && node == 0) resets++;
            if (previous == 1 && node > 1)
            {
                arm = (node - 2) / Depth;
                tried.Add(arm);
                if (arm == lastArm) repeats++;
                (lastArm, excursions) = (arm, excursions + 1);
            }

            reached = node == Node(GoalArm, Depth);
            previous = node;
        }

        bool correct = fault is null && reached;
        return new StarWalk
        {
            Reward = correct ? 1 : 0,
            Efficiency = correct ? (double)ShortestWalk / steps : 0,
            Steps = Math.Max(0, steps),
            Stretch = (double)Math.Max(0, steps) / ShortestWalk,
            NodeLoop = budgetSpent || repeated.Most >= ExcursionCount.Loop,
            Resets = resets,
            ArmsTried = tried.Count,
            RepeatRate = excursions > 1 ? (double)repeats / (excursions - 1) : null,
            Fault = correct ? null : fault ?? (steps < 0 ? "empty" : "goal_not_reached"),
            FaultAt = faultAt,
        };
    }

    private string? Wrong(int steps, int previous, int node, bool reached)
    {
        if (steps == 0) return node == 0 ? null : "wrong_start";
        if (reached) return "after_goal";
        bool edge = (node > 0 && Parent(node, Depth) == previous) || (previous > 0 && Parent(previous, Depth) == node);
        return edge ? null : "no_edge";
    }

    private int Node(int arm, int place) => 2 + (arm * Depth) + place - 1;

    private static int Parent(int node, int depth) => node == 1 ? 0 : (node - 2) % depth == 0 ? 1 : node - 1;
}

/// <summary>What a walk on a star graph did.</summary>
public sealed record StarWalk
{
    /// <summary>1 when it starts at the start, follows edges and ends at the first visit of the goal, else 0.</summary>
    public required double Reward { get; init; }

    /// <summary>(d + 1) / steps of a correct walk, else 0.</summary>
    public required double Efficiency { get; init; }

    /// <summary>Moves.</summary>
    public required int Steps { get; init; }

    /// <summary>Moves over the moves of the shortest walk.</summary>
    public required double Stretch { get; init; }

    /// <summary>Whether the same excursion from the root to the root comes at least five times in a row, or the budget was spent.</summary>
    public required bool NodeLoop { get; init; }

    /// <summary>Moves from the root back to the start.</summary>
    public required int Resets { get; init; }

    /// <summary>Distinct arms entered from the root.</summary>
    public required int ArmsTried { get; init; }

    /// <summary>Share of choices at the root that repeat the one before; an independent chooser has 1/k. Null below two choices.</summary>
    public required double? RepeatRate { get; init; }

    /// <summary><c>empty</c>, <c>not_a_node</c>, <c>wrong_start</c>, <c>no_edge</c>, <c>after_goal</c>, <c>goal_not_reached</c>; null when correct.</summary>
    public required string? Fault { get; init; }

    /// <summary>Index of the first invalid node; null when every move is valid.</summary>
    public required int? FaultAt { get; init; }
}
