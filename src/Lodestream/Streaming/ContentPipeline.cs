using Lodestream.Residency;
using Lodestream.Scene;

namespace Lodestream.Streaming;

/// <summary>
/// Takes fetched contents through preparing: starts and supervises preparations, grants them memory, appends topology, and settles
/// what became of each. Network failures are not its business, nor is the GPU.
/// </summary>
internal sealed partial class ContentPipeline(
    TileTree tree, TileResidency residency, MemoryLedger ledger, SizeEstimator sizes, MemoryFloor floor, RequestScheduler scheduler, IContentPreparer preparer,
    TopologyUnloader unloader, OutOfCoreTiles outOfCore, PreparationLimits? limits, StreamerOptions options)
{
    private readonly Dictionary<long, int> _byTicket = [];
    private readonly List<int> _preparing = [];
    private readonly List<int> _awaitingMemory = [];
    private readonly List<int> _startable = [];
    private readonly Queue<(TileBlockAppend Append, int Entry)> _appends = new();
    private long _nextTicket = 1;

    /// <summary>Contents being prepared.</summary>
    public int Preparing => _preparing.Count;

    /// <summary>Whether topology waits to be placed.</summary>
    public bool HasAppends => _appends.Count > 0;

    /// <summary>Contents prepared and not resident yet, in the order they became ready.</summary>
    public List<int> Ready { get; } = [];

    /// <summary>Whether every preparation waits for memory, and nothing is on its way to the GPU.</summary>
    public bool IsWaitingForMemoryOnly => _preparing.Count == _awaitingMemory.Count + _awaitingFiles.Count && AllHeldBack();

    /// <summary>Bytes a measured content was short of in the last <see cref="GrantMemory"/>; 0 when all were granted.</summary>
    public long MemoryShortage { get; private set; }

    /// <summary>Whether nothing moves here, but for so many prepared contents that are kept back.</summary>
    public bool IsIdleBut(int heldBack) => _preparing.Count == 0 && _appends.Count == 0 && Ready.Count == heldBack;

    /// <summary>A content was fetched: prepare it.</summary>
    public void Prepare(int index, in InboxMessage message, TimeSpan now)
    {
        ref var entry = ref residency.Entry(index);
        ref readonly var record = ref tree.Contents.Records[entry.Content];
        residency.Enter(index, ContentState.Preparing, StateReason.Arrived, now);
        entry.Id = _nextTicket++;
        _byTicket[entry.Id] = index;
        _preparing.Add(index);
        preparer.Start(new(entry.Id, entry.Content, record.Tile, tree.Contents.Uri(entry.Content), record.Format, message.Payload, message.Bytes) { Admission = AdmissionOf(entry), TextureSizes = TextureSizes });
    }

    private TextureSizes? TextureSizes => options.Proximity?.Memory.Textures is { } textures ? new(textures.MediumPixels, textures.MinimumPixels) : null;

    /// <summary>A preparation knows its sizes; it goes on when they fit.</summary>
    public void OnMeasured(in InboxMessage message, TimeSpan now)
    {
        if (!TryFind(message.Id, ContentState.Preparing, out var index))
            return;
        ref var entry = ref residency.Entry(index);
        entry.Measured = new(message.CpuBytes, message.GpuGeometryBytes, message.GpuTextureBytes);
        entry.AwaitsMemory = true;
        if (tree.Contents.Records[entry.Content].Format == ContentFormat.PayloadMesh)
            sizes.LearnMesh(entry.Measured);
        else
            sizes.Learn(entry.Content, entry.BytesFetched, entry.Measured);
        floor.Learn(entry.Content);
        if (ledger.ExceededBy(entry.Measured) is { } exceeded)
        {
            entry.Error = exceeded;
            Abandon(index, CancelReason.OverBudget, StateReason.OverBudget, now);
            return;
        }
        _awaitingMemory.Add(index);
    }

    /// <summary>
    /// Grants measured preparations their memory: at once where all of it is reserved, else most urgent first, as far as the budget goes.
    /// </summary>
    public void GrantMemory(TimeSpan now)
    {
        MemoryShortage = 0;
        for (var i = _awaitingMemory.Count - 1; i >= 0; i--)
        {
            ref var entry = ref residency.Entry(_awaitingMemory[i]);
            if (limits is null && IsReserved(entry))
                Grant(i, now);
        }
        while (limits is not null && MostUrgentThatMayStart(limits, reserved: true) is >= 0 and var next)
            Grant(next, now);
        while (_awaitingMemory.Count > 0)
        {
            var at = limits is null ? MostUrgent(_awaitingMemory) : MostUrgentThatMayStart(limits, reserved: false);
            if (at < 0)
                return;
            ref var entry = ref residency.Entry(_awaitingMemory[at]);
            var spare = scheduler.IsUrgent(entry) ? default : scheduler.Headroom;
            if (!ledger.Fits(entry.Charge, entry.Measured, spare))
            {
                MemoryShortage = entry.Measured.Total - entry.Charge.Total + spare.Total;
                return;
            }
            Grant(at, now);
        }
    }

    private bool IsReserved(in ContentEntry entry) => entry.Measured.Total <= entry.Charge.Total && ledger.Fits(entry.Charge, entry.Measured);

    // Of those for which a decoder is free, the most urgent one's place among those that wait; -1 without.
    private int MostUrgentThatMayStart(PreparationLimits free, bool reserved)
    {
        _startable.Clear();
        foreach (var index in _awaitingMemory)
        {
            ref var entry = ref residency.Entry(index);
            if ((!reserved || IsReserved(entry)) && free.MayStart(entry, _preparing))
                _startable.Add(index);
        }
        return _startable.Count > 0 ? _awaitingMemory.IndexOf(_startable[MostUrgent(_startable)]) : -1;
    }

    private void Grant(int at, TimeSpan now)
    {
        ref var entry = ref residency.Entry(_awaitingMemory[at]);
        ledger.Replace(ref entry.Charge, entry.Measured);
        entry.AwaitsMemory = false;
        entry.Since = now;
        _awaitingMemory.RemoveAt(at);
        scheduler.WakeAt(now + TimeSpan.FromSeconds(PatienceFor(entry)));
        preparer.Proceed(entry.Id);
    }

    /// <summary>A content is decoded.</summary>
    public void OnPrepared(in InboxMessage message, TimeSpan now)
    {
        if (!TryFind(message.Id, ContentState.Preparing, out var index))
            return;
        _preparing.Remove(index);
        residency.Enter(index, ContentState.Ready, StateReason.Arrived, now);
        residency.Entry(index).Prepared = message.Payload;
        residency.Entry(index).Labels = message.Labels;
        Ready.Add(index);
    }

    /// <summary>A content could not be prepared.</summary>
    public void OnPrepareFailed(in InboxMessage message, TimeSpan now)
    {
        if (!TryFind(message.Id, ContentState.Preparing, out var index))
            return;
        residency.Entry(index).Error = message.Error;
        LeavePreparing(index);
        Release(index);

        // What a cache holds would fail again, and for as long as the cache holds it.
        if (!message.Permanent)
            scheduler.BypassCaches(residency.Entry(index).Content);
        FailToParse(index, message.Permanent ? StateReason.Unsupported : StateReason.Undecodable, message.Permanent, now);
    }

    /// <summary>A cancelled preparation or a freed content holds nothing any more.</summary>
    public void OnReleased(in InboxMessage message, TimeSpan now)
    {
        if (!TryFind(message.Id, ContentState.Releasing, out var index))
            return;
        ref var entry = ref residency.Entry(index);
        Release(index);
        if (entry.AfterRelease == ContentState.Absent)
            residency.Leave(index, entry.Reason, now);
        else
            residency.Enter(index, entry.AfterRelease, entry.Reason, now);
    }

    /// <summary>Calls off preparations that take too long: the worker is stuck. Waiting for memory does not count.</summary>
    public void CheckWatchdog(TimeSpan now)
    {
        for (var i = _preparing.Count - 1; i >= 0; i--)
        {
            var index = _preparing[i];
            ref var entry = ref residency.Entry(index);
            if (entry.AwaitsMemory || entry.Files is not null)
                continue;
            var patience = PatienceFor(entry);
            var deadline = entry.Since + TimeSpan.FromSeconds(patience);
            if (now < deadline)
            {
                scheduler.WakeAt(deadline);
                continue;
            }
            preparer.Cancel(entry.Id, CancelReason.TimedOut);
            entry.Error = $"preparing took more than {patience} s";
            _preparing.RemoveAt(i);
            CountParseFailure(ref entry, false, now);
            entry.AfterRelease = ContentState.Failed;
            residency.Enter(index, ContentState.Releasing, StateReason.Stuck, now);
        }
    }

    /// <summary>Calls off a preparation that is not wanted any more or cannot have its memory.</summary>
    public void CallOff(int index, CancelReason why, StateReason reason, TimeSpan now)
    {
        ref var entry = ref residency.Entry(index);
        scheduler.CallOffFiles(index, why);
        preparer.Cancel(entry.Id, why);
        LeavePreparing(index);

        // It may be asked for again at once.
        (entry.AfterRelease, entry.RetryAt) = (ContentState.Absent, now);
        residency.Enter(index, ContentState.Releasing, reason, now);
    }

    /// <summary>
    /// Memory is short, nothing can be evicted and nothing is under way: of the preparations that wait for memory all but the most urgent
    /// give back what they hold. Their sizes are known now; they are not fetched again before they fit.
    /// </summary>
    public void GiveWay(TimeSpan now)
    {
        while (_awaitingMemory.Count > 1)
        {
            var keep = _awaitingMemory[MostUrgent(_awaitingMemory)];
            var at = _awaitingMemory[^1] == keep ? _awaitingMemory.Count - 2 : _awaitingMemory.Count - 1;
            ref var entry = ref residency.Entry(_awaitingMemory[at]);
            sizes.Remember(entry.Content, entry.Measured);
            CallOff(_awaitingMemory[at], CancelReason.GaveWay, StateReason.OverBudget, now);
        }
        GiveWayOfFiles(now);
    }

    // No retry can help: the content counts as failed for good as soon as its memory is back.
    private void Abandon(int index, CancelReason why, StateReason reason, TimeSpan now)
    {
        CallOff(index, why, reason, now);
        ref var entry = ref residency.Entry(index);
        (entry.AfterRelease, entry.RetryAt) = (ContentState.Failed, TimeSpan.MaxValue);
        residency.MarkFailedForGood(entry.Content);
    }

    /// <summary>The GPU lost everything: what was resident or being uploaded is absent.</summary>
    public void OnContextLost(TimeSpan now)
    {
        for (var index = 0; index < residency.EntryCount; index++)
        {
            ref var entry = ref residency.Entry(index);
            var isLost = entry.State == ContentState.Resident || (entry.State == ContentState.Ready && entry.Uploading);
            if (entry.State == ContentState.Ready && entry.Uploading)
                Ready.Remove(index);
            if (!isLost || tree.Contents.Records[entry.Content].Format == ContentFormat.Tileset)
                continue;
            Release(index);
            residency.Leave(index, StateReason.ContextLost, now);
        }
    }

    /// <summary>Evicted contents are not about to be uploaded any more.</summary>
    public void Forget(List<int> evicted)
    {
        if (evicted.Count > 0)
            Ready.RemoveAll(index => residency.Entry(index).State != ContentState.Ready);
    }

    /// <summary>The budget was raised: what did not fit may fit now.</summary>
    public void ForgiveOverBudget(TimeSpan now)
    {
        for (var index = 0; index < residency.EntryCount; index++)
        {
            ref var entry = ref residency.Entry(index);
            if (!entry.HasFailedForGood || entry.Reason != StateReason.OverBudget)
                continue;
            ClearFailedForGood(entry);
            entry.RetryAt = now;
            residency.Leave(index, StateReason.None, now);
        }
    }

    /// <summary>What a content failed with says nothing about it any more: its source has changed.</summary>
    public void Forgive(int index, TimeSpan now)
    {
        ref var entry = ref residency.Entry(index);
        if (entry.RetryAt == TimeSpan.MaxValue)
            ClearFailedForGood(entry);
        (entry.ParseFailures, entry.NetworkFailures, entry.FileFailures, entry.RetryAt) = (0, 0, 0, now);
        if (entry.State == ContentState.Failed)
            residency.Enter(index, ContentState.Absent, StateReason.Superseded, now);
        else if (entry.State == ContentState.Releasing)
            entry.AfterRelease = ContentState.Absent;
    }

    /// <summary>Calls every preparation off.</summary>
    public void Close(TimeSpan now)
    {
        for (var i = _preparing.Count - 1; i >= 0; i--)
            CallOff(_preparing[i], CancelReason.Closed, StateReason.None, now);
    }

    /// <summary>Calls every preparation off but topology's.</summary>
    public void CallOffContents(TimeSpan now)
    {
        for (var i = _preparing.Count - 1; i >= 0; i--)
        {
            if (tree.Contents.Records[residency.Entry(_preparing[i]).Content].Format != ContentFormat.Tileset)
                CallOff(_preparing[i], CancelReason.NoLongerWanted, StateReason.NoLongerWanted, now);
        }
    }

    /// <summary>Preparations that wait for memory or for files and that nothing wants any more give way.</summary>
    public void DropUnwanted(long frame, TimeSpan now)
    {
        for (var i = _awaitingMemory.Count - 1; i >= 0; i--)
        {
            var index = _awaitingMemory[i];
            if (residency.Entry(index).WantedFrame != frame)
                CallOff(index, CancelReason.NoLongerWanted, StateReason.NoLongerWanted, now);
        }
        for (var i = _awaitingFiles.Count - 1; i >= 0; i--)
        {
            var index = _awaitingFiles[i];
            if (residency.Entry(index).WantedFrame != frame)
                CallOff(index, CancelReason.NoLongerWanted, StateReason.NoLongerWanted, now);
        }
    }

    /// <summary>A prepared content failed at the host.</summary>
    public void FailUpload(int index, string? error, TimeSpan now)
    {
        ref var entry = ref residency.Entry(index);
        entry.Error = error;
        Ready.Remove(index);
        Release(index);
        FailToParse(index, StateReason.UploadFailed, false, now);
    }

    /// <summary>The entry a ticket belongs to, if it is in the state in which that answer means something.</summary>
    public bool TryFind(long ticket, ContentState state, out int index) =>
        _byTicket.TryGetValue(ticket, out index) && residency.Entry(index).State == state;

    // What a newer version failed with says nothing about the one that is here, or that failed, before it.
    private void ClearFailedForGood(in ContentEntry entry)
    {
        if (!entry.IsIncoming)
            residency.ClearFailedForGood(entry.Content);
    }

    private bool AllHeldBack()
    {
        foreach (var index in Ready)
        {
            if (!residency.Entry(index).HeldBack)
                return false;
        }
        return true;
    }

    private void LeavePreparing(int index)
    {
        _preparing.Remove(index);
        _awaitingMemory.Remove(index);
        _awaitingFiles.Remove(index);
    }

    // Ends what a ticket stood for: its memory is free, its answers mean nothing any more.
    private void Release(int index)
    {
        ref var entry = ref residency.Entry(index);
        _byTicket.Remove(entry.Id);
        ledger.Replace(ref entry.Charge, default);
    }

    private void FailToParse(int index, StateReason reason, bool forGood, TimeSpan now)
    {
        ref var entry = ref residency.Entry(index);
        CountParseFailure(ref entry, forGood, now);
        residency.Enter(index, ContentState.Failed, reason, now);
    }

    private void CountParseFailure(ref ContentEntry entry, bool forGood, TimeSpan now)
    {
        entry.ParseFailures = (byte)Math.Min(255, entry.ParseFailures + 1);
        forGood |= entry.ParseFailures >= options.MaximumParseAttempts;
        var wait = Math.Min(options.LongestParseBackoffSeconds, options.FirstParseBackoffSeconds * (1 << Math.Min(entry.ParseFailures - 1, 10)));
        entry.RetryAt = forGood ? TimeSpan.MaxValue : now + TimeSpan.FromSeconds(wait);
        if (forGood)
            residency.MarkFailedForGood(entry.Content);
    }

    private int MostUrgent(List<int> indices)
    {
        var best = 0;
        for (var i = 1; i < indices.Count; i++)
        {
            ref var a = ref residency.Entry(indices[i]);
            ref var b = ref residency.Entry(indices[best]);
            var (urgentA, urgentB) = (scheduler.IsUrgent(a), scheduler.IsUrgent(b));
            if (urgentA != urgentB)
            {
                if (urgentA)
                    best = i;
                continue;
            }
            if (a.Priority > b.Priority || (a.Priority == b.Priority && tree.Contents.Key(a.Content) < tree.Contents.Key(b.Content)))
                best = i;
        }
        return best;
    }
}
