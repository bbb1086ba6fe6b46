using FsCheck;
using FsCheck.Fluent;
using RewardHub.Contracts;
using RewardHub.Scoring;

namespace RewardHub.Core.Tests.Scoring;

public sealed class GroupOperationsTests
{
    private static readonly Arbitrary<double?[]> Groups = Arb.From(
        Gen.ArrayOf(Gen.Frequency((5, Gen.Choose(-1_000, 1_000).Select(i => (double?)(i / 7.0))), (1, Gen.Constant((double?)null)))).Where(g => g.Length > 0));

    [Theory]
    [InlineData("sample", .848875, -.606339, -1.091410)]
    [InlineData("population", .980196, -.700140, -1.260252)]
    public void Advantages_are_the_published_ones(string deviation, double first, double third, double fourth)
    {
        double?[] advantages = Advantages([8 / 13.0, 8 / 13.0, -4 / 13.0, -8 / 13.0], new GroupRule { Deviation = deviation, Epsilon = 0 });
        double[] expected = [first, first, third, fourth];
        for (int i = 0; i < 4; i++) Assert.Equal(expected[i], advantages[i]!.Value, 6);
    }

    [Fact]
    public void Leave_one_out_is_the_reward_less_the_mean_of_the_others()
    {
        var rule = new GroupRule { Baseline = "leave_one_out", Deviation = "none" };
        Assert.Equal([1 - 0.5, 0 - 1.0, 1 - 0.5], Advantages([1, 0, 1], rule).Select(a => Math.Round(a!.Value, 12)));
    }

    [Fact]
    public void Equal_rewards_have_advantage_0_and_the_flag()
    {
        IReadOnlyList<GroupFigures?> figures = Of([.3, .3, .3], new GroupRule { Epsilon = 0 });
        Assert.All(figures, f => Assert.Equal((true, 0.0, 0.0), (f!.ZeroVariance, f.Advantage, f.Deviation)));
    }

    [Fact]
    public void Items_without_a_reward_are_left_out_and_said()
    {
        IReadOnlyList<GroupFigures?> figures = Of([1, null, 0, null], new GroupRule { Deviation = "none" });
        Assert.Equal([0.5, null, -0.5, null], figures.Select(f => f!.Advantage));
        Assert.All(figures, f => Assert.Equal((4, 2, false), (f!.Size, f.Ok, f.Complete)));
        Assert.Contains("2 of 4", figures[0]!.Note, StringComparison.Ordinal);
        Assert.False(Of([1, 0], new GroupRule { Size = 4 })[0]!.Complete);
        Assert.True(Of([1, 0], new GroupRule { Size = 2 })[0]!.Complete);
    }

    [Fact]
    public void One_reward_has_nothing_to_be_compared_with()
    {
        GroupFigures figures = Of([1, null], new GroupRule())[0]!;
        Assert.Equal((null, false, 1.0), (figures.Advantage, figures.ZeroVariance, figures.Mean));
        Assert.Contains("fewer than two", figures.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Items_of_no_group_have_no_figures_and_groups_do_not_mix()
    {
        IReadOnlyList<GroupFigures?> figures = GroupOperations.Of(["a", null, "b", "a", "b"], [1, 5, 10, 0, 30], new GroupRule { Deviation = "none" });
        Assert.Equal([0.5, null, -10, -0.5, 10], figures.Select(f => f?.Advantage));
    }

    [Fact]
    public void Rewards_too_large_for_a_deviation_give_no_advantage()
    {
        GroupFigures figures = Of([1e300, -1e300], new GroupRule())[0]!;
        Assert.Null(figures.Advantage);
        Assert.NotNull(figures.Note);
    }

    [Fact]
    public void Nothing_depends_on_the_order_of_items()
    {
        Prop.ForAll(Groups, Arb.From(Gen.Choose(0, int.MaxValue)), Rules(), (rewards, seed, rule) =>
        {
            int[] order = [.. Enumerable.Range(0, rewards.Length)];
            new Random(seed).Shuffle(order);
            IReadOnlyList<GroupFigures?> plain = Of(rewards, rule), shuffled = Of([.. order.Select(i => rewards[i])], rule);
            return order.Select((from, to) => plain[from]! == shuffled[to]!).All(same => same);
        }).Check(Config.QuickThrowOnFailure);
    }

    [Fact]
    public void Advantages_over_the_mean_add_up_to_0_and_keep_the_order_of_rewards()
    {
        Prop.ForAll(Groups, Rules(), (rewards, rule) =>
        {
            double?[] advantages = Advantages(rewards, rule);
            var pairs = rewards.Zip(advantages).Where(p => p.Second is not null).OrderBy(p => p.First).ToList();
            bool sorted = pairs.Zip(pairs.Skip(1)).All(p => p.First.Second <= p.Second.Second);
            bool finite = pairs.All(p => double.IsFinite(p.Second!.Value));
            return sorted && finite && Math.Abs(pairs.Sum(p => p.Second!.Value)) < 1e-6 * (1 + pairs.Sum(p => Math.Abs(p.Second!.Value)));
        }).Check(Config.QuickThrowOnFailure);
    }

    [Fact]
    public void A_population_deviation_without_epsilon_gives_advantages_of_variance_1()
    {
        Prop.ForAll(Groups, rewards =>
        {
            double[] advantages = [.. Advantages(rewards, new GroupRule { Deviation = "population", Epsilon = 0 }).OfType<double>()];
            double variance = advantages.Sum(a => a * a) / Math.Max(1, advantages.Length);
            return advantages.All(a => a == 0) || Math.Abs(variance - 1) < 1e-9;
        }).Check(Config.QuickThrowOnFailure);
    }

    private static Arbitrary<GroupRule> Rules() => Arb.From(
        from baseline in Gen.Elements("mean", "leave_one_out")
        from deviation in Gen.Elements("sample", "population", "none")
        select new GroupRule { Baseline = baseline, Deviation = deviation });

    private static IReadOnlyList<GroupFigures?> Of(double?[] rewards, GroupRule rule) => GroupOperations.Of([.. rewards.Select(_ => "g")], rewards, rule);

    private static double?[] Advantages(double?[] rewards, GroupRule rule) => [.. Of(rewards, rule).Select(f => f!.Advantage)];
}
