using System.Globalization;
using System.Text;

namespace RewardHub.Inference.Tokenizers.Chat.Jinja;

/// <summary>Reads expressions; names of filters, tests and methods that are not supported are refused here.</summary>
internal sealed class JinjaExpressionParser(LexemeReader reader)
{
    private const int DeepestNesting = 100;

    private static readonly HashSet<string> Words = ["and", "or", "not", "in", "is", "if", "else", "elif", "endif", "endfor", "recursive"];

    private int _depth;

    /// <summary>One expression, or several with commas between: a list.</summary>
    public Expression Tuple()
    {
        Expression first = Any();
        if (!reader.Is(",")) return first;
        List<Expression> items = [first];
        while (reader.Accept(",") && !reader.Is(")")) items.Add(Any());
        return new Expression.ListOf(items);
    }

    public Expression Any()
    {
        if (++_depth > DeepestNesting) throw reader.Fail($"expressions are nested more than {DeepestNesting} deep");
        Expression value = Or();
        while (reader.Accept("if"))
        {
            Expression condition = Or();
            value = new Expression.Choice(condition, value, reader.Accept("else") ? Any() : null);
        }

        _depth--;
        return value;
    }

    public Expression Or()
    {
        Expression left = And();
        while (reader.Accept("or")) left = new Expression.Binary("or", left, And());
        return left;
    }

    private Expression And()
    {
        Expression left = Not();
        while (reader.Accept("and")) left = new Expression.Binary("and", left, Not());
        return left;
    }

    private Expression Not()
    {
        int count = 0;
        while (reader.Accept("not")) count++;
        Expression value = Comparison();
        for (; count > 0; count--) value = new Expression.Unary("not", value);
        return value;
    }

    private Expression Comparison()
    {
        Expression first = Sum();
        var links = new List<KeyValuePair<string, Expression>>();
        while (true)
        {
            string symbol = reader.Current.Value;
            if (reader.Current.Kind == LexKind.Operator && symbol is "==" or "!=" or "<" or ">" or "<=" or ">=" || reader.Is("in"))
            {
                reader.Take();
            }
            else if (reader.Is("not") && reader.NextIs("in"))
            {
                reader.Take();
                reader.Take();
                symbol = "not in";
            }
            else
            {
                return links.Count == 0 ? first : new Expression.Compare(first, links);
            }

            links.Add(new(symbol, Sum()));
        }
    }

    private Expression Sum()
    {
        Expression left = Concatenation();
        while (reader.Current.Kind == LexKind.Operator && reader.Current.Value is "+" or "-")
        {
            left = new Expression.Binary(reader.Take().Value, left, Concatenation());
        }

        return left;
    }

    private Expression Concatenation()
    {
        Expression left = Product();
        while (reader.Accept("~")) left = new Expression.Binary("~", left, Product());
        return left;
    }

    private Expression Product()
    {
        Expression left = Signed(filters: true);
        while (reader.Current.Kind == LexKind.Operator && reader.Current.Value is "*" or "/" or "//" or "%")
        {
            left = new Expression.Binary(reader.Take().Value, left, Signed(filters: true));
        }

        if (reader.Is("**")) throw reader.Fail("the operator '**' is not supported");
        return left;
    }

    private Expression Signed(bool filters)
    {
        int minus = 0;
        while (reader.Current.Kind == LexKind.Operator && reader.Current.Value is "-" or "+")
        {
            if (reader.Take().Value == "-") minus++;
        }

        Expression value = Postfix(Primary());
        for (; minus > 0; minus--) value = new Expression.Unary("-", value);
        return filters ? Filters(value) : value;
    }

    private Expression Filters(Expression value)
    {
        while (true)
        {
            if (reader.Accept("|")) value = Filter(value);
            else if (reader.Accept("is")) value = Test(value);
            else if (reader.Is("(")) value = Call(value);
            else return value;
        }
    }

    /// <summary>A filter after its bar.</summary>
    public Expression.Filter Filter(Expression? target)
    {
        string name = reader.Current.Value;
        if (!JinjaFilters.Names.Contains(name)) throw reader.Fail($"the filter '{JsonSection.Show(name)}' is not supported");
        reader.Expect(LexKind.Name);
        return new Expression.Filter(target, name, reader.Is("(") ? Arguments() : Jinja.Arguments.None);
    }

    private Expression.Test Test(Expression target)
    {
        bool negated = reader.Accept("not");
        string name = reader.Current.Value;
        if (!JinjaTests.Names.Contains(name)) throw reader.Fail($"the test '{JsonSection.Show(name)}' is not supported");
        reader.Take();
        Arguments arguments = Jinja.Arguments.None;
        if (reader.Is("(")) arguments = Arguments();
        else if (TestArgument()) arguments = new Arguments([Postfix(Primary())], []);
        return new Expression.Test(target, name, arguments, negated);
    }

    // A test may take one argument without brackets.
    private bool TestArgument() =>
        reader.Current.Kind is LexKind.Quoted or LexKind.Integer or LexKind.Real
        || reader.Current.Kind == LexKind.Name && !Words.Contains(reader.Current.Value)
        || reader.Is("[") || reader.Is("{");

    private Expression Primary()
    {
        Lexeme lexeme = reader.Take();
        switch (lexeme.Kind)
        {
            case LexKind.Name:
                return lexeme.Value switch
                {
                    "true" or "True" => new Expression.Constant(true),
                    "false" or "False" => new Expression.Constant(false),
                    "none" or "None" => new Expression.Constant(null),
                    _ when Words.Contains(lexeme.Value) => throw reader.Fail($"'{lexeme.Value}' is not expected"),
                    _ => new Expression.Name(lexeme.Value),
                };
            case LexKind.Integer:
                return new Expression.Constant(long.Parse(lexeme.Value, CultureInfo.InvariantCulture));
            case LexKind.Real:
                return new Expression.Constant(double.Parse(lexeme.Value, CultureInfo.InvariantCulture));
            case LexKind.Quoted:
                var text = new StringBuilder(lexeme.Value);
                while (reader.Current.Kind == LexKind.Quoted) text.Append(reader.Take().Value);
                return new Expression.Constant(text.ToString());
            case LexKind.Operator when lexeme.Value == "(":
                if (reader.Accept(")")) return new Expression.ListOf([]);
                Expression inner = Tuple();
                reader.Expect(")");
                return inner;
            case LexKind.Operator when lexeme.Value == "[":
                var items = new List<Expression>();
                while (!reader.Accept("]"))
                {
                    if (items.Count > 0) reader.Expect(",");
                    if (reader.Accept("]")) break;
                    items.Add(Any());
                }

                return new Expression.ListOf(items);
            case LexKind.Operator when lexeme.Value == "{":
                return Dictionary();
            default:
                throw new JinjaSyntaxException(lexeme.Line, $"'{JsonSection.Show(lexeme.Value)}' ({lexeme.Kind}) is not expected");
        }
    }

    private Expression.DictionaryOf Dictionary()
    {
        var items = new List<KeyValuePair<Expression, Expression>>();
        while (!reader.Accept("}"))
        {
            if (items.Count > 0) reader.Expect(",");
            if (reader.Accept("}")) break;
            Expression key = Any();
            reader.Expect(":");
            items.Add(new(key, Any()));
        }

        return new Expression.DictionaryOf(items);
    }

    private Expression Postfix(Expression value)
    {
        while (true)
        {
            if (reader.Accept("."))
            {
                Lexeme member = reader.Take();
                value = member.Kind switch
                {
                    LexKind.Name => new Expression.Attribute(value, member.Value),
                    LexKind.Integer => new Expression.Item(value, new Expression.Constant(long.Parse(member.Value, CultureInfo.InvariantCulture))),
                    _ => throw new JinjaSyntaxException(member.Line, "a name is expected after '.'"),
                };
            }
            else if (reader.Accept("["))
            {
                value = Subscript(value);
            }
            else if (reader.Is("("))
            {
                value = Call(value);
            }
            else
            {
                return value;
            }
        }
    }

    private Expression Subscript(Expression target)
    {
        Expression? from = reader.Is(":") ? null : Any();
        if (reader.Accept("]")) return new Expression.Item(target, from!);
        reader.Expect(":");
        Expression? to = reader.Is(":") || reader.Is("]") ? null : Any();
        Expression? step = reader.Accept(":") && !reader.Is("]") ? Any() : null;
        reader.Expect("]");
        return new Expression.Slice(target, from, to, step);
    }

    private Expression.Call Call(Expression target)
    {
        if (target is Expression.Attribute { Member: string member } && !JinjaMethods.Names.Contains(member))
        {
            throw reader.Fail($"the method '{JsonSection.Show(member)}' is not supported");
        }

        return new Expression.Call(target, Arguments());
    }

    private Arguments Arguments()
    {
        var positional = new List<Expression>();
        var named = new List<KeyValuePair<string, Expression>>();
        reader.Expect("(");
        while (!reader.Accept(")"))
        {
            if (positional.Count + named.Count > 0) reader.Expect(",");
            if (reader.Accept(")")) break;
            if (reader.Current.Kind == LexKind.Name && reader.NextIs("="))
            {
                string name = reader.Take().Value;
                reader.Take();
                named.Add(new(name, Any()));
            }
            else
            {
                positional.Add(Any());
            }
        }

        return new Arguments(positional, named);
    }
}
