using Lodestream.Geometry;
using Lodestream.Tiler.Meshes;
using Lodestream.Tiler.Worlds.Places;

namespace Lodestream.Tiler.Worlds.Continent;

/// <summary>Finds cameras that show a continent: all of it, its highest peak and that peak's nearest coast, a province, a town.</summary>
internal static class ContinentViews
{
    public static IReadOnlyList<SuggestedView> Find(TerrainRaster raster, PlaceModel places)
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
            Look("continent", new(0, -0.3 * size, 0.85 * size), center),
            // A land of cliffs alone has nobody on it.
            .. places.Settlements.Count == 0 ? Array.Empty<SuggestedView>() :
            [
                From(raster, "province", places.Grid.Place(places.Provinces.All.MaxBy(p => p.LandNodes)!.CenterNode), 0.17 * size),
                From(raster, "location", places.Grid.Place(places.Settlements[0].Node), 0.035 * size),
            ],
        ];
    }

    private static SuggestedView Look(string name, Vector3d from, Vector3d at) => new(name, from, (at - from).Normalized());

    // From the south, half from above, over whatever rises there.
    private static SuggestedView From(TerrainRaster raster, string name, Vector3d at, double distance)
    {
        var eye = at + new Vector3d(0, -0.8, 0.6) * distance;
        var ground = raster.HeightOnMesh(raster.Layout.Levels - 1, eye.X, eye.Y);
        return Look(name, eye with { Z = Math.Max(eye.Z, ground + 0.2 * distance) }, at);
    }

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
            if (raster.Heights[i] > 0 || raster.Water[i] != 0)
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
