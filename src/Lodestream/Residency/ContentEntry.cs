using Lodestream.Streaming;

namespace Lodestream.Residency;

/// <summary>Memory a content accounts for, bytes, by account.</summary>
/// <param name="Cpu">In flight, decoding, prepared.</param>
/// <param name="Geometry">Vertex and index buffers on the GPU.</param>
/// <param name="Texture">Textures on the GPU.</param>
public readonly record struct MemoryCharge(long Cpu, long Geometry, long Texture)
{
    /// <summary>All accounts together.</summary>
    public long Total => Cpu + Geometry + Texture;

    /// <summary>Sum by account.</summary>
    public static MemoryCharge operator +(MemoryCharge a, MemoryCharge b) => new(a.Cpu + b.Cpu, a.Geometry + b.Geometry, a.Texture + b.Texture);

    /// <summary>Difference by account.</summary>
    public static MemoryCharge operator -(MemoryCharge a, MemoryCharge b) => new(a.Cpu - b.Cpu, a.Geometry - b.Geometry, a.Texture - b.Texture);
}

/// <summary>How far an attempt is, as far as its transport tells: each step has a time limit of its own.</summary>
internal enum AttemptPhase : byte
{
    /// <summary>No byte of an answer yet.</summary>
    Asked,

    /// <summary>No connection yet.</summary>
    Connecting,

    /// <summary>The first byte came.</summary>
    Answered,
}

/// <summary>The registry's record of a content that is not <see cref="ContentState.Absent"/>.</summary>
internal struct ContentEntry
{
    public int Content;

    /// <summary>Number of the attempt or preparation whose answer is awaited.</summary>
    public long Id;

    public ContentState State;
    public StateReason Reason;

    /// <summary>A preparation was measured and waits for its memory.</summary>
    public bool AwaitsMemory;

    /// <summary>The files a preparation waits for; null where it waits for none.</summary>
    public PendingFiles? Files;

    /// <summary>The upload was commanded and not acknowledged yet.</summary>
    public bool Uploading;

    /// <summary>The upload is kept back, because showing the content would hide what is shown.</summary>
    public bool HeldBack;

    /// <summary>Nothing else could resolve what kept it back: it is shown whatever it hides.</summary>
    public bool ShownRegardless;

    /// <summary>Parse and upload failures, and network failures, since the last success.</summary>
    public byte ParseFailures, NetworkFailures;

    /// <summary>A newer version of what is resident, on its way: the tile's drawing and eviction go by the current one's entry until it is here.</summary>
    public bool IsIncoming;

    /// <summary>Another entry is the content's now; this one only waits for its memory to be free.</summary>
    public bool IsOutgoing;

    /// <summary>It was fetched past caches, and so are the files it depends on.</summary>
    public bool BypassesCaches;

    /// <summary>A newer version of the content is known than the one held here.</summary>
    public bool IsStale;

    /// <summary>Failures of files it depends on since all of them came: counted among its network failures.</summary>
    public byte FileFailures;

    public int Host;

    /// <summary>The frame that wanted it last.</summary>
    public long WantedFrame;

    public double Priority;

    public DemandClass Class;

    /// <summary>When the state was entered; for requests in flight, when there was a sign of life last.</summary>
    public TimeSpan Since;

    /// <summary>When a failed content may be tried again; <see cref="TimeSpan.MaxValue"/> for good.</summary>
    public TimeSpan RetryAt;

    /// <summary>It failed, and no retry will help.</summary>
    public readonly bool HasFailedForGood => State == ContentState.Failed && RetryAt == TimeSpan.MaxValue;

    /// <summary>What the ledger holds for it.</summary>
    public MemoryCharge Charge;

    /// <summary>What it was measured to need.</summary>
    public MemoryCharge Measured;

    /// <summary>What its textures take at each tier, and at which they are.</summary>
    public TextureTiers Textures;

    /// <summary>Bytes of the attempt that came, and those it was expected to have.</summary>
    public long BytesFetched, Expected;

    /// <summary>How far the attempt is.</summary>
    public AttemptPhase Phase;

    /// <summary>Prepared content on its way to the host.</summary>
    public object? Prepared;

    /// <summary>Its labels, from when it is prepared until it leaves.</summary>
    public Presentation.Labels.LabelSet? Labels;

    public string? Error;

    /// <summary>While releasing: what becomes of the content once its memory is free.</summary>
    public ContentState AfterRelease;
}
