namespace Lodestream.Streaming;

/// <summary>A file that a content names and cannot be prepared without: a buffer, an image, a schema.</summary>
/// <param name="Uri">Absolute URI.</param>
/// <param name="IsOptional">Whether the content can do without: failing, it is handed over as missing. Otherwise the content fails with it.</param>
public readonly record struct ContentDependency(string Uri, bool IsOptional = false);

/// <summary>What became of a <see cref="ContentDependency"/>.</summary>
/// <param name="Uri">Absolute URI, as it was asked for.</param>
/// <param name="Payload">What the transport delivered (natively a <c>byte[]</c>); null where the file is missing.</param>
/// <param name="ByteLength">Length of the payload in bytes.</param>
/// <param name="Error">Why it is missing, for people; null where it is here.</param>
public readonly record struct DependencyFile(string Uri, object? Payload, long ByteLength, string? Error);

/// <summary>Where a file that a content depends on is.</summary>
internal enum FileState : byte
{
    Waiting,
    InFlight,
    Here,
}

/// <summary>The files a preparation waits for.</summary>
internal sealed class PendingFiles
{
    public PendingFiles(IReadOnlyList<ContentDependency> needed, HostHealth health)
    {
        (Needed, Missing) = (needed, needed.Count);
        (Files, States, Hosts) = (new DependencyFile[needed.Count], new FileState[needed.Count], new int[needed.Count]);
        for (var i = 0; i < needed.Count; i++)
            Hosts[i] = health.IndexOf(needed[i].Uri);
    }

    public IReadOnlyList<ContentDependency> Needed { get; }

    public DependencyFile[] Files { get; }

    public FileState[] States { get; }

    public int[] Hosts { get; }

    /// <summary>How many are not here yet.</summary>
    public int Missing { get; set; }

    /// <summary>One proved longer than memory has room for.</summary>
    public bool DoesNotFit { get; set; }

    /// <summary>One that cannot be done without failed: why, and when the content may be tried again.</summary>
    public (Residency.StateReason Reason, string? Error, TimeSpan RetryAt)? Failure { get; set; }
}
