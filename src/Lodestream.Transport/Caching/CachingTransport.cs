using Lodestream.Streaming;

namespace Lodestream.Transport.Caching;

/// <summary>
/// Fetches over HTTP by way of a <see cref="DiskCache"/>: one attempt, one outcome, as without. A file that is kept and fresh is handed
/// out; one that is kept and stale is asked about; what comes is kept. Where the source does not answer, a kept file is handed out
/// unvalidated unless the source forbids it (<c>must-revalidate</c>) or a newer version was announced; the statistics tell.
/// </summary>
public sealed class CachingTransport : FetchingTransport
{
    private readonly HttpTransport _http;
    private readonly DiskCache _cache;

    /// <summary>Makes a transport.</summary>
    /// <param name="http">Fetches what is not kept.</param>
    /// <param name="cache">The cache; not disposed here.</param>
    /// <param name="inbox">Where outcomes go.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public CachingTransport(HttpTransport http, DiskCache cache, Inbox inbox, TimeProvider? time = null)
        : base(inbox, time ?? TimeProvider.System)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(cache);
        (_http, _cache) = (http, cache);
    }

    /// <inheritdoc/>
    public override Task<FetchOutcome> FetchAsync(string uri, IFetchProgress? progress, CancellationToken cancellation) => FetchAsync(uri, false, progress, cancellation);

    /// <inheritdoc/>
    public override Task<FetchOutcome> FetchNewestAsync(string uri, IFetchProgress? progress, CancellationToken cancellation) => FetchAsync(uri, true, progress, cancellation);

    private Task<FetchOutcome> FetchAsync(string uri, bool newest, IFetchProgress? progress, CancellationToken cancellation)
    {
        // What is not fetched here is not handed out here either, though another transport kept it.
        if (_http.RefusalOf(uri) is { } refusal)
            return Task.FromResult(refusal);
        var file = new CachedFile(uri, _http, _cache);
        return _cache.Flights.RunAsync(file.Key, newest, newest ? file.FetchNewestAsync : file.FetchAsync, progress, cancellation);
    }
}
