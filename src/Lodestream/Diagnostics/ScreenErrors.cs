using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Diagnostics;

/// <summary>The four errors: the greatest geometric and raster error on screen, of tiles drawn for themselves and of those that fill in.</summary>
internal static class ScreenErrors
{
    public static void Measure(TileTree tree, VisibilitySet set, ReadOnlySpan<DrawItem> items, ReadOnlySpan<int> visitOfItem, StreamerStatistics statistics)
    {
        double primaryGeometric = 0, primaryRaster = 0, underlayGeometric = 0, underlayRaster = 0;
        var visits = set.VisitArray;
        var nodes = tree.NodeArray;
        for (var i = 0; i < items.Length; i++)
        {
            ref readonly var visit = ref visits[visitOfItem[i]];
            ref readonly var own = ref nodes[visit.Tile];
            ref readonly var source = ref nodes[items[i].Source];

            // The visit's error in pixels over its error in metres is the scale at its distance, whatever the view.
            var metres = own.RasterError > own.GeometricError ? own.RasterError : own.GeometricError;
            var scale = metres > 0 ? visit.ErrorPx / metres : 0;
            if (items[i].Source == visit.Tile && (visit.Flags & VisitFlags.Primary) != 0)
            {
                primaryGeometric = Math.Max(primaryGeometric, source.GeometricError * scale);
                primaryRaster = Math.Max(primaryRaster, source.RasterError * scale);
            }
            else
            {
                underlayGeometric = Math.Max(underlayGeometric, source.GeometricError * scale);
                underlayRaster = Math.Max(underlayRaster, source.RasterError * scale);
            }
        }
        statistics.PrimaryGeometricSsePx = primaryGeometric;
        statistics.PrimaryRasterSsePx = primaryRaster;
        statistics.UnderlayGeometricSsePx = underlayGeometric;
        statistics.UnderlayRasterSsePx = underlayRaster;
    }
}
