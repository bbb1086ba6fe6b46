using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RewardHub.Host.Configuration;
using RewardHub.Host.Hosting;
using RewardHub.Tests;

namespace RewardHub.Host.Tests.Http;

/// <summary>The real server on a free loopback port, in this process.</summary>
public sealed class HubServer : IAsyncDisposable
{
    public const string Model = "tiny";

    private readonly WebApplication _app;

    private HubServer(WebApplication app, string url)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a server with the given settings; with the golden model when asked.</summary>
    public static async Task<HubServer> StartAsync(bool withModel = false, params string[] settings)
    {
        WebApplication app = Composition.Server(new HubSettings
        {
            Urls = "http://127.0.0.1:0",
            Models = withModel ? [$"{Model}={Golden.File("models", "llama-gqa")}"] : [],
            Formats = withModel ? ["llama-prm800k"] : [],
            Set = ["Logging:LogLevel:Default=Error", .. settings],
        });
        await app.StartAsync();
        var server = new HubServer(app, app.Urls.First());
        Readiness readiness = app.Services.GetRequiredService<Readiness>();
        for (int i = 0; i < 600 && readiness.Waiting is not null; i++) await Task.Delay(50);
        Assert.Null(readiness.Waiting);
        return server;
    }

    public async Task<Reply> PostAsync(string path, string body, string mediaType = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(mediaType, "utf-8"));
        using HttpResponseMessage response = await Client.PostAsync(new Uri(path, UriKind.Relative), content);
        return await Reply.ReadAsync(response);
    }

    public async Task<Reply> GetAsync(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(new Uri(path, UriKind.Relative));
        return await Reply.ReadAsync(response);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>An answer, read.</summary>
public sealed record Reply(HttpStatusCode Status, string Text, string? MediaType, HttpResponseHeaders Headers)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public static async Task<Reply> ReadAsync(HttpResponseMessage response) => new(
        response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.MediaType, response.Headers);

    /// <summary>Says that the answer is the named problem, in the one shape of all problems.</summary>
    public Reply IsProblem(string name, HttpStatusCode status)
    {
        Assert.Equal(status, Status);
        Assert.Equal("application/problem+json", MediaType);
        Assert.Equal($"urn:rewardhub:problem:{name}", Json.GetProperty("type").GetString());
        Assert.Equal((int)status, Json.GetProperty("status").GetInt32());
        Assert.NotEmpty(Json.GetProperty("detail").GetString()!);
        Assert.Equal(Headers.GetValues("X-Request-Id").Single(), Json.GetProperty("request_id").GetString());
        return this;
    }

    /// <summary>Says that the problem names a JSON path.</summary>
    public Reply Names(string path, string contains)
    {
        Assert.True(Json.GetProperty("errors").TryGetProperty(path, out JsonElement errors), Text);
        Assert.Contains(contains, string.Join(';', errors.EnumerateArray().Select(e => e.GetString())), StringComparison.Ordinal);
        return this;
    }
}

/// <summary>One server for tests that only ask.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    public HubServer Hub { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Hub = await HubServer.StartAsync(withModel: true);

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
