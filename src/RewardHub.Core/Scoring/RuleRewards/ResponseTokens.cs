using RewardHub.Contracts;
using RewardHub.Verifiers;

namespace RewardHub.Scoring.RuleRewards;

/// <summary>A response as ids that are equal where its units are equal.</summary>
/// <param name="Ids">One id a unit, in order.</param>
/// <param name="Unit"><c>tokens</c> or <c>words</c>.</param>
internal sealed record ResponseTokens(int[] Ids, string Unit)
{
    /// <summary>The option that every reward on units declares.</summary>
    public static VerifierOption.Choice Option(string unless) => new(
        "unit", "what is counted: tokens needs the item's token_ids; words are runs without white space; auto takes tokens where they are given, else words",
        unless, ["auto", "tokens", "words"]);

    /// <summary>The units of a response, or why there are none.</summary>
    public static Outcome<ResponseTokens> Of(RuleRewardInput input, string unit)
    {
        if (input.TokenIds is { } ids && unit != "words") return new ResponseTokens([.. ids], "tokens");
        if (unit == "tokens") return new ItemError(ErrorCodes.BadField, "the unit is tokens, so token_ids of the response must be given", "token_ids");
        if (input.Response is not { } response) return new ItemError(ErrorCodes.BadField, "a response, or its token_ids, must be given", "response");
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> find = seen.GetAlternateLookup<ReadOnlySpan<char>>();
        var words = new List<int>();
        for (int start = 0; start < response.Length;)
        {
            if (char.IsWhiteSpace(response[start]))
            {
                start++;
                continue;
            }

            int end = start + 1;
            while (end < response.Length && !char.IsWhiteSpace(response[end])) end++;
            ReadOnlySpan<char> word = response.AsSpan(start, end - start);
            if (!find.TryGetValue(word, out int id)) seen[word.ToString()] = id = seen.Count;
            words.Add(id);
            start = end;
        }

        return new ResponseTokens([.. words], "words");
    }
}

/// <summary>Whether a response ended by itself.</summary>
internal static class Completion
{
    /// <summary>Reasons for which a response ends by itself.</summary>
    private static readonly string[] ByItself = ["stop", "eos", "end_turn", "tool_calls"];

    /// <summary>Every reason that a request may give.</summary>
    public static readonly IReadOnlyList<string> Reasons = [.. ByItself, "length", "max_tokens", "abort", "content_filter"];

    /// <summary>What a reward does when neither the reason nor the end token is there.</summary>
    public static readonly VerifierOption.Choice Unknown = new(
        "unknown_end", "what an item without finish_reason counts as when the response does not end with end_token; reject leaves it without a value",
        "reject", ["reject", "complete", "incomplete"]);

    /// <summary>The text that ends a response.</summary>
    public static readonly VerifierOption.Text EndToken = new("end_token", "a response without finish_reason that ends with this text is complete", "<|im_end|>", 100);

    /// <summary>True or false, or why it is not known.</summary>
    public static Outcome<bool> Of(RuleRewardInput input)
    {
        if (input.FinishReason is { } reason) return ByItself.Contains(reason);
        string end = EndToken.Of(input.Options);
        if (end.Length > 0 && input.Response?.AsSpan().TrimEnd().EndsWith(end, StringComparison.Ordinal) == true) return true;
        return Unknown.Of(input.Options) switch
        {
            "complete" => true,
            "incomplete" => false,
            _ => new ItemError(ErrorCodes.BadField, "whether the response ended by itself is not known: give finish_reason, or set the option unknown_end", "finish_reason"),
        };
    }
}
