using Lodestream.Formats.Inspection;
using Lodestream.Streaming;
using Lodestream.Transport;
using Lodestream.Transport.Caching;

namespace Lodestream.Cli.Scenes;

/// <summary>Reads files of the scenes that commands name, with the streamer's own transports: one attempt each.</summary>
internal static class SceneSource
{
    // No streamer watches these requests; the times are the reference engine's.
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(30), HereWithin = TimeSpan.FromSeconds(300);

    /// <summary>A reader of local files and of http and https addresses, and of the archives among both.</summary>
    /// <param name="allowPlainHttp">Whether plain http to other machines is let through.</param>
    /// <param name="cache">Keeps what comes over the network; null for none.</param>
    public static SceneFileSource Create(bool allowPlainHttp = false, DiskCache? cache = null)
    {
        var http = new Lazy<ArchiveTransport>(() => ArchiveTransport.OverHttp(
            new(HttpTransport.CreateClient(), new Inbox(), new HttpTransportOptions { AllowPlainHttp = allowPlainHttp, RequestTimeout = AnswerWithin, ResourceTimeout = HereWithin }),
            new Inbox(), cache: cache));
        return (uri, cancellation) => uri.StartsWith("http", StringComparison.OrdinalIgnoreCase)
            ? FetchAsync(http.Value, uri, cancellation)
            : SceneFiles.ReadLocalAsync(uri, cancellation);
    }

    private static async Task<SceneFile> FetchAsync(ArchiveTransport http, string uri, CancellationToken cancellation)
    {
        var outcome = await http.FetchAsync(uri, null, cancellation);
        cancellation.ThrowIfCancellationRequested();

        // Converted as it is, an absent array would become a file of no bytes.
        return outcome.Bytes is { } bytes ? new(bytes, false, null) : new(null, outcome.Status == FetchStatus.NotFound, outcome.Error);
    }
}
