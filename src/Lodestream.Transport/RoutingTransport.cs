using Lodestream.Streaming;
using Lodestream.Transport.Caching;

namespace Lodestream.Transport;

/// <summary>
/// Sends every request to the transport of its scheme. A scene from the network must not read local files: give such a scene no
/// transport for files.
/// </summary>
public sealed class RoutingTransport : ITileTransport
{
    /// <summary>Stands for requests without a scheme: plain paths.</summary>
    public const string PlainPath = "";

    private readonly Dictionary<string, ITileTransport> _bySchemes = new(StringComparer.OrdinalIgnoreCase);
    private readonly Inbox _inbox;

    /// <summary>Makes a router.</summary>
    /// <param name="inbox">Where refusals go.</param>
    public RoutingTransport(Inbox inbox)
    {
        ArgumentNullException.ThrowIfNull(inbox);
        _inbox = inbox;
    }

    /// <summary>The transports a scene may use, by where its first document is: the network alone, or files and the network.</summary>
    /// <param name="sceneUri">URI or path of the scene's first document.</param>
    /// <param name="client">For http and https.</param>
    /// <param name="inbox">Where outcomes go.</param>
    /// <param name="options">Options of the HTTP transport.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="cache">Keeps what comes over the network; null for none. Not disposed here.</param>
    public static RoutingTransport For(string sceneUri, HttpClient client, Inbox inbox, HttpTransportOptions? options = null, TimeProvider? time = null, DiskCache? cache = null)
    {
        ArgumentNullException.ThrowIfNull(sceneUri);
        var router = new RoutingTransport(inbox);
        var http = new HttpTransport(client, inbox, options, time);
        router.Add(ArchiveTransport.OverHttp(http, inbox, time, cache), Uri.UriSchemeHttp, Uri.UriSchemeHttps);
        if (FileTransport.PathOf(sceneUri) is not null)
            router.Add(new ArchiveTransport(new FileTransport(inbox, time), FileTransport.OpenArchiveAsync, inbox, time), Uri.UriSchemeFile, PlainPath);
        return router;
    }

    /// <summary>Sends schemes to a transport.</summary>
    /// <param name="transport">The transport.</param>
    /// <param name="schemes">Schemes without their colon; <see cref="PlainPath"/> for requests without one.</param>
    public void Add(ITileTransport transport, params ReadOnlySpan<string> schemes)
    {
        foreach (var scheme in schemes)
            _bySchemes[scheme] = transport;
    }

    /// <inheritdoc/>
    public void Start(in TileRequest request)
    {
        if (!_bySchemes.TryGetValue(SchemeOf(request.Uri), out var transport))
        {
            var refused = FetchOutcome.Failed(FetchStatus.Refused, $"{request.Uri}: nothing fetches the scheme '{SchemeOf(request.Uri)}' for this scene");
            _inbox.Post(refused.ToMessage(request.Id));
            return;
        }
        transport.Start(request);
    }

    /// <inheritdoc/>
    public void Cancel(long requestId, CancelReason reason)
    {
        // Numbers are never used twice, and a transport ignores those it does not know.
        foreach (var transport in _bySchemes.Values)
            transport.Cancel(requestId, reason);
    }

    private static string SchemeOf(string uri)
    {
        var colon = uri.IndexOf(':', StringComparison.Ordinal);
        var slash = uri.AsSpan().IndexOfAny('/', '\\');
        return colon <= 1 || (slash >= 0 && slash < colon) ? PlainPath : uri[..colon];
    }
}
