using Lodestream.Streaming;

namespace Lodestream.Transport.Caching;

/// <summary>One attempt to fetch one file by way of a cache.</summary>
/// <param name="uri">Absolute URL.</param>
/// <param name="http">Asks the source.</param>
/// <param name="cache">Keeps files.</param>
internal sealed class CachedFile(string uri, HttpTransport http, DiskCache cache)
{
    private readonly Uri _address = new(uri);
    private readonly CacheCounters _counters = cache.Counters;

    public CacheKey Key { get; } = CacheKey.Of(uri, http.Credentials);

    /// <summary>Hands out what is kept, if it is fresh, or the source says that it holds, or cannot be asked; else fetches.</summary>
    public async Task<FetchOutcome> FetchAsync(SingleFlight.Flight flight, CancellationToken cancellation)
    {
        var kept = await ReadAsync(cancellation).ConfigureAwait(false);
        if (HandOutUnasked(kept, flight) is { } unasked)
            return unasked;
        var (turn, waited) = await cache.TurnAsync(Key, cancellation).ConfigureAwait(false);
        using var _ = turn;
        if (waited)
        {
            kept = await ReadAsync(cancellation).ConfigureAwait(false);
            if (HandOutUnasked(kept, flight) is { } fetchedByAnother)
                return fetchedByAnother;
        }
        var answer = await http.AskAsync(uri, ConditionsOf(kept), flight, cancellation).ConfigureAwait(false);
        NoteReachability(answer.Outcome);
        if (answer.NotModified)
            return await RevalidatedAsync(kept!, answer, flight).ConfigureAwait(false);
        if (answer.Outcome.Status == FetchStatus.Ok)
            return await TakeAsync(answer, flight).ConfigureAwait(false);
        if (answer.Outcome.Status == FetchStatus.NotFound)
            cache.Drop(Key);
        return kept is not null && MayServeUnvalidated(kept) && IsUnreachable(answer.Outcome) ? HandOut(kept, ref _counters.ServedUnvalidated, flight) : answer.Outcome;
    }

    /// <summary>Fetches what the source has, whatever is kept, and keeps it instead.</summary>
    public async Task<FetchOutcome> FetchNewestAsync(SingleFlight.Flight flight, CancellationToken cancellation)
    {
        try
        {
            var answer = await http.AskAsync(uri, new() { Newest = true }, flight, cancellation).ConfigureAwait(false);
            NoteReachability(answer.Outcome);
            await flight.EarlierEndedAsync().ConfigureAwait(false);
            if (answer.Outcome.Status == FetchStatus.Ok)
                return await TakeAsync(answer, flight).ConfigureAwait(false);
            await DistrustAsync(answer.Outcome).ConfigureAwait(false);
            return answer.Outcome;
        }
        catch (OperationCanceledException)
        {
            await DistrustAsync(default).ConfigureAwait(false);
            throw;
        }
    }

    // A transport that refuses plain http does not take what another one brought over it.
    private async Task<CacheEntry?> ReadAsync(CancellationToken cancellation) =>
        await cache.ReadAsync(Key, cancellation).ConfigureAwait(false) is { } entry && (!entry.Facts.OverPlainHttp || http.AllowsPlainHttp) ? entry : null;

    private FetchOutcome? HandOutUnasked(CacheEntry? kept, SingleFlight.Flight flight)
    {
        if (kept?.Facts.IsFresh(cache.Now) == true)
            return HandOut(kept, ref _counters.Hits, flight);
        if (kept is not null && MayServeUnvalidated(kept) && cache.Hosts.Contains(_address.Authority))
            return HandOut(kept, ref _counters.ServedUnvalidated, flight);
        return null;
    }

    private HttpConditions ConditionsOf(CacheEntry? kept) => kept is null
        ? default
        : new(kept.Facts.ETag, kept.Facts.LastModified, address => CacheKey.Of(address, null).Hex == kept.Facts.AnsweredBy, MayServeUnvalidated(kept) ? cache.Options.RevalidationTimeout : null, false);

    private async Task<FetchOutcome> RevalidatedAsync(CacheEntry kept, HttpAnswer answer, SingleFlight.Flight flight)
    {
        var (terms, facts) = (answer.Terms!, kept.Facts);
        var lifetime = terms.NamesLifetime ? terms.Lifetime.Ticks : facts.Lifetime;

        // What is asked about each time gains nothing from being written anew.
        if (lifetime != facts.Lifetime || lifetime > 0 || terms.MustRevalidate != facts.MustRevalidate)
        {
            await KeepAsync(facts with
            {
                ETag = terms.ETag ?? facts.ETag,
                LastModified = terms.LastModified ?? facts.LastModified,
                VouchedAt = cache.Now.UtcTicks,
                Lifetime = lifetime,
                MustRevalidate = terms.MustRevalidate,
            }, kept.Body, flight).ConfigureAwait(false);
        }
        return HandOut(kept, ref _counters.Revalidated, flight);
    }

    private async Task<FetchOutcome> TakeAsync(HttpAnswer answer, SingleFlight.Flight flight)
    {
        Interlocked.Increment(ref _counters.Misses);
        if (answer.Terms is not { MayStore: true } terms)
        {
            Interlocked.Increment(ref _counters.NotStored);
            cache.Drop(Key);
            return answer.Outcome;
        }
        var facts = new EntryFacts
        {
            Key = Key.Hex,
            Address = EntryFacts.AddressOf(_address),
            AnsweredBy = CacheKey.Of(answer.AnsweredBy, null).Hex,
            ETag = terms.ETag,
            LastModified = terms.LastModified,
            VouchedAt = cache.Now.UtcTicks,
            Lifetime = terms.Lifetime.Ticks,
            MustRevalidate = terms.MustRevalidate,
            OverPlainHttp = answer.OverPlainHttp,
        };
        await KeepAsync(facts, answer.Outcome.Bytes!, flight).ConfigureAwait(false);
        return answer.Outcome;
    }

    // What newer work brings is not to be covered by what this one brought.
    private async Task KeepAsync(EntryFacts facts, byte[] body, SingleFlight.Flight flight)
    {
        if (!flight.IsSuperseded)
            await cache.WriteAsync(Key, facts, body).ConfigureAwait(false);
    }

    // A newer version was announced and did not come: what is kept is known to be old, and must not be taken for fresh.
    private async Task DistrustAsync(FetchOutcome outcome)
    {
        if (outcome.Status == FetchStatus.NotFound)
            cache.Drop(Key);
        else if (await cache.ReadAsync(Key, CancellationToken.None).ConfigureAwait(false) is { Facts.Lifetime: > 0 } kept)
            await cache.WriteAsync(Key, kept.Facts with { Lifetime = 0 }, kept.Body).ConfigureAwait(false);
    }

    private FetchOutcome HandOut(CacheEntry kept, ref long counter, SingleFlight.Flight flight)
    {
        Interlocked.Increment(ref counter);
        Interlocked.Add(ref _counters.BytesFromCache, kept.Body.Length);
        flight.Headers(kept.Body.Length);
        return new(FetchStatus.Ok, kept.Body, null);
    }

    private bool MayServeUnvalidated(CacheEntry kept) => cache.Options.ServesWhenUnreachable && !kept.Facts.MustRevalidate;

    private void NoteReachability(in FetchOutcome outcome)
    {
        if (!IsUnreachable(outcome))
        {
            cache.Hosts.Remove(_address.Authority);
            return;
        }
        cache.Hosts.Add(_address.Authority);
        _counters.LastUnreachable = outcome.Error;
    }

    // No connection, no answer, or an answer of somebody who stands in for the source and cannot reach it either.
    private static bool IsUnreachable(in FetchOutcome outcome) =>
        outcome.Status is FetchStatus.NetworkError or FetchStatus.ConnectTimedOut or FetchStatus.TimedOut or FetchStatus.Truncated
        || (outcome.Status == FetchStatus.HttpError && outcome.HttpStatus is 500 or 502 or 503 or 504);
}
