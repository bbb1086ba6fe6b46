namespace RewardHub.Rewards;

/// <summary>Which outputs are long enough to be kept.</summary>
public enum LengthRule
{
    /// <summary>All.</summary>
    Off = 0,

    /// <summary>length ≥ longest - θ + 1: the released code (position -θ of the padded output is not padding).</summary>
    Code = 1,

    /// <summary>longest - length ≤ θ.</summary>
    Slack = 2,
}

/// <summary>What becomes of a vote that two answers win.</summary>
public enum TieRule
{
    /// <summary>The problem is dropped.</summary>
    Drop = 0,

    /// <summary>The answer seen first wins, as in the released code.</summary>
    First = 1,
}

/// <summary>Options of the self-consistency filter.</summary>
public sealed record SelfConsistencyOptions
{
    /// <summary>Smallest share of votes, in (0, 1].</summary>
    public double Threshold { get; init; } = 0.7;

    /// <summary>Fewest voters; with fewer the problem is dropped.</summary>
    public int MinVoters { get; init; } = 3;

    /// <summary>The length rule, applied to the voted answers of one difficulty.</summary>
    public LengthRule Length { get; init; }

    /// <summary>θ of the length rule; at least 1 for <see cref="LengthRule.Code"/>.</summary>
    public int Theta { get; init; } = 1;

    /// <summary>Whether candidates without an end token are left out of the vote.</summary>
    public bool RequireEnd { get; init; }

    /// <summary>The tie rule.</summary>
    public TieRule Tie { get; init; }

    /// <summary>Every option that cannot be used, as a sentence.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (!(Threshold > 0 && Threshold <= 1)) problems.Add("threshold must be above 0 and at most 1.");
        if (MinVoters < 1) problems.Add("min_voters must be at least 1.");
        if (Theta < (Length == LengthRule.Code ? 1 : 0)) problems.Add("theta must be at least 0, and at least 1 for the code rule.");
        return problems;
    }
}

/// <summary>One candidate answer, already in canonical form.</summary>
/// <param name="Answer">Canonical answer or full sequence; equal texts are one vote; null was not parsed and votes for nothing.</param>
/// <param name="Length">Length of the output.</param>
/// <param name="HasEnd">Whether it ended by itself.</param>
public sealed record VoteCandidate(string? Answer, int Length, bool HasEnd = true);

/// <summary>One problem with its candidates.</summary>
/// <param name="Id">Unique.</param>
/// <param name="Difficulty">Problems of one difficulty share the length rule.</param>
/// <param name="Candidates">The votes, in order.</param>
public sealed record VoteProblem(string Id, int Difficulty, IReadOnlyList<VoteCandidate> Candidates);

/// <summary>What the filter says of one problem. Label-free: a pseudo-reward is never a verified reward.</summary>
public sealed record PseudoLabel
{
    /// <summary>The problem's id.</summary>
    public required string Id { get; init; }

    /// <summary>The voted answer; null when it was not kept.</summary>
    public required string? Label { get; init; }

    /// <summary>Votes of the most frequent answer.</summary>
    public required int Votes { get; init; }

    /// <summary>Voters.</summary>
    public required int Voters { get; init; }

    /// <summary>Whether the label is kept.</summary>
    public bool Kept => DropReason is null;

    /// <summary><c>too_few_voters</c>, <c>no_majority</c>, <c>tie</c>, <c>too_short</c>; null when kept.</summary>
    public required string? DropReason { get; init; }

    /// <summary>1 for a candidate that gives the label, 0 for another answer; null everywhere when the problem is not kept.</summary>
    public required IReadOnlyList<double?> PseudoRewards { get; init; }

    /// <summary>Always true: no gold answer was seen.</summary>
    public bool LabelFree { get; } = true;
}

/// <summary>
/// Majority vote, then relative length (Self-Improving Transformers, arXiv 2502.01612): keeps an answer that at least τ of the voters
/// give and that is not much shorter than the longest kept one of its difficulty.
/// </summary>
public static class SelfConsistency
{
    /// <summary>Filters problems, in order.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static IReadOnlyList<PseudoLabel> Filter(IReadOnlyList<VoteProblem> problems, SelfConsistencyOptions? options = null)
    {
        options ??= new SelfConsistencyOptions();
        if (options.Problems() is [string problem, ..]) throw new ArgumentException(problem, nameof(options));
        var voted = new (PseudoLabel Label, int Length)[problems.Count];
        var longest = new Dictionary<int, int>();
        for (int i = 0; i < problems.Count; i++)
        {
            voted[i] = Vote(problems[i], options);
            if (!voted[i].Label.Kept) continue;
            int difficulty = problems[i].Difficulty;
            longest[difficulty] = Math.Max(longest.GetValueOrDefault(difficulty), voted[i].Length);
        }

        var labels = new PseudoLabel[problems.Count];
        for (int i = 0; i < labels.Length; i++)
        {
            (PseudoLabel label, int length) = voted[i];
            bool isShort = label.Kept && !LongEnough(length, longest[problems[i].Difficulty], options);
            labels[i] = isShort
                ? label with { Label = null, DropReason = "too_short", PseudoRewards = new double?[label.PseudoRewards.Count] }
                : label;
        }

        return labels;
    }

    /// <summary>Whether an output is long enough beside the longest one.</summary>
    public static bool LongEnough(int length, int longest, SelfConsistencyOptions options) => options.Length switch
    {
        LengthRule.Code => length >= longest - options.Theta + 1,
        LengthRule.Slack => longest - length <= options.Theta,
        _ => true,
    };

    private static (PseudoLabel Label, int Length) Vote(VoteProblem problem, SelfConsistencyOptions options)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        int voters = 0, most = 0, length = 0;
        string? winner = null;
        foreach (VoteCandidate candidate in problem.Candidates)
        {
            if (options.RequireEnd && !candidate.HasEnd) continue;
            voters++;
            if (candidate.Answer is null) continue;
            counts[candidate.Answer] = counts.GetValueOrDefault(candidate.Answer) + 1;
        }

        // The first seen of the most frequent answers wins; a later one with as many votes makes a tie.
        bool tie = false;
        foreach (VoteCandidate candidate in problem.Candidates)
        {
            if (candidate.Answer is not { } answer || !counts.TryGetValue(answer, out int count)) continue;
            if (count == most && answer != winner) tie = true;
            if (count <= most) continue;
            (winner, most, length, tie) = (answer, count, candidate.Length, false);
        }

        // A share such as 0.7 of 10 must not fail by rounding.
        bool enough = most >= (options.Threshold * voters) - 1e-9;
        string? reason = voters < options.MinVoters ? "too_few_voters"
            : winner is null || !enough ? "no_majority"
            : tie && options.Tie == TieRule.Drop ? "tie"
            : null;
        var rewards = new double?[problem.Candidates.Count];
        for (int i = 0; i < rewards.Length && reason is null; i++)
        {
            VoteCandidate candidate = problem.Candidates[i];
            rewards[i] = options.RequireEnd && !candidate.HasEnd ? 0 : candidate.Answer == winner ? 1 : 0;
        }

        var label = new PseudoLabel
        {
            Id = problem.Id,
            Label = reason is null ? winner : null,
            Votes = most,
            Voters = voters,
            DropReason = reason,
            PseudoRewards = rewards,
        };
        return (label, length);
    }
}
