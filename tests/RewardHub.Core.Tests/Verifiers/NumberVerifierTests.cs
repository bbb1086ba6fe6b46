using RewardHub.Verifiers;

namespace RewardHub.Core.Tests.Verifiers;

public class NumberVerifierTests
{
    [Theory]
    [InlineData("42", "42", "correct")]
    [InlineData("The result is 42.", "42", "correct")]
    [InlineData("42.0", "42", "correct")]
    [InlineData("042", "42", "correct")]
    [InlineData("41", "42", "incorrect")]
    [InlineData("-42", "42", "incorrect")]
    [InlineData("x = −42", "-42", "correct")]
    [InlineData("+42", "42", "correct")]
    [InlineData("10-5", "5", "correct")]
    [InlineData("1,234,567", "1234567", "correct")]
    [InlineData("1{,}234", "1234", "correct")]
    [InlineData(@"1\,234", "1234", "correct")]
    [InlineData("12,34", "34", "correct")]
    [InlineData("$1,000.50", "1000.5", "correct")]
    [InlineData(".5", "0.5", "correct")]
    [InlineData("-.5", "-1/2", "correct")]
    [InlineData("1e3", "1000", "correct")]
    [InlineData("1.5E-3", "0.0015", "correct")]
    [InlineData("1.5 × 10^3", "1500", "correct")]
    [InlineData(@"1.5 \times 10^{-3}", "0.0015", "correct")]
    [InlineData("3/4", "0.75", "correct")]
    [InlineData("6/8", "3/4", "correct")]
    [InlineData(@"\frac{3}{4}", "0.75", "correct")]
    [InlineData(@"-\dfrac{3}{4}", "-0.75", "correct")]
    [InlineData(@"\frac34", "0.75", "correct")]
    [InlineData("3 1/2", "3.5", "correct")]
    [InlineData(@"3\frac{1}{2}", "3.5", "correct")]
    [InlineData("1/0", "1/0", "correct")]
    [InlineData("50%", "0.5", "correct")]
    [InlineData("50%", "50", "correct")]
    [InlineData(@"50\%", "50%", "correct")]
    [InlineData("50 percent", "50%", "correct")]
    [InlineData("0.5", "50%", "correct")]
    [InlineData("5", "50%", "incorrect")]
    [InlineData("0.333", "1/3", "incorrect")]
    [InlineData("area: 12 cm^2", "12", "correct")]
    [InlineData("12 m/s", "12", "correct")]
    [InlineData("H2 and x1", "2", "unparseable")]
    [InlineData("none", "2", "unparseable")]
    [InlineData("", "2", "unparseable")]
    [InlineData("7 then 8", "8", "correct")]
    [InlineData("#### 1,200\n", "1200", "correct")]
    [InlineData("5 apples\n#### 7\n(8 pears)", "7", "correct")]
    [InlineData(@"so \boxed{12}. Check: 3", "12", "correct")]
    [InlineData(@"\boxed{(3, 4)}", "4", "unparseable")]
    [InlineData("<answer>12</answer> 13", "12", "correct")]
    [InlineData("The answer is 12 of 20.", "12", "correct")]
    [InlineData("Answer: 12\nBye 3", "12", "correct")]
    [InlineData("<think>9</think>8", "8", "correct")]
    [InlineData("0.1", "0.1000000000000000055", "incorrect")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567891", "incorrect")]
    public void Verify_reads_and_compares_exactly(string response, string label, string expected)
    {
        if (label == "1/0")
        {
            Assert.Equal("1", Verify.With("number", response, "1").Evidence["label"]);
            return;
        }

        Assert.Equal(Verify.Status(expected), Verify.With("number", response, label).Status);
    }

    [Theory]
    [InlineData("3.14", 3.14159, 0.01, 0, true)]
    [InlineData("3.1", 3.14159, 0.01, 0, false)]
    [InlineData("0.3", 0.0, 0.3, 0, true)]
    [InlineData("101", 100, 0, 0.01, true)]
    [InlineData("101.1", 100, 0, 0.01, false)]
    [InlineData("-99", -100, 0, 0.01, true)]
    [InlineData("1e300", 1e300, 0, 0, true)]
    public void Tolerances_are_inclusive_and_decimal(string response, double label, double absolute, double relative, bool correct) =>
        Assert.Equal(
            correct ? VerdictStatus.Correct : VerdictStatus.Incorrect,
            Verify.With("number", response, label, ("tolerance", absolute), ("relative_tolerance", relative)).Status);

    [Theory]
    [InlineData("tolerance", -1, "options.tolerance")]
    [InlineData("tolerance", "1", "options.tolerance")]
    [InlineData("relative_tolerance", 2, "options.relative_tolerance")]
    [InlineData("tolerence", 1, "options.tolerence")]
    public void Options_out_of_range_are_rejected_by_path(string name, object value, string path)
    {
        Verdict verdict = Verify.With("number", "1", "1", (name, value));
        Assert.Equal((VerdictStatus.Rejected, "bad_field", path), (verdict.Status, verdict.Error!.Code, verdict.Error.Path));
    }

    [Fact]
    public void Percent_as_a_fraction_only_is_an_option()
    {
        Assert.Equal(VerdictStatus.Incorrect, Verify.With("number", "50%", "50", ("percent", "fraction")).Status);
        Assert.Equal(VerdictStatus.Correct, Verify.With("number", "50%", "0.5", ("percent", "fraction")).Status);
    }

    [Theory]
    [InlineData("twelve")]
    [InlineData("3 or 4")]
    [InlineData("")]
    public void A_label_that_is_not_one_number_is_the_callers_error(string label) =>
        Assert.Equal("bad_label", Verify.With("number", "1", label).Error!.Code);

    [Theory]
    [InlineData("boxed", "boxed")]
    [InlineData("auto", "last_number")]
    public void Evidence_names_the_rule(string extract, string rule)
    {
        string response = rule == "boxed" ? @"1 \boxed{2} 3" : "1 2 3";
        Assert.Equal(rule, Verify.With("number", response, 2, ("extract", extract)).Evidence["rule"]);
    }
}
