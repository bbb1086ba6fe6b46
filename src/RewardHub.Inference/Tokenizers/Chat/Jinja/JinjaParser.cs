namespace RewardHub.Inference.Tokenizers.Chat.Jinja;

/// <summary>Reads the statements of a template.</summary>
internal sealed class JinjaParser
{
    private const int DeepestNesting = 64;

    private readonly LexemeReader _reader;
    private readonly JinjaExpressionParser _expressions;
    private int _depth;

    private JinjaParser(LexemeReader reader)
    {
        _reader = reader;
        _expressions = new JinjaExpressionParser(reader);
    }

    /// <exception cref="JinjaSyntaxException">The template is not well formed, or uses what is not supported.</exception>
    public static IReadOnlyList<Statement> Parse(string source)
    {
        var reader = new LexemeReader(new JinjaLexer(source).Read());
        var parser = new JinjaParser(reader);
        IReadOnlyList<Statement> statements = parser.Body([]);
        return reader.Current.Kind == LexKind.End ? statements : throw reader.Unexpected();
    }

    // Statements up to one of the tags, whose name is left as the current lexeme.
    private List<Statement> Body(ReadOnlySpan<string> until)
    {
        if (++_depth > DeepestNesting) throw _reader.Fail($"blocks are nested more than {DeepestNesting} deep");
        var statements = new List<Statement>();
        while (_reader.Current.Kind != LexKind.End)
        {
            if (_reader.Current.Kind == LexKind.Text)
            {
                statements.Add(new Statement.Text(_reader.Take().Value));
            }
            else if (_reader.Current.Kind == LexKind.OutputBegin)
            {
                _reader.Take();
                statements.Add(new Statement.Output(_expressions.Tuple()));
                _reader.Expect(LexKind.OutputEnd);
            }
            else
            {
                _reader.Expect(LexKind.BlockBegin);
                if (until.Contains(_reader.Current.Value)) break;
                statements.Add(Tag(_reader.Expect(LexKind.Name).Value));
            }
        }

        if (until.Length > 0 && _reader.Current.Kind == LexKind.End) throw _reader.Fail($"'{until[^1]}' is missing");
        _depth--;
        return statements;
    }

    private List<Statement> BodyAndEnd(string end)
    {
        List<Statement> body = Body([end]);
        Finish();
        return body;
    }

    // The name of the tag that ended a body, and its end.
    private void Finish()
    {
        _reader.Take();
        _reader.Expect(LexKind.BlockEnd);
    }

    private Statement Tag(string tag)
    {
        switch (tag)
        {
            case "if": return If();
            case "for": return For();
            case "set": return Set();
            case "macro": return Macro();
            case "generation":
                _reader.Expect(LexKind.BlockEnd);
                return new Statement.Block(BodyAndEnd("endgeneration"));
            case "break":
                _reader.Expect(LexKind.BlockEnd);
                return new Statement.Break();
            case "continue":
                _reader.Expect(LexKind.BlockEnd);
                return new Statement.Continue();
            default:
                throw _reader.Fail($"the tag '{JsonSection.Show(tag)}' is not supported");
        }
    }

    private Statement.If If()
    {
        var branches = new List<KeyValuePair<Expression, IReadOnlyList<Statement>>>();
        while (true)
        {
            Expression condition = _expressions.Any();
            _reader.Expect(LexKind.BlockEnd);
            branches.Add(new(condition, Body(["elif", "else", "endif"])));
            string tag = _reader.Take().Value;
            if (tag == "elif") continue;
            _reader.Expect(LexKind.BlockEnd);
            return new Statement.If(branches, tag == "else" ? BodyAndEnd("endif") : []);
        }
    }

    private Statement.For For()
    {
        List<string> targets = Targets();
        if (!_reader.Accept("in")) throw _reader.Fail("'in' is missing");
        Expression source = _expressions.Or();
        Expression? condition = _reader.Accept("if") ? _expressions.Any() : null;
        if (_reader.Is("recursive")) throw _reader.Fail("'recursive' loops are not supported");
        _reader.Expect(LexKind.BlockEnd);
        List<Statement> body = Body(["else", "endfor"]);
        bool otherwise = _reader.Is("else");
        Finish();
        return new Statement.For(targets, source, condition, body, otherwise ? BodyAndEnd("endfor") : []);
    }

    private Statement Set()
    {
        List<string> targets = Targets();
        string? member = targets.Count == 1 && _reader.Accept(".") ? _reader.Expect(LexKind.Name).Value : null;
        if (_reader.Accept("="))
        {
            Expression value = _expressions.Tuple();
            _reader.Expect(LexKind.BlockEnd);
            return new Statement.Set(targets, member, value);
        }

        if (member is not null || targets.Count != 1) throw _reader.Unexpected();
        var filters = new List<Expression.Filter>();
        while (_reader.Accept("|")) filters.Add(_expressions.Filter(null));
        _reader.Expect(LexKind.BlockEnd);
        return new Statement.SetBlock(targets[0], filters, BodyAndEnd("endset"));
    }

    private Statement.Macro Macro()
    {
        string name = _reader.Expect(LexKind.Name).Value;
        var parameters = new List<KeyValuePair<string, Expression?>>();
        _reader.Expect("(");
        while (!_reader.Accept(")"))
        {
            if (parameters.Count > 0) _reader.Expect(",");
            string parameter = _reader.Expect(LexKind.Name).Value;
            parameters.Add(new(parameter, _reader.Accept("=") ? _expressions.Any() : null));
        }

        _reader.Expect(LexKind.BlockEnd);
        return new Statement.Macro(name, parameters, BodyAndEnd("endmacro"));
    }

    private List<string> Targets()
    {
        bool bracket = _reader.Accept("(");
        List<string> targets = [_reader.Expect(LexKind.Name).Value];
        while (_reader.Accept(",")) targets.Add(_reader.Expect(LexKind.Name).Value);
        if (bracket) _reader.Expect(")");
        return targets;
    }
}
