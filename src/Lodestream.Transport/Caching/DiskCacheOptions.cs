namespace Lodestream.Transport.Caching;

/// <summary>Options of a <see cref="DiskCache"/>. Validated once, when the cache is opened.</summary>
public sealed record DiskCacheOptions
{
    /// <summary>The cache's folder; made when it is first written to, for its owner alone.</summary>
    public required string Folder { get; init; }

    /// <summary>Bytes of files at most. Default 500 MB, the reference engine's.</summary>
    public long QuotaBytes { get; init; } = 500_000_000;

    /// <summary>Share of the quota that is left when it was exceeded and the longest unused entries went. Default 0.75, the reference engine's.</summary>
    public double EvictDownTo { get; init; } = 0.75;

    /// <summary>Share of the quota a single file may take; a longer one is not kept, because it would push out the rest. Default 0.25; ours.</summary>
    public double LargestEntry { get; init; } = 0.25;

    /// <summary>Whether a kept file is handed out unvalidated when its source does not answer. Default yes.</summary>
    public bool ServesWhenUnreachable { get; init; } = true;

    /// <summary>How long a question whether a kept file still holds may take before the kept file is handed out unvalidated. Default 3 s, well within what the streamer gives a first byte; ours.</summary>
    public TimeSpan RevalidationTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a host that did not answer is not asked about files that are kept. Default 30 s, the longest pause of the streamer's own retries.</summary>
    public TimeSpan UnreachableFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait for a file that another process is fetching, before it is fetched a second time. Default 2 s; ours.</summary>
    public TimeSpan OtherProcessWait { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Files read or written at a time. Default 8, the streamer's requests per host.</summary>
    public int ParallelFiles { get; init; } = 8;

    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(Folder))
            throw new ArgumentException("DiskCacheOptions.Folder is empty; it names the cache's folder.", nameof(Folder));
        if (QuotaBytes < 1)
            throw new ArgumentException($"DiskCacheOptions.QuotaBytes is {QuotaBytes}; it takes at least 1.", nameof(QuotaBytes));
        Check(EvictDownTo is > 0 and <= 1, nameof(EvictDownTo), EvictDownTo, "more than 0, 1 at most");
        Check(LargestEntry is > 0 and <= 1, nameof(LargestEntry), LargestEntry, "more than 0, 1 at most");
        Check(RevalidationTimeout > TimeSpan.Zero, nameof(RevalidationTimeout), RevalidationTimeout, "a positive time");
        Check(UnreachableFor >= TimeSpan.Zero, nameof(UnreachableFor), UnreachableFor, "a time that is not negative");
        Check(OtherProcessWait >= TimeSpan.Zero, nameof(OtherProcessWait), OtherProcessWait, "a time that is not negative");
        Check(ParallelFiles >= 1, nameof(ParallelFiles), ParallelFiles, "at least 1");
    }

    private static void Check(bool holds, string name, object value, string takes)
    {
        if (!holds)
            throw new ArgumentException(FormattableString.Invariant($"DiskCacheOptions.{name} is {value}; it takes {takes}."), name);
    }
}
