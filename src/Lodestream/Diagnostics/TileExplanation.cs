using Lodestream.Residency;

namespace Lodestream.Diagnostics;

/// <summary>Why a tile is, or is not, on screen.</summary>
public enum TileReason : byte
{
    /// <summary>It is drawn, in its own region.</summary>
    Drawn,

    /// <summary>No view sees it.</summary>
    NotVisible,

    /// <summary>It is finer than any view wants.</summary>
    FinerThanWanted,

    /// <summary>Its children are drawn instead.</summary>
    Refined,

    /// <summary>It has nothing to draw.</summary>
    NoContent,

    /// <summary>Wanted; nothing was done about it yet.</summary>
    Waiting,

    /// <summary>Wanted; waits for a request slot, its host's cap or its host's recovery.</summary>
    Queued,

    /// <summary>A request is in flight.</summary>
    Fetching,

    /// <summary>Fetched, being decoded.</summary>
    Preparing,

    /// <summary>Decoded as far as its sizes; waits for memory.</summary>
    WaitingForMemory,

    /// <summary>Decoded, waits for its upload.</summary>
    WaitingForUpload,

    /// <summary>Here; waits for its siblings, because its parent can only give way to all of them.</summary>
    WaitingForSiblings,

    /// <summary>Failed; will be tried again.</summary>
    FailedForNow,

    /// <summary>Failed for good.</summary>
    FailedForGood,

    /// <summary>Its topology is not known yet.</summary>
    Unexpanded,

    /// <summary>Fetched; the files it depends on are on their way.</summary>
    FetchingFiles,

    /// <summary>Its payload is in main memory; its meshes are drawn in its place, or are on their way.</summary>
    OutOfCore,
}

/// <summary>The answer to "why is this tile coarse, missing or failed?".</summary>
/// <param name="Reason">The reason's code.</param>
/// <param name="State">State of the tile's first content.</param>
/// <param name="StateReason">Why the content is in that state.</param>
/// <param name="DrawnBy">The tile that is drawn in its place; −1 when nothing is.</param>
/// <param name="RetryAt">When a failed content is tried again.</param>
/// <param name="Detail">What went wrong, for people.</param>
/// <param name="IsStale">Whether a newer version of one of its contents is known than the one that is here.</param>
public readonly record struct TileExplanation(TileReason Reason, ContentState State, StateReason StateReason, int DrawnBy, TimeSpan RetryAt, string? Detail, bool IsStale)
{
    /// <summary>Of a manifest's full tile that is streamed mesh by mesh: how much of it is here; null for every other tile.</summary>
    public TileVisualState? VisualState { get; init; }
}
