using Lodestream.Geometry;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>
/// Turns what is wanted into requests: collects the demand, has it ordered, reconciles the scheduler with it, makes room, and starts
/// what may start. Waits for nothing and changes nothing of what is wanted.
/// </summary>
internal sealed class StreamingPlanner(
    TileResidency residency, MemoryLedger ledger, RequestScheduler scheduler, ContentPipeline pipeline, DemandCollector collector, Evictor evictor,
    DetailScale detail, Prefetcher prefetcher, TileTeardown teardown, MeshQueue meshes, OutOfCoreTiles outOfCore, ProximityMemory? memory, SizeEstimator sizes, TileTree tree,
    IPriorityModel priorities, StreamerOptions options)
{
    private CameraPredictor[] _predictors = [];
    private Vector3d[] _velocities = [];
    private int _viewCount;
    private bool _pressed;

    /// <summary>What the last plan found wanted and not here.</summary>
    public DemandList Demands { get; } = new();

    /// <summary>Plans a frame.</summary>
    /// <param name="set">What is wanted.</param>
    /// <param name="views">The cameras.</param>
    /// <param name="inputs">What the selection was given.</param>
    /// <param name="mayRequest">Whether new requests may start: a hidden page lets what is under way finish and starts nothing.</param>
    public void Plan(VisibilitySet set, ReadOnlySpan<View> views, in SelectionInputs inputs, bool mayRequest)
    {
        var (frame, now) = (set.FrameId, inputs.Now);
        ledger.ForgetLack();
        scheduler.WakeAt(set.NextDeadline);
        collector.Collect(frame, set, Demands);
        if (mayRequest)
            prefetcher.Collect(_predictors.AsSpan(0, views.Length), views, inputs, Demands);
        Order(set, views, now);
        Reconcile(frame, views, now);
        pipeline.GrantMemory(now);
        pipeline.DropUnwanted(frame, now);
        if (mayRequest)
        {
            scheduler.Start(now);
            meshes.Start(now);
        }
        evictor.Evict(_pressed ? long.MaxValue : Shortage(), frame, now, views);
        var letsGo = (_pressed || evictor.ReachedNothing) && outOfCore.LetGoUnseen(frame);
        pipeline.Forget(evictor.Chosen);
        var mayEvictMore = memory?.Relieve(set, views, now, isShort: _pressed || evictor.ReachedNothing) ?? false;
        _pressed = false;
        teardown.TearDown(set, now);
        scheduler.WakeAt(teardown.NextDeadline);
        var wasStuck = IsStuck;
        IsStuck = (evictor.ReachedNothing || memory is { ReachedNothing: true }) && evictor.Chosen.Count == 0 && !letsGo && !mayEvictMore && teardown.Chosen.Count == 0 && !teardown.IsPending
            && scheduler.InFlight == 0 && pipeline.IsWaitingForMemoryOnly;
        NeedsTick = IsStuck && !wasStuck && scheduler.HoldsRetryBack;
        if (IsStuck)
            pipeline.GiveWay(now);
        var waiting = scheduler.Waiting + meshes.Waiting;
        detail.Adjust(set, views, inputs, waiting, IsStuck);
        memory?.FollowDistance(frame, now, waiting, detail.Headroom, mayRequest);
        scheduler.WakeAt(memory?.NextDeadline ?? TimeSpan.MaxValue);
    }

    /// <summary>Takes in where the cameras are, and says what the frame's selection depends on.</summary>
    /// <param name="views">The cameras.</param>
    /// <param name="previous">What the last selection decided.</param>
    /// <param name="now">Time of the tick.</param>
    public SelectionInputs Look(ReadOnlySpan<View> views, ProximityDecision? previous, TimeSpan now)
    {
        Predict(views, now);
        return new(detail.Value) { Now = now, Velocities = _velocities.AsMemory(0, views.Length), Previous = previous, Residency = residency.Facts, IsStarved = IsStuck };
    }

    /// <summary>How often everything was unloaded on demand.</summary>
    public long ForcedUnloads { get; private set; }

    /// <summary>Calls off and evicts everything but topology and what is pinned; nothing new is asked for in this tick.</summary>
    /// <param name="set">What is wanted; what was decided is forgotten.</param>
    /// <param name="now">Time of the tick.</param>
    public void UnloadAll(VisibilitySet set, TimeSpan now)
    {
        ForcedUnloads++;
        collector.Collect(set.FrameId, set, Demands);
        scheduler.BeginFrame(set.FrameId);
        foreach (ref readonly var demand in Demands.Items)
        {
            if (tree.Contents.RecordArray[demand.Content].Format == ContentFormat.Tileset)
                scheduler.Want(demand, now);
        }
        scheduler.DropUnwanted(now);
        meshes.BeginFrame(set.FrameId);
        meshes.DropUnwanted(now);
        pipeline.CallOffContents(now);
        evictor.EvictAll(now);
        pipeline.Forget(evictor.Chosen);
        outOfCore.LetGoOfAll();
        set.ForgetDecision();
    }

    /// <summary>Whether memory is short, nothing can be evicted, and nothing is under way that would change that.</summary>
    public bool IsStuck { get; private set; }

    /// <summary>Whether a retry that memory held back may start with the next tick though nothing happens until then: being stuck lets expectations be doubted.</summary>
    public bool NeedsTick { get; private set; }

    /// <summary>The system wants memory back: everything that may go goes with the next plan.</summary>
    public void ReleaseMemory() => _pressed = true;

    /// <summary>Whether a wanted tile that cannot be drawn still waits for something that can arrive.</summary>
    public bool IsMissing(int tile)
    {
        foreach (var content in tree.SlotsOf(tile))
        {
            ref readonly var record = ref tree.Contents.Records[content];
            if (record.Format != ContentFormat.Tileset && !residency.Enabled.Contains(record.Family))
                continue;
            if (residency.StateOf(content) != ContentState.Resident && !residency.HasFailedForGood(content))
                return true;
        }
        return false;
    }

    private void Predict(ReadOnlySpan<View> views, TimeSpan now)
    {
        while (_predictors.Length < views.Length)
        {
            Array.Resize(ref _predictors, _predictors.Length + 1);
            _predictors[^1] = new(options.Prediction);
        }
        if (_velocities.Length < views.Length)
            _velocities = new Vector3d[views.Length];
        // A view that comes back is a new one: how fast the one that went was says nothing of it.
        for (var i = views.Length; i < _viewCount; i++)
            _predictors[i] = new(options.Prediction);
        _viewCount = views.Length;
        var sceneSize = SceneSize();
        for (var i = 0; i < views.Length; i++)
        {
            _predictors[i].Update(views[i], now, sceneSize);
            _velocities[i] = _predictors[i].Velocity;
        }
    }

    private void Order(VisibilitySet set, ReadOnlySpan<View> views, TimeSpan now)
    {
        priorities.Order(new()
        {
            Tree = tree,
            Set = set,
            Views = views,
            Now = now,
            Predictors = _predictors.AsSpan(0, views.Length),
            LookAheadSeconds = options.Prediction.LookAheadSeconds,
            ArrivalSeconds = scheduler.ArrivalSeconds,
            BytesPerSecond = scheduler.Network.Throughput,
            Residency = residency,
            HostHasMasks = options.HostHasMasks,
            Sizes = sizes,
        }, Demands.Items);
    }

    private double SceneSize()
    {
        ref readonly var links = ref tree.LinkArray[TileTree.SceneRoot];
        if (links.ChildCount == 0)
            return double.PositiveInfinity;
        ref readonly var node = ref tree.NodeArray[links.FirstChild];
        return Math.Sqrt(node.HalfX * node.HalfX + node.HalfY * node.HalfY + node.HalfZ * node.HalfZ);
    }

    private void Reconcile(long frame, ReadOnlySpan<View> views, TimeSpan now)
    {
        scheduler.Headroom = detail.Headroom;
        scheduler.MayGuessLow = IsStuck;
        scheduler.BeginFrame(frame);
        meshes.BeginFrame(frame);
        foreach (ref readonly var demand in Demands.Items)
        {
            if (MeshQueue.Takes(tree, demand))
                meshes.Want(demand, views, now);
            else
                scheduler.Want(demand, now);
        }
        scheduler.DropUnwanted(now);
        meshes.DropUnwanted(now);
    }

    // What was asked for beyond what is free, and what a budget cut left over.
    private long Shortage()
    {
        var wanted = Math.Max(pipeline.MemoryShortage, Math.Max(scheduler.MemoryShortage, meshes.MemoryShortage));
        var free = ledger.Budget - ledger.Used.Total;
        return wanted > free ? wanted - free : 0;
    }
}
