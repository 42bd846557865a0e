using System.Collections.Concurrent;
using System.Net;

namespace Lodestream.Server.Http;

/// <summary>
/// A token bucket per client address: so many requests a second on average, so many at once. An address is forgotten once its
/// bucket would be full again.
/// </summary>
/// <param name="perSecond">Requests a second.</param>
/// <param name="burst">Requests at once.</param>
/// <param name="clock">Fills the buckets.</param>
internal sealed class RateLimit(int perSecond, int burst, TimeProvider clock)
{
    /// <summary>How often buckets that are full again are looked for.</summary>
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);

    /// <summary>With 64 bits to choose from, one client of IPv6 is a network, not an address.</summary>
    private const int NetworkBytes = 8;

    private readonly ConcurrentDictionary<IPAddress, Bucket> _buckets = [];
    private long _sweptAt = clock.GetTimestamp();

    /// <summary>Whether a request may be answered.</summary>
    /// <param name="address">Whose.</param>
    /// <param name="retryAfter">When the next one may.</param>
    public bool Admits(IPAddress? address, out TimeSpan retryAfter)
    {
        var sweptAt = Volatile.Read(ref _sweptAt);
        if (clock.GetElapsedTime(sweptAt) >= SweepInterval && Interlocked.CompareExchange(ref _sweptAt, clock.GetTimestamp(), sweptAt) == sweptAt)
            Sweep();
        var bucket = _buckets.GetOrAdd(NetworkOf(address ?? IPAddress.None), static (_, limit) => new Bucket(limit.Burst, limit.Now), (Burst: burst, Now: clock.GetTimestamp()));
        lock (bucket)
        {
            Fill(bucket);
            if (bucket.Tokens >= 1)
            {
                bucket.Tokens--;
                retryAfter = default;
                return true;
            }

            retryAfter = TimeSpan.FromSeconds((1 - bucket.Tokens) / perSecond);
            return false;
        }
    }

    private void Fill(Bucket bucket)
    {
        var now = clock.GetTimestamp();
        bucket.Tokens = Math.Min(burst, bucket.Tokens + clock.GetElapsedTime(bucket.FilledAt, now).TotalSeconds * perSecond);
        bucket.FilledAt = now;
    }

    private void Sweep()
    {
        foreach (var (address, bucket) in _buckets)
        {
            lock (bucket)
            {
                Fill(bucket);
                if (bucket.Tokens >= burst)
                    _buckets.TryRemove(address, out _);
            }
        }
    }

    private static IPAddress NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address))
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }

    private sealed class Bucket(double tokens, long filledAt)
    {
        public double Tokens = tokens;
        public long FilledAt = filledAt;
    }
}
