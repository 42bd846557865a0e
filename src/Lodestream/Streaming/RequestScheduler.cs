using Lodestream.Residency;
using Lodestream.Scene;

namespace Lodestream.Streaming;

/// <summary>
/// Decides which of the wanted contents are asked for now: most urgent first, within the caps in all and per host, one request per
/// content. It is told every frame all that is wanted; what is no longer wanted is called off.
/// </summary>
internal sealed partial class RequestScheduler(
    TileTree tree, TileResidency residency, MemoryLedger ledger, HostHealth health, SizeEstimator sizes, ITileTransport transport, StreamerOptions options)
{
    // However little the link is thought to carry, so many requests are under way: an estimate can be wrong, an idle link is.
    private const int FewestRequests = 2;

    private readonly RequestHeap _queue = new();
    private readonly List<int> _queued = [];
    private readonly List<int> _inFlight = [];
    private readonly Dictionary<long, int> _byId = [];
    private readonly HashSet<ulong> _bypassing = [];
    private readonly List<long> _tooLong = [];
    private long _nextId = 1;
    private long _frame;
    private double _bytesInFlight;
    private double _paceBytes;
    private double _tickSeconds = 1 / 60.0;
    private TimeSpan _lastTick;
    private string? _lastFolder;
    private int _lastHost;

    /// <summary>What is known of the hosts.</summary>
    public HostHealth Hosts => health;

    /// <summary>What the network gives.</summary>
    public NetworkEstimate Network { get; } = new();

    /// <summary>When what is asked for now is expected to be here, seconds from now.</summary>
    public double ArrivalSeconds => Network.Latency + (_bytesInFlight + sizes.MeanLength) / Network.Throughput;

    /// <summary>Requests under way.</summary>
    public int InFlight => _inFlight.Count + _files.Count;

    /// <summary>The most requests ever under way at once.</summary>
    public int PeakInFlight { get; private set; }

    /// <summary>Requests waiting for a slot.</summary>
    public int Queued => _queued.Count;

    /// <summary>Attempts started since the start, retries among them.</summary>
    public long Requested { get; private set; }

    /// <summary>Attempts called off.</summary>
    public long Cancelled { get; private set; }

    /// <summary>Asks that joined another one's for the same content: asked for already in the same frame.</summary>
    public long CoalescedHits { get; private set; }

    /// <summary>Attempts that were not a content's first.</summary>
    public long Retries { get; private set; }

    /// <summary>Bytes that came, of all attempts.</summary>
    public long BytesFetched { get; private set; }

    /// <summary>What to leave free for what coarsens or covers.</summary>
    public MemoryRoom Headroom { get; set; }

    /// <summary>Nothing else moves and nothing can be evicted: what is urgent starts even if it is expected not to fit. Expectations err; its measure decides.</summary>
    public bool MayGuessLow { get; set; }

    /// <summary>What is wanted and not asked for yet is expected to need so much.</summary>
    public MemoryCharge Waiting { get; private set; }

    /// <summary>Bytes the last start was short of; 0 when memory held nothing back.</summary>
    public long MemoryShortage { get; private set; }

    /// <summary>Whether memory held something back whose time to be tried again had come: no other deadline will name it.</summary>
    public bool HoldsRetryBack { get; private set; }

    /// <summary>Earliest time at which something must be looked at again.</summary>
    public TimeSpan NextDeadline { get; private set; }

    /// <summary>Starts a tick: time has gone on, and what takes too long is called off before anything is selected.</summary>
    public void BeginTick(TimeSpan now)
    {
        NextDeadline = TimeSpan.MaxValue;
        Network.Advance(now, InFlight > 0);
        var elapsed = Math.Min(0.1, (now - _lastTick).TotalSeconds);
        _tickSeconds += (elapsed - _tickSeconds) / 8;
        _paceBytes = Math.Min(Math.Max(_paceBytes, -Network.Pace) + elapsed * Network.Pace, 2 * sizes.MeanLength);
        _lastTick = now;
        CallOffTooLong(now);
        CheckTimeouts(now);
        CheckFileTimeouts(now);
    }

    /// <summary>Starts a frame's reconciliation.</summary>
    public void BeginFrame(long frame)
    {
        _frame = frame;
        Waiting = default;
        _queue.Clear();
    }

    /// <summary>Says that a content is wanted this frame; a second ask joins the first.</summary>
    public void Want(in Demand demand, TimeSpan now)
    {
        var index = residency.FindOrAdd(demand.Content);
        ref var entry = ref residency.Entry(index);
        if (entry.WantedFrame == _frame)
        {
            CoalescedHits++;
            return;
        }
        entry.WantedFrame = _frame;
        entry.Priority = demand.Priority;
        entry.Class = demand.Class;
        if (entry.State == ContentState.Failed && !MayRetry(ref entry, now))
            return;
        if (entry.State is ContentState.Absent or ContentState.Failed)
        {
            entry.Host = HostOf(demand.Content);
            residency.Enter(index, ContentState.Queued, StateReason.Wanted, now);
            _queued.Add(index);
        }
        if (entry.Files is not null)
            WantFiles(index, entry);
        if (entry.State != ContentState.Queued)
            return;
        Waiting += sizes.Expected(demand.Content, tree.Contents.Records[demand.Content].ByteLength);
        _queue.Add(new(index, entry.Host, demand.Class, demand.Priority, tree.Contents.Key(demand.Content)));
    }

    /// <summary>Drops what was queued and calls off what is in flight, where nothing wants it any more.</summary>
    public void DropUnwanted(TimeSpan now)
    {
        for (var i = _queued.Count - 1; i >= 0; i--)
        {
            if (residency.Entry(_queued[i]).WantedFrame == _frame)
                continue;
            residency.Leave(_queued[i], StateReason.NoLongerWanted, now);
            RemoveAt(_queued, i);
        }
        for (var i = _inFlight.Count - 1; i >= 0; i--)
        {
            if (residency.Entry(_inFlight[i]).WantedFrame != _frame)
                CallOffAt(i, CancelReason.NoLongerWanted, StateReason.NoLongerWanted, now);
        }
    }

    // What proved too long for the budget is called off once all that came was heard: its last byte may have come with it.
    private void CallOffTooLong(TimeSpan now)
    {
        foreach (var id in _tooLong)
        {
            if (_byId.TryGetValue(id, out var index))
                CallOff(index, CancelReason.OverBudget, StateReason.OverBudget, now);
        }
        _tooLong.Clear();
    }

    // Calls off attempts that take too long, as failures of their hosts.
    private void CheckTimeouts(TimeSpan now)
    {
        for (var i = _inFlight.Count - 1; i >= 0; i--)
        {
            ref var entry = ref residency.Entry(_inFlight[i]);
            var (status, patience) = TimeLimit(entry.Phase);
            if (!IsOver(entry.Since, patience, now))
                continue;
            transport.Cancel(entry.Id, CancelReason.TimedOut);
            Fail(_inFlight[i], new() { Status = status, Error = TimeOut(status, patience) }, now);

            // What is wanted was gone through before: nobody else will look at the time of this retry.
            WakeAt(entry.RetryAt);
        }
    }

    private bool IsOver(TimeSpan since, double seconds, TimeSpan now)
    {
        var deadline = since + TimeSpan.FromSeconds(seconds);
        if (now < deadline)
            WakeAt(deadline);
        return now >= deadline;
    }

    private static string TimeOut(FetchStatus status, double seconds)
    {
        var what = status switch { FetchStatus.ConnectTimedOut => "no connection", FetchStatus.Stalled => "no further byte", _ => "no first byte" };
        return $"{what} within {seconds} s";
    }

    private (FetchStatus Status, double Seconds) TimeLimit(AttemptPhase phase) => phase switch
    {
        AttemptPhase.Connecting => (FetchStatus.ConnectTimedOut, health.Options.ConnectTimeout),
        AttemptPhase.Answered => (FetchStatus.Stalled, health.Options.StallTimeout),
        _ => (FetchStatus.TimedOut, health.Options.FirstByteTimeout),
    };

    /// <summary>Starts requests, most urgent first. One whose host is full or quiet is passed over, not waited for.</summary>
    public void Start(TimeSpan now)
    {
        MemoryShortage = 0;
        HoldsRetryBack = false;
        var isOrdered = false;
        var window = options.AdaptiveWindow ? Network.Window(_tickSeconds) : double.MaxValue;
        while (_queue.Count > 0 && InFlight < options.MaximumRequests && (_bytesInFlight < window || InFlight < FewestRequests) && MayPace(now))
        {
            if (!isOrdered)
                _queue.Order();
            isOrdered = true;
            var next = _queue.Pop();
            if (!health.IsOpenFor(next.Host, now, out var notBefore) || (IsNetworkRetry(next) && !health.MayRetry(next.Host, now, out notBefore)))
            {
                WakeAt(notBefore);
                continue;
            }
            if (health.InFlight(next.Host) >= options.MaximumRequestsPerHost)
            {
                // What is behind it waits for the same host: the next answer wakes it.
                if (health.Count == 1)
                    break;
                continue;
            }
            if (next.File < 0)
                TryStart(next.Entry, now);
            else
                StartFile(next.Entry, next.File, now);
        }
    }

    /// <summary>A time at which the tick must look again.</summary>
    public void WakeAt(TimeSpan time) => NextDeadline = time < NextDeadline ? time : NextDeadline;

    /// <summary>Until a content has come once more, its requests ask caches to ask the source.</summary>
    public void BypassCaches(int content) => _bypassing.Add(tree.Contents.Key(content));

    /// <summary>Calls a request off.</summary>
    public void CallOff(int index, CancelReason why, StateReason reason, TimeSpan now) => CallOffAt(_inFlight.IndexOf(index), why, reason, now);

    /// <summary>Calls everything off.</summary>
    public void Close(TimeSpan now)
    {
        for (var i = _inFlight.Count - 1; i >= 0; i--)
            CallOffAt(i, CancelReason.Closed, StateReason.NoLongerWanted, now);
    }

    /// <summary>Whether a content may use the headroom: it covers a hole, or replaces finer tiles that can go only once it is here.</summary>
    public bool IsUrgent(in ContentEntry entry)
    {
        if (entry.Class <= DemandClass.Uncovered || residency.DrawableBelow[tree.Contents.Records[entry.Content].Tile] > 0)
            return true;
        foreach (var tile in tree.OtherTilesOf(entry.Content))
        {
            if (residency.DrawableBelow[tile] > 0)
                return true;
        }
        return false;
    }

    /// <summary>The priority below which a share of the requests under way lies: 0.5 for the median; 0 when nothing is under way.</summary>
    public double PriorityInFlight(double share)
    {
        var priorities = _inFlight.ConvertAll(index => residency.Entry(index).Priority);
        priorities.Sort();
        return priorities.Count == 0 ? 0 : priorities[(int)(share * (priorities.Count - 1) + 0.5)];
    }

    // The contents of a document lie beside it, nearly always.
    private int HostOf(int content)
    {
        if (tree.Contents.Folder(content) is not { } folder)
            return health.IndexOf(tree.Contents.Uri(content));
        if (folder != _lastFolder)
            (_lastFolder, _lastHost) = (folder, health.IndexOf(folder));
        return _lastHost;
    }

    private bool MayPace(TimeSpan now)
    {
        // Pacing keeps transfers from running in step; with next to nothing under way there is none to keep step with.
        if (!options.AdaptiveWindow || _paceBytes > 0 || InFlight < FewestRequests)
            return true;
        WakeAt(now + TimeSpan.FromSeconds(-_paceBytes / Network.Pace) + TimeSpan.FromMilliseconds(1));
        return false;
    }

    private bool MayRetry(ref ContentEntry entry, TimeSpan now)
    {
        if (entry.RetryAt == TimeSpan.MaxValue)
            return false;
        if (now < entry.RetryAt)
        {
            WakeAt(entry.RetryAt);
            return false;
        }
        if (entry.NetworkFailures > 0 && !health.MayRetry(entry.Host, now, out var notBefore))
        {
            entry.RetryAt = notBefore;
            WakeAt(notBefore);
            return false;
        }
        return true;
    }

    // Whether the host that is asked has failed the content before: its retry budget pays.
    private bool IsNetworkRetry(in QueuedRequest request)
    {
        ref var entry = ref residency.Entry(request.Entry);
        return request.File < 0 ? entry.NetworkFailures > 0 : entry.FileFailures > 0;
    }

    private void TryStart(int index, TimeSpan now)
    {
        ref var entry = ref residency.Entry(index);
        var charge = sizes.Expected(entry.Content, tree.Contents.Records[entry.Content].ByteLength);
        var isUrgent = IsUrgent(entry);
        if (MayGuessLow && isUrgent && !ledger.Fits(default, charge) && !(sizes.IsMeasured(entry.Content) && ledger.Lacks(charge)))
            charge = new(sizes.KnowsLength(entry.Content) ? charge.Cpu : Math.Min(charge.Cpu, Math.Max(0, ledger.Budget - ledger.Used.Total)), 0, 0);
        if (!MayTake(charge, isUrgent))
        {
            sizes.LearnLength(tree.Contents.Records[entry.Content].ByteLength);

            // Passed over, not waited for: what comes after it may be small, or allowed to use the headroom.
            MemoryShortage = Math.Max(MemoryShortage, charge.Total + Headroom.Total);
            HoldsRetryBack |= entry.NetworkFailures + entry.ParseFailures > 0;
            return;
        }
        ledger.Replace(ref entry.Charge, charge);
        entry.Id = _nextId++;
        entry.BytesFetched = 0;
        entry.Phase = AttemptPhase.Asked;
        entry.Expected = charge.Cpu;
        _bytesInFlight += charge.Cpu;
        _paceBytes -= charge.Cpu;
        if (entry.NetworkFailures > 0)
            health.SpendRetry(entry.Host, now);
        if (entry.NetworkFailures + entry.ParseFailures > 0)
            Retries++;
        residency.Enter(index, ContentState.Fetching, StateReason.Wanted, now);
        _queued.Remove(index);
        _inFlight.Add(index);
        _byId[entry.Id] = index;
        health.Started(entry.Host);
        Requested++;
        PeakInFlight = Math.Max(PeakInFlight, InFlight);
        ref readonly var record = ref tree.Contents.Records[entry.Content];
        WakeAt(now + TimeSpan.FromSeconds(health.Options.FirstByteTimeout));
        transport.Start(new(entry.Id, entry.Content, tree.Contents.Uri(entry.Content), record.Family, record.Format)
        {
            BypassesCaches = _bypassing.Count > 0 && _bypassing.Contains(tree.Contents.Key(entry.Content)),
        });
    }

    /// <summary>
    /// Whether memory lets something start. While geometry is high nothing does but what makes it less or covers a hole; where nothing coarser
    /// could be wanted, the budget alone holds.
    /// </summary>
    public bool MayTake(in MemoryCharge charge, bool isUrgent)
    {
        if (!ledger.Fits(default, charge, isUrgent ? default : Headroom))
            return false;
        if (isUrgent || charge.Geometry == 0 || Headroom == default || !ledger.IsGeometryHigh)
            return true;
        ledger.RefuseForGeometry();
        return false;
    }

    private void Fail(int index, in InboxMessage message, TimeSpan now)
    {
        ref var entry = ref residency.Entry(index);
        // Being told to wait is no failure of the content: it counts as one attempt, however often it is said.
        entry.NetworkFailures = HostHealth.IsAskedToWait(message) ? Math.Max((byte)1, entry.NetworkFailures) : (byte)Math.Min(255, entry.NetworkFailures + 1);
        entry.Error = message.Error;
        var verdict = health.Failed(entry.Host, message.Status, message.HttpStatus, message.RetryAfterSeconds, entry.NetworkFailures, tree.Contents.Key(entry.Content), now);
        entry.RetryAt = verdict.RetryAt;
        ledger.Replace(ref entry.Charge, default);
        Leave(index);
        if (message.Status == FetchStatus.Corrupt)
            BypassCaches(entry.Content);
        residency.Enter(index, ContentState.Failed, ReasonOf(message.Status), now);
        if (verdict.ForGood)
            residency.MarkFailedForGood(entry.Content);
    }

    private void CallOffAt(int at, CancelReason why, StateReason reason, TimeSpan now)
    {
        var index = _inFlight[at];
        ref var entry = ref residency.Entry(index);
        transport.Cancel(entry.Id, why);
        health.Cancelled(entry.Host);
        Cancelled++;
        ledger.Replace(ref entry.Charge, default);
        Leave(index);
        residency.Leave(index, reason, now);
    }

    private void Leave(int index)
    {
        ref var entry = ref residency.Entry(index);
        _byId.Remove(entry.Id);
        _inFlight.Remove(index);
        _bytesInFlight = InFlight == 0 ? 0 : _bytesInFlight - Math.Max(0, entry.Expected - entry.BytesFetched);
    }

    private static StateReason ReasonOf(FetchStatus status) => status switch
    {
        FetchStatus.NotFound => StateReason.NotFound,
        FetchStatus.HttpError => StateReason.HttpError,
        FetchStatus.Truncated => StateReason.Truncated,
        FetchStatus.Corrupt => StateReason.Corrupt,
        FetchStatus.TimedOut => StateReason.TimedOut,
        FetchStatus.Refused => StateReason.Refused,
        FetchStatus.ConnectTimedOut => StateReason.ConnectTimedOut,
        FetchStatus.Stalled => StateReason.Stalled,
        _ => StateReason.NetworkError,
    };

    private static void RemoveAt(List<int> list, int at)
    {
        list[at] = list[^1];
        list.RemoveAt(list.Count - 1);
    }
}
