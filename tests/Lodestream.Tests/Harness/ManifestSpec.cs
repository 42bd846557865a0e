using System.Text;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Tests.Harness;

/// <summary>An entry of a manifest put together by hand: a box around a place on the ground, with LODs and HLODs by their switch distances.</summary>
internal sealed record EntrySpec(string Name, double X, double Y = 0, double Z = 0)
{
    public double Size { get; init; } = 20;
    public double Height { get; init; } = 20;
    public double Streaming { get; init; } = 80;
    public double Unload { get; init; } = 120;
    public double? Prefetch { get; init; }
    public double[] Lods { get; init; } = [];
    public double[] Hlods { get; init; } = [];
    public int Priority { get; init; }
    public bool Interior { get; init; }
    public bool Shared { get; init; }
    public int? Floor { get; init; }
    public int Region { get; init; } = ProximityTable.NoRegion;
}

/// <summary>
/// A manifest scene put together by hand, as its reader would put it together. The contents of entry a are a (the full tile), a-lod1 (the finest
/// LOD), a-lod2, …, a-hlod1 (the nearest HLOD), ….
/// </summary>
internal sealed class ManifestSpec(params EntrySpec[] entries)
{
    public BoundingVolume? InteriorZone { get; init; }

    public (Vector3d Min, Vector3d Max, int Parent)[] Regions { get; init; } = [];

    public Vector3d Up { get; init; } = Vector3d.UnitZ;

    public ProximityTable Table { get; private set; } = null!;

    /// <summary>A world over the manifest, with a camera that stands somewhere and looks along x.</summary>
    public HandDrivenWorld World(double x = 0, ProximityOptions? options = null, StreamerOptions? core = null) =>
        new(Build(), (core ?? HandDrivenWorld.Plain) with { Proximity = options ?? new() }) { Views = [Eye(x)] };

    /// <summary>A tree with the manifest in it.</summary>
    public TileTree Tree()
    {
        var tree = new TileTree(HandDrivenWorld.SceneUri);
        tree.Append(TileTree.SceneRoot, Build());
        return tree;
    }

    public static View Eye(double x, double y = 0, double z = 0, Vector3d? looking = null) => new()
    {
        Position = new(x, y, z),
        Direction = looking ?? Vector3d.UnitX,
        Up = Vector3d.UnitZ,
        Near = 0.1,
    };

    public TileBlock Build()
    {
        var builder = new TileBlockBuilder(HandDrivenWorld.SceneUri);
        Table = new(entries.Length, entries.Sum(entry => entry.Lods.Length + entry.Hlods.Length + 1), Regions.Length) { InteriorZone = InteriorZone, Up = Up };
        builder.Document = Table;
        builder.AddTile(-1, BoundingVolume.AxisAligned(new(-5000, -5000, -500), new(5000, 5000, 500)), 20_000, Refinement.Add, Transform3d.Identity);
        for (var i = 0; i < Regions.Length; i++)
            (Table.RegionMin[i], Table.RegionMax[i], Table.RegionParent[i]) = Regions[i];
        for (var i = 0; i < entries.Length; i++)
            Add(builder, i);
        return builder.Build();
    }

    private void Add(TileBlockBuilder builder, int number)
    {
        var entry = entries[number];
        var center = new Vector3d(entry.X, entry.Y, entry.Z);
        var half = new Vector3d(entry.Size / 2, entry.Size / 2, entry.Height / 2);
        Table.Center[number] = center;
        var forEver = double.PositiveInfinity;
        (Table.StreamingRadius[number], Table.UnloadRadius[number]) = entry.Shared ? (forEver, forEver) : (entry.Streaming, entry.Unload);
        Table.PrefetchRadius[number] = entry.Shared ? forEver : entry.Prefetch ?? (entry.Streaming + entry.Unload) / 2;
        (Table.Priority[number], Table.Floor[number], Table.IsInterior[number]) = (entry.Priority, entry.Floor ?? ProximityTable.NoFloor, entry.Interior);
        (Table.IsShared[number], Table.Region[number]) = (entry.Shared, entry.Region);
        var levels = entry.Hlods.Select((from, i) => (From: from, Kind: RepresentationKind.Hlod, Name: $"{entry.Name}-hlod{i + 1}")).Reverse()
            .Concat(entry.Lods.Select((from, i) => (From: from, Kind: RepresentationKind.Lod, Name: $"{entry.Name}-lod{i + 1}")).Reverse())
            .Append((0, RepresentationKind.Full, entry.Name)).ToArray();
        var first = Table.FirstRepresentation[number];
        Table.FirstRepresentation[number + 1] = first + levels.Length;
        var parent = 0;
        for (var i = 0; i < levels.Length; i++)
        {
            (Table.SwitchDistance[first + i], Table.Kind[first + i]) = (levels[i].From, levels[i].Kind);
            var error = 16 * 2 * levels[i].From * DeterministicMath.Tan(Math.PI / 6) / 1080;
            parent = builder.AddTile(parent, BoundingVolume.AxisAligned(center - half, center + half), error, Refinement.Replace, Transform3d.Identity);
            builder.SetNote(parent, number + 1);
            builder.AddContent(parent, Encoding.UTF8.GetBytes(levels[i].Name + ".glb"), ContentFamily.Mesh, ContentFormat.Glb);
        }
    }
}
