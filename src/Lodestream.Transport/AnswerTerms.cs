using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Lodestream.Transport;

/// <summary>What a source's headers say about keeping its answer (RFC 9111, as for a cache of one user; RFC 8246).</summary>
internal sealed record AnswerTerms
{
    // A year is what "for ever" is written as.
    private static readonly TimeSpan ForEver = TimeSpan.FromDays(365);

    /// <summary>Whether it may be kept at all.</summary>
    public bool MayStore { get; private init; }

    /// <summary>How long the source need not be asked; zero to ask each time.</summary>
    public TimeSpan Lifetime { get; private init; }

    /// <summary>Whether the headers say anything about the lifetime; a 304 may leave it as it was.</summary>
    public bool NamesLifetime { get; private init; }

    /// <summary>Whether it must not be handed out unvalidated even if the source cannot be asked.</summary>
    public bool MustRevalidate { get; private init; }

    public string? ETag { get; private init; }

    public string? LastModified { get; private init; }

    /// <summary>Reads the terms.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="redirected">Whether another URL answered than was asked: what was asked may lead elsewhere next time, so it is asked each time.</param>
    public static AnswerTerms Of(HttpResponseMessage response, bool redirected)
    {
        var caching = response.Headers.CacheControl;
        var lifetime = redirected || caching is { NoCache: true } ? TimeSpan.Zero : LifetimeOf(response, caching);
        var (etag, modified) = (Raw(response.Headers, "ETag"), Raw(response.Content.Headers, "Last-Modified"));
        return new()
        {
            // Without lifetime and validator it could only ever be handed out unvalidated.
            MayStore = caching is not { NoStore: true } && !VariesBySomeoneElse(response) && EndIsCertain(response) && (lifetime > TimeSpan.Zero || etag is not null || modified is not null),
            Lifetime = lifetime ?? TimeSpan.Zero,
            NamesLifetime = redirected || lifetime is not null,
            MustRevalidate = caching is { MustRevalidate: true },
            ETag = etag,
            LastModified = modified,
        };
    }

    private static TimeSpan? LifetimeOf(HttpResponseMessage response, CacheControlHeaderValue? caching)
    {
        if (caching?.MaxAge is { } maximum)
            return Clamped(maximum - (response.Headers.Age ?? TimeSpan.Zero));
        if (caching?.Extensions.Any(extension => extension.Name.Equals("immutable", StringComparison.OrdinalIgnoreCase)) == true)
            return ForEver;

        // "0" and other dates that are none mean: expired.
        if (Raw(response.Content.Headers, "Expires") is null)
            return null;
        return response is { Content.Headers.Expires: { } expires, Headers.Date: { } date } ? Clamped(expires - date) : TimeSpan.Zero;
    }

    private static TimeSpan Clamped(TimeSpan lifetime) => lifetime < TimeSpan.Zero ? TimeSpan.Zero : lifetime > ForEver ? ForEver : lifetime;

    // Requests for a file are all alike, but for who asks, which the key knows, and cookies, which are not sent.
    private static bool VariesBySomeoneElse(HttpResponseMessage response) => response.Headers.Vary.Any(name => name == "*");

    // Where the end of the connection is the end of the file, a broken one cannot be told from a whole one.
    private static bool EndIsCertain(HttpResponseMessage response) =>
        response.Version >= HttpVersion.Version20 || response.Content.Headers.ContentLength is not null || response.Headers.TransferEncodingChunked == true
        || (response.Version >= HttpVersion.Version11 && response.Headers.ConnectionClose != true);

    // As it was sent: not everybody writes entity tags with their quotation marks.
    private static string? Raw(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) && values.ToString() is { Length: > 0 } text ? text.ToString(CultureInfo.InvariantCulture) : null;
}
