using Lodestream.Browser.Interop;
using Lodestream.Diagnostics;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;

namespace Lodestream.Browser;

/// <summary>One scene that a page has open: the core with the browser's transport, preparer and host around it.</summary>
internal sealed class StreamedScene : IDisposable
{
    // Placing a tile costs the interpreter 2 µs, and 9 µs before it has warmed up (bench/browser): a frame stays whole either way.
    private const int TopologyTilesPerTick = 1500;

    private readonly int _number;
    private readonly TraceRecorder? _recorder;
    private readonly Inbox _inbox = new();
    private readonly BrowserTransport _transport;
    private readonly BrowserPreparer _preparer;
    private readonly FailureLog _failures = new();
    private readonly BrowserHost _host;
    private readonly LabelCommands _labels;
    private BatchSetting? _batchSetting;
    private StageTimes? _stages;
    private bool _budgetIsTooSmall;

    public StreamedScene(int number, string url, SceneOptions options)
    {
        _number = number;
        Options = options;
        _recorder = options.RecordingBytes > 0 ? new(options.RecordingBytes) : null;
        _batchSetting = options.Batching;
        Tree = new(url);
        _transport = new(number, Block, _inbox, _failures);
        _labels = new(Block);
        _preparer = new(number, Tree, Block, _inbox, _failures, TimeProvider.System, options.Transcoding);
        _host = new(Tree, Block);
        Streamer = new(Tree, _transport, _preparer, _host, _inbox, options.Streamer with
        {
            TopologyTilesPerTick = TopologyTilesPerTick,
            Labels = options.Streamer.Labels with { HostTestsSight = true },
        }, _recorder)
        {
            EnabledFamilies = options.Families,
        };
    }

    /// <summary>As it was opened.</summary>
    public SceneOptions Options { get; }

    /// <summary>What is exchanged with the page.</summary>
    public SharedBlock Block { get; } = new();

    /// <summary>The scene's tiles.</summary>
    public TileTree Tree { get; }

    /// <summary>What decides.</summary>
    public TileStreamer Streamer { get; }

    /// <summary>What merges; null where the scene is not batched, or not known yet.</summary>
    public SceneBatching? Batching { get; private set; }

    /// <summary>Time of the last frame.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Failures since the start.</summary>
    public int Failures => _failures.Count;

    /// <summary>What was asked for and called off, by family.</summary>
    public FamilyCounts Requests => _transport.Requests;

    /// <summary>The attempts under way, by number.</summary>
    public IReadOnlyDictionary<long, TileRequest> UnderWay => _transport.UnderWay;

    /// <summary>Hosts that are given a rest, or tried again after one.</summary>
    public int BreakersNotClosed
    {
        get
        {
            var count = 0;
            foreach (var host in Streamer.Hosts())
                count += host.Breaker == BreakerState.Closed ? 0 : 1;
            return count;
        }
    }

    /// <summary>Lets the session's recording grow to so many bytes; false where it is not kept, or not any more.</summary>
    public bool StartRecording(long bytes)
    {
        if (_recorder is not { IsComplete: true })
            return false;
        _recorder.LimitBytes = Math.Max(bytes, Options.RecordingBytes);
        return true;
    }

    /// <summary>The session from its opening until now, not packed; empty where it is not kept. It goes on being kept, as far as it was before it was asked for.</summary>
    public byte[] TakeRecording()
    {
        if (_recorder is not { IsComplete: true })
            return [];
        var bytes = new MemoryStream((int)_recorder.Bytes + 64);
        _recorder.WriteTo(bytes);
        _recorder.LimitBytes = Options.RecordingBytes;
        return bytes.ToArray();
    }

    /// <summary>What each stage of the last frame took, milliseconds, by <see cref="FrameStage"/>; measured from the first question on.</summary>
    public double[] TimeStages()
    {
        if (_stages is null)
        {
            _stages = new();
            Streamer.StageBegins = _stages.Enter;
        }
        return _stages.Milliseconds;
    }

    /// <summary>Runs one frame: hears the page, goes on with what is being measured, decides, tells the page.</summary>
    public void Tick()
    {
        _stages?.Begin();
        Block.BeginCommands();
        Now = Block.Time;
        Receive();
        _stages?.Enter(FrameStage.Prepare);
        _preparer.Work();
        var views = Block.ReadViews();
        var decision = Streamer.Tick(Now, views);
        _stages?.Enter(FrameStage.Tell);
        DecideBatching();
        Batching?.Tick(views);
        _labels.Write(Streamer.Labels);
        _transport.DropAbandoned();
        _failures.Drain(ReportFailure);
        ReportBudget();
        FrameStatistics.Write(this, Block.StatisticsWords);
        Block.EndCommands(_preparer.HasWork || !_inbox.IsEmpty || Batching is { Planner.NeedsTick: true } ? new(WakeKind.Now, Now) : decision);
        _stages?.Enter(FrameStage.Count);
    }

    public void Dispose()
    {
        Streamer.Close(Now);
        Block.Dispose();
    }

    private void Receive()
    {
        var count = Block.ReadEventCount();
        for (var i = 0; i < count; i++)
        {
            var e = Block.ReadEvent(i);
            switch ((PageEvent)(int)e[0])
            {
                case PageEvent.Headers or PageEvent.Fetched or PageEvent.Progress:
                    _transport.Receive(e);
                    break;
                case PageEvent.BatchBuilt or PageEvent.BatchFailed:
                    Batching?.Receive(e);
                    break;
                case PageEvent.ContextLost:
                    Batching?.Clear();
                    _inbox.Post(new() { Kind = InboxKind.ContextLost });
                    break;
                case PageEvent.MemoryPressure:
                    _inbox.Post(new() { Kind = InboxKind.MemoryPressure });
                    break;
                case PageEvent.Changed:
                    _inbox.Post(new() { Kind = InboxKind.Changed, Payload = Page.TakeText(_number, (int)e[1]) });
                    break;
                case PageEvent.LabelSight:
                    _inbox.Post(new() { Kind = e[3] != 0 ? InboxKind.LabelSeen : InboxKind.LabelHidden, Id = (long)e[1], Bytes = (long)e[2] });
                    break;
                default:
                    _preparer.Receive(e);
                    break;
            }
        }
    }

    // Once the document says what kind of scene it is, and before any content of it is here: what batches may take is not the streamer's.
    private void DecideBatching()
    {
        if (_batchSetting is not { } setting || Tree.Links[TileTree.SceneRoot].ChildCount == 0)
            return;
        _batchSetting = null;
        if (!setting.Holds(Tree))
            return;
        Batching = _host.Batching = _preparer.Batching = new(Tree, Block, setting.Options);
        Streamer.MemoryBudgetBytes -= Batching.ReservedBytes;
    }

    // Once, when it turns out; the figure may rise after it.
    private void ReportBudget()
    {
        var error = Streamer.BudgetError;
        if (error is not null && !_budgetIsTooSmall)
            Report(Tree.Contents.Uri(Tree.SlotsOf(TileTree.SceneRoot)[0]), error);
        _budgetIsTooSmall = error is not null;
    }

    private void ReportFailure(int content, string error) => Report(Tree.Contents.Uri(content), error);

    private void Report(string uri, string error)
    {
        Block.Write(Command.Report);
        Block.Write(uri);
        Block.Write(error);
    }
}
