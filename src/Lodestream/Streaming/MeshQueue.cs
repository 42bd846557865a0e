using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>
/// Starts what needs no request: the meshes of payloads whose copies are in main memory. A few at a time, those of the near band one after the
/// other, nearest first, so that they appear in that order; what is started keeps its place until it can be drawn.
/// </summary>
internal sealed class MeshQueue(TileTree tree, TileResidency residency, MemoryLedger ledger, SizeEstimator sizes, RequestScheduler scheduler, ContentPipeline pipeline, OutOfCoreOptions options)
{
    private readonly List<int> _queued = [];
    private readonly List<Candidate> _candidates = [];
    private readonly List<Load> _loads = [];
    private long _frame;

    private readonly record struct Load(int Index, long Ticket, bool IsNear);

    // In the order in which they go.
    private readonly record struct Candidate(DemandClass Class, bool IsNear, double Distance, double Priority, ulong Key, int Index) : IComparable<Candidate>
    {
        public int CompareTo(Candidate other)
        {
            if (Class != other.Class)
                return Class.CompareTo(other.Class);
            if (IsNear != other.IsNear)
                return IsNear ? -1 : 1;
            var order = IsNear ? Distance.CompareTo(other.Distance) : other.Priority.CompareTo(Priority);
            return order != 0 ? order : Key.CompareTo(other.Key);
        }
    }

    /// <summary>Meshes that wait for their turn.</summary>
    public int Queued => _queued.Count;

    /// <summary>Meshes started since the start, those that came again among them.</summary>
    public long Started { get; private set; }

    /// <summary>What waits is expected to need so much.</summary>
    public MemoryCharge Waiting { get; private set; }

    /// <summary>Bytes the last start was short of; 0 when memory held nothing back.</summary>
    public long MemoryShortage { get; private set; }

    /// <summary>Whether a demand is for a mesh of a copy.</summary>
    public static bool Takes(TileTree tree, in Demand demand) => tree.Contents.RecordArray[demand.Content].Format == ContentFormat.PayloadMesh;

    /// <summary>Starts a frame's reconciliation.</summary>
    public void BeginFrame(long frame)
    {
        _frame = frame;
        Waiting = default;
        _candidates.Clear();
    }

    /// <summary>Says that a mesh is wanted this frame.</summary>
    public void Want(in Demand demand, ReadOnlySpan<View> views, TimeSpan now)
    {
        var index = residency.FindOrAdd(demand.Content);
        ref var entry = ref residency.Entry(index);
        if (entry.WantedFrame == _frame)
            return;
        (entry.WantedFrame, entry.Priority, entry.Class) = (_frame, demand.Priority, demand.Class);
        if (entry.State == ContentState.Failed && now < entry.RetryAt)
        {
            scheduler.WakeAt(entry.RetryAt);
            return;
        }
        if (entry.State is ContentState.Absent or ContentState.Failed)
        {
            residency.Enter(index, ContentState.Queued, StateReason.Wanted, now);
            _queued.Add(index);
        }
        if (entry.State != ContentState.Queued)
            return;
        Waiting += Expected(demand.Content);
        var (near, distance) = Locate(demand.Tile, views);
        _candidates.Add(new(demand.Class, near, distance, demand.Priority, tree.Contents.Key(demand.Content), index));
    }

    /// <summary>Drops what waits and is not wanted any more.</summary>
    public void DropUnwanted(TimeSpan now)
    {
        for (var i = _queued.Count - 1; i >= 0; i--)
        {
            if (residency.Entry(_queued[i]).WantedFrame == _frame)
                continue;
            residency.Leave(_queued[i], StateReason.NoLongerWanted, now);
            _queued.RemoveAt(i);
        }
    }

    /// <summary>Starts as many as may be on their way, in order.</summary>
    public void Start(TimeSpan now)
    {
        MemoryShortage = 0;
        var near = 0;
        for (var i = _loads.Count - 1; i >= 0; i--)
        {
            if (!IsOnItsWay(_loads[i]))
                _loads.RemoveAt(i);
            else
                near += _loads[i].IsNear ? 1 : 0;
        }
        if (_candidates.Count == 0)
            return;
        _candidates.Sort();
        foreach (var candidate in _candidates)
        {
            if (_loads.Count >= options.MaxConcurrentLoads)
                return;
            if ((candidate.IsNear && near >= options.NearBandMaxConcurrentLoads) || !TryStart(candidate, now))
                continue;
            near += candidate.IsNear ? 1 : 0;
        }
    }

    private bool TryStart(in Candidate candidate, TimeSpan now)
    {
        ref var entry = ref residency.Entry(candidate.Index);
        var payload = tree.SlotsOf(tree.PayloadTileOf(tree.Contents.Records[entry.Content].Tile))[0];
        if (residency.Find(payload) is not (>= 0 and var copy) || residency.Entry(copy).State != ContentState.Resident)
            return false;
        var charge = Expected(entry.Content);
        var isUrgent = scheduler.IsUrgent(entry);
        if (!scheduler.MayTake(charge, isUrgent))
        {
            // Passed over, not waited for: what comes after it may be smaller.
            MemoryShortage = Math.Max(MemoryShortage, charge.Total + (isUrgent ? 0 : scheduler.Headroom.Total));
            return false;
        }
        ledger.Replace(ref entry.Charge, charge);
        _queued.Remove(candidate.Index);
        pipeline.PrepareMesh(candidate.Index, residency.Entry(copy).Id, now);
        _loads.Add(new(candidate.Index, entry.Id, candidate.IsNear));
        Started++;
        return true;
    }

    // What is kept back because showing it would hide something waits for others, not for its place.
    private bool IsOnItsWay(in Load load)
    {
        ref var entry = ref residency.Entry(load.Index);
        return entry.Id == load.Ticket && (entry.State == ContentState.Preparing || (entry.State == ContentState.Ready && !entry.HeldBack));
    }

    // While it is prepared, a mesh is in main memory besides the copy it is taken from.
    private MemoryCharge Expected(int content)
    {
        var known = sizes.Measurement(content);
        return known.Total > 0 ? known : new(tree.Contents.RecordArray[content].ByteLength, tree.Contents.RecordArray[content].ByteLength, 0);
    }

    private (bool IsNear, double Distance) Locate(int tile, ReadOnlySpan<View> views)
    {
        var (volume, distance) = (tree.Volume(tile), double.PositiveInfinity);
        foreach (ref readonly var view in views)
            distance = Math.Min(distance, volume.DistanceTo(view.Position));
        var radius = ProximityTable.Of(tree, tile) is { } table && ProximityTable.EntryOf(tree, tile) is >= 0 and var entry ? table.StreamingRadius[entry] : 0;
        return (distance <= radius * options.NearBandShare, distance);
    }
}
