using System.Globalization;
using RewardHub.Inference.Kernels;

namespace RewardHub.Inference.Tests.Kernels;

public class IsaTests(ITestOutputHelper output)
{
    /// <summary>
    /// A child run with a narrower instruction set proves nothing unless the width is what was asked for: 512, 256, 128
    /// or 0 in REWARDHUB_EXPECT_VECTOR.
    /// </summary>
    [Fact]
    public void The_kernels_run_at_the_vector_width_that_is_promised()
    {
        output.WriteLine($"{Isa.VectorBits} bits");
        string? expected = Environment.GetEnvironmentVariable("REWARDHUB_EXPECT_VECTOR");
        Assert.SkipWhen(string.IsNullOrEmpty(expected), "not covered: REWARDHUB_EXPECT_VECTOR promises no width; make test-isa does");
        Assert.Equal(int.Parse(expected, CultureInfo.InvariantCulture), Isa.VectorBits);
    }
}
