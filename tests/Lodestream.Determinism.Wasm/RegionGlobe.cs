using System.Globalization;
using System.Text;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Simulation.Time;

namespace Lodestream.Determinism;

/// <summary>A random quadtree of regions on WGS 84, ECEF metres: boxes turned every way, some spheres, tiles that add, raster errors.</summary>
internal sealed class RegionGlobe
{
    private const int Deepest = 6;
    private const double HighestHeight = 9000;

    private readonly TileBlockBuilder _builder = new("https://globe.test/tileset.json");
    private SeededRandom _random;

    private RegionGlobe(ulong seed) => _random = new(seed);

    private readonly record struct Region(double West, double South, double East, double North, double MinHeight, double MaxHeight);

    /// <summary>Builds one.</summary>
    public static TileBlock Build(ulong seed)
    {
        var globe = new RegionGlobe(seed);
        var root = globe._builder.AddTile(-1, BoundingVolume.Sphere(Vector3d.Zero, Ellipsoid.SemiMajor + HighestHeight), 2e6, Refinement.Replace, Transform3d.Identity);
        globe.Add(root, 1, new(-Math.PI, -Math.PI / 2, 0, Math.PI / 2, -500, HighestHeight));
        globe.Add(root, 1, new(0, -Math.PI / 2, Math.PI, Math.PI / 2, -500, HighestHeight));
        return globe._builder.Build();
    }

    private void Add(int parent, int depth, Region region)
    {
        var volume = VolumeOf(region);
        var error = volume.Radius * _random.Between(0.06, 0.16);
        var refinement = _random.Chance(0.15) ? Refinement.Add : Refinement.Replace;
        var raster = _random.Chance(0.5) ? (float)(error * _random.Between(0.5, 2)) : 0;
        var tile = _builder.AddTile(parent, volume, error, refinement, Transform3d.Identity, raster);
        if (_random.Chance(0.05))
            _builder.SetRequestVolume(tile, BoundingVolume.Sphere(volume.Center, volume.Radius * 6));
        if (_random.Chance(0.95))
            _builder.AddContent(tile, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"t/{tile}.glb")), ContentFamily.Terrain, ContentFormat.Glb, (uint)_random.Whole(4_000, 60_000));
        if (depth == Deepest || depth > 2 && _random.Chance(0.35))
            return;

        // Not in the middle, and into lower heights: nothing may come out round.
        var longitude = region.West + (region.East - region.West) * _random.Between(0.4, 0.6);
        var latitude = region.South + (region.North - region.South) * _random.Between(0.4, 0.6);
        var height = region.MinHeight + (region.MaxHeight - region.MinHeight) * _random.Between(0.6, 1);
        Add(tile, depth + 1, region with { East = longitude, North = latitude, MaxHeight = height });
        Add(tile, depth + 1, region with { West = longitude, North = latitude, MaxHeight = height });
        Add(tile, depth + 1, region with { East = longitude, South = latitude, MaxHeight = height });
        Add(tile, depth + 1, region with { West = longitude, South = latitude, MaxHeight = height });
    }

    private BoundingVolume VolumeOf(Region region)
    {
        var box = BoundingVolume.FromRegion(region.West, region.South, region.East, region.North, region.MinHeight, region.MaxHeight);
        return _random.Chance(0.1) ? BoundingVolume.Sphere(box.Center, box.Radius) : box;
    }
}
