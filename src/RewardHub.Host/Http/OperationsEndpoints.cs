using RewardHub.Contracts;
using RewardHub.Host.Hosting;

namespace RewardHub.Host.Http;

/// <summary><c>GET /health</c> and <c>GET /ready</c>.</summary>
internal static class OperationsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", () => TypedResults.Text("{\"status\":\"ok\"}", "application/json"))
            .WithTags("operations").WithSummary("200 while the process answers.").Produces(StatusCodes.Status200OK);

        routes.MapGet("/ready", (HttpContext context, Readiness readiness) => readiness.Waiting is { } waiting
                ? Answers.Problem(context, Refusals.NotReady, waiting)
                : TypedResults.Text("{\"status\":\"ready\"}", "application/json"))
            .WithTags("operations")
            .WithSummary("200 when every configured model is loaded and a warm-up batch has run; 503 before.")
            .Produces(StatusCodes.Status200OK)
            .Produces<Problem>(StatusCodes.Status503ServiceUnavailable, "application/problem+json");
    }
}
