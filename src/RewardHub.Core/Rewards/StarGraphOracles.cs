namespace RewardHub.Rewards;

/// <summary>Counts how often the same excursion from the root of a star graph back to it comes in a row.</summary>
internal sealed class ExcursionCount
{
    /// <summary>Equal excursions in a row that are a loop.</summary>
    public const int Loop = 5;

    private List<int> _last = [], _now = [];
    private int _run;
    private bool _begun;

    /// <summary>The longest run so far.</summary>
    public int Most { get; private set; }

    /// <summary>Takes the next node by role: 0 the start, 1 the root.</summary>
    public void Add(int node)
    {
        if (node != 1)
        {
            if (_begun) _now.Add(node);
            return;
        }

        if (_now.Count > 0)
        {
            _run = _now.SequenceEqual(_last) ? _run + 1 : 1;
            Most = Math.Max(Most, _run);
            (_last, _now) = (_now, _last);
            _now.Clear();
        }

        _begun = true;
    }
}

/// <summary>Reference policies on a star graph.</summary>
public static class StarGraphOracles
{
    /// <summary>Most excursions of a walk; one that has not found the goal by then ends where it is.</summary>
    public const int MaxExcursions = 10_000;

    /// <summary>The shortest walk: d + 1 moves.</summary>
    public static string Optimal(StarGraph graph) => graph.ShortestAnswer();

    /// <summary>
    /// Full excursions into arms drawn with replacement; every wrong one is walked to its leaf and back. The mean number of moves is
    /// 1 + 2d(k - 1) + d without a margin.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="draws">Randomness.</param>
    /// <param name="margin">μ in [0, 1]: how much likelier the goal's arm is than each other one.</param>
    public static string Uniform(StarGraph graph, KeyedDraws draws, double margin = 0)
    {
        if (!(margin >= 0 && margin <= 1)) throw new ArgumentOutOfRangeException(nameof(margin), margin, "must be in [0, 1]");
        const int Grain = 1_000_000;
        return Walk(graph, () => draws.Below(Grain) < margin * Grain ? graph.GoalArm : draws.Below(graph.Arms));
    }

    /// <summary>Draws an arm once and enters no other: repeat rate 1, and no goal unless the first draw is right.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="draws">Randomness.</param>
    /// <param name="excursions">Excursions after which a walk without the goal ends.</param>
    public static string Sticky(StarGraph graph, KeyedDraws draws, int excursions = 20)
    {
        int arm = draws.Below(graph.Arms);
        return Walk(graph, () => arm, Math.Clamp(excursions, 1, MaxExcursions));
    }

    private static string Walk(StarGraph graph, Func<int> choose, int most = MaxExcursions)
    {
        var walk = new List<int> { graph.Labels[0], graph.Labels[1] };
        for (int count = 0; count < most; count++)
        {
            int arm = choose(), first = 2 + (arm * graph.Depth);
            for (int j = 0; j < graph.Depth; j++) walk.Add(graph.Labels[first + j]);
            if (arm == graph.GoalArm) break;
            for (int j = graph.Depth - 2; j >= 0; j--) walk.Add(graph.Labels[first + j]);
            walk.Add(graph.Labels[1]);
        }

        return string.Join(' ', walk);
    }
}

/// <summary>The choice at the root as a model sees it (arXiv 2512.12895): an easy reset against children that are hard to tell apart.</summary>
/// <param name="RiskGap">log p(reset) - max log p(child); above 0 the greedy choice is to go back.</param>
/// <param name="GoalMargin">p(goal child) - mean p(other children); null when there is one child.</param>
public sealed record StarGraphRisk(double RiskGap, double? GoalMargin)
{
    /// <summary>Reads the choice from log-probabilities.</summary>
    /// <param name="reset">log p of the start's label.</param>
    /// <param name="children">log p of each child's label, by arm; at least one.</param>
    /// <param name="goalArm">The arm of the goal.</param>
    /// <exception cref="ArgumentException">A log-probability is positive or not a number, or the arm is not there.</exception>
    public static StarGraphRisk Of(double reset, IReadOnlyList<double> children, int goalArm)
    {
        if (children.Count == 0 || goalArm < 0 || goalArm >= children.Count) throw new ArgumentException("The goal's arm must be one of the children.", nameof(goalArm));
        if (!(reset <= 0) || children.Any(child => !(child <= 0))) throw new ArgumentException("A log-probability must be at most 0.", nameof(children));
        double others = children.Where((_, arm) => arm != goalArm).Sum(Math.Exp);
        return new StarGraphRisk(reset - children.Max(), children.Count == 1 ? null : Math.Exp(children[goalArm]) - (others / (children.Count - 1)));
    }

    /// <summary>
    /// Whether a greedy policy is predicted to loop: the right action, with mass p, cannot be told from m others, so that each gets
    /// p / (m + 1), and the easy action keeps its q.
    /// </summary>
    public static bool PredictsLoop(double p, double q, int m) => q > p / (m + 1);
}
