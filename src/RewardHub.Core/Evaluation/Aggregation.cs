namespace RewardHub.Evaluation;

/// <summary>How the step scores of one solution become one number.</summary>
public enum Aggregation
{
    /// <summary>The smallest step score.</summary>
    Min = 0,

    /// <summary>The score of the last step.</summary>
    Last = 1,

    /// <summary>The sum from the first step to the last, divided by their number.</summary>
    Mean = 2,

    /// <summary>The product from the first step to the last.</summary>
    Product = 3,

    /// <summary>The exponential of the mean logarithm; 0 when a score is 0.</summary>
    GeometricMean = 4,

    /// <summary>No step scores: the row's own reward.</summary>
    Reward = 5,
}

/// <summary>Aggregates of step scores.</summary>
public static class Aggregations
{
    /// <summary>The wire name: <c>min</c>, <c>last</c>, <c>mean</c>, <c>product</c>, <c>geometric_mean</c>, <c>reward</c>.</summary>
    public static string Name(this Aggregation aggregation) => aggregation switch
    {
        Aggregation.Min => "min",
        Aggregation.Last => "last",
        Aggregation.Mean => "mean",
        Aggregation.Product => "product",
        Aggregation.GeometricMean => "geometric_mean",
        Aggregation.Reward => "reward",
        _ => throw new ArgumentOutOfRangeException(nameof(aggregation), aggregation, null),
    };

    /// <summary>The aggregation of a wire name; null when there is none of that name.</summary>
    public static Aggregation? Parse(string name) =>
        Enum.GetValues<Aggregation>().Where(a => a.Name() == name).Select(a => (Aggregation?)a).FirstOrDefault();

    /// <summary>One number for the scores of a solution, summed and multiplied from left to right.</summary>
    /// <param name="scores">At least one step score.</param>
    /// <param name="aggregation">Any but <see cref="Aggregation.Reward"/>.</param>
    public static double Of(ReadOnlySpan<double> scores, Aggregation aggregation)
    {
        if (scores.IsEmpty) throw new ArgumentException("an aggregate needs a step score", nameof(scores));
        double value;
        switch (aggregation)
        {
            case Aggregation.Min:
                value = scores[0];
                foreach (double score in scores) value = Math.Min(value, score);
                return value;
            case Aggregation.Last:
                return scores[^1];
            case Aggregation.Mean:
                value = 0;
                foreach (double score in scores) value += score;
                return value / scores.Length;
            case Aggregation.Product:
                value = 1;
                foreach (double score in scores) value *= score;
                return value;
            case Aggregation.GeometricMean:
                value = 0;
                foreach (double score in scores) value += Math.Log(score);
                return Math.Exp(value / scores.Length);
            default:
                throw new ArgumentOutOfRangeException(nameof(aggregation), aggregation, "step scores have no such aggregate");
        }
    }
}
