using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Presentation;

/// <summary>
/// Keeps an upload back that would make something shown disappear. A maskless tile, or an ADD tile with content, that is not here yet
/// lets an ancestor cover it whole; if something below it is shown already, because nothing covered it so far, the ancestor's coming
/// would hide that. The planner avoids the case; shared contents, late answers and guesses bring it about all the same.
/// </summary>
internal sealed class UploadGate(TileTree tree, TileResidency residency, bool hostHasMasks)
{
    private int _content;

    /// <summary>Whether a content may be uploaded now.</summary>
    public bool MayUpload(int content, VisibilitySet set)
    {
        _content = content;
        if (!MayShow(tree.Contents.Records[content].Tile, set))
            return false;
        foreach (var tile in tree.OtherTilesOf(content))
        {
            if (!MayShow(tile, set))
                return false;
        }
        return true;
    }

    /// <summary>Whether a tile may be shown whose contents are here.</summary>
    public bool MayComplete(int tile, VisibilitySet set)
    {
        _content = -1;
        return MayShow(tile, set);
    }

    /// <summary>Whether a view wants a tile that only waits for the content.</summary>
    public bool IsWaitedFor(int content, VisibilitySet set)
    {
        foreach (ref readonly var visit in set.Visits)
        {
            if (IsToBeDrawn(visit.Flags) && !residency.Drawable[visit.Tile] && tree.SlotsOf(visit.Tile).Contains(content))
                return true;
        }
        return false;
    }

    // Underlay that is refined covers for others only.
    private static bool IsToBeDrawn(VisitFlags flags) =>
        (flags & VisitFlags.Primary) != 0 || (flags & (VisitFlags.Underlay | VisitFlags.Refined)) == VisitFlags.Underlay;

    // What is drawn already is drawn on, from a newer version.
    private bool MayShow(int tile, VisibilitySet set) => residency.Drawable[tile] || (!WouldHide(tile, set) && !WouldBeHidden(tile));

    // The tile would cover from now on, and a gate below it has something shown behind it.
    private bool WouldHide(int tile, VisibilitySet set)
    {
        ref readonly var links = ref tree.LinkArray[tile];
        return residency.DrawableBelow[tile] > 0 && !residency.Drawable[tile] && (links.Flags & TileFlags.Add) == 0 && !IsCovered(tile) && !IsWantedItself(tile, set)
            && (IsOpenGate(tile) || HasOpenGateBelow(tile));
    }

    // An ancestor that would cover is being uploaded, and a gate is between.
    private bool WouldBeHidden(int tile)
    {
        var gated = false;
        for (var above = tree.LinkArray[tile].Parent; above > TileTree.SceneRoot; above = tree.LinkArray[above].Parent)
        {
            if (residency.Drawable[above])
                return false;
            if (gated && IsUploading(above))
                return true;
            gated |= IsGate(above);
        }
        return false;
    }

    private bool HasOpenGateBelow(int tile)
    {
        ref readonly var links = ref tree.LinkArray[tile];
        for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
        {
            if (residency.Drawable[child] || residency.DrawableBelow[child] == 0)
                continue;
            if (IsOpenGate(child) || HasOpenGateBelow(child))
                return true;
        }
        return false;
    }

    private bool IsOpenGate(int tile) => residency.DrawableBelow[tile] > 0 && IsGate(tile) && !(tree.LinkArray[tile].CanMask(hostHasMasks) && Names(tile));

    // An ADD tile that shares the content becomes drawable with it: it is shown, and what is below it stays.
    private bool Names(int tile) => tree.SlotsOf(tile).Contains(_content);

    private bool IsGate(int tile) => tree.LinkArray[tile].Gates(hostHasMasks);

    private bool IsCovered(int tile)
    {
        for (var above = tree.LinkArray[tile].Parent; above >= 0; above = tree.LinkArray[above].Parent)
        {
            if (residency.Drawable[above])
                return (tree.LinkArray[above].Flags & TileFlags.Add) == 0;
        }
        return false;
    }

    private static bool IsWantedItself(int tile, VisibilitySet set)
    {
        foreach (ref readonly var visit in set.Visits)
        {
            if (visit.Tile == tile)
                return (visit.Flags & VisitFlags.Refined) == 0 && visit.Flags != VisitFlags.None;
        }
        return false;
    }

    private bool IsUploading(int tile)
    {
        foreach (var content in tree.SlotsOf(tile))
        {
            var index = residency.Find(content);
            if (index >= 0 && residency.Entry(index).Uploading)
                return true;
        }
        return false;
    }
}
