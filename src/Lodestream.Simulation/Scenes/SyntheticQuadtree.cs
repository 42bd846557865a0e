using System.Globalization;
using System.Text;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Simulation.Scenes;

/// <summary>
/// The bench world: a flat square of ground, 16,384 m wide, as an explicit quadtree, so that figures compare across implementations.
/// Level l has tiles of size s = 16384 / 2^l with a geometric error of s / 16 m.
/// </summary>
/// <param name="Levels">Number of levels: 6 make 1,365 tiles, 8 make 21,845, 10 make 349,525.</param>
/// <param name="ContentBytes">Length of every content.</param>
public sealed record SyntheticQuadtree(int Levels, int ContentBytes = SyntheticQuadtree.DefaultContentBytes)
{
    /// <summary>Length of a content in the bench world's streaming runs.</summary>
    public const int DefaultContentBytes = 51_200;

    /// <summary>Width of the ground, metres.</summary>
    public const double Width = 16384;

    /// <summary>What a scene's name starts with when it means this world.</summary>
    public const string Scheme = "synthetic:";

    private const double TilesetError = 2048, HalfHeight = 16;

    /// <summary>Reads <c>synthetic:quadtree?levels=8&amp;bytes=51200</c>.</summary>
    /// <param name="scene">The scene's name.</param>
    /// <param name="error">What is wrong with it, naming the part; null when all is well.</param>
    public static SyntheticQuadtree? Parse(string scene, out string? error)
    {
        error = null;
        var question = scene.IndexOf('?', StringComparison.Ordinal);
        var kind = scene[Scheme.Length..(question < 0 ? scene.Length : question)];
        if (kind != "quadtree")
        {
            error = $"{scene}: '{kind}' is not a synthetic scene; there are 'quadtree' and 'city'";
            return null;
        }
        int levels = 6, bytes = DefaultContentBytes;
        foreach (var pair in question < 0 ? [] : scene[(question + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            var number = parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : -1;
            switch (parts[0])
            {
                case "levels" when number is >= 1 and <= 12:
                    levels = number;
                    break;
                case "bytes" when number >= 1:
                    bytes = number;
                    break;
                default:
                    error = $"{scene}: '{pair}' is not understood; there are levels=1…12 and bytes=1…";
                    return null;
            }
        }
        return new(levels, bytes);
    }

    /// <summary>The topology, as a tileset.json of the same world would give it.</summary>
    public TileBlock Build()
    {
        var builder = new TileBlockBuilder("synthetic:/quadtree/tileset.json");
        var above = new int[1];
        for (var level = 0; level < Levels; level++)
        {
            var side = 1 << level;
            var numbers = new int[side * side];
            for (var y = 0; y < side; y++)
            {
                for (var x = 0; x < side; x++)
                    numbers[y * side + x] = AddTile(builder, level == 0 ? -1 : above[(y / 2) * (side / 2) + x / 2], level, x, y);
            }
            above = numbers;
        }
        return builder.Build();
    }

    private int AddTile(TileBlockBuilder builder, int parent, int level, int x, int y)
    {
        var size = Width / (1 << level);
        var center = new Vector3d(-Width / 2 + (x + 0.5) * size, -Width / 2 + (y + 0.5) * size, 0);
        var half = new Vector3d(size / 2, size / 2, HalfHeight);
        var volume = BoundingVolume.AxisAligned(center - half, center + half);
        var tile = builder.AddTile(parent, volume, Math.Min(size / 16, TilesetError), Refinement.Replace, Transform3d.Identity);
        builder.AddContent(tile, Encoding.UTF8.GetBytes($"t/{level}/{x}_{y}.glb"), ContentFamily.Mesh, ContentFormat.Glb, (uint)ContentBytes);
        return tile;
    }
}
