using Lodestream.Scene;

namespace Lodestream.Streaming;

/// <summary>What an <see cref="InboxMessage"/> says.</summary>
public enum InboxKind : byte
{
    /// <summary>Response headers came: <see cref="InboxMessage.Bytes"/> is the announced length, 0 if none.</summary>
    Headers,

    /// <summary>An attempt ended: <see cref="InboxMessage.Status"/>, bytes and payload.</summary>
    Fetched,

    /// <summary>A preparation knows its exact sizes.</summary>
    Measured,

    /// <summary>A preparation is complete; the payload is what the host uploads.</summary>
    Prepared,

    /// <summary>A preparation failed; <see cref="InboxMessage.Error"/> says why.</summary>
    PrepareFailed,

    /// <summary>Topology was parsed; the payload is a <see cref="TileBlock"/>.</summary>
    TopologyReady,

    /// <summary>A cancelled or freed content holds no memory any more.</summary>
    Released,

    /// <summary>The host has the content on the GPU; <see cref="InboxMessage.CostMs"/> is what it took.</summary>
    Uploaded,

    /// <summary>The host could not upload; <see cref="InboxMessage.Error"/> says why.</summary>
    UploadFailed,

    /// <summary>The system asks for memory back.</summary>
    MemoryPressure,

    /// <summary>The GPU lost everything that was uploaded.</summary>
    ContextLost,

    /// <summary>What is behind a content's URI has changed at its source: <see cref="InboxMessage.Payload"/> is the absolute URI, a string.</summary>
    Changed,

    /// <summary>Bytes of an attempt came (progress, for stall detection); <see cref="InboxMessage.Bytes"/> so far.</summary>
    Progress,

    /// <summary>A connection is being made for an attempt; only for transports that can tell.</summary>
    Connecting,

    /// <summary>An attempt's connection stands: its answer is waited for from now on.</summary>
    Connected,

    /// <summary>A preparation cannot go on without further files; the payload is a list of <see cref="ContentDependency"/>.</summary>
    NeedsFiles,

    /// <summary>The host sees a label: <see cref="InboxMessage.Id"/> is its slot, <see cref="InboxMessage.Bytes"/> its version (<see cref="Presentation.Labels.PlacedLabel"/>).</summary>
    LabelSeen,

    /// <summary>What is drawn hides a label from the host; fields as of <see cref="LabelSeen"/>.</summary>
    LabelHidden,

    /// <summary>Everything that is not pinned goes at once: <see cref="TileStreamer.ForceUnloadAll"/>.</summary>
    UnloadAll,

    /// <summary>The textures of so many contents (<see cref="InboxMessage.Bytes"/>) shrink at once: <see cref="TileStreamer.ShedTextureMemory"/>.</summary>
    ShedTextures,

    /// <summary>
    /// The host changed a content's textures as commanded, and they take <see cref="InboxMessage.GpuTextureBytes"/> now; with an
    /// <see cref="InboxMessage.Error"/> it could not, and they are as they were.
    /// </summary>
    TexturesChanged,
}

/// <summary>Something that happened outside the tick. Which fields mean something depends on <see cref="Kind"/>.</summary>
public struct InboxMessage
{
    /// <summary>What happened.</summary>
    public InboxKind Kind;

    /// <summary>How an attempt ended.</summary>
    public FetchStatus Status;

    /// <summary>HTTP status; 0 where there is none.</summary>
    public int HttpStatus;

    /// <summary>Number of the attempt (<see cref="TileRequest.Id"/>) or of the preparation (<see cref="PrepareJob.Ticket"/>).</summary>
    public long Id;

    /// <summary>Length in bytes: of the payload, or as announced.</summary>
    public long Bytes;

    /// <summary>With <see cref="InboxKind.Fetched"/>: the first eight bytes of the payload's SHA-256 as a big-endian number, for recordings; 0 where nobody worked it out.</summary>
    public ulong Digest;

    /// <summary>Bytes of main memory the prepared content holds.</summary>
    public long CpuBytes;

    /// <summary>Bytes of vertex and index buffers.</summary>
    public long GpuGeometryBytes;

    /// <summary>Bytes of textures with their mip levels, and of what is kept to make them anew at another size.</summary>
    public long GpuTextureBytes;

    /// <summary>With <see cref="InboxKind.Measured"/>: the same at <see cref="Residency.TextureTier.Medium"/> and <see cref="Residency.TextureTier.Full"/>, where textures come at the least size first; 0 where they do not.</summary>
    public long MediumTextureBytes, FullTextureBytes;

    /// <summary>Seconds the source asked to wait (Retry-After); 0 where it did not.</summary>
    public double RetryAfterSeconds;

    /// <summary>Milliseconds of real time the work took.</summary>
    public double CostMs;

    /// <summary>The payload: bytes, decoded content, topology.</summary>
    public object? Payload;

    /// <summary>With <see cref="InboxKind.Prepared"/>: the labels of a content of their family; null for others.</summary>
    public Presentation.Labels.LabelSet? Labels;

    /// <summary>Trying again cannot help: the format or a feature of it is not supported.</summary>
    public bool Permanent;

    /// <summary>What went wrong, for people.</summary>
    public string? Error;
}

/// <summary>
/// The one ordered way into a tick: transports, preparers and hosts post from any thread, the next tick drains first thing.
/// </summary>
public sealed class Inbox
{
    private readonly Lock _gate = new();
    private List<InboxMessage> _posted = new(64);
    private List<InboxMessage> _drained = new(64);

    /// <summary>Raised, on the posting thread, when a message comes to an empty inbox: wake the frame loop.</summary>
    public event Action? Arrived;

    /// <summary>Whether messages wait.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _posted.Count == 0;
        }
    }

    /// <summary>Posts a message.</summary>
    public void Post(in InboxMessage message)
    {
        bool first;
        lock (_gate)
        {
            first = _posted.Count == 0;
            _posted.Add(message);
        }
        if (first)
            Arrived?.Invoke();
    }

    /// <summary>Takes all messages, in the order they were posted. The list is reused by the next drain.</summary>
    internal List<InboxMessage> Drain()
    {
        lock (_gate)
        {
            (_posted, _drained) = (_drained, _posted);
            _posted.Clear();
        }
        return _drained;
    }
}
