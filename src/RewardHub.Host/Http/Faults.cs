using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;

namespace RewardHub.Host.Http;

/// <summary>The one place where an exception becomes an answer; the answer holds the request's id, never the exception.</summary>
internal sealed class Faults(ILogger<Faults> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (context.RequestAborted.IsCancellationRequested || context.Response.HasStarted) return true;
        IResult answer = exception is BadHttpRequestException bad
            ? Answers.Problem(context, Refusals.OfStatus(bad.StatusCode), Detail(context, bad))
            : Answers.Problem(context, Refusals.Internal, $"The fault is logged under the request id {RequestIds.Of(context)}.");
        if (exception is not BadHttpRequestException) log.RequestFailed(RequestIds.Of(context), exception);
        await answer.ExecuteAsync(context);
        return true;
    }

    private static string Detail(HttpContext context, BadHttpRequestException bad) =>
        bad.StatusCode == StatusCodes.Status413PayloadTooLarge
            ? string.Create(CultureInfo.InvariantCulture, $"The body is larger than the limit of {JsonBody.Limit(context)} bytes (after decompression): send smaller batches, or raise RewardHub:Server:MaxBodyBytes.")
            : bad.Message;
}
