namespace RewardHub.Host.Http;

/// <summary>Every request has an id: the caller's <c>X-Request-Id</c>, or one of ours. It is echoed on every answer.</summary>
internal static class RequestIds
{
    public const string Header = "X-Request-Id";
    private const int MaxLength = 200;

    public static string Of(HttpContext context) => context.TraceIdentifier;

    /// <summary>The first middleware: takes or makes the id.</summary>
    public static Task EchoAsync(HttpContext context, RequestDelegate next)
    {
        string? given = context.Request.Headers[Header];
        context.TraceIdentifier = IsUsable(given) ? given! : Guid.CreateVersion7().ToString("n");

        // Not set at once: the exception handler clears the headers before it answers.
        context.Response.OnStarting(static state =>
        {
            var answered = (HttpContext)state;
            answered.Response.Headers[Header] = answered.TraceIdentifier;
            return Task.CompletedTask;
        }, context);
        return next(context);
    }

    private static bool IsUsable(string? given) =>
        given is { Length: > 0 and <= MaxLength } && given.All(c => c is > ' ' and < '\x7f');
}
