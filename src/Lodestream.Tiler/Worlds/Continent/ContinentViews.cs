using Lodestream.Geometry;
using Lodestream.Tiler.Meshes;

namespace Lodestream.Tiler.Worlds.Continent;

/// <summary>Finds cameras that show a terrain: all of it, its highest peak, and that peak's nearest coast.</summary>
internal static class ContinentViews
{
    public static IReadOnlyList<SuggestedView> Find(TerrainRaster raster)
    {
        var (peak, center) = (HighestPoint(raster), Vector3d.Zero);
        var size = raster.Layout.Size;
        var coast = NearestCoast(raster, peak);
        // Seen from the south, obliquely; the light of most viewers comes from above the camera.
        var summit = peak + new Vector3d(0.06, -0.1, 0) * size;
        return
        [
            Look("overview", new(0, -0.74 * size, 0.54 * size), center with { Y = -0.04 * size }),
            Look("summit", summit with { Z = peak.Z + 0.016 * size }, peak with { Z = peak.Z * 0.75 }),
            Look("coast", coast + (coast - peak with { Z = 0 }).Normalized() * (0.06 * size) + Vector3d.UnitZ * (0.02 * size), Vector3d.Lerp(coast, peak, 0.35) with { Z = peak.Z * 0.3 }),
        ];
    }

    private static SuggestedView Look(string name, Vector3d from, Vector3d at) => new(name, from, (at - from).Normalized());

    private static Vector3d HighestPoint(TerrainRaster raster)
    {
        var best = 0;
        for (var i = 1; i < raster.Heights.Length; i++)
        {
            if (raster.Heights[i] > raster.Heights[best])
                best = i;
        }
        return Place(raster, best);
    }

    private static Vector3d NearestCoast(TerrainRaster raster, Vector3d peak)
    {
        var (best, nearest) = (peak, double.MaxValue);
        for (var i = 0; i < raster.Heights.Length; i++)
        {
            if (raster.Heights[i] > 0)
                continue;
            var place = Place(raster, i);
            var distance = (place - peak with { Z = 0 }).LengthSquared;
            if (distance < nearest)
                (best, nearest) = (place, distance);
        }
        return best;
    }

    private static Vector3d Place(TerrainRaster raster, int index) => new(
        raster.Layout.Line(index % raster.Layout.FinestNodes), raster.Layout.Line(index / raster.Layout.FinestNodes), raster.Heights[index]);
}
