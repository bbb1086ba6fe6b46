namespace RewardHub.Inference.Tokenizers.Chat.Jinja;

/// <summary>Tests: what stands after <c>is</c>.</summary>
internal static class JinjaTests
{
    public static readonly HashSet<string> Names =
    [
        "defined", "undefined", "none", "None", "string", "mapping", "iterable", "sequence", "number", "integer", "float", "boolean",
        "true", "false", "True", "False", "equalto", "eq", "ne", "in", "even", "odd", "divisibleby", "lower", "upper",
        "lt", "le", "gt", "ge", "sameas",
    ];

    public static bool Apply(string name, object? value, IReadOnlyList<object?> arguments)
    {
        object? Other() => arguments.Count == 1 ? arguments[0] : throw new JinjaRuntimeException($"the test '{name}' takes one argument");
        return name switch
        {
            "defined" => value is not Undefined,
            "undefined" => value is Undefined,
            "none" or "None" => value is null,
            "string" => value is string,
            "mapping" => value is OrderedDictionary<string, object?>,
            "iterable" or "sequence" => value is string or List<object?> or OrderedDictionary<string, object?> or Undefined,
            "number" => value is long or double or bool,
            "integer" => value is long,
            "float" => value is double,
            "boolean" => value is bool,
            "true" or "True" => value is true,
            "false" or "False" => value is false,
            "equalto" or "eq" => JinjaValues.Equals(value, Other()),
            "ne" => !JinjaValues.Equals(value, Other()),
            "sameas" => value is null && Other() is null || value is bool a && Other() is bool b && a == b || ReferenceEquals(value, Other()),
            "in" => JinjaOperators.Contains(Other(), value),
            "even" => JinjaValues.Whole(value) % 2 == 0,
            "odd" => JinjaValues.Whole(value) % 2 != 0,
            "divisibleby" => JinjaValues.Whole(JinjaOperators.Binary("%", value, Other())) == 0,
            "lower" => value is string text && text.Any(char.IsLower) && !text.Any(char.IsUpper),
            "upper" => value is string text && text.Any(char.IsUpper) && !text.Any(char.IsLower),
            "lt" => JinjaValues.Order(value, Other()) < 0,
            "le" => JinjaValues.Order(value, Other()) <= 0,
            "gt" => JinjaValues.Order(value, Other()) > 0,
            "ge" => JinjaValues.Order(value, Other()) >= 0,
            _ => throw new JinjaRuntimeException($"the test '{name}' is not supported"),
        };
    }
}
