using Lodestream.Diagnostics;
using Lodestream.Presentation;
using Lodestream.Presentation.Labels;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;

namespace Lodestream;

/// <summary>
/// Decides every frame what to fetch, show and drop. One thread at a time calls it; nothing in a tick waits, and everything
/// asynchronous enters through the inbox.
/// </summary>
public sealed partial class TileStreamer
{
    private readonly StreamerOptions _options;
    private readonly Inbox _inbox;
    private readonly TileResidency _residency;
    private readonly MemoryLedger _ledger;
    private readonly HostHealth _health;
    private readonly RequestScheduler _scheduler;
    private readonly ContentPipeline _pipeline;
    private readonly TopologyUnloader _unloader;
    private readonly OutOfCoreTiles _outOfCore;
    private readonly MeshQueue _meshes;
    private readonly Evictor _evictor;
    private readonly DetailScale _detail;
    private readonly MemoryFloor _floor;
    private readonly StreamingPlanner _planner;
    private readonly RenderResolver _resolver;
    private readonly ContentChanges _changes;
    private readonly UploadStage _uploads;
    private readonly CommitStage _commits;
    private readonly LabelStage _labels;
    private readonly ISelectionPolicy _policy;
    private readonly IPriorityModel _priorities;
    private readonly TileTeardown _teardown;
    private readonly ProximityMemory? _memory;
    private readonly TraceRecorder? _recorder;
    private bool _closed, _budgetRaised, _unloadsAll;

    /// <summary>Makes a streamer over a tree.</summary>
    /// <param name="tree">The scene; the streamer grows it as topology arrives. Nobody else changes it meanwhile.</param>
    /// <param name="transport">Carries bytes.</param>
    /// <param name="preparer">Decodes.</param>
    /// <param name="host">Draws.</param>
    /// <param name="inbox">Where transport, preparer and host post.</param>
    /// <param name="options">Options; defaults where null.</param>
    /// <param name="recorder">Records all that enters and leaves, so that it can be replayed; nothing is recorded where null.</param>
    /// <exception cref="ArgumentException">An option is out of range, or cannot be recorded; the message names it.</exception>
    public TileStreamer(TileTree tree, ITileTransport transport, IContentPreparer preparer, IRenderHost host, Inbox inbox, StreamerOptions? options = null, TraceRecorder? recorder = null)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(inbox);
        _options = options ?? new();
        _options.Validate();
        tree.CollapseMeshes();
        if (recorder is not null)
        {
            recorder.Begin(tree, _options);
            var ports = new TracedPorts(transport, preparer, host, recorder);
            (transport, preparer, host) = (ports, ports, ports);
        }
        _recorder = recorder;
        _inbox = inbox;
        Tree = tree;
        var sizes = new SizeEstimator(tree);
        _policy = _options.Policy();
        _priorities = _options.Priorities();
        var proximity = _options.Proximity;
        _residency = new(tree, _options.RequiredFamilies);
        _ledger = new(_options.MemoryBudgetBytes, proximity?.Memory);
        _health = new(_options.Hosts, _options.Seed);
        _scheduler = new(tree, _residency, _ledger, _health, sizes, transport, _options);
        _unloader = new(tree, _residency, _options);
        _outOfCore = new(tree, _residency, sizes, preparer, _options);
        _floor = new(tree, _residency, sizes, _options.HostHasMasks);
        _pipeline = new(tree, _residency, _ledger, sizes, _floor, _scheduler, preparer, _unloader, _outOfCore, proximity is null ? null : new(tree, _residency, proximity), _options);
        _meshes = new(tree, _residency, _ledger, sizes, _scheduler, _pipeline, proximity?.OutOfCore ?? new());
        _changes = new(tree, _residency, _scheduler, _pipeline, sizes);
        _evictor = new(tree, _residency, sizes, _options.RetainMargin);
        _detail = new(tree, _residency, sizes, _ledger, _policy);
        _teardown = new(tree, _residency, sizes, _outOfCore, proximity);
        _memory = proximity is null ? null : new(tree, _residency, sizes, _ledger, _pipeline, host, proximity, _options);
        _planner = new(_residency, _ledger, _scheduler, _pipeline, new(tree, _residency, _options.HostHasMasks, _options.FillInFrom), _evictor, _detail, new(tree, _residency, _ledger, _policy, _options), _teardown, _meshes, _outOfCore, _memory, sizes, tree, _priorities, _options);
        _resolver = new(tree, _residency, _options);
        _uploads = new(tree, _residency, _ledger, _pipeline, host, new(tree, _residency, _options.HostHasMasks), _options);
        _commits = new(tree, _residency, host);
        _labels = new(tree, _residency, _options.Labels);
    }

    /// <summary>The scene.</summary>
    public TileTree Tree { get; }

    /// <summary>What the last tick's cameras wanted.</summary>
    public VisibilitySet Selection { get; } = new();

    /// <summary>What happened and what is, as of the last tick.</summary>
    public StreamerStatistics Statistics { get; } = new();

    /// <summary>Whether the first view is there: decided once, whatever the cameras do afterwards.</summary>
    public InitialResidency InitialResidency { get; private set; } = InitialResidency.Pending;

    /// <summary>What is on screen since the last tick.</summary>
    public ReadOnlySpan<DrawItem> Drawn => _commits.Shown;

    /// <summary>The labels of what is on screen, as of the last tick: placed for the first camera, without overlap, fading as they come and go.</summary>
    public LabelList Labels => _labels.List;

    /// <summary>Whether new requests may start; false while nobody looks (a hidden page). What is under way goes on.</summary>
    public bool RequestsAllowed { get; set; } = true;

    /// <summary>Families that are fetched and drawn. What is resident of a family stays when it is switched off, under normal eviction.</summary>
    public FamilySet EnabledFamilies
    {
        get => _residency.Enabled;
        set
        {
            _recorder?.SetFamilies(value);
            _residency.SetEnabled(value);
        }
    }

    /// <summary>Memory the streamer may cause to be used, bytes. After a cut nothing is admitted until what is here fits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not more than 0.</exception>
    public long MemoryBudgetBytes
    {
        get => _ledger.Budget;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _recorder?.SetBudget(value);
            _budgetRaised |= value > _ledger.Budget;
            _ledger.SetBudget(value);
        }
    }

    /// <summary>
    /// Why the scene cannot be streamed as it should within <see cref="MemoryBudgetBytes"/>, naming the least it takes: roots, the largest
    /// group of siblings that must come together, and the largest tile. Null while nothing known says so. Sizes are learned as contents
    /// come, and what fits is drawn all the same.
    /// </summary>
    public string? BudgetError => _floor.Error;

    /// <summary>Told when a stage of a tick begins, by who measures them; nobody, otherwise.</summary>
    internal Action<TickStage>? StageBegins { get; set; }

    /// <summary>Runs one frame: select, plan, (fetch, prepare, upload), resolve, commit, govern.</summary>
    /// <param name="now">Time on the host's clock; never goes back.</param>
    /// <param name="views">The cameras, <see cref="VisibilitySet.MaximumViews"/> at most.</param>
    /// <returns>When to tick again.</returns>
    /// <exception cref="ObjectDisposedException">The streamer was closed.</exception>
    /// <exception cref="ArgumentException">A view makes no sense; the message names it, what of it, and its value. Nothing was done.</exception>
    public FrameDecision Tick(TimeSpan now, ReadOnlySpan<View> views)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        ViewCheck.Check(views);
        StageBegins?.Invoke(TickStage.Receive);
        _residency.Match();
        var messages = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_inbox.Drain());
        _recorder?.BeginTick(now, views, RequestsAllowed, messages);
        Receive(messages, now);
        _scheduler.BeginTick(now);
        _pipeline.SettleFiles(now);
        _pipeline.CheckWatchdog(now);
        if (_budgetRaised)
            _pipeline.ForgiveOverBudget(now);
        _budgetRaised = false;
        _pipeline.PlaceTopology(now);
        _unloader.Unload(Selection.FrameId, now);
        _outOfCore.Release(Selection.FrameId, now);
        StageBegins?.Invoke(TickStage.Select);
        var (selected, facts) = (Tree.Version, _residency.FactsVersion);
        var inputs = _planner.Look(views, Selection.Decision, now);
        _policy.Select(Tree, views, inputs, Selection);
        StageBegins?.Invoke(TickStage.Plan);
        _uploads.TakeIn(Selection, now);
        var unloaded = _unloadsAll;
        if (_unloadsAll)
            _planner.UnloadAll(Selection, now);
        else
            _planner.Plan(Selection, views, inputs, RequestsAllowed);
        _unloadsAll = false;
        StageBegins?.Invoke(TickStage.Upload);
        _uploads.Upload(Selection, _scheduler.InFlight + _scheduler.Queued + _meshes.Queued + _pipeline.Preparing == 0);
        StageBegins?.Invoke(TickStage.Resolve);
        _resolver.Resolve(Selection);
        StageBegins?.Invoke(TickStage.Commit);
        _commits.Commit(_resolver.Items, _uploads.Superseded, Selection.FrameId);
        _commits.Free(_uploads.Superseded);
        _commits.Free(_evictor.Chosen);
        _commits.Free(_teardown.Chosen);
        if (_memory is not null)
            _commits.Free(_memory.Chosen);
        _floor.Judge(_ledger, _detail.IsExhausted ? Selection : null);
        StageBegins?.Invoke(TickStage.Label);
        _labels.Place(_commits.Shown, _commits.Commits, views, now);
        StageBegins?.Invoke(TickStage.Report);
        Report(views);
        if (InitialResidency.State == InitialResidencyState.Pending)
            InitialResidency = InitialResidencyJudge.Judge(Tree, _residency, Selection, views.Length > 0, Statistics.Settled, Statistics.Drawn);
        var arrived = !_inbox.IsEmpty;
        var workLeft = unloaded || Tree.Version != selected || (_options.Proximity is not null && _residency.FactsVersion != facts) || _pipeline.HasAppends || _outOfCore.HasWork || _uploads.HasWork || _detail.NeedsTick || _planner.NeedsTick || _labels.IsFading || arrived;
        var decision = FrameGovernor.Decide(workLeft, Earlier(_scheduler.NextDeadline, _labels.NextDeadline), now);
        _recorder?.EndTick(decision, arrived, Selection, Statistics, _labels.List);
        return decision;
    }

    /// <summary>What the last tick found wanted and not here: each content with the tile that wants it, as the priority model left them. Void with the next tick.</summary>
    public ReadOnlySpan<Demand> Demands => _planner.Demands.Items;

    /// <summary>
    /// Gives everything up at once that is not pinned, drawn or on its way, without grace: for a change of session, when what comes next has
    /// nothing to do with what was there. The next tick takes it off the screen and frees it, in one commit; the one after starts loading
    /// anew what is wanted then. Pinned are a manifest's shared bucket, a tileset's root, topology, and what the host is just uploading.
    /// </summary>
    public void ForceUnloadAll() => _inbox.Post(new() { Kind = InboxKind.UnloadAll });

    /// <summary>
    /// Shrinks textures to their least size, those of the farthest contents first, however near they are; they stay so for a while
    /// (<see cref="TextureTierOptions.ShedHoldSeconds"/>). Does nothing where textures have one size. The next tick commands it.
    /// </summary>
    /// <param name="count">Contents at most.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not more than 0.</exception>
    public void ShedTextureMemory(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        _inbox.Post(new() { Kind = InboxKind.ShedTextures, Bytes = count });
    }

    /// <summary>State of a content.</summary>
    public ContentState StateOf(int content) => _residency.StateOf(content);

    /// <summary>State of a tile with one content, as people name the states of a manifest's tiles; a tile without content is unloaded.</summary>
    public TileState LifecycleOf(int tile) => Tree.SlotsOf(tile) is [var content, ..] ? TileStates.Of(_residency.StateOf(content)) : TileState.Unloaded;

    /// <summary>How much of a full tile of a manifest that is streamed mesh by mesh is here; null for every other tile.</summary>
    /// <param name="tile">The full tile.</param>
    public TileVisualState? VisualStateOf(int tile) => _outOfCore.VisualStateOf(tile);

    /// <summary>The priority below which a share of the requests under way lies: 0.5 for the median; 0 when nothing is under way.</summary>
    /// <param name="share">0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is less than 0 or more than 1.</exception>
    public double PriorityInFlight(double share)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(share, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        return _scheduler.PriorityInFlight(share);
    }

    /// <summary>Why a tile is, or is not, on screen.</summary>
    public TileExplanation Why(int tile) => new Explainer(Tree, _residency, Selection, _commits).Why(tile) with { VisualState = VisualStateOf(tile) };

    /// <summary>A snapshot of every host: name, breaker and requests in flight.</summary>
    public IEnumerable<HostReport> Hosts()
    {
        for (var i = 0; i < _health.Count; i++)
            yield return new(_health.Name(i), _health.Breaker(i), _health.InFlight(i));
    }

    /// <summary>Calls off everything under way. The streamer can't be used any more; the host keeps what it shows.</summary>
    /// <param name="now">Time on the host's clock.</param>
    public void Close(TimeSpan now)
    {
        if (_closed)
            return;
        _closed = true;
        _recorder?.BeginClose(now);
        _scheduler.Close(now);
        _pipeline.Close(now);
        _outOfCore.Close();
        _recorder?.EndClose();
    }

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private void Report(ReadOnlySpan<View> views)
    {
        var s = Statistics;
        s.Frames++;
        s.Wanted = Selection.PrimaryCount;
        s.Touched = Selection.Touched;
        (s.NotYetResident, var incomplete) = CountMissing();
        s.Drawn = _commits.Shown.Length;
        s.InFlight = _scheduler.InFlight;
        s.PeakInFlight = _scheduler.PeakInFlight;
        s.Queued = _scheduler.Queued + _meshes.Queued;
        s.MeshesStarted = _meshes.Started;
        _outOfCore.Report(s);
        s.Preparing = _pipeline.Preparing;
        s.Requested = _scheduler.Requested;
        s.Cancelled = _scheduler.Cancelled;
        s.Retries = _scheduler.Retries;
        s.CoalescedHits = _scheduler.CoalescedHits;
        s.BreakerOpenings = _health.BreakerOpenings;
        s.BytesFetched = _scheduler.BytesFetched;
        s.Stale = _residency.Stale.Count;
        s.Superseded = _uploads.SupersededCount;
        s.Evicted = _evictor.Evicted + (_memory?.Evicted ?? 0);
        s.GivenBack = _uploads.GivenBack;
        s.ForcedUnloads = _planner.ForcedUnloads;
        s.TornDown = _teardown.TornDown;
        s.HierGateSkip = _priorities.Penalised;
        s.Commits = _commits.Commits;
        s.CpuBytes = _ledger.Used.Cpu;
        s.GpuGeometryBytes = _ledger.Used.Geometry;
        s.GpuTextureBytes = _ledger.Used.Texture;
        s.PeakBytes = _ledger.Peak;
        s.BudgetBytes = _ledger.Budget;
        s.DetailScale = _detail.Value;
        ReportAccounts(s);
        s.Settled = s.NotYetResident + incomplete == 0 && _pipeline.IsIdleBut(_uploads.HeldBack);
        ScreenErrors.Measure(Tree, Selection, _resolver.Items, _resolver.VisitOfItem, views, s);
    }

    private void ReportAccounts(StreamerStatistics s)
    {
        (s.GeometryBudgetBytes, s.TextureBudgetBytes) = (Math.Min(_ledger.GeometryBudget, _ledger.Budget), Math.Min(_ledger.TextureBudget, _ledger.Budget));
        if (_memory?.Textures is not { } textures)
            return;
        (s.FullTextures, s.MediumTextures, s.MinimumTextures) = (textures.Count[0], textures.Count[1], textures.Count[2]);
        (s.TexturesRaised, s.TexturesLowered) = (textures.Raised, textures.Lowered);
    }

    // Primary tiles that cannot be drawn yet; underlay that is not all here, and primary tiles that can be drawn but for a content that is still to join: an optional family's, one of a
    // family that was enabled after they came, or topology below.
    private (int Missing, int Incomplete) CountMissing()
    {
        var (missing, incomplete) = (0, 0);
        var drawable = _residency.Drawable;
        foreach (ref readonly var visit in Selection.Visits)
        {
            if ((visit.Flags & (VisitFlags.Primary | VisitFlags.Expand)) == 0)
            {
                incomplete += (visit.Flags & VisitFlags.Underlay) != 0 && !MayBePassedOver(visit) && _planner.IsMissing(visit.Tile) ? 1 : 0;
                continue;
            }
            if (!drawable[visit.Tile])
                missing += _planner.IsMissing(visit.Tile) ? 1 : 0;
            else if (Tree.LinkArray[visit.Tile].SlotCount > 1)
                incomplete += _planner.IsMissing(visit.Tile) ? 1 : 0;
        }
        return (missing, incomplete);
    }

    // Refined underlay that gates what is below it is not asked for again once it failed.
    private bool MayBePassedOver(in Visit visit)
    {
        var flags = Tree.LinkArray[visit.Tile].Flags;
        return (visit.Flags & VisitFlags.Refined) != 0 && ((flags & TileFlags.Maskable) == 0 || (flags & TileFlags.GatedBelow) != 0 || !_options.HostHasMasks);
    }
}

/// <summary>The stages of a tick, in their order.</summary>
internal enum TickStage : byte
{
    /// <summary>Arrivals, time limits, topology.</summary>
    Receive,

    /// <summary>Which tiles are wanted.</summary>
    Select,

    /// <summary>Demand, order, requests, eviction, detail.</summary>
    Plan,

    /// <summary>Uploads.</summary>
    Upload,

    /// <summary>What to draw.</summary>
    Resolve,

    /// <summary>The difference to the frame before.</summary>
    Commit,

    /// <summary>Which labels are shown, and how strongly.</summary>
    Label,

    /// <summary>Statistics, and when to tick again.</summary>
    Report,
}
