using RewardHub.Inference.Model;

namespace RewardHub.Inference.Tests.Model;

/// <summary>Each rope type where its formula is plain: far below, far above, and unscaled.</summary>
public class RopeFrequenciesTests
{
    private static readonly RopeConfig Plain = new() { Type = RopeType.Default, Theta = 10_000, RotaryDim = 64, OriginalContext = 4096 };

    [Fact]
    public void Default_falls_from_one_by_powers_of_theta()
    {
        float[] frequencies = RopeFrequencies.Of(Plain, false);
        Assert.Equal(32, frequencies.Length);
        Assert.Equal(1f, frequencies[0]);
        Assert.Equal(0.01, frequencies[16], 1e-8);
    }

    [Fact]
    public void Linear_divides_every_frequency() => Assert.Equal(
        RopeFrequencies.Of(Plain, false).Select(f => (double)f / 4), RopeFrequencies.Of(Plain with { Type = RopeType.Linear, Factor = 4 }, false).Select(f => (double)f));

    [Fact]
    public void Llama3_and_yarn_keep_high_frequencies_divide_low_ones_and_pass_smoothly_between()
    {
        float[] plain = RopeFrequencies.Of(Plain, false);
        foreach (RopeType type in (RopeType[])[RopeType.Llama3, RopeType.Yarn])
        {
            float[] scaled = RopeFrequencies.Of(Plain with { Type = type, Factor = 8 }, false);
            Assert.Equal(plain[0], scaled[0]);
            Assert.Equal(plain[^1] / 8, scaled[^1], 1e-9);
            double[] ratios = [.. plain.Zip(scaled, (a, b) => (double)a / b)];
            Assert.Equal(ratios.Order(), ratios);
            Assert.Contains(ratios, r => r is > 1.01 and < 7.99);
        }
    }

    [Fact]
    public void LongRope_takes_the_list_of_the_sequences_length()
    {
        RopeConfig rope = Plain with
        {
            Type = RopeType.LongRope,
            ShortFactors = [.. Enumerable.Repeat(2.0, 32)],
            LongFactors = [.. Enumerable.Repeat(5.0, 32)],
        };
        Assert.Equal(0.5f, RopeFrequencies.Of(rope, false)[0]);
        Assert.Equal(0.2f, RopeFrequencies.Of(rope, true)[0]);
    }
}
