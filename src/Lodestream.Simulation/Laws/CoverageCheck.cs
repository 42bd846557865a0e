using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Runs;

namespace Lodestream.Simulation.Laws;

/// <summary>
/// Laws 2 and 3. Walks every visible path from the root to the cut, and below the cut where anything distinguishes one path from another,
/// with the draw items that cover it. A path is a row of REPLACE chains: an ADD tile with content ends one, its children begin the next.
/// In each chain exactly one tile is drawn if one can be; a tile that stands in for an ADD tile stands in for all below it. Nothing is
/// drawn less or coarser than in the frame before, unless that is what is wanted.
/// </summary>
internal sealed class CoverageCheck(TileTree tree, TileFacts tiles, StreamerOptions options)
{
    private Mark[] _now = [], _before = [];
    private int[] _itemsBelow = [], _itemsBelowBefore = [];
    private readonly List<int> _path = [];
    private readonly List<Cover> _covers = [], _coversBefore = [];
    private readonly List<int> _drawnPerChain = [];
    private long _frame;
    private Action<Breach, int, string> _fail = (_, _, _) => { };

    // What a frame says of a tile; stale where the frame's number is another one.
    private struct Mark
    {
        public long VisitFrame, ItemFrame;
        public ulong Key;
        public VisitFlags Flags;
        public DrawItem Item;
    }

    private readonly record struct Cover(int Region, int Source, int SourceDepth);

    /// <summary>The frame before does not count: what it showed was lost with the GPU's memory.</summary>
    public void Forget() => Array.Clear(_now);

    /// <summary>Checks a frame.</summary>
    /// <param name="frame">Its number.</param>
    /// <param name="set">What is wanted.</param>
    /// <param name="screen">What is drawn.</param>
    /// <param name="fail">Takes what is broken, the tile and the reason.</param>
    public void Check(long frame, VisibilitySet set, Screen screen, Action<Breach, int, string> fail)
    {
        (_frame, _fail) = (frame, fail);
        Remember(set, screen);
        CheckItems(screen);
        _path.Clear();
        Walk(TileTree.SceneRoot, cut: -1, seenBefore: true, followBefore: true);
    }

    // The frame before is kept as it was; the older one's arrays are used again.
    private void Remember(VisibilitySet set, Screen screen)
    {
        (_now, _before) = (_before, _now);
        (_itemsBelow, _itemsBelowBefore) = (_itemsBelowBefore, _itemsBelow);
        if (_now.Length < tree.Capacity)
            Array.Resize(ref _now, tree.Capacity * 3 / 2);
        if (_before.Length < _now.Length)
            Array.Resize(ref _before, _now.Length);
        if (_itemsBelow.Length < _now.Length)
            Array.Resize(ref _itemsBelow, _now.Length);
        if (_itemsBelowBefore.Length < _now.Length)
            Array.Resize(ref _itemsBelowBefore, _now.Length);
        Array.Clear(_itemsBelow);
        foreach (ref readonly var visit in set.Visits)
        {
            ref var mark = ref _now[visit.Tile];
            (mark.VisitFrame, mark.Key, mark.Flags) = (_frame, tree.PathKeys[visit.Tile], visit.Flags);
        }
        foreach (var item in screen.Items)
        {
            ref var mark = ref _now[item.Region];
            (mark.ItemFrame, mark.Key, mark.Item) = (_frame, tree.PathKeys[item.Region], item);
            for (var above = tree.Links[item.Region].Parent; above >= 0; above = tree.Links[above].Parent)
                _itemsBelow[above]++;
        }
    }

    private void CheckItems(Screen screen)
    {
        foreach (var item in screen.Items)
        {
            if (!tiles.IsDrawable(item.Source))
                _fail(Breach.Hole, item.Region, $"{TileNames.Of(tree, item.Source)} is drawn there, which is not uploaded, or is not complete, or failed");
            else if (item.Contents != tiles.DrawableContents(item.Source))
                _fail(Breach.Dishonest, item.Source, $"its contents {item.Contents:b} are said to be resident; {tiles.DrawableContents(item.Source):b} are");
        }
    }

    // Cut: depth of the tile that ended the wanted path above, −1 while the walk is at or above it. SeenBefore: the frame before saw
    // this region too. FollowBefore: the frame before's wanted path goes on here.
    private void Walk(int tile, int cut, bool seenBefore, bool followBefore)
    {
        var depth = _path.Count;
        _path.Add(tile);
        var (covers, coversBefore) = (_covers.Count, _coversBefore.Count);
        var mask = Push(tile, _now, _frame, _covers);
        var maskBefore = Push(tile, _before, _frame - 1, _coversBefore);
        ref readonly var now = ref _now[tile];
        if (cut < 0 && (now.Flags & VisitFlags.Refined) == 0)
            cut = now.Flags == VisitFlags.None ? WantedDepth(depth) : depth;
        if (followBefore)
            FollowBefore(tile, ref seenBefore, ref followBefore);
        if (IsPathsEnd(tile, cut, mask | maskBefore))
            Judge(tile, cut < 0 ? depth : cut, seenBefore);
        else
            WalkChildren(tile, cut, seenBefore, followBefore, mask, maskBefore);
        _covers.RemoveRange(covers, _covers.Count - covers);
        _coversBefore.RemoveRange(coversBefore, _coversBefore.Count - coversBefore);
        _path.RemoveAt(depth);
    }

    // Where a view's selection leaves a part to what it wants above, that is what is wanted there.
    private int WantedDepth(int depth)
    {
        while (depth > 0 && (_now[_path[depth]].Flags & (VisitFlags.Primary | VisitFlags.Underlay)) == 0)
            depth--;
        return depth;
    }

    private void WalkChildren(int tile, int cut, bool seenBefore, bool followBefore, int mask, int maskBefore)
    {
        ref readonly var links = ref tree.Links[tile];
        for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
        {
            if (cut < 0 && _now[child].VisitFrame != _frame)
                continue;
            var bit = 1 << (child - links.FirstChild & 7);
            var masked = Mask(_covers, tile, (mask & bit) != 0);
            var maskedBefore = Mask(_coversBefore, tile, (maskBefore & bit) != 0);
            Walk(child, cut, seenBefore, followBefore);
            Unmask(_covers, masked);
            Unmask(_coversBefore, maskedBefore);
        }
    }

    // A tile's own item covers its children, those in its mask excepted.
    private static Cover? Mask(List<Cover> covers, int region, bool masked)
    {
        if (!masked || covers.Count == 0 || covers[^1].Region != region)
            return null;
        var cover = covers[^1];
        covers.RemoveAt(covers.Count - 1);
        return cover;
    }

    private static void Unmask(List<Cover> covers, Cover? masked)
    {
        if (masked is { } cover)
            covers.Add(cover);
    }

    private int Push(int tile, Mark[] marks, long frame, List<Cover> covers)
    {
        ref readonly var mark = ref marks[tile];
        if (mark.ItemFrame != frame || frame == 0 || mark.Key != tree.PathKeys[tile])
            return 0;
        var sourceDepth = tree.Links[mark.Item.Source].Level + 1;
        if (sourceDepth >= _path.Count || _path[sourceDepth] != mark.Item.Source)
        {
            if (frame == _frame)
                _fail(Breach.Overlap, tile, $"{TileNames.Of(tree, mark.Item.Source)} is drawn in its region and is no ancestor of it");
            return 0;
        }
        covers.Add(new(tile, mark.Item.Source, sourceDepth));
        return mark.Item.ChildMask;
    }

    // Whether the frame before saw the region: it visited every tile down to its cut, or to topology that was not there yet.
    private void FollowBefore(int tile, ref bool seenBefore, ref bool followBefore)
    {
        ref readonly var before = ref _before[tile];
        if (before.VisitFrame != _frame - 1 || before.Key != tree.PathKeys[tile] || _frame == 1)
            seenBefore = followBefore = false;
        else if ((before.Flags & VisitFlags.Refined) == 0 || (before.Flags & VisitFlags.Expand) != 0)
            followBefore = false;
    }

    private bool IsPathsEnd(int tile, int cut, int masks)
    {
        ref readonly var links = ref tree.Links[tile];
        if (links.ChildCount == 0)
            return true;
        if (cut < 0)
            return false;
        // Below the cut all paths are alike where nothing is drawn, could be drawn, is empty, or may be a hole.
        if (options.FailedLeaves == FailedLeafRule.Hole && tiles.FailedForGoodWithin(tile) > 0)
            return false;
        return masks == 0 && tiles.DrawableBelow(tile) == 0 && _itemsBelow[tile] == 0 && _itemsBelowBefore[tile] == 0 && !tiles.HasEmptyLeafBelow(tile);
    }

    private void Judge(int end, int cut, bool seenBefore)
    {
        var exempt = tiles.IsEmptyLeaf(end) || IsAllowedHole(end);
        var (deepest, deepestBefore) = (Deepest(_covers), Deepest(_coversBefore));
        CheckChains(end, cut, exempt);
        if (!seenBefore || exempt)
            return;
        if (deepest < 0 && deepestBefore >= 0)
            _fail(Breach.Hole, end, $"{Name(deepestBefore)} was drawn there the frame before, now nothing is");
        else if (deepest < Math.Min(deepestBefore, cut))
            _fail(Breach.Regression, end, $"{Name(deepestBefore)} was drawn there the frame before, now {Name(deepest)}, although {Name(cut)} is wanted");
        else
            CheckAdditions(end, cut);
    }

    // What an ADD tile added to its children goes on being added while it is wanted.
    private void CheckAdditions(int end, int cut)
    {
        foreach (var before in _coversBefore)
        {
            if (before.SourceDepth <= cut && tiles.AddsToChildren(before.Source) && !_covers.Exists(cover => cover.Source == before.Source))
                _fail(Breach.Regression, end, $"{Name(before.SourceDepth)} was drawn there the frame before in addition to its children, now it is not");
        }
    }

    // Chain by chain from the root: what is drawn in each, and whether that is right.
    private void CheckChains(int end, int cut, bool exempt)
    {
        var (total, anyDrawable, replaced) = (0, false, false);
        for (var first = 0; first < _path.Count;)
        {
            var last = first;
            while (last < _path.Count - 1 && !tiles.AddsToChildren(_path[last]))
                last++;
            var (drawn, deepest) = Drawn(first, last);
            var drawable = AnyDrawable(first, last);
            if (drawn > 1 || (drawn > 0 && replaced))
                _fail(Breach.Overlap, end, $"{Describe()} are drawn in one region");
            else if (drawn == 0 && drawable && !replaced && !exempt && first <= cut)
                _fail(Breach.Hole, end, $"{NameDrawable(first, last)} could be drawn there, {Describe()} is");
            total += drawn;
            anyDrawable |= drawable;
            replaced |= drawn > 0 && last < _path.Count - 1 && deepest != last;
            first = last + 1;
        }
        if (total == 0 && anyDrawable && !exempt && cut < _path.Count - 1)
            _fail(Breach.Hole, end, $"{NameDrawable(0, _path.Count - 1)} could be drawn there, nothing is");
    }

    private (int Count, int Deepest) Drawn(int first, int last)
    {
        var (count, deepest) = (0, -1);
        foreach (var cover in _covers)
        {
            if (cover.SourceDepth < first || cover.SourceDepth > last)
                continue;
            count++;
            deepest = Math.Max(deepest, cover.SourceDepth);
        }
        return (count, deepest);
    }

    private bool AnyDrawable(int first, int last)
    {
        for (var depth = first; depth <= last; depth++)
        {
            if (tiles.IsDrawable(_path[depth]))
                return true;
        }
        return false;
    }

    // A leaf that failed for good where masks are impossible may be a hole, if that is what was asked for.
    private bool IsAllowedHole(int end)
    {
        if (options.FailedLeaves != FailedLeafRule.Hole || tree.Links[end].ChildCount > 0 || !tiles.HasFailedForGood(end))
            return false;
        for (var depth = 0; depth < _path.Count - 1; depth++)
        {
            if (!tiles.CanMask(_path[depth]))
                return true;
        }
        return false;
    }

    private static int Deepest(List<Cover> covers)
    {
        var deepest = -1;
        foreach (var cover in covers)
            deepest = Math.Max(deepest, cover.SourceDepth);
        return deepest;
    }

    private string Name(int depth) => TileNames.Of(tree, depth < _path.Count ? _path[depth] : _path[^1]);

    private string NameDrawable(int first, int last) => Name(_path.FindLastIndex(last, last - first + 1, tile => tiles.IsDrawable(tile)));

    private string Describe() => _covers.Count == 0
        ? "nothing"
        : string.Join(" and ", _covers.Select(cover => $"{TileNames.Of(tree, cover.Source)} for {TileNames.Of(tree, cover.Region)}"));
}
