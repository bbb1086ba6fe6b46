namespace RewardHub.Inference.Model;

/// <summary>Angles a position of the rotary embedding, by rope type.</summary>
/// <remarks>
/// Computed in double and rounded to single once, because checkpoints were trained with single-precision frequencies:
/// at position
/// 100,000 the difference is an angle of 0.006.
/// </remarks>
public static class RopeFrequencies
{
    /// <summary>Frequencies in radians a position; RotaryDim / 2 numbers.</summary>
    /// <param name="rope">The parameters.</param>
    /// <param name="longSequence">LongRope: whether the sequence is longer than the original context.</param>
    public static float[] Of(RopeConfig rope, bool longSequence)
    {
        int half = rope.RotaryDim / 2;
        float[] frequencies = new float[half];
        for (int i = 0; i < half; i++)
        {
            double plain = Math.Pow(rope.Theta, -2.0 * i / rope.RotaryDim);
            frequencies[i] = (float)(rope.Type switch
            {
                RopeType.Linear => plain / rope.Factor,
                RopeType.Llama3 => Llama3(rope, plain),
                RopeType.Yarn => Yarn(rope, plain, i),
                RopeType.LongRope => plain / (longSequence ? rope.LongFactors[i] : rope.ShortFactors[i]),
                _ => plain,
            });
        }

        return frequencies;
    }

    private static double Llama3(RopeConfig rope, double plain)
    {
        double wavelength = 2 * Math.PI / plain;
        if (wavelength < rope.OriginalContext / rope.HighFrequencyFactor) return plain;
        if (wavelength > rope.OriginalContext / rope.LowFrequencyFactor) return plain / rope.Factor;
        double smooth = ((rope.OriginalContext / wavelength) - rope.LowFrequencyFactor)
            / (rope.HighFrequencyFactor - rope.LowFrequencyFactor);
        return ((1 - smooth) * plain / rope.Factor) + (smooth * plain);
    }

    // arXiv 2309.00071, section 3.2: dimension at which a wave turns r times over the original context.
    private static double Yarn(RopeConfig rope, double plain, int i)
    {
        double low = Dimension(rope.BetaFast), high = Dimension(rope.BetaSlow);
        if (rope.Truncate) (low, high) = (Math.Floor(low), Math.Ceiling(high));
        low = Math.Max(low, 0);
        high = Math.Min(high, rope.RotaryDim - 1);
        if (low == high) high += 0.001;
        double divided = Math.Clamp((i - low) / (high - low), 0, 1);
        return (plain / rope.Factor * divided) + (plain * (1 - divided));

        double Dimension(double rotations) =>
            rope.RotaryDim * Math.Log(rope.OriginalContext / (rotations * 2 * Math.PI)) / (2 * Math.Log(rope.Theta));
    }
}
