using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Simulation.Figures;

/// <summary>
/// Which tiles that are streamed mesh by mesh count as drawn for those who know of no meshes: those of whose meshes that are wanted half are, as
/// such a tile is called usable.
/// </summary>
internal sealed class MeshesDrawn(TileTree tree)
{
    private readonly Dictionary<int, int> _drawn = [];
    private readonly Dictionary<int, (int Wanted, int Drawn)> _wanted = [];
    private readonly HashSet<int> _meshes = [];

    /// <summary>Whether a tile is a mesh of another one.</summary>
    public static bool IsMesh(TileTree tree, int tile) => tree.SlotsOf(tile) is [var content, ..] && tree.Contents.Records[content].Format == ContentFormat.PayloadMesh;

    /// <summary>The tile a mesh is of.</summary>
    public static int TileOf(TileTree tree, int mesh) => tree.Links[tree.Links[mesh].Parent].Parent;

    /// <summary>Takes in that a mesh is shown.</summary>
    public void Show(int mesh)
    {
        if (_meshes.Add(mesh))
            _drawn[TileOf(tree, mesh)] = _drawn.GetValueOrDefault(TileOf(tree, mesh)) + 1;
    }

    /// <summary>Takes in that a region is hidden. Whether it was a mesh.</summary>
    public bool Hide(int region)
    {
        if (!_meshes.Remove(region))
            return false;
        _drawn[TileOf(tree, region)]--;
        return true;
    }

    /// <summary>Says of every tile of which a mesh is or was drawn whether it counts as drawn.</summary>
    public void Judge(VisibilitySet set, Action<int, bool> judged)
    {
        if (_drawn.Count == 0)
            return;
        _wanted.Clear();
        foreach (ref readonly var visit in set.Visits)
        {
            if ((visit.Flags & VisitFlags.Primary) == 0 || !IsMesh(tree, visit.Tile))
                continue;
            var (wanted, drawn) = _wanted.GetValueOrDefault(TileOf(tree, visit.Tile));
            _wanted[TileOf(tree, visit.Tile)] = (wanted + 1, drawn + (_meshes.Contains(visit.Tile) ? 1 : 0));
        }
        foreach (var (tile, count) in _drawn)
        {
            var known = _wanted.TryGetValue(tile, out var of);
            judged(tile, known ? 2 * of.Drawn >= of.Wanted : count > 0);
            if (count == 0)
                _drawn.Remove(tile);
        }
    }
}
