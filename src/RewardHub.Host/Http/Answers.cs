using System.Globalization;
using RewardHub.Contracts;
using RewardHub.Scoring;

namespace RewardHub.Host.Http;

/// <summary>Makes answers that are not 2xx.</summary>
internal static class Answers
{
    private const string MediaType = "application/problem+json";

    /// <summary>What a client that was refused for want of room should wait, in seconds.</summary>
    private const int RetryAfterSeconds = 1;

    public static IResult Problem(
        HttpContext context, ProblemKind kind, string detail, IReadOnlyDictionary<string, string[]>? errors = null)
    {
        if (kind.Status is 429 or 503)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        // A trainer's log says only that a call failed; this line is what its operator finds the reason by. Polling of /ready is no event.
        if (kind != Refusals.NotReady && kind != Refusals.NotFound)
        {
            context.RequestServices.GetRequiredService<ILogger<Faults>>()
                .Problem(RequestIds.Of(context), context.Request.Method, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "no route", kind.Status, kind.Name);
        }

        return TypedResults.Json(kind.With(detail, RequestIds.Of(context), errors), WireJson.Default.Problem, MediaType, kind.Status);
    }

    public static IResult Refused(HttpContext context, Refusal refusal) =>
        Problem(context, Refusals.Of(refusal.Kind), refusal.Detail, refusal.Errors);
}
