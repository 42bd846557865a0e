using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using Lodestream.Scene;
using Lodestream.Streaming;
using Microsoft.AspNetCore.Http;

namespace Lodestream.Transport.Tests;

public class HttpTransportTests
{
    private readonly Arrivals _arrivals = new();

    [Fact]
    public async Task A_file_comes_exactly_with_its_length_announced_before()
    {
        var file = Bytes(300_000);
        await using var server = await TestServer.StartAsync(http =>
        {
            http.Response.ContentLength = file.Length;
            return http.Response.Body.WriteAsync(file).AsTask();
        });
        using var client = HttpTransport.CreateClient();
        using var transport = new HttpTransport(client, _arrivals.Inbox);
        transport.Start(Request(7, server.Address + "a.glb"));
        var headers = await _arrivals.NextAsync(InboxKind.Headers);
        Assert.Equal((7L, 300_000L), (headers.Id, headers.Bytes));
        var fetched = await _arrivals.NextAsync(InboxKind.Fetched);
        Assert.Equal((7L, FetchStatus.Ok, 300_000L), (fetched.Id, fetched.Status, fetched.Bytes));
        Assert.Equal(file, Assert.IsType<byte[]>(fetched.Payload));
    }

    [Fact]
    public async Task A_newer_version_than_caches_may_hold_is_asked_of_the_source()
    {
        await using var server = await TestServer.StartAsync(http => http.Response.WriteAsync(http.Request.Headers.CacheControl.ToString()));
        using var client = HttpTransport.CreateClient();
        using var transport = new HttpTransport(client, _arrivals.Inbox);
        transport.Start(Request(1, server.Address + "a.glb"));
        Assert.Empty(Assert.IsType<byte[]>((await _arrivals.NextAsync(InboxKind.Fetched)).Payload));
        transport.Start(Request(2, server.Address + "a.glb") with { BypassesCaches = true });
        var fetched = await _arrivals.NextAsync(InboxKind.Fetched);
        Assert.Equal("no-cache", System.Text.Encoding.UTF8.GetString(Assert.IsType<byte[]>(fetched.Payload)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64 * 1024)]
    [InlineData(64 * 1024 + 1)]
    [InlineData(1_000_000)]
    public async Task A_file_of_unknown_length_comes_exactly_too(int length)
    {
        var file = Bytes(length);
        await using var server = await TestServer.StartAsync(async http =>
        {
            await http.Response.StartAsync();
            await http.Response.Body.WriteAsync(file);
        });
        Assert.Equal(file, (await FetchAsync(server.Address)).Payload);
    }

    [Fact]
    public async Task A_compressed_file_is_handed_out_as_it_was_and_its_compressed_length_misleads_nobody()
    {
        var file = new byte[200_000];
        var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(file);
        await using var server = await TestServer.StartAsync(http =>
        {
            http.Response.Headers.ContentEncoding = "gzip";
            http.Response.ContentLength = compressed.Length;
            return http.Response.Body.WriteAsync(compressed.ToArray()).AsTask();
        });
        Assert.Equal(file, (await FetchAsync(server.Address)).Payload);
    }

    [Theory]
    [InlineData(404, FetchStatus.NotFound)]
    [InlineData(410, FetchStatus.NotFound)]
    [InlineData(403, FetchStatus.HttpError)]
    [InlineData(500, FetchStatus.HttpError)]
    [InlineData(204, FetchStatus.HttpError)]
    [InlineData(206, FetchStatus.HttpError)]
    public async Task A_status_other_than_200_is_an_outcome(int status, FetchStatus expected)
    {
        await using var server = await TestServer.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        var fetched = await FetchAsync(server.Address + "x.glb");
        Assert.Equal((expected, status, 0d), (fetched.Status, fetched.HttpStatus, fetched.RetryAfterSeconds));
        Assert.Null(fetched.Payload);
        Assert.Contains("x.glb: HTTP " + status.ToString(CultureInfo.InvariantCulture), fetched.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("17", 17)]
    [InlineData("Sat, 01 Mar 2025 12:00:30 GMT", 30)]
    [InlineData("Sat, 01 Mar 2025 11:00:00 GMT", 0)]
    [InlineData("soon", 0)]
    public async Task What_the_source_asks_to_wait_is_read_as_seconds_or_as_a_date(string header, double seconds)
    {
        await using var server = await TestServer.StartAsync(http =>
        {
            http.Response.StatusCode = 503;
            http.Response.Headers.RetryAfter = header;
            return Task.CompletedTask;
        });
        var fetched = await FetchAsync(server.Address, time: new FixedTime(new(2025, 3, 1, 12, 0, 0, TimeSpan.Zero)));
        Assert.Equal((503, seconds), (fetched.HttpStatus, fetched.RetryAfterSeconds));
    }

    [Fact]
    public async Task Fewer_bytes_than_announced_are_a_truncated_file()
    {
        await using var server = await TestServer.StartAsync(async http =>
        {
            http.Response.ContentLength = 1000;
            await http.Response.Body.WriteAsync(Bytes(400));
            await http.Response.Body.FlushAsync();
            http.Abort();
        });
        var fetched = await FetchAsync(server.Address);
        Assert.Contains(fetched.Status, new[] { FetchStatus.Truncated, FetchStatus.NetworkError });
        Assert.Null(fetched.Payload);
    }

    [Fact]
    public async Task A_connection_closed_in_the_middle_of_the_body_is_a_truncated_file()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var connection = await listener.AcceptTcpClientAsync();
            var stream = connection.GetStream();
            _ = await stream.ReadAsync(new byte[4096]);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this"u8.ToArray());
            connection.Client.Shutdown(SocketShutdown.Send);
        });
        var fetched = await FetchAsync($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/a.glb");
        Assert.Equal(FetchStatus.Truncated, fetched.Status);
        await serving;
    }

    [Fact]
    public async Task Nobody_there_is_a_network_error()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var fetched = await FetchAsync($"http://127.0.0.1:{port}/a.glb");
        Assert.Equal(FetchStatus.NetworkError, fetched.Status);
        Assert.Contains("/a.glb: ", fetched.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_attempt_ends_at_the_server_and_is_not_answered()
    {
        var begun = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async http =>
        {
            if (http.Request.Path == "/other")
                return;
            http.RequestAborted.Register(() => aborted.TrySetResult());
            begun.SetResult();
            await aborted.Task;
        });
        using var client = HttpTransport.CreateClient();
        using var transport = new HttpTransport(client, _arrivals.Inbox);
        transport.Start(Request(1, server.Address));
        await begun.Task;
        transport.Cancel(1, CancelReason.NoLongerWanted);
        await aborted.Task;
        transport.Start(Request(2, server.Address + "other"));
        Assert.Equal(2, (await _arrivals.NextAsync(InboxKind.Fetched)).Id);
    }

    [Fact]
    public async Task A_client_that_gives_up_waiting_times_the_attempt_out()
    {
        var end = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(_ => end.Task);
        using var client = HttpTransport.CreateClient();
        client.Timeout = TimeSpan.FromMilliseconds(50);
        using var transport = new HttpTransport(client, _arrivals.Inbox);
        transport.Start(Request(1, server.Address));
        Assert.Equal(FetchStatus.TimedOut, (await _arrivals.NextAsync(InboxKind.Fetched)).Status);
        end.SetResult();
    }

    [Fact]
    public async Task A_connection_that_does_not_stand_in_time_is_told_from_an_answer_that_does_not_come()
    {
        // It accepts, and never says a word of the handshake.
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = HttpTransport.CreateClient(new() { ConnectTimeout = 0.05 });
        using var transport = new HttpTransport(client, _arrivals.Inbox);
        transport.Start(Request(1, $"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/a.glb"));
        var outcome = await _arrivals.NextAsync(InboxKind.Fetched);
        Assert.Equal(FetchStatus.ConnectTimedOut, outcome.Status);
        Assert.Contains("connection could not be established", outcome.Error, StringComparison.Ordinal);
        listener.Stop();
    }

    [Theory]
    [InlineData("http://example.test/a.glb", "plain http")]
    [InlineData("ftp://example.test/a.glb", "scheme ftp")]
    [InlineData("file:///etc/hostname", "scheme file")]
    [InlineData("tiles/a.glb", "")]
    public async Task Other_schemes_and_plain_http_to_other_machines_are_refused(string uri, string reason)
    {
        var fetched = await FetchAsync(uri);
        Assert.Equal(FetchStatus.Refused, fetched.Status);
        Assert.Contains(reason, fetched.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_are_followed_but_not_to_where_a_request_would_be_refused_nor_for_ever()
    {
        await using var server = await TestServer.StartAsync(http =>
        {
            switch (http.Request.Path.Value)
            {
                case "/moved":
                    http.Response.Redirect("/here?x=1");
                    break;
                case "/out":
                    http.Response.Redirect("http://example.test/a.glb");
                    break;
                case "/round":
                    http.Response.Redirect("/round");
                    break;
                default:
                    return http.Response.Body.WriteAsync(new byte[] { 1, 2, 3 }).AsTask();
            }
            return Task.CompletedTask;
        });
        Assert.Equal(new byte[] { 1, 2, 3 }, (await FetchAsync(server.Address + "moved")).Payload);
        var refused = await FetchAsync(server.Address + "out");
        Assert.Equal(FetchStatus.Refused, refused.Status);
        Assert.Contains("leads to http://example.test/a.glb", refused.Error, StringComparison.Ordinal);
        Assert.Equal(302, (await FetchAsync(server.Address + "round")).HttpStatus);
    }

    [Fact]
    public async Task A_file_larger_than_is_accepted_is_refused_before_and_while_it_is_read()
    {
        await using var server = await TestServer.StartAsync(async http =>
        {
            if (http.Request.Path == "/announced")
                http.Response.ContentLength = 5000;
            await http.Response.Body.WriteAsync(new byte[5000]);
        });
        foreach (var path in new[] { "announced", "silent" })
            Assert.Equal(FetchStatus.Refused, (await FetchAsync(server.Address + path, new() { MaximumBytes = 4096 })).Status);
        Assert.Equal(FetchStatus.Ok, (await FetchAsync(server.Address + "silent", new() { MaximumBytes = 5000 })).Status);
    }

    [Fact]
    public void An_option_that_makes_no_sense_is_named()
    {
        using var client = new HttpClient();
        Assert.Contains("MaximumBytes is 0", Assert.Throws<ArgumentException>(() => new HttpTransport(client, _arrivals.Inbox, new() { MaximumBytes = 0 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_attempts_run_side_by_side_and_each_is_answered_once()
    {
        await using var server = await TestServer.StartAsync(http => http.Response.WriteAsync(http.Request.Path.Value![1..]));
        using var client = HttpTransport.CreateClient();
        using var transport = new HttpTransport(client, _arrivals.Inbox);
        for (var id = 0; id < 100; id++)
            transport.Start(Request(id, server.Address + id.ToString(CultureInfo.InvariantCulture)));
        for (var id = 90; id < 100; id++)
            transport.Cancel(id, CancelReason.NoLongerWanted);
        var seen = new HashSet<long>();
        while (Enumerable.Range(0, 90).Any(id => !seen.Contains(id)))
        {
            var fetched = await _arrivals.NextAsync(InboxKind.Fetched);
            Assert.True(seen.Add(fetched.Id));
            Assert.Equal(fetched.Id.ToString(CultureInfo.InvariantCulture), System.Text.Encoding.ASCII.GetString((byte[])fetched.Payload!));
        }
    }

    private async Task<InboxMessage> FetchAsync(string uri, HttpTransportOptions? options = null, TimeProvider? time = null)
    {
        using var client = HttpTransport.CreateClient();
        using var transport = new HttpTransport(client, _arrivals.Inbox, options, time);
        transport.Start(Request(1, uri));
        return await _arrivals.NextAsync(InboxKind.Fetched);
    }

    private static TileRequest Request(long id, string uri) => new(id, 0, uri, ContentFamily.Mesh, ContentFormat.Glb);

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
