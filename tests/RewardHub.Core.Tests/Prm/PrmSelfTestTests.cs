using RewardHub.Inference;
using RewardHub.Inference.Tokenizers;
using RewardHub.Prm;

namespace RewardHub.Core.Tests.Prm;

/// <summary>What keeps a model from serving, tried with the golden checkpoints and their tokenizers.</summary>
[Trait("Category", "Golden")]
public sealed class PrmSelfTestTests(ITestOutputHelper output, PrmGoldenModels models) : IClassFixture<PrmGoldenModels>
{
    public static TheoryData<string> Formats() => new(PrmGoldenModels.FormatIds());

    [Theory]
    [MemberData(nameof(Formats))]
    public void Bind_passes_every_check_on_a_model_of_the_format(string format)
    {
        models.Bind(format);
        SelfTest result = models.SelfTestOf(format);
        Assert.True(result.Passed);
        Assert.Contains(result.Checks, c => c.Name == "architecture");
        Assert.Contains(result.Checks, c => c.Name == "vocabulary");
        Assert.Contains(result.Checks, c => c.Name == "sample_markers");
        Assert.Contains(result.Checks, c => c.Name == "sample_scores");
        foreach (SelfTestCheck check in result.Checks) output.WriteLine($"{check.Name}: {check.Detail}");
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Bind_refuses_every_format_that_the_architecture_does_not_fit(string format)
    {
        PrmGoldenModel golden = models.Bind(format);
        foreach (PrmFormat other in PrmFormats.All.Where(f => !f.Architectures.Contains(golden.Model.Facts.Architecture)))
            Assert.Contains("architecture", Failures(golden, golden.Model.Facts, models.TokenizerOf(format), other));
    }

    [Fact]
    public void Bind_refuses_a_tokenizer_with_more_tokens_than_the_model_has_rows()
    {
        PrmGoldenModel golden = models.Bind("versaprm");
        ModelFacts small = golden.Model.Facts with { VocabularySize = models.TokenizerOf("versaprm").VocabularySize - 1 };
        Assert.Contains("vocabulary", Failures(golden, small, models.TokenizerOf("versaprm"), golden.Model.Format));
    }

    [Fact]
    public void Bind_refuses_a_tokenizer_that_leaves_most_rows_unused()
    {
        PrmGoldenModel golden = models.Bind("versaprm");
        ModelFacts large = golden.Model.Facts with { VocabularySize = 128_256 };
        Assert.Contains("vocabulary", Failures(golden, large, models.TokenizerOf("versaprm"), golden.Model.Format));
    }

    [Fact]
    public void Bind_refuses_a_tokenizer_in_which_the_marker_is_no_single_token()
    {
        // A SentencePiece vocabulary has no token of a space and four line feeds.
        PrmGoldenModel golden = models.Bind("versaprm");
        Tokenizer other = models.TokenizerOf("math-shepherd");
        ModelFacts facts = golden.Model.Facts with { VocabularySize = other.VocabularySize };
        Assert.Contains("marker", Failures(golden, facts, other, golden.Model.Format));
    }

    [Fact]
    public void Bind_refuses_candidates_that_are_not_two_different_tokens()
    {
        PrmGoldenModel golden = models.Bind("versaprm");
        PrmFormat same = golden.Model.Format with { ReadOut = new PrmReadOut.VocabularyPair("+", "+") };
        PrmFormat many = golden.Model.Format with { ReadOut = new PrmReadOut.VocabularyPair("good step", "-") };
        Tokenizer tokenizer = models.TokenizerOf("versaprm");
        Assert.Equal(["candidates"], Failures(golden, golden.Model.Facts, tokenizer, same));
        Assert.Equal(["candidates"], Failures(golden, golden.Model.Facts, tokenizer, many));
    }

    [Fact]
    public void Bind_refuses_a_head_of_another_width()
    {
        PrmGoldenModel golden = models.Bind("trl-prm");
        ModelFacts facts = golden.Model.Facts with { HeadWidth = 5 };
        Assert.Equal(["head_width"], Failures(golden, facts, models.TokenizerOf("trl-prm"), golden.Model.Format));
    }

    [Fact]
    public void Bind_refuses_a_checkpoint_without_vocabulary_rows_for_a_vocabulary_pair()
    {
        PrmGoldenModel golden = models.Bind("versaprm");
        ModelFacts facts = golden.Model.Facts with { HasVocabularyHead = false };
        Assert.Equal(["vocabulary_head"], Failures(golden, facts, models.TokenizerOf("versaprm"), golden.Model.Format));
    }

    [Fact]
    public void Bind_refuses_a_model_whose_numbers_are_not_finite()
    {
        PrmGoldenModel golden = models.Bind("versaprm");
        PrmBinding binding = ProcessRewardModel.Bind(golden.Model.Facts, models.TokenizerOf("versaprm"),
            new PrmFormatChoice(golden.Model.Format, golden.Model.Defaults), _ => [1, 2, float.NaN, 4]);
        Assert.Null(binding.Model);
        Assert.Equal("sample_scores", Assert.Single(binding.SelfTest.Checks, c => !c.Passed).Name);
    }

    [Fact]
    public void Bind_refuses_a_context_that_the_sample_does_not_fit()
    {
        PrmGoldenModel golden = models.Bind("versaprm");
        ModelFacts facts = golden.Model.Facts with { ContextLength = 4 };
        Assert.Equal(["sample_markers"], Failures(golden, facts, models.TokenizerOf("versaprm"), golden.Model.Format));
    }

    [Fact]
    public void Choose_finds_the_format_of_every_golden_checkpoint_whose_architecture_has_only_one()
    {
        int found = 0;
        foreach (string format in PrmGoldenModels.FormatIds())
        {
            string architecture = models.Bind(format).Model.Facts.Architecture;
            if (PrmFormats.Fitting(architecture).Count != 1) continue;
            string folder = PrmGoldenModels.Folder(PrmGoldenModels.Row(format).GetProperty("checkpoint").GetString()!);
            Assert.Equal(format, PrmFormatChoice.Choose(folder, architecture).Format.Id);
            found++;
        }

        Assert.True(found > 0);
        output.WriteLine($"{found} formats found by their architecture");
    }

    private static string[] Failures(PrmGoldenModel golden, ModelFacts facts, Tokenizer tokenizer, PrmFormat format)
    {
        PrmBinding binding = ProcessRewardModel.Bind(facts, tokenizer,
            new PrmFormatChoice(format, PrmOptions.Of(format)), request => golden.Engine.Run([request])[0]);
        Assert.Null(binding.Model);
        Assert.False(binding.SelfTest.Passed);
        return [.. binding.SelfTest.Checks.Where(c => !c.Passed).Select(c => c.Name)];
    }
}
