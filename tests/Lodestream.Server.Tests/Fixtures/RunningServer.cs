namespace Lodestream.Server.Tests.Fixtures;

/// <summary>A real server on a free loopback port.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly LodestreamServer _server;

    private RunningServer(LodestreamServer server) => _server = server;

    public Uri Url => _server.Url;

    public static Task<RunningServer> ServeAsync(params string[] paths) =>
        StartAsync(new ServerOptions { Paths = paths, Port = 0 });

    public static Task<RunningServer> ServeViewerAsync(string viewer, string scene) =>
        StartAsync(new ServerOptions { Paths = [scene], Port = 0, ViewerDirectory = viewer });

    public static async Task<RunningServer> StartAsync(ServerOptions options) =>
        new(await LodestreamServer.StartAsync(options, CancellationToken.None));

    public Task<RawAnswer> GetAsync(string target, params string[] headers) => RawHttp.GetAsync(Url, target, headers);

    public Task<RawAnswer> SendAsync(string method, string target, params string[] headers) => RawHttp.SendAsync(Url, method, target, headers);

    /// <summary>The value of a line of <c>/metrics</c>, or null where there is no such line.</summary>
    public async Task<string?> MetricAsync(string series) =>
        (await GetAsync("/metrics")).Text.Split('\n').FirstOrDefault(line => line.StartsWith(series + " ", StringComparison.Ordinal))?[(series.Length + 1)..];

    /// <summary>Waits until a line of <c>/metrics</c> has a value.</summary>
    public async Task UntilMetricAsync(string series, string value)
    {
        var deadline = TimeProvider.System.GetTimestamp() + (60 * TimeProvider.System.TimestampFrequency);
        for (string? last; (last = await MetricAsync(series)) != value;)
            Assert.True(TimeProvider.System.GetTimestamp() < deadline, $"{series} stays {last ?? "absent"}, not {value}");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
