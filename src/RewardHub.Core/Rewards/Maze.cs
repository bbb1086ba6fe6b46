using System.Globalization;
using System.Text;

namespace RewardHub.Rewards;

/// <summary>What a path or trace through a maze did.</summary>
public sealed record MazeWalk
{
    /// <summary>Whether it answers the question.</summary>
    public required bool Correct { get; init; }

    /// <summary>Whether it is labels of the maze joined by <c>&gt;</c>.</summary>
    public required bool FormatValid { get; init; }

    /// <summary>Whether every move follows a passage.</summary>
    public required bool MovesValid { get; init; }

    /// <summary>Whether it begins at the start and ends at the goal.</summary>
    public required bool EndsValid { get; init; }

    /// <summary>
    /// The first fault: <c>format</c>, <c>wrong_start</c>, <c>no_passage</c>, <c>revisit</c>, <c>after_goal</c>, <c>goal_not_reached</c>,
    /// <c>early_return</c> (a step back while an unvisited neighbor is left), <c>order</c> (not the first unvisited neighbor of the list);
    /// null when correct.
    /// </summary>
    public required string? Fault { get; init; }

    /// <summary>Index of the node at fault; null when correct or when the end is at fault.</summary>
    public required int? FaultAt { get; init; }
}

/// <summary>A maze that is a tree, with labeled nodes, as text: <c>start&gt;end#node:n1,n2-node:…=</c> (arXiv 2502.01612).</summary>
public sealed class Maze
{
    /// <summary>Most nodes of a maze that is read.</summary>
    public const int MaxNodes = 1_024;

    private const int MaxPrompt = 32_768, Side = 8;

    private readonly Dictionary<int, int[]> _neighbors;

    private Maze(int start, int end, Dictionary<int, int[]> neighbors) => (Start, End, _neighbors) = (start, end, neighbors);

    /// <summary>Label of the start.</summary>
    public int Start { get; }

    /// <summary>Label of the goal.</summary>
    public int End { get; }

    /// <summary>Neighbors by label, in the order of the prompt.</summary>
    public IReadOnlyDictionary<int, int[]> Neighbors => _neighbors;

    /// <summary>A spanning tree on an 8×8 grid by Wilson's algorithm, stopped at <paramref name="nodes"/> nodes (2 to 64).</summary>
    public static string OnGrid(int nodes, KeyedDraws draws)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nodes, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nodes, Side * Side);
        int root = draws.Below(Side * Side);
        var tree = new List<int> { root };
        var inside = new HashSet<int> { root };
        var edges = new List<(int, int)>();
        while (tree.Count < nodes)
        {
            int cell = draws.Below(Side * Side);
            if (inside.Contains(cell)) continue;
            // A random walk to the tree; where it left a cell last is its way after loops are erased.
            var next = new Dictionary<int, int>();
            for (int at = cell; !inside.Contains(at); at = next[at]) next[at] = Step(at, draws);
            var path = new List<int> { cell };
            while (!inside.Contains(path[^1])) path.Add(next[path[^1]]);
            // From the tree outwards, so that a stop in the middle leaves no gap.
            for (int i = path.Count - 2; i >= 0 && tree.Count < nodes; i--)
            {
                tree.Add(path[i]);
                inside.Add(path[i]);
                edges.Add((path[i], path[i + 1]));
            }
        }

        int start = draws.Below(nodes), end = draws.Below(nodes - 1);
        if (end >= start) end++;
        return Write(tree, edges, tree[start], tree[end], draws);
    }

    /// <summary>A path of <paramref name="hops"/> moves (1 to 64) with other nodes attached by random walks, up to 30 nodes or one more than the path has.</summary>
    public static string OfHops(int hops, KeyedDraws draws)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hops, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hops, 64);
        int nodes = Math.Max(30, hops + 1);
        List<(int, int)> edges = [.. Enumerable.Range(0, hops).Select(i => (i, i + 1))];
        for (int node = hops + 1; node < nodes; node++)
        {
            // Three steps from a random node on.
            int at = draws.Below(node);
            for (int step = 0; step < 3; step++)
            {
                int[] around = [.. edges.Where(edge => edge.Item1 == at || edge.Item2 == at).Select(edge => edge.Item1 == at ? edge.Item2 : edge.Item1)];
                at = around[draws.Below(around.Length)];
            }

            edges.Add((at, node));
        }

        return Write([.. Enumerable.Range(0, nodes)], edges, 0, hops, draws);
    }

    /// <summary>The maze of a prompt; null when it is not one connected tree with both ends in it, or too long.</summary>
    public static Maze? Parse(string prompt)
    {
        prompt = prompt.Trim();
        int hash = prompt.IndexOf('#', StringComparison.Ordinal);
        if (hash < 0 || prompt.Length > MaxPrompt || prompt[^1] != '=' || Labels(prompt[..hash], '>') is not [var start, var end]) return null;
        var neighbors = new Dictionary<int, int[]>();
        foreach (string entry in prompt[(hash + 1)..^1].Split('-'))
        {
            int colon = entry.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || neighbors.Count >= MaxNodes || Labels(entry[..colon], ':') is not [var node] || Labels(entry[(colon + 1)..], ',') is not { } list) return null;
            if (list.Distinct().Count() != list.Length || !neighbors.TryAdd(node, list)) return null;
        }

        bool mutual = neighbors.All(pair => pair.Value.All(other => other != pair.Key && neighbors.TryGetValue(other, out int[]? back) && back.Contains(pair.Key)));
        if (!mutual || !neighbors.ContainsKey(start) || !neighbors.ContainsKey(end) || neighbors.Values.Sum(list => list.Length) != 2 * (neighbors.Count - 1)) return null;
        var maze = new Maze(start, end, neighbors);
        return maze.Trace(stop: false).Distinct().Count() == neighbors.Count ? maze : null;
    }

    /// <summary>The one path from start to goal.</summary>
    public string ShortestPath()
    {
        var path = new List<int>();
        foreach (int node in Trace(stop: true))
        {
            // A step back takes the last node off.
            if (path.Count > 1 && path[^2] == node) path.RemoveAt(path.Count - 1);
            else path.Add(node);
        }

        return string.Join('>', path);
    }

    /// <summary>Depth-first search in the order of the lists, with every step back, up to the first visit of the goal.</summary>
    public string DepthFirstTrace() => string.Join('>', Trace(stop: true));

    /// <summary>Judges a path: from start to goal along passages, no node twice.</summary>
    public MazeWalk JudgePath(string response) => Judge(response, (walk, i) => walk.AsSpan(0, i).Contains(walk[i]) ? "revisit" : null);

    /// <summary>Judges a depth-first trace.</summary>
    /// <param name="response">Labels joined by <c>&gt;</c>.</param>
    /// <param name="listOrder">Whether unvisited neighbors must be taken in the order of the prompt.</param>
    public MazeWalk JudgeTrace(string response, bool listOrder)
    {
        var visited = new HashSet<int> { Start };
        var above = new Stack<int>();
        return Judge(response, (walk, i) =>
        {
            (int from, int to) = (walk[i - 1], walk[i]);
            int[] left = [.. _neighbors[from].Where(next => !visited.Contains(next))];
            if (visited.Add(to))
            {
                above.Push(from);
                return listOrder && left[0] != to ? "order" : null;
            }

            if (above.Count == 0 || above.Peek() != to) return "revisit";
            above.Pop();
            return left.Length > 0 ? "early_return" : null;
        });
    }

    private MazeWalk Judge(string response, Func<int[], int, string?> rule)
    {
        if (response.Length > MaxPrompt || Labels(response.Trim(), '>') is not { } walk || walk.Any(node => !_neighbors.ContainsKey(node)))
            return new MazeWalk { Correct = false, FormatValid = false, MovesValid = false, EndsValid = false, Fault = "format", FaultAt = null };
        string? fault = walk[0] == Start ? null : "wrong_start";
        int? at = fault is null ? null : 0;
        bool moves = true;
        for (int i = 1; i < walk.Length; i++)
        {
            bool passage = _neighbors[walk[i - 1]].Contains(walk[i]);
            moves &= passage;
            if (fault is not null) continue;
            fault = !passage ? "no_passage" : walk[i - 1] == End ? "after_goal" : rule(walk, i);
            if (fault is not null) at = i;
        }

        bool ends = walk[0] == Start && walk[^1] == End;
        fault ??= ends ? null : "goal_not_reached";
        return new MazeWalk { Correct = fault is null, FormatValid = true, MovesValid = moves, EndsValid = ends, Fault = fault, FaultAt = at };
    }

    private List<int> Trace(bool stop)
    {
        var trace = new List<int> { Start };
        var seen = new HashSet<int> { Start };
        var above = new Stack<int>([Start]);
        while (above.Count > 0 && !(stop && trace[^1] == End))
        {
            int next = Array.FindIndex(_neighbors[above.Peek()], node => !seen.Contains(node));
            if (next >= 0)
            {
                int node = _neighbors[above.Peek()][next];
                seen.Add(node);
                above.Push(node);
                trace.Add(node);
            }
            else
            {
                above.Pop();
                if (above.Count > 0) trace.Add(above.Peek());
            }
        }

        return trace;
    }

    private static int Step(int cell, KeyedDraws draws)
    {
        (int row, int column) = (cell / Side, cell % Side);
        while (true)
        {
            (int r, int c) = draws.Below(4) switch { 0 => (row - 1, column), 1 => (row + 1, column), 2 => (row, column - 1), _ => (row, column + 1) };
            if (r is >= 0 and < Side && c is >= 0 and < Side) return (r * Side) + c;
        }
    }

    /// <summary>Random distinct labels from 1 to 99; nodes and neighbors in random order.</summary>
    private static string Write(List<int> nodes, List<(int, int)> edges, int start, int end, KeyedDraws draws)
    {
        int[] labels = [.. Enumerable.Range(1, 99)];
        draws.Shuffle(labels);
        var label = new Dictionary<int, int>();
        for (int i = 0; i < nodes.Count; i++) label[nodes[i]] = labels[i];
        int[] order = [.. nodes];
        draws.Shuffle(order);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{label[start]}>{label[end]}#");
        for (int i = 0; i < order.Length; i++)
        {
            int[] around = [.. edges.Where(edge => edge.Item1 == order[i] || edge.Item2 == order[i]).Select(edge => label[edge.Item1 == order[i] ? edge.Item2 : edge.Item1])];
            draws.Shuffle(around);
            text.Append(CultureInfo.InvariantCulture, $"{(i > 0 ? "-" : "")}{label[order[i]]}:{string.Join(',', around)}");
        }

        return text.Append('=').ToString();
    }

    private static int[]? Labels(string text, char separator)
    {
        string[] parts = text.Split(separator);
        var labels = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            // 07 is not the label 7.
            if (parts[i].Length is 0 or > 6 || (parts[i][0] == '0' && parts[i].Length > 1) || !int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out labels[i])) return null;
        }

        return labels;
    }
}
