namespace Lodestream.Transport.Caching;

/// <summary>What a <see cref="DiskCache"/> did since it was opened, in this process.</summary>
public sealed record DiskCacheStatistics
{
    /// <summary>Files handed out without asking the source.</summary>
    public long Hits { get; init; }

    /// <summary>Files handed out after the source said that they still hold.</summary>
    public long Revalidated { get; init; }

    /// <summary>Files handed out although the source could not be asked: <see cref="LastUnreachable"/> says why.</summary>
    public long ServedUnvalidated { get; init; }

    /// <summary>Files that had to come from the source: not kept, or no longer what the source has.</summary>
    public long Misses { get; init; }

    /// <summary>Requests that joined one for the same file.</summary>
    public long Joined { get; init; }

    /// <summary>Files written.</summary>
    public long Stored { get; init; }

    /// <summary>Files that came and may not be kept: their source forbids it, gives nothing to ask about them later, or they are too long.</summary>
    public long NotStored { get; init; }

    /// <summary>Files that came and could not be written: <see cref="LastFailure"/> says why. They were handed out all the same.</summary>
    public long StoreFailures { get; init; }

    /// <summary>Kept files that were found damaged, and dropped.</summary>
    public long Damaged { get; init; }

    /// <summary>Kept files that went because the quota was exceeded.</summary>
    public long Evicted { get; init; }

    /// <summary>Bytes of files handed out from the cache.</summary>
    public long BytesFromCache { get; init; }

    /// <summary>Why a source could not be asked, the last time; null if that never happened.</summary>
    public string? LastUnreachable { get; init; }

    /// <summary>Why the cache could not be read or written, the last time; null if that never happened.</summary>
    public string? LastFailure { get; init; }
}

/// <summary>The figures as they are counted, from any thread.</summary>
internal sealed class CacheCounters
{
    public long Hits;
    public long Revalidated;
    public long ServedUnvalidated;
    public long Misses;
    public long Joined;
    public long Stored;
    public long NotStored;
    public long StoreFailures;
    public long Damaged;
    public long Evicted;
    public long BytesFromCache;
    public volatile string? LastUnreachable;
    public volatile string? LastFailure;

    public DiskCacheStatistics Snapshot() => new()
    {
        Hits = Volatile.Read(ref Hits),
        Revalidated = Volatile.Read(ref Revalidated),
        ServedUnvalidated = Volatile.Read(ref ServedUnvalidated),
        Misses = Volatile.Read(ref Misses),
        Joined = Volatile.Read(ref Joined),
        Stored = Volatile.Read(ref Stored),
        NotStored = Volatile.Read(ref NotStored),
        StoreFailures = Volatile.Read(ref StoreFailures),
        Damaged = Volatile.Read(ref Damaged),
        Evicted = Volatile.Read(ref Evicted),
        BytesFromCache = Volatile.Read(ref BytesFromCache),
        LastUnreachable = LastUnreachable,
        LastFailure = LastFailure,
    };
}
