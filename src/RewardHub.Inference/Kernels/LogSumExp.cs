namespace RewardHub.Inference.Kernels;

/// <summary>
/// A running <c>ln Σ e^x</c>: the largest value so far and the sum relative to it. Chunks are summed on their own and
/// merged in order, so that the value depends on the chunk borders only, which the caller keeps fixed.
/// </summary>
/// <param name="Max">The largest value; negative infinity for nothing.</param>
/// <param name="Sum">Σ e^(x - Max).</param>
public readonly record struct LogSumExp(float Max, double Sum)
{
    /// <summary>Of no values: the identity of <see cref="Merge"/>.</summary>
    public static LogSumExp Empty => new(float.NegativeInfinity, 0);

    /// <summary><c>ln Σ e^x</c>; negative infinity for nothing.</summary>
    public double Value => Max + Math.Log(Sum);

    /// <summary>Of one chunk.</summary>
    public static LogSumExp Of(ReadOnlySpan<float> values)
    {
        float max = float.NegativeInfinity;
        foreach (float value in values) max = MathF.Max(max, value);
        if (float.IsNegativeInfinity(max)) return Empty;
        double sum = 0;
        foreach (float value in values) sum += MathF.Exp(value - max);
        return new LogSumExp(max, sum);
    }

    /// <summary>Of this chunk and the one that follows it.</summary>
    public LogSumExp Merge(LogSumExp next)
    {
        if (Sum == 0) return next;
        if (next.Sum == 0) return this;
        float max = MathF.Max(Max, next.Max);
        return new LogSumExp(max, (Sum * Math.Exp((double)Max - max)) + (next.Sum * Math.Exp((double)next.Max - max)));
    }
}
