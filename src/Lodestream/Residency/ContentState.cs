namespace Lodestream.Residency;

/// <summary>Where a content is on its way to the screen.</summary>
public enum ContentState : byte
{
    /// <summary>Not here and not asked for.</summary>
    Absent,

    /// <summary>Wanted; waits for a request slot.</summary>
    Queued,

    /// <summary>A request is in flight.</summary>
    Fetching,

    /// <summary>Fetched; is measured, waits for memory, or is decoded.</summary>
    Preparing,

    /// <summary>Prepared; waits to be uploaded, or for the host to acknowledge the upload.</summary>
    Ready,

    /// <summary>Uploaded and acknowledged: can be drawn. For topology: expanded.</summary>
    Resident,

    /// <summary>Failed, until a time or for good.</summary>
    Failed,

    /// <summary>Called off or evicted; still holds memory.</summary>
    Releasing,
}

/// <summary>Why a content is in its state.</summary>
public enum StateReason : byte
{
    /// <summary>Nothing happened yet.</summary>
    None,

    /// <summary>A view wants it.</summary>
    Wanted,

    /// <summary>The step before succeeded.</summary>
    Arrived,

    /// <summary>No view wants it any more.</summary>
    NoLongerWanted,

    /// <summary>Evicted to stay within the budget.</summary>
    Evicted,

    /// <summary>Its exact size did not fit the budget.</summary>
    OverBudget,

    /// <summary>The source said it does not exist (404, 410, no such file).</summary>
    NotFound,

    /// <summary>The source refused or failed (HTTP status).</summary>
    HttpError,

    /// <summary>The connection failed.</summary>
    NetworkError,

    /// <summary>The answer was incomplete.</summary>
    Truncated,

    /// <summary>The answer did not have the digest it should have.</summary>
    Corrupt,

    /// <summary>No first byte of an answer in time.</summary>
    TimedOut,

    /// <summary>The content could not be decoded.</summary>
    Undecodable,

    /// <summary>The content's format or one of its features is not supported.</summary>
    Unsupported,

    /// <summary>Preparing took longer than the watchdog allows.</summary>
    Stuck,

    /// <summary>The host could not upload it.</summary>
    UploadFailed,

    /// <summary>The GPU lost it.</summary>
    ContextLost,

    /// <summary>The topology that names it was unloaded.</summary>
    TopologyUnloaded,

    /// <summary>The transport refuses the URI.</summary>
    Refused,

    /// <summary>It was given back because showing it would have hidden what is shown.</summary>
    WouldHide,

    /// <summary>A newer version of it was announced.</summary>
    Superseded,

    /// <summary>No connection in time.</summary>
    ConnectTimedOut,

    /// <summary>The answer began, and then no byte came for too long.</summary>
    Stalled,
}
