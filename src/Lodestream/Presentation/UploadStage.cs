using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;

namespace Lodestream.Presentation;

/// <summary>
/// Brings prepared contents to the GPU, most urgent first, as many a tick as their predicted cost allows. Costs are learned from what
/// the host reports; the clock is never read here.
/// </summary>
internal sealed class UploadStage(TileTree tree, TileResidency residency, MemoryLedger ledger, ContentPipeline pipeline, IRenderHost host, UploadGate gate, StreamerOptions options)
{
    private readonly List<int> _acknowledged = [];

    // Milliseconds per byte until a host has reported: 400 MB/s.
    private double _msPerByte = 1 / 400e3;

    /// <summary>Whether prepared contents wait for the next tick's upload budget.</summary>
    public bool HasWork { get; private set; }

    /// <summary>Prepared contents that are kept back because showing them would hide something.</summary>
    public int HeldBack { get; private set; }

    /// <summary>Uploaded contents that were freed at once because showing them would have hidden something, since the start.</summary>
    public long GivenBack { get; private set; }

    /// <summary>Contents whose newer version took their place, since the start.</summary>
    public long SupersededCount { get; private set; }

    /// <summary>Entries whose newer version took their place this tick; the host is to free them after the commit.</summary>
    public List<int> Superseded { get; } = [];

    /// <summary>The host lost what it had: nothing that it acknowledged counts.</summary>
    public void Forget() => _acknowledged.Clear();

    /// <summary>Commands uploads for this tick.</summary>
    /// <param name="set">What is wanted.</param>
    /// <param name="nothingElseMoves">Whether no request and no preparation is under way that could change what is kept back.</param>
    public void Upload(VisibilitySet set, bool nothingElseMoves)
    {
        var spent = 0.0;
        HasWork = false;
        HoldBack(set, nothingElseMoves);
        while (true)
        {
            var index = MostUrgent();
            if (index < 0)
                return;
            ref var entry = ref residency.Entry(index);
            var cost = (entry.Measured.Geometry + entry.Measured.Texture) * _msPerByte;
            if (spent > 0 && spent + cost > options.UploadBudgetMs)
            {
                HasWork = true;
                return;
            }
            spent += Math.Max(cost, 1e-6);
            entry.Uploading = true;
            ref readonly var record = ref tree.Contents.Records[entry.Content];
            host.Upload(new(entry.Content, record.Tile, entry.Id, entry.Prepared));
        }
    }

    /// <summary>The host has a content.</summary>
    public void OnUploaded(in InboxMessage message)
    {
        if (!pipeline.TryFind(message.Id, ContentState.Ready, out var index))
            return;
        ref var entry = ref residency.Entry(index);
        entry.ParseFailures = 0;
        var bytes = entry.Measured.Geometry + entry.Measured.Texture;
        if (bytes > 0 && message.CostMs > 0)
            _msPerByte += (message.CostMs / bytes - _msPerByte) / 8;
        _acknowledged.Add(index);
    }

    /// <summary>
    /// What the host has can be drawn from now on. A content that would hide what is shown, because the cameras want something else than
    /// when its upload was commanded, is given back instead.
    /// </summary>
    /// <param name="set">What is wanted now.</param>
    /// <param name="now">Time of the tick.</param>
    public void TakeIn(VisibilitySet set, TimeSpan now)
    {
        foreach (var index in _acknowledged)
        {
            ref var entry = ref residency.Entry(index);
            if (!pipeline.Ready.Remove(index))
                continue;
            if (entry.ShownRegardless || gate.MayUpload(entry.Content, set))
            {
                ledger.Replace(ref entry.Charge, entry.Charge with { Cpu = 0 });
                TakeIn(index, now);
                continue;
            }
            GiveBack(index, now);
        }
        _acknowledged.Clear();
        foreach (var tile in residency.CompleteWithoutUpload)
            Complete(tile, set, now);
        residency.CompleteWithoutUpload.Clear();
    }

    // A tile lacks nothing any more since its last missing content failed for good, or a family was switched on. If showing it would hide what is shown, what is here of
    // it is given back, as an upload would be.
    private void Complete(int tile, VisibilitySet set, TimeSpan now)
    {
        if (gate.MayComplete(tile, set))
        {
            residency.Update(tile);
            return;
        }
        foreach (var content in tree.SlotsOf(tile))
        {
            var index = residency.Find(content);
            if (index >= 0 && residency.Entry(index).State == ContentState.Resident && !IsDrawnElsewhere(content))
                GiveBack(index, now);
        }
    }

    private bool IsDrawnElsewhere(int content)
    {
        if (residency.Drawable[tree.Contents.Records[content].Tile])
            return true;
        foreach (var tile in tree.OtherTilesOf(content))
        {
            if (residency.Drawable[tile])
                return true;
        }
        return false;
    }

    private void GiveBack(int index, TimeSpan now)
    {
        ref var entry = ref residency.Entry(index);
        entry.AfterRelease = ContentState.Absent;
        residency.Enter(index, ContentState.Releasing, StateReason.WouldHide, now);
        host.Free(entry.Content, entry.Id);
        GivenBack++;
    }

    private void TakeIn(int index, TimeSpan now)
    {
        if (!residency.Entry(index).IsIncoming)
        {
            residency.Enter(index, ContentState.Resident, StateReason.Arrived, now);
            return;
        }
        var replaced = residency.Supersede(index, now);
        if (replaced < 0)
            return;
        Superseded.Add(replaced);
        SupersededCount++;
    }

    /// <summary>The host could not take a content.</summary>
    public void OnUploadFailed(in InboxMessage message, TimeSpan now)
    {
        if (pipeline.TryFind(message.Id, ContentState.Ready, out var index))
            pipeline.FailUpload(index, message.Error, now);
    }

    private void HoldBack(VisibilitySet set, bool nothingElseMoves)
    {
        HeldBack = 0;
        var uploading = false;
        foreach (var index in pipeline.Ready)
        {
            ref var entry = ref residency.Entry(index);
            uploading |= entry.Uploading;
            var wasHeldBack = entry.HeldBack;
            entry.HeldBack = !entry.Uploading && !gate.MayUpload(entry.Content, set);
            if (!entry.HeldBack)
                continue;
            HeldBack++;

            // What was not asked for while it was on its way is asked for once it is known to be kept back: with the next tick.
            HasWork |= !wasHeldBack;
        }
        if (HeldBack == 0 || HeldBack < pipeline.Ready.Count || uploading || !nothingElseMoves)
            return;

        // Nothing will resolve it: what a view waits for is shown rather than kept back for ever.
        foreach (var index in pipeline.Ready)
        {
            ref var entry = ref residency.Entry(index);
            if (!gate.IsWaitedFor(entry.Content, set))
                continue;
            (entry.HeldBack, entry.ShownRegardless) = (false, true);
            HeldBack--;
            return;
        }
    }

    // In the order in which requests go: a root's gain is small, as what it shows gives way to what is finer, and yet it comes first.
    private int MostUrgent()
    {
        var best = -1;
        foreach (var index in pipeline.Ready)
        {
            ref readonly var entry = ref residency.Entry(index);
            if (!entry.Uploading && !entry.HeldBack && (best < 0 || GoesBefore(entry, residency.Entry(best))))
                best = index;
        }
        return best;
    }

    private static bool GoesBefore(in ContentEntry a, in ContentEntry b) => a.Class != b.Class ? a.Class < b.Class : a.Priority > b.Priority;
}
