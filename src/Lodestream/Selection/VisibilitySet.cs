using System.Runtime.InteropServices;

namespace Lodestream.Selection;

/// <summary>What a tile is to a frame.</summary>
[Flags]
public enum VisitFlags : byte
{
    /// <summary>None of the below.</summary>
    None = 0,

    /// <summary>The tile's children are wanted.</summary>
    Refined = 1,

    /// <summary>The tile itself is wanted: it is on the cut, or drawn in addition to its children.</summary>
    Primary = 2,

    /// <summary>The tile's topology is wanted.</summary>
    Expand = 4,

    /// <summary>The tile is wanted to cover for what is not there yet (pyramid policy).</summary>
    Underlay = 8,
}

/// <summary>A tile that some view sees, or whose ancestor every view that counts refined.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Visit
{
    /// <summary>Screen-space error in pixels, at the near plane from inside the volume: the greatest over the views that see the tile.</summary>
    public double ErrorPx;

    /// <summary>Metres from the nearest view that sees the tile to its volume; 0 inside.</summary>
    public double Distance;

    /// <summary>The tile.</summary>
    public int Tile;

    /// <summary>The parent's visit; −1 for the scene's root. Parents come before children.</summary>
    public int Parent;

    /// <summary>The first child's visit; the visits of one tile's children are contiguous.</summary>
    public int FirstChild;

    /// <summary>Number of the children's visits: those some view sees.</summary>
    public int ChildCount;

    /// <summary>The views that see the tile, a bit each.</summary>
    public ushort Views;

    /// <summary>The views whose frustum holds the whole tile.</summary>
    public ushort Inside;

    /// <summary>What the tile is to this frame.</summary>
    public VisitFlags Flags;
}

/// <summary>
/// What the cameras want this frame: the visited part of the tree, breadth first, with the wanted tiles marked. A pure function of
/// its inputs; the object is reused from frame to frame.
/// </summary>
public sealed class VisibilitySet
{
    private Visit[] _visits = new Visit[256];

    /// <summary>Rises by one with every selection.</summary>
    public long FrameId { get; internal set; }

    /// <summary>The visited tiles; parents before children, siblings contiguous.</summary>
    public ReadOnlySpan<Visit> Visits => _visits.AsSpan(0, Count);

    /// <summary>Number of visited tiles.</summary>
    public int Count { get; internal set; }

    /// <summary>Number of wanted tiles.</summary>
    public int PrimaryCount { get; internal set; }

    /// <summary>Number of bounding volumes tested.</summary>
    public int Touched { get; internal set; }

    /// <summary>The level of the deepest wanted tile; −1 when nothing is wanted.</summary>
    public int PrimaryLevel { get; internal set; }

    /// <summary>Order-independent hash of the wanted tiles with their roles and levels.</summary>
    public UInt128 Signature { get; internal set; }

    internal Visit[] VisitArray => _visits;

    internal void Grow() => Array.Resize(ref _visits, _visits.Length * 2);
}
