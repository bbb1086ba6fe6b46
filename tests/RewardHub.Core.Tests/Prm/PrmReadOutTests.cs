using RewardHub.Contracts;
using RewardHub.Prm;

namespace RewardHub.Core.Tests.Prm;

public class PrmReadOutTests
{
    [Fact]
    public void VocabularyPair_is_the_two_way_softmax_with_the_good_row_first()
    {
        var pair = new PrmReadOut.VocabularyPair("+", "-");
        Assert.Equal(Math.Exp(1) / (Math.Exp(1) + Math.Exp(3)), pair.Score([1, 3]), 1e-12);
        Assert.Equal(1, pair.Score([1, 3]) + pair.Score([3, 1]), 1e-12);
    }

    [Theory]
    [InlineData(3e38f, -3e38f, 1.0)]
    [InlineData(-3e38f, 3e38f, 0.0)]
    public void VocabularyPair_stays_in_the_unit_interval_when_logits_are_extreme(float good, float bad, double expected) =>
        Assert.Equal(expected, new PrmReadOut.VocabularyPair("+", "-").Score([good, bad]));

    [Fact]
    public void ClassHead_sums_the_good_classes_of_the_softmax()
    {
        var head = new PrmReadOut.ClassHead(3, [1, 2], [1]);
        double all = Math.Exp(1) + Math.Exp(2) + Math.Exp(0.5);
        Assert.Equal((Math.Exp(2) + Math.Exp(0.5)) / all, head.Score([1, 2, 0.5f]), 1e-12);
        Assert.Equal(Math.Exp(2) / all, head.Second([1, 2, 0.5f])!.Value, 1e-12);
        Assert.Equal(1, head.Score([-3e38f, 3e38f, 0]));
    }

    [Fact]
    public void ValueHead_is_a_sigmoid_and_OutcomeHead_the_raw_number()
    {
        Assert.Equal(0.5, new PrmReadOut.ValueHead().Score([0]));
        Assert.Equal(-17.25, new PrmReadOut.OutcomeHead().Score([-17.25f]));
    }

    [Fact]
    public void Aggregate_gives_min_last_mean_and_product()
    {
        StepAggregates aggregates = StepAggregator.Aggregate([new(0, 0.5, 3), new(1, 0.25, 5), new(2, 0.8, 9)]);
        Assert.Equal(0.25, aggregates.Min);
        Assert.Equal(0.8, aggregates.Last);
        Assert.Equal(1.55 / 3, aggregates.Mean, 1e-15);
        Assert.Equal(0.1, aggregates.Product, 1e-15);
        Assert.Throws<ArgumentException>(() => StepAggregator.Aggregate([]));
    }

    [Fact]
    public void Product_of_many_small_scores_is_not_lost()
    {
        StepScore[] steps = [.. Enumerable.Range(0, 100).Select(i => new StepScore(i, 0.01, i))];
        Assert.Equal(1e-200, StepAggregator.Aggregate(steps).Product, 1e-210);
    }
}
