using RewardHub.Verifiers;

namespace RewardHub.Core.Tests.Verifiers;

public class ListVerifierTests
{
    private static readonly string[] Label = ["Red", "green", "blue"];

    [Theory]
    [InlineData("red, green, blue", "correct")]
    [InlineData("blue; Green; RED", "correct")]
    [InlineData("[\"red\", \"green\", \"blue\"]", "correct")]
    [InlineData("I think:\nred, blue, green", "correct")]
    [InlineData("<answer>\nred\n* green\n* blue\n</answer>", "correct")]
    [InlineData("\\boxed{red, green, blue}", "correct")]
    [InlineData("red, green", "incorrect")]
    [InlineData("red, green, blue, blue", "incorrect")]
    [InlineData("red, green, yellow", "incorrect")]
    [InlineData("", "unparseable")]
    [InlineData(" , ;", "unparseable")]
    public void Verify_compares_items_in_any_order(string response, string expected) =>
        Assert.Equal(Verify.Status(expected), Verify.With("list", response, Label).Status);

    [Fact]
    public void Order_and_partial_credit_are_options()
    {
        Assert.Equal(VerdictStatus.Incorrect, Verify.With("list", "green, red, blue", Label, ("ordered", true)).Status);
        Assert.Equal(VerdictStatus.Correct, Verify.With("list", "red, green, blue", Label, ("ordered", true)).Status);
        Assert.Equal(0.8, Verify.With("list", "red, green", Label, ("credit", "f1")).Score!.Value, 12);
        Assert.Equal(2.0 / 6, Verify.With("list", "green, red, blue", Label, ("credit", "f1"), ("ordered", true)).Score!.Value, 12);
        Assert.Equal(VerdictStatus.Correct, Verify.With("list", "-1, 2", new[] { 2, -1 }).Status);
    }

    [Fact]
    public void A_label_that_is_no_list_is_the_callers_error()
    {
        Assert.Equal("bad_label", Verify.With("list", "a", "a").Error!.Code);
        Assert.Equal("bad_label", Verify.With("list", "a", Array.Empty<string>()).Error!.Code);
    }
}
