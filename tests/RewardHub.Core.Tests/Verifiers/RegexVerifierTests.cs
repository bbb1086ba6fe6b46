using RewardHub.Verifiers;

namespace RewardHub.Core.Tests.Verifiers;

public class RegexVerifierTests
{
    [Fact]
    public void The_label_is_the_pattern_without_the_option()
    {
        Assert.Equal(VerdictStatus.Correct, Verify.With("regex", "I say yes.", "\\byes\\b").Status);
        Assert.Equal(VerdictStatus.Incorrect, Verify.With("regex", "I say yesterday.", "\\byes\\b").Status);
        Assert.Equal(VerdictStatus.Incorrect, Verify.With("regex", "I say yes.", "yes", ("mode", "full")).Status);
        Assert.Equal(VerdictStatus.Correct, Verify.With("regex", " yes\n", "no|yes", ("mode", "full")).Status);
        Assert.Equal(VerdictStatus.Correct, Verify.With("regex", "YES", "yes", ("ignore_case", true)).Status);
    }

    [Fact]
    public void The_option_captures_what_the_label_is_compared_with()
    {
        (string, object) pattern = ("pattern", "answer: (\\w+)");
        Assert.Equal(VerdictStatus.Correct, Verify.With("regex", "answer: a, answer: b", "b", pattern).Status);
        Assert.Equal(VerdictStatus.Correct, Verify.With("regex", "answer: a, answer: b", "a", pattern, ("occurrence", "first")).Status);
        Assert.Equal(VerdictStatus.Unparseable, Verify.With("regex", "no", "a", pattern).Status);
        Assert.Equal("options.group", Verify.With("regex", "answer: a", "a", pattern, ("group", 2)).Error!.Path);
        Assert.Equal(VerdictStatus.Correct, Verify.With("regex", "answer 12", 12, ("pattern", "\\d+")).Status);
    }

    [Fact]
    public void A_bad_pattern_is_the_callers_error()
    {
        Assert.Equal("bad_label", Verify.With("regex", "x", "(").Error!.Code);
        Assert.Equal("options.pattern", Verify.With("regex", "x", "x", ("pattern", "(")).Error!.Path);
        Assert.Equal("bad_label", Verify.With("regex", "x", "").Error!.Code);
        Assert.Equal("bad_label", Verify.With("regex", "x", null).Error!.Code);
    }

    [Fact]
    public void A_pattern_that_would_explode_ends_undecided_in_time()
    {
        string hostile = new string('a', 40) + "!";
        Assert.Equal(VerdictStatus.Incorrect, Verify.With("regex", hostile, "^(a+)+$").Status);
        Verdict backtracking = Verify.With("regex", hostile, "^(?=a)(a+)+$", ("time_limit_ms", 20));
        Assert.Equal((VerdictStatus.Undecided, "backtracking"), (backtracking.Status, backtracking.Evidence["engine"]));
        Assert.Equal("undecided", backtracking.Error!.Code);
    }
}
