using RewardHub.Contracts;
using RewardHub.Verifiers.Symbolic;

namespace RewardHub.Verifiers;

/// <summary><c>verify:number</c>: one number, compared exactly or within a tolerance.</summary>
internal static class NumberVerifier
{
    private static readonly VerifierOption.Number Tolerance = new(
        "tolerance", "largest |answer - label| that counts as equal", 0, 0, 1e300);

    private static readonly VerifierOption.Number RelativeTolerance = new(
        "relative_tolerance", "largest |answer - label| / |label| that counts as equal", 0, 0, 1);

    private static readonly VerifierOption.Choice Extract = new(
        "extract", "where the number stands; auto takes the first rule that finds one: boxed, answer_tag, hash, phrase "
        + "('answer is', 'answer:'), last_number",
        "auto", ["auto", "boxed", "answer_tag", "hash", "phrase", "last_number", "whole"]);

    private static readonly VerifierOption.Choice Percent = new(
        "percent", "either: 50% equals 0.5 and, when only one side has the sign, also 50; fraction: 50% is 0.5 and nothing else",
        "either", ["either", "fraction"]);

    private static readonly string[] AutoRules = ["boxed", "answer_tag", "hash", "phrase", "last_number"];

    public static readonly Verifier Definition = new()
    {
        Name = "verify:number",
        Version = "1",
        Summary = "The number in the answer equals the label (or any entry of a list label), exactly or within a tolerance.",
        Options = [Tolerance, RelativeTolerance, Extract, Percent, AnswerText.Reasoning],
        Function = Verify,
    };

    private static Verdict Verify(VerifierInput input, CancellationToken cancellationToken)
    {
        Outcome<string[]> labels = Labels.Texts(input.Label);
        if (!labels.IsOk) return Verdict.Rejected(labels.Error);
        var gold = new ReadNumber[labels.Value.Length];
        for (int i = 0; i < gold.Length; i++)
        {
            if (!Only(labels.Value[i], out gold[i]))
                return Verdict.BadLabel($"The label '{Evidence.Clip(labels.Value[i])}' is not one number.");
        }

        ReadOnlySpan<char> text = AnswerText.Of(input);
        string wanted = Extract.Of(input.Options);
        cancellationToken.ThrowIfCancellationRequested();
        if (!TryExtract(text, wanted, out string rule, out ReadNumber answer, out int offset))
        {
            string reason = rule.Length == 0 ? $"The rule '{wanted}' finds no number in the response."
                : $"What the rule '{rule}' finds is not one number.";
            return Verdict.Unparseable(reason, Evidence.Of("rule", rule.Length == 0 ? wanted : rule));
        }

        Rational tolerance = ToRational(Tolerance.Of(input.Options)), relative = ToRational(RelativeTolerance.Of(input.Options));
        bool either = Percent.Of(input.Options) == "either";
        ReadNumber label = gold[0];
        bool correct = false;
        foreach (ReadNumber accepted in gold)
        {
            label = accepted;
            correct = Same(answer, accepted, tolerance, relative, either);
            if (correct) break;
        }

        ReadOnlySpan<char> found = text.Slice(offset + answer.Start, answer.End - answer.Start);
        return Verdict.Decided(correct, Evidence.Of("rule", rule, "answer", Evidence.Clip(found), "label", Show(label)));
    }

    private static Rational ToRational(double value) => value == 0 ? default : Rational.FromDouble(value);

    private static string Show(ReadNumber number) => Evidence.Clip(number.Value.ToString()) + (number.Percent ? "%" : "");

    private static bool Same(ReadNumber answer, ReadNumber label, Rational tolerance, Rational relative, bool either)
    {
        Rational a = answer.Percent ? answer.Value / 100 : answer.Value, b = label.Percent ? label.Value / 100 : label.Value;
        if (Near(a, b, tolerance, relative)) return true;
        return either && answer.Percent != label.Percent && Near(answer.Value, label.Value, tolerance, relative);
    }

    private static bool Near(Rational a, Rational b, Rational tolerance, Rational relative)
    {
        if (a == b) return true;
        if (tolerance.IsZero && relative.IsZero) return false;
        Rational difference = (a - b).Abs();
        return difference <= tolerance || difference <= relative * b.Abs();
    }

    /// <summary>Finds the number; when it fails, <paramref name="rule"/> names the rule that found text without one number.</summary>
    private static bool TryExtract(
        ReadOnlySpan<char> text, string wanted, out string rule, out ReadNumber number, out int offset)
    {
        (rule, number, offset) = ("", default, 0);
        foreach (string candidate in wanted == "auto" ? AutoRules : [wanted])
        {
            int start = 0, length = text.Length;
            bool region = candidate switch
            {
                "boxed" => AnswerText.Boxed(text, out start, out length),
                "answer_tag" => AnswerText.Tagged(text, out start, out length),
                "hash" => AnswerText.Hashed(text, out start, out length),
                "whole" => true,
                _ => false,
            };
            if (region)
            {
                (rule, offset) = (candidate, start);
                return Only(text.Slice(start, length), out number);
            }

            bool found = candidate switch
            {
                "phrase" => Phrase(text, out number),
                "last_number" => NumberText.Last(text, out number),
                _ => false,
            };
            if (!found) continue;
            rule = candidate;
            return true;
        }

        return false;
    }

    /// <summary>The only number of a text; a text with several is not read.</summary>
    private static bool Only(ReadOnlySpan<char> text, out ReadNumber number) =>
        NumberText.Next(text, 0, out number) && !NumberText.Next(text, number.End, out _);

    /// <summary>The first number on the line after the last "answer is", "answer:" or "answer =".</summary>
    private static bool Phrase(ReadOnlySpan<char> text, out ReadNumber number)
    {
        number = default;
        ReadOnlySpan<char> head = text;
        int limit = text.Length;
        while (true)
        {
            int at = AnswerText.LastWord(head, "answer");
            if (at < 0) return false;
            // Text from the next phrase on has been looked at already.
            ReadOnlySpan<char> own = text[..limit];
            head = text[..at];
            limit = at;
            int i = at + "answer".Length;
            while (i < own.Length && own[i] is ' ' or '*' or '_') i++;
            ReadOnlySpan<char> tail = own[i..];
            if (!tail.StartsWith("is", StringComparison.OrdinalIgnoreCase) && !tail.StartsWith(":", StringComparison.Ordinal)
                && !tail.StartsWith("=", StringComparison.Ordinal))
            {
                continue;
            }

            int end = tail.IndexOf('\n');
            int stop = end < 0 ? own.Length : i + end;
            if (!NumberText.Next(own[..stop], i, out number)) continue;
            return true;
        }
    }
}
