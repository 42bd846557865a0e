using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Selection;

/// <summary>A cell of an octree over entries: where their centres lie, and the box around all of them.</summary>
internal struct ProximityCell
{
    /// <summary>Middle and half size of the box around the centres.</summary>
    public Vector3d Center, Half;

    /// <summary>The box around the entries' boxes, padded, as views test it.</summary>
    public TileNode Box;

    /// <summary>Its entries, in the index's order.</summary>
    public int First, Count;

    /// <summary>Its parts; none for a leaf.</summary>
    public int FirstChild, ChildCount;

    /// <summary>Whether an entry has something coarser than its full tile, and whether every one has.</summary>
    public bool HasCoarser, AllHaveCoarser;
}

/// <summary>
/// An octree over a manifest's entries by their centres, for the range query, as flat arrays; made once per table. Beside it what every
/// evaluation reads of an entry, in the octree's order, so that neighbours in space are neighbours in memory.
/// </summary>
internal sealed class ProximityIndex
{
    private const int LeafSize = 16, MaximumDepth = 24;

    private readonly List<ProximityCell> _cells = [];
    private readonly TileTree _tree;
    private readonly double _padding;
    private Vector3d[] _centers;

    public ProximityIndex(TileTree tree, ProximityTable table, int root, ProximityOptions options)
    {
        (_tree, Table, Root, FirstTile, _padding) = (tree, table, root, tree.Links[root].FirstChild, options.TileFrustumGatePadding);
        Order = new int[table.Count];
        _centers = new Vector3d[table.Count];
        TileOf = new int[table.FirstRepresentation[^1]];
        PlaceOf = new int[table.Count];
        Array.Fill(PlaceOf, -1);
        QueryRadius = options.MaxQueryRadius;
        var (shared, placed) = (new List<int>(), 0);
        for (var entry = 0; entry < table.Count; entry++)
        {
            FindTiles(entry);
            if (table.IsShared[entry])
            {
                shared.Add(entry);
                continue;
            }
            Order[placed] = entry;
            _centers[placed++] = table.Center[entry];
            QueryRadius = Math.Max(QueryRadius, table.UnloadRadius[entry]);
            var first = table.FirstRepresentation[entry];
            if (table.FirstRepresentation[entry + 1] - first > 1)
                QueryRadius = Math.Max(QueryRadius, table.SwitchDistance[first]);
        }
        Shared = [.. shared];
        Placed = placed;
        (CoarsestTiles, CoarsestKeys, HasCoarser) = (new int[placed], new ulong[placed], new bool[placed]);
        (Nodes, Far) = (new TileNode[placed], new(placed));
        if (placed > 0)
            Split(AddCell(0, placed), 0);
        Cells = [.. _cells];
        _cells.Clear();
        Centers = _centers;
        _centers = [];
        CopyCoarsest();
    }

    public ProximityTable Table { get; }

    /// <summary>The manifest's root tile.</summary>
    public int Root { get; }

    /// <summary>The first entry's coarsest tile.</summary>
    public int FirstTile { get; }

    /// <summary>The cells; 0 is the whole. Empty where every entry is shared.</summary>
    public ProximityCell[] Cells { get; }

    /// <summary>The entries in the octree's order; those that are shared are not among them.</summary>
    public int[] Order { get; }

    /// <summary>Where distances are measured from, in the octree's order.</summary>
    public Vector3d[] Centers { get; }

    /// <summary>Number of entries in the octree's order.</summary>
    public int Placed { get; }

    /// <summary>An entry's place in the octree's order; −1 for one that is shared.</summary>
    public int[] PlaceOf { get; }

    /// <summary>The coarsest tile of the entry at a place.</summary>
    public int[] CoarsestTiles { get; }

    /// <summary>Its path key.</summary>
    public ulong[] CoarsestKeys { get; }

    /// <summary>Whether it is coarser than the full tile.</summary>
    public bool[] HasCoarser { get; }

    /// <summary>What views test it by: its box, padded.</summary>
    public TileNode[] Nodes { get; }

    /// <summary>Its box as it is, number by number.</summary>
    public FarBoxes Far { get; }

    /// <summary>Whether every tile's box lies along the scene's axes.</summary>
    public bool IsAxisAligned { get; private set; } = true;

    /// <summary>The tile of every representation.</summary>
    public int[] TileOf { get; }

    /// <summary>Entries that are always resident.</summary>
    public int[] Shared { get; }

    /// <summary>How far a tile may be to be anything but its coarsest representation: at least the greatest unload radius and switch distance.</summary>
    public double QueryRadius { get; }

    /// <summary>Whether this is the index of a table at a root that is where it was.</summary>
    public bool IsOf(TileTree tree, ProximityTable table, int root) => _tree == tree && Table == table && Root == root && FirstTile == tree.LinkArray[root].FirstChild;

    // The order is final: beside it what is read of everything that is far and in view.
    private void CopyCoarsest()
    {
        for (var place = 0; place < Placed; place++)
        {
            var entry = Order[place];
            var first = Table.FirstRepresentation[entry];
            var tile = TileOf[first];
            PlaceOf[entry] = place;
            (CoarsestTiles[place], CoarsestKeys[place]) = (tile, _tree.PathKeys[tile]);
            HasCoarser[place] = Table.FirstRepresentation[entry + 1] - first > 1;
            Nodes[place] = Padded(_tree.Nodes[tile], _padding);
            Far.Set(place, _tree.Nodes[tile]);
            IsAxisAligned &= (_tree.Links[tile].Flags & TileFlags.AxisAligned) != 0;
        }
    }

    /// <summary>A tile's box, padded, as views test it; its axes are the tile's.</summary>
    public static TileNode Padded(in TileNode node, double padding) => node with { HalfX = node.HalfX + padding, HalfY = node.HalfY + padding, HalfZ = node.HalfZ + padding };

    private void FindTiles(int entry)
    {
        var tile = ProximityTable.FirstTileOf(_tree, Root, entry);
        for (var representation = Table.FirstRepresentation[entry]; representation < Table.FirstRepresentation[entry + 1]; representation++)
        {
            TileOf[representation] = tile;
            tile = _tree.Links[tile].FirstChild;
        }
    }

    private int AddCell(int first, int count)
    {
        var (low, high) = (new Vector3d(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity), new Vector3d(double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity));
        var (min, max, coarser, all) = (low, high, false, true);
        for (var i = first; i < first + count; i++)
        {
            (low, high) = (Vector3d.Min(low, _centers[i]), Vector3d.Max(high, _centers[i]));
            var representation = Table.FirstRepresentation[Order[i]];
            var (from, to) = _tree.Volume(TileOf[representation]).AxisAlignedBounds();
            (min, max) = (Vector3d.Min(min, from), Vector3d.Max(max, to));
            var hasCoarser = Table.FirstRepresentation[Order[i] + 1] - representation > 1;
            coarser |= hasCoarser;
            all &= hasCoarser;
        }
        var (middle, half) = ((min + max) * 0.5, (max - min) * 0.5 + new Vector3d(_padding, _padding, _padding));
        _cells.Add(new()
        {
            Center = (low + high) * 0.5,
            Half = (high - low) * 0.5,
            Box = new() { CenterX = middle.X, CenterY = middle.Y, CenterZ = middle.Z, HalfX = half.X, HalfY = half.Y, HalfZ = half.Z },
            First = first,
            Count = count,
            HasCoarser = coarser,
            AllHaveCoarser = all,
        });
        return _cells.Count - 1;
    }

    // Parts a cell's entries by the eight octants around its middle; what lies together in one point stays together.
    private void Split(int number, int depth)
    {
        var cell = _cells[number];
        if (cell.Count <= LeafSize || depth == MaximumDepth || cell.Half == Vector3d.Zero)
            return;
        Span<int> counts = stackalloc int[8], next = stackalloc int[8];
        counts.Clear();
        for (var i = cell.First; i < cell.First + cell.Count; i++)
            counts[Octant(_centers[i], cell.Center)]++;
        next[0] = cell.First;
        for (var octant = 1; octant < 8; octant++)
            next[octant] = next[octant - 1] + counts[octant - 1];
        var (order, centers) = (Order[cell.First..(cell.First + cell.Count)], _centers[cell.First..(cell.First + cell.Count)]);
        for (var i = 0; i < order.Length; i++)
        {
            var place = next[Octant(centers[i], cell.Center)]++;
            (Order[place], _centers[place]) = (order[i], centers[i]);
        }
        cell.FirstChild = _cells.Count;
        for (int octant = 0, first = cell.First; octant < 8; first += counts[octant++])
        {
            if (counts[octant] == 0)
                continue;
            AddCell(first, counts[octant]);
            cell.ChildCount++;
        }
        _cells[number] = cell;
        for (var child = cell.FirstChild; child < cell.FirstChild + cell.ChildCount; child++)
            Split(child, depth + 1);
    }

    private static int Octant(Vector3d point, Vector3d middle) => (point.X > middle.X ? 1 : 0) | (point.Y > middle.Y ? 2 : 0) | (point.Z > middle.Z ? 4 : 0);
}
