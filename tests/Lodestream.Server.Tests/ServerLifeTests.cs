using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Lodestream.Server.Tests.Fixtures;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lodestream.Server.Tests;

/// <summary>Starting, health, logging and stopping.</summary>
public sealed class ServerLifeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ServerLifeTests() => _folder.WriteTileset("scene/tileset.json");

    private string Scene => Path.Combine(_folder.Path, "scene");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Port_zero_takes_a_free_port_on_loopback_and_says_which()
    {
        await using var server = await RunningServer.ServeAsync(Scene);
        Assert.Equal("127.0.0.1", server.Url.Host);
        Assert.NotEqual(0, server.Url.Port);
        Assert.Equal(200, (await server.GetAsync("/health/live")).Status);
    }

    [Fact]
    public async Task A_port_in_use_is_an_error_that_names_it()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var e = await Assert.ThrowsAsync<ServeException>(() => RunningServer.StartAsync(new ServerOptions { Paths = [Scene], Port = port }));
        Assert.Equal($"port {port} on 127.0.0.1 is in use", e.Message);
    }

    [Theory]
    [InlineData("somewhere.example", 0, "Host")]
    [InlineData("127.0.0.1", -1, "Port")]
    [InlineData("127.0.0.1", 65536, "Port")]
    [InlineData("192.0.2.1", 0, "192.0.2.1 is not an address of this machine")]
    public async Task An_option_out_of_range_is_an_error_that_names_it(string host, int port, string named)
    {
        var e = await Assert.ThrowsAsync<ServeException>(() => RunningServer.StartAsync(new ServerOptions { Paths = [Scene], Host = host, Port = port }));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serving_nothing_is_an_error()
    {
        var e = await Assert.ThrowsAsync<ServeException>(() => RunningServer.ServeAsync());
        Assert.Contains("Paths", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopped_server_frees_its_port()
    {
        var first = await RunningServer.ServeAsync(Scene);
        var port = first.Url.Port;
        await first.DisposeAsync();
        await using var second = await RunningServer.StartAsync(new ServerOptions { Paths = [Scene], Port = port });
        Assert.Equal(200, (await second.GetAsync("/health/live")).Status);
    }

    [Fact]
    public async Task Ready_means_that_every_scene_can_be_read()
    {
        await using var server = await RunningServer.ServeAsync(Scene);
        Assert.Equal(200, (await server.GetAsync("/health/ready")).Status);
        File.Delete(Path.Combine(Scene, "tileset.json"));
        var answer = await server.GetAsync("/health/ready");
        Assert.Equal(503, answer.Status);
        Assert.Contains("scene", answer.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await server.GetAsync("/health/live")).Status);
    }

    [Fact]
    public async Task Each_request_is_one_line_of_the_log_that_no_request_can_forge()
    {
        using var log = new Lines();
        await using var server = await RunningServer.StartAsync(new ServerOptions { Paths = [Scene], Port = 0, LoggerFactory = log });
        await server.GetAsync("/tilesets/scene/tileset.json");
        await server.GetAsync("/tilesets/scene/x%0aGET%20/forged%20200");

        // A line is written when its answer has gone out: the client may be first.
        var lines = await log.AtLeastAsync(2);
        Assert.StartsWith("GET /tilesets/scene/tileset.json 200 ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("GET /tilesets/scene/x%0aGET%20/forged%20200 404 ", lines[1], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.DoesNotContain('\n', line));
    }

    [Fact]
    public async Task A_defect_is_logged_under_the_requests_id_and_the_client_learns_that_id_alone()
    {
        using var log = new Lines();
        await using var server = await RunningServer.StartAsync(new ServerOptions { Paths = [Scene], Port = 0, LoggerFactory = log, TimeProvider = new BrokenClock() });
        var answer = await server.GetAsync("/tilesets/scene/tileset.json", "Accept-Encoding: br");
        Assert.Equal(500, answer.Status);
        var id = answer.Header("X-Request-Id")!;
        Assert.Contains(id, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("clock", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(" at ", answer.Text, StringComparison.Ordinal);
        Assert.Null(answer.Header("ETag"));
        var lines = await log.AtLeastAsync(2);
        Assert.Contains(lines, line => line.Contains("failed", StringComparison.Ordinal) && line.Contains(id, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(" 500 ", StringComparison.Ordinal) && line.EndsWith(id, StringComparison.Ordinal));
        await server.UntilMetricAsync("lodestream_server_errors_total{reason=\"failed\"}", "1");
    }

    [Fact]
    public async Task An_answer_under_way_is_finished_when_the_server_stops()
    {
        var bytes = new byte[20 << 20];
        new Random(3).NextBytes(bytes);
        _folder.Write("scene/large.b3dm", bytes);
        await using var server = await RunningServer.ServeAsync(Scene);
        using var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(server.Url.Host, server.Url.Port);
        var stream = client.GetStream();
        await stream.WriteAsync("GET /tilesets/scene/large.b3dm HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());
        var first = new byte[1000];
        await stream.ReadExactlyAsync(first);

        var stopping = server.DisposeAsync().AsTask();
        using var rest = new MemoryStream();
        await stream.CopyToAsync(rest);
        await stopping;
        byte[] answer = [.. first, .. rest.ToArray()];
        var body = answer.AsSpan(answer.AsSpan().IndexOf("\r\n\r\n"u8) + 4);
        Assert.True(body.SequenceEqual(bytes));
    }

    /// <summary>A clock that knows no date.</summary>
    private sealed class BrokenClock : TimeProvider
    {
        private int _asked;

        public override DateTimeOffset GetUtcNow() => Interlocked.Increment(ref _asked) == 1 ? base.GetUtcNow() : throw new InvalidOperationException("the clock is broken");
    }

    private sealed class Lines : ILoggerFactory, ILogger
    {
        private readonly SemaphoreSlim _written = new(0);

        public ConcurrentQueue<string> All { get; } = new();

        public async Task<string[]> AtLeastAsync(int count)
        {
            for (var i = 0; i < count; i++)
                Assert.True(await _written.WaitAsync(TimeSpan.FromSeconds(30)), "a line of the log is missing");
            return [.. All];
        }

        public ILogger CreateLogger(string categoryName) => categoryName == "Lodestream.Requests" ? this : NullLogger.Instance;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            All.Enqueue(formatter(state, exception));
            _written.Release();
        }

        public void Dispose() => _written.Dispose();
    }
}
