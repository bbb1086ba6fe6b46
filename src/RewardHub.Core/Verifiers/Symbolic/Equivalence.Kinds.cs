namespace RewardHub.Verifiers.Symbolic;

/// <summary>Words, times, ratios, named coordinates and names that may differ.</summary>
internal sealed partial class Equivalence
{
    /// <summary>Whether the answers differ in nothing but the name of a constant or of a whole number, such as C or k.</summary>
    public bool SameButForAName(Expr gold, Expr answer)
    {
        var left = new SortedSet<string>(StringComparer.Ordinal);
        var right = new SortedSet<string>(StringComparer.Ordinal);
        Sampling.Collect(gold, left);
        Sampling.Collect(answer, right);
        string[] mine = [.. left.Except(right)], other = [.. right.Except(left)];
        return mine is [var from] && other is [var to] && Free.Contains(from) && Free.Contains(to)
            && Compare(gold, Renamed(answer, to, new Expr.Symbol(from))) == true;
    }

    private static readonly string[] Free = ["C", "K", "c", "k", "n", "m", "l", "C_1", "c_1"];

    private static Expr Renamed(Expr value, string from, Expr.Symbol to)
    {
        Expr[] All(IReadOnlyList<Expr> items) => [.. items.Select(item => Renamed(item, from, to))];
        return value switch
        {
            Expr.Symbol symbol => symbol.Name == from ? to : symbol,
            Expr.Sum sum => new Expr.Sum(All(sum.Terms)),
            Expr.Product product => new Expr.Product(All(product.Factors)),
            Expr.Power power => new Expr.Power(Renamed(power.Base, from, to), Renamed(power.Exponent, from, to)),
            Expr.Function function => new Expr.Function(function.Name, All(function.Arguments)),
            Expr.Relation relation => new Expr.Relation(All(relation.Sides), relation.Operators),
            Expr.Several several => new Expr.Several(several.Joint, All(several.Items)),
            _ => value,
        };
    }

    /// <summary>Words against words, or against a value that words may name, such as "no solution" for the empty set.</summary>
    private static bool? SameWords(Expr gold, Expr answer)
    {
        if (gold is Expr.Words a && answer is Expr.Words b)
        {
            // "4 July" and "July 4" have the same letters and digits.
            return a.Text == b.Text ? true : a.Text.Any(char.IsDigit) && a.Text.Order().SequenceEqual(b.Text.Order()) ? null : false;
        }

        string words = ((gold as Expr.Words) ?? (Expr.Words)answer).Text;
        if (words.Any(char.IsDigit)) return null;
        bool named = words.Contains("real", StringComparison.Ordinal) || words.Contains("solution", StringComparison.Ordinal)
            || words.Contains("empty", StringComparison.Ordinal) || words.Contains("infin", StringComparison.Ordinal)
            || words.Contains("integer", StringComparison.Ordinal) || words.Contains("all", StringComparison.Ordinal) || words == "none";
        Expr other = gold is Expr.Words ? answer : gold;
        return named && (!Scalar(other) || Ranges.Infinite(other) != 0 || other is Expr.Symbol { Name: ['ℝ', ..] }) ? null : false;
    }

    private static bool Clocks(Expr value) => value is Expr.Function { Name: "clock" or "ratio" };

    /// <summary>12:30 is a time or a ratio; ratios of three and more parts agree when they are proportional.</summary>
    private bool? SameClock(Expr gold, Expr answer)
    {
        if (gold is Expr.Function { Name: var name, Arguments: var a } && answer is Expr.Function { Arguments: var b } other && Clocks(gold) && Clocks(answer))
        {
            if (name != other.Name || a.Count != b.Count) return name == other.Name ? false : null;
            bool? same = true;
            for (int i = 0; i < a.Count; i++) same = And(same, Same(a[i], b[i]));
            if (same != false) return same;
            for (int i = 1; i < a.Count; i++) same = i == 1 ? Proportional(a, b, i) : And(same, Proportional(a, b, i));
            return name == "ratio" ? same : same == false ? false : null;
        }

        if (!Scalar(gold) || !Scalar(answer)) return false;
        return gold is Expr.Function { Name: "ratio" } || answer is Expr.Function { Name: "ratio" } ? false : Same(Quotient(gold), Quotient(answer)) == false ? false : null;
    }

    private bool? Proportional(IReadOnlyList<Expr> a, IReadOnlyList<Expr> b, int i) =>
        Same(new Expr.Product([a[0], b[i]]), new Expr.Product([a[i], b[0]]));

    private static Expr Quotient(Expr value) =>
        value is Expr.Function { Name: "clock", Arguments: [var hours, var minutes] } ? Expr.Divide(hours, minutes) : value;

    /// <summary>The entries of [[1, 2], [3, 4]], or null when it is not rows of this length.</summary>
    private static Expr[]? Rows(Expr.Bracketed rows, int columns) =>
        rows.Items.All(row => row is Expr.Bracketed inner && inner.Items.Count == columns)
            ? [.. rows.Items.SelectMany(row => ((Expr.Bracketed)row).Items)] : null;

    /// <summary>The sides of x = 1, y = 2 in the order of the names, or null when it is something else.</summary>
    private static Expr[]? Assigned(Expr.Several list)
    {
        if (list.Joint == "or") return null;
        var byName = new SortedDictionary<string, Expr>(StringComparer.Ordinal);
        foreach (Expr item in list.Items)
        {
            if (item is not Expr.Relation { Operators: "=", Sides: [Expr.Symbol name, var value] } || !byName.TryAdd(name.Name, value)) return null;
        }

        return [.. byName.Values];
    }

    /// <summary>A point against named coordinates: in the order of the names, and of the text; open when only one of them agrees.</summary>
    private bool? Coordinates(IReadOnlyList<Expr> point, Expr.Several list, Expr[] byName)
    {
        bool? named = InOrder(point, byName);
        if (named == true) return true;
        bool? written = InOrder(point, [.. list.Items.Select(item => ((Expr.Relation)item).Sides[1])]);
        return named == false && written == false ? false : null;
    }
}
