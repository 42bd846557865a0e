using FsCheck;
using FsCheck.Fluent;
using Lodestream.Formats.Manifest;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Tests.Manifest;

public class ManifestWriterTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new System.Random(seed);
            var header = Header(random);
            ManifestTile[] tiles = [.. Enumerable.Range(0, random.Next(1, 12)).Select(i => Tile(random, i, header.Partitioning != ManifestPartitioning.UniformGrid))];
            var result = ManifestReader.Read(Write(header, tiles), ManifestText.Uri, TilesetParent.Scene);

            Assert.Equal(0, result.WarningCount);
            var (tree, table) = ManifestText.Open(result);
            ManifestTile[] all = header.SharedBucket is { } shared ? [.. tiles, shared] : tiles;
            Assert.Equal(all.Length, table.Count);
            for (var i = 0; i < all.Length; i++)
                Compare(all[i], header, tree, table, i);
        }));
    }

    [Fact]
    public void What_contradicts_itself_is_not_written()
    {
        var grid = new ManifestHeader { Partitioning = ManifestPartitioning.UniformGrid };
        var tile = Tile(new System.Random(1), 0, false);

        Assert.Throws<ArgumentException>(() => Write(grid, [tile with { Floor = 1 }]));
        Assert.Throws<ArgumentException>(() => Write(grid, [tile with { StreamingRadius = 50, UnloadRadius = 50 }]));
        Assert.Throws<ArgumentException>(() => Write(grid, [tile with { StreamingRadius = 130, UnloadRadius = null }]));
        Assert.Throws<ArgumentException>(() => Write(grid, [tile with { Bounds = new(Vector3d.UnitX, Vector3d.Zero) }]));
        Assert.Throws<ArgumentException>(() => Write(grid, [tile with { LodLevels = [new("a", double.NaN)] }]));
        Assert.Throws<ArgumentException>(() => Write(grid with { Defaults = new(80, 70) }, [tile]));
    }

    private static void Compare(ManifestTile tile, ManifestHeader header, TileTree tree, ProximityTable table, int entry)
    {
        string[] chain = [.. tile.HlodLevels.Concat(tile.LodLevels).OrderByDescending(l => l.SwitchDistance).Select(l => l.Path), tile.Path];
        Assert.Equal(chain, ManifestText.ChainOf(tree, entry));
        Assert.Equal((tile.FileBytes, tile.Floor ?? ProximityTable.NoFloor, tile.Tier, tile.IsInterior), (table.FileBytes[entry], table.Floor[entry], table.Tier[entry], table.IsInterior[entry]));
        if (!table.IsShared[entry])
        {
            Assert.Equal(tile.StreamingRadius ?? header.Defaults.StreamingRadius, table.StreamingRadius[entry]);
            Assert.Equal(tile.UnloadRadius ?? header.Defaults.UnloadRadius, table.UnloadRadius[entry]);
        }
        var (min, max) = tree.Volume(ProximityTable.FirstTileOf(tree, 1, entry)).AxisAlignedBounds();
        Assert.True((min - new Vector3d(tile.Bounds.Min.X, -tile.Bounds.Max.Z, tile.Bounds.Min.Y)).Length < 1e-9);
        Assert.True((max - new Vector3d(tile.Bounds.Max.X, -tile.Bounds.Min.Z, tile.Bounds.Max.Y)).Length < 1e-9);
        Assert.Equal(tile.NodeId is null || tile.NodeId.Length < 6, table.Region[entry] == ProximityTable.NoRegion);
    }

    private static byte[] Write(ManifestHeader header, ManifestTile[] tiles)
    {
        using var stream = new MemoryStream();
        using var writer = new ManifestWriter(stream, header);
        foreach (var tile in tiles)
            writer.Write(tile);
        writer.Complete();
        return stream.ToArray();
    }

    private static ManifestHeader Header(System.Random random) => new()
    {
        Partitioning = (ManifestPartitioning)random.Next(3),
        Defaults = random.Next(2) == 0 ? new(80, 120) : new(random.Next(1, 50), random.Next(50, 99), random.Next(9), 50),
        TileSize = random.Next(2) == 0 ? new Vector3d(25, 10000, 25) : null,
        InteriorZone = random.Next(2) == 0 ? new(Vector3d.Zero, Vector3d.UnitX) : null,
        SharedBucket = random.Next(2) == 0 ? Tile(random, 99, false) : null,
    };

    private static ManifestTile Tile(System.Random random, int number, bool hasFloors)
    {
        var min = new Vector3d(random.NextDouble() * 1000 - 500, random.NextDouble() * 10, random.NextDouble() * 1000);
        return new()
        {
            Id = $"tile {number}",
            Path = $"tiles/tile_{number}.untold",
            FileBytes = random.Next(),
            Bounds = new(min, min + new Vector3d(random.NextDouble() * 50, random.NextDouble() * 50, 0)),
            StreamingRadius = random.Next(2) == 0 ? random.Next(1, 50) : null,
            UnloadRadius = random.Next(2) == 0 ? 121 + random.NextDouble() : null,
            Priority = random.Next(2) == 0 ? random.Next(-3, 9) : null,
            LodLevels = [.. Enumerable.Range(0, random.Next(3)).Select(i => new ManifestLevel($"l{number}_{i}.glb", 200 - i * 10))],
            HlodLevels = [.. Enumerable.Range(0, random.Next(3)).Select(i => new ManifestLevel($"h{number}_{i}.glb", 300 + i))],
            Floor = hasFloors && random.Next(2) == 0 ? random.Next(9) : null,
            NodeId = hasFloors ? $"F01_Q{string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => $"_{random.Next(4)}"))}" : null,
            Tier = hasFloors ? (SemanticTier)random.Next(5) : SemanticTier.None,
            IsInterior = hasFloors && random.Next(2) == 0,
        };
    }
}
