using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace RewardHub.Rewards;

/// <summary>
/// Arithmetic and string tasks of the length-generalization and self-improvement work (arXiv 2506.09251, 2502.01612), with their
/// canonical answers.
/// </summary>
public static class ArithmeticTasks
{
    /// <summary>All tasks by name.</summary>
    public static IReadOnlyDictionary<string, AlgorithmicTask> All { get; } = new AlgorithmicTask[]
    {
        Pair("algo/forward_add", "Sum of two numbers, not padded.", '+', ForwardAdd, reversed: false),
        Pair("algo/copy_first", "The first operand again: a control that shares nothing with addition.", '+', (a, _) => Reverse(a)),
        Pair("algo/reverse_add", "Reversed sum of two numbers given in reverse.", '+', ReverseAdd),
        Pair("algo/no_carry", "Digit-wise sum without carries, in reverse.", '+', NoCarry),
        Pair("algo/carry_only", "The carries of a sum, in reverse.", '+', CarryOnly),
        Pair("algo/reverse_subtract", "Reversed difference of two numbers, the first not smaller.", '-', ReverseSubtract),
        Multiply("algo/multiply_cot", "Product with its partial sums, all in reverse.", length => length),
        Multiply("algo/multiply_3_cot", "Product with a number of three digits, with its partial sums, all in reverse.", _ => 3),
        Text("algo/copy", "The digits again.", Digits, a => a),
        Text("algo/reverse", "The digits in reverse.", Digits, Reverse),
        Text("algo/capitalize", "The letters with their case flipped.", Letters, FlipCase),
        Text("algo/capitalize_reverse", "The letters in reverse with their case flipped.", Letters, a => Reverse(FlipCase(a))),
        new("algo/mqar", "The letter after each queried substring (serialization mqar-1, a reconstruction).", 1_024, AssociativeRecall.Generate) { Solve = AssociativeRecall.Solve },
    }.ToDictionary(task => task.Name, StringComparer.Ordinal);

    /// <summary>a + b.</summary>
    public static string ForwardAdd(string a, string b) => (Number(a) + Number(b)).ToString(CultureInfo.InvariantCulture);

    /// <summary>Upper case for lower case and the reverse, of ASCII letters.</summary>
    public static string FlipCase(string text) =>
        string.Concat(text.Select(c => char.IsAsciiLetter(c) ? (char)(c ^ 0x20) : c));

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

    private static AlgorithmicTask Pair(string name, string summary, char sign, Func<string, string, string> answer, bool reversed = true)
    {
        string Written(string number) => reversed ? Reverse(number) : number;
        return new(name, summary, MaxDigits, (length, draws) =>
        {
            string a = draws.Digits(length), b = draws.Digits(length);
            if (sign == '-' && string.CompareOrdinal(a, b) < 0) (a, b) = (b, a);
            return new AlgorithmicProblem($"{Written(a)}{sign}{Written(b)}=", answer(a, b), length);
        })
        {
            Solve = prompt => Operands(prompt, sign, MaxDigits) is [var a, var b] && (sign != '-' || Number(Written(a)) >= Number(Written(b)))
                ? answer(Written(a), Written(b)) : null,
        };
    }

    private static AlgorithmicTask Multiply(string name, string summary, Func<int, int> second) => new(name, summary, MaxFactor, (length, draws) =>
    {
        string a = draws.Digits(length), b = draws.Digits(second(length));
        return new AlgorithmicProblem($"{Reverse(a)}*{Reverse(b)}=", MultiplyCot(a, b), length);
    })
    {
        Solve = prompt => Operands(prompt, '*', MaxFactor) is [var a, var b] ? MultiplyCot(Reverse(a), Reverse(b)) : null,
    };

    private static AlgorithmicTask Text(string name, string summary, Func<int, KeyedDraws, string> draw, Func<string, string> answer) =>
        new(name, summary, MaxDigits, (length, draws) =>
        {
            string a = draw(length, draws);
            return new AlgorithmicProblem(a + "=", answer(a), length);
        })
        {
            Solve = prompt => prompt.Trim() is [.., '='] text && text.Length <= MaxDigits + 1 && text.AsSpan(0, text.Length - 1) is { Length: > 0 } body && !body.ContainsAnyExcept(Characters)
                ? answer(text[..^1]) : null,
        };

    /// <summary>Most digits or letters of a text, and of a factor whose partial products are written out.</summary>
    private const int MaxDigits = 1_024, MaxFactor = 64;

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet + "0123456789");

    private static string Digits(int length, KeyedDraws draws) => draws.Digits(length);

    private static string Letters(int length, KeyedDraws draws) =>
        string.Concat(Enumerable.Range(0, length).Select(_ => Alphabet[draws.Below(Alphabet.Length)]));

    /// <summary>The two runs of digits of "a+b=", or null.</summary>
    private static string[]? Operands(string prompt, char sign, int most)
    {
        string text = prompt.Trim();
        if (text is not [.., '='] || text.Length > (2 * most) + 2) return null;
        string[] parts = text[..^1].Split(sign);
        return parts.Length == 2 && parts.All(part => part.Length > 0 && part.Length <= most && part.All(char.IsAsciiDigit)) ? parts : null;
    }

    private static int Digit(string number, int place) => place < number.Length ? number[^(place + 1)] - '0' : 0;

    private static BigInteger Number(string digits) => BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
}
