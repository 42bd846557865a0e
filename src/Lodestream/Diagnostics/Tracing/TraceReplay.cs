using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Diagnostics;

/// <summary>Where a replay came to something else than was recorded.</summary>
/// <param name="Frame">The frame, from 1; 0 before the first.</param>
/// <param name="Seconds">Its time on the recorded clock.</param>
/// <param name="Part">What differed; null where it was not an output: the streamer threw.</param>
/// <param name="Text">What differed, for people: recorded and replayed.</param>
public sealed record ReplayDifference(long Frame, double Seconds, TracePart? Part, string Text);

/// <summary>What a replay came to.</summary>
/// <param name="Frames">Frames replayed.</param>
/// <param name="RecordedHash">The hash that was recorded.</param>
/// <param name="ReplayedHash">The hash of what was replayed, up to the difference.</param>
/// <param name="Difference">The first difference; null when there is none.</param>
public sealed record ReplayResult(long Frames, UInt128 RecordedHash, UInt128 ReplayedHash, ReplayDifference? Difference)
{
    /// <summary>Whether every frame came to what was recorded.</summary>
    public bool IsIdentical => Difference is null && RecordedHash == ReplayedHash;
}

/// <summary>Runs a recorded session again: the same tree, options, times, views and messages, with ports that do nothing, and compares every frame.</summary>
public sealed class TraceReplay
{
    private readonly TraceFile _trace;
    private readonly Inbox _inbox = new();
    private readonly TraceRecorder _recorder = new();
    private readonly TileTree _tree;
    private readonly TileStreamer _streamer;
    private TraceFrame _frame = new(), _next = new();
    private bool _hasNext, _posted;

    private TraceReplay(TraceFile trace)
    {
        _trace = trace;
        _tree = MakeTree(trace);
        var nobody = new Nobody();
        _streamer = new(_tree, nobody, nobody, nobody, _inbox, trace.Options, _recorder) { StageBegins = OnStage };
    }

    /// <summary>Replays a recording.</summary>
    /// <param name="trace">The recording.</param>
    /// <param name="cancellation">Ends the replay between frames.</param>
    public static ReplayResult Run(TraceFile trace, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return new TraceReplay(trace).Run(cancellation);
    }

    private ReplayResult Run(CancellationToken cancellation)
    {
        var frames = _trace.OpenFrames();
        _hasNext = frames.Read(_next);
        while (_hasNext)
        {
            cancellation.ThrowIfCancellationRequested();
            (_frame, _next) = (_next, _frame);
            _hasNext = frames.Read(_next);
            if (Replay() is { } difference)
                return new(_recorder.Frames, _trace.Hash, _recorder.Hash, difference);
            _recorder.Forget();
        }
        return new(_recorder.Frames, _trace.Hash, _recorder.Hash, null);
    }

    // A core that throws is what a replay may have been made to find.
    private ReplayDifference? Replay()
    {
        try
        {
            Step();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return _frame.Ended ? Differ(null, $"the replayed streamer threw {e.GetType().Name}: {e.Message}; the recorded one did not") : null;
        }
        if (!_frame.Ended)
            return Differ(null, "the recorded streamer threw; the replayed one did not");
        return TraceDifference.Between(_frame.Outputs, _recorder.Outputs, _tree, !_frame.Closes) is var (part, text) ? Differ(part, text) : null;
    }

    private void Step()
    {
        foreach (var setting in _frame.Settings)
        {
            if (setting.Families is { } families)
                _streamer.EnabledFamilies = families;
            else
                _streamer.MemoryBudgetBytes = setting.Budget;
        }
        if (!_posted)
            Post(_frame);
        _posted = false;
        if (_frame.Closes)
        {
            _streamer.Close(_frame.Now);
            return;
        }
        _streamer.RequestsAllowed = _frame.RequestsAllowed;
        _streamer.Tick(_frame.Now, _frame.Views);
    }

    // What was in the inbox when the recorded tick ended has to be there again: the governor looks.
    private void OnStage(TickStage stage)
    {
        if (stage != TickStage.Report || !_frame.Arrived)
            return;
        if (_hasNext)
            Post(_next);
        _posted = _hasNext;
        if (_inbox.IsEmpty)
            _inbox.Post(new() { Kind = InboxKind.Progress });
    }

    private void Post(TraceFrame frame)
    {
        foreach (var message in frame.Messages)
            _inbox.Post(message);
    }

    private ReplayDifference Differ(TracePart? part, string text) => new(_frame.Number, _frame.Now.TotalSeconds, part, text);

    private static TileTree MakeTree(TraceFile trace)
    {
        var tree = new TileTree(trace.Scene, trace.RootKey);
        var first = new int[trace.Blocks.Count + 1];
        for (var i = 0; i < trace.Blocks.Count; i++)
        {
            var (above, tile, block) = trace.Blocks[i];
            var parent = first[above] + tile;
            tree.Append(parent, block);
            first[i + 1] = tree.Links[parent].FirstChild;
        }
        return tree;
    }

    private sealed class Nobody : ITileTransport, IContentPreparer, IRenderHost
    {
        void ITileTransport.Start(in TileRequest request)
        {
        }

        void ITileTransport.Cancel(long requestId, CancelReason reason)
        {
        }

        void IContentPreparer.Start(in PrepareJob job)
        {
        }

        void IContentPreparer.Supply(long ticket, IReadOnlyList<DependencyFile> files)
        {
        }

        void IContentPreparer.Proceed(long ticket)
        {
        }

        void IContentPreparer.Cancel(long ticket, CancelReason reason)
        {
        }

        void IRenderHost.Upload(in UploadCommand command)
        {
        }

        void IRenderHost.Commit(RenderCommit commit)
        {
        }

        void IRenderHost.Free(int content, long ticket)
        {
        }

        void IRenderHost.SetTextures(in TextureCommand command)
        {
        }
    }
}
