using System.Globalization;
using RewardHub.Contracts;

namespace RewardHub.Scoring;

/// <summary>Group-relative advantages. Pure functions of the rewards of each group, whatever their order.</summary>
public static class GroupOperations
{
    /// <summary>Figures of every item.</summary>
    /// <param name="groups">The group of each item; null for none.</param>
    /// <param name="rewards">The reward of each item, finite; null for none.</param>
    /// <param name="rule">Baseline, deviation and epsilon, which have been checked.</param>
    /// <returns>One entry an item; null for an item without a group.</returns>
    public static IReadOnlyList<GroupFigures?> Of(IReadOnlyList<string?> groups, IReadOnlyList<double?> rewards, GroupRule rule)
    {
        var figures = new GroupFigures?[groups.Count];
        IEnumerable<IGrouping<string, int>> members = Enumerable.Range(0, groups.Count).Where(i => groups[i] is not null).GroupBy(i => groups[i]!, StringComparer.Ordinal);
        foreach (IGrouping<string, int> group in members)
        {
            int[] items = [.. group];
            // Sorted, so that sums are the same whatever the order of items.
            double[] sorted = [.. items.Select(i => rewards[i]).OfType<double>().Order()];
            GroupFigures whole = Whole(group.Key, items.Length, sorted, rule);
            double spread = (whole.Deviation ?? 1) + (rule.Deviation == "none" ? 0 : rule.Epsilon);
            foreach (int i in items) figures[i] = whole with { Advantage = Advantage(rewards[i], whole, spread, rule) };
        }

        return figures;
    }

    /// <summary>The rule as one text, so that a number can be traced to its definition.</summary>
    public static string Definition(GroupRule rule) => rule.Deviation == "none"
        ? $"advantage-1 {rule.Baseline}/none"
        : string.Create(CultureInfo.InvariantCulture, $"advantage-1 {rule.Baseline}/{rule.Deviation} epsilon={rule.Epsilon:R}");

    private static GroupFigures Whole(string name, int size, double[] sorted, GroupRule rule)
    {
        int count = sorted.Length;
        double? mean = count == 0 ? null : Math.Clamp(sorted.Sum() / count, sorted[0], sorted[^1]);
        double? deviation = null;
        if (count > 1 && rule.Deviation != "none")
        {
            double squares = sorted.Sum(reward => (reward - mean!.Value) * (reward - mean.Value));
            deviation = sorted[0] == sorted[^1] ? 0 : Math.Sqrt(squares / (rule.Deviation == "sample" ? count - 1 : count));
        }

        bool finite = double.IsFinite(mean ?? 0) && double.IsFinite(deviation ?? 0);
        return new GroupFigures
        {
            Name = name,
            Size = size,
            Ok = count,
            Complete = count == size && size == (rule.Size ?? size),
            Mean = finite ? mean : null,
            Deviation = finite ? deviation : null,
            ZeroVariance = count > 1 && sorted[0] == sorted[^1],
            Advantage = null,
            Definition = Definition(rule),
            Note = finite ? Note(count, size, rule) : "the rewards are too large for a mean and a deviation",
        };
    }

    private static string? Note(int count, int size, GroupRule rule)
    {
        string? few = count < 2 ? ": fewer than two, so there is no advantage" : null;
        if (count < size) return string.Create(CultureInfo.InvariantCulture, $"{count} of {size} items have a reward{few ?? ", and the figures are of those"}");
        if (rule.Size is { } whole && size != whole)
            return string.Create(CultureInfo.InvariantCulture, $"the request holds {size} items of a group of {whole}{few ?? ", and the figures are of those"}");
        return few is null ? null : "the group holds one item, so there is no advantage";
    }

    private static double? Advantage(double? reward, GroupFigures group, double spread, GroupRule rule)
    {
        if (reward is not { } own || group.Ok < 2 || group.Mean is not { } mean) return null;
        if (group.ZeroVariance) return 0;
        // own - mean of the others = n / (n - 1) · (own - mean of all).
        double above = rule.Baseline == "mean" ? own - mean : (own - mean) * group.Ok / (group.Ok - 1);
        // Rewards that differ by less than the square root of the smallest number have a deviation of 0.
        double advantage = spread == 0 ? 0 : above / spread;
        return double.IsFinite(advantage) ? advantage : null;
    }
}
