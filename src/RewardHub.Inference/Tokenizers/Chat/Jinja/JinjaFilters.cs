using System.Globalization;
using System.Text;

namespace RewardHub.Inference.Tokenizers.Chat.Jinja;

/// <summary>Filters: what stands after a bar.</summary>
internal static class JinjaFilters
{
    public static readonly HashSet<string> Names =
    [
        "trim", "length", "count", "tojson", "default", "d", "upper", "lower", "capitalize", "title", "join", "first", "last", "string",
        "int", "float", "list", "replace", "reverse", "items", "dictsort", "map", "select", "reject", "selectattr", "rejectattr", "safe",
        "indent", "unique", "min", "max", "sum", "abs",
    ];

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="value">What is filtered.</param>
    /// <param name="positional">Arguments by place.</param>
    /// <param name="named">Arguments by name.</param>
    public static object? Apply(
        string name, object? value, IReadOnlyList<object?> positional, IReadOnlyDictionary<string, object?> named)
    {
        object? Argument(int at, string key, object? absent) =>
            positional.Count > at ? positional[at] : named.TryGetValue(key, out object? found) ? found : absent;
        switch (name)
        {
            case "default" or "d":
                bool falsy = JinjaValues.Truth(Argument(1, "boolean", false));
                return value is Undefined || falsy && !JinjaValues.Truth(value) ? Argument(0, "default_value", "") : value;
            case "trim":
                return Argument(0, "chars", null) is string characters
                    ? JinjaValues.Show(value).Trim(characters.ToCharArray())
                    : JinjaValues.Show(value).Trim(JinjaValues.Spaces);
            case "length" or "count":
                return value is string counted ? (long)JinjaOperators.LengthOf(counted) : JinjaValues.Items(value).Count;
            case "tojson":
                var json = new StringBuilder();
                object? indent = Argument(0, "indent", null);
                if (named.Keys.Any(key => key is not "indent" and not "ensure_ascii") || positional.Count > 1)
                {
                    throw new JinjaRuntimeException("tojson takes only 'indent' here");
                }

                JinjaValues.Json(value, indent is null ? null : (int)Math.Clamp(JinjaValues.Whole(indent), 0, 64), 0, json);
                return json.ToString();
            case "upper":
                return JinjaValues.Show(value).ToUpperInvariant();
            case "lower":
                return JinjaValues.Show(value).ToLowerInvariant();
            case "capitalize":
                return JinjaMethods.Capitalize(JinjaValues.Show(value));
            case "title":
                return JinjaMethods.Title(JinjaValues.Show(value));
            case "string" or "safe":
                return JinjaValues.Show(value);
            case "replace":
                return JinjaMethods.Replace(
                    JinjaValues.Show(value), JinjaValues.Show(Argument(0, "old", "")), JinjaValues.Show(Argument(1, "new", "")), -1);
            case "indent":
                return Indent(JinjaValues.Show(value), Argument(0, "width", 4L), JinjaValues.Truth(Argument(1, "first", false)));
            case "int":
                return ToInteger(value, Argument(0, "default", 0L));
            case "float":
                return value is string number
                    ? double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) ? parsed : Argument(0, "default", 0.0)
                    : JinjaValues.Number(value) ?? Argument(0, "default", 0.0);
            case "abs":
                return value is double real ? (object)Math.Abs(real) : Math.Abs(JinjaValues.Whole(value));
            case "join":
                object? attribute = Argument(1, "attribute", null);
                IEnumerable<object?> parts = JinjaValues.Items(value);
                if (attribute is not null) parts = parts.Select(item => JinjaOperators.Member(item, attribute));
                return string.Join(JinjaValues.Show(Argument(0, "d", "")), parts.Select(JinjaValues.Show));
            default:
                return OfList(name, JinjaValues.Items(value), value, positional, named);
        }
    }

    private static object? OfList(
        string name, List<object?> items, object? value, IReadOnlyList<object?> positional, IReadOnlyDictionary<string, object?> named)
    {
        switch (name)
        {
            case "first":
                return items.Count > 0 ? items[0] : new Undefined("first of nothing");
            case "last":
                return items.Count > 0 ? items[^1] : new Undefined("last of nothing");
            case "list":
                return new List<object?>(items);
            case "reverse":
                List<object?> reversed = [.. Enumerable.Reverse(items)];
                return value is string ? string.Concat(reversed.Select(JinjaValues.Show)) : reversed;
            case "items":
                return JinjaMethods.Call(value is Undefined ? new OrderedDictionary<string, object?>() : value, "items", []);
            case "dictsort":
                return ((List<object?>)JinjaMethods.Call(value, "items", [])!)
                    .OrderBy(pair => ((string)((List<object?>)pair!)[0]!).ToLowerInvariant(), StringComparer.Ordinal).ToList();
            case "map":
                if (named.TryGetValue("attribute", out object? member)) return items.ConvertAll(item => JinjaOperators.Member(item, member));
                string filter = Name(positional, 0, Names, "filter");
                return items.ConvertAll(item => Apply(filter, item, [.. positional.Skip(1)], named));
            case "select" or "reject":
                string test = positional.Count > 0 ? Name(positional, 0, JinjaTests.Names, "test") : "";
                return items.FindAll(item => (name == "select") == Holds(test, item, [.. positional.Skip(1)]));
            case "selectattr" or "rejectattr":
                object? key = positional.Count > 0 ? positional[0] : throw new JinjaRuntimeException($"'{name}' needs an attribute");
                string check = positional.Count > 1 ? Name(positional, 1, JinjaTests.Names, "test") : "";
                return items.FindAll(item => (name == "selectattr") == Holds(check, JinjaOperators.Member(item, key), [.. positional.Skip(2)]));
            case "unique":
                var unique = new List<object?>();
                foreach (object? item in items)
                {
                    if (!unique.Exists(other => JinjaValues.Equals(other, item))) unique.Add(item);
                }

                return unique;
            case "min" or "max":
                if (items.Count == 0) return new Undefined($"{name} of nothing");
                return items.Aggregate((best, item) => JinjaValues.Order(item, best) < 0 == (name == "min") && JinjaValues.Order(item, best) != 0 ? item : best);
            case "sum":
                return items.Aggregate((object?)0L, (sum, item) => JinjaOperators.Binary("+", sum, item));
            default:
                throw new JinjaRuntimeException($"the filter '{name}' is not supported");
        }
    }

    private static bool Holds(string test, object? value, List<object?> arguments) =>
        test.Length == 0 ? JinjaValues.Truth(value) : JinjaTests.Apply(test, value, arguments);

    private static string Name(IReadOnlyList<object?> arguments, int at, HashSet<string> known, string what) =>
        arguments.ElementAtOrDefault(at) is string name && known.Contains(name)
            ? name
            : throw new JinjaRuntimeException($"the {what} '{JsonSection.Show(JinjaValues.Show(arguments.ElementAtOrDefault(at)))}' is not supported");

    private static object? ToInteger(object? value, object? absent) => value switch
    {
        string text => long.TryParse(text.Trim(JinjaValues.Spaces), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long parsed)
            ? parsed
            : absent,
        double real => Math.Abs(real) < 9e18 ? (long)real : absent,
        long or bool => JinjaValues.Whole(value),
        _ => absent,
    };

    private static string Indent(string text, object? width, bool first)
    {
        string pad = width as string ?? new string(' ', (int)Math.Clamp(JinjaValues.Whole(width), 0, 64));
        IEnumerable<string> lines = text.Split('\n').Select((line, at) => at > 0 && line.Length > 0 || at == 0 && first ? pad + line : line);
        return string.Join('\n', lines);
    }
}
