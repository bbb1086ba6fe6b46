using RewardHub.Verifiers;

namespace RewardHub.Core.Tests.Verifiers;

public class ExactVerifierTests
{
    [Theory]
    [InlineData("Paris", "Paris", "correct")]
    [InlineData(" Paris\n", "Paris", "correct")]
    [InlineData("paris", "Paris", "incorrect")]
    [InlineData("Paris.", "Paris", "incorrect")]
    [InlineData("", "Paris", "unparseable")]
    [InlineData("<think>Paris", "Paris", "unparseable")]
    [InlineData("<think>Rome</think>\nParis", "Paris", "correct")]
    public void Verify_compares_trimmed_text_by_default(string response, string label, string expected) =>
        Assert.Equal(Verify.Status(expected), Verify.With("exact", response, label).Status);

    [Theory]
    [InlineData("case", "PARIS", "Paris")]
    [InlineData("case", "ÉCOLE", "école")]
    [InlineData("punctuation", "Paris!", "Paris")]
    [InlineData("punctuation", "don't", "dont")]
    [InlineData("whitespace", " New \n  York ", "New York")]
    [InlineData("unicode", "ﬁ ² ｆｕｌｌ", "fi 2 full")]
    [InlineData("unicode", "e\u0301", "é")]
    [InlineData("unicode", "\u1112\u1161\u11ab", "한")]
    [InlineData("unicode", "\u212b", "\u00c5")]
    [InlineData("unicode", "a\u0323\u0307", "ạ\u0307")]
    [InlineData("unicode", "a\u0307\u0323", "ạ\u0307")]
    [InlineData("articles", "the answer", " answer")]
    public void Verify_applies_the_named_normalization(string name, string response, string label)
    {
        Assert.Equal(VerdictStatus.Incorrect, Verify.With("exact", response, label, ("normalize", Array.Empty<string>())).Status);
        Assert.Equal(VerdictStatus.Correct, Verify.With("exact", response, label, ("normalize", new[] { name })).Status);
    }

    [Fact]
    public void Verify_applies_several_normalizations_in_their_fixed_order() => Assert.Equal(
        VerdictStatus.Correct,
        Verify.With("exact", "The  Eiffel-Tower.", "eiffeltower", ("normalize", new[] { "whitespace", "articles", "case", "punctuation" })).Status);

    [Theory]
    [InlineData("last_line", "work\n\n 42 \n")]
    [InlineData("boxed", @"so \boxed{7}, no: \boxed{42}.")]
    [InlineData("answer_tag", "<answer>1</answer> <answer> 42 </answer>")]
    [InlineData("hash", "1+1\n#### 42\nbye")]
    public void Verify_reads_only_the_extracted_part(string rule, string response)
    {
        Verdict verdict = Verify.With("exact", response, "42", ("extract", rule));
        Assert.Equal(VerdictStatus.Correct, verdict.Status);
        Assert.Equal("42", verdict.Evidence["answer"]);
        Assert.Equal(VerdictStatus.Unparseable, Verify.With("exact", " ", "42", ("extract", rule)).Status);
    }

    [Fact]
    public void Verify_accepts_any_entry_of_a_list_label() =>
        Assert.Equal(VerdictStatus.Correct, Verify.With("exact", "UK", new[] { "United Kingdom", "UK" }).Status);

    [Theory]
    [InlineData("bogus", "x", "options.bogus")]
    [InlineData("normalize", "case", "options.normalize")]
    [InlineData("extract", "middle", "options.extract")]
    [InlineData("extract", 3, "options.extract")]
    public void Verify_rejects_an_option_it_cannot_use_by_path(string name, object value, string path)
    {
        Verdict verdict = Verify.With("exact", "x", "x", (name, value));
        Assert.Equal(VerdictStatus.Rejected, verdict.Status);
        Assert.Equal(("bad_field", path), (verdict.Error!.Code, verdict.Error.Path));
        Assert.Null(verdict.Score);
    }

    [Fact]
    public void Verify_rejects_a_missing_or_odd_label()
    {
        Assert.Equal("bad_label", Verify.With("exact", "x", null).Error!.Code);
        Assert.Equal("bad_label", Verify.With("exact", "x", new { a = 1 }).Error!.Code);
        Assert.Equal("bad_label", Verify.With("exact", "x", Array.Empty<string>()).Error!.Code);
        Assert.Equal("bad_label", Verify.With("exact", "x", true).Error!.Code);
    }
}
