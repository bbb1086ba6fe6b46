using System.Globalization;
using System.Text;

namespace RewardHub.Rewards;

/// <summary>One generated problem.</summary>
/// <param name="Prompt">What the model sees.</param>
/// <param name="Answer">The canonical answer; a response is right when it equals it exactly.</param>
/// <param name="Length">The length knob.</param>
public sealed record AlgorithmicProblem(string Prompt, string Answer, int Length);

/// <summary>One family of problems with a length knob: <c>algo/NAME</c>.</summary>
/// <param name="Name">Stable name, such as <c>algo/reverse_add</c>.</param>
/// <param name="Summary">One sentence for people.</param>
/// <param name="MaxLength">Largest length knob.</param>
/// <param name="Generate">The problem of a length and draws; the same draws give the same problem everywhere.</param>
public sealed record AlgorithmicTask(
    string Name, string Summary, int MaxLength, Func<int, KeyedDraws, AlgorithmicProblem> Generate)
{
    /// <summary>A set of problems; each depends only on (seed, index, length), not on its neighbors.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is not in [1, MaxLength], or the count is negative.</exception>
    public IEnumerable<AlgorithmicProblem> Problems(int length, long seed, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxLength);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Enumerable.Range(0, count).Select(index => Generate(length, new KeyedDraws(seed, Name, length, index)));
    }

    /// <summary>
    /// The canonical answer of a prompt in the task's format, whoever wrote it; null when the prompt is not of the task or is too long.
    /// </summary>
    public required Func<string, string?> Solve { get; init; }

    /// <summary>1 when the response, trimmed, is the canonical answer, else 0.</summary>
    public static double Verify(AlgorithmicProblem problem, string response) =>
        response.AsSpan().Trim().SequenceEqual(problem.Answer) ? 1 : 0;
}

/// <summary>Random draws keyed by (seed, task, length, index): splitmix64 from a hash of the key, the same on every machine.</summary>
public sealed class KeyedDraws
{
    private ulong _state;

    /// <summary>Draws of one problem.</summary>
    public KeyedDraws(long seed, string task, int length, int index)
    {
        // FNV-1a over the key.
        ulong hash = 14695981039346656037;
        foreach (byte part in Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}/{task}/{length}/{index}")))
            hash = (hash ^ part) * 1099511628211;
        _state = hash;
    }

    /// <summary>A whole number in [0, bound), each equally likely.</summary>
    public int Below(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        // Values above the largest multiple of the bound are drawn again, so that no value is favored.
        ulong limit = ulong.MaxValue - (ulong.MaxValue % (ulong)bound);
        ulong value;
        do value = Next();
        while (value >= limit);
        return (int)(value % (ulong)bound);
    }

    /// <summary>A number of exactly this many digits, the first not zero.</summary>
    public string Digits(int count)
    {
        var digits = new char[count];
        for (int i = 0; i < count; i++) digits[i] = (char)('0' + (i == 0 ? 1 + Below(9) : Below(10)));
        return new string(digits);
    }

    /// <summary>Puts items in random order, each order equally likely.</summary>
    public void Shuffle<T>(T[] items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int other = Below(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    private ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
