namespace Lodestream.Transport.Caching;

/// <summary>Takes away what killed processes left, and, where the quota is exceeded, the entries that were not used for longest.</summary>
/// <param name="layout">Where things lie.</param>
/// <param name="options">The quota.</param>
/// <param name="store">Drops entries.</param>
internal sealed class CacheSweep(CacheFolderLayout layout, DiskCacheOptions options, EntryStore store)
{
    /// <summary>Sweeps, unless another process does.</summary>
    /// <returns>How many entries went; null where another process sweeps.</returns>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public int? Run(CancellationToken cancellation)
    {
        layout.Prepare(0);
        using var turn = FileTurn.TryTake(layout.SweepLock);
        if (turn is null)
            return null;
        layout.RemoveRemains();
        return Evict(cancellation);
    }

    private int Evict(CancellationToken cancellation)
    {
        var entries = new List<(DateTime Used, CacheKey Key, long Length)>();
        var total = 0L;
        for (var shard = 0; shard < CacheFolderLayout.Shards; shard++)
        {
            foreach (var (key, file) in layout.EntriesOf(shard))
            {
                if (CacheIndex.LengthOf(file) is not { } length)
                    continue;
                entries.Add((file.LastWriteTimeUtc, key, length));
                total += length;
            }
        }
        if (total <= options.QuotaBytes)
            return 0;
        var target = (long)(options.QuotaBytes * options.EvictDownTo);
        var evicted = 0;
        foreach (var (_, key, length) in entries.OrderBy(entry => entry.Used).ThenBy(entry => entry.Key.Hex, StringComparer.Ordinal))
        {
            if (total <= target || cancellation.IsCancellationRequested)
                break;
            if (!store.Drop(key))
                continue;
            (total, evicted) = (total - length, evicted + 1);
        }
        return evicted;
    }
}
