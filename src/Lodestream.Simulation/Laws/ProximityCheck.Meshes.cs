using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Simulation.Laws;

/// <summary>The second tier: of tiles that are streamed mesh by mesh, the meshes in view are wanted, and no others.</summary>
internal sealed partial class ProximityCheck
{
    private bool IsParted(int tile) => (tree.Links[tile].Flags & TileFlags.OutOfCore) != 0;

    // What stands for the meshes of a tile.
    private bool IsOfMeshes(int tile) => tree.Links[tile].Parent >= 0 && IsParted(tree.Links[tile].Parent);

    // A full tile whose payload is in main memory is here, whatever of it can be drawn.
    private bool IsHere(int fullTile) => tiles.IsDrawable(fullTile) || IsParted(fullTile);

    private void CheckMeshes(ReadOnlySpan<Visit> visits, Dictionary<int, int> visitOf, ProximityTable table, ReadOnlySpan<View> views, Action<int, string> fail)
    {
        foreach (ref readonly var visit in visits)
        {
            if (!IsParted(visit.Tile))
                continue;
            if ((visit.Flags & VisitFlags.Primary) != 0)
                fail(visit.Tile, "it is wanted as one drawable, and is streamed mesh by mesh");
            if ((visit.Flags & VisitFlags.Refined) == 0)
                continue;
            var (root, isShared) = (tree.Links[tree.Links[visit.Tile].FirstChild], table.IsShared[ProximityTable.EntryOf(tree, visit.Tile)]);
            for (var mesh = root.FirstChild; mesh < root.FirstChild + root.ChildCount; mesh++)
            {
                var isWanted = visitOf.TryGetValue(mesh, out var at) && (visits[at].Flags & VisitFlags.Primary) != 0;
                var volume = tree.Volume(mesh);
                if (isWanted && !isShared && !IsSeen(views, volume, surely: false, options.OutOfCore.FrustumGatePadding))
                    fail(mesh, "it is a mesh out of view, and wanted");
                if (!isWanted && (isShared || IsSeen(views, volume, surely: true, options.OutOfCore.FrustumGatePadding)))
                    fail(mesh, "it is a mesh in view of a tile that is wanted, and is not wanted");
            }
        }
    }
}
