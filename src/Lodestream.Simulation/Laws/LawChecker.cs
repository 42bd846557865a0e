using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Simulation.Runs;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Laws;

/// <summary>
/// Judges every frame of a run by the laws, from outside the core: from the tree, the selection, what was asked of transport, preparer and
/// host, and what they answered. Law 6 is judged by whoever runs the same set-up twice.
/// </summary>
public sealed class LawChecker : SimulationObserver
{
    private readonly TileTree _tree;
    private readonly ContentFacts _contents;
    private readonly TileFacts _tiles;
    private readonly SelectionCheck _selection;
    private readonly CoverageCheck _coverage;
    private readonly AccountCheck _accounts;
    private readonly ProgressCheck _progress;
    private readonly MeshCheck? _meshes;
    private readonly Screen _screen = new();
    private readonly long _memoryFloor;
    private long _frame, _forcedUnloads;
    private TimeSpan _time;
    private string? _wrongCommit;
    private FamilySet _enabled = FamilySet.All;

    // What a tick works out is the scale of the next one's selection.
    private double _detailScale = 1;

    /// <summary>Makes a checker for one run.</summary>
    /// <param name="tree">The scene.</param>
    /// <param name="options">The core's options.</param>
    /// <param name="memoryFloor">A budget of so many bytes is enough for the scene: the core must not say otherwise.</param>
    public LawChecker(TileTree tree, StreamerOptions options, long memoryFloor = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(options);
        _tree = tree;
        _memoryFloor = memoryFloor;
        _contents = new(tree, options);
        _tiles = new(tree, _contents, options);
        _selection = new(tree, _tiles, options);
        _coverage = new(tree, _tiles, options);
        _accounts = new(tree, _contents, _tiles, options.Proximity?.Memory);
        _progress = new(tree, _contents, _tiles);
        _meshes = options.Proximity is { } proximity ? new(tree, _contents, _tiles, proximity.OutOfCore) : null;
    }

    /// <summary>What was broken so far.</summary>
    public LawReport Report { get; } = new();

    /// <inheritdoc />
    public override void OnRequest(in TileRequest request) => _contents.OnRequest(request);

    /// <inheritdoc />
    public override void OnRequestCancelled(long requestId, CancelReason reason) => _contents.OnRequestCancelled(requestId, reason);

    /// <inheritdoc />
    public override void OnPrepare(in PrepareJob job)
    {
        _contents.OnPrepare(job);
        _meshes?.OnPrepare(job);
    }

    /// <inheritdoc />
    public override void OnProceed(long ticket) => _contents.OnProceed(ticket);

    /// <inheritdoc />
    public override void OnSupply(long ticket) => _contents.OnSupply(ticket);

    /// <inheritdoc />
    public override void OnPrepareCancelled(long ticket, CancelReason reason) => _contents.OnPrepareCancelled(ticket, reason);

    /// <inheritdoc />
    public override void OnUpload(in UploadCommand command) => _contents.OnUpload(command);

    /// <inheritdoc />
    public override void OnFree(int content, long ticket) => _contents.OnFree(content, ticket);

    /// <inheritdoc />
    public override void OnSetTextures(in TextureCommand command) => _contents.OnSetTextures(command);

    /// <inheritdoc />
    public override void OnPosted(in InboxMessage message)
    {
        _contents.OnPosted(message);
        if (message.Kind != InboxKind.ContextLost)
            return;
        _screen.Clear();
        _coverage.Forget();
    }

    /// <inheritdoc />
    public override void OnCommit(RenderCommit commit)
    {
        _accounts.Commits++;
        _contents.OnCommit(commit);
        _wrongCommit ??= _screen.Apply(commit);
    }

    /// <inheritdoc />
    public override void OnTick(TimeSpan now) => _contents.OnTick(now);

    /// <inheritdoc />
    public override void OnFrame(in SimulatedFrame frame)
    {
        (_frame, _time) = (frame.Number, frame.Time);
        _contents.DropUntaken();
        _contents.SettleFrees(frame.Streamer.Statistics.GivenBack);
        _contents.TakeFileAnswers();
        foreach (var (breach, content, reason) in _contents.Faults)
            Fail(breach, content < 0 ? -1 : _tree.Contents.Records[content].Tile, reason);
        if (_wrongCommit is { } wrong)
            Fail(Breach.Dishonest, -1, wrong);
        _wrongCommit = null;
        if (frame.Streamer.BudgetError is { } error && frame.Streamer.MemoryBudgetBytes >= _memoryFloor)
            Fail(Breach.Dishonest, -1, $"{error}; {_memoryFloor} bytes are enough");
        TakeFamilies(frame.Streamer.EnabledFamilies);
        _tiles.Update(frame.Streamer.EnabledFamilies);
        _selection.Check(frame.Streamer.Selection, frame.Views, _detailScale, frame.Time, (tile, reason) => Fail(Breach.Impure, tile, reason));
        if (frame.Streamer.Statistics.ForcedUnloads != _forcedUnloads)
        {
            _coverage.Forget();
            _selection.Forget();
        }
        _forcedUnloads = frame.Streamer.Statistics.ForcedUnloads;
        _coverage.Check(frame.Number, frame.Streamer.Selection, _screen, Fail);
        _accounts.Check(frame, _screen, Fail);
        _meshes?.Check(frame, Fail);
        _progress.CheckRest(frame, _accounts.Commits, Fail);
        _contents.EndFrame();
        _detailScale = frame.Streamer.Statistics.DetailScale;
    }

    /// <inheritdoc />
    public override void OnEnd(in SimulatedFrame last) => _progress.CheckEnd(last, _screen, Fail);

    /// <summary>Law 6: compares the run with a second one of the same set-up.</summary>
    public void CompareWith(SimulationResult run, SimulationResult again)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(again);
        if (run.TraceHash != again.TraceHash)
            Fail(Breach.ReplayDiffers, -1, $"the trace hash is {run.TraceHash:x32} the first time and {again.TraceHash:x32} the second ({run.Frames} and {again.Frames} frames)");
    }

    // A layer that is switched off takes with it what it showed: the frame before does not count.
    private void TakeFamilies(FamilySet enabled)
    {
        foreach (var family in Enum.GetValues<ContentFamily>())
        {
            if (_enabled.Contains(family) && !enabled.Contains(family))
                _coverage.Forget();
        }
        _enabled = enabled;
    }

    private void Fail(Breach breach, int tile, string reason) =>
        Report.Add(breach, _frame, _time, () => TileNames.Of(_tree, tile), reason);
}
