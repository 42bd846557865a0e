using Lodestream.Geometry;

namespace Lodestream.Scene;

/// <summary>What part of a building a manifest tile holds. Its radii say already how far it is seen; the tier is for people and for the interior zone.</summary>
public enum SemanticTier : byte
{
    /// <summary>The manifest does not say.</summary>
    None,

    /// <summary>Façades and roofs.</summary>
    ExteriorShell,

    /// <summary>Floors and walls inside.</summary>
    StructuralInterior,

    /// <summary>Furniture and fixtures.</summary>
    RoomContents,

    /// <summary>Small things.</summary>
    FineProps,
}

/// <summary>What a tile of a manifest entry's chain shows.</summary>
public enum RepresentationKind : byte
{
    /// <summary>A merged proxy, shown while neither the full tile nor a LOD is.</summary>
    Hlod,

    /// <summary>A coarser model of the one tile.</summary>
    Lod,

    /// <summary>The tile itself.</summary>
    Full,
}

/// <summary>
/// What a manifest scene says of its tiles beyond the <see cref="TileTree"/>, as flat arrays: distances, gates, order. Entry e is one
/// tile of the manifest. In the tree it is a chain of REPLACE tiles, the coarsest representation first, below the block's content-less
/// ADD root; the root's children are the entries, in order. Metres; positions in the scene's frame.
/// </summary>
/// <remarks>
/// Reached from a tile by <see cref="Of"/>, and from there by <see cref="EntryOf"/> and <see cref="FirstTileOf"/>. The arrays are the
/// table's own: whoever builds a tree fills them, afterwards nobody writes to them.
/// </remarks>
public sealed class ProximityTable
{
    /// <summary>Stands for no floor in <see cref="Floor"/>.</summary>
    public const int NoFloor = int.MinValue;

    /// <summary>Stands for no region in <see cref="Region"/> and <see cref="RegionParent"/>.</summary>
    public const int NoRegion = -1;

    /// <summary>Makes an empty table.</summary>
    /// <param name="entries">Number of entries.</param>
    /// <param name="representations">Number of representations of all entries.</param>
    /// <param name="regions">Number of regions.</param>
    public ProximityTable(int entries, int representations, int regions)
    {
        (Center, StreamingRadius, UnloadRadius, PrefetchRadius) = (new Vector3d[entries], new double[entries], new double[entries], new double[entries]);
        (Priority, Floor, Tier, IsInterior, IsShared) = (new int[entries], new int[entries], new SemanticTier[entries], new bool[entries], new bool[entries]);
        (FileBytes, Region, FirstRepresentation) = (new long[entries], new int[entries], new int[entries + 1]);
        (SwitchDistance, Kind) = (new double[representations], new RepresentationKind[representations]);
        (RegionMin, RegionMax, RegionParent) = (new Vector3d[regions], new Vector3d[regions], new int[regions]);
    }

    private ProximityTable(ProximityTable other)
    {
        (Center, StreamingRadius, UnloadRadius, PrefetchRadius) = (other.Center, other.StreamingRadius, other.UnloadRadius, other.PrefetchRadius);
        (Priority, Floor, Tier, IsInterior, IsShared) = (other.Priority, other.Floor, other.Tier, other.IsInterior, other.IsShared);
        (FileBytes, Region, FirstRepresentation) = (other.FileBytes, other.Region, other.FirstRepresentation);
        (SwitchDistance, Kind) = (other.SwitchDistance, other.Kind);
        (RegionMin, RegionMax, RegionParent) = (other.RegionMin, other.RegionMax, other.RegionParent);
    }

    /// <summary>Number of entries.</summary>
    public int Count => Center.Length;

    /// <summary>Number of regions.</summary>
    public int RegionCount => RegionMin.Length;

    /// <summary>From where distances are measured.</summary>
    public Vector3d[] Center { get; }

    /// <summary>Within this the full tile is wanted. Infinite for what is always resident.</summary>
    public double[] StreamingRadius { get; }

    /// <summary>Beyond this it is not wanted any more; never less than the streaming radius.</summary>
    public double[] UnloadRadius { get; }

    /// <summary>Within this loading may begin: resolved, between the streaming and the unload radius.</summary>
    public double[] PrefetchRadius { get; }

    /// <summary>Order among those that are wanted: the greater first.</summary>
    public int[] Priority { get; }

    /// <summary>Floor of a building, 0 at the ground; <see cref="NoFloor"/> where the manifest does not say.</summary>
    public int[] Floor { get; }

    /// <summary>What part of a building it holds.</summary>
    public SemanticTier[] Tier { get; }

    /// <summary>Whether loading starts only while the camera is inside <see cref="InteriorZone"/>.</summary>
    public bool[] IsInterior { get; }

    /// <summary>Whether it spans many tiles and is always resident.</summary>
    public bool[] IsShared { get; }

    /// <summary>Bytes of the full tile's file as the manifest names them; 0 where it does not.</summary>
    public long[] FileBytes { get; }

    /// <summary>The region that holds it; <see cref="NoRegion"/> for none.</summary>
    public int[] Region { get; }

    /// <summary>First of an entry's representations; entry e has those up to <c>FirstRepresentation[e + 1]</c>, coarsest first, the full tile last.</summary>
    public int[] FirstRepresentation { get; }

    /// <summary>From which distance on a representation is shown; 0 for the full tile.</summary>
    public double[] SwitchDistance { get; }

    /// <summary>What a representation is.</summary>
    public RepresentationKind[] Kind { get; }

    /// <summary>Least coordinates of all entries in a region and in the regions below it.</summary>
    public Vector3d[] RegionMin { get; }

    /// <summary>Greatest coordinates, like <see cref="RegionMin"/>.</summary>
    public Vector3d[] RegionMax { get; }

    /// <summary>The region that holds a region; <see cref="NoRegion"/> at the top.</summary>
    public int[] RegionParent { get; }

    /// <summary>Which way floors are stacked: a unit vector.</summary>
    public Vector3d Up { get; init; } = Vector3d.UnitZ;

    /// <summary>Where interior entries may load; null where that gate is off.</summary>
    public BoundingVolume? InteriorZone { get; init; }

    /// <summary>Size of a tile along the scene's axes; null where the manifest does not say.</summary>
    public Vector3d? TileSize { get; init; }

    /// <summary>The same arrays with another up and zone.</summary>
    internal ProximityTable With(in Vector3d up, in BoundingVolume? zone) => new(this) { Up = up, InteriorZone = zone, TileSize = TileSize };

    /// <summary>The table of the manifest that a tile comes from; null where it comes from something else.</summary>
    /// <param name="tree">The scene.</param>
    /// <param name="tile">A tile, or a manifest's root.</param>
    public static ProximityTable? Of(TileTree tree, int tile)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return tree.DocumentOf(tile) as ProximityTable;
    }

    /// <summary>The entry that a tile of the manifest shows; −1 for its root.</summary>
    /// <param name="tree">The scene.</param>
    /// <param name="tile">A tile for which <see cref="Of"/> found this table.</param>
    public static int EntryOf(TileTree tree, int tile)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return tree.NoteOf(tile) - 1;
    }

    /// <summary>The tile of an entry's coarsest representation; the next finer one is its only child, and so on to the full tile.</summary>
    /// <param name="tree">The scene.</param>
    /// <param name="root">The manifest's root tile.</param>
    /// <param name="entry">The entry.</param>
    public static int FirstTileOf(TileTree tree, int root, int entry)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return tree.Links[root].FirstChild + entry;
    }
}
