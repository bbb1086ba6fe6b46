namespace RewardHub.Verifiers.Symbolic;

/// <summary>An interval of the real line; a missing end is infinite.</summary>
internal sealed record Interval(Expr? Low, bool LowClosed, Expr? High, bool HighClosed);

/// <summary>Reads intervals, unions and inequalities in one variable as lists of intervals.</summary>
internal static class Ranges
{
    private const int MaxIntervals = 32;

    /// <summary>The intervals, or null when the answer is not such a set.</summary>
    public static List<Interval>? Of(Expr value, WorkBudget budget)
    {
        switch (value)
        {
            case Expr.Bracketed { Items.Count: 2 } pair:
                {
                    Expr? low = pair.Items[0], high = pair.Items[1];
                    if (Infinite(low) > 0 || Infinite(high) < 0) return null;
                    return [new Interval(Infinite(low) < 0 ? null : low, pair.Open == '[', Infinite(high) > 0 ? null : high, pair.Close == ']')];
                }

            case Expr.Symbol { Name: "ℝR" }:
                return [new Interval(null, false, null, false)];
            case Expr.SetOperation { Operator: '∪' } union:
                return Union(union.Items, budget);
            case Expr.Several { Joint: "or" } either:
                return Union(either.Items, budget);
            case Expr.Several { Joint: "and" or ",", Items.Count: 2 } both:
                return Of(both.Items[0], budget) is [var a] && Of(both.Items[1], budget) is [var b] && Meet(a, b) is [var met] && Rises(met) ? [met] : null;
            case Expr.Relation { Operators: "∈" } member:
                return Of(member.Sides[1], budget);
            case Expr.Relation relation:
                return Inequality(relation, budget);
            default:
                return null;
        }
    }

    /// <summary>Whether an expression is ∞ (1), -∞ (-1) or neither (0).</summary>
    public static int Infinite(Expr value) => value switch
    {
        Expr.Constant { Name: '∞' } => 1,
        Expr.Product { Factors: [Expr.Number { Value: var factor }, Expr.Constant { Name: '∞' }] } => factor.Sign,
        _ => 0,
    };

    /// <summary>Whether the ends are known numbers and the low one is the lower.</summary>
    private static bool Rises(Interval interval) =>
        interval.Low is { } low && interval.High is { } high && Value(low) is { } a && Value(high) is { } b && a < b;

    private static double? Value(Expr end)
    {
        System.Numerics.Complex value = Sampling.Evaluate(end, [], naturalLog: true);
        return System.Numerics.Complex.IsFinite(value) && Math.Abs(value.Imaginary) < 1e-12 ? value.Real : null;
    }

    /// <summary>Joins intervals that overlap or touch. False when an end has no known value, and then nothing is joined.</summary>
    public static bool Merge(List<Interval> intervals, out List<Interval> merged)
    {
        merged = intervals;
        var known = new List<(double Low, double High, Interval Interval)>();
        foreach (Interval interval in intervals)
        {
            double? low = interval.Low is null ? double.NegativeInfinity : Value(interval.Low), high = interval.High is null ? double.PositiveInfinity : Value(interval.High);
            if (low is not { } from || high is not { } to) return false;
            known.Add((from, to, interval));
        }

        merged = [];
        double end = double.NaN;
        foreach ((double low, double high, Interval interval) in known.OrderBy(item => item.Low).ThenByDescending(item => item.Interval.LowClosed))
        {
            double near = 1e-9 * Math.Max(1, Math.Abs(end));
            bool touches = merged.Count > 0 && (low < end - near || (Math.Abs(low - end) <= near && (merged[^1].HighClosed || interval.LowClosed)));
            if (!touches)
            {
                merged.Add(interval);
                end = high;
            }
            else if (high > end || (high == end && interval.HighClosed))
            {
                merged[^1] = merged[^1] with { High = interval.High, HighClosed = interval.HighClosed };
                end = high;
            }
        }

        return true;
    }

    private static List<Interval>? Union(IReadOnlyList<Expr> items, WorkBudget budget)
    {
        var all = new List<Interval>();
        foreach (Expr item in items)
        {
            if (Of(item, budget) is not { } part) return null;
            all.AddRange(part);
            if (all.Count > MaxIntervals) return null;
        }

        return all;
    }

    /// <summary>The common part of a half-line to the right and one to the left.</summary>
    private static List<Interval>? Meet(Interval a, Interval b)
    {
        if (a.Low is null) (a, b) = (b, a);
        return a.High is null && b.Low is null && a.Low is not null && b.High is not null
            ? [new Interval(a.Low, a.LowClosed, b.High, b.HighClosed)] : null;
    }

    private static List<Interval>? Inequality(Expr.Relation relation, WorkBudget budget)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        Sampling.Collect(relation, names);
        if (names.Count != 1) return null;
        string variable = names.Min!;
        if (relation.Operators == "≠")
        {
            return Bound(relation.Sides[0], relation.Sides[1], variable, budget, out _) is { } point
                ? [new Interval(null, false, point, false), new Interval(point, false, null, false)] : null;
        }

        Interval? whole = null;
        for (int i = 0; i < relation.Operators.Length; i++)
        {
            char sign = relation.Operators[i];
            if (sign is not ('<' or '≤' or '>' or '≥')) return null;
            if (Bound(relation.Sides[i], relation.Sides[i + 1], variable, budget, out int slope) is not { } bound) return null;
            bool below = sign is '<' or '≤' == slope > 0;
            bool closed = sign is '≤' or '≥';
            int infinite = Infinite(bound);
            Expr? end = infinite == 0 ? bound : null;
            Interval half = below ? new Interval(null, false, end, closed && end is not null) : new Interval(end, closed && end is not null, null, false);
            if (whole is null) whole = half;
            else if (end is null) continue;
            else if (whole is { Low: null, High: null }) whole = half;
            else if (Meet(whole, half) is [var met]) whole = met;
            else return null;
        }

        return whole is null ? null : [whole];
    }

    /// <summary>Where left - right is zero in the variable, and the sign of its slope.</summary>
    private static Expr? Bound(Expr left, Expr right, string variable, WorkBudget budget, out int slope)
    {
        slope = 0;
        if (left is Expr.Symbol && !Holds(right, variable))
        {
            slope = 1;
            return right;
        }

        if (right is Expr.Symbol && !Holds(left, variable))
        {
            slope = -1;
            return left;
        }

        return NormalForm.Linear(left, right, variable, budget, out Rational root, out slope) ? new Expr.Number(root) : null;
    }

    private static bool Holds(Expr value, string variable)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        Sampling.Collect(value, names);
        return names.Contains(variable);
    }
}
