using System.Globalization;
using System.Text.Json;
using RewardHub.Contracts;
using RewardHub.Rewards;
using RewardHub.Verifiers;

namespace RewardHub.Scoring.RuleRewards;

/// <summary><c>reward:self-consistency</c>: <see cref="SelfConsistency"/> over the answers of each group. Label-free.</summary>
/// <remarks>A tie is dropped: taking the answer seen first would depend on the order of items.</remarks>
internal static class SelfConsistencyRule
{
    private static readonly VerifierOption.Number Threshold = new("threshold", "smallest share of the votes, above 0", 0.7, 0, 1);
    private static readonly VerifierOption.Whole MinVoters = new("min_voters", "fewest voters of a group", 3, 1, 1_000_000);

    private static readonly VerifierOption.Choice Answer = new(
        "answer", "what is compared: math (the stated answer in canonical form), choice (the option letters A to J), exact (the whole response, trimmed)",
        "math", ["math", "choice", "exact"]);

    private static readonly VerifierOption.Choice Length = new(
        "length", "drops groups whose voted answer is short beside the longest one of the same domain in the request; code: length >= longest - theta + 1; slack: longest - length <= theta",
        "off", ["off", "code", "slack"]);

    private static readonly VerifierOption.Whole Theta = new("theta", "of the length rule", 1, 0, 10_000_000);
    private static readonly VerifierOption.Flag RequireEnd = new("require_end", "responses that did not end by themselves have no vote and no value", false);
    private static readonly VerifierOption.Choice Unit = ResponseTokens.Option("auto");

    public static readonly RuleReward Definition = new()
    {
        Name = "reward:self-consistency",
        Version = "1",
        Definition = "self-consistency-1: majority vote, then relative length; ties are dropped",
        Summary = "Pseudo-reward without a label (arXiv 2502.01612): 1 for the answer that enough responses of the group give, 0 for another; "
            + "undecided where no answer has enough votes. Never a verified reward.",
        Options = [Threshold, MinVoters, Answer, Length, Theta, RequireEnd, Unit, Completion.EndToken, Completion.Unknown],
        LabelFree = true,
        CheckTogether = given => Read(given).Problems(),
        OfItems = Of,
    };

    private static SelfConsistencyOptions Read(IReadOnlyDictionary<string, JsonElement>? given) => new()
    {
        Threshold = Threshold.Of(given),
        MinVoters = MinVoters.Of(given),
        Length = Length.Of(given) switch { "code" => LengthRule.Code, "slack" => LengthRule.Slack, _ => LengthRule.Off },
        Theta = Theta.Of(given),
        RequireEnd = RequireEnd.Of(given),
        Tie = TieRule.Drop,
    };

    private sealed record Voter(int Item, VoteCandidate Candidate);

    private static Outcome<RuleRewardValue>[] Of(IReadOnlyList<RuleRewardInput> inputs, CancellationToken cancellationToken)
    {
        var values = new Outcome<RuleRewardValue>[inputs.Count];
        if (inputs.Count == 0) return values;
        SelfConsistencyOptions options = Read(inputs[0].Options);
        string unit = Unit.Of(inputs[0].Options);
        // Lengths are compared, so all are of one unit.
        if (unit == "auto") unit = inputs.All(input => input.TokenIds is not null) ? "tokens" : "words";
        var groups = new SortedDictionary<string, List<Voter>>(StringComparer.Ordinal);
        for (int i = 0; i < inputs.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Outcome<VoteCandidate> candidate = Candidate(inputs[i], options, unit);
            if (!candidate.IsOk)
            {
                values[i] = candidate.Error;
                continue;
            }

            string group = inputs[i].Group!;
            if (!groups.TryGetValue(group, out List<Voter>? voters)) groups[group] = voters = [];
            voters.Add(new Voter(i, candidate.Value));
        }

        // Sorted by answer and length, so that nothing depends on the order of items.
        List<Voter>[] ordered = [.. groups.Values.Select(g => g.OrderBy(v => v.Candidate.Answer, StringComparer.Ordinal).ThenByDescending(v => v.Candidate.Length).ToList())];
        var domains = new Dictionary<string, int>(StringComparer.Ordinal);
        VoteProblem[] problems = [.. groups.Keys.Zip(ordered, (name, voters) =>
        {
            // A group belongs to the first of its domains in ordinal order.
            string domain = voters.Select(v => inputs[v.Item].Domain ?? "").Min(StringComparer.Ordinal)!;
            if (!domains.TryGetValue(domain, out int difficulty)) domains[domain] = difficulty = domains.Count;
            return new VoteProblem(name, difficulty, [.. voters.Select(v => v.Candidate)]);
        })];
        IReadOnlyList<PseudoLabel> labels = SelfConsistency.Filter(problems, options);
        for (int g = 0; g < labels.Count; g++)
        {
            for (int v = 0; v < ordered[g].Count; v++) values[ordered[g][v].Item] = Value(labels[g], ordered[g][v].Candidate, labels[g].PseudoRewards[v], options);
        }

        return values;
    }

    private static Outcome<VoteCandidate> Candidate(RuleRewardInput input, SelfConsistencyOptions options, string unit)
    {
        if (input.Group is null) return new ItemError(ErrorCodes.BadField, "a vote needs the group that the response belongs to", "group");
        if (input.Response is not { } response) return new ItemError(ErrorCodes.BadField, "the response must be given", "response");
        bool ended = true;
        if (options.RequireEnd)
        {
            Outcome<bool> complete = Completion.Of(input);
            if (!complete.IsOk) return complete.Error;
            ended = complete.Value;
        }

        int length = 0;
        if (options.Length != LengthRule.Off)
        {
            Outcome<ResponseTokens> tokens = ResponseTokens.Of(input, unit);
            if (!tokens.IsOk) return tokens.Error;
            length = tokens.Value.Ids.Length;
        }

        return new VoteCandidate(AnswerKeys.Of(response, Answer.Of(input.Options)), length, ended);
    }

    private static Outcome<RuleRewardValue> Value(PseudoLabel label, VoteCandidate candidate, double? reward, SelfConsistencyOptions options)
    {
        if (options.RequireEnd && !candidate.HasEnd) return new ItemError(ErrorCodes.Unparseable, "the response did not end by itself, so it has no vote", "response");
        if (candidate.Answer is null) return new ItemError(ErrorCodes.Unparseable, "the response states no answer, so it votes for none", "response");
        if (reward is not { } value)
        {
            return new ItemError(ErrorCodes.Undecided, string.Create(CultureInfo.InvariantCulture,
                $"{label.DropReason}: the most frequent answer of group '{label.Id}' has {label.Votes} of {label.Voters} votes"));
        }

        return new RuleRewardValue(
            value,
            new Dictionary<string, double>(2) { ["votes"] = label.Votes, ["voters"] = label.Voters },
            new Dictionary<string, string>(3)
            {
                ["answer"] = Evidence.Clip(candidate.Answer),
                ["voted"] = Evidence.Clip(label.Label!),
                ["constants"] = string.Create(CultureInfo.InvariantCulture, $"threshold {options.Threshold:R}, min_voters {options.MinVoters}, length {ItemFailures.Snake(options.Length)}, theta {options.Theta}"),
            });
    }
}
