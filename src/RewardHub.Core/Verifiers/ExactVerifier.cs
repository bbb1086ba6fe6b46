using RewardHub.Contracts;

namespace RewardHub.Verifiers;

/// <summary><c>verify:exact</c>: the answer is the label, character by character, after named normalizations.</summary>
internal static class ExactVerifier
{
    private static readonly VerifierOption.Names Normalize = new(
        "normalize", "applied to answer and label alike: unicode (NFKC), case, punctuation, articles, whitespace, trim",
        ["trim"], TextNormalization.Names);

    private static readonly VerifierOption.Choice Extract = new(
        "extract", "which part of the response is the answer: all of it, its last line, the last \\boxed{}, the last <answer>, "
        + "or the line after the last ####",
        "whole", ["whole", "last_line", "boxed", "answer_tag", "hash"]);

    public static readonly Verifier Definition = new()
    {
        Name = "verify:exact",
        Version = "1",
        Summary = "The answer equals the label (or any entry of a list label) after the named normalizations.",
        Options = [Normalize, Extract, AnswerText.Reasoning],
        Function = Verify,
    };

    private static Verdict Verify(VerifierInput input, CancellationToken cancellationToken)
    {
        Outcome<string[]> gold = Labels.Texts(input.Label);
        if (!gold.IsOk) return Verdict.Rejected(gold.Error);

        string rule = Extract.Of(input.Options);
        ReadOnlySpan<char> text = AnswerText.Of(input);
        if (!TryExtract(text, rule, out ReadOnlySpan<char> found) || found.Trim().IsEmpty)
            return Verdict.Unparseable($"The rule '{rule}' finds no answer in the response.", Evidence.Of("rule", rule));

        cancellationToken.ThrowIfCancellationRequested();
        IReadOnlyList<string> names = Normalize.Of(input.Options);
        string answer = TextNormalization.Apply(found, names);
        string matched = "";
        bool correct = false;
        foreach (string accepted in gold.Value)
        {
            matched = TextNormalization.Apply(accepted, names);
            correct = string.Equals(answer, matched, StringComparison.Ordinal);
            if (correct) break;
        }

        return Verdict.Decided(
            correct, Evidence.Of("rule", rule, "answer", Evidence.Clip(answer), "label", Evidence.Clip(matched)));
    }

    private static bool TryExtract(ReadOnlySpan<char> text, string rule, out ReadOnlySpan<char> found)
    {
        (int start, int length) = (0, text.Length);
        bool ok = rule switch
        {
            "boxed" => AnswerText.Boxed(text, out start, out length),
            "answer_tag" => AnswerText.Tagged(text, out start, out length),
            "hash" => AnswerText.Hashed(text, out start, out length),
            _ => true,
        };
        found = ok ? text.Slice(start, length) : default;
        if (rule == "last_line") found = AnswerText.LastLine(found);
        return ok;
    }
}
