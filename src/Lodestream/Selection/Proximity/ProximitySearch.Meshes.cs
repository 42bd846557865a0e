using Lodestream.Scene;

namespace Lodestream.Selection;

/// <summary>Which views see a mesh of a tile that is out of core.</summary>
internal sealed partial class ProximitySearch
{
    /// <summary>The views that see a mesh's box, padded, or whose sphere it reaches into; a bit each.</summary>
    public ushort ViewsOfMesh(TileTree tree, int mesh)
    {
        ushort views = 0;
        var padded = ProximityIndex.Padded(tree.NodeArray[mesh], options.OutOfCore.FrustumGatePadding);
        for (var v = 0; v < _viewCount; v++)
        {
            ref readonly var view = ref _views[v];
            if (view.IsCamera ? view.Sees(padded, out _) : IsIn(tree, view, tile: mesh))
                views |= (ushort)(1 << v);
        }
        return views;
    }

    /// <summary>All views, a bit each.</summary>
    public ushort AllViews => (ushort)((1 << _viewCount) - 1);

    private static bool IsIn(TileTree tree, in PreparedView sphere, int tile, bool knownInside = true)
    {
        sphere.Sees(tree, tile, knownInside, out _, out var squared);
        return squared <= sphere.Radius * sphere.Radius;
    }
}
