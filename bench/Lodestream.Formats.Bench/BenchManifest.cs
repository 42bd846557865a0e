using System.Globalization;
using Lodestream.Formats.Manifest;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Bench;

/// <summary>A city of a manifest: blocks of 25 m on five floors, each with two LODs and an HLOD.</summary>
internal static class BenchManifest
{
    /// <summary>Writes the manifest.</summary>
    /// <param name="tiles">Number of tiles.</param>
    public static byte[] Write(int tiles)
    {
        const int floors = 5;
        var side = (int)Math.Ceiling(Math.Sqrt(tiles / (double)floors));
        using var stream = new MemoryStream();
        using var writer = new ManifestWriter(stream, new() { Partitioning = ManifestPartitioning.QuadtreeFloor, TileSize = new(25, 10000, 25) });
        for (var i = 0; i < tiles; i++)
        {
            int floor = i % floors, x = i / floors % side, z = i / floors / side;
            var name = string.Create(CultureInfo.InvariantCulture, $"tile_{x}_{z}_F{floor:00}");
            var min = new Vector3d(x * 25, floor * 3.5, z * 25);
            writer.Write(new()
            {
                Id = name,
                Path = $"tiles/{name}.untold",
                FileBytes = 100_000 + i,
                Bounds = new(min, min + new Vector3d(25, 3.5, 25)),
                Floor = floor,
                NodeId = string.Create(CultureInfo.InvariantCulture, $"F{floor:00}_Q_{(x >> 2) % 2 + (z >> 2) % 2 * 2}_{(x >> 1) % 2 + (z >> 1) % 2 * 2}_{x % 2 + z % 2 * 2}"),
                Tier = i % 3 == 0 ? SemanticTier.ExteriorShell : SemanticTier.RoomContents,
                IsInterior = i % 3 != 0,
                StreamingRadius = 80 + i % 3 * 10,
                LodLevels = [new($"tiles/{name}_lod1.untold", 120), new($"tiles/{name}_lod2.untold", 200)],
                HlodLevels = [new($"tiles/{name}_hlod.untold", 300)],
            });
        }
        writer.Complete();
        return stream.ToArray();
    }
}
