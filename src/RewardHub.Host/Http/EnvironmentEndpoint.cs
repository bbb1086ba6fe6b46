using System.Diagnostics;
using RewardHub.Contracts;
using RewardHub.Host.Metrics;
using RewardHub.Scoring;

namespace RewardHub.Host.Http;

/// <summary><c>POST /v1/environment</c>.</summary>
internal static class EnvironmentEndpoint
{
    public const string Route = "/v1/environment";

    public static RouteHandlerBuilder Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(Route, HandleAsync)
            .WithTags("scoring")
            .WithSummary("Cross-entropy of what the environment wrote, from a hosted model or from the caller's log-probabilities.")
            .Accepts<EnvironmentRequest>("application/json")
            .Produces<EnvironmentResponse>();

    private static async Task<IResult> HandleAsync(HttpContext context, EnvironmentWalk walk, HubMetrics metrics)
    {
        BodyRead<EnvironmentRequest> body = await JsonBody.ReadAsync(context, WireJson.Default.EnvironmentRequest);
        if (body.Value is not { } request) return body.Refused!;
        request = request with
        {
            RequestId = request.RequestId ?? RequestIds.Of(context),
            DeadlineMs = request.DeadlineMs ?? RewardsEndpoint.HeaderDeadline(context),
        };

        switch (await walk.ScoreAsync(request, null, context.RequestAborted))
        {
            case ScoreOutcome<EnvironmentResponse>.Scored scored:
                foreach (EnvironmentItemResult item in scored.Response.Items) metrics.ItemEnded(Route, item.Status);
                return TypedResults.Json(scored.Response, WireJson.Default.EnvironmentResponse);
            case ScoreOutcome<EnvironmentResponse>.Refused refused:
                return Answers.Refused(context, refused.Refusal);
            default:
                throw new UnreachableException();
        }
    }
}
