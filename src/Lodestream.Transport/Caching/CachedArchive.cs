using System.Net;
using System.Net.Http.Headers;
using Lodestream.Formats.Archive;

namespace Lodestream.Transport.Caching;

/// <summary>
/// An archive on a web server of which ranges are kept as they are read, each under the archive's version: what is kept of another one is
/// never mixed in. The archive's end is kept as a file would be, and with it whether the version still holds. Archives without a strong
/// entity tag have no version to tell, and nothing of them is kept.
/// </summary>
/// <param name="source">Reads what is not kept.</param>
/// <param name="http">Who asks.</param>
/// <param name="cache">Keeps ranges.</param>
/// <param name="uri">The archive's URL.</param>
/// <param name="since">Ranges that were kept before are fetched anew: something newer was asked for, which may have the same version.</param>
internal sealed class CachedArchive(HttpArchiveSource source, HttpTransport http, DiskCache cache, string uri, DateTimeOffset since) : ArchiveSource
{
    private const string End = "end";

    private readonly string _version = source.Version!.ToString();
    private readonly string _address = EntryFacts.AddressOf(new(uri));

    public override long Length => source.Length;

    /// <summary>Whether an archive's end is kept.</summary>
    public static bool IsKept(HttpTransport http, DiskCache cache, string uri) => cache.Holds(CacheKey.Of(uri, http.Credentials, End));

    /// <summary>Opens an archive.</summary>
    /// <param name="http">Makes the requests.</param>
    /// <param name="cache">Keeps ranges.</param>
    /// <param name="uri">Its URL.</param>
    /// <param name="newest">Whether what is kept is not to be handed out: a newer version was announced, or what is kept cannot be decoded.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="IOException">It is not there, or the server knows no ranges.</exception>
    public static async Task<ArchiveSource> OpenAsync(HttpTransport http, DiskCache cache, string uri, bool newest, CancellationToken cancellation)
    {
        var key = CacheKey.Of(uri, http.Credentials, End);
        var since = newest ? cache.Now : DateTimeOffset.MinValue;
        var kept = newest ? null : await cache.ReadAsync(key, cancellation).ConfigureAwait(false);
        if (kept?.Facts.OverPlainHttp == true && !http.AllowsPlainHttp)
            kept = null;
        if (kept?.Facts.IsFresh(cache.Now) == true)
            return HandOut(kept, ref cache.Counters.Hits);
        var mayServeUnvalidated = kept is { Facts.MustRevalidate: false } && cache.Options.ServesWhenUnreachable;
        if (mayServeUnvalidated && cache.Hosts.Contains(new Uri(uri).Authority))
            return HandOut(kept!, ref cache.Counters.ServedUnvalidated);
        try
        {
            var conditions = kept is null
                ? new HttpConditions { Newest = newest }
                : new(kept.Facts.ETag, null, address => CacheKey.Of(address, null).Hex == kept.Facts.AnsweredBy, mayServeUnvalidated ? cache.Options.RevalidationTimeout : null, false);
            using var response = await HttpArchiveSource.RequestTailAsync(http, uri, conditions, cancellation).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.NotModified && kept is not null)
                return HandOut(kept, ref cache.Counters.Revalidated);
            if (mayServeUnvalidated && (int)response.StatusCode >= 500)
                throw new IOException($"HTTP {(int)response.StatusCode} {response.ReasonPhrase}");
            var opened = await HttpArchiveSource.OfTailAsync(http, uri, response, cancellation).ConfigureAwait(false);
            return await KeepEndAsync(opened, response).ConfigureAwait(false);
        }
        catch (IOException e) when (mayServeUnvalidated && e is not FileNotFoundException)
        {
            cache.Hosts.Add(new Uri(uri).Authority);
            cache.Counters.LastUnreachable = $"{uri}: {e.Message}";
            return HandOut(kept!, ref cache.Counters.ServedUnvalidated);
        }

        CachedArchive HandOut(CacheEntry entry, ref long counter)
        {
            Interlocked.Increment(ref counter);
            Interlocked.Add(ref cache.Counters.BytesFromCache, entry.Body.Length);
            return new(new(http, uri, entry.Facts.WholeLength, EntityTagHeaderValue.Parse(entry.Facts.ETag!), entry.Body), http, cache, uri, since);
        }

        async Task<ArchiveSource> KeepEndAsync(HttpArchiveSource opened, HttpResponseMessage response)
        {
            Interlocked.Increment(ref cache.Counters.Misses);
            var answeredBy = response.RequestMessage?.RequestUri ?? new(uri);
            var terms = AnswerTerms.Of(response, redirected: answeredBy != new Uri(uri));
            if (!terms.MayStore || opened.Version is not { IsWeak: false } version)
            {
                Interlocked.Increment(ref cache.Counters.NotStored);
                cache.Drop(key);
                return opened;
            }
            var facts = new EntryFacts
            {
                Key = key.Hex,
                Address = EntryFacts.AddressOf(new(uri)),
                AnsweredBy = CacheKey.Of(answeredBy.AbsoluteUri, null).Hex,
                ETag = version.ToString(),
                VouchedAt = cache.Now.UtcTicks,
                Lifetime = terms.Lifetime.Ticks,
                MustRevalidate = terms.MustRevalidate,
                OverPlainHttp = IsPlain(new(uri)) || IsPlain(answeredBy),
                WholeLength = opened.Length,
            };
            await cache.WriteAsync(key, facts, opened.Tail).ConfigureAwait(false);
            return new CachedArchive(opened, http, cache, uri, since);
        }
    }

    public override async ValueTask ReadAsync(long offset, Memory<byte> into, CancellationToken cancellation)
    {
        // The end is at hand.
        if (into.IsEmpty || offset >= Length - source.Tail.Length)
        {
            await source.ReadAsync(offset, into, cancellation).ConfigureAwait(false);
            return;
        }
        var key = CacheKey.Of(uri, http.Credentials, FormattableString.Invariant($"{_version} {offset}+{into.Length}"));
        if (await cache.ReadAsync(key, cancellation).ConfigureAwait(false) is { } kept && kept.Body.Length == into.Length && kept.Facts.VouchedAt >= since.UtcTicks)
        {
            Interlocked.Increment(ref cache.Counters.Hits);
            Interlocked.Add(ref cache.Counters.BytesFromCache, into.Length);
            kept.Body.CopyTo(into);
            return;
        }
        await source.ReadAsync(offset, into, cancellation).ConfigureAwait(false);
        Interlocked.Increment(ref cache.Counters.Misses);

        // A version's bytes never change: there is nothing to ask about them.
        var facts = new EntryFacts { Key = key.Hex, Address = _address, AnsweredBy = CacheKey.Of(uri, null).Hex, VouchedAt = cache.Now.UtcTicks, Lifetime = long.MaxValue, OverPlainHttp = IsPlain(new(uri)) };
        await cache.WriteAsync(key, facts, into).ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        source.Dispose();
        base.Dispose(disposing);
    }

    private static bool IsPlain(Uri address) => address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback;
}
