using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Presentation;

/// <summary>
/// From what is wanted and what is here, the exact set to draw: everywhere the deepest drawable tile at or above the cut or, where the
/// cut's tile is not here, what is drawable below it. What a region lacks is filled in by its nearest drawable ancestor: around the
/// children that draw themselves by a child mask, and as a stand-in where the tiles between are not here either. Where masks are
/// impossible a tile gives way to all its children at once. It keeps nothing from frame to frame: what is here and wanted decides.
/// </summary>
internal sealed class RenderResolver(TileTree tree, TileResidency residency, StreamerOptions options)
{
    private const int NoSource = -1;

    private struct Region
    {
        /// <summary>The tile that is drawn where the region has nothing of its own; <see cref="NoSource"/> without.</summary>
        public int Source;

        /// <summary>Something of the region's own subtree is drawn, or there is nothing to draw in it.</summary>
        public bool Opened;

        /// <summary>The parent draws around this region, or gave way to it.</summary>
        public bool Active;

        /// <summary>The nearest tile at or above that is wanted, or one between, can be drawn.</summary>
        public bool Covered;
    }

    private Region[] _regions = new Region[256];
    private DrawItem[] _items = new DrawItem[128];
    private int[] _visitOfItem = new int[128];
    private int _count;
    private bool _hasMaps;

    /// <summary>The frame's draw items.</summary>
    public ReadOnlySpan<DrawItem> Items => _items.AsSpan(0, _count);

    /// <summary>For each item, the visit it is drawn for.</summary>
    public ReadOnlySpan<int> VisitOfItem => _visitOfItem.AsSpan(0, _count);

    /// <summary>Works out the frame's draw items.</summary>
    public void Resolve(VisibilitySet set)
    {
        if (_regions.Length < set.Count)
            _regions = new Region[Math.Max(set.Count, _regions.Length * 2)];
        _hasMaps = tree.Contents.Families.Contains(ContentFamily.Feature);
        FindSources(set);
        FindOpened(set);
        DrawActive(set);
    }

    // Downwards: the nearest drawable tile at or above. An ADD tile's content stays when its children come; it fills in for none.
    private void FindSources(VisibilitySet set)
    {
        var visits = set.VisitArray;
        var drawable = residency.Drawable;
        for (var i = 0; i < set.Count; i++)
        {
            ref readonly var visit = ref visits[i];
            ref var region = ref _regions[i];
            region.Active = visit.Parent < 0;
            region.Covered = drawable[visit.Tile] || (!IsWanted(visit.Flags) && visit.Parent >= 0 && _regions[visit.Parent].Covered);
            if (drawable[visit.Tile])
                region.Source = visit.Tile;
            else if (visit.Parent < 0 || (drawable[visits[visit.Parent].Tile] && IsAdd(visits[visit.Parent].Tile)))
                region.Source = NoSource;
            else
                region.Source = _regions[visit.Parent].Source;
        }
    }

    // Upwards: parents come before their children, so backwards every child is known before its parent.
    private void FindOpened(VisibilitySet set)
    {
        var visits = set.VisitArray;
        var drawable = residency.Drawable;
        for (var i = set.Count - 1; i >= 0; i--)
        {
            ref readonly var visit = ref visits[i];
            ref var region = ref _regions[i];
            if (IsLeftToAncestors(visit.Flags) && _regions[visit.Parent].Covered)
                region.Opened = false;
            else if (drawable[visit.Tile])
                region.Opened = true;
            else if ((visit.Flags & VisitFlags.Refined) == 0)
                region.Opened = OpensBelow(visit.Tile, region.Source != NoSource);
            else
                region.Opened = Opens(visit, region.Source != NoSource);
        }
    }

    private bool Opens(in Visit visit, bool covered)
    {
        ref readonly var links = ref tree.LinkArray[visit.Tile];
        if ((links.Flags & TileFlags.Unexpanded) != 0 || (covered && links.IsAddWithContent))
            return false;
        if (IsOutOfView(visit, links))
            return true;
        if (covered && !links.CanMask(options.HostHasMasks))
            return AllChildrenFull(links, holesCount: true);
        for (var c = visit.FirstChild; c < visit.FirstChild + visit.ChildCount; c++)
        {
            if (_regions[c].Opened)
                return true;
        }
        return false;
    }

    private void DrawActive(VisibilitySet set)
    {
        _count = 0;
        var visits = set.VisitArray;
        for (var i = 0; i < set.Count; i++)
        {
            if (!_regions[i].Active)
                continue;
            ref readonly var visit = ref visits[i];
            if ((visit.Flags & VisitFlags.Refined) != 0)
                DrawRefined(set, visit, i);
            else
                DrawSubtree(visit.Tile, _regions[i].Source, i);
        }
    }

    private void DrawRefined(VisibilitySet set, in Visit visit, int at)
    {
        var tile = visit.Tile;
        ref readonly var links = ref tree.LinkArray[tile];
        var source = _regions[at].Source;
        if (source == tile && (links.Flags & TileFlags.Add) != 0)
        {
            Draw(tile, tile, 0, at);
            Activate(set, visit, openedOnly: true, out _, out _);
        }
        else if (source == NoSource)
        {
            Activate(set, visit, openedOnly: true, out _, out _);
        }
        else if (IsOutOfView(visit, links))
        {
            return;
        }
        else if (links.CanMask(options.HostHasMasks))
        {
            Activate(set, visit, openedOnly: true, out var opened, out var visible);
            if (opened != visible)
                Draw(tile, source, opened, at);
        }
        else if (AllChildrenFull(links, holesCount: true))
        {
            Activate(set, visit, openedOnly: false, out _, out _);
        }
        else
        {
            Draw(tile, source, 0, at);
        }
    }

    // Lets the visible children draw. Bits are the children's places among their siblings, visible or not.
    private void Activate(VisibilitySet set, in Visit visit, bool openedOnly, out byte opened, out byte visible)
    {
        var first = tree.LinkArray[visit.Tile].FirstChild;
        opened = visible = 0;
        for (var c = visit.FirstChild; c < visit.FirstChild + visit.ChildCount; c++)
        {
            var bit = (byte)(1 << (set.VisitArray[c].Tile - first & 7));
            visible |= bit;
            _regions[c].Active = _regions[c].Opened || !openedOnly;
            if (_regions[c].Opened)
                opened |= bit;
        }
    }

    // Draws a tile at or below the cut, or what is drawable beneath it with its stand-in around.
    private void DrawSubtree(int tile, int source, int at)
    {
        ref readonly var links = ref tree.LinkArray[tile];
        if (residency.Drawable[tile])
        {
            Draw(tile, tile, 0, at);
            return;
        }
        if (links.ChildCount == 0)
            return;
        var covered = source != NoSource;
        if (covered && !links.CanMask(options.HostHasMasks) && !AllChildrenFull(links, residency.DrawableBelow[tile] > 0))
        {
            Draw(tile, source, 0, at);
            return;
        }
        byte opened = 0;
        for (var ordinal = 0; ordinal < links.ChildCount; ordinal++)
        {
            if (!OpensBelow(links.FirstChild + ordinal, covered))
                continue;
            opened |= (byte)(1 << (ordinal & 7));
            DrawSubtree(links.FirstChild + ordinal, source, at);
        }
        if (covered && links.CanMask(options.HostHasMasks) && opened != (byte)((1 << links.ChildCount) - 1))
            Draw(tile, source, opened, at);
    }

    // Whether a tile that no visit tells about draws something of its own.
    private bool OpensBelow(int tile, bool covered)
    {
        if (residency.Drawable[tile])
            return true;
        ref readonly var links = ref tree.LinkArray[tile];
        if (IsEmptyLeaf(links))
            return true;
        if (residency.DrawableBelow[tile] == 0 || (links.Flags & TileFlags.Unexpanded) != 0 || (covered && links.IsAddWithContent))
            return false;
        if (covered && !links.CanMask(options.HostHasMasks))
            return AllChildrenFull(links, residency.DrawableBelow[tile] > 0);
        for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
        {
            if (OpensBelow(child, covered))
                return true;
        }
        return false;
    }

    // Whether a tile's children can take its place whatever the camera does: each is drawable, or its children can take its.
    private bool AllChildrenFull(in TileLinks links, bool holesCount)
    {
        for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
        {
            if (!IsFull(child, holesCount))
                return false;
        }
        return links.ChildCount > 0;
    }

    // A failed leaf may count as a hole beside siblings that are drawn; alone it is no stand-in for a tile that can still come.
    private bool IsFull(int tile, bool holesCount)
    {
        if (residency.Drawable[tile])
            return true;
        ref readonly var links = ref tree.LinkArray[tile];
        if (links.ChildCount == 0)
            return IsEmptyLeaf(links) || (holesCount && options.FailedLeaves == FailedLeafRule.Hole && HasFailedForGood(tile));
        if ((links.Flags & TileFlags.Unexpanded) != 0 || links.IsAddWithContent)
            return false;
        return AllChildrenFull(links, holesCount && (residency.DrawableBelow[tile] > 0 || !links.HasLiveContent));
    }

    private bool HasFailedForGood(int tile)
    {
        foreach (var content in tree.SlotsOf(tile))
        {
            if (residency.HasFailedForGood(content))
                return true;
        }
        return false;
    }

    private void Draw(int region, int source, byte mask, int visit)
    {
        if (_count == _items.Length)
        {
            Array.Resize(ref _items, _count * 2);
            Array.Resize(ref _visitOfItem, _count * 2);
        }
        var map = _hasMaps ? StandIns.NearestMapped(tree, residency, source) : -1;
        _items[_count] = new(region, source, mask, ResidentContents(source), map);
        _visitOfItem[_count++] = visit;
    }

    private uint ResidentContents(int tile)
    {
        ref readonly var links = ref tree.LinkArray[tile];
        if (links.SlotCount == 1)
            return 1;
        var bits = 0u;
        for (var slot = 0; slot < links.SlotCount; slot++)
        {
            var content = tree.SlotArray[links.FirstSlot + slot];
            if (residency.StateOf(content) == ContentState.Resident && residency.Enabled.Contains(tree.Contents.RecordArray[content].Family))
                bits |= 1u << slot;
        }
        return bits;
    }

    private static bool IsWanted(VisitFlags flags) => (flags & (VisitFlags.Primary | VisitFlags.Underlay)) != 0;

    // Nothing is wanted of the tile itself: what is wanted above it draws its part, if it can; until then nothing coarser takes its place.
    private static bool IsLeftToAncestors(VisitFlags flags) => flags == VisitFlags.None;

    // A tile's volume is seen, none of its children's: nothing is wanted in it, and nothing fills in.
    private static bool IsOutOfView(in Visit visit, in TileLinks links) => visit.ChildCount == 0 && (links.Flags & TileFlags.Unexpanded) == 0;

    private bool IsAdd(int tile) => (tree.LinkArray[tile].Flags & TileFlags.Add) != 0;

    private static bool IsEmptyLeaf(in TileLinks links) => links.ChildCount == 0 && (links.Flags & (TileFlags.HasContent | TileFlags.Unexpanded)) == 0;
}
