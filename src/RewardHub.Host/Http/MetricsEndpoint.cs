using System.Diagnostics;
using System.Globalization;
using RewardHub.Host.Metrics;
using RewardHub.Scoring;

namespace RewardHub.Host.Http;

/// <summary><c>GET /metrics</c>: what the server did, for Prometheus; and the middleware that counts.</summary>
internal static class MetricsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", (HubMetrics metrics, ScorerCatalog catalog) =>
                TypedResults.Text(Render(metrics, catalog), PrometheusText.ContentType))
            .WithTags("operations").WithSummary("Counters in the Prometheus text format.").Produces<string>(contentType: "text/plain");

    /// <summary>Counts every request by its route pattern, so that labels stay few whatever paths callers try.</summary>
    public static async Task CountAsync(HttpContext context, RequestDelegate next, HubMetrics metrics)
    {
        long began = Stopwatch.GetTimestamp();
        metrics.RequestBegan();
        try
        {
            await next(context);
        }
        finally
        {
            string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";

            // 499 is what proxies log for a caller that left before the answer.
            int status = context.RequestAborted.IsCancellationRequested ? 499 : context.Response.StatusCode;
            metrics.RequestEnded(route, status, Stopwatch.GetElapsedTime(began));
        }
    }

    private static string Render(HubMetrics metrics, ScorerCatalog catalog)
    {
        var text = new PrometheusText();
        text.Metric("rewardhub_requests_total", "counter", "Requests by route and status.");
        foreach (((string route, int status), long count) in metrics.Requests.OrderBy(r => r.Key))
        {
            text.Sample("rewardhub_requests_total", count, "route", route, "status", status.ToString(CultureInfo.InvariantCulture));
        }

        text.Metric("rewardhub_items_total", "counter", "Items by route and status; an item without status ok has no reward.");
        foreach (((string route, Contracts.ItemStatus status), long count) in metrics.Items.OrderBy(i => i.Key))
        {
            string name = ItemFailures.NameOf(status);
            text.Sample("rewardhub_items_total", count, "route", route, "status", name);
        }

        text.Metric("rewardhub_fallbacks_total", "counter", "Compatibility answers that gave a profile's fixed number in place of a reward.");
        foreach ((string profile, long count) in metrics.Fallbacks.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            text.Sample("rewardhub_fallbacks_total", count, "profile", profile);
        }

        text.Metric("rewardhub_requests_running", "gauge", "Requests that are being answered.").Sample("rewardhub_requests_running", metrics.Running);
        Latencies(text, metrics);
        Engines(text, catalog);
        return text.ToString();
    }

    private static void Latencies(PrometheusText text, HubMetrics metrics)
    {
        const string Name = "rewardhub_request_seconds";
        text.Metric(Name, "histogram", "Seconds from the first byte of a request to its answer, by route.");
        foreach ((string route, HubMetrics.Latency latency) in metrics.Latencies.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            LatencySnapshot at = latency.Snapshot();
            long cumulative = 0;
            for (int i = 0; i < at.Counts.Length; i++)
            {
                cumulative += at.Counts[i];
                string bound = i < HubMetrics.Bounds.Length ? HubMetrics.Bounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
                text.Sample($"{Name}_bucket", cumulative, "route", route, "le", bound);
            }

            text.Sample($"{Name}_sum", at.Sum, "route", route).Sample($"{Name}_count", cumulative, "route", route);
        }
    }

    private static void Engines(PrometheusText text, ScorerCatalog catalog)
    {
    }
}
