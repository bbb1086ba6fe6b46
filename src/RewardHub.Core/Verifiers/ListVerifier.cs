using System.Globalization;
using System.Text.Json;

namespace RewardHub.Verifiers;

/// <summary><c>verify:list</c>: a list or set of short texts.</summary>
internal static class ListVerifier
{
    private const int MaxItems = 1_000;

    private static readonly VerifierOption.Flag Ordered = new("ordered", "whether the order counts", false);

    private static readonly VerifierOption.Choice Credit = new(
        "credit", "exact: all items or nothing; f1: harmonic mean of precision and recall (with 'ordered': items at their place)",
        "exact", ["exact", "f1"]);

    private static readonly VerifierOption.Names Normalize = new(
        "normalize", "applied to every item: unicode (NFKC), case, punctuation, articles, whitespace, trim",
        ["case", "whitespace"], TextNormalization.Names);

    private static readonly VerifierOption.Choice Extract = new(
        "extract", "where the list stands; auto takes the first of boxed, answer_tag, last_line that is there",
        "auto", ["auto", "boxed", "answer_tag", "last_line", "whole"]);

    public static readonly Verifier Definition = new()
    {
        Name = "verify:list",
        Version = "1",
        Summary = "The items of the answer (texts between commas, semicolons or line ends) are those of the list label; brackets and quotes around them do not count.",
        Options = [Ordered, Credit, Normalize, Extract, AnswerText.Reasoning],
        Function = Verify,
    };

    private static Verdict Verify(VerifierInput input, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = Normalize.Of(input.Options);
        if (Label(input.Label, names) is not { } gold)
            return Verdict.BadLabel($"The label must be a list of 1 to {MaxItems} strings or numbers.");

        string rule = Extract.Of(input.Options);
        ReadOnlySpan<char> text = Region(AnswerText.Of(input), ref rule);
        if (Items(text, names) is not { } items)
            return Verdict.Unparseable($"The rule '{rule}' finds no list of 1 to {MaxItems} items.", Evidence.Of("rule", rule));

        cancellationToken.ThrowIfCancellationRequested();
        int matched = Ordered.Of(input.Options) ? gold.Zip(items).Count(pair => pair.First == pair.Second) : Common(gold, items);
        double f1 = 2.0 * matched / (gold.Count + items.Count);
        bool exact = matched == gold.Count && matched == items.Count;
        Dictionary<string, string> evidence = new(4)
        {
            ["rule"] = rule,
            ["answer"] = Evidence.Clip(string.Join(", ", items)),
            ["label"] = Evidence.Clip(string.Join(", ", gold)),
            ["matched"] = matched.ToString(CultureInfo.InvariantCulture),
        };
        return Credit.Of(input.Options) == "f1" ? Verdict.Graded(f1, evidence) : Verdict.Decided(exact, evidence);
    }

    /// <summary>Items that both lists hold, each as often as in the list that has it less often.</summary>
    private static int Common(List<string> gold, List<string> items)
    {
        var left = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string item in gold) left[item] = left.GetValueOrDefault(item) + 1;
        int matched = 0;
        foreach (string item in items)
        {
            if (!left.TryGetValue(item, out int count) || count == 0) continue;
            left[item] = count - 1;
            matched++;
        }

        return matched;
    }

    private static List<string>? Label(JsonElement? label, IReadOnlyList<string> names)
    {
        if (label is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() is 0 or > MaxItems) return null;
        var items = new List<string>();
        foreach (JsonElement entry in list.EnumerateArray())
        {
            if (Labels.Text(entry) is not { } text) return null;
            items.Add(TextNormalization.Apply(text, names));
        }

        return items;
    }

    private static ReadOnlySpan<char> Region(ReadOnlySpan<char> text, ref string rule)
    {
        if (rule is "auto" or "boxed" && AnswerText.Boxed(text, out int start, out int length)) rule = "boxed";
        else if (rule is "auto" or "answer_tag" && AnswerText.Tagged(text, out start, out length)) rule = "answer_tag";
        else if (rule is "boxed" or "answer_tag") return default;
        else if (rule == "whole") return text;
        else
        {
            rule = "last_line";
            return AnswerText.LastLine(text);
        }

        return text.Slice(start, length);
    }

    /// <summary>The items, or null when there are none or too many.</summary>
    private static List<string>? Items(ReadOnlySpan<char> text, IReadOnlyList<string> names)
    {
        text = text.Trim();
        if (text.Length > 2 && text[0] is '[' or '{' or '(' && text[^1] is ']' or '}' or ')') text = text[1..^1];
        var items = new List<string>();
        foreach (Range part in text.SplitAny(',', ';', '\n'))
        {
            ReadOnlySpan<char> item = text[part].Trim().TrimStart("*•").Trim().Trim("\"'`$").Trim();
            if (item.IsEmpty) continue;
            if (items.Count == MaxItems) return null;
            items.Add(TextNormalization.Apply(item, names));
        }

        return items.Count == 0 ? null : items;
    }
}
