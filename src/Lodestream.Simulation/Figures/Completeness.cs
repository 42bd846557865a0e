using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Runs;

namespace Lodestream.Simulation.Figures;

/// <summary>Whether what is drawn is what is wanted.</summary>
internal static class Completeness
{
    /// <summary>
    /// Each tile that is wanted in its own region and has something to draw is drawn there, and besides only what draws the parts that are left to
    /// a tile above.
    /// </summary>
    public static bool Is(TileTree tree, VisibilitySet set, Screen screen)
    {
        var drawn = 0;
        foreach (ref readonly var visit in set.Visits)
        {
            if ((visit.Flags & VisitFlags.Expand) != 0)
                return false;
            var shows = screen.TryGet(visit.Tile, out var item);
            drawn += shows ? 1 : 0;
            var hasContent = (tree.Links[visit.Tile].Flags & TileFlags.HasContent) != 0;
            if (IsWantedThere(visit.Flags) ? hasContent && (!shows || item.Source != visit.Tile) : shows && !DrawsWhatIsLeft(tree, set, visit, item))
                return false;
        }
        return drawn == screen.Count;
    }

    // Underlay that is refined is wanted for what no finer tile is.
    private static bool IsWantedThere(VisitFlags flags) =>
        (flags & VisitFlags.Primary) != 0 || (flags & (VisitFlags.Underlay | VisitFlags.Refined)) == VisitFlags.Underlay;

    // All children in view that the item draws itself are left to it, and it is as fine as what is wanted above them.
    private static bool DrawsWhatIsLeft(TileTree tree, VisibilitySet set, in Visit visit, in Presentation.DrawItem item)
    {
        if ((visit.Flags & VisitFlags.Refined) == 0)
            return false;
        for (var c = visit.FirstChild; c < visit.FirstChild + visit.ChildCount; c++)
        {
            var bit = set.Visits[c].Tile - tree.Links[visit.Tile].FirstChild;
            if ((item.ChildMask >> (bit & 7) & 1) == 0 && !IsLeft(set, c))
                return false;
        }
        var wanted = visit;
        while (wanted.Parent >= 0 && (wanted.Flags & (VisitFlags.Primary | VisitFlags.Underlay)) == 0)
            wanted = set.Visits[wanted.Parent];
        return wanted.Parent >= 0 && tree.Links[item.Source].Level >= tree.Links[wanted.Tile].Level;
    }

    private static bool IsLeft(VisibilitySet set, int at)
    {
        ref readonly var visit = ref set.Visits[at];
        if (visit.Flags is not (VisitFlags.None or VisitFlags.Refined))
            return false;
        for (var c = visit.FirstChild; c < visit.FirstChild + visit.ChildCount; c++)
        {
            if (!IsLeft(set, c))
                return false;
        }
        return true;
    }
}
