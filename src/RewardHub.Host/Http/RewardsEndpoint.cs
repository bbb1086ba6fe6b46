using System.Diagnostics;
using System.Globalization;
using RewardHub.Contracts;
using RewardHub.Host.Metrics;
using RewardHub.Scoring;

namespace RewardHub.Host.Http;

/// <summary><c>POST /v1/rewards</c>.</summary>
internal static class RewardsEndpoint
{
    public const string Route = "/v1/rewards";

    /// <summary>The caller's deadline in milliseconds, for callers that cannot put it into the body.</summary>
    public const string DeadlineHeader = "X-Deadline-Ms";

    public static RouteHandlerBuilder Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(Route, HandleAsync)
            .WithTags("scoring")
            .WithSummary("Scores a batch of rollouts; one answer an item, in request order.")
            .WithDescription("200 also when single items failed: `status` is then `partial` and each such item says why. A reward is a finite number or null, never invented.")
            .Accepts<RewardsRequest>("application/json")
            .Produces<RewardsResponse>();

    private static async Task<IResult> HandleAsync(HttpContext context, Scorer scorer, HubMetrics metrics, ILogger<Scorer> log)
    {
        long began = Stopwatch.GetTimestamp();
        BodyRead<RewardsRequest> body = await JsonBody.ReadAsync(context, WireJson.Default.RewardsRequest);
        if (body.Value is not { } request) return body.Refused!;
        request = request with
        {
            RequestId = request.RequestId ?? RequestIds.Of(context),
            DeadlineMs = request.DeadlineMs ?? HeaderDeadline(context),
        };

        switch (await scorer.ScoreAsync(request, context.RequestAborted))
        {
            case ScoreOutcome<RewardsResponse>.Scored scored:
                foreach (ItemResult item in scored.Response.Items) metrics.ItemEnded(Route, item.Status);
                string counts = string.Join(", ", scored.Response.Counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Value} {c.Key}")));
                log.Answered(request.RequestId, request.Items.Count, counts, (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                return TypedResults.Json(scored.Response, WireJson.Default.RewardsResponse);
            case ScoreOutcome<RewardsResponse>.Refused refused:
                return Answers.Refused(context, refused.Refusal);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>The header's value; a value that is not a positive number is no deadline.</summary>
    internal static int? HeaderDeadline(HttpContext context) =>
        int.TryParse(context.Request.Headers[DeadlineHeader], NumberStyles.None, CultureInfo.InvariantCulture, out int ms) && ms > 0 ? ms : null;
}
