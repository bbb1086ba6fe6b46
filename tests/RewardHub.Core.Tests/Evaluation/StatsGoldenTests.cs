using System.Globalization;
using System.Text.Json;
using RewardHub.Evaluation;
using RewardHub.Tests;

namespace RewardHub.Core.Tests.Evaluation;

/// <summary>Every line of <c>stats/</c> through the public functions of the room.</summary>
[Trait("Category", "Golden")]
public class StatsGoldenTests(ITestOutputHelper output)
{
    private const double Exact = 1e-12;
    private const double Root = 1e-9;
    private readonly Dictionary<string, double> _largest = [];

    [Fact]
    public void Python_random_draws_what_python_draws()
    {
        int lines = 0;
        foreach (JsonElement line in Golden.Lines("stats", "python_random.jsonl"))
        {
            var random = new PythonRandom(line.GetProperty("seed").GetInt64());
            if (line.TryGetProperty("sample", out JsonElement samples))
            {
                int population = line.GetProperty("population").GetInt32(), k = line.GetProperty("k").GetInt32();
                foreach (JsonElement sample in samples.EnumerateArray()) Assert.Equal(Ints(sample), random.Sample(population, k));
            }
            else if (line.TryGetProperty("random", out JsonElement numbers))
                foreach (JsonElement number in numbers.EnumerateArray()) Assert.Equal(number.GetDouble(), random.NextDouble());
            else if (line.TryGetProperty("getrandbits32", out JsonElement words))
                foreach (JsonElement word in words.EnumerateArray()) Assert.Equal(word.GetUInt32(), random.GetRandomBits(32));
            else if (line.TryGetProperty("shuffle", out JsonElement shuffled))
            {
                int[] items = [.. Enumerable.Range(0, shuffled.GetArrayLength())];
                random.Shuffle(items.AsSpan());
                Assert.Equal(Ints(shuffled), items);
            }
            else
            {
                int bound = line.GetProperty("bound").GetInt32();
                foreach (int value in Ints(line.GetProperty("randrange"))) Assert.Equal(value, random.Below(bound));
            }

            lines++;
        }

        Assert.True(lines > 0);
        output.WriteLine($"{lines} lines, all equal");
    }

    [Fact]
    public void Votes_are_the_exact_expectations()
    {
        foreach (JsonElement line in Golden.Lines("stats", "votes.jsonl"))
        {
            string id = line.GetProperty("question_id").GetString()!;
            JsonElement[] rows = [.. line.GetProperty("samples").EnumerateArray()];
            var samples = new VoteSamples([.. rows.Select(
                r => new VoteSample(r.GetProperty("answer").GetString(), r.GetProperty("correct").GetBoolean()))]);
            bool[] correct = [.. rows.Select(r => r.GetProperty("correct").GetBoolean())];
            double[][] steps = [.. rows.Select(r => Doubles(r.GetProperty("step_scores")))];
            JsonElement expected = line.GetProperty("expected");
            Assert.Equal(expected.GetProperty("N").GetInt32(), samples.Count);
            Assert.Equal(expected.GetProperty("correct_count").GetInt32(), samples.CorrectCount);
            foreach (JsonProperty at in expected.GetProperty("pass_at").EnumerateObject())
                Near($"{id} pass@", at.Value, ExactVotes.PassAt(samples.Count, samples.CorrectCount, N(at)), Exact);
            foreach (JsonProperty policy in expected.GetProperty("maj_at").EnumerateObject())
            {
                var missing = Enum.Parse<MissingAnswers>(policy.Name, ignoreCase: true);
                foreach (JsonProperty at in policy.Value.EnumerateObject())
                    Near($"{id} {policy.Name} maj@", at.Value, ExactVotes.MajorityAt(samples, N(at), missing), Exact);
            }

            foreach (JsonProperty kind in expected.GetProperty("bon_at").EnumerateObject())
            {
                double[] scores = Scores(steps, kind.Name);
                foreach (JsonProperty at in kind.Value.EnumerateObject())
                    Near($"{id} {kind.Name} bon@{at.Name}", at.Value, ExactVotes.BestOfAt(scores, correct, N(at)), Exact);
            }

            foreach (JsonProperty kind in expected.GetProperty("wmv_full").EnumerateObject())
                CheckFull($"{id} {kind.Name} ", kind.Value, new WeightedVote(samples, Scores(steps, kind.Name)).Full());
            if (!expected.TryGetProperty("wmv_at", out JsonElement subsets) || subsets.ValueKind != JsonValueKind.Object) continue;
            foreach (JsonProperty kind in subsets.EnumerateObject())
            {
                var vote = new WeightedVote(samples, Scores(steps, kind.Name));
                foreach (JsonProperty at in kind.Value.EnumerateObject())
                    Near($"{id} {kind.Name} wmv@", at.Value, vote.Enumerate(N(at)), Exact);
            }
        }

        Report();
    }

    [Theory]
    [InlineData("versaprm_eval.json")]
    [InlineData("versaprm_eval_128.json")]
    public void The_published_evaluator_is_reproduced_to_the_digit(string file)
    {
        JsonElement golden = Golden.Json("stats", file);
        int largest = golden.GetProperty("N_max").GetInt32(), checks = 0;
        VersaPrmQuestion[] questions = [.. golden.GetProperty("data").EnumerateArray().Select(q => new VersaPrmQuestion(
            q.GetProperty("metadata").GetProperty("category").GetString()!,
            [.. q.GetProperty("chain_of_thoughts").EnumerateArray().Select(c => new VersaPrmChain(
                c.GetProperty("parsed_answer").GetString()!, c.GetProperty("parsed_answer_correctness").GetBoolean(),
                Doubles(c.GetProperty("prm_reward"))))]))];
        foreach (JsonProperty group in golden.GetProperty("expected").EnumerateObject())
        {
            VersaPrmCurves curves = VersaPrmEvaluator.Run(
                [.. questions.Where(q => VersaPrmEvaluator.InGroup(group.Name, q))], largest);
            CheckCurve(group.Name + " mv", group.Value.GetProperty("mv"), curves.Mv);
            foreach (JsonProperty kind in group.Value.GetProperty("wmv").EnumerateObject())
                CheckCurve($"{group.Name} wmv {kind.Name}", kind.Value, curves.Wmv[kind.Name]);
            foreach (JsonProperty kind in group.Value.GetProperty("bon").EnumerateObject())
                CheckCurve($"{group.Name} bon {kind.Name}", kind.Value, curves.Bon[kind.Name]);
        }

        Assert.True(checks > 0);
        output.WriteLine($"{checks} seed accuracies, all equal");
        Report();

        void CheckCurve(string name, JsonElement expected, IReadOnlyList<SeedAccuracies> curve)
        {
            Assert.Equal(expected.EnumerateObject().Count(), curve.Count);
            foreach (SeedAccuracies at in curve)
            {
                JsonElement point = expected.GetProperty(at.N.ToString(CultureInfo.InvariantCulture));
                Assert.Equal(Doubles(point.GetProperty("all")), at.All);
                checks += at.All.Count;
                Near(name + " mean", point.GetProperty("mean"), at.Mean, Exact);
                Near(name + " min", point.GetProperty("min"), at.Min, 0);
                Near(name + " max", point.GetProperty("max"), at.Max, 0);
            }
        }
    }

    [Fact]
    public void Step_metrics_follow_their_definitions()
    {
        foreach (JsonElement line in Golden.Lines("stats", "steps.jsonl"))
        {
            LabelledSolution[] solutions = [.. line.GetProperty("solutions").EnumerateArray().Select(s => new LabelledSolution(
                [.. Ints(s.GetProperty("labels")).Select(l => l == 1)], s.GetProperty("first_error").GetInt32(),
                Doubles(s.GetProperty("scores")), s.GetProperty("split").GetString()!))];
            StepMetricsResult m = StepMetrics.Of(solutions, line.GetProperty("threshold").GetDouble());
            JsonElement e = line.GetProperty("expected");
            Assert.Equal(e.GetProperty("n_steps").GetInt32(), m.NSteps);
            JsonElement c = e.GetProperty("confusion");
            Assert.Equal(
                new Confusion(c.GetProperty("tp").GetInt32(), c.GetProperty("fp").GetInt32(),
                    c.GetProperty("tn").GetInt32(), c.GetProperty("fn").GetInt32()), m.Confusion);
            var scalars = new Dictionary<string, double?>
            {
                ["precision"] = m.Precision,
                ["recall"] = m.Recall,
                ["f1"] = m.F1,
                ["prm_score"] = m.PrmScore,
                ["negative_precision"] = m.NegativePrecision,
                ["negative_recall"] = m.NegativeRecall,
                ["negative_f1"] = m.NegativeF1,
                ["processbench_macro_f1"] = m.ProcessbenchMacroF1,
                ["processbench_size_weighted_f1"] = m.ProcessbenchSizeWeightedF1,
                ["auroc"] = m.Auroc,
                ["average_precision"] = m.AveragePrecision,
                ["brier"] = m.Brier,
                ["log_loss"] = m.LogLoss,
                ["ece_15"] = m.Ece15,
                ["min_at_last_share"] = m.MinAtLastShare,
            };
            foreach ((string name, double? value) in scalars) Near(name, e.GetProperty(name), value, Exact);
            foreach (JsonProperty split in e.GetProperty("processbench").EnumerateObject())
            {
                int n = split.Value.GetProperty("n").GetInt32();
                if (!m.Processbench.TryGetValue(split.Name, out ProcessBenchSplit? got))
                {
                    Assert.Equal(0, n);
                    continue;
                }

                Assert.Equal(n, got.N);
                Assert.Equal(split.Value.GetProperty("n_error").GetInt32(), got.NError);
                Assert.Equal(split.Value.GetProperty("n_correct").GetInt32(), got.NCorrect);
                Near("acc_error", split.Value.GetProperty("acc_error"), got.AccError, Exact);
                Near("acc_correct", split.Value.GetProperty("acc_correct"), got.AccCorrect, Exact);
                Near("split f1", split.Value.GetProperty("f1"), got.F1, Exact);
            }

            JsonElement[] bins = [.. e.GetProperty("ece_15_bins").EnumerateArray()];
            Assert.Equal(bins.Length, m.Ece15Bins.Count);
            foreach ((JsonElement bin, CalibrationBin got) in bins.Zip(m.Ece15Bins))
            {
                Assert.Equal(bin.GetProperty("bin").GetInt32(), got.Bin);
                Assert.Equal(bin.GetProperty("count").GetInt32(), got.Count);
                Near("bin mean", bin.GetProperty("mean_score"), got.MeanScore, Exact);
                Near("bin accuracy", bin.GetProperty("accuracy"), got.Accuracy, Exact);
            }
        }

        Report();
    }

    [Fact]
    public void Proportion_intervals_have_the_exact_limits()
    {
        foreach (JsonElement line in Golden.Lines("stats", "wilson.jsonl"))
        {
            int k = line.GetProperty("k").GetInt32(), n = line.GetProperty("n").GetInt32();
            double confidence = line.GetProperty("confidence").GetDouble();
            Near("wilson", line.GetProperty("wilson"), ProportionIntervals.Wilson(k, n, confidence), Root);
            Near("clopper_pearson", line.GetProperty("clopper_pearson"),
                ProportionIntervals.ClopperPearson(k, n, confidence), Root);
        }

        Report();
    }

    [Fact]
    public void The_bootstrap_gives_the_same_intervals_over_the_same_resamples()
    {
        foreach (JsonElement line in Golden.Lines("stats", "bootstrap.jsonl"))
        {
            int[][] resamples = [.. line.GetProperty("resamples").EnumerateArray().Select(Ints)];
            PairedComparison got = Bootstrap.Compare(
                Doubles(line.GetProperty("a")), Doubles(line.GetProperty("b")), resamples,
                line.GetProperty("confidence").GetDouble());
            JsonElement e = line.GetProperty("expected");
            Near("mean_a", e.GetProperty("mean_a"), got.MeanA, Exact);
            Near("mean_b", e.GetProperty("mean_b"), got.MeanB, Exact);
            Near("delta", e.GetProperty("delta"), got.Delta, Exact);
            Near("bootstrap_mean", e.GetProperty("bootstrap_mean"), got.BootstrapMean, Exact);
            Near("bootstrap_se", e.GetProperty("bootstrap_se"), got.BootstrapSe, Exact);
            Near("p_two_sided", e.GetProperty("p_two_sided"), got.PTwoSided, Exact);
            Near("p_two_sided_plus_one", e.GetProperty("p_two_sided_plus_one"), got.PTwoSidedPlusOne, Exact);
            Near("paired_se", e.GetProperty("paired_se"), got.PairedSe, Exact);
            Near("bca_acceleration", e.GetProperty("bca_acceleration"), got.BcaAcceleration, Root);
            Near("bca_z0", e.GetProperty("bca_z0"), got.BcaZ0, Root);
            Near("percentile_ci", e.GetProperty("percentile_ci"), got.Percentile, Root);
            Near("normal_ci", e.GetProperty("normal_ci"), got.Normal, Root);
            Near("bca_ci", e.GetProperty("bca_ci"), got.Bca, Root);
        }

        Report();
    }

    [Fact]
    public void McNemar_and_Holm_give_the_exact_p_values()
    {
        foreach (JsonElement line in Golden.Lines("stats", "mcnemar.jsonl"))
        {
            McNemarResult got = PairedTests.McNemar(line.GetProperty("b").GetInt32(), line.GetProperty("c").GetInt32());
            Near("p_exact", line.GetProperty("p_exact"), got.PExact, Exact);
            Near("p_mid", line.GetProperty("p_mid"), got.PMid, Exact);
        }

        foreach (JsonElement line in Golden.Lines("stats", "holm.jsonl"))
        {
            double[] got = PairedTests.Holm(Doubles(line.GetProperty("p")));
            foreach ((JsonElement e, double p) in line.GetProperty("holm").EnumerateArray().Zip(got)) Near("holm", e, p, Exact);
        }

        Report();
    }

    private void CheckFull(string id, JsonElement expected, WeightedVoteResult got)
    {
        JsonProperty[] answers =
            [.. expected.GetProperty("weights").EnumerateObject().Where(w => !w.Name.StartsWith("<missing>", StringComparison.Ordinal))];
        Assert.Equal(answers.Length, got.Weights.Count);
        foreach (JsonProperty weight in answers) Near("wmv weight", weight.Value, got.Weights[weight.Name], Exact);
        int tied = expected.GetProperty("tied").GetInt32();
        Assert.True(tied == got.Tied, $"{id}: tied {got.Tied}, expected {tied}");
        Near(id + "expected", expected.GetProperty("expected_uniform_ties"), got.ExpectedUniformTies, Exact);
        if (tied > 1) return;
        Assert.Equal(expected.GetProperty("winner_first_seen").GetString(), got.WinnerFirstSeen);
        Assert.Equal(expected.GetProperty("correct_first_seen").GetBoolean(), got.CorrectFirstSeen);
    }

    private static double[] Scores(double[][] steps, string kind) =>
        [.. steps.Select(s => Aggregations.Of(s, Aggregations.Parse(kind)!.Value))];

    private static int N(JsonProperty at) => int.Parse(at.Name, CultureInfo.InvariantCulture);

    private static int[] Ints(JsonElement list) => [.. list.EnumerateArray().Select(v => v.GetInt32())];

    private static double[] Doubles(JsonElement list) => [.. list.EnumerateArray().Select(v => v.GetDouble())];

    private void Near(string what, JsonElement expected, Interval? got, double tolerance)
    {
        Assert.Equal(expected.ValueKind == JsonValueKind.Null, got is null);
        if (got is null) return;
        Near(what, expected[0], got.Low, tolerance);
        Near(what, expected[1], got.High, tolerance);
    }

    private void Near(string what, JsonElement expected, double? got, double tolerance)
    {
        if (expected.ValueKind == JsonValueKind.Null || got is null)
        {
            Assert.True(expected.ValueKind == JsonValueKind.Null && got is null, $"{what}: {got}, expected {expected}");
            return;
        }

        double want = expected.GetDouble(), scale = Math.Abs(want);
        // A zero is compared to 1e-15: the reference adds rounding of its own to quantities that cancel.
        double difference = scale < 1e-15 ? Math.Abs(got.Value - want) : Math.Abs(got.Value - want) / scale;
        string key = what.Contains(' ', StringComparison.Ordinal) ? what[(what.IndexOf(' ', StringComparison.Ordinal) + 1)..] : what;
        _largest[key] = Math.Max(_largest.GetValueOrDefault(key), difference);
        Assert.True(difference <= Math.Max(tolerance, 1e-15), $"{what}: {got:R}, expected {want:R}, relative difference {difference:E2}");
    }

    private void Report()
    {
        Assert.NotEmpty(_largest);
        foreach ((string name, double difference) in _largest.GroupBy(p => p.Key.Split('@')[0]).Select(
            g => (g.Key, g.Max(p => p.Value))).OrderByDescending(p => p.Item2).Take(24))
            output.WriteLine($"{name}: largest relative difference {difference:E2}");
    }
}
