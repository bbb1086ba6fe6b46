using System.Globalization;

namespace RewardHub.Inference.Tokenizers.Chat.Jinja;

/// <summary>Methods of strings, lists and mappings.</summary>
internal static class JinjaMethods
{
    public static readonly HashSet<string> Names =
    [
        "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "startswith", "endswith", "replace", "upper", "lower", "title",
        "capitalize", "join", "find", "count", "isdigit", "removeprefix", "removesuffix", "items", "keys", "values", "get", "index", "cycle",
    ];

    public static object? Call(object? target, string name, IReadOnlyList<object?> arguments) => target switch
    {
        string text => OfString(text, name, arguments),
        OrderedDictionary<string, object?> dictionary => OfMapping(dictionary, name, arguments),
        List<object?> list when name is "count" && arguments.Count == 1 => (long)list.Count(item => JinjaValues.Equals(item, arguments[0])),
        List<object?> list when name is "index" && arguments.Count == 1 => list.FindIndex(item => JinjaValues.Equals(item, arguments[0])) is >= 0 and int at
            ? (long)at
            : throw new JinjaRuntimeException("the value is not in the list"),
        Undefined undefined => throw new JinjaRuntimeException($"'{JsonSection.Show(undefined.Name)}' is undefined"),
        _ => throw Missing(target, name),
    };

    private static object? OfMapping(OrderedDictionary<string, object?> dictionary, string name, IReadOnlyList<object?> arguments) => name switch
    {
        "items" => dictionary.Select(item => (object?)new List<object?> { item.Key, item.Value }).ToList(),
        "keys" => dictionary.Keys.Select(key => (object?)key).ToList(),
        "values" => dictionary.Values.ToList(),
        "get" when arguments.Count is 1 or 2 => arguments[0] is string key && dictionary.TryGetValue(key, out object? found)
            ? found
            : arguments.ElementAtOrDefault(1),
        _ => throw Missing(dictionary, name),
    };

    private static object? OfString(string text, string name, IReadOnlyList<object?> arguments)
    {
        string Text(int at) => arguments.ElementAtOrDefault(at) as string
            ?? throw new JinjaRuntimeException($"the method '{name}' needs a string");
        bool AnyOf(Func<string, bool> holds) => arguments.ElementAtOrDefault(0) is List<object?> choices
            ? choices.OfType<string>().Any(holds)
            : holds(Text(0));
        char[] characters = arguments.ElementAtOrDefault(0) is string given && name.EndsWith("strip", StringComparison.Ordinal)
            ? given.ToCharArray()
            : JinjaValues.Spaces;
        return name switch
        {
            "strip" => characters.Length == 0 ? text : text.Trim(characters),
            "lstrip" => characters.Length == 0 ? text : text.TrimStart(characters),
            "rstrip" => characters.Length == 0 ? text : text.TrimEnd(characters),
            "split" => Split(text, arguments, fromEnd: false),
            "rsplit" => Split(text, arguments, fromEnd: true),
            "splitlines" => text.Length == 0
                ? new List<object?>()
                : [.. (text.EndsWith('\n') ? text[..^1] : text).Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r')],
            "startswith" => AnyOf(part => text.StartsWith(part, StringComparison.Ordinal)),
            "endswith" => AnyOf(part => text.EndsWith(part, StringComparison.Ordinal)),
            "replace" => Replace(text, Text(0), Text(1), arguments.Count > 2 ? JinjaValues.Whole(arguments[2]) : -1),
            "upper" => text.ToUpperInvariant(),
            "lower" => text.ToLowerInvariant(),
            "title" => Title(text),
            "capitalize" => Capitalize(text),
            "join" => string.Join(text, JinjaValues.Items(arguments.ElementAtOrDefault(0)).Select(JinjaValues.Show)),
            "find" => text.IndexOf(Text(0), StringComparison.Ordinal) is >= 0 and int at ? (long)JinjaOperators.LengthOf(text[..at]) : -1L,
            "count" => Text(0).Length == 0
                ? (long)JinjaOperators.LengthOf(text) + 1
                : (text.Length - text.Replace(Text(0), "", StringComparison.Ordinal).Length) / (long)Text(0).Length,
            "isdigit" => text.Length > 0 && text.All(char.IsDigit),
            "removeprefix" => text.StartsWith(Text(0), StringComparison.Ordinal) ? text[Text(0).Length..] : text,
            "removesuffix" => text.EndsWith(Text(0), StringComparison.Ordinal) ? text[..^Text(0).Length] : text,
            _ => throw Missing(text, name),
        };
    }

    public static string Replace(string text, string from, string to, long most)
    {
        if (from.Length == 0) throw new JinjaRuntimeException("an empty string cannot be replaced");
        int found = 0;
        var result = new System.Text.StringBuilder();
        int done = 0;
        for (int at = text.IndexOf(from, StringComparison.Ordinal); at >= 0 && found != most; at = text.IndexOf(from, done, StringComparison.Ordinal))
        {
            result.Append(text, done, at - done).Append(to);
            done = at + from.Length;
            found++;
            if (result.Length > JinjaOperators.LargestValue) throw new JinjaRuntimeException("a replaced string grows too long");
        }

        return result.Append(text, done, text.Length - done).ToString();
    }

    public static string Title(string text)
    {
        char[] result = text.ToLowerInvariant().ToCharArray();
        for (int i = 0; i < result.Length; i++)
        {
            if (i == 0 || !char.IsLetter(result[i - 1])) result[i] = char.ToUpperInvariant(result[i]);
        }

        return new string(result);
    }

    public static string Capitalize(string text) =>
        text.Length == 0 ? text : char.ToUpper(text[0], CultureInfo.InvariantCulture) + text[1..].ToLowerInvariant();

    // Without a separator runs of white space part, and none stand at the ends.
    private static List<object?> Split(string text, IReadOnlyList<object?> arguments, bool fromEnd)
    {
        long most = arguments.Count > 1 ? JinjaValues.Whole(arguments[1]) : -1;
        if (arguments.ElementAtOrDefault(0) is not string separator)
        {
            if (most >= 0) throw new JinjaRuntimeException("split on white space takes no limit here");
            return [.. text.Split(JinjaValues.Spaces, StringSplitOptions.RemoveEmptyEntries)];
        }

        if (separator.Length == 0) throw new JinjaRuntimeException("the separator is empty");
        string[] parts = text.Split(separator);
        if (most < 0 || parts.Length <= most + 1) return [.. parts];
        int kept = (int)most, rest = parts.Length - kept;
        return fromEnd
            ? [string.Join(separator, parts[..rest]), .. parts[rest..]]
            : [.. parts[..kept], string.Join(separator, parts[kept..])];
    }

    private static JinjaRuntimeException Missing(object? target, string name) => new($"{JinjaValues.Kind(target)} has no method '{name}'");
}
