using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using RewardHub.Contracts;

namespace RewardHub.Verifiers;

/// <summary><c>verify:regex</c>: a pattern on the response, within a time limit.</summary>
/// <remarks>
/// Patterns run in the linear-time engine; those that it does not take (back-references, look-around) run in the backtracking
/// engine under the same limit.
/// </remarks>
internal static class RegexVerifier
{
    private const int MaxPattern = 2_000;
    private const int MaxCached = 256;

    private static readonly VerifierOption.Text Pattern = new(
        "pattern", "when given, the label is compared with the text of the capture; else the label is the pattern", "", MaxPattern);

    private static readonly VerifierOption.Choice Mode = new(
        "mode", "search: anywhere; full: the whole response, trimmed", "search", ["search", "full"]);

    private static readonly VerifierOption.Choice Occurrence = new(
        "occurrence", "which match is captured when the option 'pattern' is given", "last", ["first", "last"]);

    private static readonly VerifierOption.Whole Group = new("group", "which capture group; 0 is the whole match", 1, 0, 99);

    private static readonly VerifierOption.Flag IgnoreCase = new("ignore_case", "upper and lower case are the same", false);

    private static readonly VerifierOption.Flag Multiline = new("multiline", "^ and $ match at line ends", false);

    private static readonly VerifierOption.Flag DotAll = new("dot_all", "a dot matches a line end", false);

    private static readonly VerifierOption.Whole TimeLimit = new("time_limit_ms", "longest run; then undecided", 80, 1, 1_000);

    private static readonly ConcurrentDictionary<PatternKey, Regex> Cache = Warm();

    public static readonly Verifier Definition = new()
    {
        Name = "verify:regex",
        Version = "1",
        Summary = "The label (a pattern) matches the response; or what the option 'pattern' captures equals the label.",
        Options = [Pattern, Mode, Occurrence, Group, IgnoreCase, Multiline, DotAll, TimeLimit, AnswerText.Reasoning],
        Function = Verify,
    };

    private readonly record struct PatternKey(string Pattern, RegexOptions Options, int Milliseconds);

    private static Verdict Verify(VerifierInput input, CancellationToken cancellationToken)
    {
        if (input.Label is not { ValueKind: JsonValueKind.String or JsonValueKind.Number } label)
            return Verdict.BadLabel("The label must be a string (the pattern, or the text to capture) or a number.");
        if (Labels.Text(label) is not { } labelText) return Verdict.BadLabel("The label must be a string or a number.");
        string option = Pattern.Of(input.Options);
        bool captures = option.Length > 0;
        string pattern = captures ? option : labelText;
        if (!captures && pattern.Length is 0 or > MaxPattern)
            return Verdict.BadLabel($"The label is the pattern and must hold 1 to {MaxPattern} characters.");

        if (Mode.Of(input.Options) == "full") pattern = "\\A(?:" + pattern + ")\\z";
        Regex regex;
        try
        {
            regex = Compiled(new PatternKey(pattern, Flags(input), TimeLimit.Of(input.Options)));
        }
        catch (ArgumentException e)
        {
            string reason = "The pattern cannot be used: " + Evidence.Clip(e.Message);
            return captures
                ? Verdict.Rejected(new ItemError(ErrorCodes.BadField, reason, "options.pattern"))
                : Verdict.BadLabel(reason);
        }

        int group = Group.Of(input.Options);
        if (captures && group > 0 && !regex.GetGroupNumbers().Contains(group))
        {
            if (input.Options!.ContainsKey(Group.Name))
                return Verdict.Rejected(new ItemError(ErrorCodes.BadField, $"The pattern has no group {group}.", "options.group"));
            group = 0;
        }

        string text = AnswerText.Of(input).Trim().ToString();
        try
        {
            return captures
                ? Captured(regex, text, Occurrence.Of(input.Options), group, labelText.Trim(), cancellationToken)
                : Verdict.Decided(regex.IsMatch(text), Evidence.Of("pattern", Evidence.Clip(pattern), "engine", Engine(regex)));
        }
        catch (RegexMatchTimeoutException)
        {
            string limit = regex.MatchTimeout.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
            return Verdict.Undecided(
                $"The pattern did not finish within {limit} ms; simplify it or raise time_limit_ms.",
                Evidence.Of("pattern", Evidence.Clip(pattern), "engine", Engine(regex), "time_limit_ms", limit));
        }
    }

    private static Verdict Captured(
        Regex regex, string text, string occurrence, int group, string label, CancellationToken cancellationToken)
    {
        // The engine's limit holds for one match; this one holds for all of them together.
        long began = Stopwatch.GetTimestamp();
        Match match = regex.Match(text);
        string? answer = null;
        while (match.Success)
        {
            if (match.Groups[group].Success) answer = match.Groups[group].Value.Trim();
            if (occurrence == "first") break;
            cancellationToken.ThrowIfCancellationRequested();
            if (Stopwatch.GetElapsedTime(began) > regex.MatchTimeout) throw new RegexMatchTimeoutException();
            match = match.NextMatch();
        }

        if (answer is null) return Verdict.Unparseable("The pattern captures nothing in the response.");
        return Verdict.Decided(
            string.Equals(answer, label, StringComparison.Ordinal),
            Evidence.Of("answer", Evidence.Clip(answer), "label", Evidence.Clip(label), "engine", Engine(regex)));
    }

    private static RegexOptions Flags(VerifierInput input) =>
        RegexOptions.CultureInvariant
        | (IgnoreCase.Of(input.Options) ? RegexOptions.IgnoreCase : 0)
        | (Multiline.Of(input.Options) ? RegexOptions.Multiline : 0)
        | (DotAll.Of(input.Options) ? RegexOptions.Singleline : 0);

    private static string Engine(Regex regex) =>
        (regex.Options & RegexOptions.NonBacktracking) != 0 ? "linear" : "backtracking";

    private static Regex Compiled(PatternKey key)
    {
        if (Cache.TryGetValue(key, out Regex? cached)) return cached;
        Regex regex = Build(key);
        // A full cache starts again: no bookkeeping on the hit path, and no growth with the number of patterns seen.
        if (Cache.Count >= MaxCached) Cache.Clear();
        Cache[key] = regex;
        return regex;
    }

    /// <summary>Runs both engines once, so that the time limit of the first request pays for no compilation.</summary>
    private static ConcurrentDictionary<PatternKey, Regex> Warm()
    {
        foreach (RegexOptions engine in (RegexOptions[])[RegexOptions.NonBacktracking, RegexOptions.None])
        {
            foreach (string pattern in (string[])["(\\w+) b|c*$", "ab"])
                _ = new Regex(pattern, engine | RegexOptions.CultureInvariant).Match("x ab b").NextMatch().Groups.Count;
        }

        return new();
    }

    private static Regex Build(PatternKey key)
    {
        TimeSpan limit = TimeSpan.FromMilliseconds(key.Milliseconds);
        try
        {
            return new Regex(key.Pattern, key.Options | RegexOptions.NonBacktracking, limit);
        }
        catch (NotSupportedException)
        {
            return new Regex(key.Pattern, key.Options, limit);
        }
    }
}
