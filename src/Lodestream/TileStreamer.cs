using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;

namespace Lodestream;

/// <summary>When the host should tick again.</summary>
public enum WakeKind : byte
{
    /// <summary>In the next frame.</summary>
    Now,

    /// <summary>At <see cref="FrameDecision.At"/>, unless something happens before.</summary>
    AtTime,

    /// <summary>When the camera moves, the inbox gets a message or an option changes.</summary>
    OnEvent,
}

/// <summary>The governor's answer: when to tick again.</summary>
/// <param name="Kind">Now, at a time, or on an event.</param>
/// <param name="At">The time, on the clock the ticks are given.</param>
public readonly record struct FrameDecision(WakeKind Kind, TimeSpan At);

/// <summary>Decides every frame what to fetch, show and drop. One thread at a time; everything asynchronous enters through the inbox.</summary>
public sealed class TileStreamer
{
    /// <summary>Makes a streamer over a tree.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public TileStreamer(TileTree tree, ITileTransport transport, IContentPreparer preparer, IRenderHost host, Inbox inbox, StreamerOptions? options = null)
    {
        _ = (transport, preparer, host, inbox);
        Tree = tree;
        (options ?? new()).Validate();
    }

    /// <summary>The scene.</summary>
    public TileTree Tree { get; }

    /// <summary>Runs one frame.</summary>
    /// <param name="now">Time on the host's monotonic clock.</param>
    /// <param name="views">The cameras.</param>
    public FrameDecision Tick(TimeSpan now, ReadOnlySpan<View> views) => throw new NotImplementedException();
}
