namespace RewardHub.Rewards;

/// <summary>Reward components of a loop finding; each is at most 0, and 0 without repetition.</summary>
/// <param name="Flag">-1 for a loop, else 0.</param>
/// <param name="Wasted">-(wasted tokens) / tokens.</param>
/// <param name="Graded">-min(1, (most frequent count - 1) / (k - 1)).</param>
public sealed record LoopReward(double Flag, double Wasted, double Graded)
{
    /// <summary>The components of a finding made with <paramref name="k"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">k is below 2.</exception>
    public static LoopReward Of(LoopFinding finding, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 2);
        double wasted = finding.WastedTokens == 0 ? 0 : -(double)finding.WastedTokens / finding.Tokens;
        double graded = finding.MaxCount <= 1 ? 0 : -Math.Min(1, (finding.MaxCount - 1) / (double)(k - 1));
        return new LoopReward(finding.IsLoop ? -1 : 0, wasted, graded);
    }
}
