using System.Collections.Concurrent;

namespace Lodestream.Transport.Caching;

/// <summary>Hosts that did not answer a short while ago: each kept file need not find that out anew.</summary>
/// <param name="duration">How long one stays unasked.</param>
/// <param name="time">The clock.</param>
internal sealed class UnreachableHosts(TimeSpan duration, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _since = new(StringComparer.OrdinalIgnoreCase);

    public bool Contains(string authority) => _since.TryGetValue(authority, out var since) && time.GetElapsedTime(since) < duration;

    public void Add(string authority) => _since[authority] = time.GetTimestamp();

    public void Remove(string authority) => _since.TryRemove(authority, out _);
}
