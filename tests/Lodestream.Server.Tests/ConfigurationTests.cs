using System.Text;
using Lodestream.Server.Configuration;
using Lodestream.Server.Tests.Fixtures;

namespace Lodestream.Server.Tests;

/// <summary>The configuration file, and what its options do to the answers.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ConfigurationTests()
    {
        _folder.WriteTileset("scene/tileset.json");
        _folder.Write("viewer/index.html", "<!doctype html>"u8);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_left_out_keeps_its_default()
    {
        var read = Read("""
            {
              // comments and trailing commas are welcome
              "limits": { "maxConnections": 7, "minBytesPerSecond": 0, },
              "security": { "remoteScenes": ["https://tiles.example.org"] },
            }
            """);
        Assert.Equal(7, read.Limits.MaxConnections);
        Assert.Equal(new ServerLimits().KeepAliveTimeoutSeconds, read.Limits.KeepAliveTimeoutSeconds);
        Assert.Equal(new CacheOptions().MemoryMB, read.Cache.MemoryMB);
        Assert.Equal(["https://tiles.example.org"], read.Security.RemoteScenes);
        Assert.Equal(["'self'"], read.Security.FrameAncestors);
        Assert.True(read.Metrics);
    }

    [Theory]
    [InlineData("{ \"limits\": { \"maxConections\": 7 } }", "line 1, byte 31: no such option: limits.maxConections")]
    [InlineData("{ \"logs\": 1 }", "no such option: logs")]
    [InlineData("{\n \"limits\": { \"maxConnections\": \"many\" } }", "line 2, byte")]
    [InlineData("{ \"limits\": { \"maxConnections\": 0 } }", "limits.maxConnections: 0 is not between 1 and")]
    [InlineData("{ \"limits\": { \"minRateGraceSeconds\": 1 } }", "limits.minRateGraceSeconds: 1 is not between")]
    [InlineData("{ \"limits\": { \"shutdownSeconds\": -1 } }", "limits.shutdownSeconds: -1 is not between")]
    [InlineData("{ \"cache\": { \"memoryMB\": 0 } }", "cache.memoryMB: 0 is not between")]
    [InlineData("{ \"security\": { \"remoteScenes\": [\"https://a; script-src *\"] } }", "security.remoteScenes: 'https://a; script-src *' is not a source")]
    [InlineData("{ \"security\": { \"frameAncestors\": [] } }", "security.frameAncestors: name at least one")]
    [InlineData("{ \"security\": { \"allowedOrigin\": \"https://a/b\" } }", "security.allowedOrigin: 'https://a/b' is not an origin")]
    [InlineData("{ \"limits\": null }", "limits has a value of the wrong kind")]
    [InlineData("null", "null is no configuration")]
    [InlineData("{", "not valid JSON")]
    [InlineData("", "not valid JSON")]
    public void A_mistake_is_named_with_its_file_and_place(string json, string problem)
    {
        var e = Assert.Throws<ServeException>(() => Read(json));
        Assert.StartsWith(Path.Combine(_folder.Path, "config.json") + ": ", e.Message, StringComparison.Ordinal);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var path = Path.Combine(_folder.Path, "absent.json");
        Assert.Contains(path, Assert.Throws<ServeException>(() => ServerConfiguration.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_given_in_code_are_checked_as_well()
    {
        var e = await Assert.ThrowsAsync<ServeException>(() => ServeAsync(new() { Limits = new() { MaxConnections = -1 } }));
        Assert.Contains("limits.maxConnections", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remote_scenes_and_frames_are_in_the_pages_policy()
    {
        await using var server = await ServeAsync(new() { Security = new() { RemoteScenes = ["https://tiles.example.org"], FrameAncestors = ["'self'", "https://portal.example.org"] } });
        var policy = (await server.GetAsync("/")).Header("Content-Security-Policy")!.Split("; ");
        Assert.Contains("connect-src 'self' blob: data: https://tiles.example.org", policy);
        Assert.Contains("frame-ancestors 'self' https://portal.example.org", policy);
        Assert.Contains("script-src 'self' 'wasm-unsafe-eval'", policy);
    }

    [Fact]
    public async Task Other_origins_can_be_kept_out()
    {
        await using var server = await ServeAsync(new() { Security = new() { AllowedOrigin = "" } });
        var answer = await server.GetAsync("/tilesets", "Origin: https://example.org");
        Assert.Null(answer.Header("Access-Control-Allow-Origin"));
        Assert.Null(answer.Header("Access-Control-Expose-Headers"));
        Assert.Equal("same-origin", answer.Header("Cross-Origin-Resource-Policy"));

        await using var one = await ServeAsync(new() { Security = new() { AllowedOrigin = "https://example.org" } });
        Assert.Equal("https://example.org", (await one.GetAsync("/tilesets")).Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Metrics_can_be_switched_off()
    {
        await using var server = await ServeAsync(new() { Metrics = false });
        Assert.Equal(404, (await server.GetAsync("/metrics")).Status);
    }

    private ServerConfiguration Read(string json) => ServerConfiguration.Read(_folder.Write("config.json", Encoding.UTF8.GetBytes(json)));

    private Task<RunningServer> ServeAsync(ServerConfiguration configuration) => RunningServer.StartAsync(
        new() { Paths = [Path.Combine(_folder.Path, "scene")], Port = 0, ViewerDirectory = Path.Combine(_folder.Path, "viewer"), Configuration = configuration });
}
