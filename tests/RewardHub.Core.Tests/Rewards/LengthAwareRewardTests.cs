using FsCheck;
using FsCheck.Fluent;
using RewardHub.Rewards;

namespace RewardHub.Core.Tests.Rewards;

public class LengthAwareRewardTests
{
    private static int[] Distinct(int count) => [.. Enumerable.Range(0, count)];

    private static int[] Cycle(int period, int times) => [.. Enumerable.Range(0, period * times).Select(i => 1_000_000 + (i % period))];

    [Theory]
    [InlineData(0, 1)]
    [InlineData(25_600, 1)]
    [InlineData(27_136, .926776695)]
    [InlineData(28_672, .75)]
    [InlineData(30_208, .573223305)]
    [InlineData(31_744, .5)]
    [InlineData(50_000, .5)]
    public void Accuracy_of_a_correct_response_falls_with_its_length(double length, double expected) =>
        Assert.Equal(expected, LengthAwareReward.Accuracy(length, correct: true), 9);

    [Theory]
    [InlineData(0, -1)]
    [InlineData(925.5, -.926776695)]
    [InlineData(1_234, -.875)]
    [InlineData(1_851, -.75)]
    [InlineData(2_776.5, -.573223305)]
    [InlineData(3_702, -.5)]
    [InlineData(30_000, -.5)]
    public void Accuracy_of_a_wrong_response_rises_with_its_length(double length, double expected) =>
        Assert.Equal(expected, LengthAwareReward.Accuracy(length, correct: false), 9);

    [Fact]
    public void Repetition_follows_the_published_examples()
    {
        static double Penalty(params int[] tokens) => LengthAwareReward.RepetitionOf(tokens).Penalty;
        Assert.Equal(0, Penalty(Distinct(100)));
        Assert.Equal(0, Penalty(Cycle(10, 5)));
        Assert.Equal(-.5, Penalty(Cycle(10, 6)), 12);
        Assert.Equal(-1, Penalty(Cycle(5, 20)), 12);
        Assert.Equal(-4.8, Penalty(new int[100]), 12);
        Assert.Equal(-.0454545, Penalty([.. Distinct(1_000), .. Cycle(10, 10)]), 7);
        Assert.Equal(0, Penalty(1, 2, 3));
        Assert.Equal(-1, LengthAwareReward.RepetitionOf(new int[100], new LengthAwareOptions { ClampRepetition = true }).Penalty);
    }

    [Fact]
    public void Reward_is_the_weighted_sum_with_overrides()
    {
        int[] tokens = Distinct(100), longer = Distinct(5_000);
        Assert.Equal(8.0 / 13, LengthAwareReward.Of(tokens, true, true, true).Reward, 12);
        Assert.Equal(-4.0 / 13, LengthAwareReward.Of(longer, false, true, true).Reward, 12);
        Assert.Equal(-4.0 / 13, LengthAwareReward.Of(tokens, true, false, true).Reward, 12);
        Assert.Equal(-8.0 / 13, LengthAwareReward.Of(tokens, true, true, false).Reward, 12);
        Assert.Equal(("incomplete", -0.5), (LengthAwareReward.Of(tokens, true, false, false).Override, LengthAwareReward.Of(tokens, true, false, false).Accuracy));
        LengthAwareResult cut = LengthAwareReward.Of(tokens, true, false, true);
        Assert.Equal((true, true, true, LengthAwareReward.Definition), (cut.Correct, cut.Incomplete, cut.ThinkValid, cut.Definition));
        LengthAwareResult think = LengthAwareReward.Of(tokens, true, false, false, new LengthAwareOptions { Precedence = OverridePrecedence.ThinkFirst });
        Assert.Equal(("think", -1.0), (think.Override, think.Accuracy));
        Assert.Equal("incomplete", LengthAwareReward.Of(tokens, true, false, true, new LengthAwareOptions { Precedence = OverridePrecedence.ThinkFirst }).Override);
    }

    [Fact]
    public void Advantages_use_the_named_deviation()
    {
        double[] group = [8.0 / 13, 8.0 / 13, -4.0 / 13, -8.0 / 13];
        double[] sample = [.848875, .848875, -.606339, -1.091410], population = [.980196, .980196, -.700140, -1.260252];
        GroupAdvantages a = LengthAwareReward.Advantages(group, sample: true, epsilon: 0), b = LengthAwareReward.Advantages(group, sample: false, epsilon: 0);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(sample[i], a.Values[i], 6);
            Assert.Equal(population[i], b.Values[i], 6);
        }

        GroupAdvantages flat = LengthAwareReward.Advantages([.3, .3, .3]);
        Assert.True(flat.ZeroVariance);
        Assert.All(flat.Values, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Rewards_are_monotone_in_length_and_separate_right_from_wrong()
    {
        Prop.ForAll(Arb.From(Gen.Choose(0, 40_000)), Arb.From(Gen.Choose(0, 40_000)), (a, b) =>
        {
            (a, b) = (Math.Min(a, b), Math.Max(a, b));
            return LengthAwareReward.Accuracy(a, true) >= LengthAwareReward.Accuracy(b, true)
                && LengthAwareReward.Accuracy(a, false) <= LengthAwareReward.Accuracy(b, false)
                && LengthAwareReward.Accuracy(a, true) >= .5 && LengthAwareReward.Accuracy(b, false) <= -.5;
        }).Check(Config.QuickThrowOnFailure);
    }

    [Theory]
    [InlineData("<think>a</think>b", true)]
    [InlineData(" \n<think>a</think> b", true)]
    [InlineData("x<think>a</think>b", false)]
    [InlineData("<think>a</think> ", false)]
    [InlineData("<think>a<think>b</think>c", false)]
    [InlineData("<think>a</think>b</think>c", false)]
    [InlineData("</think><think>b", false)]
    [InlineData("<think>b", false)]
    [InlineData("b", false)]
    public void ThinkIsValid_asks_for_one_block_and_an_answer(string response, bool expected) =>
        Assert.Equal(expected, LengthAwareReward.ThinkIsValid(response));

    [Fact]
    public void Options_out_of_range_are_named()
    {
        Assert.Single(new LengthAwareOptions { MaxLength = 5 }.Problems());
        Assert.Throws<ArgumentException>(() => LengthAwareReward.Of([1], true, true, true, new LengthAwareOptions { Ngram = 0 }));
    }
}
