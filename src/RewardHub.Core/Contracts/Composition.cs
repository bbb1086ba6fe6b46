namespace RewardHub.Contracts;

/// <summary>A component that decides over the others: while its clipped value is below the threshold, the gate is closed.</summary>
public sealed record GateRule
{
    /// <summary>The gate is closed below this value and open from it on.</summary>
    public required double Below { get; init; }

    /// <summary>
    /// What a closed gate does to every other component: <c>zero</c> counts its value as 0, <c>mask</c> leaves it out. When nothing
    /// with a weight is left, the item has no reward and the status <c>masked</c>.
    /// </summary>
    public required string Effect { get; init; }
}

/// <summary>Advantages over the items of one group of the request, from those that have a reward.</summary>
/// <remarks>
/// advantage = (reward - baseline) / (deviation + epsilon). The figures depend on the rewards of the group only: not on the order of
/// items. Properties are settable, since the generated reader would overwrite the default of an init-only one.
/// </remarks>
public sealed record GroupRule
{
    /// <summary><c>mean</c> of the group, or <c>leave_one_out</c>: the mean of the others.</summary>
    public string Baseline { get; set; } = "mean";

    /// <summary><c>sample</c> (squares over n - 1), <c>population</c> (over n), or <c>none</c>: not divided.</summary>
    public string Deviation { get; set; } = "sample";

    /// <summary>Added to the deviation; at least 0.</summary>
    public double Epsilon { get; set; } = 1e-6;

    /// <summary>Items that a whole group has; null takes those in the request.</summary>
    public int? Size { get; set; }
}

/// <summary>How one component entered an item's reward.</summary>
/// <param name="Weight">Its weight; 0 reports only.</param>
/// <param name="Clipped">Its value within the clipping bounds, or the fixed value that stands for its status; null when there is none.</param>
/// <param name="Contribution">What it added to the weighted sum; null when it was left out.</param>
/// <param name="Effect">
/// <c>counted</c>, <c>report_only</c>, <c>fixed</c> (a value named by status), <c>zeroed</c> (by a gate), <c>masked</c> (by a gate or by
/// status), <c>failed</c> (it took the reward away).
/// </param>
/// <param name="Gate"><c>open</c> or <c>closed</c>; null when the component is no gate or has no value.</param>
/// <param name="ClosedBy">The gate that zeroed or masked it; null when none did.</param>
public sealed record ComponentEffect(
    double Weight, double? Clipped, double? Contribution, string Effect, string? Gate = null, string? ClosedBy = null);

/// <summary>One item's figures within its group.</summary>
public sealed record GroupFigures
{
    /// <summary>The group.</summary>
    public required string Name { get; init; }

    /// <summary>Items of the group in the request.</summary>
    public required int Size { get; init; }

    /// <summary>Items among them that have a reward: the figures are of these.</summary>
    public required int Ok { get; init; }

    /// <summary>Whether every item has a reward and there are as many as the rule says.</summary>
    public required bool Complete { get; init; }

    /// <summary>Mean reward; null when none has one.</summary>
    public required double? Mean { get; init; }

    /// <summary>Deviation of the rewards as the rule names it; null for <c>none</c> or with fewer than two rewards.</summary>
    public required double? Deviation { get; init; }

    /// <summary>Whether two or more rewards are all equal: every advantage is then 0.</summary>
    public required bool ZeroVariance { get; init; }

    /// <summary>The item's advantage; null without a reward, and with fewer than two rewards in the group.</summary>
    public required double? Advantage { get; init; }

    /// <summary>The rule in one text, such as <c>advantage-1 mean/sample epsilon=1E-06</c>.</summary>
    public required string Definition { get; init; }

    /// <summary>What is missing, in one sentence; null when nothing is.</summary>
    public required string? Note { get; init; }
}
