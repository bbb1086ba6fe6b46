using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;

namespace RewardHub.Host.Http;

/// <summary>A body that was read, or the answer that says why it could not be.</summary>
internal readonly record struct BodyRead<T>(T? Value, IResult? Refused);

/// <summary>Reads JSON bodies and says what is wrong with them by JSON path and position, without naming our types.</summary>
internal static class JsonBody
{
    /// <summary>Reads the whole body with a source-generated type.</summary>
    /// <remarks>A body over the limit throws <see cref="BadHttpRequestException"/> with status 413, answered by <see cref="Faults"/>.</remarks>
    public static async Task<BodyRead<T>> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, bool anyMediaType = false)
        where T : class
    {
        // Trainers post with all sorts of content types; our own API asks for what it documents.
        if (!anyMediaType && !context.Request.HasJsonContentType())
        {
            return new(null, Answers.Problem(context, Refusals.MediaType, $"Content-Type is '{context.Request.ContentType}'; send application/json."));
        }

        try
        {
            T? value = await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
            return value is null
                ? new(null, Answers.Problem(context, Refusals.BadJson, "The body is null; an object is asked for."))
                : new(value, null);
        }
        catch (InvalidDataException)
        {
            // What the decompression says when the bytes are not of the encoding that the caller named.
            return new(null, Answers.Problem(context, Refusals.BadJson, "The body cannot be unpacked: its bytes are not what Content-Encoding says."));
        }
        catch (JsonException fault)
        {
            string path = Path(fault);
            var errors = new Dictionary<string, string[]> { [path] = [What(fault)] };
            return new(null, Answers.Problem(context, Refusals.BadJson, $"{path}: {What(fault)}{Where(fault)}", errors));
        }
    }

    /// <summary>The body limit of a route, in bytes after decompression; null for none.</summary>
    public static long? Limit(HttpContext context) => context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;

    private static string Path(JsonException fault) =>
        fault.Path is null or "$" or "" ? "$" : fault.Path.StartsWith("$.", StringComparison.Ordinal) ? fault.Path[2..] : fault.Path;

    private static string Where(JsonException fault) =>
        fault.LineNumber is long line && fault.BytePositionInLine is long at ? string.Create(null, $" (line {line + 1}, byte {at + 1})") : "";

    /// <summary>One sentence in terms of the document: the reader's own messages name C# types.</summary>
    private static string What(JsonException fault)
    {
        string message = fault.Message;
        if (message.StartsWith("'N' is an invalid start of a value", StringComparison.Ordinal)
            || message.StartsWith("'I' is ", StringComparison.Ordinal))
        {
            return "NaN and Infinity are not JSON; send null or leave the field out";
        }

        if (message.Contains("does not contain any JSON tokens", StringComparison.Ordinal)) return "the body is empty or ends before the JSON does";
        if (message.Contains("trailing comma", StringComparison.Ordinal)) return "a comma stands before the closing bracket";
        if (message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal)) return "there is no such field";
        if (message.Contains("missing required properties", StringComparison.Ordinal)) return "missing fields: " + Missing(message);
        if (message.Contains("doesn't allow null", StringComparison.Ordinal) || message.Contains("not allow null", StringComparison.Ordinal)) return "must not be null";
        if (message.Contains("could not be converted", StringComparison.Ordinal)) return "the value has the wrong type or is out of range";
        if (message.Contains("Duplicate property", StringComparison.Ordinal)) return "the field is given twice";
        if (message.Contains("cannot be null", StringComparison.Ordinal)) return "must not be null";
        int tail = message.IndexOf(" Path: ", StringComparison.Ordinal);
        if (tail < 0) tail = message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return tail > 0 ? message[..tail].TrimEnd('.') : message.TrimEnd('.');
    }

    /// <summary>The names in "…missing required properties including: 'id', 'items'."</summary>
    private static string Missing(string message)
    {
        int colon = message.IndexOf(':', StringComparison.Ordinal);
        int end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        if (colon < 0) return "see the OpenAPI document";
        string names = end > colon ? message[(colon + 1)..end] : message[(colon + 1)..];
        return names.Trim().TrimEnd('.').Replace("'", "", StringComparison.Ordinal);
    }
}
