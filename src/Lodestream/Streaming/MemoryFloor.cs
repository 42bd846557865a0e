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
    private Needs _roots, _tile, _coarsest;
    private long _group;
    private long _saidFloor, _saidBudget;

    // Bytes in all, of geometry and of textures.
    private readonly record struct Needs(long Total, long Geometry, long Texture)
    {
        public long OnGpu => Geometry + Texture;
    }

    /// <summary>Bytes the scene takes at least, as far as is known.</summary>
    public long Bytes => Math.Max(_roots.Total, Coarsest) + _group + Math.Max(_tile.Total, sizes.Longest);

    /// <summary>What is drawn where the views make do with the least detail there is, bytes; 0 while they do not have to.</summary>
    public long Coarsest => _coarsest.Total;

    /// <summary>What is wrong with the budget; null when nothing is known to be.</summary>
    public string? Error { get; private set; }

    /// <summary>A content was measured.</summary>
    public void Learn(int content) => _measured.Add(content);

    /// <summary>Counts what was measured since the last time, and says whether the budget is known to be too small.</summary>
    /// <param name="ledger">The budgets.</param>
    /// <param name="coarsest">What is wanted, if less detail could not be; else null.</param>
    public void Judge(MemoryLedger ledger, VisibilitySet? coarsest)
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
        _coarsest = coarsest is null ? default : Wanted(coarsest);
        if (ledger.Budget >= Bytes && ShortAccount(ledger) is { } account)
            Say(account.Budget, account.Account, account.Parts);
        else
            Say(ledger.Budget, "", (Math.Max(_roots.Total, Coarsest), _group, Math.Max(_tile.Total, sizes.Longest)));
    }

    // Of geometry and textures by themselves: what everything falls back on, and the largest that must find room beside it.
    private (string Account, (long, long, long) Parts, long Budget)? ShortAccount(MemoryLedger ledger)
    {
        var geometry = (Math.Max(_roots.Geometry, _coarsest.Geometry), 0L, _tile.Geometry);
        if (geometry.Item1 + geometry.Item3 > ledger.GeometryBudget)
            return ("geometry ", geometry, ledger.GeometryBudget);
        var texture = (Math.Max(_roots.Texture, _coarsest.Texture), 0L, _tile.Texture);
        return texture.Item1 + texture.Item3 > ledger.TextureBudget ? ("texture ", texture, ledger.TextureBudget) : null;
    }

    private void Count(int tile)
    {
        if (tree.BlockOf(tile) < 0)
            return;
        var known = Known(tile);
        _tile = new(Math.Max(_tile.Total, known.Total), Math.Max(_tile.Geometry, known.Geometry), Math.Max(_tile.Texture, known.Texture));
        if ((tree.Links[tile].Flags & TileFlags.Root) != 0)
            _roots = new(Math.Max(_roots.Total, known.OnGpu), Math.Max(_roots.Geometry, known.Geometry), Math.Max(_roots.Texture, known.Texture));
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
            bytes += tree.Links[child].HasLiveContent ? Known(child).OnGpu : Frontier(child);
        return bytes;
    }

    private Needs Wanted(VisibilitySet set)
    {
        var bytes = new Needs();
        foreach (ref readonly var visit in set.Visits)
        {
            if ((visit.Flags & (VisitFlags.Primary | VisitFlags.Underlay)) != 0)
            {
                var known = Known(visit.Tile);
                bytes = new(bytes.Total + known.OnGpu, bytes.Geometry + known.Geometry, bytes.Texture + known.Texture);
            }
        }
        return bytes;
    }

    private Needs Known(int tile)
    {
        var known = new Needs();
        foreach (var content in tree.SlotsOf(tile))
        {
            var index = residency.Find(content);
            var needs = index >= 0 && residency.Entry(index).Measured.Total > 0 ? residency.Entry(index).Measured : sizes.Measurement(content);
            known = new(known.Total + needs.Total, known.Geometry + needs.Geometry, known.Texture + needs.Texture);
        }
        return known;
    }

    private void Say(long budget, string account, (long Roots, long Group, long Tile) parts)
    {
        var floor = parts.Roots + parts.Group + parts.Tile;
        if (budget >= floor)
        {
            (Error, _saidFloor) = (null, 0);
            return;
        }
        if (floor == _saidFloor && budget == _saidBudget)
            return;
        (_saidFloor, _saidBudget) = (floor, budget);
        Error = string.Create(CultureInfo.InvariantCulture,
            $"the {account}memory budget of {budget:N0} bytes is below {floor:N0}, the least this scene takes: roots {parts.Roots:N0}, largest sibling group {parts.Group:N0}, largest tile {parts.Tile:N0}");
    }
}
