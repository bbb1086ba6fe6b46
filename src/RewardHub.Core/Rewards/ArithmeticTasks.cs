using System.Globalization;
using System.Numerics;
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

    private ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>
/// Arithmetic and string tasks of the length-generalization and self-improvement work (arXiv 2506.09251, 2502.01612), with their
/// canonical answers.
/// </summary>
public static class ArithmeticTasks
{
    /// <summary>All tasks by name.</summary>
    public static IReadOnlyDictionary<string, AlgorithmicTask> All { get; } = new AlgorithmicTask[]
    {
        Pair("algo/reverse_add", "Reversed sum of two numbers given in reverse.", '+', ReverseAdd),
        Pair("algo/no_carry", "Digit-wise sum without carries, in reverse.", '+', NoCarry),
        Pair("algo/carry_only", "The carries of a sum, in reverse.", '+', CarryOnly),
        Pair("algo/reverse_subtract", "Reversed difference of two numbers, the first not smaller.", '-', ReverseSubtract),
        new("algo/multiply_cot", "Product with its partial sums, all in reverse.", 64, (length, draws) =>
        {
            string a = draws.Digits(length), b = draws.Digits(length);
            return new AlgorithmicProblem($"{Reverse(a)}*{Reverse(b)}=", MultiplyCot(a, b), length);
        }),
        Text("algo/copy", "The digits again.", a => a),
        Text("algo/reverse", "The digits in reverse.", Reverse),
    }.ToDictionary(task => task.Name, StringComparer.Ordinal);

    /// <summary>rev(a + b), padded with zeros at the end to one digit more than the longer operand.</summary>
    public static string ReverseAdd(string a, string b) =>
        Reverse((Number(a) + Number(b)).ToString(CultureInfo.InvariantCulture)).PadRight(Math.Max(a.Length, b.Length) + 1, '0');

    /// <summary>Sums of the digits modulo 10, lowest first, and a final 0.</summary>
    public static string NoCarry(string a, string b)
    {
        var text = new StringBuilder();
        for (int i = 0; i < Math.Max(a.Length, b.Length); i++) text.Append((char)('0' + ((Digit(a, i) + Digit(b, i)) % 10)));
        return text.Append('0').ToString();
    }

    /// <summary>A leading 0, then the carry out of each digit, lowest first.</summary>
    public static string CarryOnly(string a, string b)
    {
        var text = new StringBuilder("0");
        int carry = 0;
        for (int i = 0; i < Math.Max(a.Length, b.Length); i++)
        {
            int sum = Digit(a, i) + Digit(b, i);
            carry = sum > 9 ? 1 : sum < 9 ? 0 : carry;
            text.Append((char)('0' + carry));
        }

        return text.ToString();
    }

    /// <summary>rev(a - b) for a ≥ b, padded with zeros at the end to the longer operand and one digit.</summary>
    public static string ReverseSubtract(string a, string b) =>
        Reverse((Number(a) - Number(b)).ToString(CultureInfo.InvariantCulture)).PadRight(Math.Max(a.Length, b.Length) + 1, '0');

    /// <summary>Partial products with running sums in brackets, and the product; all reversed and padded to fixed widths.</summary>
    public static string MultiplyCot(string a, string b)
    {
        BigInteger sum = 0;
        var text = new StringBuilder();
        for (int i = 0; i < b.Length; i++)
        {
            int width = i + a.Length + 1;
            BigInteger part = Number(a) * Digit(b, i) * BigInteger.Pow(10, i);
            sum += part;
            if (i > 0) text.Append('+');
            text.Append(Padded(part, width));
            bool middle = i > 0 && i < b.Length - 1;
            if (middle) text.Append('(').Append(Padded(sum, width)).Append(')');
        }

        return text.Append('=').Append(Padded(sum, a.Length + b.Length)).ToString();
    }

    /// <summary>The text from its end.</summary>
    public static string Reverse(string text)
    {
        char[] letters = text.ToCharArray();
        Array.Reverse(letters);
        return new string(letters);
    }

    private static string Padded(BigInteger value, int width) =>
        Reverse(value.ToString(CultureInfo.InvariantCulture)).PadRight(width, '0');

    private static AlgorithmicTask Pair(string name, string summary, char sign, Func<string, string, string> answer) =>
        new(name, summary, 1_024, (length, draws) =>
        {
            string a = draws.Digits(length), b = draws.Digits(length);
            if (sign == '-' && string.CompareOrdinal(a, b) < 0) (a, b) = (b, a);
            return new AlgorithmicProblem($"{Reverse(a)}{sign}{Reverse(b)}=", answer(a, b), length);
        });

    private static AlgorithmicTask Text(string name, string summary, Func<string, string> answer) =>
        new(name, summary, 1_024, (length, draws) =>
        {
            string a = draws.Digits(length);
            return new AlgorithmicProblem(a + "=", answer(a), length);
        });

    private static int Digit(string number, int place) => place < number.Length ? number[^(place + 1)] - '0' : 0;

    private static BigInteger Number(string digits) => BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
}
