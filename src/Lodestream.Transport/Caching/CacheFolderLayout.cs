namespace Lodestream.Transport.Caching;

/// <summary>
/// Where things lie in a cache's folder: entries by the first byte of their key, files that are being written, locks of files that are
/// being fetched, and the index.
/// </summary>
/// <param name="root">The cache's folder.</param>
internal sealed class CacheFolderLayout(string root)
{
    public const int Shards = 256;

    /// <summary>Who finds a half-written file this long unchanged, and not in use, takes it away.</summary>
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromMinutes(10);

    public string Root { get; } = Path.GetFullPath(root);

    public string Index => Path.Combine(Root, "index");

    public string SweepLock => Path.Combine(Root, "sweep.lock");

    private string Partials => Path.Combine(Root, "partial");

    private string Locks => Path.Combine(Root, "locks");

    private string Clock => Path.Combine(Root, "clock");

    public string Shard(int shard) => Path.Combine(Root, "entries", shard.ToString("x2", System.Globalization.CultureInfo.InvariantCulture));

    public string Entry(CacheKey key) => Path.Combine(Shard(key.Shard), key.Hex);

    public string Lock(CacheKey key) => Path.Combine(Locks, key.Hex);

    /// <summary>A name for a file that is written before it is renamed; on the same file system, so that renaming is one step.</summary>
    public string NewPartial() => Path.Combine(Partials, Path.GetRandomFileName());

    /// <summary>Makes the folders a new entry needs.</summary>
    /// <exception cref="IOException">They cannot be made.</exception>
    public void Prepare(int shard)
    {
        MakePrivate(Root);
        MakePrivate(Partials);
        MakePrivate(Locks);
        MakePrivate(Shard(shard));
    }

    /// <summary>The present by the file system's own clock, which stamps files: it may be another machine's.</summary>
    public DateTime FileSystemNow()
    {
        MakePrivate(Root);
        using (var file = new FileStream(Clock, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            file.WriteByte(0);
        return File.GetLastWriteTimeUtc(Clock);
    }

    /// <summary>The entries of a shard, as far as they are there; others may add and delete meanwhile.</summary>
    public IEnumerable<(CacheKey Key, FileInfo File)> EntriesOf(int shard)
    {
        var folder = new DirectoryInfo(Shard(shard));
        if (!folder.Exists)
            yield break;
        foreach (var file in folder.EnumerateFiles())
        {
            if (CacheKey.FromFileName(file.Name) is { } key)
                yield return (key, file);
        }
    }

    /// <summary>Takes away what killed processes left: half-written files and locks that nobody holds.</summary>
    public void RemoveRemains()
    {
        var now = FileSystemNow();
        foreach (var folder in (ReadOnlySpan<string>)[Partials, Locks])
        {
            if (!Directory.Exists(folder))
                continue;
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles())
            {
                if (now - file.LastWriteTimeUtc > AbandonedAfter && FileTurn.TryTake(file.FullName, deleteOnClose: true) is { } turn)
                    turn.Dispose();
            }
        }
    }

    // What one user may see of a source is no other user's business.
    private static void MakePrivate(string folder)
    {
        if (Directory.Exists(folder))
            return;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
