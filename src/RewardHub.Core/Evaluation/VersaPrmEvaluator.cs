namespace RewardHub.Evaluation;

/// <summary>One question as VersaPRM's evaluator reads it: chains in file order.</summary>
/// <param name="Category">Its category, such as <c>law</c>.</param>
/// <param name="Chains">Its chains of thought.</param>
public sealed record VersaPrmQuestion(string Category, IReadOnlyList<VersaPrmChain> Chains);

/// <summary>One chain of thought.</summary>
/// <param name="Answer">The parsed answer.</param>
/// <param name="Correct">Whether it is right.</param>
/// <param name="Rewards">Step rewards, at least one.</param>
public sealed record VersaPrmChain(string Answer, bool Correct, IReadOnlyList<double> Rewards);

/// <summary>Accuracy at one N over the seeds.</summary>
/// <param name="N">Chains a question.</param>
/// <param name="All">Accuracy for each seed.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Min">The smallest.</param>
/// <param name="Max">The largest.</param>
public sealed record SeedAccuracies(int N, IReadOnlyList<double> All, double Mean, double Min, double Max);

/// <summary>Curves of one group of questions.</summary>
/// <param name="Mv">Majority vote.</param>
/// <param name="Wmv">Weighted majority vote, by aggregation name: last, mean, min.</param>
/// <param name="Bon">Best of N, by aggregation name.</param>
public sealed record VersaPrmCurves(
    IReadOnlyList<SeedAccuracies> Mv,
    IReadOnlyDictionary<string, IReadOnlyList<SeedAccuracies>> Wmv,
    IReadOnlyDictionary<string, IReadOnlyList<SeedAccuracies>> Bon);

/// <summary>
/// The sub-sampling evaluator of the VersaPRM repository, to the digit: its draws, its ties and its padding.
/// </summary>
/// <remarks>
/// Numbers depend on the order of the file, and their spread measures the drawing only. <see cref="ExactVotes"/> has
/// neither property; this is here to compare with published figures.
/// </remarks>
public static class VersaPrmEvaluator
{
    /// <summary>Seeds of the published evaluation: 0 … 9.</summary>
    public const int Seeds = 10;

    /// <summary>The groups in addition to the single categories, by name.</summary>
    public static IReadOnlyList<string> Groups { get; } = ["all", "all_except_math", "math_adjacent", "non_math_adjacent"];

    private static readonly string[] MathAdjacent = ["chemistry", "computer science", "engineering", "physics"];
    private static readonly Aggregation[] Kinds = [Aggregation.Last, Aggregation.Mean, Aggregation.Min];

    /// <summary>Whether a group, or a category by its name, holds a question.</summary>
    public static bool InGroup(string group, VersaPrmQuestion question) => group switch
    {
        "all" => true,
        "all_except_math" => question.Category != "math",
        "math_adjacent" => MathAdjacent.Contains(question.Category),
        "non_math_adjacent" => question.Category != "math" && !MathAdjacent.Contains(question.Category),
        _ => question.Category == group,
    };

    /// <summary>The curves over N = 1, 2, 4, … of one group of questions.</summary>
    /// <param name="questions">The questions of the group, in file order, at least one.</param>
    /// <param name="largest">N_max; questions with fewer chains are padded to it with wrong answers of reward 0.</param>
    /// <param name="cancellationToken">Stops between seeds.</param>
    public static VersaPrmCurves Run(
        IReadOnlyList<VersaPrmQuestion> questions, int largest, CancellationToken cancellationToken = default)
    {
        if (questions.Count == 0) throw new ArgumentException("a group needs a question", nameof(questions));
        Padded[] padded = [.. questions.Select(q => new Padded(q, largest))];
        var mv = new List<SeedAccuracies>();
        var wmv = Kinds.ToDictionary(k => k.Name(), _ => new List<SeedAccuracies>());
        var bon = Kinds.ToDictionary(k => k.Name(), _ => new List<SeedAccuracies>());
        for (int n = 1; n <= largest; n *= 2)
        {
            var right = new int[1 + (2 * Kinds.Length), Seeds];
            for (int seed = 0; seed < Seeds; seed++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var random = new PythonRandom(seed);
                foreach (Padded question in padded)
                {
                    int[] drawn = random.Sample(question.Count, n);
                    if (question.Majority(drawn)) right[0, seed]++;
                    for (int k = 0; k < Kinds.Length; k++)
                    {
                        if (question.Weighted(drawn, k)) right[1 + k, seed]++;
                        if (question.Best(drawn, k)) right[1 + Kinds.Length + k, seed]++;
                    }
                }
            }

            mv.Add(Accuracies(right, 0, n, padded.Length));
            for (int k = 0; k < Kinds.Length; k++)
            {
                wmv[Kinds[k].Name()].Add(Accuracies(right, 1 + k, n, padded.Length));
                bon[Kinds[k].Name()].Add(Accuracies(right, 1 + Kinds.Length + k, n, padded.Length));
            }
        }

        return new VersaPrmCurves(
            mv,
            wmv.ToDictionary(p => p.Key, p => (IReadOnlyList<SeedAccuracies>)p.Value),
            bon.ToDictionary(p => p.Key, p => (IReadOnlyList<SeedAccuracies>)p.Value));
    }

    private static SeedAccuracies Accuracies(int[,] right, int row, int n, int questions)
    {
        double[] all = [.. Enumerable.Range(0, Seeds).Select(seed => (double)right[row, seed] / questions)];
        return new SeedAccuracies(n, all, all.Sum() / all.Length, all.Min(), all.Max());
    }

    /// <summary>A question with the padding added at the end.</summary>
    private sealed class Padded
    {
        private readonly int[] _answer;
        private readonly bool[] _correct;
        private readonly bool[] _firstCorrect;
        private readonly double[][] _weights;
        private readonly double[] _sums;
        private readonly int[] _seen;

        public Padded(VersaPrmQuestion question, int largest)
        {
            Count = Math.Max(largest, question.Chains.Count);
            _answer = new int[Count];
            _correct = new bool[Count];
            _weights = [.. Kinds.Select(_ => new double[Count])];
            var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
            var first = new List<bool>();
            for (int i = 0; i < Count; i++)
            {
                VersaPrmChain? chain = i < question.Chains.Count ? question.Chains[i] : null;
                // "NOANSWER_j" is an answer like any other: a chain that says so shares its votes.
                string answer = chain?.Answer ?? "NOANSWER_" + i.ToString(System.Globalization.CultureInfo.InvariantCulture);
                _correct[i] = chain?.Correct ?? false;
                if (!numbers.TryGetValue(answer, out _answer[i]))
                {
                    numbers[answer] = _answer[i] = first.Count;
                    first.Add(_correct[i]);
                }

                double[] rewards = chain is null ? [0.0] : [.. chain.Rewards];
                for (int k = 0; k < Kinds.Length; k++) _weights[k][i] = Aggregations.Of(rewards, Kinds[k]);
            }

            _firstCorrect = [.. first];
            _sums = new double[first.Count];
            _seen = new int[first.Count];
        }

        public int Count { get; }

        public bool Majority(int[] drawn)
        {
            Array.Clear(_seen);
            foreach (int i in drawn) _seen[_answer[i]]++;
            int best = drawn[0];
            foreach (int i in drawn)
            {
                if (_seen[_answer[i]] > _seen[_answer[best]]) best = i;
            }

            return _correct[best];
        }

        public bool Weighted(int[] drawn, int kind)
        {
            double[] weights = _weights[kind];
            Array.Clear(_sums);
            foreach (int i in drawn) _sums[_answer[i]] += weights[i];
            int best = _answer[drawn[0]];
            foreach (int i in drawn)
            {
                if (_sums[_answer[i]] > _sums[best]) best = _answer[i];
            }

            return _firstCorrect[best];
        }

        public bool Best(int[] drawn, int kind)
        {
            double[] weights = _weights[kind];
            int best = drawn[0];
            foreach (int i in drawn)
            {
                if (weights[i] > weights[best]) best = i;
            }

            return _correct[best];
        }
    }
}
