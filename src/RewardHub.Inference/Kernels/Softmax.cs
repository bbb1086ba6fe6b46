namespace RewardHub.Inference.Kernels;

/// <summary>Probabilities from logits.</summary>
public static class Softmax
{
    /// <summary>Replaces logits by <c>e^x / Σ e^x</c>, in double precision: for the few numbers of a read-out.</summary>
    /// <param name="values">K finite logits; K may be 0.</param>
    public static void InPlace(Span<float> values)
    {
        float max = float.NegativeInfinity;
        foreach (float value in values) max = MathF.Max(max, value);
        double sum = 0;
        foreach (float value in values) sum += Math.Exp((double)value - max);
        for (int i = 0; i < values.Length; i++) values[i] = (float)(Math.Exp((double)values[i] - max) / sum);
    }
}
