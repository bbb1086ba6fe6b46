using System.Text.Json;
using RewardHub.Contracts;
using RewardHub.Inference;
using RewardHub.Prm;
using RewardHub.Tests;

namespace RewardHub.Core.Tests.Prm;

/// <summary>Every reference case of every format: assembled ids, positions, scores, aggregates.</summary>
/// <remarks>
/// Tolerances as the golden folder states them: 1e-4 for scores in [0, 1], 2e-4 for raw outcome scores; ids, positions and texts
/// are exact.
/// </remarks>
[Trait("Category", "Golden")]
public sealed class PrmGoldenTests(ITestOutputHelper output, PrmGoldenModels models) : IClassFixture<PrmGoldenModels>
{
    private const double ScoreTolerance = 1e-4;
    private const double OutcomeTolerance = 2e-4;

    public static TheoryData<string> Formats() => new(PrmGoldenModels.FormatIds());

    [Theory]
    [MemberData(nameof(Formats))]
    public void Render_gives_the_reference_ids_text_and_positions(string format)
    {
        ProcessRewardModel model = models.Bind(format).Model;
        int cases = 0, strict = 0;
        foreach (JsonElement row in Golden.Lines("prm", format + ".jsonl"))
        {
            string id = row.GetProperty("id").GetString()!;
            StepPrompt prompt = Render(model, row, model.Format.ReferencePolicy);
            Assert.Equal(Ints(row, "input_ids"), prompt.Tokens);
            Assert.Equal(Ints(row, "marker_positions"), prompt.MarkerPositions);
            Assert.Equal(Ints(row, "read_positions"), prompt.ReadPositions);
            Assert.Equal(row.GetProperty("n_tokens").GetInt32(), prompt.Tokens.Length);
            if (row.GetProperty("text").GetString() is { } text) Assert.Equal(text, prompt.Text);
            cases++;
            if (model.Format.MarkerPolicies.Count > 1 && NeedsReferencePolicy(row)) continue;
            Assert.True(prompt.Tokens.SequenceEqual(Render(model, row, MarkerPolicy.Refuse).Tokens), id);
            strict++;
        }

        Assert.True(cases > 0, $"no case of {format}");
        output.WriteLine($"{format}: {cases} cases exact, {strict} of them also under the strict policy");
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_gives_the_reference_scores_and_aggregates(string format)
    {
        PrmGoldenModel golden = models.Bind(format);
        double worst = 0, worstExact = 0, worstAggregate = 0;
        foreach (JsonElement row in Golden.Lines("prm", format + ".jsonl"))
        {
            StepScores scores = Score(golden, Render(golden.Model, row, golden.Model.Format.ReferencePolicy));
            if (golden.Model.Format.IsOutcome)
            {
                worst = Near(row.GetProperty("score"), scores.Outcome!.Value, OutcomeTolerance, worst);
                worstExact = Near(row.GetProperty("score_f64"), scores.Outcome.Value, OutcomeTolerance, worstExact);
                Assert.Empty(scores.Steps);
                continue;
            }

            double[] actual = [.. scores.Steps.Select(s => s.Score)];
            worst = Near(row.GetProperty("step_scores"), actual, worst);
            worstExact = Near(row.GetProperty("step_scores_f64"), actual, worstExact);
            Assert.Equal(Ints(row, "read_positions"), scores.Steps.Select(s => s.Token));
            JsonElement expected = row.GetProperty("aggregates");
            foreach (string name in (string[])["min", "last", "mean", "product"])
            {
                Assert.True(StepAggregator.TryParse(name, out StepAggregation aggregation));
                worstAggregate = Near(
                    expected.GetProperty(name), scores.Value(aggregation), ScoreTolerance, worstAggregate);
            }

            if (row.TryGetProperty("reasoneval", out JsonElement extra))
            {
                worst = CompareReasonEval(extra, scores, worst);
            }
        }

        output.WriteLine(
            $"{format}: max |difference| {worst:E2} (against float64 {worstExact:E2}), aggregates {worstAggregate:E2}");
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Candidates_of_one_question_score_the_same_bits_alone_and_in_one_batch(string format)
    {
        PrmGoldenModel golden = models.Bind(format);
        int groups = 0;
        foreach (IGrouping<string, JsonElement> group in Golden.Lines("prm", format + ".jsonl")
            .Where(r => r.GetProperty("group").ValueKind == JsonValueKind.String)
            .GroupBy(r => r.GetProperty("group").GetString()!))
        {
            SequenceRequest[] requests =
            [
                .. group.Select(r => golden.Model.ToRequest(Render(golden.Model, r, golden.Model.Format.ReferencePolicy))),
            ];
            float[][] together = golden.Engine.Run(requests);
            for (int i = 0; i < requests.Length; i++)
            {
                float[] alone = golden.Engine.Run([requests[i]])[0];
                Assert.Equal(alone.Select(BitConverter.SingleToInt32Bits), together[i].Select(BitConverter.SingleToInt32Bits));
            }

            groups++;
        }

        Assert.True(groups > 0, $"{format} has no group");
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_at_script_gives_what_the_published_script_reads(string format)
    {
        JsonElement[] rows =
            [.. Golden.Lines("prm", format + ".jsonl").Where(r => r.TryGetProperty("script_positions", out _))];
        if (rows.Length == 0) return;
        PrmGoldenModel golden = models.Bind(format);
        double worst = 0;
        foreach (JsonElement row in rows)
        {
            Dictionary<string, JsonElement> options = Options(row);
            options["read_at"] = JsonSerializer.SerializeToElement("script");
            StepPrompt prompt = Ok(golden.Model.Render(Question(row), Steps(row), Ok(golden.Model.ReadOptions(options))));
            Assert.Equal(Ints(row, "script_positions"), prompt.ReadPositions);
            worst = CompareReasonEval(row.GetProperty("reasoneval_at_script_positions"), Score(golden, prompt), worst);
        }

        output.WriteLine($"{format}: {rows.Length} cases at the script's positions, max |difference| {worst:E2}");
    }

    public static TheoryData<string> ErrorRows() =>
        new(Golden.Lines("prm", "errors.jsonl").Select(r => r.GetProperty("id").GetString()!));

    [Theory]
    [MemberData(nameof(ErrorRows))]
    public void Render_refuses_what_must_be_refused_and_nothing_else(string id)
    {
        JsonElement row = Golden.Lines("prm", "errors.jsonl").Single(r => r.GetProperty("id").GetString() == id);
        ProcessRewardModel model = models.Bind(row.GetProperty("format").GetString()!).Model;
        Dictionary<string, JsonElement> given = Options(row);
        if (row.GetProperty("max_tokens") is { ValueKind: JsonValueKind.Number } limit) given["max_tokens"] = limit;
        Outcome<StepPrompt> prompt = model.Render(Question(row), Steps(row), Ok(model.ReadOptions(given)));
        Assert.Equal(row.GetProperty("expected_error").GetString(), prompt.Error?.Code);
        JsonElement detail = row.GetProperty("detail");
        if (detail.TryGetProperty("step_index", out JsonElement step))
            Assert.Equal($"steps[{step.GetInt32()}]", prompt.Error?.Path);
        if (detail.TryGetProperty("n_tokens", out JsonElement tokens) && prompt.IsOk)
            Assert.Equal(tokens.GetInt32(), prompt.Value.Tokens.Length);
    }

    private static double CompareReasonEval(JsonElement expected, StepScores scores, double worst)
    {
        worst = Near(expected.GetProperty("validity"), [.. scores.Steps.Select(s => s.Score)], worst);
        worst = Near(expected.GetProperty("redundancy"), [.. scores.Redundancy!], worst);
        worst = Near(expected.GetProperty("solution_validity"), scores.Aggregates!.Min, ScoreTolerance, worst);
        return Near(expected.GetProperty("solution_redundancy"), scores.Redundancy!.Max(), ScoreTolerance, worst);
    }

    /// <summary>Tags of cases that only the published script's behavior scores; strict refuses them.</summary>
    private static bool NeedsReferencePolicy(JsonElement row) => row.GetProperty("tags").EnumerateArray()
        .Any(t => t.GetString() is "marker-deleted" or "empty-lines" or "newline-in-step");

    private static StepPrompt Render(ProcessRewardModel model, JsonElement row, MarkerPolicy policy) =>
        Ok(model.Render(Question(row), Steps(row), Ok(model.ReadOptions(Options(row))).With(policy)));

    private static StepScores Score(PrmGoldenModel golden, StepPrompt prompt) =>
        Ok(golden.Model.Read(prompt, golden.Engine.Run([golden.Model.ToRequest(prompt)])[0]));

    private static Prompt Question(JsonElement row) => Prompt.FromText(row.GetProperty("question").GetString()!);

    private static string[] Steps(JsonElement row) =>
        [.. row.GetProperty("steps").EnumerateArray().Select(s => s.GetString()!)];

    private static int[] Ints(JsonElement row, string name) =>
        [.. row.GetProperty(name).EnumerateArray().Select(v => v.GetInt32())];

    private static Dictionary<string, JsonElement> Options(JsonElement row) =>
        row.GetProperty("options").EnumerateObject().ToDictionary(p => p.Name, p => p.Value);

    private static double Near(JsonElement expected, double[] actual, double worst)
    {
        Assert.Equal(expected.GetArrayLength(), actual.Length);
        for (int i = 0; i < actual.Length; i++) worst = Near(expected[i], actual[i], ScoreTolerance, worst);
        return worst;
    }

    private static double Near(JsonElement expected, double actual, double tolerance, double worst)
    {
        Assert.Equal(expected.GetDouble(), actual, tolerance);
        return Math.Max(worst, Math.Abs(expected.GetDouble() - actual));
    }

    private static T Ok<T>(Outcome<T> outcome)
    {
        Assert.True(outcome.IsOk, outcome.Error?.Message);
        return outcome.Value;
    }
}
