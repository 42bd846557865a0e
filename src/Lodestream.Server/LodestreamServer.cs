using System.Net;
using System.Net.Sockets;
using Lodestream.Server.Files;
using Lodestream.Server.Http;
using Lodestream.Server.Scenes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lodestream.Server;

/// <summary>Serves tilesets and the viewer over HTTP, in the process that starts it.</summary>
/// <remarks>URLs and headers: <c>docs/serving.md</c>.</remarks>
public sealed class LodestreamServer : IAsyncDisposable
{
    private static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Requests still running when the server stops get this long to finish.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    private readonly WebApplication _application;

    private LodestreamServer(WebApplication application, SceneCatalogue catalogue, Uri url)
    {
        _application = application;
        Catalogue = catalogue;
        Url = url;
    }

    /// <summary>Where the server can be reached from this machine, such as <c>http://127.0.0.1:5080/</c>.</summary>
    public Uri Url { get; }

    /// <summary>What is served.</summary>
    public SceneCatalogue Catalogue { get; }

    /// <summary>Finds the scenes, binds the port and begins to answer.</summary>
    /// <exception cref="ServeException">An option, a path or the port is not usable; the message names it.</exception>
    public static async Task<LodestreamServer> StartAsync(ServerOptions options, CancellationToken cancellationToken)
    {
        var address = options.Validate();
        var catalogue = new SceneDiscovery(options.LoggerFactory.CreateLogger("Lodestream.Scenes")).Discover(options.Paths);
        var application = Build(options, address);
        MapEndpoints(application, options, catalogue);
        await BindAsync(application, options, cancellationToken).ConfigureAwait(false);
        return new LodestreamServer(application, catalogue, BoundUrl(application, address));
    }

    /// <summary>Stops answering and frees the port.</summary>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static WebApplication Build(ServerOptions options, IPAddress address)
    {
        // Empty: no settings files, environment variables or console of the host's; what is served is what the options say.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(options.LoggerFactory);
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(address, options.Port);
            Limit(kestrel);
        });
        return builder.Build();
    }

    /// <summary>A server of files reads short requests without bodies; whoever sends more, or too slowly, is not a client of ours.</summary>
    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 64 * 1024;
        kestrel.Limits.MaxRequestLineSize = 8 * 1024;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxConcurrentConnections = 4096;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
    }

    private static void MapEndpoints(WebApplication application, ServerOptions options, SceneCatalogue catalogue)
    {
        var log = new RequestLog(options.LoggerFactory.CreateLogger("Lodestream.Requests"), options.TimeProvider);
        application.Use(ResponseHeaders.ApplyAsync);
        application.Use(log.RunAsync);

        var files = new FileAnswer(new FileVersionCache(options.TimeProvider));
        var tilesets = new TilesetEndpoints(catalogue, files);
        var viewer = new ViewerEndpoints(options.ViewerDirectory is { } directory ? new ServedFolder(directory) : null, files);
        var health = new HealthEndpoints(catalogue);
        Map(application, "/health/live", HealthEndpoints.SendLiveAsync);
        Map(application, "/health/ready", health.SendReadyAsync);
        Map(application, "/tilesets", tilesets.SendCatalogueAsync);
        Map(application, "/tilesets/{id}", tilesets.RedirectToDocumentAsync);
        Map(application, "/tilesets/{id}/{**path}", tilesets.SendFileAsync);
        Map(application, "/{**path}", viewer.SendFileAsync);
    }

    private static void Map(IEndpointRouteBuilder routes, string pattern, RequestDelegate answer) => routes.MapMethods(pattern, ReadMethods, answer);

    private static async Task BindAsync(WebApplication application, ServerOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new ServeException(BindFailure(e, options), e);
        }
    }

    private static string BindFailure(Exception e, ServerOptions options) => e switch
    {
        { InnerException: AddressInUseException } => $"port {options.Port} on {options.Host} is in use",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => $"port {options.Port} on {options.Host}: not permitted",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => $"{options.Host} is not an address of this machine",
        _ => $"port {options.Port} on {options.Host}: {e.Message}",
    };

    private static Uri BoundUrl(WebApplication application, IPAddress address)
    {
        var bound = new Uri(application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        var isAny = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
        return isAny ? new UriBuilder(bound) { Host = IPAddress.Loopback.ToString() }.Uri : bound;
    }

    /// <summary>The process belongs to whoever started the server: signals are theirs to handle.</summary>
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
