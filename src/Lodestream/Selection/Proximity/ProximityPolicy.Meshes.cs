using Lodestream.Scene;

namespace Lodestream.Selection;

/// <summary>The second tier: of full tiles that are wanted and out of core, the meshes in view.</summary>
public sealed partial class ProximityPolicy
{
    private int[] _parted = new int[16];
    private int _partedCount;

    // What a visit of a full tile comes to where its meshes are in the tree: it is opened where it is wanted, and never fetched.
    private void Part(TileTree tree, VisibilitySet set, int at)
    {
        ref var visit = ref set.VisitArray[at];
        if ((tree.LinkArray[visit.Tile].Flags & TileFlags.OutOfCore) == 0)
            return;
        if ((visit.Flags & VisitFlags.Primary) == 0)
        {
            visit.Flags = VisitFlags.Passed;
            return;
        }
        visit.Flags = VisitFlags.Refined;
        if (_partedCount == _parted.Length)
            Array.Resize(ref _parted, _partedCount * 2);
        _parted[_partedCount++] = at;
    }

    // Breadth first, after all chains: what stands for the meshes of each tile, then the meshes.
    private void VisitMeshes(TileTree tree, VisibilitySet set)
    {
        var first = set.Count;
        for (var i = 0; i < _partedCount; i++)
        {
            ref var full = ref set.VisitArray[_parted[i]];
            (full.FirstChild, full.ChildCount) = (set.Count, 1);
            AddMeshVisit(tree, set, tree.LinkArray[full.Tile].FirstChild, _parted[i], full.Views, VisitFlags.Refined);
        }
        for (var at = first; at < first + _partedCount; at++)
        {
            ref readonly var root = ref tree.LinkArray[set.VisitArray[at].Tile];
            var isShared = _index!.Table.IsShared[tree.NoteOf(set.VisitArray[at].Tile) - 1];
            var from = set.Count;
            for (var mesh = root.FirstChild; mesh < root.FirstChild + root.ChildCount; mesh++)
            {
                var views = isShared ? _search.AllViews : _search.ViewsOfMesh(tree, mesh);
                if (views != 0 || isShared)
                    AddMeshVisit(tree, set, mesh, at, views, VisitFlags.Primary);
            }
            set.Touched += root.ChildCount;
            (set.VisitArray[at].FirstChild, set.VisitArray[at].ChildCount) = (from, set.Count - from);
        }
        _partedCount = 0;
    }

    private void AddMeshVisit(TileTree tree, VisibilitySet set, int tile, int parent, ushort views, VisitFlags flags)
    {
        if (set.Count == set.VisitArray.Length)
            set.Grow();
        ref var visit = ref set.VisitArray[set.Count++];
        (visit.Tile, visit.Parent, visit.FirstChild, visit.ChildCount, visit.Views, visit.Inside, visit.Flags) = (tile, parent, 0, 0, views, 0, flags);
        _search.Measure(tree, tile, ref visit);
        if ((flags & VisitFlags.Primary) != 0)
            _sum.Add(tree.PathKeyArray[tile], flags, tree.LinkArray[tile].Level);
    }
}
