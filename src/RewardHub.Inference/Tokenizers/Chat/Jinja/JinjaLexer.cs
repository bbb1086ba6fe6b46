using System.Globalization;
using System.Text;

namespace RewardHub.Inference.Tokenizers.Chat.Jinja;

/// <summary>What a lexical token is.</summary>
internal enum LexKind
{
    Text,
    OutputBegin,
    OutputEnd,
    BlockBegin,
    BlockEnd,
    Name,
    Quoted,
    Integer,
    Real,
    Operator,
    End,
}

/// <summary>A lexical token.</summary>
internal readonly record struct Lexeme(LexKind Kind, string Value, int Line);

/// <summary>
/// Cuts a template into lexemes. As chat templates are rendered, the first line end after a block and the spaces before a
/// block that begins its line are dropped (<c>trim_blocks</c>, <c>lstrip_blocks</c>), and so is the last line end.
/// </summary>
internal sealed class JinjaLexer(string source)
{
    private static readonly string[] Operators =
        ["**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}", ",", ":", ".", "|"];

    private readonly string _source = Prepare(source);
    private readonly List<Lexeme> _lexemes = [];
    private int _at;
    private int _line = 1;

    /// <exception cref="JinjaSyntaxException">The template is not well formed.</exception>
    public List<Lexeme> Read()
    {
        bool atLineStart = true;
        while (_at < _source.Length)
        {
            int open = FindOpening(_at);
            string text = _source[_at..open];
            if (open == _source.Length)
            {
                Emit(text);
                break;
            }

            char kind = _source[open + 1];
            char sign = open + 2 < _source.Length ? _source[open + 2] : '\0';
            if (sign == '-')
            {
                text = text.TrimEnd(JinjaValues.Spaces);
            }
            else if (sign != '+' && kind != '{')
            {
                int line = text.LastIndexOf('\n') + 1;
                if ((line > 0 || atLineStart) && text.AsSpan(line).Trim(JinjaValues.Spaces).IsEmpty) text = text[..line];
            }

            Emit(text);
            CountLines(_at, open);
            _at = open + (sign is '-' or '+' ? 3 : 2);
            if (kind == '#') Comment();
            else Code(kind);
            atLineStart = _source[_at - 1] == '\n';
        }

        _lexemes.Add(new Lexeme(LexKind.End, "", _line));
        return _lexemes;
    }

    private static string Prepare(string source)
    {
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        return source.EndsWith('\n') ? source[..^1] : source;
    }

    private void Emit(string text)
    {
        if (text.Length > 0) _lexemes.Add(new Lexeme(LexKind.Text, text, _line));
    }

    private void CountLines(int from, int to) => _line += _source.AsSpan(from, to - from).Count('\n');

    private int FindOpening(int from)
    {
        for (int at = from; ; at++)
        {
            at = _source.IndexOf('{', at);
            if (at < 0 || at + 1 >= _source.Length) return _source.Length;
            if (_source[at + 1] is '{' or '%' or '#') return at;
        }
    }

    // After a block or a comment the first line end goes, unless a plus sign keeps it; after a minus sign all white space.
    private void Close(int end, bool dropLineEnd)
    {
        char sign = _source[end - 1];
        int start = _at;
        _at = end + 2;
        if (sign == '-')
        {
            while (_at < _source.Length && JinjaValues.Spaces.Contains(_source[_at])) _at++;
        }
        else if (dropLineEnd && sign != '+' && _at < _source.Length && _source[_at] == '\n')
        {
            _at++;
        }

        CountLines(start, _at);
    }

    private void Comment()
    {
        int end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0) throw new JinjaSyntaxException(_line, "the comment is not closed");
        Close(end, dropLineEnd: true);
    }

    private void Code(char kind)
    {
        bool output = kind == '{';
        string close = output ? "}}" : "%}";
        _lexemes.Add(new Lexeme(output ? LexKind.OutputBegin : LexKind.BlockBegin, "", _line));
        int depth = 0;
        while (true)
        {
            while (_at < _source.Length && char.IsWhiteSpace(_source[_at]))
            {
                if (_source[_at] == '\n') _line++;
                _at++;
            }

            if (_at >= _source.Length) throw new JinjaSyntaxException(_line, $"'{close}' is missing");
            int end = _source[_at] is '-' or '+' && depth == 0 ? _at + 1 : _at;
            if (depth == 0 && string.CompareOrdinal(_source, end, close, 0, 2) == 0)
            {
                _lexemes.Add(new Lexeme(output ? LexKind.OutputEnd : LexKind.BlockEnd, "", _line));
                Close(end, dropLineEnd: !output);
                return;
            }

            Lexeme lexeme = Word();
            if (lexeme.Kind == LexKind.Operator)
            {
                if (lexeme.Value is "(" or "[" or "{") depth++;
                if (lexeme.Value is ")" or "]" or "}") depth--;
            }

            _lexemes.Add(lexeme);
        }
    }

    private Lexeme Word()
    {
        char first = _source[_at];
        int start = _at;
        if (char.IsLetter(first) || first == '_')
        {
            while (_at < _source.Length && (char.IsLetterOrDigit(_source[_at]) || _source[_at] == '_')) _at++;
            return new Lexeme(LexKind.Name, _source[start.._at], _line);
        }

        if (char.IsAsciiDigit(first)) return Number();
        if (first is '\'' or '"') return Quoted(first);
        foreach (string symbol in Operators)
        {
            if (string.CompareOrdinal(_source, _at, symbol, 0, symbol.Length) != 0) continue;
            _at += symbol.Length;
            return new Lexeme(LexKind.Operator, symbol, _line);
        }

        throw new JinjaSyntaxException(_line, $"the character '{first}' is not expected");
    }

    private Lexeme Number()
    {
        int start = _at;
        while (_at < _source.Length && (char.IsAsciiDigit(_source[_at]) || _source[_at] == '_')) _at++;
        bool real = _at + 1 < _source.Length && _source[_at] == '.' && char.IsAsciiDigit(_source[_at + 1]);
        if (real)
        {
            _at++;
            while (_at < _source.Length && char.IsAsciiDigit(_source[_at])) _at++;
        }

        int sign = _at + 1 < _source.Length && _source[_at + 1] is '+' or '-' ? 2 : 1;
        if (_at + sign < _source.Length && _source[_at] is 'e' or 'E' && char.IsAsciiDigit(_source[_at + sign]))
        {
            real = true;
            _at += sign;
            while (_at < _source.Length && char.IsAsciiDigit(_source[_at])) _at++;
        }

        string digits = _source[start.._at].Replace("_", "", StringComparison.Ordinal);
        if (!real && !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw new JinjaSyntaxException(_line, $"the number {JsonSection.Show(digits)} is too large");
        }

        return new Lexeme(real ? LexKind.Real : LexKind.Integer, digits, _line);
    }

    private Lexeme Quoted(char quote)
    {
        int line = _line;
        var text = new StringBuilder();
        for (_at++; _at < _source.Length && _source[_at] != quote; _at++)
        {
            if (_source[_at] == '\n') _line++;
            if (_source[_at] == '\\' && _at + 1 < _source.Length) Escape(text);
            else text.Append(_source[_at]);
        }

        if (_at >= _source.Length) throw new JinjaSyntaxException(line, "the string is not closed");
        _at++;
        return new Lexeme(LexKind.Quoted, text.ToString(), line);
    }

    private void Escape(StringBuilder text)
    {
        char code = _source[++_at];
        const string Plain = "\\'\"abfnrtv", Meaning = "\\'\"\a\b\f\n\r\t\v";
        int simple = Plain.IndexOf(code, StringComparison.Ordinal);
        int digits = code switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (simple >= 0)
        {
            text.Append(Meaning[simple]);
        }
        else if (code == '\n')
        {
            _line++;
        }
        else if (digits > 0)
        {
            if (_at + digits >= _source.Length
                || !uint.TryParse(_source.AsSpan(_at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value)
                || value > 0x10FFFF)
            {
                throw new JinjaSyntaxException(_line, $"'\\{code}' needs {digits} hexadecimal digits of a character");
            }

            _at += digits;
            text.Append(value <= char.MaxValue ? ((char)value).ToString() : char.ConvertFromUtf32((int)value));
        }
        else if (char.IsAsciiDigit(code))
        {
            throw new JinjaSyntaxException(_line, "octal escapes are not supported");
        }
        else
        {
            text.Append('\\').Append(code);
        }
    }
}
