using RewardHub.Contracts;
using RewardHub.Host.Cli;
using RewardHub.Scoring;

namespace RewardHub.Host;

/// <summary>One kind of problem: its URN, title, HTTP status, exit code of the command line, and whether a retry may help.</summary>
internal sealed record ProblemKind(string Name, int Status, string Title, int ExitCode, bool Retryable)
{
    public string Type => $"urn:rewardhub:problem:{Name}";

    /// <summary>The body of the answer.</summary>
    public Problem With(string detail, string? requestId, IReadOnlyDictionary<string, string[]>? errors = null) => new()
    {
        Type = Type,
        Title = Title,
        Status = Status,
        Detail = detail,
        RequestId = requestId,
        Retryable = Retryable,
        Errors = errors is { Count: > 0 } ? errors : null,
    };
}

/// <summary>The one table of problems. Names and statuses are frozen: they only grow.</summary>
internal static class Refusals
{
    public static readonly ProblemKind BadJson = new("bad-json", 400, "The body is not the JSON that is asked for", ExitCodes.BadInput, false);
    public static readonly ProblemKind BadRequest = new("bad-request", 400, "Rules are broken", ExitCodes.BadInput, false);
    public static readonly ProblemKind UnknownModel = new("unknown-model", 404, "No such model is hosted", ExitCodes.BadInput, false);
    public static readonly ProblemKind UnknownScorer = new("unknown-scorer", 404, "No such scorer is hosted", ExitCodes.BadInput, false);
    public static readonly ProblemKind UnknownProfile = new("unknown-profile", 404, "No such profile is configured", ExitCodes.BadInput, false);
    public static readonly ProblemKind NotFound = new("not-found", 404, "No such route", ExitCodes.BadInput, false);
    public static readonly ProblemKind MethodNotAllowed = new("method-not-allowed", 405, "The route takes another method", ExitCodes.BadInput, false);
    public static readonly ProblemKind TooLarge = new("too-large", 413, "The body is over the limit", ExitCodes.BadInput, false);
    public static readonly ProblemKind MediaType = new("media-type", 415, "The body must be application/json", ExitCodes.BadInput, false);
    public static readonly ProblemKind NotScorable = new("not-scorable", 422, "An item has no reward, and never will", ExitCodes.BadInput, false);
    public static readonly ProblemKind QueueFull = new("queue-full", 429, "The queue is full", ExitCodes.TryAgain, true);
    public static readonly ProblemKind Internal = new("internal", 500, "A fault of ours", ExitCodes.OurFault, true);
    public static readonly ProblemKind NotReady = new("not-ready", 503, "A model is still loading", ExitCodes.TryAgain, true);
    public static readonly ProblemKind NotScored = new("not-scored", 503, "An item has no reward yet", ExitCodes.TryAgain, true);

    /// <summary>The row for a refusal of the scorer.</summary>
    public static ProblemKind Of(RefusalKind kind) => kind switch
    {
        RefusalKind.Rules => BadRequest,
        RefusalKind.UnknownModel => UnknownModel,
        RefusalKind.UnknownScorer => UnknownScorer,
        RefusalKind.UnknownProfile => UnknownProfile,
        RefusalKind.QueueFull => QueueFull,
        RefusalKind.NotReady => NotReady,
        _ => Internal,
    };

    /// <summary>The row for a bare HTTP status that the framework set.</summary>
    public static ProblemKind OfStatus(int status) => status switch
    {
        404 => NotFound,
        405 => MethodNotAllowed,
        413 => TooLarge,
        415 => MediaType,
        429 => QueueFull,
        503 => NotReady,
        >= 400 and < 500 => BadRequest,
        _ => Internal,
    };
}
