namespace RewardHub.Inference.Tokenizers.Chat.Jinja;

/// <summary>A cursor over lexemes.</summary>
internal sealed class LexemeReader(List<Lexeme> lexemes)
{
    private int _at;

    public Lexeme Current => lexemes[Math.Min(_at, lexemes.Count - 1)];

    public Lexeme Take()
    {
        Lexeme lexeme = Current;
        _at++;
        return lexeme;
    }

    /// <summary>Whether the current lexeme is this operator or word.</summary>
    public bool Is(string value) => Current.Kind is LexKind.Operator or LexKind.Name && Current.Value == value;

    /// <summary>Whether the lexeme after the current one is this operator or word.</summary>
    public bool NextIs(string value) =>
        _at + 1 < lexemes.Count && lexemes[_at + 1].Kind is LexKind.Operator or LexKind.Name && lexemes[_at + 1].Value == value;

    public bool Accept(string value)
    {
        if (!Is(value)) return false;
        _at++;
        return true;
    }

    public void Expect(string value)
    {
        if (!Accept(value)) throw Fail($"'{value}' is expected");
    }

    public Lexeme Expect(LexKind kind) => Current.Kind == kind ? Take() : throw Unexpected();

    public JinjaSyntaxException Unexpected() => Fail($"'{JsonSection.Show(Current.Value)}' ({Current.Kind}) is not expected");

    public JinjaSyntaxException Fail(string problem) => new(Current.Line, problem);
}
