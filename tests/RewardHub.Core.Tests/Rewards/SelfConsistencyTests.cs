using RewardHub.Rewards;

namespace RewardHub.Core.Tests.Rewards;

public class SelfConsistencyTests
{
    private static PseudoLabel Vote(string votes, double threshold, TieRule tie = TieRule.Drop) => SelfConsistency.Filter(
        [new VoteProblem("p", 1, [.. votes.Select(vote => new VoteCandidate(vote == '-' ? null : vote.ToString(), 1))])],
        new SelfConsistencyOptions { Threshold = threshold, Tie = tie })[0];

    [Theory]
    [InlineData("aaabb", .5, "a")]
    [InlineData("aaabb", .7, null)]
    [InlineData("aaaab", .7, "a")]
    [InlineData("aaaab", .9, null)]
    [InlineData("aaaaa", .9, "a")]
    [InlineData("aa", .5, null)]
    [InlineData("---aa", .5, null)]
    [InlineData("-----", .5, null)]
    [InlineData("aaaaaaabbb", .7, "a")]
    public void Filter_keeps_an_answer_with_the_share_of_votes(string votes, double threshold, string? label)
    {
        PseudoLabel result = Vote(votes, threshold);
        Assert.Equal((label, label is not null, true), (result.Label, result.Kept, result.LabelFree));
        Assert.All(result.PseudoRewards.Zip(votes), pair => Assert.Equal(label is null ? null : pair.Second.ToString() == label ? 1 : 0, pair.First));
    }

    [Fact]
    public void A_tie_is_dropped_or_goes_to_the_first_seen()
    {
        Assert.Equal("tie", Vote("baab", .5).DropReason);
        Assert.Equal("b", Vote("baab", .5, TieRule.First).Label);
        Assert.Equal("b", Vote("baabb", .5).Label);
    }

    [Fact]
    public void The_two_length_rules_keep_what_they_name()
    {
        int[] lengths = [12, 12, 11, 10, 9];
        VoteProblem[] problems = [.. lengths.Select((length, i) =>
            new VoteProblem($"p{i}", 1, [.. Enumerable.Repeat(new VoteCandidate("a", length), 3)]))];
        bool[] Kept(LengthRule rule) =>
            [.. SelfConsistency.Filter(problems, new SelfConsistencyOptions { Length = rule, Theta = 2 }).Select(label => label.Kept)];
        Assert.Equal([true, true, true, false, false], Kept(LengthRule.Code));
        Assert.Equal([true, true, true, true, false], Kept(LengthRule.Slack));
        Assert.Equal([true, true, true, true, true], Kept(LengthRule.Off));
    }

    [Theory]
    [InlineData(.31, .034724)]
    [InlineData(.7, .52822)]
    [InlineData(.9, .91854)]
    public void Independent_voters_keep_the_binomial_share_and_label_it_right(double right, double expected)
    {
        const int Count = 40_000;
        var draws = new KeyedDraws(1, "vote", 1, (int)(right * 100));
        var problems = new VoteProblem[Count];
        for (int i = 0; i < Count; i++)
        {
            problems[i] = new VoteProblem($"{i}", 1, [.. Enumerable.Range(0, 5).Select(voter =>
                new VoteCandidate(draws.Below(10_000) < right * 10_000 ? "right" : $"wrong{voter}", 1))]);
        }

        IReadOnlyList<PseudoLabel> labels = SelfConsistency.Filter(problems);
        int kept = labels.Count(label => label.Kept);
        double deviation = Math.Sqrt(expected * (1 - expected) / Count);
        Assert.InRange((double)kept / Count, expected - (3 * deviation), expected + (3 * deviation));
        Assert.All(labels.Where(label => label.Kept), label => Assert.Equal("right", label.Label));
    }

    [Fact]
    public void Voters_that_share_their_errors_break_the_filter()
    {
        IReadOnlyList<PseudoLabel> labels = SelfConsistency.Filter(
            [new VoteProblem("p", 1, [.. Enumerable.Repeat(new VoteCandidate("wrong", 1), 4), new VoteCandidate("right", 1)])]);
        Assert.Equal("wrong", labels[0].Label);
    }

    [Fact]
    public void Unfinished_candidates_do_not_vote_when_an_end_is_required()
    {
        VoteProblem[] problem = [new VoteProblem("p", 1, [new("a", 1), new("a", 1), new("a", 1), new("b", 9, false), new("b", 9, false)])];
        PseudoLabel label = SelfConsistency.Filter(problem, new SelfConsistencyOptions { RequireEnd = true })[0];
        Assert.Equal(("a", 3, 3), (label.Label, label.Votes, label.Voters));
        Assert.Equal("no_majority", SelfConsistency.Filter(problem)[0].DropReason);
        Assert.Throws<ArgumentException>(() => SelfConsistency.Filter(problem, new SelfConsistencyOptions { Threshold = 0 }));
    }
}
