using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Presentation.Batching;

/// <summary>
/// From a host's commits, which contents are drawn whole, and tells a <see cref="BatchPlanner"/> of them. A content can be batched while
/// exactly one item draws it, from the item's own tile, without a child mask. What is cut to a region or around children, drawn in
/// several places, or coloured by a map of regions, draws itself.
/// </summary>
/// <param name="tree">The scene.</param>
/// <param name="planner">Who is told.</param>
/// <param name="cellSize">Size of a cell, metres; null for the manifest's tile size or, without one, a cell for each tile.</param>
/// <param name="coarseCellScale"><see cref="BatchOptions.CoarseCellScale"/>.</param>
public sealed class DrawnContents(TileTree tree, BatchPlanner planner, Vector3d? cellSize = null, double coarseCellScale = 2)
{
    // Of what is coarser still there is little left to merge.
    private const int CoarsestGrid = 2;

    private readonly Dictionary<int, DrawItem> _items = [];
    private readonly Dictionary<int, Drawn> _drawn = [];
    private readonly Dictionary<long, BatchMesh[]> _reports = [];
    private readonly List<int> _touched = [];

    private struct Drawn
    {
        /// <summary>Items that draw it, and those of them that draw it whole.</summary>
        public int Items, Whole;

        /// <summary>The tile that draws it whole.</summary>
        public int Tile;

        /// <summary>Uploads the host holds of it: the one that is drawn, and a newer one that waits for its commit; 0 for none.</summary>
        public long Current, Newer;

        /// <summary>Where the planner has it: tile and upload; upload 0 for nowhere.</summary>
        public int PlacedTile;

        public long PlacedUpload;

        public bool IsTouched, ArrivedWhole;
    }

    /// <summary>The host has a content on the GPU.</summary>
    /// <param name="content">The content.</param>
    /// <param name="ticket">The preparation it comes from.</param>
    /// <param name="meshes">What it is drawn with; kept.</param>
    public void Report(int content, long ticket, BatchMesh[] meshes)
    {
        ref var drawn = ref Of(content);
        if (drawn.Current == 0)
            drawn.Current = ticket;
        else
            drawn.Newer = ticket;
        _reports[ticket] = meshes;
    }

    /// <summary>Takes a commit in, as the host does.</summary>
    public void Commit(RenderCommit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        foreach (var content in commit.Replaced)
            Replace(content);
        foreach (var region in commit.Hidden)
            Hide(region);
        foreach (ref readonly var item in commit.Shown)
            Show(item);
        Settle();
    }

    /// <summary>The host frees an upload.</summary>
    public void Free(int content, long ticket)
    {
        _reports.Remove(ticket);
        if (!_drawn.ContainsKey(content))
            return;
        ref var drawn = ref Of(content);
        if (drawn.Newer == ticket)
            drawn.Newer = 0;
        else if (drawn.Current == ticket)
            (drawn.Current, drawn.Newer) = (drawn.Newer, 0);
        Touch(content, ref drawn);
        Settle();
    }

    /// <summary>The host lost all it drew.</summary>
    public void Clear()
    {
        _items.Clear();
        _drawn.Clear();
        _reports.Clear();
        _touched.Clear();
        planner.Clear();
    }

    private ref Drawn Of(int content) => ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_drawn, content, out _);

    private void Replace(int content)
    {
        ref var drawn = ref Of(content);
        if (drawn.Newer == 0)
            return;
        (drawn.Current, drawn.Newer) = (drawn.Newer, 0);
        Touch(content, ref drawn);
    }

    private void Hide(int region)
    {
        if (_items.Remove(region, out var item))
            Count(item, -1, arrivedWhole: false);
    }

    private void Show(in DrawItem item)
    {
        var isNew = !_items.Remove(item.Region, out var before);
        if (!isNew)
            Count(before, -1, arrivedWhole: false);
        _items.Add(item.Region, item);
        Count(item, 1, isNew);
    }

    private void Count(in DrawItem item, int sign, bool arrivedWhole)
    {
        var slots = tree.SlotsOf(item.Source);
        var isUncut = item.Region == item.Source && item.ChildMask == 0;
        for (var slot = 0; slot < slots.Length; slot++)
        {
            if ((item.Contents >> slot & 1) == 0)
                continue;
            ref var drawn = ref Of(slots[slot]);
            var isWhole = isUncut && !(item.MapTile >= 0 && tree.Contents.Records[slots[slot]].Family == ContentFamily.Terrain);
            drawn.Items += sign;
            if (isWhole)
                drawn.Whole += sign;
            if (isWhole && sign > 0)
                (drawn.Tile, drawn.ArrivedWhole) = (item.Source, arrivedWhole);
            Touch(slots[slot], ref drawn);
        }
    }

    private void Touch(int content, ref Drawn drawn)
    {
        if (drawn.IsTouched)
            return;
        drawn.IsTouched = true;
        _touched.Add(content);
    }

    // Everything leaves before anything comes: a cell that is handed over changes once.
    private void Settle()
    {
        foreach (var content in _touched)
        {
            ref var drawn = ref Of(content);
            if (drawn.PlacedUpload == 0 || (IsBatchable(drawn) && drawn.PlacedUpload == drawn.Current && drawn.PlacedTile == drawn.Tile))
                continue;
            planner.Remove(content);
            drawn.PlacedUpload = 0;
        }
        foreach (var content in _touched)
        {
            ref var drawn = ref Of(content);
            drawn.IsTouched = false;
            if (drawn.PlacedUpload == 0 && IsBatchable(drawn))
                Place(content, ref drawn);
            else if (drawn is { Items: 0, Current: 0 })
                _drawn.Remove(content);
        }
        _touched.Clear();
    }

    private bool IsBatchable(in Drawn drawn) => drawn is { Items: 1, Whole: 1 } && _reports.ContainsKey(drawn.Current);

    private void Place(int content, ref Drawn drawn)
    {
        (drawn.PlacedTile, drawn.PlacedUpload) = (drawn.Tile, drawn.Current);
        planner.Place(content, PlaceOf(drawn.Tile, content), tree.Transform(drawn.Tile), _reports[drawn.Current], drawn.ArrivedWhole);
    }

    internal BatchPlace PlaceOf(int tile, int content)
    {
        var level = Representations.LevelOf(tree, tile);

        // Of a manifest's tile its representation, of any other its level: what replaces something else is never merged with it.
        return new(CellOf(tile, Math.Clamp(level, 0, CoarsestGrid)), level >= 0 ? level : tree.Links[tile].Level, (int)tree.Contents.Records[content].Family);
    }

    private BatchCell CellOf(int tile, int grid) => (cellSize ?? ProximityTable.Of(tree, tile)?.TileSize) is { } size
        ? BatchCell.Containing(tree.Volume(tile).Center, size * ScaleOf(grid), grid) : BatchCell.OfTile(tree.Contents.RecordArray[tree.SlotsOf(tile)[0]].Format == ContentFormat.PayloadMesh ? tree.PayloadTileOf(tile) : tile);

    private double ScaleOf(int grid) => grid == 0 ? 1 : coarseCellScale * ScaleOf(grid - 1);
}
