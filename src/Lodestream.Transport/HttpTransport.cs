using System.Net;
using System.Net.Http.Headers;
using Lodestream.Streaming;

namespace Lodestream.Transport;

/// <summary>
/// Fetches over HTTP: one attempt each, no retry. The client is the host's: it brings proxies, certificates, HTTP versions and
/// decompression. Its <see cref="HttpClient.Timeout"/> ends an attempt as <see cref="FetchStatus.TimedOut"/>; the streamer watches time
/// itself, so an infinite one suits. Without it, a connection that its handler gave up on (<see cref="SocketsHttpHandler.ConnectTimeout"/>)
/// is told apart, as <see cref="FetchStatus.ConnectTimedOut"/>.
/// </summary>
/// <param name="client">Makes the requests; not disposed here.</param>
/// <param name="inbox">Where outcomes go.</param>
/// <param name="options">Options; null for the defaults.</param>
/// <param name="time">The clock, for dates in Retry-After; null for the system's.</param>
public sealed class HttpTransport(HttpClient client, Inbox inbox, HttpTransportOptions? options = null, TimeProvider? time = null)
    : FetchingTransport(inbox, time ?? TimeProvider.System)
{
    // What browsers' fetch allows is 20; a tile that takes more than a few is misconfigured.
    private const int MaximumRedirects = 5;

    private readonly HttpTransportOptions _options = Validated(options ?? new());
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>
    /// Makes a client that suits: HTTP/2 where the server has it, decompression, no timeout of its own, and redirects left to the
    /// transport, which looks at where they lead before it goes there.
    /// </summary>
    /// <param name="hosts">The streamer's options of hosts, for <see cref="HostHealthOptions.ConnectTimeout"/>; null for the defaults.</param>
    public static HttpClient CreateClient(HostHealthOptions? hosts = null) => new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds((hosts ?? new()).ConnectTimeout),
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        DefaultRequestVersion = HttpVersion.Version20,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <inheritdoc/>
    public override Task<FetchOutcome> FetchAsync(string uri, IFetchProgress? progress, CancellationToken cancellation) => FetchAsync(uri, progress, null, cancellation);

    /// <inheritdoc/>
    public override Task<FetchOutcome> FetchNewestAsync(string uri, IFetchProgress? progress, CancellationToken cancellation) =>
        FetchAsync(uri, progress, new() { NoCache = true }, cancellation);

    private async Task<FetchOutcome> FetchAsync(string uri, IFetchProgress? progress, CacheControlHeaderValue? caching, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var address))
            return FetchOutcome.Failed(FetchStatus.Refused, $"{uri}: is not an absolute URI");
        if (Refusal(address) is { } refusal)
            return FetchOutcome.Failed(FetchStatus.Refused, $"{uri}: {refusal}");
        try
        {
            for (var redirects = 0; ; redirects++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
                request.Headers.CacheControl = caching;
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);

                // A client that follows redirects itself may be elsewhere by now.
                if (request.RequestUri is { } now && Refusal(now) is { } elsewhere)
                    return FetchOutcome.Failed(FetchStatus.Refused, $"{uri}: leads to {now}, which {elsewhere}");
                if (response.StatusCode == HttpStatusCode.OK)
                    return await ReadBodyAsync(uri, response, progress, cancellation).ConfigureAwait(false);
                if (!IsRedirect(response.StatusCode) || response.Headers.Location is not { } location || redirects == MaximumRedirects)
                    return StatusOutcome(uri, response);
                address = new Uri(address, location);
                if (Refusal(address) is { } refused)
                    return FetchOutcome.Failed(FetchStatus.Refused, $"{uri}: leads to {address}, which {refused}");
            }
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            // With no time limit of the client's, the only one that ends a request before its answer is the connection's.
            var connecting = client.Timeout == Timeout.InfiniteTimeSpan && e.InnerException is TimeoutException;
            return FetchOutcome.Failed(connecting ? FetchStatus.ConnectTimedOut : FetchStatus.TimedOut, $"{uri}: {e.InnerException?.Message ?? "no answer in time"}");
        }
        catch (HttpRequestException e)
        {
            return FetchOutcome.Failed(StatusOf(e.HttpRequestError), $"{uri}: {e.Message}");
        }
        catch (IOException e)
        {
            return FetchOutcome.Failed(e is HttpIOException http ? StatusOf(http.HttpRequestError) : FetchStatus.NetworkError, $"{uri}: {e.Message}");
        }
    }

    /// <summary>Asks for a range of a file, redirects and refusals as for whole ones.</summary>
    /// <param name="uri">Absolute URI.</param>
    /// <param name="range">The range.</param>
    /// <param name="version">Entity tag the file must still have; null for any.</param>
    /// <param name="cancellation">Calls the request off.</param>
    /// <exception cref="IOException">It was refused, or there is no answer.</exception>
    internal async Task<HttpResponseMessage> RequestRangeAsync(string uri, RangeHeaderValue range, EntityTagHeaderValue? version, CancellationToken cancellation)
    {
        var address = new Uri(uri);
        for (var redirects = 0; ; redirects++)
        {
            if (Refusal(address) is { } refusal)
                throw new IOException($"{uri}: {refusal}");
            using var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
            request.Headers.Range = range;

            // Bytes as they lie in the file: ranges of what was compressed on the way are of no use.
            request.Headers.AcceptEncoding.Add(new("identity"));
            if (version is { IsWeak: false })
                request.Headers.IfMatch.Add(version);
            try
            {
                var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
                if (!IsRedirect(response.StatusCode) || response.Headers.Location is not { } location || redirects == MaximumRedirects)
                    return response;
                address = new Uri(address, location);
                response.Dispose();
            }
            catch (HttpRequestException e)
            {
                throw new IOException($"{uri}: {e.Message}", e);
            }
        }
    }

    private async Task<FetchOutcome> ReadBodyAsync(string uri, HttpResponseMessage response, IFetchProgress? progress, CancellationToken cancellation)
    {
        // A client that decompresses takes the length of what was compressed away.
        var announced = response.Content.Headers.ContentEncoding.Count > 0 ? null : response.Content.Headers.ContentLength;
        if (announced > _options.MaximumBytes)
            return FetchOutcome.Failed(FetchStatus.Refused, $"{uri}: has {announced} bytes; at most {_options.MaximumBytes} are accepted");
        progress?.Headers(announced ?? 0);
        var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        return await BodyReader.ReadAsync(uri, stream, announced, _options.MaximumBytes, progress, cancellation).ConfigureAwait(false);
    }

    private FetchOutcome StatusOutcome(string uri, HttpResponseMessage response)
    {
        var status = response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone ? FetchStatus.NotFound : FetchStatus.HttpError;
        return new(status, null, $"{uri}: HTTP {(int)response.StatusCode} {response.ReasonPhrase}", (int)response.StatusCode, RetryAfter(response.Headers.RetryAfter));
    }

    // Seconds, or a date on the source's clock.
    private double RetryAfter(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: { } delta } => Math.Max(0, delta.TotalSeconds),
        { Date: { } date } => Math.Max(0, (date - _time.GetUtcNow()).TotalSeconds),
        _ => 0,
    };

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    private string? Refusal(Uri address)
    {
        if (address.Scheme == Uri.UriSchemeHttps)
            return null;
        if (address.Scheme != Uri.UriSchemeHttp)
            return $"has the scheme {address.Scheme}; http and https are fetched here";
        return address.IsLoopback || _options.AllowPlainHttp ? null : "is plain http to another machine, which is refused unless it is allowed";
    }

    private static FetchStatus StatusOf(HttpRequestError error) => error == HttpRequestError.ResponseEnded ? FetchStatus.Truncated : FetchStatus.NetworkError;

    private static HttpTransportOptions Validated(HttpTransportOptions options)
    {
        options.Validate();
        return options;
    }
}
