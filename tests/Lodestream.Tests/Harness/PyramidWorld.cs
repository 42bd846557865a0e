using System.Text;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Tests.Harness;

/// <summary>
/// A quadtree as an implicit tileset makes it: 1,048,576 m wide around the origin, 1 km high, every tile named by level, column from the west and row
/// from the south.
/// </summary>
internal static class PyramidWorld
{
    public const double Width = 1 << 20, HalfHeight = 500;

    /// <summary>The world with all tiles of so many levels, but for those that are left out with what is below them.</summary>
    public static TileTree Make(int levels, Func<int, int, int, bool>? isThere = null, Func<int, int, int, bool>? hasContent = null)
    {
        var builder = new TileBlockBuilder("http://pyramid.test/tileset.json");
        Add(builder, -1, 0, 0, 0, levels, isThere ?? ((_, _, _) => true), hasContent ?? ((_, _, _) => true));
        var tree = new TileTree("http://pyramid.test/tileset.json");
        tree.Append(TileTree.SceneRoot, builder.Build());
        return tree;
    }

    private static void Add(TileBlockBuilder builder, int parent, int level, int x, int y, int levels, Func<int, int, int, bool> isThere, Func<int, int, int, bool> hasContent)
    {
        var width = Width / (1 << level);
        var min = new Vector3d(-Width / 2 + x * width, -Width / 2 + y * width, -HalfHeight);
        var volume = BoundingVolume.AxisAligned(min, min + new Vector3d(width, width, 2 * HalfHeight));
        var tile = builder.AddTile(parent, volume, width / 64, Refinement.Replace, Transform3d.Identity);
        if (hasContent(level, x, y))
            builder.AddContent(tile, Encoding.UTF8.GetBytes($"{level}/{x}/{y}.glb"), ContentFamily.Terrain, ContentFormat.Glb);
        for (var c = 0; c < 4 && level + 1 < levels; c++)
        {
            var (column, row) = (2 * x + (c & 1), 2 * y + (c >> 1));
            if (isThere(level + 1, column, row))
                Add(builder, tile, level + 1, column, row, levels, isThere, hasContent);
        }
    }

    /// <summary>Level, column and row of a tile.</summary>
    public static (int Level, int X, int Y) PlaceOf(TileTree tree, int tile)
    {
        var node = tree.Nodes[tile];
        var width = 2 * node.HalfX;
        return ((int)Math.Round(Math.Log2(Width / width)), (int)Math.Floor((node.CenterX + Width / 2) / width), (int)Math.Floor((node.CenterY + Width / 2) / width));
    }

    /// <summary>A camera above a place that looks down, by default straight.</summary>
    /// <param name="x">East, metres.</param>
    /// <param name="y">North, metres.</param>
    /// <param name="height">Up, metres.</param>
    /// <param name="down">Angle below the horizon, degrees; it looks north.</param>
    public static View Camera(double x, double y, double height, double down = 90)
    {
        var angle = down * Math.PI / 180;
        var direction = down == 90 ? -Vector3d.UnitZ : new Vector3d(0, DeterministicMath.Cos(angle), -DeterministicMath.Sin(angle));
        return new() { Position = new(x, y, height), Direction = direction, Up = down == 90 ? Vector3d.UnitY : Vector3d.UnitZ, Near = 1, Far = 1e7 };
    }

    /// <summary>What is wanted, level by level: <c>z4 primary 3..5×7..9 (9)</c> for the nine tiles of level 4 in columns 3 to 5 and rows 7 to 9.</summary>
    public static string Describe(TileTree tree, VisibilitySet set)
    {
        var lines = new List<string> { $"primaryZ {set.PrimaryLevel}" };
        foreach (var flag in (VisitFlags[])[VisitFlags.Primary, VisitFlags.Underlay, VisitFlags.Expand])
        {
            var places = set.Visits.ToArray().Where(visit => (visit.Flags & flag) != 0).Select(visit => PlaceOf(tree, visit.Tile));
            foreach (var level in places.GroupBy(place => place.Level).OrderByDescending(level => level.Key))
                lines.Add($"z{level.Key} {flag.ToString().ToLowerInvariant()} {level.Min(p => p.X)}..{level.Max(p => p.X)}×{level.Min(p => p.Y)}..{level.Max(p => p.Y)} ({level.Count()})");
        }
        return string.Join("; ", lines);
    }
}
