using System.Text;

namespace RewardHub.Inference.Tokenizers.Chat.Jinja;

/// <summary>Operators and subscripts, with Python's rules.</summary>
internal static class JinjaOperators
{
    /// <summary>Longest string and most list items that a template may make.</summary>
    public const int LargestValue = 1 << 24;

    public static object? Binary(string symbol, object? left, object? right)
    {
        if (symbol == "~") return Bounded(JinjaValues.Show(left), JinjaValues.Show(right));
        switch (left, right)
        {
            case (string a, string b) when symbol == "+":
                return Bounded(a, b);
            case (List<object?> a, List<object?> b) when symbol == "+":
                return a.Count + (long)b.Count <= LargestValue ? new List<object?>([.. a, .. b]) : throw TooLarge();
            case (string a, long count) when symbol == "*":
                count = Math.Max(0, count);
                return a.Length * (Int128)count <= LargestValue ? new StringBuilder().Insert(0, a, (int)count).ToString() : throw TooLarge();
        }

        if (JinjaValues.Number(left) is not { } x || JinjaValues.Number(right) is not { } y)
        {
            throw new JinjaRuntimeException($"'{symbol}' cannot be used with {JinjaValues.Kind(left)} and {JinjaValues.Kind(right)}");
        }

        bool whole = left is not double && right is not double;
        if (symbol is "/" or "//" or "%" && y == 0) throw new JinjaRuntimeException("division by zero");
        try
        {
            return symbol switch
            {
                "+" => whole ? (object)checked(JinjaValues.Whole(left) + JinjaValues.Whole(right)) : x + y,
                "-" => whole ? (object)checked(JinjaValues.Whole(left) - JinjaValues.Whole(right)) : x - y,
                "*" => whole ? (object)checked(JinjaValues.Whole(left) * JinjaValues.Whole(right)) : x * y,
                "/" => x / y,
                "//" => whole ? (object)FloorDivide(JinjaValues.Whole(left), JinjaValues.Whole(right)) : Math.Floor(x / y),
                "%" => whole
                    ? (object)checked(JinjaValues.Whole(left) - FloorDivide(JinjaValues.Whole(left), JinjaValues.Whole(right)) * JinjaValues.Whole(right))
                    : x - Math.Floor(x / y) * y,
                _ => throw new JinjaRuntimeException($"the operator '{symbol}' is not supported"),
            };
        }
        catch (OverflowException)
        {
            throw new JinjaRuntimeException($"the result of '{symbol}' is too large");
        }
    }

    public static bool Compare(string symbol, object? left, object? right) => symbol switch
    {
        "==" => JinjaValues.Equals(left, right),
        "!=" => !JinjaValues.Equals(left, right),
        "in" => Contains(right, left),
        "not in" => !Contains(right, left),
        "<" => JinjaValues.Order(left, right) < 0,
        "<=" => JinjaValues.Order(left, right) <= 0,
        ">" => JinjaValues.Order(left, right) > 0,
        _ => JinjaValues.Order(left, right) >= 0,
    };

    public static bool Contains(object? whole, object? part) => whole switch
    {
        string text => part is string wanted
            ? text.Contains(wanted, StringComparison.Ordinal)
            : throw new JinjaRuntimeException($"{JinjaValues.Kind(part)} cannot be in a string"),
        List<object?> list => list.Exists(item => JinjaValues.Equals(item, part)),
        OrderedDictionary<string, object?> dictionary => part is string key && dictionary.ContainsKey(key),
        Undefined => false,
        _ => throw new JinjaRuntimeException($"'in' cannot be used with {JinjaValues.Kind(whole)}"),
    };

    /// <summary>A member or item; undefined when there is none. An undefined target is an error.</summary>
    public static object? Member(object? target, object? key)
    {
        switch (target, key)
        {
            case (OrderedDictionary<string, object?> dictionary, string name):
                return dictionary.TryGetValue(name, out object? found) ? found : new Undefined(name);
            case (Namespace space, string name):
                return space.Members.TryGetValue(name, out found) ? found : new Undefined(name);
            case (List<object?> list, long at):
                if (at < 0) at += list.Count;
                return at >= 0 && at < list.Count ? list[(int)at] : new Undefined($"[{at}]");
            case (string text, long at):
                int length = LengthOf(text);
                if (at < 0) at += length;
                return at >= 0 && at < length ? Slice(text, at, at + 1, 1) : new Undefined($"[{at}]");
            case (Undefined undefined, _):
                throw new JinjaRuntimeException($"'{JsonSection.Show(undefined.Name)}' is undefined");
            default:
                return new Undefined(JsonSection.Show(JinjaValues.Show(key)));
        }
    }

    /// <summary>Python's slice of a string or list.</summary>
    public static object Slice(object? target, long? from, long? to, long step)
    {
        if (step == 0) throw new JinjaRuntimeException("a slice step must not be 0");
        long count = target switch
        {
            string text => LengthOf(text),
            List<object?> list => list.Count,
            _ => throw new JinjaRuntimeException($"{JinjaValues.Kind(target)} cannot be sliced"),
        };
        long low = step > 0 ? 0 : -1, high = step > 0 ? count : count - 1;
        long Place(long? at, long absent) => at is not { } value ? absent : Math.Clamp(value < 0 ? value + count : value, low, high);
        long start = Place(from, step > 0 ? 0 : count - 1), end = Place(to, step > 0 ? count : -1);
        var places = new List<int>();
        for (long at = start; step > 0 ? at < end : at > end; at += step) places.Add((int)at);
        if (target is List<object?> items) return places.ConvertAll(at => items[at]);
        var source = (string)target!;
        if (source.Length == count) return string.Concat(places.Select(at => source[at]));
        Rune[] runes = [.. source.EnumerateRunes()];
        return string.Concat(places.Select(at => runes[at].ToString()));
    }

    /// <summary>Characters of a string, as Python counts them.</summary>
    public static int LengthOf(string text)
    {
        int count = text.Length;
        for (int i = 1; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i - 1], text[i])) count--;
        }

        return count;
    }

    private static string Bounded(string left, string right) =>
        left.Length + (long)right.Length <= LargestValue ? left + right : throw TooLarge();

    private static JinjaRuntimeException TooLarge() => new($"a value grows beyond {LargestValue} characters or items");

    private static long FloorDivide(long left, long right)
    {
        long quotient = checked(left / right);
        return left % right != 0 && left < 0 != right < 0 ? quotient - 1 : quotient;
    }
}
