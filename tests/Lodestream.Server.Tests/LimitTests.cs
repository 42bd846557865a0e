using System.Net.Sockets;
using System.Text;
using Lodestream.Server.Configuration;
using Lodestream.Server.Tests.Fixtures;

namespace Lodestream.Server.Tests;

/// <summary>What a client may not do, and how the server gets rid of it.</summary>
public sealed class LimitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LimitTests() => _folder.WriteTileset("scene/tileset.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_head_that_arrives_too_slowly_is_cut_off()
    {
        await using var server = await ServeAsync(new() { RequestHeadersTimeoutSeconds = 0.5 });
        using var client = new TcpClient();
        await client.ConnectAsync(server.Url.Host, server.Url.Port);
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "u8.ToArray());
        using var all = new MemoryStream();
        await client.GetStream().CopyToAsync(all).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.StartsWith("HTTP/1.1 408 ", Encoding.Latin1.GetString(all.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idle_connection_is_closed()
    {
        await using var server = await ServeAsync(new() { KeepAliveTimeoutSeconds = 0.5 });
        using var client = new TcpClient();
        await client.ConnectAsync(server.Url.Host, server.Url.Port);
        await client.GetStream().WriteAsync("HEAD /tilesets HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        using var all = new MemoryStream();
        await client.GetStream().CopyToAsync(all).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.StartsWith("HTTP/1.1 200 ", Encoding.Latin1.GetString(all.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_and_those_within_are_served()
    {
        await using var server = await ServeAsync(new() { MaxConnections = 2 });
        using var first = new TcpClient();
        using var second = new TcpClient();
        foreach (var client in new[] { first, second })
        {
            await client.ConnectAsync(server.Url.Host, server.Url.Port);
            Assert.Equal("HTTP/1.1 200 OK", await HeadAsync(client));
        }

        using var third = new TcpClient();
        await third.ConnectAsync(server.Url.Host, server.Url.Port);
        Assert.Null(await HeadAsync(third));
        Assert.Equal("HTTP/1.1 200 OK", await HeadAsync(first));
    }

    [Fact]
    public async Task A_body_is_refused()
    {
        await using var server = await ServeAsync(new() { MaxRequestBodyBytes = 10 });
        Assert.Equal(405, (await server.SendAsync("POST", "/tilesets", "Content-Length: 1000000")).Status);
    }

    [Fact]
    public async Task Lines_and_headers_may_be_as_long_as_configured()
    {
        await using var server = await ServeAsync(new() { MaxRequestLineBytes = 300, MaxRequestHeadersBytes = 1500 });
        Assert.Equal(404, (await server.GetAsync("/" + new string('a', 200))).Status);
        Assert.Equal(414, (await server.GetAsync("/" + new string('a', 400))).Status);
        Assert.Equal(431, (await server.GetAsync("/tilesets", $"X-Long: {new string('a', 2000)}")).Status);
    }

    [Fact]
    public async Task An_address_that_asks_too_often_is_told_when_to_come_back()
    {
        var clock = new ManualClock();
        await using var server = await ServeAsync(new() { RequestsPerSecondPerAddress = 2, RequestBurstPerAddress = 3 }, clock);
        for (var i = 0; i < 3; i++)
            Assert.Equal(200, (await server.GetAsync("/tilesets")).Status);
        var refused = await server.GetAsync("/tilesets");
        Assert.Equal(429, refused.Status);
        Assert.Equal("1", refused.Header("Retry-After"));
        Assert.Equal("*", refused.Header("Access-Control-Allow-Origin"));
        clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(200, (await server.GetAsync("/tilesets")).Status);
        Assert.Equal(429, (await server.GetAsync("/tilesets")).Status);
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_dropped_and_the_others_are_served_meanwhile()
    {
        _folder.Write("scene/large.b3dm", new byte[64 << 20]);
        await using var server = await ServeAsync(new() { MinBytesPerSecond = 1e8, MinRateGraceSeconds = 1.1 });
        using var idler = new TcpClient { ReceiveBufferSize = 4096 };
        await idler.ConnectAsync(server.Url.Host, server.Url.Port);
        await idler.GetStream().WriteAsync("GET /tilesets/scene/large.b3dm HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        Assert.Equal(200, (await server.GetAsync("/tilesets")).Status);
        await server.UntilMetricAsync("lodestream_server_requests_active", "1"); // its own request alone
        var taken = 0L;
        var buffer = new byte[1 << 20];
        try
        {
            for (int read; (read = await idler.GetStream().ReadAsync(buffer)) > 0;)
                taken += read;
        }
        catch (IOException)
        {
            // reset: that is how it ends
        }

        Assert.InRange(taken, 0, 63 << 20);
    }

    private Task<RunningServer> ServeAsync(ServerLimits limits, TimeProvider? clock = null) => RunningServer.StartAsync(
        new() { Paths = [Path.Combine(_folder.Path, "scene")], Port = 0, Configuration = new() { Limits = limits }, TimeProvider = clock ?? TimeProvider.System });

    /// <summary>Sends a HEAD request on an open connection.</summary>
    /// <returns>The status line, or null if the connection was closed.</returns>
    private static async Task<string?> HeadAsync(TcpClient client)
    {
        try
        {
            await client.GetStream().WriteAsync("HEAD /tilesets HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            var head = new StringBuilder();
            var buffer = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                if (await client.GetStream().ReadAsync(buffer) == 0)
                    return null;
                head.Append((char)buffer[0]);
            }

            return head.ToString().Split("\r\n")[0];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
