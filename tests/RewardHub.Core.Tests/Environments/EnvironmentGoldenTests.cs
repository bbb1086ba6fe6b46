using System.Text.Json;
using RewardHub.Contracts;
using RewardHub.Environments;
using RewardHub.Inference;
using RewardHub.Inference.Model;
using RewardHub.Tests;

namespace RewardHub.Core.Tests.Environments;

/// <summary>Cross-entropy figures against the reference rollouts.</summary>
/// <remarks>
/// Tolerances as the golden folder states them: 2e-4 for the NLL of a token, 2e-5 for means. Sums grow with the number of
/// tokens, so they are compared through their means.
/// </remarks>
[Trait("Category", "Golden")]
public sealed class EnvironmentGoldenTests(ITestOutputHelper output)
{
    private const double TokenTolerance = 2e-4;
    private const double MeanTolerance = 2e-5;

    public static TheoryData<string> Checkpoints() => new(Names());

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void Read_gives_the_reference_figures_when_the_caller_gives_the_logprobs(string name)
    {
        var worst = new Differences();
        var pool = new CorpusPool();
        foreach (JsonElement rollout in Golden.Lines("envce", name + ".jsonl"))
        {
            EnvironmentItem item = ItemOf(rollout) with
            {
                Logprobs = [.. rollout.GetProperty("nll").EnumerateArray()
                    .Select(v => v.ValueKind == JsonValueKind.Null ? (double?)null : -v.GetDouble())],
            };
            Outcome<PreparedEnvironment> prepared = EnvironmentScorer.Prepare(item, new() { EveryRole = true });
            Assert.True(prepared.IsOk, prepared.Error?.Message);
            Outcome<EnvironmentReading> reading = EnvironmentScorer.Read(prepared.Value);
            Assert.True(reading.IsOk, reading.Error?.Message);
            CompareRollout(rollout, prepared.Value, reading.Value, worst);
            pool.Add(reading.Value);
        }

        CompareCorpus(Golden.Json("envce", name + ".corpus.json"), pool.ToCrossEntropy(), worst);
        output.WriteLine($"{name}: {worst}");
    }

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void Read_gives_the_reference_figures_when_the_engine_gives_the_logprobs(string name)
    {
        using Checkpoint checkpoint = Load(name);
        var worst = new Differences();
        var pool = new CorpusPool();
        foreach (JsonElement rollout in Golden.Lines("envce", name + ".jsonl"))
        {
            EnvironmentItem item = ItemOf(rollout);
            PreparedEnvironment everyRole = Prepare(item, new() { EveryRole = true }, checkpoint.Facts);
            EnvironmentReading full = Run(checkpoint, everyRole);
            CompareRollout(rollout, everyRole, full, worst);

            // Asking for the observations alone gives the same bits as asking for every token.
            EnvironmentReading reading = Run(checkpoint, Prepare(item, new(), checkpoint.Facts));
            Assert.Equal(full.Observation, reading.Observation);
            Assert.Equal(full.Loss, reading.Loss);
            Assert.Equal(full.Turns, reading.Turns);
            pool.Add(reading);
        }

        CompareCorpus(Golden.Json("envce", name + ".corpus.json"), pool.ToCrossEntropy(), worst);
        output.WriteLine($"{name}: {worst}");
    }

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void Figures_of_a_rollout_have_the_same_bits_alone_and_in_one_batch(string name)
    {
        using Checkpoint checkpoint = Load(name);
        PreparedEnvironment[] prepared =
        [
            .. Golden.Lines("envce", name + ".jsonl").Select(r => Prepare(ItemOf(r), new(), checkpoint.Facts))
                .Where(p => p.Request is not null),
        ];
        float[][] together = checkpoint.Engine.Run([.. prepared.Select(p => p.Request!)]);
        for (int i = 0; i < prepared.Length; i++)
        {
            Outcome<EnvironmentReading> inBatch = EnvironmentScorer.Read(prepared[i], together[i]);
            Assert.True(inBatch.IsOk);
            Assert.Equal(Run(checkpoint, prepared[i]).Observation, inBatch.Value.Observation);
        }
    }

    private static Checkpoint Load(string name)
    {
        try
        {
            return Checkpoint.Load(Golden.File("models", name), new EngineOptions { Threads = 1 });
        }
        catch (ModelFormatException e)
        {
            Golden.NotCovered($"{name}: {e.Message}");
            throw;
        }
    }

    private static PreparedEnvironment Prepare(EnvironmentItem item, EnvironmentOptions options, ModelFacts facts)
    {
        Outcome<PreparedEnvironment> prepared = EnvironmentScorer.Prepare(item, options, facts);
        Assert.True(prepared.IsOk, prepared.Error?.Message);
        return prepared.Value;
    }

    private static EnvironmentReading Run(Checkpoint checkpoint, PreparedEnvironment prepared)
    {
        float[] values = prepared.Request is { } request ? checkpoint.Engine.Run([request])[0] : [];
        Outcome<EnvironmentReading> reading = EnvironmentScorer.Read(prepared, values);
        Assert.True(reading.IsOk, reading.Error?.Message);
        return reading.Value;
    }

    private static string[] Names() =>
    [
        .. Directory.EnumerateFiles(Golden.File("envce"), "*.jsonl").Select(f => Path.GetFileNameWithoutExtension(f)).Order(),
    ];

    private static EnvironmentItem ItemOf(JsonElement rollout) => new()
    {
        Id = rollout.GetProperty("id").GetString()!,
        TokenIds = Ints(rollout, "input_ids"),
        TokenBytes = Ints(rollout, "token_bytes"),
        Spans =
        [
            .. rollout.GetProperty("spans").EnumerateArray().Select(s => new TokenSpan(
                s.GetProperty("start").GetInt32(), s.GetProperty("end").GetInt32(),
                Enum.Parse<SpanRole>(s.GetProperty("role").GetString()!, ignoreCase: true),
                s.GetProperty("turn").GetInt32(), s.GetProperty("source").GetString())),
        ],
    };

    private static int[] Ints(JsonElement of, string name) =>
        [.. of.GetProperty(name).EnumerateArray().Select(v => v.GetInt32())];

    private static void CompareRollout(
        JsonElement expected, PreparedEnvironment prepared, EnvironmentReading actual, Differences worst)
    {
        JsonElement[] nll = [.. expected.GetProperty("nll").EnumerateArray()];
        JsonElement[] exact = [.. expected.GetProperty("nll_f64").EnumerateArray()];
        Assert.Equal(nll.Length, actual.TokenNll.Count);
        for (int t = 0; t < nll.Length; t++)
        {
            if (nll[t].ValueKind == JsonValueKind.Null)
            {
                Assert.Null(actual.TokenNll[t]);
                continue;
            }

            worst.Token(nll[t].GetDouble(), actual.TokenNll[t]!.Value);
            worst.Token(exact[t].GetDouble(), actual.TokenNll[t]!.Value);
        }

        Compare(expected.GetProperty("observation"), actual.Observation, worst);
        Compare(expected.GetProperty("observation_env"), actual.BySource.GetValueOrDefault("env"), worst);
        Compare(expected.GetProperty("observation_harness"), actual.BySource.GetValueOrDefault("harness"), worst);
        Compare(expected.GetProperty("action"), actual.ByRole.GetValueOrDefault(SpanRole.Action), worst);
        Compare(expected.GetProperty("template"), actual.ByRole.GetValueOrDefault(SpanRole.Template), worst);
        Compare(expected.GetProperty("prompt"), actual.ByRole.GetValueOrDefault(SpanRole.Prompt), worst);

        JsonElement[] turns = [.. expected.GetProperty("per_turn").EnumerateArray()];
        Assert.Equal(turns.Select(t => t.GetProperty("turn").GetInt32()), actual.Turns.Select(t => t.Turn));
        for (int i = 0; i < turns.Length; i++)
            Compare(turns[i].GetProperty("observation"), actual.Turns[i].Observation, worst);

        worst.Mean(expected.GetProperty("echo_env_over_all_observation_tokens"), actual.Loss);
        if (actual.Loss is null) return;
        EnvironmentReading withEpsilon = Reread(prepared, actual, EchoDefinition.Default with { AddsEpsilon = true });
        worst.Mean(expected.GetProperty("echo_env_over_all_observation_tokens_eps"), withEpsilon.Loss);
    }

    /// <summary>The same token values under another definition of the loss.</summary>
    private static EnvironmentReading Reread(
        PreparedEnvironment prepared, EnvironmentReading reading, EchoDefinition definition)
    {
        Outcome<EnvironmentReading> again = EnvironmentScorer.Read(prepared with
        {
            Options = prepared.Options with { Definition = definition },
            Request = null,
            Given = [.. prepared.Asked.Select(t => -reading.TokenNll[t]!.Value)],
        });
        Assert.True(again.IsOk);
        return again.Value;
    }

    private static void Compare(JsonElement expected, TokenSum actual, Differences worst) =>
        Compare(expected, actual.ToCrossEntropy(), worst);

    private static void Compare(JsonElement expected, CrossEntropy actual, Differences worst)
    {
        Assert.Equal(expected.GetProperty("tokens").GetInt32(), actual.Tokens);
        Assert.Equal(expected.GetProperty("unscored_tokens").GetInt32(), actual.UnscoredTokens);
        worst.Mean(expected.GetProperty("mean_nats"), actual.MeanNats);
        worst.Mean(expected.GetProperty("mean_bits"), actual.MeanBits);
        if (actual.Tokens == 0) return;
        Assert.Equal(expected.GetProperty("bytes").GetInt64(), actual.Bytes);
        worst.Mean(expected.GetProperty("bits_per_byte"), actual.BitsPerByte);
    }

    private static void CompareCorpus(JsonElement expected, CorpusCrossEntropy actual, Differences worst)
    {
        Assert.Equal(expected.GetProperty("rollouts").GetInt32(), actual.Rollouts);
        Assert.Equal(expected.GetProperty("rollouts_without_observation").GetInt32(), actual.RolloutsWithoutObservation);
        Compare(expected.GetProperty("micro"), actual.Micro, worst);
        worst.Mean(expected.GetProperty("macro_mean_nats"), actual.MacroMeanNats);
        Compare(expected.GetProperty("micro_env"), actual.BySource["env"], worst);
        Compare(expected.GetProperty("micro_harness"), actual.BySource["harness"], worst);
        JsonElement[] turns = [.. expected.GetProperty("by_turn").EnumerateArray()];
        Assert.Equal(turns.Select(t => t.GetProperty("turn").GetInt32()), actual.ByTurn.Select(t => t.Turn));
        for (int i = 0; i < turns.Length; i++) Compare(turns[i], actual.ByTurn[i].Observation, worst);
    }

    /// <summary>Checks each difference and keeps the largest.</summary>
    private sealed class Differences
    {
        private double _token;
        private double _mean;
        private int _tokens;

        public void Token(double expected, double actual)
        {
            Assert.Equal(expected, actual, TokenTolerance);
            _token = Math.Max(_token, Math.Abs(expected - actual));
            _tokens++;
        }

        public void Mean(JsonElement expected, double? actual)
        {
            if (expected.ValueKind == JsonValueKind.Null)
            {
                Assert.Null(actual);
                return;
            }

            Assert.NotNull(actual);
            Assert.Equal(expected.GetDouble(), actual.Value, MeanTolerance);
            _mean = Math.Max(_mean, Math.Abs(expected.GetDouble() - actual.Value));
        }

        public override string ToString() =>
            $"max |difference| of {_tokens} token NLLs {_token:E2}, of means {_mean:E2}";
    }
}
