using System.Globalization;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>
/// The least budget with which the scene can be streamed: its roots, which everything falls back on and which stay; the largest group of
/// siblings that must come together; and the largest tile, which must find room before what it replaces can go. It counts only what is
/// known for certain, announced or measured, and so rises as contents come.
/// </summary>
internal sealed class MemoryFloor(TileTree tree, TileResidency residency, SizeEstimator sizes, bool hostHasMasks)
{
    private readonly List<int> _measured = [];
    private readonly List<int> _groups = [];
    private long _roots, _group, _tile;
    private long _saidFloor, _saidBudget;

    /// <summary>Bytes the scene takes at least, as far as is known.</summary>
    public long Bytes => Math.Max(_roots, Coarsest) + _group + Math.Max(_tile, sizes.Longest);

    /// <summary>What is drawn where the views make do with the least detail there is, bytes; 0 while they do not have to.</summary>
    public long Coarsest { get; private set; }

    /// <summary>What is wrong with the budget; null when nothing is known to be.</summary>
    public string? Error { get; private set; }

    /// <summary>A content was measured.</summary>
    public void Learn(int content) => _measured.Add(content);

    /// <summary>Counts what was measured since the last time, and says whether the budget is known to be too small.</summary>
    /// <param name="budget">The budget, bytes.</param>
    /// <param name="coarsest">What is wanted, if less detail could not be; else null.</param>
    public void Judge(long budget, VisibilitySet? coarsest)
    {
        foreach (var content in _measured)
        {
            Count(tree.Contents.Records[content].Tile);
            foreach (var tile in tree.OtherTilesOf(content))
                Count(tile);
        }
        _measured.Clear();
        foreach (var gate in _groups)
            _group = Math.Max(_group, Frontier(gate));
        _groups.Clear();
        Coarsest = coarsest is null ? 0 : Wanted(coarsest);
        Say(budget);
    }

    private void Count(int tile)
    {
        if (tree.BlockOf(tile) < 0)
            return;
        var (gpu, all) = Known(tile);
        _tile = Math.Max(_tile, all);
        if ((tree.Links[tile].Flags & TileFlags.Root) != 0)
            _roots = Math.Max(_roots, gpu);
        if (GateOf(tile) is >= 0 and var gate && !_groups.Contains(gate))
            _groups.Add(gate);
    }

    // The nearest tile above that shows something itself, if it gives way only to all below it at once.
    private int GateOf(int tile)
    {
        for (var above = tree.Links[tile].Parent; above > TileTree.SceneRoot; above = tree.Links[above].Parent)
        {
            ref readonly var links = ref tree.Links[above];
            if (!links.HasLiveContent)
                continue;
            return links.CanMask(hostHasMasks) || (links.Flags & TileFlags.Add) != 0 ? -1 : above;
        }
        return -1;
    }

    // What takes a tile's place: its children, and for a child without content those below.
    private long Frontier(int tile)
    {
        long bytes = 0;
        ref readonly var links = ref tree.Links[tile];
        for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
            bytes += tree.Links[child].HasLiveContent ? Known(child).Gpu : Frontier(child);
        return bytes;
    }

    private long Wanted(VisibilitySet set)
    {
        long bytes = 0;
        foreach (ref readonly var visit in set.Visits)
        {
            if ((visit.Flags & (VisitFlags.Primary | VisitFlags.Underlay)) != 0)
                bytes += Known(visit.Tile).Gpu;
        }
        return bytes;
    }

    private (long Gpu, long All) Known(int tile)
    {
        var (gpu, all) = (0L, 0L);
        foreach (var content in tree.SlotsOf(tile))
        {
            var index = residency.Find(content);
            var needs = index >= 0 && residency.Entry(index).Measured.Total > 0 ? residency.Entry(index).Measured : sizes.Measurement(content);
            gpu += needs.Geometry + needs.Texture;
            all += needs.Total;
        }
        return (gpu, all);
    }

    private void Say(long budget)
    {
        if (budget >= Bytes)
        {
            (Error, _saidFloor) = (null, 0);
            return;
        }
        if (Bytes == _saidFloor && budget == _saidBudget)
            return;
        (_saidFloor, _saidBudget) = (Bytes, budget);
        Error = string.Create(CultureInfo.InvariantCulture,
            $"the memory budget of {budget:N0} bytes is below {Bytes:N0}, the least this scene takes: roots {Math.Max(_roots, Coarsest):N0}, largest sibling group {_group:N0}, largest tile {Math.Max(_tile, sizes.Longest):N0}");
    }
}
