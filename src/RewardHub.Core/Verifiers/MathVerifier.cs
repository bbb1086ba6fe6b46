using System.Text;
using RewardHub.Contracts;
using RewardHub.Verifiers.Symbolic;

namespace RewardHub.Verifiers;

/// <summary><c>verify:math</c>: mathematical answers, compared by meaning.</summary>
internal static class MathVerifier
{
    public static readonly Verifier Definition = new()
    {
        Name = "verify:math",
        Version = "1",
        Summary = "The answer means the same as the label (or any entry of a list label): numbers, fractions, percents, radicals, "
            + "sets, tuples, intervals, relations, matrices, expressions, words. Undecided when it cannot tell.",
        Options = [AnswerText.Reasoning],
        Function = Verify,
    };

    private static Verdict Verify(VerifierInput input, CancellationToken cancellationToken)
    {
        Outcome<string[]> labels = Labels.Texts(input.Label);
        if (!labels.IsOk) return Verdict.Rejected(labels.Error);
        var gold = new MathAnswer[labels.Value.Length];
        for (int i = 0; i < gold.Length; i++)
        {
            string text = labels.Value[i];
            if (string.IsNullOrWhiteSpace(text) || text.Length > MathParser.MaxLength)
                return Verdict.BadLabel($"A math label must hold 1 to {MathParser.MaxLength} characters.");
            if (AnswerText.Boxed(text, out int start, out int length)) text = text.Substring(start, length);
            gold[i] = MathAnswer.Marked(text, "label");
        }

        ReadOnlySpan<char> response = AnswerText.Of(input);
        bool words = gold.Any(label => label.Form is Expr.Words or null or Expr.Several { Items: [Expr.Words, ..] });
        if (MathAnswer.Find(response, words) is not { } answer)
            return Verdict.Unparseable("The response holds no answer.", Evidence.Of("label", Evidence.Clip(gold[0].Text)));
        if (answer.Text.Length > MathParser.MaxLength)
            return Verdict.Unparseable($"The answer is longer than {MathParser.MaxLength} characters.", Evidence.Of("rule", answer.Rule));

        string plain = Strip(answer.Text);
        MathAnswer? open = null;
        foreach (MathAnswer label in gold)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (plain.Length > 0 && plain == Strip(label.Text)) return Verdict.Decided(true, Describe(label, answer, "same_text"));
            if (answer.Form is null || label.Form is null)
            {
                if (answer.Form is not null) open ??= label;
                continue;
            }

            if (label.Form is Expr.Words said && MathParser.Words(answer.Text) is { } read && read.Text == said.Text)
                return Verdict.Decided(true, Describe(label, answer, "words"));
            var equivalence = new Equivalence();
            bool? same = equivalence.Same(label.Form, answer.Form);
            if (same == true) return Verdict.Decided(true, Describe(label, answer, equivalence.Method));
            if (same is null) open ??= label;
        }

        if (answer.Form is null)
            return Verdict.Unparseable("The answer is not mathematics that the verifier reads.", Describe(gold[0], answer, "none"));
        if (open is null) return Verdict.Decided(false, Describe(gold[0], answer, "compared"));
        string reason = open.Form is null ? "The label is not mathematics that the verifier reads, and the texts differ."
            : "The forms differ and neither exact arithmetic nor sampling tells whether they mean the same.";
        return Verdict.Undecided(reason, Describe(open, answer, "none"));
    }

    private static Dictionary<string, string> Describe(MathAnswer label, MathAnswer answer, string method) => new(6)
    {
        ["rule"] = answer.Rule,
        ["method"] = method,
        ["answer"] = Evidence.Clip(answer.Text),
        ["answer_form"] = answer.Form is null ? "" : Evidence.Clip(answer.Form.Show()),
        ["label"] = Evidence.Clip(label.Text),
        ["label_form"] = label.Form is null ? "" : Evidence.Clip(label.Form.Show()),
    };

    /// <summary>The text without what never carries meaning: white space, $, \left, \right, thin spaces, a final period.</summary>
    private static string Strip(string text)
    {
        var kept = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsWhiteSpace(c) || c == '$') continue;
            if (c == '\\')
            {
                if (Skips(text, ref i, "\\left") || Skips(text, ref i, "\\right") || Skips(text, ref i, "\\!") || Skips(text, ref i, "\\,")) continue;
                if (Skips(text, ref i, "\\dfrac") || Skips(text, ref i, "\\tfrac"))
                {
                    kept.Append("\\frac");
                    continue;
                }
            }

            kept.Append(c);
        }

        if (kept.Length > 1 && kept[^1] == '.') kept.Length--;
        return kept.ToString();
    }

    private static bool Skips(string text, ref int i, string command)
    {
        if (string.CompareOrdinal(text, i, command, 0, command.Length) != 0) return false;
        // \leftarrow is another command.
        int next = i + command.Length;
        if (char.IsLetter(command[^1]) && next < text.Length && char.IsAsciiLetter(text[next])) return false;
        i = next - 1;
        return true;
    }
}
