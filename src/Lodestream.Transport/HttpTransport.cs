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
    public override async Task<FetchOutcome> FetchAsync(string uri, IFetchProgress? progress, CancellationToken cancellation) =>
        (await AskAsync(uri, default, progress, cancellation).ConfigureAwait(false)).Outcome;

    /// <inheritdoc/>
    public override async Task<FetchOutcome> FetchNewestAsync(string uri, IFetchProgress? progress, CancellationToken cancellation) =>
        (await AskAsync(uri, new() { Newest = true }, progress, cancellation).ConfigureAwait(false)).Outcome;

    /// <summary>What the requests prove who asks with; null for nothing.</summary>
    internal string? Credentials => client.DefaultRequestHeaders.Authorization?.ToString();

    /// <summary>Whether plain http may go to other machines.</summary>
    internal bool AllowsPlainHttp => _options.AllowPlainHttp;

    /// <summary>Why a URI is not fetched here, as an outcome; null where it is.</summary>
    internal FetchOutcome? RefusalOf(string uri)
    {
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var address))
            return FetchOutcome.Failed(FetchStatus.Refused, $"{uri}: is not an absolute URI");
        return Refusal(address) is { } refusal ? FetchOutcome.Failed(FetchStatus.Refused, $"{uri}: {refusal}") : null;
    }

    /// <summary>Makes one attempt, which may be a question whether a copy still holds.</summary>
    /// <param name="uri">Absolute URI.</param>
    /// <param name="conditions">What to say beside it.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Calls the attempt off.</param>
    /// <exception cref="OperationCanceledException">The attempt was called off.</exception>
    internal async Task<HttpAnswer> AskAsync(string uri, HttpConditions conditions, IFetchProgress? progress, CancellationToken cancellation)
    {
        if (RefusalOf(uri) is { } refusal)
            return Failed(refusal);
        using var resource = new CancellationTokenSource(_options.ResourceTimeout, _time);
        using var within = CancellationTokenSource.CreateLinkedTokenSource(cancellation, resource.Token);
        try
        {
            var address = new Uri(uri);
            var overPlainHttp = false;
            for (var redirects = 0; ; redirects++)
            {
                overPlainHttp |= address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback;
                using var request = RequestOf(address, conditions);
                using var response = await SendAsync(request, conditions.AnswerWithin, within.Token).ConfigureAwait(false);

                // A client that follows redirects itself may be elsewhere by now.
                var now = request.RequestUri ?? address;
                if (Refusal(now) is { } elsewhere)
                    return Failed(FetchOutcome.Failed(FetchStatus.Refused, $"{uri}: leads to {now}, which {elsewhere}"));
                if (response.StatusCode == HttpStatusCode.OK || (response.StatusCode == HttpStatusCode.NotModified && HasValidator(request)))
                {
                    var terms = AnswerTerms.Of(response, redirected: redirects > 0 || now != address);
                    var notModified = response.StatusCode == HttpStatusCode.NotModified;
                    var outcome = notModified ? default : await ReadBodyAsync(uri, response, progress, within.Token).ConfigureAwait(false);
                    return new(outcome, notModified, terms, now.AbsoluteUri, overPlainHttp);
                }
                if (!IsRedirect(response.StatusCode) || response.Headers.Location is not { } location || redirects == MaximumRedirects)
                    return Failed(StatusOutcome(uri, response));
                address = new Uri(address, location);
                if (Refusal(address) is { } refused)
                    return Failed(FetchOutcome.Failed(FetchStatus.Refused, $"{uri}: leads to {address}, which {refused}"));
            }
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            // With no time limit of the client's, the only one that ends a request before its answer is the connection's.
            var connecting = client.Timeout == Timeout.InfiniteTimeSpan && e.InnerException is TimeoutException;
            return Failed(FetchOutcome.Failed(connecting ? FetchStatus.ConnectTimedOut : FetchStatus.TimedOut, $"{uri}: {(e.InnerException as TimeoutException)?.Message ?? TooLong(resource)}"));
        }
        catch (HttpRequestException e)
        {
            return Failed(FetchOutcome.Failed(StatusOf(e.HttpRequestError), $"{uri}: {e.Message}"));
        }
        catch (IOException e)
        {
            return Failed(FetchOutcome.Failed(e is HttpIOException http ? StatusOf(http.HttpRequestError) : FetchStatus.NetworkError, $"{uri}: {e.Message}"));
        }
    }

    private static HttpAnswer Failed(FetchOutcome outcome) => new(outcome, false, null, "", false);

    private HttpRequestMessage RequestOf(Uri address, in HttpConditions conditions)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
        if (conditions.Newest)
            request.Headers.CacheControl = new() { NoCache = true };

        // A validator means something to the URL that gave it, and to no other.
        if (conditions.AnsweredBy?.Invoke(address.AbsoluteUri) == true)
            conditions.AddTo(request.Headers);
        return request;
    }

    private static bool HasValidator(HttpRequestMessage request) => request.Headers.NonValidated.Contains("If-None-Match") || request.Headers.NonValidated.Contains("If-Modified-Since");

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, TimeSpan? answerWithin, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(answerWithin is { } shorter && (_options.RequestTimeout == Timeout.InfiniteTimeSpan || shorter < _options.RequestTimeout) ? shorter : _options.RequestTimeout, _time);
        using var within = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, within.Token).ConfigureAwait(false);
    }

    private string TooLong(CancellationTokenSource resource) =>
        resource.IsCancellationRequested ? $"was not here after {_options.ResourceTimeout.TotalSeconds} s" : "no answer in time";

    /// <summary>Asks for a range of a file, redirects and refusals as for whole ones.</summary>
    /// <param name="uri">Absolute URI.</param>
    /// <param name="range">The range.</param>
    /// <param name="version">Entity tag the file must still have; null for any.</param>
    /// <param name="conditions">What to say beside it.</param>
    /// <param name="cancellation">Calls the request off.</param>
    /// <exception cref="IOException">It was refused, or there is no answer.</exception>
    internal async Task<HttpResponseMessage> RequestRangeAsync(string uri, RangeHeaderValue range, EntityTagHeaderValue? version, HttpConditions conditions, CancellationToken cancellation)
    {
        var address = new Uri(uri);
        for (var redirects = 0; ; redirects++)
        {
            if (Refusal(address) is { } refusal)
                throw new IOException($"{uri}: {refusal}");
            using var request = RequestOf(address, conditions);
            request.Headers.Range = range;

            // Bytes as they lie in the file: ranges of what was compressed on the way are of no use.
            request.Headers.AcceptEncoding.Add(new("identity"));
            if (version is { IsWeak: false })
                request.Headers.IfMatch.Add(version);
            try
            {
                var response = await SendAsync(request, conditions.AnswerWithin, cancellation).ConfigureAwait(false);
                if (!IsRedirect(response.StatusCode) || response.Headers.Location is not { } location || redirects == MaximumRedirects)
                    return response;
                address = new Uri(address, location);
                response.Dispose();
            }
            catch (HttpRequestException e)
            {
                throw new IOException($"{uri}: {e.Message}", e);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new IOException($"{uri}: no answer in time");
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
