using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Diagnostics;

/// <summary>
/// The four errors: the greatest geometric and raster error on screen, of tiles drawn for themselves and of those that fill in. An item's
/// errors count where it is nearest: at its own tile, or, where it is drawn around children, at the nearest child that it draws for. From
/// inside that volume, where it could be as near as the near plane, no error is larger than the viewport's diagonal: nothing on screen is.
/// </summary>
internal static class ScreenErrors
{
    public static void Measure(TileTree tree, VisibilitySet set, ReadOnlySpan<DrawItem> items, ReadOnlySpan<int> visitOfItem, ReadOnlySpan<View> views, StreamerStatistics statistics)
    {
        double primaryGeometric = 0, primaryRaster = 0, underlayGeometric = 0, underlayRaster = 0;
        var visits = set.VisitArray;
        var nodes = tree.NodeArray;
        for (var i = 0; i < items.Length; i++)
        {
            ref readonly var visit = ref visits[visitOfItem[i]];
            ref readonly var source = ref nodes[items[i].Source];
            var (geometric, raster) = OnScreen(tree, set, visit, items[i], source, views);
            if (items[i].Source == visit.Tile && (visit.Flags & VisitFlags.Primary) != 0)
            {
                primaryGeometric = Math.Max(primaryGeometric, geometric);
                primaryRaster = Math.Max(primaryRaster, raster);
            }
            else
            {
                underlayGeometric = Math.Max(underlayGeometric, geometric);
                underlayRaster = Math.Max(underlayRaster, raster);
            }
        }
        statistics.PrimaryGeometricSsePx = primaryGeometric;
        statistics.PrimaryRasterSsePx = primaryRaster;
        statistics.UnderlayGeometricSsePx = underlayGeometric;
        statistics.UnderlayRasterSsePx = underlayRaster;
    }

    private static (double Geometric, double Raster) OnScreen(TileTree tree, VisibilitySet set, in Visit visit, in DrawItem item, in TileNode source, ReadOnlySpan<View> views)
    {
        var (geometric, raster) = (0.0, 0.0);
        for (var v = 0; v < views.Length; v++)
        {
            if ((visit.Views >> v & 1) == 0 || views[v].Kind != ViewKind.Camera)
                continue;
            var distance = Distance(tree, set, visit, item, v, views);
            if (double.IsPositiveInfinity(distance))
                continue;
            var scale = views[v].PixelScale / Math.Max(distance, views[v].Near);
            var diagonal = Math.Sqrt(views[v].ViewportWidth * views[v].ViewportWidth + views[v].ViewportHeight * views[v].ViewportHeight);
            geometric = Math.Max(geometric, Math.Min(source.GeometricError * scale, diagonal));
            raster = Math.Max(raster, Math.Min(source.RasterError * scale, diagonal));
        }
        return (geometric, raster);
    }

    // To the nearest part of the region that the item draws and the view sees: infinity where that is none.
    private static double Distance(TileTree tree, VisibilitySet set, in Visit visit, in DrawItem item, int view, ReadOnlySpan<View> views)
    {
        if ((visit.Flags & VisitFlags.Refined) == 0 || item.ChildMask == 0 || item.Region != visit.Tile)
            return views.Length == 1 && item.Region == visit.Tile ? visit.Distance : tree.Volume(item.Region).DistanceTo(views[view].Position);
        var nearest = double.PositiveInfinity;
        var first = tree.LinkArray[visit.Tile].FirstChild;
        for (var c = visit.FirstChild; c < visit.FirstChild + visit.ChildCount; c++)
        {
            ref readonly var child = ref set.VisitArray[c];
            if ((item.ChildMask >> (child.Tile - first & 7) & 1) != 0 || (child.Views >> view & 1) == 0)
                continue;
            nearest = Math.Min(nearest, views.Length == 1 ? child.Distance : tree.Volume(child.Tile).DistanceTo(views[view].Position));
        }
        return nearest;
    }
}
