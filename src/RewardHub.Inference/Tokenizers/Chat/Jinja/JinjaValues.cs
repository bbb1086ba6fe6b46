using System.Globalization;
using System.Text;
using System.Text.Json;

namespace RewardHub.Inference.Tokenizers.Chat.Jinja;

/// <summary>A name or member that has no value.</summary>
/// <param name="Name">What was looked for.</param>
internal sealed record Undefined(string Name);

/// <summary>A mutable object that <c>namespace()</c> makes; the way out of a loop's scope.</summary>
internal sealed class Namespace
{
    public Dictionary<string, object?> Members { get; } = [];
}

/// <summary>
/// The values of templates: null (<c>none</c>), <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>,
/// <see cref="string"/>, <c>List&lt;object?&gt;</c>, <c>OrderedDictionary&lt;string, object?&gt;</c>,
/// <see cref="Namespace"/>, macros and <see cref="Undefined"/>. Rules are Python's.
/// </summary>
internal static class JinjaValues
{
    /// <summary>What Python's <c>strip</c> takes for white space.</summary>
    public static readonly char[] Spaces =
        [.. Enumerable.Range(0, 0x3001).Select(value => (char)value).Where(value => char.IsWhiteSpace(value) || value is >= '\x1C' and <= '\x1F')];

    public static object? Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.TryGetInt64(out long whole) ? (object)whole : json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => json.EnumerateArray().Select(Of).ToList(),
        JsonValueKind.Object => Dictionary(json.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, Of(member.Value)))),
        _ => null,
    };

    public static OrderedDictionary<string, object?> Dictionary(IEnumerable<KeyValuePair<string, object?>> members)
    {
        var dictionary = new OrderedDictionary<string, object?>();
        foreach ((string name, object? value) in members) dictionary[name] = value;
        return dictionary;
    }

    public static bool Truth(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long whole => whole != 0,
        double real => real != 0,
        string text => text.Length > 0,
        List<object?> list => list.Count > 0,
        OrderedDictionary<string, object?> dictionary => dictionary.Count > 0,
        _ => true,
    };

    public static new bool Equals(object? left, object? right) => (left, right) switch
    {
        (null, null) or (Undefined, Undefined) => true,
        (string a, string b) => string.Equals(a, b, StringComparison.Ordinal),
        (List<object?> a, List<object?> b) => a.Count == b.Count && a.Zip(b).All(pair => Equals(pair.First, pair.Second)),
        (OrderedDictionary<string, object?> a, OrderedDictionary<string, object?> b) =>
            a.Count == b.Count && a.All(item => b.TryGetValue(item.Key, out object? other) && Equals(item.Value, other)),
        _ when Number(left) is { } a && Number(right) is { } b => left is long or bool && right is long or bool ? Whole(left) == Whole(right) : a == b,
        _ => ReferenceEquals(left, right),
    };

    /// <summary>Order of numbers and of strings; others have none.</summary>
    public static int Order(object? left, object? right)
    {
        if (left is string a && right is string b) return CompareCodePoints(a, b);
        return Number(left) is { } x && Number(right) is { } y
            ? x.CompareTo(y)
            : throw new JinjaRuntimeException($"{Kind(left)} and {Kind(right)} cannot be ordered");
    }

    public static double? Number(object? value) => value switch
    {
        bool flag => flag ? 1 : 0,
        long whole => whole,
        double real => real,
        _ => null,
    };

    public static long Whole(object? value) => value switch
    {
        bool flag => flag ? 1 : 0,
        long whole => whole,
        _ => throw new JinjaRuntimeException($"{Kind(value)} is no integer"),
    };

    /// <summary>The value as output writes it.</summary>
    public static string Show(object? value) => value switch
    {
        string text => text,
        Undefined => "",
        _ => Represent(value, 0),
    };

    public static string Kind(object? value) => value switch
    {
        null => "none",
        Undefined undefined => $"the undefined '{JsonSection.Show(undefined.Name)}'",
        bool => "a boolean",
        long or double => "a number",
        string => "a string",
        List<object?> => "a list",
        OrderedDictionary<string, object?> => "a mapping",
        _ => "an object",
    };

    /// <summary>The items that a loop runs over: of a list, the keys of a mapping, the characters of a string.</summary>
    public static List<object?> Items(object? value) => value switch
    {
        List<object?> list => list,
        OrderedDictionary<string, object?> dictionary => [.. dictionary.Keys],
        string text => [.. text.EnumerateRunes().Select(rune => (object?)rune.ToString())],
        Undefined => [],
        _ => throw new JinjaRuntimeException($"{Kind(value)} cannot be looped over"),
    };

    /// <summary>JSON as <c>tojson</c> writes it: not escaped beyond need, ", " and ": " between, keys in their order.</summary>
    public static void Json(object? value, int? indent, int depth, StringBuilder into)
    {
        if (depth > 100) throw new JinjaRuntimeException("values are nested too deep for tojson");
        switch (value)
        {
            case string text:
                Quote(text, into);
                break;
            case List<object?> list:
                Group(list.Count, '[', ']', indent, depth, into, i => Json(list[i], indent, depth + 1, into));
                break;
            case OrderedDictionary<string, object?> dictionary:
                Group(dictionary.Count, '{', '}', indent, depth, into, i =>
                {
                    Quote(dictionary.GetAt(i).Key, into);
                    into.Append(": ");
                    Json(dictionary.GetAt(i).Value, indent, depth + 1, into);
                });
                break;
            case null:
                into.Append("null");
                break;
            case bool flag:
                into.Append(flag ? "true" : "false");
                break;
            case long or double:
                into.Append(Represent(value, 0));
                break;
            default:
                throw new JinjaRuntimeException($"{Kind(value)} cannot be written as JSON");
        }
    }

    /// <summary>A float as Python writes it: the shortest digits that read back the same.</summary>
    public static string Real(double value)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        double size = Math.Abs(value);
        if (size != 0 && (size < 1e-4 || size >= 1e16))
        {
            int exponent = ExponentOf(shortest.TrimStart('-'));
            string sign = value < 0 ? "-" : "";
            string mantissa = Digits(shortest);
            string fraction = mantissa.Length > 1 ? "." + mantissa[1..] : "";
            return $"{sign}{mantissa[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        if (!shortest.Contains('E', StringComparison.Ordinal)) return shortest.Contains('.', StringComparison.Ordinal) ? shortest : shortest + ".0";
        string plain = value.ToString("0.0###################", CultureInfo.InvariantCulture);
        return plain;
    }

    // The power of ten of the first significant digit of a number in either notation.
    private static int ExponentOf(string text)
    {
        int mark = text.IndexOf('E', StringComparison.Ordinal), point = text.IndexOf('.', StringComparison.Ordinal);
        if (mark >= 0) return int.Parse(text.AsSpan(mark + 1), CultureInfo.InvariantCulture);
        if (text[0] != '0') return (point < 0 ? text.Length : point) - 1;
        return -(text.AsSpan(point + 1).IndexOfAnyExcept('0') + 1);
    }

    // The significant digits of a number in either notation.
    private static string Digits(string text)
    {
        int end = text.IndexOf('E', StringComparison.Ordinal);
        string digits = (end < 0 ? text : text[..end]).Replace("-", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal);
        digits = digits.TrimStart('0').TrimEnd('0');
        return digits.Length == 0 ? "0" : digits;
    }

    private static string Represent(object? value, int depth)
    {
        if (depth > 100) throw new JinjaRuntimeException("values are nested too deep to be written");
        return value switch
        {
            null => "None",
            bool flag => flag ? "True" : "False",
            long whole => whole.ToString(CultureInfo.InvariantCulture),
            double real => Real(real),
            string text => text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal)
                ? $"\"{Escape(text, '"')}\""
                : $"'{Escape(text, '\'')}'",
            List<object?> list => $"[{string.Join(", ", list.Select(item => Represent(item, depth + 1)))}]",
            OrderedDictionary<string, object?> dictionary =>
                $"{{{string.Join(", ", dictionary.Select(item => $"{Represent(item.Key, depth + 1)}: {Represent(item.Value, depth + 1)}"))}}}",
            Undefined => "Undefined",
            _ => throw new JinjaRuntimeException("an object cannot be written"),
        };
    }

    private static string Escape(string text, char quote) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\r", "\\r", StringComparison.Ordinal)
        .Replace("\t", "\\t", StringComparison.Ordinal)
        .Replace(quote.ToString(), "\\" + quote, StringComparison.Ordinal);

    private static void Group(int count, char open, char close, int? indent, int depth, StringBuilder into, Action<int> write)
    {
        into.Append(open);
        for (int i = 0; i < count; i++)
        {
            if (i > 0) into.Append(indent is null ? ", " : ",");
            if (indent is { } width) into.Append('\n').Append(' ', width * (depth + 1));
            write(i);
        }

        if (count > 0 && indent is { } last) into.Append('\n').Append(' ', last * depth);
        into.Append(close);
    }

    private static void Quote(string text, StringBuilder into)
    {
        into.Append('"');
        foreach (char character in text)
        {
            const string Codes = "\"\\\b\f\n\r\t", Letters = "\"\\bfnrt";
            int code = Codes.IndexOf(character, StringComparison.Ordinal);
            if (code >= 0) into.Append('\\').Append(Letters[code]);
            else if (character < ' ') into.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
            else into.Append(character);
        }

        into.Append('"');
    }

    private static int CompareCodePoints(string left, string right)
    {
        using StringRuneEnumerator a = left.EnumerateRunes(), b = right.EnumerateRunes();
        StringRuneEnumerator x = a, y = b;
        while (true)
        {
            bool more = x.MoveNext(), other = y.MoveNext();
            if (!more || !other) return more.CompareTo(other);
            if (x.Current != y.Current) return x.Current.CompareTo(y.Current);
        }
    }
}
