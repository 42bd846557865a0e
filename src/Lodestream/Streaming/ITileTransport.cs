using Lodestream.Scene;

namespace Lodestream.Streaming;

/// <summary>One attempt to fetch one content, or a file that a content depends on.</summary>
/// <param name="Id">Number of the attempt, never used twice; the outcome carries it back.</param>
/// <param name="Content">Index of the content in the scene's content table.</param>
/// <param name="Uri">Absolute URI.</param>
/// <param name="Family">What the content holds.</param>
/// <param name="Format">How it is encoded, as far as the URI tells.</param>
/// <param name="IsDependency">Whether it is not the content's own file, but one the content depends on; several of a content may be under way.</param>
public readonly record struct TileRequest(long Id, int Content, string Uri, ContentFamily Family, ContentFormat Format, bool IsDependency = false)
{
    /// <summary>A newer version than caches may hold was announced, or what came before could not be decoded: they are to ask the source.</summary>
    public bool BypassesCaches { get; init; }
}

/// <summary>Why a request or a preparation was called off.</summary>
public enum CancelReason : byte
{
    /// <summary>No view wants the content any more.</summary>
    NoLongerWanted,

    /// <summary>It took longer than its deadline allows.</summary>
    TimedOut,

    /// <summary>It does not fit the memory budget, whatever else goes.</summary>
    OverBudget,

    /// <summary>It gives its memory to something more urgent, and may be asked for again.</summary>
    GaveWay,

    /// <summary>Newer content was announced.</summary>
    Superseded,

    /// <summary>The topology that named it was unloaded, or the streamer closed.</summary>
    Closed,

    /// <summary>A file that it depends on could not be had.</summary>
    FileMissing,
}

/// <summary>
/// Carries bytes. A transport makes one attempt per request and posts one outcome to the <see cref="Inbox"/> (a
/// <see cref="InboxKind.Fetched"/> message), from any thread; it neither retries nor orders. It may post
/// <see cref="InboxKind.Connecting"/>, <see cref="InboxKind.Connected"/>, <see cref="InboxKind.Headers"/> and <see cref="InboxKind.Progress"/> before. A cancelled request may still be answered; the answer is ignored.
/// </summary>
public interface ITileTransport
{
    /// <summary>Starts an attempt; must not block.</summary>
    void Start(in TileRequest request);

    /// <summary>Calls an attempt off: its bytes are not wanted any more.</summary>
    void Cancel(long requestId, CancelReason reason);
}

/// <summary>How an attempt ended.</summary>
public enum FetchStatus : byte
{
    /// <summary>All bytes are there.</summary>
    Ok,

    /// <summary>The source answered with an HTTP status other than success.</summary>
    HttpError,

    /// <summary>The file does not exist (404, 410, or no such file): known absent.</summary>
    NotFound,

    /// <summary>No connection, or it broke.</summary>
    NetworkError,

    /// <summary>Fewer bytes came than were announced.</summary>
    Truncated,

    /// <summary>The bytes do not have the digest the tileset's integrity table names.</summary>
    Corrupt,

    /// <summary>No first byte came in time.</summary>
    TimedOut,

    /// <summary>The transport refuses the URI (its scheme, or plain http off loopback).</summary>
    Refused,

    /// <summary>No connection stood in time.</summary>
    ConnectTimedOut,

    /// <summary>The answer began, and then no byte came for too long.</summary>
    Stalled,
}
