using System.Net;
using System.Net.Http.Headers;
using Lodestream.Formats.Archive;

namespace Lodestream.Transport;

/// <summary>
/// The bytes of an archive on a web server, read by Range requests; its end, where the directory is, is kept from the first one. The file
/// must stay the same while it is open: its entity tag is held to where it has a strong one.
/// </summary>
internal sealed class HttpArchiveSource : ArchiveSource
{
    // The end record, the index's record, and in small archives all of the directory.
    private const int TailBytes = 128 * 1024;

    private readonly HttpTransport _http;
    private readonly string _uri;

    public HttpArchiveSource(HttpTransport http, string uri, long length, EntityTagHeaderValue? version, byte[] tail) =>
        (_http, _uri, Length, Version, Tail) = (http, uri, length, version, tail);

    public override long Length { get; }

    /// <summary>Entity tag of the file; null where it has none.</summary>
    public EntityTagHeaderValue? Version { get; }

    /// <summary>The file's last bytes.</summary>
    public byte[] Tail { get; }

    /// <summary>Opens an archive.</summary>
    /// <exception cref="IOException">It is not there, or the server knows no ranges.</exception>
    public static async Task<ArchiveSource> OpenAsync(HttpTransport http, string uri, bool newest, CancellationToken cancellation)
    {
        using var response = await RequestTailAsync(http, uri, new() { Newest = newest }, cancellation).ConfigureAwait(false);
        return await OfTailAsync(http, uri, response, cancellation).ConfigureAwait(false);
    }

    /// <summary>Asks for an archive's end.</summary>
    /// <exception cref="IOException">There is no answer.</exception>
    public static Task<HttpResponseMessage> RequestTailAsync(HttpTransport http, string uri, HttpConditions conditions, CancellationToken cancellation) =>
        http.RequestRangeAsync(uri, new(null, TailBytes), null, conditions, cancellation);

    /// <summary>Opens an archive by what came when its end was asked for.</summary>
    /// <exception cref="IOException">It is not there, or the server knows no ranges.</exception>
    public static async Task<HttpArchiveSource> OfTailAsync(HttpTransport http, string uri, HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            throw new FileNotFoundException($"HTTP {(int)response.StatusCode} {response.ReasonPhrase}");
        if (response.StatusCode != HttpStatusCode.PartialContent || response.Content.Headers.ContentRange?.Length is not { } length)
            throw new IOException(response.StatusCode == HttpStatusCode.OK ? "the server does not answer ranges, which an archive is read by" : $"HTTP {(int)response.StatusCode} {response.ReasonPhrase}");
        var tail = new byte[Math.Min(length, TailBytes)];
        await ReadAsync(response, tail, cancellation).ConfigureAwait(false);
        return new(http, uri, length, response.Headers.ETag, tail);
    }

    public override async ValueTask ReadAsync(long offset, Memory<byte> into, CancellationToken cancellation)
    {
        var tailStart = Length - Tail.Length;
        if (into.IsEmpty)
            return;
        if (offset >= tailStart)
        {
            Tail.AsMemory((int)(offset - tailStart), into.Length).CopyTo(into);
            return;
        }
        using var response = await _http.RequestRangeAsync(_uri, new(offset, offset + into.Length - 1), Version, default, cancellation).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.PreconditionFailed)
            throw new IOException("the archive was changed while it was open");
        if (response.StatusCode != HttpStatusCode.PartialContent || response.Content.Headers.ContentRange is not { From: { } from } || from != offset)
            throw new IOException($"HTTP {(int)response.StatusCode} {response.ReasonPhrase} to a request for bytes {offset} to {offset + into.Length}");
        await ReadAsync(response, into, cancellation).ConfigureAwait(false);
    }

    private static async Task ReadAsync(HttpResponseMessage response, Memory<byte> into, CancellationToken cancellation)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        await stream.ReadExactlyAsync(into, cancellation).ConfigureAwait(false);
    }
}
