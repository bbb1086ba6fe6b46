using System.Numerics;
using System.Text.Json;
using RewardHub.Contracts;

namespace RewardHub.Verifiers;

/// <summary><c>verify:choice</c>: multiple choice by option letter.</summary>
internal static class ChoiceVerifier
{
    private static readonly VerifierOption.Text LastLetter = new(
        "last_letter", "letter of the last option, upper case; the first is A", "J", 1);

    private static readonly VerifierOption.Choice Patterns = new(
        "patterns", "common: boxed, <answer>, phrases, a lone letter; mmlu_pro: 'answer is (X)', else 'answer: X', as that data set",
        "common", ["common", "mmlu_pro"]);

    private static readonly VerifierOption.Choice Scope = new(
        "scope", "response: the last statement anywhere; last_step: only the text after the last blank line",
        "response", ["response", "last_step"]);

    public static readonly Verifier Definition = new()
    {
        Name = "verify:choice",
        Version = "1",
        Summary = "The stated option letters are the label's: a letter, several ('A, C'), a list of them, or a 0-based index.",
        Options = [LastLetter, Patterns, Scope, AnswerText.Reasoning],
        Function = Verify,
    };

    private static Verdict Verify(VerifierInput input, CancellationToken cancellationToken)
    {
        string lastText = LastLetter.Of(input.Options);
        if (lastText.Length != 1 || !char.IsAsciiLetterUpper(lastText[0]))
        {
            return Verdict.Rejected(new ItemError(
                ErrorCodes.BadField, "Option 'last_letter' must be one letter from A to Z.", "options.last_letter"));
        }

        char last = lastText[0];
        if (!TryLabel(input.Label, last, out uint gold))
            return Verdict.BadLabel($"The label must name option letters from A to {last}, or be a 0-based index of one.");

        ReadOnlySpan<char> text = AnswerText.Of(input);
        if (Scope.Of(input.Options) == "last_step") text = LastStep(text);
        cancellationToken.ThrowIfCancellationRequested();
        bool found = Patterns.Of(input.Options) == "mmlu_pro"
            ? ChoiceText.MmluPro(text, last, out ChoiceMatch match)
            : ChoiceText.Common(text, last, out match);
        if (!found) return Verdict.Unparseable($"The response states no option letter from A to {last}.");

        return Verdict.Decided(match.Letters == gold, Evidence.Of(
            "rule", match.Rule, "answer", Name(match.Letters), "text", Evidence.Clip(text.Slice(match.Start, match.Length))));
    }

    /// <summary>The text after the last blank line that has text after it.</summary>
    private static ReadOnlySpan<char> LastStep(ReadOnlySpan<char> text)
    {
        text = text.TrimEnd();
        int at = text.LastIndexOf("\n\n", StringComparison.Ordinal);
        return at < 0 ? text : text[(at + 2)..];
    }

    private static bool TryLabel(JsonElement? label, char last, out uint letters)
    {
        letters = 0;
        if (label is not { } element) return false;
        switch (element.ValueKind)
        {
            case JsonValueKind.Number:
                if (!element.TryGetInt32(out int index) || index < 0 || index > last - 'A') return false;
                letters = 1u << index;
                return true;
            case JsonValueKind.String:
                return ChoiceText.Alone(Labels.Text(element), last, out letters);
            case JsonValueKind.Array:
                if (element.GetArrayLength() is 0 or > 26) return false;
                foreach (JsonElement entry in element.EnumerateArray())
                {
                    if (entry.ValueKind == JsonValueKind.Array || !TryLabel(entry, last, out uint one)) return false;
                    letters |= one;
                }

                return true;
            default:
                return false;
        }
    }

    private static string Name(uint letters)
    {
        if (BitOperations.IsPow2(letters)) return Single[BitOperations.TrailingZeroCount(letters)];
        return string.Join(",", Enumerable.Range(0, 26).Where(i => (letters >> i & 1) != 0).Select(i => Single[i]));
    }

    private static readonly string[] Single = [.. Enumerable.Range('A', 26).Select(letter => ((char)letter).ToString())];
}
