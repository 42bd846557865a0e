using Lodestream.Presentation;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Diagnostics;

/// <summary>Answers "why?" for a tile, from the last tick's state.</summary>
internal readonly ref struct Explainer(TileTree tree, TileResidency residency, VisibilitySet set, CommitStage commits)
{
    public TileExplanation Why(int tile)
    {
        var index = FirstContent(tile);
        var state = index < 0 ? ContentState.Absent : residency.Entry(index).State;
        var why = index < 0 ? StateReason.None : residency.Entry(index).Reason;
        var retryAt = state == ContentState.Failed ? residency.Entry(index).RetryAt : TimeSpan.MaxValue;
        return new(ReasonOf(tile, index), state, why, DrawnBy(tile), retryAt, index < 0 ? null : residency.Entry(index).Error, IsStale(tile));
    }

    private bool IsStale(int tile)
    {
        foreach (var content in tree.SlotsOf(tile))
        {
            if (residency.Stale.Contains(content))
                return true;
        }
        return false;
    }

    private TileReason ReasonOf(int tile, int index)
    {
        foreach (ref readonly var item in commits.Shown)
        {
            if (item.Region == tile && item.Source == tile)
                return TileReason.Drawn;
        }
        var visit = FindVisit(tile);
        if (visit < 0)
            return SeesAncestorOnCut(tile) ? TileReason.FinerThanWanted : TileReason.NotVisible;
        var flags = set.VisitArray[visit].Flags;
        if ((flags & ~VisitFlags.Passed) == 0)
            return TileReason.FinerThanWanted;
        if ((flags & VisitFlags.Expand) != 0 && index < 0)
            return TileReason.Unexpanded;
        if ((tree.Links[tile].Flags & TileFlags.OutOfCore) != 0)
            return TileReason.OutOfCore;
        if ((tree.Links[tile].Flags & (TileFlags.HasContent | TileFlags.Unexpanded)) == 0)
            return TileReason.NoContent;
        if (residency.Drawable[tile])
            return (flags & VisitFlags.Refined) != 0 && (flags & VisitFlags.Primary) == 0 ? TileReason.Refined : TileReason.WaitingForSiblings;
        if (index < 0)
            return (flags & (VisitFlags.Primary | VisitFlags.Underlay | VisitFlags.Ahead)) == 0 ? TileReason.Refined : TileReason.Waiting;
        ref var entry = ref residency.Entry(index);
        return entry.State switch
        {
            ContentState.Queued => TileReason.Queued,
            ContentState.Fetching => TileReason.Fetching,
            ContentState.Preparing when entry.Files is not null => TileReason.FetchingFiles,
            ContentState.Preparing => entry.AwaitsMemory ? TileReason.WaitingForMemory : TileReason.Preparing,
            ContentState.Ready => TileReason.WaitingForUpload,
            ContentState.Failed => entry.HasFailedForGood ? TileReason.FailedForGood : TileReason.FailedForNow,
            _ => TileReason.Waiting,
        };
    }

    // The tile's first content that has something to tell: one that failed before one that is merely on its way.
    private int FirstContent(int tile)
    {
        var found = -1;
        foreach (var content in tree.SlotsOf(tile))
        {
            var index = residency.Find(content);
            if (index >= 0 && (found < 0 || residency.Entry(index).State == ContentState.Failed))
                found = index;
        }
        return found;
    }

    private int DrawnBy(int tile)
    {
        for (var region = tile; region >= 0; region = tree.Links[region].Parent)
        {
            foreach (ref readonly var item in commits.Shown)
            {
                if (item.Region == region)
                    return item.Source;
            }
        }
        return -1;
    }

    private bool SeesAncestorOnCut(int tile)
    {
        for (var above = tree.Links[tile].Parent; above >= 0; above = tree.Links[above].Parent)
        {
            var visit = FindVisit(above);
            if (visit >= 0)
                return (set.VisitArray[visit].Flags & VisitFlags.Refined) == 0;
        }
        return false;
    }

    private int FindVisit(int tile)
    {
        for (var i = 0; i < set.Count; i++)
        {
            if (set.VisitArray[i].Tile == tile)
                return i;
        }
        return -1;
    }
}
