using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>
/// Gives back what a manifest's entries do not want any more, once its successor is drawn: a few full tiles a pass, so that freeing them is
/// spread over frames, and passes some time apart. Budget eviction goes on beside it, everywhere; this is for what distance has ended.
/// </summary>
internal sealed class TileTeardown(TileTree tree, TileResidency residency, SizeEstimator sizes, OutOfCoreTiles outOfCore, ProximityOptions? options)
{
    private TimeSpan _nextPass;
    private int _full, _meshes;

    /// <summary>Contents given back since the start.</summary>
    public long TornDown { get; private set; }

    /// <summary>When there is something to give back that had to wait; <see cref="TimeSpan.MaxValue"/> when there is nothing.</summary>
    public TimeSpan NextDeadline { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Whether something is given back soon.</summary>
    public bool IsPending => NextDeadline != TimeSpan.MaxValue;

    /// <summary>Entries given back by the last pass; the host is to free them.</summary>
    public List<int> Chosen { get; } = [];

    /// <summary>Goes through what was decided.</summary>
    /// <param name="set">What is wanted.</param>
    /// <param name="now">Time of the tick.</param>
    public void TearDown(VisibilitySet set, TimeSpan now)
    {
        Chosen.Clear();
        NextDeadline = TimeSpan.MaxValue;
        if (options is null || set.Decision is not { Table: not null } decision)
            return;
        var isDue = now >= _nextPass;
        (_full, _meshes) = (0, 0);
        foreach (ref readonly var entry in decision.Entries)
            TearDown(decision, entry, set.FrameId, now, isDue);
        if (Chosen.Count > 0)
            _nextPass = now + TimeSpan.FromSeconds(IsPending ? options.BurstTickInterval : options.UpdateInterval);
        if (IsPending && NextDeadline < _nextPass)
            NextDeadline = _nextPass;
    }

    private void TearDown(ProximityDecision decision, in EntryDecision entry, long frame, TimeSpan now, bool isDue)
    {
        var table = decision.Table!;
        var first = table.FirstRepresentation[entry.Entry];
        var full = table.FirstRepresentation[entry.Entry + 1] - first - 1;

        var tile = ProximityTable.FirstTileOf(tree, decision.Root, entry.Entry);

        // Beyond the query radius the coarsest representation stays, wanted or not: a turn of the head wants it again.
        var keeps = entry.IsOutOfRange ? CoarsestOf(tile, full) : entry.Wanted;
        if (entry.Wanted >= 0 && !residency.IsWhole(TileOf(tile, entry.Wanted)))
            return;
        for (var i = 0; i <= full; i++)
        {
            var current = tile;
            tile = i < full ? tree.LinkArray[tile].FirstChild : tile;
            if (i == keeps || (i == full && entry.AsksForFull))
                continue;
            if ((tree.LinkArray[current].Flags & TileFlags.OutOfCore) != 0)
                TearDownMeshes(current, frame, now, isDue);
            if (!residency.Drawable[current])
                continue;
            var isSuperseded = i < full && entry.Wanted >= 0;
            var until = isSuperseded && entry.Since != TimeSpan.MinValue ? entry.Since + TimeSpan.FromSeconds(options!.SecondaryRepresentationMinDwellSeconds) : TimeSpan.MinValue;
            if (now < until)
                WaitUntil(until);
            else if (!isDue || residency.DrawnFrame[current] >= frame - 1 || (i == full && _full >= options!.MaxTileUnloadsPerUpdate))
                WaitUntil(now);
            else if (GiveBack(current, frame, now) && i == full)
                _full++;
        }
    }

    // Of a tile that is out of core the meshes go first, a few a pass, then the copy they are taken from: that is the tile's own teardown.
    private void TearDownMeshes(int tile, long frame, TimeSpan now, bool isDue)
    {
        var (first, count) = tree.MeshesOf(tile);
        for (var mesh = first; mesh < first + count; mesh++)
        {
            if (!residency.Drawable[mesh])
                continue;
            if (!isDue || residency.DrawnFrame[mesh] >= frame - 1 || _meshes >= options!.OutOfCore.MaxUnloadsPerUpdate)
                WaitUntil(now);
            else if (GiveBack(mesh, frame, now))
                _meshes++;
        }
        if (residency.DrawableBelow[tile] > 0)
            return;
        if (!isDue || _full >= options!.MaxTileUnloadsPerUpdate)
            WaitUntil(now);
        else if (outOfCore.LetGo(tile))
            _full++;
    }

    private bool GiveBack(int tile, long frame, TimeSpan now)
    {
        var any = false;
        foreach (var content in tree.SlotsOf(tile))
        {
            var index = residency.Find(content);
            if (index < 0 || residency.Entry(index).State != ContentState.Resident || IsInUseElsewhere(content, tile, frame))
                continue;
            ref var entry = ref residency.Entry(index);
            sizes.Remember(content, entry.Measured);
            entry.AfterRelease = ContentState.Absent;
            residency.Enter(index, ContentState.Releasing, StateReason.NoLongerWanted, now);
            Chosen.Add(index);
            TornDown++;
            any = true;
        }
        return any;
    }

    // A content that several tiles name stays while another of them was visited.
    private bool IsInUseElsewhere(int content, int tile, long frame)
    {
        var own = tree.Contents.Records[content].Tile;
        if (own != tile && residency.SeenFrame[own] == frame)
            return true;
        foreach (var other in tree.OtherTilesOf(content))
        {
            if (other != tile && residency.SeenFrame[other] == frame)
                return true;
        }
        return false;
    }

    private int CoarsestOf(int tile, int full)
    {
        for (var i = 0; i < full; i++, tile = tree.LinkArray[tile].FirstChild)
        {
            if ((tree.LinkArray[tile].Flags & TileFlags.ContentFailed) == 0)
                return i;
        }
        return EntryDecision.Nothing;
    }

    private int TileOf(int tile, int representation)
    {
        for (; representation > 0; representation--)
            tile = tree.LinkArray[tile].FirstChild;
        return tile;
    }

    private void WaitUntil(TimeSpan time) => NextDeadline = time < NextDeadline ? time : NextDeadline;
}
