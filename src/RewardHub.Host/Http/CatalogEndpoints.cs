using RewardHub.Contracts;
using RewardHub.Scoring;

namespace RewardHub.Host.Http;

/// <summary><c>GET /v1/scorers</c> and <c>GET /v1/models</c>.</summary>
internal static class CatalogEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/scorers", (ScorerCatalog catalog) => TypedResults.Json(catalog.ScorerFacts(), WireJson.Default.ScorerList))
            .WithTags("catalog").WithSummary("Scorers and profiles that a request may name.").Produces<ScorerList>();

        routes.MapGet("/v1/models", (ScorerCatalog catalog) => TypedResults.Json(catalog.ModelFacts(), WireJson.Default.ModelList))
            .WithTags("catalog").WithSummary("Hosted models in the OpenAI list shape, and what is not hosted and how to host it.").Produces<ModelList>();
    }
}
