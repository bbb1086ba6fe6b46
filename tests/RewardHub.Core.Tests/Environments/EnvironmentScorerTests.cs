using RewardHub.Contracts;
using RewardHub.Environments;
using RewardHub.Inference;

namespace RewardHub.Core.Tests.Environments;

public class EnvironmentScorerTests
{
    private static readonly ModelFacts Model = new()
    {
        Architecture = "LlamaForCausalLM",
        VocabularySize = 100,
        HiddenSize = 8,
        Layers = 1,
        ContextLength = 16,
        HeadWidth = 0,
        HasVocabularyHead = true,
        Hash = "0",
        WeightBytes = 0,
    };

    /// <summary>prompt [0,2), action [2,4), observation [4,7) of turn 0, harness text [7,9), action [9,10).</summary>
    private static EnvironmentItem Item() => new()
    {
        Id = "a",
        TokenIds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        Spans =
        [
            new(0, 2, SpanRole.Prompt), new(2, 4, SpanRole.Action, 0), new(4, 7, SpanRole.Observation, 0, "stdout"),
            new(7, 9, SpanRole.Observation, 0, "harness"), new(9, 10, SpanRole.Action, 1),
        ],
        Logprobs = [null, -1, -1, -1, -2, -2, -2, -0.5, -0.5, -1],
        TokenBytes = [3, 3, 3, 3, 2, 2, 2, 4, 4, 3],
    };

    [Fact]
    public void Prepare_asks_the_engine_only_before_observation_tokens()
    {
        PreparedEnvironment prepared = Ok(EnvironmentScorer.Prepare(Item(), new(), Model));
        Assert.Equal([4, 5, 6, 7, 8], prepared.Asked);
        Assert.Equal([3, 4, 5, 6, 7], prepared.Request!.ReadOut.Positions);
        Assert.IsType<ReadOut.NextToken>(prepared.Request.ReadOut);
    }

    [Fact]
    public void Prepare_makes_no_request_when_nothing_is_observed()
    {
        EnvironmentItem item = Item() with { Spans = [new(0, 10, SpanRole.Action, 0)] };
        PreparedEnvironment prepared = Ok(EnvironmentScorer.Prepare(item, new(), Model));
        Assert.Null(prepared.Request);
        EnvironmentReading reading = Ok(EnvironmentScorer.Read(prepared));
        Assert.Null(reading.Loss);
        Assert.Equal(new CrossEntropy(0, 0, 0, null, null, null, null), reading.Observation.ToCrossEntropy());
    }

    [Fact]
    public void Read_never_counts_action_tokens_towards_an_observation()
    {
        EnvironmentItem item = Item() with { Logprobs = [null, -1, -900, -900, -2, -2, -2, -0.5, -0.5, -900] };
        EnvironmentReading reading = Read(item);
        Assert.Equal(5, reading.Observation.Tokens);
        Assert.Equal(7.0, reading.Observation.NllSum);
    }

    [Fact]
    public void Read_leaves_the_first_token_unscored_and_counts_it()
    {
        EnvironmentItem item = Item() with
        {
            Spans = [new(0, 3, SpanRole.Observation, 0)],
            Logprobs = [-7, -1, -1, -1, -1, -1, -1, -1, -1, -1],
        };
        EnvironmentReading reading = Read(item);
        Assert.Equal(2, reading.Observation.Tokens);
        Assert.Equal(1, reading.Observation.Unscored);
        Assert.Null(reading.TokenNll[0]);
    }

    [Fact]
    public void Read_divides_the_default_loss_by_all_observation_tokens()
    {
        // Three environment tokens of 2 nats and two harness tokens: 6 / 5, not 2.
        EnvironmentReading reading = Read(Item());
        Assert.Equal(6.0 / 5, reading.Loss!.Value, 1e-12);
        Assert.Equal("echo.sequence_mean.full_observation", EchoDefinition.Default.Id);
    }

    [Theory]
    [InlineData("echo.sequence_mean.full_observation.eps", 6 / 5.001)]
    [InlineData("echo.sequence_mean.selected", 2.0)]
    [InlineData("echo.sequence_mean.selected.eps", 6 / 3.001)]
    [InlineData("echo.sequence_mean.full_observation.full_observation", 7.0 / 5)]
    [InlineData("echo.sequence_mean.selected.harness_only", 0.5)]
    [InlineData("echo.sequence_mean.full_observation.harness_only", 1.0 / 5)]
    public void Loss_follows_the_definition_it_names(string id, double expected)
    {
        Assert.True(EchoDefinition.TryParse(id, out EchoDefinition? definition));
        Assert.Equal(id, definition.Id);
        EnvironmentReading reading = Read(Item(), new EnvironmentOptions { Definition = definition });
        Assert.Equal(expected, reading.Loss!.Value, 1e-12);
    }

    [Fact]
    public void Every_definition_has_its_own_id() =>
        Assert.Equal(EchoDefinition.All.Count, EchoDefinition.All.Select(d => d.Id).Distinct().Count());

    [Fact]
    public void Loss_is_null_and_not_zero_when_no_target_token_is_there()
    {
        EnvironmentItem item = Item() with { Spans = [new(4, 9, SpanRole.Observation, 0, "harness")] };
        Assert.Null(Read(item).Loss);
    }

    [Fact]
    public void Read_counts_the_harness_role_as_harness_text_of_the_observation()
    {
        EnvironmentItem item = Item() with { Spans = [new(4, 7, SpanRole.Observation, 0), new(7, 9, SpanRole.Harness, 0)] };
        EnvironmentReading reading = Read(item);
        Assert.Equal(5, reading.Observation.Tokens);
        Assert.Equal(3, reading.BySource["env"].Tokens);
        Assert.Equal(2, reading.BySource["harness"].Tokens);
        Assert.Equal(6.0 / 5, reading.Loss!.Value, 1e-12);
    }

    [Fact]
    public void Read_gives_bits_and_bits_per_byte_of_the_scored_tokens()
    {
        CrossEntropy figures = Read(Item()).Observation.ToCrossEntropy();
        Assert.Equal(1.4, figures.MeanNats!.Value, 1e-12);
        Assert.Equal(1.4 / Math.Log(2), figures.MeanBits!.Value, 1e-12);
        Assert.Equal(14, figures.Bytes);
        Assert.Equal(7 / Math.Log(2) / 14, figures.BitsPerByte!.Value, 1e-12);
        Assert.Null(Read(Item() with { TokenBytes = null }).Observation.ToCrossEntropy().BitsPerByte);
    }

    [Fact]
    public void Read_gives_no_bits_per_byte_when_the_tokens_stand_for_no_text()
    {
        CrossEntropy figures = Read(Item() with { TokenBytes = new int[10] }).Observation.ToCrossEntropy();
        Assert.Equal(0, figures.Bytes);
        Assert.Null(figures.BitsPerByte);
    }

    [Fact]
    public void Read_refuses_numbers_that_are_not_finite()
    {
        PreparedEnvironment prepared = Ok(EnvironmentScorer.Prepare(Item(), new(), Model));
        Outcome<EnvironmentReading> reading = EnvironmentScorer.Read(prepared, [-1, -1, float.NaN, -1, -1]);
        Assert.Equal(ErrorCodes.NotFinite, reading.Error?.Code);
    }

    [Fact]
    public void Read_throws_when_the_engine_gave_another_number_of_values()
    {
        PreparedEnvironment prepared = Ok(EnvironmentScorer.Prepare(Item(), new(), Model));
        Assert.Throws<ArgumentException>(() => EnvironmentScorer.Read(prepared, [-1f]));
    }

    [Fact]
    public void Prepare_refuses_what_the_model_cannot_take()
    {
        Assert.Equal(ErrorCodes.TokenOutOfVocabulary, Error(Item() with { TokenIds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 100] }));
        Assert.Equal(ErrorCodes.TokenOutOfVocabulary, Error(Item() with { TokenIds = [-1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }));
        Assert.Equal(ErrorCodes.OverLength, Error(Item() with { TokenIds = new int[17] }));
        Assert.Equal(ErrorCodes.BadField, Error(Item() with { TokenIds = [] }));
        Assert.Equal(ErrorCodes.BadField, Error(Item() with { TokenBytes = [1] }));
        Assert.Equal(ErrorCodes.BadField, Error(Item() with { TokenBytes = [-1, 1, 1, 1, 1, 1, 1, 1, 1, 1] }));
        Assert.Equal(ErrorCodes.OverLength,
            EnvironmentScorer.Prepare(Item(), new() { MaxTokens = 9 }, Model).Error?.Code);
        Assert.True(EnvironmentScorer.Prepare(Item(), new() { MaxTokens = 10 }, Model).IsOk);

        static string? Error(EnvironmentItem item) => EnvironmentScorer.Prepare(item, new(), Model).Error?.Code;
    }

    public static TheoryData<double?[]?> BadLogprobs() => new(
        null,
        [null, -1, -1],
        [null, -1, -1, -1, -2, 0.1, -2, -0.5, -0.5, -1],
        [null, -1, -1, -1, -2, double.NaN, -2, -0.5, -0.5, -1],
        [null, -1, double.NegativeInfinity, -1, -2, -1, -2, -0.5, -0.5, -1],
        [null, -1, -1, -1, null, -1, -2, -0.5, -0.5, -1]);

    [Theory]
    [MemberData(nameof(BadLogprobs))]
    public void Prepare_refuses_logprobs_that_cannot_be_right(double?[]? logprobs) => Assert.Equal(
        ErrorCodes.BadLogprobs, EnvironmentScorer.Prepare(Item() with { Logprobs = logprobs }, new()).Error?.Code);

    [Fact]
    public void Prepare_takes_logprobs_that_are_missing_where_nothing_is_asked() => Assert.True(
        EnvironmentScorer.Prepare(
            Item() with { Logprobs = [null, null, null, null, -2, -2, -2, 0, -0.5, null] }, new()).IsOk);

    [Fact]
    public void ToResult_carries_tokens_only_when_asked()
    {
        EnvironmentReading reading = Read(Item());
        Assert.Null(EnvironmentScorer.ToResult(reading, "a", 0, returnTokens: false).TokenNll);
        EnvironmentItemResult result = EnvironmentScorer.ToResult(reading, "a", 3, returnTokens: true);
        Assert.Equal([null, null, null, null, 2, 2, 2, 0.5, 0.5, null], result.TokenNll!);
        Assert.Equal(3, result.Index);
        Assert.Equal(ItemStatus.Ok, result.Status);
        Assert.Equal([0, 1], result.Turns!.Select(t => t.Turn));
        Assert.Equal(["harness", "stdout"], result.BySource!.Keys);
    }

    [Fact]
    public void Pool_weights_tokens_in_micro_and_rollouts_in_macro()
    {
        // 100 tokens at 0.05 nats and 10 tokens at 2 nats: micro 25 / 110, macro (0.05 + 2) / 2.
        var pool = new CorpusPool();
        pool.Add(Read(Uniform(101, -0.05)));
        pool.Add(Read(Uniform(11, -2)));
        pool.Add(Read(Uniform(5, -1) with { Spans = [] }));
        CorpusCrossEntropy corpus = pool.ToCrossEntropy();
        Assert.Equal(25.0 / 110, corpus.Micro.MeanNats!.Value, 1e-12);
        Assert.Equal(1.025, corpus.MacroMeanNats!.Value, 1e-12);
        Assert.Equal(3, corpus.Rollouts);
        Assert.Equal(1, corpus.RolloutsWithoutObservation);
    }

    [Fact]
    public void Pool_without_rollouts_has_no_means()
    {
        CorpusCrossEntropy corpus = new CorpusPool().ToCrossEntropy();
        Assert.Null(corpus.Micro.MeanNats);
        Assert.Null(corpus.MacroMeanNats);
        Assert.Equal(0, corpus.Rollouts);
    }

    [Fact]
    public void Pool_has_no_bits_per_byte_when_one_rollout_lacks_bytes()
    {
        var pool = new CorpusPool();
        pool.Add(Read(Item()));
        Assert.NotNull(pool.ToCrossEntropy().Micro.BitsPerByte);
        pool.Add(Read(Item() with { TokenBytes = null }));
        Assert.Null(pool.ToCrossEntropy().Micro.BitsPerByte);
    }

    private static EnvironmentItem Uniform(int tokens, double logprob) => new()
    {
        Id = "u",
        TokenIds = new int[tokens],
        Spans = [new(0, 1, SpanRole.Prompt), new(1, tokens, SpanRole.Observation, 0)],
        Logprobs = [.. Enumerable.Repeat<double?>(logprob, tokens)],
    };

    private static EnvironmentReading Read(EnvironmentItem item, EnvironmentOptions? options = null) =>
        Ok(EnvironmentScorer.Read(Ok(EnvironmentScorer.Prepare(item, options ?? new()))));

    private static T Ok<T>(Outcome<T> outcome)
    {
        Assert.True(outcome.IsOk, outcome.Error?.Message);
        return outcome.Value;
    }
}
