namespace RewardHub.Evaluation;

/// <summary>How a sample without an answer takes part in a vote.</summary>
public enum MissingAnswers
{
    /// <summary>Each one is a losing answer of its own.</summary>
    Unique = 0,

    /// <summary>All of them together are one losing answer.</summary>
    Shared = 1,

    /// <summary>They are removed after drawing; a draw with nothing left is wrong.</summary>
    Drop = 2,
}

/// <summary>One sampled answer to a question.</summary>
/// <param name="Answer">The answer, compared ordinally; null when none was found.</param>
/// <param name="Correct">Whether it is right.</param>
public sealed record VoteSample(string? Answer, bool Correct);

/// <summary>
/// The samples of one question with their answers numbered: what every vote works on. Samples keep the order given.
/// </summary>
public sealed class VoteSamples
{
    /// <summary>Numbers the answers in the order in which they are first seen.</summary>
    public VoteSamples(IReadOnlyList<VoteSample> samples)
    {
        var classes = new Dictionary<string, int>(StringComparer.Ordinal);
        var answers = new List<string>();
        ClassOf = new int[samples.Count];
        Correct = new bool[samples.Count];
        for (int i = 0; i < samples.Count; i++)
        {
            Correct[i] = samples[i].Correct;
            if (samples[i].Correct) CorrectCount++;
            if (samples[i].Answer is not { } answer)
            {
                ClassOf[i] = -1;
                Missing++;
                continue;
            }

            if (!classes.TryGetValue(answer, out int number))
            {
                classes[answer] = number = answers.Count;
                answers.Add(answer);
            }

            ClassOf[i] = number;
        }

        Answers = [.. answers];
        Counts = new int[answers.Count];
        ClassValues = new double[answers.Count];
        for (int i = 0; i < samples.Count; i++)
        {
            if (ClassOf[i] < 0) continue;
            Counts[ClassOf[i]]++;
            if (Correct[i]) ClassValues[ClassOf[i]]++;
        }

        for (int k = 0; k < Counts.Length; k++)
        {
            ClassValues[k] /= Counts[k];
            if (ClassValues[k] is > 0 and < 1) Inconsistent++;
        }
    }

    /// <summary>N, the number of samples.</summary>
    public int Count => ClassOf.Length;

    /// <summary>The answers, in the order in which they are first seen.</summary>
    public IReadOnlyList<string> Answers { get; }

    /// <summary>Samples without an answer.</summary>
    public int Missing { get; }

    /// <summary>Samples that are right.</summary>
    public int CorrectCount { get; }

    /// <summary>Answers that are marked right in one sample and wrong in another.</summary>
    public int Inconsistent { get; }

    /// <summary>Number of the answer of each sample; -1 when missing.</summary>
    internal int[] ClassOf { get; }

    /// <summary>Whether each sample is right.</summary>
    internal bool[] Correct { get; }

    /// <summary>Samples of each answer.</summary>
    internal int[] Counts { get; }

    /// <summary>Share of the samples of each answer that are right: 0 or 1 where the marks agree.</summary>
    internal double[] ClassValues { get; }
}
