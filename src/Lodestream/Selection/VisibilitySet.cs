using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lodestream.Scene;

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

    /// <summary>The tile is wanted to cover what has no primary tile, or whose primary tile is not there yet (pyramid policy).</summary>
    Underlay = 8,

    /// <summary>The tile is not wanted yet and fetched all the same, after everything that is (proximity policy).</summary>
    Ahead = 16,

    /// <summary>The tile is on the way to what is wanted or fetched, and is not asked for to cover for it (proximity policy).</summary>
    Passed = 32,
}

/// <summary>
/// A tile that some view sees, or whose ancestor every view that counts refined. One with no flags is wanted for nothing itself: its part is
/// its nearest wanted ancestor's to draw.
/// </summary>
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
/// An order-independent hash of a set of tiles with their roles, and what is counted on the way. Path keys are hashes already: their sum
/// hashes the set, and two different sums make it 128 bits wide.
/// </summary>
internal struct VisitSum()
{
    private ulong _low, _high;

    /// <summary>Tiles that are primary.</summary>
    public int Primaries;

    /// <summary>The deepest primary tile's level.</summary>
    public int Deepest = -1;

    public readonly UInt128 Signature => new(_high, _low);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong key, VisitFlags flags, short level)
    {
        key += (ulong)flags * 0x9e3779b97f4a7c15;
        _low += key;
        _high += (key ^ (key >> 29)) * 0xbf58476d1ce4e5b9;
        if ((flags & VisitFlags.Primary) == 0)
            return;
        Primaries++;
        Deepest = level > Deepest ? level : Deepest;
    }
}

/// <summary>
/// What the cameras want this frame: the visited part of the tree, breadth first, with the wanted tiles marked. A pure function of
/// its inputs; the object is reused from frame to frame.
/// </summary>
public sealed class VisibilitySet
{
    /// <summary>Views at most in one selection: a visit has a bit for each.</summary>
    public const int MaximumViews = 16;

    private Visit[] _visits = new Visit[256];
    private ProximityDecision? _spare;

    /// <summary>Rises by one with every selection.</summary>
    public long FrameId { get; internal set; }

    /// <summary>The visited tiles; parents before children, siblings contiguous.</summary>
    public ReadOnlySpan<Visit> Visits => _visits.AsSpan(0, Count);

    /// <summary>Number of visited tiles.</summary>
    public int Count { get; internal set; }

    /// <summary>Number of wanted tiles.</summary>
    public int PrimaryCount { get; internal set; }

    /// <summary>Number of bounding volumes tested.</summary>
    public int Touched { get; set; }

    /// <summary>The level of the deepest wanted tile; −1 when nothing is wanted.</summary>
    public int PrimaryLevel { get; internal set; }

    /// <summary>Order-independent hash of the wanted tiles with their roles and levels.</summary>
    public UInt128 Signature { get; internal set; }

    /// <summary>What a policy decided that has to know it in the next tick; null for policies that need not.</summary>
    public ProximityDecision? Decision { get; private set; }

    /// <summary>When the same views would want something else, though nothing moves; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    public TimeSpan NextDeadline { get; set; } = TimeSpan.MaxValue;

    /// <summary>Starts a selection: the set holds the scene's root alone, refined, as visit 0.</summary>
    /// <param name="views">Number of views.</param>
    /// <exception cref="ArgumentException">More than <see cref="MaximumViews"/> views.</exception>
    public void Begin(int views)
    {
        if (views > MaximumViews)
            throw new ArgumentException($"{views} views were given; a selection takes {MaximumViews} at most.", nameof(views));
        FrameId++;
        Touched = 0;
        NextDeadline = TimeSpan.MaxValue;
        Count = 1;
        _visits[0] = new()
        {
            Tile = TileTree.SceneRoot,
            Parent = -1,
            ErrorPx = double.PositiveInfinity,
            Views = (ushort)((1 << views) - 1),
            Flags = VisitFlags.Refined,
        };
    }

    /// <summary>
    /// Adds a tile below a visit. Breadth first: all visits of one parent's children together, and parents in the order in which they were added.
    /// </summary>
    /// <param name="parent">Number of the parent's visit.</param>
    /// <param name="tile">The tile: a child of the parent's.</param>
    /// <returns>The new visit, to be filled in; its links are set. Void once the next one is added.</returns>
    /// <exception cref="ArgumentException">The order is another than breadth first.</exception>
    public ref Visit Add(int parent, int tile)
    {
        ref var above = ref _visits[parent];
        if (parent >= Count || (above.ChildCount > 0 ? above.FirstChild + above.ChildCount != Count : Count > 1 && _visits[Count - 1].Parent > parent))
            throw new ArgumentException($"Visit {parent} takes no child now: visits are added breadth first, all children of one together.", nameof(parent));
        if (above.ChildCount++ == 0)
            above.FirstChild = Count;
        if (Count == _visits.Length)
            Grow();
        _visits[Count] = new() { Tile = tile, Parent = parent, Distance = double.PositiveInfinity };
        return ref _visits[Count++];
    }

    /// <summary>Ends a selection made with <see cref="Add"/>: counts and signs what is wanted.</summary>
    /// <param name="tree">The tree.</param>
    public void End(TileTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var sum = new VisitSum();
        foreach (ref readonly var visit in Visits)
        {
            if ((visit.Flags & (VisitFlags.Primary | VisitFlags.Underlay | VisitFlags.Expand)) != 0)
                sum.Add(tree.PathKeyArray[visit.Tile], visit.Flags, tree.LinkArray[visit.Tile].Level);
        }
        Conclude(sum);
    }

    /// <summary>An empty decision, to be filled in; the one before stays as it is until the next selection into this set.</summary>
    internal ProximityDecision NewDecision()
    {
        (Decision, _spare) = (_spare ?? new(), Decision);
        return Decision;
    }

    /// <summary>What was decided counts no more.</summary>
    internal void ForgetDecision() => Decision = null;

    internal void Conclude(in VisitSum sum) => (PrimaryCount, PrimaryLevel, Signature) = (sum.Primaries, sum.Deepest, sum.Signature);

    internal Visit[] VisitArray => _visits;

    internal void Grow() => Array.Resize(ref _visits, _visits.Length * 2);
}
