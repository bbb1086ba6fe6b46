using RewardHub.Contracts;

namespace RewardHub.Verifiers;

/// <summary>What a verifier says of one response. Numbers are frozen: they only grow.</summary>
public enum VerdictStatus
{
    /// <summary>The response gives the gold answer.</summary>
    Correct = 0,

    /// <summary>The response gives another answer than the gold one.</summary>
    Incorrect = 1,

    /// <summary>Both answers were read, but the verifier cannot tell whether they agree.</summary>
    Undecided = 2,

    /// <summary>The response holds no answer that the verifier can read; this is not the same as a wrong answer.</summary>
    Unparseable = 3,

    /// <summary>The caller's label or options cannot be used; nothing is said about the response.</summary>
    Rejected = 4,
}

/// <summary>The verdict on one response: a status, a score where there is one, and why.</summary>
public sealed record Verdict
{
    private static readonly IReadOnlyDictionary<string, string> NoEvidence = new Dictionary<string, string>(0);

    private Verdict(
        VerdictStatus status, double? score, IReadOnlyDictionary<string, string>? evidence, ItemError? error) =>
        (Status, Score, Evidence, Error) = (status, score, evidence ?? NoEvidence, error);

    /// <summary>The decision.</summary>
    public VerdictStatus Status { get; }

    /// <summary>
    /// In [0, 1]: 1 for correct, 0 for incorrect unless the verifier gives partial credit; null without a decision.
    /// </summary>
    public double? Score { get; }

    /// <summary>Why: the text that was read, the rule or pattern that found it, both parsed forms. Never null.</summary>
    public IReadOnlyDictionary<string, string> Evidence { get; }

    /// <summary>Why there is no score; null exactly when <see cref="Score"/> is set.</summary>
    public ItemError? Error { get; }

    /// <summary>The status of an item whose only scorer gave this verdict.</summary>
    public ItemStatus ItemStatus => Status switch
    {
        VerdictStatus.Correct or VerdictStatus.Incorrect => ItemStatus.Ok,
        VerdictStatus.Undecided => ItemStatus.Undecided,
        VerdictStatus.Unparseable => ItemStatus.Unparseable,
        _ => ItemStatus.Rejected,
    };

    /// <summary>Correct with score 1, or incorrect with score 0.</summary>
    public static Verdict Decided(bool correct, IReadOnlyDictionary<string, string>? evidence = null) =>
        new(correct ? VerdictStatus.Correct : VerdictStatus.Incorrect, correct ? 1 : 0, evidence, null);

    /// <summary>Partial credit: correct exactly when the score is 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The score is not in [0, 1].</exception>
    public static Verdict Graded(double score, IReadOnlyDictionary<string, string>? evidence = null)
    {
        if (!(score is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(score), score, "must be in [0, 1]");
        return new(score == 1 ? VerdictStatus.Correct : VerdictStatus.Incorrect, score, evidence, null);
    }

    /// <summary>Both answers were read and the question stays open.</summary>
    public static Verdict Undecided(string reason, IReadOnlyDictionary<string, string>? evidence = null) =>
        new(VerdictStatus.Undecided, null, evidence, new ItemError(ErrorCodes.Undecided, reason));

    /// <summary>No answer was found in the response.</summary>
    public static Verdict Unparseable(string reason, IReadOnlyDictionary<string, string>? evidence = null) =>
        new(VerdictStatus.Unparseable, null, evidence, new ItemError(ErrorCodes.Unparseable, reason, "response"));

    /// <summary>The caller's label or options are at fault.</summary>
    public static Verdict Rejected(ItemError error) => new(VerdictStatus.Rejected, null, null, error);

    /// <summary>The gold label cannot be read.</summary>
    public static Verdict BadLabel(string reason) => Rejected(new ItemError(ErrorCodes.BadLabel, reason, "label"));
}
