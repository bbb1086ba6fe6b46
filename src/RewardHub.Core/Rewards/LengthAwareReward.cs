namespace RewardHub.Rewards;

/// <summary>Which override holds for a response that is both incomplete and without a valid reasoning block.</summary>
public enum OverridePrecedence
{
    /// <summary>Incomplete first: -0.5.</summary>
    IncompleteFirst = 0,

    /// <summary>The reasoning block first: -1.</summary>
    ThinkFirst = 1,
}

/// <summary>Constants of the length-aware outcome reward; the defaults are those published for Phi-4-reasoning-plus (arXiv 2504.21318).</summary>
public sealed record LengthAwareOptions
{
    /// <summary>Longest response, in tokens.</summary>
    public int MaxLength { get; init; } = 31_744;

    /// <summary>Up to here a correct response keeps its full reward.</summary>
    public int PositiveControl { get; init; } = 25_600;

    /// <summary>From here on a wrong response has its best reward.</summary>
    public int NegativeControl { get; init; } = 3_702;

    /// <summary>n of the repetition penalty.</summary>
    public int Ngram { get; init; } = 5;

    /// <summary>An n-gram is frequent when it occurs more often than this.</summary>
    public int Threshold { get; init; } = 5;

    /// <summary>Whether the repetition penalty stops at -1. The formula has no bound.</summary>
    public bool ClampRepetition { get; init; }

    /// <summary>The order of the overrides, which the report leaves open.</summary>
    public OverridePrecedence Precedence { get; init; }

    /// <summary>Weight of the accuracy part.</summary>
    public double AccuracyWeight { get; init; } = 8.0 / 13;

    /// <summary>Weight of the repetition part.</summary>
    public double RepetitionWeight { get; init; } = 1.0 / 13;

    /// <summary>Every option that cannot be used, as a sentence; empty when all is well.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (PositiveControl < 0 || MaxLength <= PositiveControl) problems.Add("max_length must be above positive_control, which must not be negative.");
        if (NegativeControl < 1) problems.Add("negative_control must be at least 1.");
        if (Ngram < 1 || Threshold < 1) problems.Add("ngram and threshold must be at least 1.");
        if (!double.IsFinite(AccuracyWeight) || !double.IsFinite(RepetitionWeight)) problems.Add("The weights must be finite.");
        return problems;
    }
}

/// <summary>Frequent n-grams of a response.</summary>
/// <param name="Penalty">At most 0: -max(Term1, Term2), or 0 when no n-gram is frequent.</param>
/// <param name="Total">n-grams in the response.</param>
/// <param name="FrequentDistinct">Distinct n-grams that occur more often than the threshold.</param>
/// <param name="MaxCount">Occurrences of the most frequent n-gram.</param>
/// <param name="Term1">FrequentDistinct / Total.</param>
/// <param name="Term2">MaxCount / (length / n).</param>
public sealed record Repetition(double Penalty, int Total, int FrequentDistinct, int MaxCount, double Term1, double Term2);

/// <summary>The length-aware outcome reward with its parts.</summary>
/// <param name="Reward">The weighted sum: AccuracyWeight · Accuracy + RepetitionWeight · Repetition.Penalty.</param>
/// <param name="Accuracy">In [-1, 1].</param>
/// <param name="Repetition">The repetition part.</param>
/// <param name="Length">Tokens of the response.</param>
/// <param name="Rho">Position on the cosine, in [0, 1]; null under an override.</param>
/// <param name="Override"><c>incomplete</c>, <c>think</c>, or null.</param>
public sealed record LengthAwareResult(
    double Reward, double Accuracy, Repetition Repetition, int Length, double? Rho, string? Override)
{
    /// <summary>What the verifier said.</summary>
    public bool Correct { get; init; }

    /// <summary>Whether the response lacks its end token.</summary>
    public bool Incomplete { get; init; }

    /// <summary>Whether it holds one well-formed reasoning block.</summary>
    public bool ThinkValid { get; init; }

    /// <summary>The reading of the formulas; see <see cref="LengthAwareReward.Definition"/>.</summary>
    public string Definition { get; } = LengthAwareReward.Definition;
}

/// <summary>Advantages of a group of rewards.</summary>
/// <param name="Values">(reward - mean) / (deviation + epsilon), in order; all 0 when all rewards are equal.</param>
/// <param name="ZeroVariance">Whether all rewards are equal.</param>
public sealed record GroupAdvantages(IReadOnlyList<double> Values, bool ZeroVariance);

/// <summary>
/// The outcome reward of Phi-4-reasoning-plus (arXiv 2504.21318): cosine in the length, with a penalty for repeated n-grams.
/// </summary>
public static class LengthAwareReward
{
    /// <summary>Identifies this reading of the formulas: the unit of repetition and the precedence are options of ours.</summary>
    public const string Definition = "phi4rp-1 (reconstruction)";

    /// <summary>The reward of one response.</summary>
    /// <param name="tokens">Ids of tokens, or of words when the caller has no tokens.</param>
    /// <param name="correct">From a verifier.</param>
    /// <param name="complete">Whether the response ended by itself with its end token.</param>
    /// <param name="thinkValid">Whether it holds one well-formed reasoning block; see <see cref="ThinkIsValid"/>.</param>
    /// <param name="options">Null takes the published constants.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static LengthAwareResult Of(
        ReadOnlySpan<int> tokens, bool correct, bool complete, bool thinkValid, LengthAwareOptions? options = null)
    {
        options ??= new LengthAwareOptions();
        if (options.Problems() is [string problem, ..]) throw new ArgumentException(problem, nameof(options));
        Repetition repetition = RepetitionOf(tokens, options);
        bool incompleteFirst = options.Precedence == OverridePrecedence.IncompleteFirst;
        string? rule = !complete && (incompleteFirst || thinkValid) ? "incomplete" : !thinkValid ? "think" : null;
        double? rho = null;
        double accuracy;
        if (rule is not null)
        {
            accuracy = rule == "incomplete" ? -0.5 : -1;
        }
        else
        {
            rho = Rho(tokens.Length, correct, options);
            accuracy = Cosine(rho.Value, correct);
        }

        double reward = (options.AccuracyWeight * accuracy) + (options.RepetitionWeight * repetition.Penalty);
        return new LengthAwareResult(reward, accuracy, repetition, tokens.Length, rho, rule)
        {
            Correct = correct,
            Incomplete = !complete,
            ThinkValid = thinkValid,
        };
    }

    /// <summary>The accuracy part without overrides, for a response of <paramref name="length"/> tokens.</summary>
    public static double Accuracy(double length, bool correct, LengthAwareOptions? options = null) =>
        Cosine(Rho(length, correct, options ?? new LengthAwareOptions()), correct);

    /// <summary>The repetition part.</summary>
    public static Repetition RepetitionOf(ReadOnlySpan<int> tokens, LengthAwareOptions? options = null)
    {
        options ??= new LengthAwareOptions();
        int n = options.Ngram, total = Math.Max(0, tokens.Length - n + 1);
        if (total == 0) return new Repetition(0, 0, 0, 0, 0, 0);
        IReadOnlyDictionary<int, int> counts = Ngrams.Counts(tokens, n);
        int frequent = 0, most = 0;
        foreach (int count in counts.Values)
        {
            if (count > options.Threshold) frequent++;
            most = Math.Max(most, count);
        }

        double share = (double)frequent / total, longest = most / ((double)tokens.Length / n);
        double penalty = frequent == 0 ? 0 : -Math.Max(share, longest);
        if (options.ClampRepetition) penalty = Math.Max(-1, penalty);
        return new Repetition(penalty, total, frequent, most, share, longest);
    }

    /// <summary>
    /// Exactly one <c>&lt;think&gt;</c> and one <c>&lt;/think&gt;</c>, in that order, nothing but white space before, and an answer after.
    /// </summary>
    public static bool ThinkIsValid(string response)
    {
        const string Open = "<think>", Close = "</think>";
        int open = response.IndexOf(Open, StringComparison.Ordinal), close = response.IndexOf(Close, StringComparison.Ordinal);
        return open >= 0 && close > open
            && response.LastIndexOf(Open, StringComparison.Ordinal) == open && response.LastIndexOf(Close, StringComparison.Ordinal) == close
            && string.IsNullOrWhiteSpace(response[..open]) && !string.IsNullOrWhiteSpace(response[(close + Close.Length)..]);
    }

    /// <summary>Group-relative advantages.</summary>
    /// <param name="rewards">Rewards of one group.</param>
    /// <param name="sample">Divide the squares by n - 1 (sample) or by n (population).</param>
    /// <param name="epsilon">Added to the deviation.</param>
    public static GroupAdvantages Advantages(IReadOnlyList<double> rewards, bool sample = true, double epsilon = 1e-6)
    {
        int count = rewards.Count;
        var values = new double[count];
        if (count < 2 || rewards.All(reward => reward == rewards[0])) return new GroupAdvantages(values, true);
        double mean = rewards.Sum() / count;
        double squares = rewards.Sum(reward => (reward - mean) * (reward - mean));
        double deviation = Math.Sqrt(squares / (sample ? count - 1 : count));
        for (int i = 0; i < count; i++) values[i] = (rewards[i] - mean) / (deviation + epsilon);
        return new GroupAdvantages(values, false);
    }

    private static double Rho(double length, bool correct, LengthAwareOptions options) => correct
        ? Math.Min(1, Math.Max(length - options.PositiveControl, 0) / (options.MaxLength - options.PositiveControl))
        : Math.Min(1, length / options.NegativeControl);

    private static double Cosine(double rho, bool correct)
    {
        double wave = 0.25 * (1 + Math.Cos(Math.PI * rho));
        return correct ? 0.5 + wave : -0.5 - wave;
    }
}
