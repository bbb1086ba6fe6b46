using System.Text;

namespace RewardHub.Rewards;

/// <summary>
/// Multi-query associative recall: for each queried substring, the letter that follows it in the text. The published strings are not
/// known; this serialization (<c>mqar-1</c>) is <c>TEXT?q1,q2=</c> with the answer letters in a row.
/// </summary>
internal static class AssociativeRecall
{
    private const int MaxQueries = 4, MaxText = 1_024;
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";

    public static AlgorithmicProblem Generate(int length, KeyedDraws draws)
    {
        // Below three letters there is no substring with a letter after it that one could mistake.
        int size = Math.Max(length, 2);
        string text = string.Concat(Enumerable.Range(0, size).Select(_ => Letters[draws.Below(Letters.Length)]));
        int count = 1 + draws.Below(Math.Min(MaxQueries, size - 1));
        var queries = new List<string>();
        for (int i = 0; i < count; i++)
        {
            int end = 1 + draws.Below(size - 1), start = end - 1;
            // The shortest substring that ends here and stands nowhere else with a letter after it.
            while (start > 0 && Occurrences(text, text[start..end]) > 1) start--;
            if (Occurrences(text, text[start..end]) == 1) queries.Add(text[start..end]);
        }

        if (queries.Count == 0) queries.Add(text[..^1]);
        string prompt = $"{text}?{string.Join(',', queries)}=";
        return new AlgorithmicProblem(prompt, Solve(prompt)!, length);
    }

    public static string? Solve(string prompt)
    {
        prompt = prompt.Trim();
        int mark = prompt.IndexOf('?', StringComparison.Ordinal);
        if (mark is < 2 or > MaxText || prompt[^1] != '=' || prompt.Length > 4 * MaxText) return null;
        string text = prompt[..mark];
        string[] queries = prompt[(mark + 1)..^1].Split(',');
        if (queries.Length > 64) return null;
        var answer = new StringBuilder();
        foreach (string query in queries)
        {
            if (query.Length == 0 || Occurrences(text, query) != 1) return null;
            answer.Append(text[text.IndexOf(query, StringComparison.Ordinal) + query.Length]);
        }

        return answer.ToString();
    }

    /// <summary>How often the query stands in the text with a letter after it, up to 2.</summary>
    private static int Occurrences(string text, string query)
    {
        int count = 0;
        for (int at = text.IndexOf(query, StringComparison.Ordinal); at >= 0 && at + query.Length < text.Length && count < 2; at = text.IndexOf(query, at + 1, StringComparison.Ordinal)) count++;
        return count;
    }
}
