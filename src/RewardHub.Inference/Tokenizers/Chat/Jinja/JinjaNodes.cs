namespace RewardHub.Inference.Tokenizers.Chat.Jinja;

/// <summary>An expression of a template.</summary>
internal abstract record Expression
{
    public sealed record Constant(object? Value) : Expression;

    public sealed record Name(string Identifier) : Expression;

    public sealed record ListOf(IReadOnlyList<Expression> Items) : Expression;

    public sealed record DictionaryOf(IReadOnlyList<KeyValuePair<Expression, Expression>> Items) : Expression;

    public sealed record Attribute(Expression Target, string Member) : Expression;

    public sealed record Item(Expression Target, Expression Index) : Expression;

    public sealed record Slice(Expression Target, Expression? From, Expression? To, Expression? Step) : Expression;

    public sealed record Call(Expression Target, Arguments Arguments) : Expression;

    public sealed record Filter(Expression? Target, string Filtering, Arguments Arguments) : Expression;

    public sealed record Test(Expression Target, string Testing, Arguments Arguments, bool Negated) : Expression;

    public sealed record Unary(string Operator, Expression Operand) : Expression;

    public sealed record Binary(string Operator, Expression Left, Expression Right) : Expression;

    /// <summary>A chain such as <c>a &lt; b == c</c>: every link must hold.</summary>
    public sealed record Compare(Expression First, IReadOnlyList<KeyValuePair<string, Expression>> Links) : Expression;

    public sealed record Choice(Expression Condition, Expression Then, Expression? Else) : Expression;
}

/// <summary>Arguments of a call, filter or test.</summary>
internal sealed record Arguments(IReadOnlyList<Expression> Positional, IReadOnlyList<KeyValuePair<string, Expression>> Named)
{
    public static Arguments None { get; } = new([], []);
}

/// <summary>A statement of a template, or text between statements.</summary>
internal abstract record Statement
{
    public sealed record Text(string Value) : Statement;

    public sealed record Output(Expression Value) : Statement;

    public sealed record If(IReadOnlyList<KeyValuePair<Expression, IReadOnlyList<Statement>>> Branches, IReadOnlyList<Statement> Else) : Statement;

    public sealed record For(
        IReadOnlyList<string> Targets, Expression Source, Expression? Condition, IReadOnlyList<Statement> Body, IReadOnlyList<Statement> Else)
        : Statement;

    /// <summary>Sets names, or with <paramref name="Member"/> an attribute of a namespace.</summary>
    public sealed record Set(IReadOnlyList<string> Targets, string? Member, Expression Value) : Statement;

    /// <summary>Sets a name to the output of statements, through filters.</summary>
    public sealed record SetBlock(string Target, IReadOnlyList<Expression.Filter> Filters, IReadOnlyList<Statement> Body) : Statement;

    public sealed record Macro(string Name, IReadOnlyList<KeyValuePair<string, Expression?>> Parameters, IReadOnlyList<Statement> Body) : Statement;

    /// <summary>Statements whose output is kept as it is (<c>generation</c>).</summary>
    public sealed record Block(IReadOnlyList<Statement> Body) : Statement;

    public sealed record Break : Statement;

    public sealed record Continue : Statement;
}
