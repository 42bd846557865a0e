namespace Lodestream.Transport.Caching;

/// <summary>
/// Keeps files of remote scenes on disk, for several transports, and several processes at a time. An entry is one file, written beside and
/// renamed, with the digest of all of it at its end: what is handed out is what came, however a process ended. What cannot be read or
/// written is a figure of <see cref="Statistics"/>, never a failed request.
/// <para>
/// Disposing it waits for nothing but its own sweep. Two processes may exceed the quota by what they write between two looks at the
/// folder, a sixteenth of it each.
/// </para>
/// </summary>
public sealed class DiskCache : IDisposable
{
    // Share of the quota that is written between two looks at what other processes wrote.
    private const int LooksPerQuota = 16;

    private readonly CacheFolderLayout _layout;
    private readonly TimeProvider _time;
    private readonly EntryStore _store;
    private readonly CacheSweep _sweep;
    private readonly SemaphoreSlim _files;
    private readonly CancellationTokenSource _closing = new();

    private readonly Lock _totals = new();
    private readonly CacheIndex _index;
    private long _writtenSinceLook = long.MaxValue / 2;
    private bool _isIndexBehind;
    private Task _sweeping = Task.CompletedTask;

    /// <summary>Opens a cache; nothing is read or made yet.</summary>
    /// <param name="options">Options.</param>
    /// <param name="time">The clock of freshness and of last use; null for the system's.</param>
    /// <exception cref="ArgumentException">An option has a value it does not take; the message names it.</exception>
    public DiskCache(DiskCacheOptions options, TimeProvider? time = null)
        : this(options, time, null)
    {
    }

    internal DiskCache(DiskCacheOptions options, TimeProvider? time, Func<string, FileStream>? openPartial)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (Options, _time, _layout) = (options, time ?? TimeProvider.System, new(options.Folder));
        _store = openPartial is null ? new(_layout, _time, Counters) : new(_layout, _time, Counters) { OpenPartial = openPartial };
        (_sweep, _index, _files) = (new(_layout, options, _store), new(_layout), new(options.ParallelFiles));
        (Flights, Hosts) = (new(Counters), new(options.UnreachableFor, _time));
    }

    /// <summary>The options it was opened with.</summary>
    public DiskCacheOptions Options { get; }

    /// <summary>What it did so far.</summary>
    public DiskCacheStatistics Statistics => Counters.Snapshot();

    internal CacheCounters Counters { get; } = new();

    internal SingleFlight Flights { get; }

    internal UnreachableHosts Hosts { get; }

    internal DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Folders of entries whose files were looked at one by one.</summary>
    internal int ShardsListed => _index.ShardsListed;

    /// <summary>Takes away what killed processes left, and evicts if the quota is exceeded. It does so by itself too, when it has written much.</summary>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>Entries that were evicted; null if another process is sweeping.</returns>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public Task<int?> SweepAsync(CancellationToken cancellation = default) => Task.Run(() => Sweep(cancellation), cancellation);

    /// <summary>What it holds.</summary>
    /// <param name="verify">Whether to read every entry to its end and compare its digest.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public Task<DiskCacheContents> ListAsync(bool verify = false, CancellationToken cancellation = default) =>
        Task.Run(() => DiskCacheContents.Of(_layout, Options, verify, cancellation), cancellation);

    /// <summary>Takes entries away.</summary>
    /// <param name="addressPrefix">Beginning of the addresses whose entries go, without user, query and fragment; null for all there are, and whatever else lies in the cache's folders.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>How many went, and their bytes.</returns>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public Task<(int Entries, long Bytes)> ClearAsync(string? addressPrefix = null, CancellationToken cancellation = default) =>
        Task.Run(() => Clear(addressPrefix, cancellation), cancellation);

    /// <summary>Ends a sweep that is under way, and writes the index.</summary>
    public void Dispose()
    {
        if (_closing.IsCancellationRequested)
            return;
        _closing.Cancel();
        try
        {
            _sweeping.Wait();
            lock (_totals)
            {
                if (_isIndexBehind)
                    Look(save: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or AggregateException)
        {
            Counters.LastFailure = e.Message;
        }
    }

    internal async Task<CacheEntry?> ReadAsync(CacheKey key, CancellationToken cancellation)
    {
        await _files.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return _store.Read(key);
        }
        finally
        {
            _files.Release();
        }
    }

    /// <summary>Keeps an entry, in the place of one of that key. What came whole is kept even if nobody wants it any more.</summary>
    internal async Task<bool> WriteAsync(CacheKey key, EntryFacts facts, ReadOnlyMemory<byte> body)
    {
        if (body.Length > Options.QuotaBytes * Options.LargestEntry)
        {
            Interlocked.Increment(ref Counters.NotStored);
            Drop(key);
            return false;
        }
        long? grown;
        await _files.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            grown = _store.Write(key, facts, body.Span);
        }
        finally
        {
            _files.Release();
        }
        if (grown is not { } bytes)
        {
            // What lies there is older than what came: it must not be handed out after it.
            Drop(key);
            Interlocked.Increment(ref Counters.StoreFailures);
            return false;
        }
        Interlocked.Increment(ref Counters.Stored);
        Account(key.Shard, bytes);
        return true;
    }

    /// <summary>Whether there is an entry; not whether it is good.</summary>
    internal bool Holds(CacheKey key) => File.Exists(_layout.Entry(key));

    internal void Drop(CacheKey key) => _store.Drop(key);

    /// <summary>Waits for a turn to fetch a file that another process may be fetching.</summary>
    internal Task<(FileStream? Turn, bool Waited)> TurnAsync(CacheKey key, CancellationToken cancellation)
    {
        try
        {
            _layout.Prepare(key.Shard);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Counters.LastFailure = e.Message;
            return Task.FromResult<(FileStream?, bool)>((null, false));
        }
        return FileTurn.TakeAsync(_layout.Lock(key), Options.OtherProcessWait, _time, cancellation);
    }

    /// <summary>Ends when no sweep of its own is under way.</summary>
    internal Task SweptAsync()
    {
        lock (_totals)
            return _sweeping;
    }

    private void Account(int shard, long bytes)
    {
        lock (_totals)
        {
            _index.Add(shard, bytes);
            _writtenSinceLook += Math.Max(0, bytes);
            _isIndexBehind = true;
            if (!_sweeping.IsCompleted || _closing.IsCancellationRequested)
                return;
            if (_writtenSinceLook > Options.QuotaBytes / LooksPerQuota || _index.Bytes > Options.QuotaBytes)
                _sweeping = Task.Run(LookAndSweep);
        }
    }

    private void LookAndSweep()
    {
        try
        {
            bool exceeded;
            lock (_totals)
            {
                if (_writtenSinceLook >= long.MaxValue / 2)
                    _index.Load();
                Look(save: false);
                exceeded = _index.Bytes > Options.QuotaBytes;
            }
            if (exceeded)
                Sweep(_closing.Token);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Counters.LastFailure = e.Message;
        }
    }

    private int? Sweep(CancellationToken cancellation)
    {
        var evicted = _sweep.Run(cancellation);
        Interlocked.Add(ref Counters.Evicted, evicted ?? 0);
        lock (_totals)
            Look(save: true);
        return evicted;
    }

    private void Look(bool save)
    {
        _index.Refresh();
        _writtenSinceLook = 0;
        if (!save)
            return;
        _index.Save();
        _isIndexBehind = false;
    }

    private (int Entries, long Bytes) Clear(string? addressPrefix, CancellationToken cancellation)
    {
        var (entries, bytes) = (0, 0L);
        for (var shard = 0; shard < CacheFolderLayout.Shards; shard++)
        {
            foreach (var (key, file) in _layout.EntriesOf(shard).ToList())
            {
                cancellation.ThrowIfCancellationRequested();
                if (CacheIndex.LengthOf(file) is not { } length || (addressPrefix is not null && !IsBelow(file, key, addressPrefix)) || !_store.Drop(key))
                    continue;
                (entries, bytes) = (entries + 1, bytes + length);
            }
        }
        return (entries, bytes);
    }

    private static bool IsBelow(FileInfo file, CacheKey key, string addressPrefix)
    {
        try
        {
            return EntryFile.ReadFacts(file.FullName, key).Facts.Address.StartsWith(addressPrefix, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
