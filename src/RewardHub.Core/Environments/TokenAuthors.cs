using System.Globalization;
using RewardHub.Contracts;

namespace RewardHub.Environments;

/// <summary>Who wrote each token of a rollout: spans, checked and laid over the sequence.</summary>
/// <remarks>
/// A token belongs to at most one span, so no token is an action and an observation at once. Tokens outside every span are
/// template. The observation set O is the role observation together with the role harness: the harness's warnings are part of
/// the observation body in ECHO's terms.
/// </remarks>
public sealed class TokenAuthors
{
    /// <summary>Source of an observation whose span names none.</summary>
    public const string DefaultSource = "env";

    /// <summary>Source of harness text; everything else in the observation set is environment output.</summary>
    public const string HarnessSource = "harness";

    private const int LongestSourceName = 64;

    private TokenAuthors(int length, IReadOnlyList<TokenSpan> spans) => (Length, Spans) = (length, spans);

    /// <summary>T: tokens of the sequence.</summary>
    public int Length { get; }

    /// <summary>The spans: ascending, not overlapping, inside [0, T).</summary>
    public IReadOnlyList<TokenSpan> Spans { get; }

    /// <summary>Checks spans against a sequence of <paramref name="length"/> tokens.</summary>
    /// <returns>The authors, or <c>bad_spans</c> with the path of the first span that breaks a rule.</returns>
    public static Outcome<TokenAuthors> Create(int length, IReadOnlyList<TokenSpan> spans)
    {
        for (int i = 0; i < spans.Count; i++)
        {
            TokenSpan? span = spans[i];
            string? problem = span is null ? "is null" : Problem(length, span, i == 0 ? null : spans[i - 1]);
            if (problem is not null)
            {
                string place = string.Create(CultureInfo.InvariantCulture, $"spans[{i}]");
                return new ItemError(ErrorCodes.BadSpans, $"{place} {problem}", place);
            }
        }

        return new TokenAuthors(length, spans);
    }

    /// <summary>Whether a span is part of the observation set O.</summary>
    public static bool IsObservation(TokenSpan span) => span.Role is SpanRole.Observation or SpanRole.Harness;

    /// <summary>Where an observation span came from.</summary>
    public static string SourceOf(TokenSpan span) =>
        span.Source ?? (span.Role == SpanRole.Harness ? HarnessSource : DefaultSource);

    private static string? Problem(int length, TokenSpan span, TokenSpan? before)
    {
        if (span.Start < 0 || span.End > length || span.Start >= span.End)
            return Text($"[{span.Start}, {span.End}) is empty or leaves the sequence of {length} tokens");
        if (before is not null && span.Start < before.Start)
            return Text($"starts at {span.Start}, before the span above it; sort the spans by start");
        if (before is not null && span.Start < before.End)
            return Text($"overlaps the span above it ({Name(before.Role)}) at token {span.Start}; a token has one author");
        if (!Enum.IsDefined(span.Role)) return Text($"has the unknown role {(int)span.Role}");
        if (span.Turn < -1) return Text($"has the turn {span.Turn}; turns count from 0, and -1 is the prompt");
        if (span.Source is { } source && source.Length is 0 or > LongestSourceName)
            return Text($"has a source name that is empty or longer than {LongestSourceName} characters");
        return null;
    }

    private static string Name(SpanRole role) => Enum.IsDefined(role) ? role.ToString() : "unknown role";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
