using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Runs;

namespace Lodestream.Simulation.Figures;

/// <summary>Whether what is drawn is what is wanted.</summary>
internal static class Completeness
{
    /// <summary>Each wanted tile that has something to draw draws it in its own region, and nothing else is drawn.</summary>
    public static bool Is(TileTree tree, VisibilitySet set, Screen screen)
    {
        var wanted = 0;
        foreach (ref readonly var visit in set.Visits)
        {
            if ((visit.Flags & VisitFlags.Expand) != 0)
                return false;
            if ((visit.Flags & VisitFlags.Primary) == 0 || (tree.Links[visit.Tile].Flags & TileFlags.HasContent) == 0)
                continue;
            wanted++;
            if (!screen.TryGet(visit.Tile, out var item) || item.Source != visit.Tile)
                return false;
        }
        return wanted == screen.Count;
    }
}
