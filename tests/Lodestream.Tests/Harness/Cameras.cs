using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Tests.Harness;

/// <summary>Cameras that look straight down on a <see cref="TreeSpec"/>'s world and want one level of it.</summary>
internal static class Cameras
{
    private const double Pixels = 1000;

    private static readonly double TanHalf = Math.Tan(Math.PI / 6);

    /// <summary>Sees everything and wants tiles of a level; deeper than the tree, its leaves.</summary>
    public static View All(int level) => Above(Vector3d.Zero, 2000, level);

    /// <summary>Sees the middle of one tile, and of what lies above and below, and wants a level.</summary>
    public static View Over(TileTree tree, int tile, int level)
    {
        var volume = tree.Volume(tile);
        return Above(volume.Center with { Z = 0 }, 0.5 * Math.Min(volume.HalfLengths.X, volume.HalfLengths.Y) / TanHalf, level);
    }

    /// <summary>Sees nothing: it looks up from above.</summary>
    public static View Away() => All(0) with { Direction = Vector3d.UnitZ };

    private static View Above(Vector3d ground, double height, int level)
    {
        var pixelsPerMetre = Pixels / (2 * TanHalf) / height;
        return new()
        {
            Position = ground with { Z = height + 16 },
            Direction = -Vector3d.UnitZ,
            Up = Vector3d.UnitY,
            ViewportWidth = Pixels,
            ViewportHeight = Pixels,
            // Between the level's error and that of the level above, which is twice as large.
            TargetErrorPx = SpecTile.RootError / Math.Pow(2, level) * pixelsPerMetre * 1.4,
        };
    }
}
