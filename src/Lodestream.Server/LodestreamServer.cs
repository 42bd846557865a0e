using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Lodestream.Server.Configuration;
using Lodestream.Server.Diagnostics;
using Lodestream.Server.Files;
using Lodestream.Server.Http;
using Lodestream.Server.Scenes;
using Lodestream.Server.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lodestream.Server;

/// <summary>Serves tilesets and the viewer over HTTP, in the process that starts it.</summary>
/// <remarks>URLs and headers: <c>docs/serving.md</c>.</remarks>
public sealed class LodestreamServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly IReadOnlyList<IDisposable> _owned;
    private int _isStopped;

    private LodestreamServer(WebApplication application, IReadOnlyList<IDisposable> owned, SceneCatalogue catalogue, Uri url)
    {
        _application = application;
        _owned = owned;
        Catalogue = catalogue;
        Url = url;
    }

    /// <summary>Where the server can be reached from this machine, such as <c>http://127.0.0.1:5080/</c>.</summary>
    public Uri Url { get; }

    /// <summary>What is served.</summary>
    public SceneCatalogue Catalogue { get; }

    /// <summary>Finds the scenes, binds the port and begins to answer.</summary>
    /// <exception cref="ServeException">An option, a path, the certificate or the port is not usable; the message names it.</exception>
    public static async Task<LodestreamServer> StartAsync(ServerOptions options, CancellationToken cancellationToken)
    {
        var address = options.Validate();
        var certificate = options.Tls is { } tls ? ServerCertificate.Load(tls, options.TimeProvider) : null;
        var catalogue = new SceneDiscovery(options.LoggerFactory.CreateLogger("Lodestream.Scenes"), options.TimeProvider).Discover(options.Paths);
        var metrics = new ServerMetrics();
        var owned = new List<IDisposable> { metrics };
        var pipeline = Compose(options, catalogue, metrics, owned);
        var application = Build(options, address, certificate, metrics);
        application.Run(pipeline.RunAsync);
        await BindAsync(application, options, cancellationToken).ConfigureAwait(false);
        return new LodestreamServer(application, owned, catalogue, BoundUrl(application, address));
    }

    /// <summary>
    /// Stops: the port is closed at once, answers under way are finished as long as <see cref="ServerLimits.ShutdownSeconds"/> allows.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) != 0)
            return;
        await _application.StopAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        foreach (var owned in _owned)
            owned.Dispose();
    }

    private static RequestPipeline Compose(ServerOptions options, SceneCatalogue catalogue, ServerMetrics metrics, List<IDisposable> owned)
    {
        var (configuration, clock) = (options.Configuration, options.TimeProvider);
        var cache = new ByteCache((long)configuration.Cache.MemoryMB << 20);
        metrics.Observe(() => cache.Bytes);
        var contents = new ContentStore(cache, (long)configuration.Cache.MaxFileKB << 10, metrics, clock);
        owned.Add(contents);
        var exposition = configuration.Metrics ? new PrometheusText(metrics.Meter) : null;
        if (exposition is not null)
            owned.Add(exposition);
        var answer = new FileAnswer(contents);
        var routes = new FileRoutes();
        var headers = new ResponseHeaders(configuration.Security);
        var tilesets = new TilesetEndpoints(catalogue, answer, routes, clock);
        owned.Add(tilesets);
        var viewer = new ViewerEndpoints(options.ViewerDirectory is { } directory ? new ServedFolder(directory) : null, answer, routes, headers.ViewerPolicy);
        var router = new Router(routes, answer, tilesets, viewer, new HealthEndpoints(catalogue), exposition);
        var limits = configuration.Limits;
        var rate = limits.RequestsPerSecondPerAddress > 0 ? new RateLimit(limits.RequestsPerSecondPerAddress, limits.RequestBurstPerAddress, clock) : null;
        return new RequestPipeline(headers, router, rate, metrics, options.LoggerFactory.CreateLogger("Lodestream.Requests"), clock);
    }

    private static WebApplication Build(ServerOptions options, IPAddress address, SslStreamCertificateContext? certificate, ServerMetrics metrics)
    {
        // Empty: no settings files, environment variables or console of the host's; what is served is what the options say.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        var limits = options.Configuration.Limits;
        builder.Services.AddSingleton(options.LoggerFactory);
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(limits.ShutdownSeconds));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Limit(kestrel, limits);
            kestrel.Listen(address, options.Port, listen =>
            {
                listen.Use(next => connection => CountAsync(connection, next, metrics));
                if (certificate is not null)
                    Secure(listen, certificate);
            });
        });
        if (certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        return builder.Build();
    }

    private static void Limit(KestrelServerOptions kestrel, ServerLimits options)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.Http2.MaxStreamsPerConnection = options.MaxStreamsPerConnection;
        limits.MaxRequestBodySize = options.MaxRequestBodyBytes;
        limits.MaxRequestLineSize = options.MaxRequestLineBytes;
        limits.MaxRequestHeadersTotalSize = options.MaxRequestHeadersBytes;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(options.RequestHeadersTimeoutSeconds);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(options.KeepAliveTimeoutSeconds);
        limits.MinRequestBodyDataRate = limits.MinResponseDataRate =
            options.MinBytesPerSecond > 0 ? new MinDataRate(options.MinBytesPerSecond, TimeSpan.FromSeconds(options.MinRateGraceSeconds)) : null;
        if (limits.MaxRequestBufferSize < options.MaxRequestLineBytes)
            limits.MaxRequestBufferSize = options.MaxRequestLineBytes;
    }

    private static void Secure(ListenOptions listen, SslStreamCertificateContext certificate)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => new(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = certificate,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            }),
        });
    }

    private static async Task CountAsync(ConnectionContext connection, ConnectionDelegate next, ServerMetrics metrics)
    {
        metrics.ConnectionsChanged(1);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            metrics.ConnectionsChanged(-1);
        }
    }

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
