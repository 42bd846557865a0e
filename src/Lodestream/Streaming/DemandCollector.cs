using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>
/// Works out what a frame's visibility set wants that is not here: the wanted tiles' contents, topology to expand, and those ancestors
/// that cover for what is missing. Where a tile cannot carry a mask, its children come all together and after it.
/// </summary>
internal sealed class DemandCollector(TileTree tree, TileResidency residency, bool hostHasMasks, int fillInFrom)
{
    [Flags]
    private enum Facts : byte
    {
        None = 0,

        /// <summary>The tile or an ancestor of it can be drawn.</summary>
        Covered = 1,

        /// <summary>A maskless ancestor is on its way: nothing below it is asked for.</summary>
        Held = 2,

        /// <summary>An ancestor was asked for, to cover.</summary>
        CoverAsked = 4,

        /// <summary>The ancestor that covers gives way only when everything below it, in view or not, can be drawn.</summary>
        Gated = 8,

        /// <summary>The nearest tile at or above that is wanted, or one between, can be drawn.</summary>
        Kept = 16,
    }

    private Facts[] _facts = new Facts[256];
    private int[] _missing = [];
    private long _frame;

    /// <summary>Fills the list with what is wanted and not here.</summary>
    public void Collect(long frame, VisibilitySet set, DemandList demands)
    {
        _frame = frame;
        demands.Clear();
        if (_facts.Length < set.Count)
            _facts = new Facts[Math.Max(set.Count, _facts.Length * 2)];
        var visits = set.VisitArray;
        var drawable = residency.Drawable;
        for (var i = 0; i < set.Count; i++)
        {
            ref readonly var visit = ref visits[i];
            var facts = visit.Parent < 0 ? Facts.None : _facts[visit.Parent];
            if (visit.Flags == VisitFlags.None)
            {
                LeaveToAncestors(visit.Tile, facts);
                _facts[i] = facts;
                continue;
            }
            residency.SeenFrame[visit.Tile] = _frame;
            if ((visit.Flags & (VisitFlags.Primary | VisitFlags.Underlay)) != 0)
                facts &= ~Facts.Kept;
            if (drawable[visit.Tile])
                facts = (facts | Facts.Covered | Facts.Kept) & ~Facts.Gated;
            if ((facts & Facts.Held) == 0 && (!drawable[visit.Tile] || tree.LinkArray[visit.Tile].SlotCount > 1 || (visit.Flags & VisitFlags.Refined) != 0))
                facts = Ask(set, visit, i, facts, demands);
            if ((visit.Flags & VisitFlags.Refined) == 0 && !drawable[visit.Tile])
                KeepStandIns(visit.Tile);
            _facts[i] = facts;
        }
        if (demands.Count >= fillInFrom)
            AskForFillIns(set, demands);
        if (residency.Stale.Count > 0)
            AskForNewer(set, demands);
    }

    // Nothing is wanted of the tile itself. What is here of it shows while what is wanted above it is not, and may go then.
    private void LeaveToAncestors(int tile, Facts above)
    {
        if ((above & Facts.Kept) != 0)
            return;
        residency.SeenFrame[tile] = _frame;
        if (!residency.Drawable[tile])
            KeepStandIns(tile);
    }

    // Newer versions of what is drawn come after everything that is missing: what is stale shows something.
    private void AskForNewer(VisibilitySet set, DemandList demands)
    {
        for (var i = 0; i < set.Count; i++)
        {
            var tile = set.VisitArray[i].Tile;
            foreach (var content in tree.SlotsOf(tile))
            {
                if (residency.Stale.Contains(content) && residency.Enabled.Contains(tree.Contents.RecordArray[content].Family) && !IsOnItsWay(residency.FindIncoming(content)))
                    demands.Add(content, tile, i, DemandClass.Optional, fillsIn: false);
            }
        }
    }

    private bool IsOnItsWay(int index) => index >= 0 && residency.Entry(index).State is ContentState.Ready or ContentState.Releasing;

    // Where much is missing below one tile, that tile is worth its bytes: it shows for all of them until they come.
    private void AskForFillIns(VisibilitySet set, DemandList demands)
    {
        if (_missing.Length < set.Count)
            _missing = new int[Math.Max(set.Count, _missing.Length * 2)];
        Array.Clear(_missing, 0, set.Count);
        var visits = set.VisitArray;
        for (var i = set.Count - 1; i > 0; i--)
        {
            ref readonly var visit = ref visits[i];
            if (residency.Drawable[visit.Tile])
                continue;
            if ((visit.Flags & VisitFlags.Primary) != 0)
                _missing[i]++;
            _missing[visit.Parent] += _missing[i];
        }
        for (var i = 1; i < set.Count; i++)
        {
            ref readonly var visit = ref visits[i];
            ref readonly var links = ref tree.LinkArray[visit.Tile];
            if (_missing[i] >= fillInFrom && (_facts[i] & (Facts.Covered | Facts.Held)) == Facts.Covered && (visit.Flags & (VisitFlags.Refined | VisitFlags.Primary | VisitFlags.Underlay)) == VisitFlags.Refined
                && !residency.Drawable[visit.Tile] && links.HasLiveContent && links.CanMask(hostHasMasks) && (links.Flags & (TileFlags.Add | TileFlags.Root)) == 0 && !WillNotCome(visit.Tile))
                AskForSlots(visit.Tile, i, DemandClass.Refinement, topology: false, demands, fillsIn: true);
        }
    }

    private Facts Ask(VisibilitySet set, in Visit visit, int at, Facts facts, DemandList demands)
    {
        var tile = visit.Tile;
        ref readonly var links = ref tree.LinkArray[tile];
        if ((visit.Flags & VisitFlags.Expand) != 0)
            AskForSlots(tile, at, UrgencyOf(facts), topology: true, demands);
        if (IsWantedForItself(visit.Flags) || (residency.Drawable[tile] && (visit.Flags & VisitFlags.Underlay) != 0))
            AskForSlots(tile, at, UrgencyOf(facts), topology: false, demands);
        else if ((visit.Flags & VisitFlags.Ahead) != 0)
            AskForSlots(tile, at, DemandClass.Prefetch, topology: false, demands);
        if ((visit.Flags & VisitFlags.Refined) == 0)
            return facts;

        // While an ancestor that would cover is on its way, nothing is asked for that could be shown before it and not beside it.
        if ((facts & (Facts.Covered | Facts.CoverAsked)) == Facts.CoverAsked && links.Gates(hostHasMasks))
            facts |= Facts.Held;
        if (links.IsAddWithContent)
            return facts;
        if (links.HasLiveContent && !residency.Drawable[tile] && (visit.Flags & VisitFlags.Passed) == 0)
            facts = AskForAncestor(set, visit, at, facts, demands);
        if ((!links.CanMask(hostHasMasks) || (facts & Facts.Gated) != 0) && (facts & (Facts.Covered | Facts.Held)) == Facts.Covered)
        {
            AskForCulledChildren(visit, at, facts, demands);
            facts |= Facts.Gated;
        }
        return facts;
    }

    // An ancestor is wanted only for what it covers, and a root always: everything falls back on it.
    private Facts AskForAncestor(VisibilitySet set, in Visit visit, int at, Facts facts, DemandList demands)
    {
        var tile = visit.Tile;
        ref readonly var links = ref tree.LinkArray[tile];
        var passedOver = WillNotCome(tile);
        if (!links.CanMask(hostHasMasks) || (facts & Facts.Gated) != 0)
        {
            // Children may be drawn without their parent only all together. So that they never have to give way again, they are not
            // asked for before the parent is here or has failed, and a parent that was passed over is not asked for any more.
            if (passedOver || residency.DrawableBelow[tile] > 0)
                return AskForLeft(set, visit, at, facts, demands);
            AskForSlots(tile, at, UrgencyOf(facts), topology: false, demands);
            return facts | Facts.Held;
        }

        // One that failed is passed over where its coming later would hide what was shown meanwhile.
        if (passedOver && ((links.Flags & TileFlags.GatedBelow) != 0 || !hostHasMasks))
            return AskForLeft(set, visit, at, facts, demands);
        var isAlwaysWanted = (links.Flags & TileFlags.Root) != 0 || (visit.Flags & VisitFlags.Underlay) != 0;
        if (!isAlwaysWanted && (facts & (Facts.Covered | Facts.CoverAsked)) != 0)
            return facts;
        AskForSlots(tile, at, (facts & Facts.Covered) != 0 ? DemandClass.Refinement : DemandClass.Cover, topology: false, demands);
        return passedOver ? facts : facts | Facts.CoverAsked;
    }

    // What was left to a tile that is passed over has to come by itself.
    private Facts AskForLeft(VisibilitySet set, in Visit visit, int at, Facts facts, DemandList demands)
    {
        for (var child = visit.FirstChild; child < visit.FirstChild + visit.ChildCount; child++)
        {
            if (set.VisitArray[child].Flags == VisitFlags.None)
                AskForUnseen(set.VisitArray[child].Tile, at, demands);
        }
        return facts;
    }

    // A tile that gates is replaced by all below it at once, what is out of view included: it may come into view in the next frame.
    private void AskForCulledChildren(in Visit visit, int at, Facts facts, DemandList demands)
    {
        ref readonly var links = ref tree.LinkArray[visit.Tile];
        if (visit.ChildCount == links.ChildCount || (visit.ChildCount == 0 && (facts & Facts.Gated) == 0))
            return;
        for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
            AskForUnseen(child, at, demands);
    }

    private void AskForUnseen(int tile, int at, DemandList demands)
    {
        ref readonly var links = ref tree.LinkArray[tile];
        residency.SeenFrame[tile] = _frame;
        if (residency.Drawable[tile])
            return;
        if (links.HasLiveContent)
        {
            AskForSlots(tile, at, DemandClass.Refinement, topology: false, demands);
            KeepStandIns(tile);
        }
        else if ((links.Flags & TileFlags.Unexpanded) != 0)
            AskForSlots(tile, at, DemandClass.Refinement, topology: true, demands);
        else
        {
            for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
                AskForUnseen(child, at, demands);
        }
    }

    // What stands below a wanted tile that is not here fills in for it, and lets a gating ancestor give way: it counts as seen, topology
    // without anything to draw included.
    private void KeepStandIns(int tile)
    {
        ref readonly var links = ref tree.LinkArray[tile];
        if (residency.DrawableBelow[tile] == 0 && links.HasLiveContent)
            return;
        for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
        {
            residency.SeenFrame[child] = _frame;
            if (!residency.Drawable[child])
                KeepStandIns(child);
        }
    }

    private void AskForSlots(int tile, int at, DemandClass urgency, bool topology, DemandList demands, bool fillsIn = false)
    {
        ref readonly var links = ref tree.LinkArray[tile];
        for (var slot = links.FirstSlot; slot < links.FirstSlot + links.SlotCount; slot++)
        {
            var content = tree.SlotArray[slot];
            ref readonly var record = ref tree.Contents.RecordArray[content];
            if (record.Format == ContentFormat.Tileset != topology || (!topology && !residency.Enabled.Contains(record.Family)))
                continue;
            if (residency.StateOf(content) is ContentState.Resident or ContentState.Ready or ContentState.Releasing)
                continue;
            demands.Add(content, tile, at, topology || residency.Required.Contains(record.Family) ? urgency : DemandClass.Optional, fillsIn);
        }
    }

    // It failed, it is kept back because showing it would hide something, or all of it is of families that are off: nothing waits for it.
    private bool WillNotCome(int tile)
    {
        var isAnyOn = false;
        foreach (var content in tree.SlotsOf(tile))
        {
            var index = residency.Find(content);
            if (index >= 0 && (residency.Entry(index).State == ContentState.Failed || residency.Entry(index).HeldBack))
                return true;
            ref readonly var record = ref tree.Contents.RecordArray[content];
            isAnyOn |= record.Format != ContentFormat.Tileset && residency.Enabled.Contains(record.Family);
        }
        return !isAnyOn;
    }

    // Underlay that is refined is an ancestor that is always wanted.
    private static bool IsWantedForItself(VisitFlags flags) =>
        (flags & VisitFlags.Primary) != 0 || (flags & (VisitFlags.Underlay | VisitFlags.Refined)) == VisitFlags.Underlay;

    private static DemandClass UrgencyOf(Facts facts) => (facts & Facts.Covered) != 0 ? DemandClass.Refinement : DemandClass.Uncovered;
}
