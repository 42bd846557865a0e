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
    DetailScale detail, Prefetcher prefetcher, SizeEstimator sizes, TileTree tree, StreamerOptions options)
{
    private readonly IPriorityModel _priorities = options.Priorities();
    private CameraPredictor[] _predictors = [];
    private bool _pressed;

    /// <summary>What the last plan found wanted and not here.</summary>
    public DemandList Demands { get; } = new();

    /// <summary>Plans a frame.</summary>
    /// <param name="set">What is wanted.</param>
    /// <param name="views">The cameras.</param>
    /// <param name="now">Time of the tick.</param>
    /// <param name="mayRequest">Whether new requests may start: a hidden page lets what is under way finish and starts nothing.</param>
    public void Plan(VisibilitySet set, ReadOnlySpan<View> views, TimeSpan now, bool mayRequest)
    {
        var frame = set.FrameId;
        collector.Collect(frame, set, Demands);
        Predict(views, now);
        if (mayRequest)
            prefetcher.Collect(_predictors.AsSpan(0, views.Length), views, detail.Value, Demands);
        Order(set, views, now);
        Reconcile(frame, now);
        pipeline.GrantMemory(now);
        pipeline.DropUnwanted(frame, now);
        if (mayRequest)
            scheduler.Start(now);
        evictor.Evict(_pressed ? long.MaxValue : Shortage(), frame, now, views);
        _pressed = false;
        pipeline.Forget(evictor.Chosen);
        IsStuck = evictor.ReachedNothing && scheduler.InFlight == 0 && pipeline.IsWaitingForMemoryOnly;
        if (IsStuck)
            pipeline.GiveWay(now);
        detail.Adjust(set, views, scheduler.WaitingBytes, IsStuck);
    }

    /// <summary>Whether memory is short, nothing can be evicted, and nothing is under way that would change that.</summary>
    public bool IsStuck { get; private set; }

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
            var index = residency.Find(content);
            if (index < 0)
                return true;
            ref var entry = ref residency.Entry(index);
            if (entry.State != ContentState.Resident && !(entry.State == ContentState.Failed && entry.RetryAt == TimeSpan.MaxValue))
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
        var sceneSize = SceneSize();
        for (var i = 0; i < views.Length; i++)
            _predictors[i].Update(views[i], now, sceneSize);
    }

    private void Order(VisibilitySet set, ReadOnlySpan<View> views, TimeSpan now)
    {
        _priorities.Order(new()
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

    private void Reconcile(long frame, TimeSpan now)
    {
        scheduler.Headroom = detail.Headroom;
        scheduler.MayGuessLow = IsStuck;
        scheduler.BeginFrame(frame);
        foreach (ref readonly var demand in Demands.Items)
            scheduler.Want(demand, now);
        scheduler.DropUnwanted(now);
    }

    // What was asked for beyond what is free, and what a budget cut left over.
    private long Shortage()
    {
        var wanted = Math.Max(pipeline.MemoryShortage, scheduler.MemoryShortage);
        var free = ledger.Budget - ledger.Used.Total;
        return wanted > free ? wanted - free : 0;
    }
}
