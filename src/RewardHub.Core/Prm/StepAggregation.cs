using RewardHub.Contracts;

namespace RewardHub.Prm;

/// <summary>How step scores become one number. Numbers are frozen: they reach disk; names are the wire form in lower case.</summary>
public enum StepAggregation
{
    /// <summary>The smallest.</summary>
    Min = 0,

    /// <summary>That of the last step.</summary>
    Last = 1,

    /// <summary>The arithmetic mean.</summary>
    Mean = 2,

    /// <summary>The product, taken in double: it reaches 0 only below 1e-308.</summary>
    Product = 3,
}

/// <summary>Aggregates of step scores.</summary>
public static class StepAggregator
{
    /// <summary>All four aggregates, summed and multiplied in double in step order.</summary>
    /// <param name="scores">At least one finite score.</param>
    /// <exception cref="ArgumentException">There is no score.</exception>
    public static StepAggregates Aggregate(IReadOnlyList<StepScore> scores)
    {
        if (scores.Count == 0) throw new ArgumentException("there is no step score to aggregate", nameof(scores));
        double min = double.PositiveInfinity, sum = 0, product = 1;
        foreach (StepScore step in scores)
        {
            min = Math.Min(min, step.Score);
            sum += step.Score;
            product *= step.Score;
        }

        return new StepAggregates(min, scores[^1].Score, sum / scores.Count, product);
    }

    /// <summary>One of the four.</summary>
    public static double Pick(StepAggregates aggregates, StepAggregation aggregation) => aggregation switch
    {
        StepAggregation.Min => aggregates.Min,
        StepAggregation.Last => aggregates.Last,
        StepAggregation.Mean => aggregates.Mean,
        StepAggregation.Product => aggregates.Product,
        _ => throw new ArgumentOutOfRangeException(nameof(aggregation)),
    };

    /// <summary>Reads the wire form: <c>min</c>, <c>last</c>, <c>mean</c> or <c>product</c>.</summary>
    public static bool TryParse(string name, out StepAggregation aggregation)
    {
        (bool known, aggregation) = name switch
        {
            "min" => (true, StepAggregation.Min),
            "last" => (true, StepAggregation.Last),
            "mean" => (true, StepAggregation.Mean),
            "product" => (true, StepAggregation.Product),
            _ => (false, default),
        };
        return known;
    }
}
