namespace Lodestream.Transport.Caching;

/// <summary>Reads and writes single entries; on the thread pool, a few at a time, and never under a lock that a tick could meet.</summary>
/// <param name="layout">Where things lie.</param>
/// <param name="time">The clock of last use.</param>
/// <param name="counters">Counts what was damaged, and why something failed.</param>
internal sealed class EntryStore(CacheFolderLayout layout, TimeProvider time, CacheCounters counters)
{
    // A use is noted in the file's time, at most this often: the order of eviction need not be finer.
    private static readonly TimeSpan UseGrain = TimeSpan.FromMinutes(1);

    /// <summary>Opens the file that an entry is written to before it is renamed. Tests put a full disk here.</summary>
    public Func<string, FileStream> OpenPartial { get; init; } = path => new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);

    /// <summary>Reads an entry and notes its use; null where there is none. A damaged one is dropped.</summary>
    public CacheEntry? Read(CacheKey key)
    {
        var path = layout.Entry(key);
        try
        {
            var entry = EntryFile.Read(path, key);
            NoteUse(path);
            return entry;
        }
        catch (InvalidDataException e)
        {
            Interlocked.Increment(ref counters.Damaged);
            counters.LastFailure = $"{path}: {e.Message}";
            Drop(key);
            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            counters.LastFailure = $"{path}: {e.Message}";
            return null;
        }
    }

    /// <summary>Writes an entry beside and renames it: it is there whole or not at all, whenever the process ends.</summary>
    /// <returns>Bytes the folder has more than before; null where it could not be written.</returns>
    public long? Write(CacheKey key, EntryFacts facts, ReadOnlySpan<byte> body)
    {
        var (partial, path) = (layout.NewPartial(), layout.Entry(key));
        try
        {
            layout.Prepare(key.Shard);
            var encoded = EntryFile.Encode(facts);
            using (var stream = OpenPartial(partial))
                EntryFile.Write(stream, body, encoded);
            File.SetLastWriteTimeUtc(partial, time.GetUtcNow().UtcDateTime);
            var before = CacheIndex.LengthOf(new(path)) ?? 0;
            File.Move(partial, path, overwrite: true);
            return EntryFile.LengthOf(body.Length, encoded) - before;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            counters.LastFailure = $"{path}: {e.Message}";
            Delete(partial);
            return null;
        }
    }

    /// <summary>Takes an entry away, if it is there.</summary>
    public bool Drop(CacheKey key) => Delete(layout.Entry(key));

    private bool Delete(string path)
    {
        try
        {
            if (!File.Exists(path))
                return false;
            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            counters.LastFailure = $"{path}: {e.Message}";
            return false;
        }
    }

    private void NoteUse(string path)
    {
        var now = time.GetUtcNow().UtcDateTime;
        try
        {
            if ((now - File.GetLastWriteTimeUtc(path)).Duration() >= UseGrain)
                File.SetLastWriteTimeUtc(path, now);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Evicted by another process, or a cache that may only be read: the order of eviction is all that suffers.
        }
    }
}
