using RewardHub.Verifiers;

namespace RewardHub.Core.Tests.Verifiers;

public class ChoiceVerifierTests
{
    [Theory]
    [InlineData("The answer is (C).", "C")]
    [InlineData("The answer is C", "C")]
    [InlineData("the answer is: C.", "C")]
    [InlineData("Answer: C", "C")]
    [InlineData("**Answer:** C", "C")]
    [InlineData("**Final Answer**: **(C)**", "C")]
    [InlineData("ANSWER: C", "C")]
    [InlineData("The correct answer is option C.", "C")]
    [InlineData("The correct option is C because it is.", "C")]
    [InlineData("The best choice would be (c)", "C")]
    [InlineData("Answer choice: C", "C")]
    [InlineData(@"Therefore \boxed{C}.", "C")]
    [InlineData(@"\boxed{\text{C}}", "C")]
    [InlineData(@"\boxed{\textbf{(C)}}", "C")]
    [InlineData(@"The final answer is $\boxed{\mathrm{C}}$", "C")]
    [InlineData("<answer>C</answer>", "C")]
    [InlineData("<answer> (c) </answer>", "C")]
    [InlineData("Option C is correct.", "C")]
    [InlineData("So (C) is the correct answer.", "C")]
    [InlineData("C", "C")]
    [InlineData("(C)", "C")]
    [InlineData("**C.**", "C")]
    [InlineData("Some work.\n\nC) mitochondria", "C")]
    [InlineData("Some work.\n\n(C) mitochondria", "C")]
    [InlineData("The answer is (A). Wait, no. The answer is (C).", "C")]
    [InlineData("The answer is (A).\n\nThe answer is (C).\n\nI hope this helps.", "C")]
    [InlineData(@"\boxed{A} but then: the answer is C", "C")]
    [InlineData(@"the answer is A but then: \boxed{C}", "C")]
    [InlineData("The answer is A", "A")]
    [InlineData("The answer is A.", "A")]
    [InlineData("The answer is A because it is", "A")]
    [InlineData("The answer is I", "I")]
    [InlineData("The answer is A and C", "A,C")]
    [InlineData("The answer is (A), (C) and (D).", "A,C,D")]
    [InlineData("The answer is B or C", "B,C")]
    [InlineData("<think>The answer is (B)</think> The answer is (C)", "C")]
    [InlineData("The answer is \"C\"", "C")]
    [InlineData("The answer is `C`", "C")]
    [InlineData("Answer：C is not read but Answer: C is", "C")]
    public void Verify_finds_the_stated_letters(string response, string letters)
    {
        Verdict verdict = Verify.With("choice", response, letters);
        Assert.Equal((VerdictStatus.Correct, letters), (verdict.Status, verdict.Evidence.GetValueOrDefault("answer")));
        Assert.Equal(VerdictStatus.Incorrect, Verify.With("choice", response, "J").Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("The answer is a matter of taste")]
    [InlineData("The answer is A good one")]
    [InlineData("The answer is not C")]
    [InlineData("The answer is Because")]
    [InlineData("The answer is K")]
    [InlineData("I don't know")]
    [InlineData("A cat sat on the mat")]
    [InlineData("<think>The answer is (B)")]
    [InlineData("The answer is 12")]
    [InlineData("The answer is I'm not sure")]
    public void Verify_says_unparseable_when_no_letter_is_stated(string response) =>
        Assert.Equal(VerdictStatus.Unparseable, Verify.With("choice", response, "C").Status);

    [Theory]
    [InlineData("The answer is (B).", "B")]
    [InlineData("The answer is B", "B")]
    [InlineData("Answer: B", "B")]
    [InlineData("answer:\n B", "B")]
    [InlineData("The answer is Because", "B")]
    [InlineData("The answer is (A). So the answer is (B).", "B")]
    [InlineData("Answer: A. The answer is (B).", "B")]
    [InlineData("The answer is (B). Answer: A", "B")]
    public void Mmlu_pro_patterns_read_as_that_data_set_does(string response, string letter) => Assert.Equal(
        letter, Verify.With("choice", response, "A", ("patterns", "mmlu_pro")).Evidence.GetValueOrDefault("answer"));

    [Fact]
    public void Mmlu_pro_patterns_ask_for_an_upper_case_letter_in_range()
    {
        Assert.Equal(VerdictStatus.Unparseable, Verify.With("choice", "the answer is (b)", "B", ("patterns", "mmlu_pro")).Status);
        Assert.Equal(VerdictStatus.Unparseable, Verify.With("choice", "The answer is (K)", "B", ("patterns", "mmlu_pro")).Status);
        Assert.Equal(VerdictStatus.Unparseable, Verify.With("choice", "The ANSWER IS (B)", "B", ("patterns", "mmlu_pro")).Status);
    }

    [Fact]
    public void Last_step_reads_nothing_before_the_last_blank_line()
    {
        const string Response = "The answer is (B).\n\nThat is all.\n\n";
        Assert.Equal(VerdictStatus.Correct, Verify.With("choice", Response, "B").Status);
        Assert.Equal(VerdictStatus.Unparseable, Verify.With("choice", Response, "B", ("scope", "last_step")).Status);
        Assert.Equal(VerdictStatus.Correct, Verify.With("choice", "x\n\nThe answer is (B).\n\n", "B", ("scope", "last_step")).Status);
    }

    [Fact]
    public void Last_letter_sets_the_range()
    {
        Assert.Equal(VerdictStatus.Correct, Verify.With("choice", "The answer is (K)", "K", ("last_letter", "Z")).Status);
        Assert.Equal(VerdictStatus.Unparseable, Verify.With("choice", "The answer is (E)", "A", ("last_letter", "D")).Status);
        Assert.Equal("bad_label", Verify.With("choice", "The answer is (A)", "E", ("last_letter", "D")).Error!.Code);
        Assert.Equal("options.last_letter", Verify.With("choice", "The answer is (A)", "A", ("last_letter", "4")).Error!.Path);
    }

    [Fact]
    public void Label_may_be_a_letter_in_brackets_an_index_or_a_list()
    {
        Assert.Equal(VerdictStatus.Correct, Verify.With("choice", "C", "(c)").Status);
        Assert.Equal(VerdictStatus.Correct, Verify.With("choice", "C", 2).Status);
        Assert.Equal(VerdictStatus.Correct, Verify.With("choice", "A and C", new[] { "C", "A" }).Status);
        Assert.Equal("bad_label", Verify.With("choice", "C", 10).Error!.Code);
        Assert.Equal("bad_label", Verify.With("choice", "C", "Paris").Error!.Code);
        Assert.Equal("bad_label", Verify.With("choice", "C", null).Error!.Code);
    }
}
