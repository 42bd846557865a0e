using System.Globalization;
using System.Text;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Simulation.Time;

namespace Lodestream.Simulation.Scenes;

/// <summary>
/// A manifest scene without a manifest: blocks of a city on a square grid, <see cref="Spacing"/> apart, each with two LODs and an HLOD, and in the
/// middle a building of three floors with four rooms each, which are interior tiles. Radii are the defaults of manifests.
/// </summary>
/// <param name="Tiles">Number of blocks.</param>
/// <param name="ContentBytes">Length of a block's full tile; its LODs have a quarter and a twelfth of it, its HLOD a fortieth, a room an eighth.</param>
/// <param name="HasLevels">Whether blocks have LODs and HLODs.</param>
/// <param name="Meshes">Meshes of every fourth block's full tile (<see cref="SyntheticCityOrigin"/>); the others are of one.</param>
public sealed record SyntheticCity(int Tiles, int ContentBytes = SyntheticCity.DefaultContentBytes, bool HasLevels = true, int Meshes = SyntheticCity.DefaultMeshes)
{
    /// <summary>Length of a full tile unless said otherwise.</summary>
    public const int DefaultContentBytes = 400_000;

    /// <summary>Meshes of a block that has many, unless said otherwise: more than tiles are admitted whole with.</summary>
    public const int DefaultMeshes = 64;

    /// <summary>Every so many blocks have many meshes.</summary>
    public const int BlocksPerManyMeshes = 4;

    /// <summary>Distance between two blocks, metres.</summary>
    public const double Spacing = 50;

    /// <summary>What its documents' addresses begin with.</summary>
    public const string RootUri = "synthetic:/city/manifest.json";

    private const int Floors = 3, RoomsPerFloor = 4, Levels = 4;
    private const double FloorHeight = 6, LotSize = 36, RoomStreaming = 25, RoomUnload = 40;

    /// <summary>Reads <c>synthetic:city?tiles=400&amp;bytes=400000&amp;levels=1&amp;meshes=64</c>.</summary>
    /// <param name="scene">The scene's name.</param>
    /// <param name="error">What is wrong with it, naming the part; null when all is well.</param>
    public static SyntheticCity? Parse(string scene, out string? error)
    {
        error = null;
        var city = new SyntheticCity(400);
        var question = scene.IndexOf('?', StringComparison.Ordinal);
        foreach (var pair in question < 0 ? [] : scene[(question + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            var number = parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : -1;
            var changed = parts[0] switch
            {
                "tiles" when number is >= 1 and <= 1_000_000 => city with { Tiles = number },
                "bytes" when number >= 40 => city with { ContentBytes = number },
                "levels" when number is 0 or 1 => city with { HasLevels = number == 1 },
                "meshes" when number is >= 1 and <= 10_000 => city with { Meshes = number },
                _ => null,
            };
            if (changed is null)
            {
                error = $"{scene}: '{pair}' is not understood; there are tiles=1…1000000, bytes=40…, levels=0 or 1 and meshes=1…10000";
                return null;
            }
            city = changed;
        }
        return city;
    }

    /// <summary>The topology, with its table, as a manifest of the same city would give it.</summary>
    public TileBlock Build()
    {
        const int rooms = Floors * RoomsPerFloor;
        var perBlock = HasLevels ? Levels : 1;
        var side = (int)Math.Ceiling(Math.Sqrt(Tiles));
        var half = side * Spacing / 2;
        var house = BoundingVolume.AxisAligned(new(-LotSize / 2, -LotSize / 2, 0), new(LotSize / 2, LotSize / 2, Floors * FloorHeight));
        var table = new ProximityTable(Tiles + rooms, Tiles * perBlock + rooms, Floors) { InteriorZone = house };
        var builder = new TileBlockBuilder(RootUri, 1 + Tiles * perBlock + rooms) { Document = table, UpAxis = UpAxis.Z };
        builder.AddTile(-1, BoundingVolume.AxisAligned(new(-half, -half, 0), new(half, half, 60)), 4 * half, Refinement.Add, Transform3d.Identity);
        var random = new SeededRandom(1);
        for (var i = 0; i < Tiles; i++)
        {
            // The blocks' heights differ, so that some stand behind others; the middle one is the house.
            var (x, y) = ((i % side - side / 2) * Spacing, (i / side - side / 2) * Spacing);
            var height = x == 0 && y == 0 ? Floors * FloorHeight : random.Between(10, 50);
            var volume = BoundingVolume.AxisAligned(new(x - LotSize / 2, y - LotSize / 2, 0), new(x + LotSize / 2, y + LotSize / 2, height));
            Place(table, i, volume, 80, 120);
            if (HasLevels)
                AddChain(builder, table, i, volume, [(300, RepresentationKind.Hlod, 40), (160, RepresentationKind.Lod, 12), (80, RepresentationKind.Lod, 4), (0, RepresentationKind.Full, 1)]);
            else
                AddChain(builder, table, i, volume, [(0, RepresentationKind.Full, 1)]);
        }
        for (var room = 0; room < rooms; room++)
            AddRoom(builder, table, room);
        return builder.Build();
    }

    private void AddRoom(TileBlockBuilder builder, ProximityTable table, int room)
    {
        var (entry, floor, quarter) = (Tiles + room, room / RoomsPerFloor, room % RoomsPerFloor);
        var low = new Vector3d((quarter % 2 - 1) * LotSize / 2, (quarter / 2 - 1) * LotSize / 2, floor * FloorHeight);
        var high = low + new Vector3d(LotSize / 2, LotSize / 2, FloorHeight);
        Place(table, entry, BoundingVolume.AxisAligned(low, high), RoomStreaming, RoomUnload);
        (table.IsInterior[entry], table.Floor[entry], table.Tier[entry], table.Region[entry]) = (true, floor, SemanticTier.RoomContents, floor);
        var house = new Vector3d(LotSize / 2, LotSize / 2, 0);
        (table.RegionMin[floor], table.RegionMax[floor], table.RegionParent[floor]) =
            (-house + Vector3d.UnitZ * (floor * FloorHeight), house + Vector3d.UnitZ * ((floor + 1) * FloorHeight), ProximityTable.NoRegion);
        AddChain(builder, table, entry, BoundingVolume.AxisAligned(low, high), [(0, RepresentationKind.Full, 8)]);
    }

    private static void Place(ProximityTable table, int entry, in BoundingVolume volume, double streaming, double unload)
    {
        (table.Center[entry], table.StreamingRadius[entry], table.UnloadRadius[entry], table.PrefetchRadius[entry]) = (volume.Center, streaming, unload, (streaming + unload) / 2);
        (table.Floor[entry], table.Region[entry]) = (ProximityTable.NoFloor, ProximityTable.NoRegion);
    }

    private void AddChain(TileBlockBuilder builder, ProximityTable table, int entry, in BoundingVolume volume, ReadOnlySpan<(double From, RepresentationKind Kind, int Share)> levels)
    {
        var (first, parent) = (table.FirstRepresentation[entry], 0);
        table.FirstRepresentation[entry + 1] = first + levels.Length;
        table.FileBytes[entry] = ContentBytes / levels[^1].Share;
        for (var i = 0; i < levels.Length; i++)
        {
            var (from, kind, share) = levels[i];
            (table.SwitchDistance[first + i], table.Kind[first + i]) = (from, kind);
            var error = 16 * 2 * from * DeterministicMath.Tan(Math.PI / 6) / 1080;
            parent = builder.AddTile(parent, volume, error, Refinement.Replace, Transform3d.Identity);
            builder.SetNote(parent, entry + 1);
            var name = string.Create(CultureInfo.InvariantCulture, $"t/{entry}_{levels.Length - 1 - i}.glb");
            builder.AddContent(parent, Encoding.UTF8.GetBytes(name), ContentFamily.Mesh, ContentFormat.Glb, (uint)(ContentBytes / share));
        }
    }
}
