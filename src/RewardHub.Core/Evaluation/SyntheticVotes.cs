using System.Globalization;
using RewardHub.Contracts;

namespace RewardHub.Evaluation;

/// <summary>
/// Scored candidate answers made by a random generator, for examples and tests: no model and no real question is behind them.
/// </summary>
/// <remarks>
/// A question has a difficulty and a favorite wrong answer. A right candidate's steps score high; a wrong one's drop from some
/// step on, so that a vote weighted by the smallest step score does better than the plain majority. Every number is rounded to
/// four decimals and follows from the seed and the row alone.
/// </remarks>
public static class SyntheticVotes
{
    private static readonly string[] Domains = ["biology", "chemistry", "history", "law", "math", "philosophy"];

    /// <summary>The rows, question by question.</summary>
    /// <param name="questions">Number of questions, spread over six domains.</param>
    /// <param name="samples">Candidates a question, at least 4; some questions have up to two fewer.</param>
    /// <param name="seed">Seed.</param>
    public static IEnumerable<ScoredRow> Rows(int questions, int samples, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(questions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 4);
        for (int q = 0; q < questions; q++)
        {
            string group = string.Create(CultureInfo.InvariantCulture, $"q{q:D4}");
            var random = new KeyedRandom(seed, group);
            double ease = 0.15 + (0.75 * random.NextDouble());
            int gold = random.Below(8), favorite = (gold + 1 + random.Below(7)) % 8;
            int count = samples - (random.Below(5) == 0 ? 1 + random.Below(2) : 0);
            for (int s = 0; s < count; s++)
            {
                string id = string.Create(CultureInfo.InvariantCulture, $"{group}-{s:D3}");
                yield return Row(id, group, Domains[q % Domains.Length], gold, favorite, ease, new KeyedRandom(seed, id));
            }
        }
    }

    private static ScoredRow Row(
        string id, string group, string domain, int gold, int favorite, double ease, KeyedRandom random)
    {
        bool right = random.NextDouble() < ease;
        int choice = right ? gold : random.NextDouble() < 0.6 ? favorite : (gold + 1 + random.Below(7)) % 8;
        bool unread = random.NextDouble() < 0.03, refused = random.NextDouble() < 0.01;
        int steps = 3 + random.Below(6), error = right ? steps : random.Below(steps);
        var scores = new double[steps];
        for (int i = 0; i < steps; i++)
        {
            // The mean of three draws, about 0.8 before the first error and 0.45 from it on.
            double noise = (random.NextDouble() + random.NextDouble() + random.NextDouble()) / 3;
            scores[i] = Math.Round(i < error ? 0.6 + (0.4 * noise) : 0.05 + (0.8 * noise), 4);
        }

        var row = new ScoredRow
        {
            Id = id,
            Group = group,
            Domain = domain,
            Label = Letter(gold),
            Answer = unread ? null : Letter(choice),
            Correct = !unread && choice == gold,
            Status = ItemStatus.Ok,
            Scorer = "synthetic",
        };
        if (refused)
        {
            return row with
            {
                Status = ItemStatus.Rejected,
                Error = new ItemError(ErrorCodes.OverLength, "The sequence has 4,301 tokens; the model takes 4,096.", Scorer: "synthetic"),
            };
        }

        return row with { StepScores = scores, Reward = scores.Min() };
    }

    private static string Letter(int index) => ((char)('A' + index)).ToString();
}
