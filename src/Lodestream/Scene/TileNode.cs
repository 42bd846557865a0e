using System.Runtime.InteropServices;

namespace Lodestream.Scene;

/// <summary>
/// What selection reads of every tile it touches: 64 bytes, one cache line. Everything else about a tile is in <see cref="TileLinks"/>
/// and the tree's side tables.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct TileNode
{
    /// <summary>Centre of the bounding volume, metres, scene frame.</summary>
    public double CenterX, CenterY, CenterZ;

    /// <summary>Half lengths along the volume's axes, metres; for a sphere, the radius three times.</summary>
    public double HalfX, HalfY, HalfZ;

    /// <summary>Geometric error, metres, never above the parent's.</summary>
    public double GeometricError;

    /// <summary>Raster error (ground size of a texel), metres; 0 when unknown.</summary>
    public float RasterError;

    /// <summary>Index into the tree's orientations; 0 is the scene's own axes.</summary>
    public int Orientation;
}

/// <summary>The tree's links of a tile.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TileLinks
{
    /// <summary>Index of the parent; −1 for the scene's root.</summary>
    public int Parent;

    /// <summary>Index of the first child; children are contiguous. −1 without children.</summary>
    public int FirstChild;

    /// <summary>Number of children.</summary>
    public int ChildCount;

    /// <summary>First of the tile's entries in the tree's slot table.</summary>
    public int FirstSlot;

    /// <summary>Number of content slots.</summary>
    public ushort SlotCount;

    /// <summary>Facts about the tile.</summary>
    public TileFlags Flags;

    /// <summary>Depth below the tileset's root, which is 0; the scene's root is −1.</summary>
    public short Level;

    /// <summary>Axes along which the children are told apart when this tile carries a mask: bit 0 x, bit 1 y, bit 2 z of the children's own axes.</summary>
    public byte MaskAxes;

    /// <summary>Whether it has a content that is here or may come: one that failed for good counts as none.</summary>
    internal readonly bool HasLiveContent => (Flags & (TileFlags.HasContent | TileFlags.ContentFailed)) == TileFlags.HasContent;

    /// <summary>Whether its own content stays when its children come, and it has some.</summary>
    internal readonly bool IsAddWithContent => (Flags & TileFlags.Add) != 0 && HasLiveContent;

    /// <summary>Whether it can be drawn around some of its children. Children that are told apart along no axis need no host with masks.</summary>
    internal readonly bool CanMask(bool hostHasMasks) => (Flags & TileFlags.Maskable) != 0 && (hostHasMasks || MaskAxes == 0);

    /// <summary>Whether an ancestor drawn for it covers all of it: nothing below shows beside that.</summary>
    internal readonly bool Gates(bool hostHasMasks) => !CanMask(hostHasMasks) || IsAddWithContent;
}

/// <summary>A tile as the world outside the tree names it: the generation tells a reused index from the tile that was meant.</summary>
public readonly record struct TileHandle(int Index, int Generation);

/// <summary>One content of a tile, as its tileset describes it.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ContentRecord
{
    internal int Block;
    internal int UriOffset;
    internal ushort UriLength;

    /// <summary>What the content holds.</summary>
    public ContentFamily Family;

    /// <summary>How it is encoded, as far as the URI tells.</summary>
    public ContentFormat Format;

    /// <summary>A tile that names this content. Others are in the tree's list of shared contents.</summary>
    public int Tile;

    /// <summary>Length in bytes; 0 when unknown.</summary>
    public uint ByteLength;

    internal int References;

    internal ushort GroupNumber;

    /// <summary>Index of its group in its document; −1 where it is in none.</summary>
    public readonly int Group => GroupNumber - 1;
}
