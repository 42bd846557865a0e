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

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
