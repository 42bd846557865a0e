using Lodestream.Scene;

namespace Lodestream.Simulation.Laws;

/// <summary>
/// What follows from the facts of the contents for the tiles: which can be drawn, which count as content-less, and what lies below
/// each. Recomputed from the contents where something changed; shares nothing with the core's residency.
/// </summary>
internal sealed class TileFacts(TileTree tree, ContentFacts contents, StreamerOptions options)
{
    private bool[] _drawable = [];
    private int[] _drawableBelow = [];
    private int[] _forGoodBelow = [];
    private bool[] _emptyLeafBelow = [];
    private ulong[] _joiningKeys = [];
    private readonly HashSet<int> _named = [];
    private readonly HashSet<int> _uploaded = [];
    private long _version = -1;
    private FamilySet _enabled;

    /// <summary>
    /// Everything the tile needs is here or will never come, and something of it is here. A tile that could be drawn when a family was switched on
    /// can be drawn without it until it has all it needs, or loses something it had.
    /// </summary>
    public bool IsDrawable(int tile) => _drawable[tile];

    /// <summary>Drawable tiles strictly below.</summary>
    public int DrawableBelow(int tile) => _drawableBelow[tile];

    /// <summary>Tiles at or below with a content that failed for good.</summary>
    public int FailedForGoodWithin(int tile) => _forGoodBelow[tile] + (HasFailedForGood(tile) ? 1 : 0);

    /// <summary>Whether an empty leaf lies below.</summary>
    public bool HasEmptyLeafBelow(int tile) => _emptyLeafBelow[tile];

    /// <summary>Brings the facts up to date.</summary>
    public void Update(FamilySet enabled)
    {
        // A document that is being placed takes its tiles' places before it is linked.
        if (_version != tree.Version || _enabled != enabled || _drawable.Length < tree.Capacity)
            Rebuild(enabled);
        else
        {
            foreach (var content in contents.Changed)
                Recount(content);
        }
        contents.Changed.Clear();
    }

    /// <summary>Whether there is something to draw that may still come, or is here: the tile is not content-less.</summary>
    public bool HasLiveContent(int tile)
    {
        foreach (var content in tree.SlotsOf(tile))
        {
            if (tree.Contents.Records[content].Format == ContentFormat.Tileset)
                continue;
            var fact = contents[content];
            if (fact is { ForGood: false, IsGivenUp: false, TookPlaceOf: null })
                return true;
        }
        return false;
    }

    /// <summary>Whether something of the tile came and is not here yet: what is only asked for does not count.</summary>
    public bool IsOnItsWay(int tile)
    {
        foreach (var content in tree.SlotsOf(tile))
        {
            if (contents[content].State is OutsideState.Fetched or OutsideState.Preparing or OutsideState.Prepared or OutsideState.Uploading)
                return true;
        }
        return false;
    }

    /// <summary>Whether the tile names something to draw.</summary>
    public bool HasContent(int tile)
    {
        foreach (var content in tree.SlotsOf(tile))
        {
            if (tree.Contents.Records[content].Format != ContentFormat.Tileset)
                return true;
        }
        return false;
    }

    /// <summary>Nothing to draw, nothing below, and nothing that could appear there.</summary>
    public bool IsEmptyLeaf(int tile) => tree.Links[tile].ChildCount == 0 && tree.Links[tile].SlotCount == 0;

    /// <summary>Whether a content of the tile failed for good, topology included.</summary>
    public bool HasFailedForGood(int tile)
    {
        foreach (var content in tree.SlotsOf(tile))
        {
            if (contents[content].ForGood)
                return true;
        }
        return false;
    }

    /// <summary>An ADD tile with something to draw: its children come on top of it.</summary>
    public bool AddsToChildren(int tile) => (tree.Links[tile].Flags & TileFlags.Add) != 0 && HasLiveContent(tile);

    /// <summary>Whether the host can draw the tile around some of its children.</summary>
    public bool CanMask(int tile)
    {
        ref readonly var links = ref tree.Links[tile];
        return (links.Flags & TileFlags.Maskable) != 0 && (options.HostHasMasks || links.MaskAxes == 0);
    }

    /// <summary>Which of the source's contents can be drawn now, a bit each.</summary>
    public uint DrawableContents(int tile)
    {
        var bits = 0u;
        var slots = tree.SlotsOf(tile);
        for (var i = 0; i < slots.Length; i++)
        {
            ref readonly var record = ref tree.Contents.Records[slots[i]];
            if (record.Format != ContentFormat.Tileset && _enabled.Contains(record.Family) && contents[slots[i]].State == OutsideState.Uploaded)
                bits |= 1u << i;
        }
        return bits;
    }

    private void Rebuild(FamilySet enabled)
    {
        if (_enabled != enabled)
            Join();
        (_version, _enabled) = (tree.Version, enabled);
        if (_drawable.Length < tree.Capacity)
        {
            var size = tree.Capacity * 3 / 2;
            (_drawable, _drawableBelow, _forGoodBelow, _emptyLeafBelow) = (new bool[size], new int[size], new int[size], new bool[size]);
        }
        Array.Clear(_drawable);
        Array.Clear(_drawableBelow);
        Array.Clear(_forGoodBelow);
        Array.Clear(_emptyLeafBelow);
        _named.Clear();
        Name(TileTree.SceneRoot);
        contents.KeepOnly(_named);
        foreach (var content in _uploaded)
        {
            if (_named.Contains(content))
                Part(content);
        }
        _uploaded.RemoveWhere(content => !_named.Contains(content) || contents[content].State != OutsideState.Uploaded);
        _uploaded.UnionWith(_named.Where(content => contents[content].State == OutsideState.Uploaded));
        RebuildBelow(TileTree.SceneRoot);
    }

    // What can be drawn now goes on being drawn while what was switched on comes.
    private void Join()
    {
        if (_joiningKeys.Length < _drawable.Length)
            Array.Resize(ref _joiningKeys, _drawable.Length);
        for (var tile = 0; tile < Math.Min(_drawable.Length, tree.Capacity); tile++)
            _joiningKeys[tile] = _drawable[tile] ? tree.PathKeys[tile] : 0;
    }

    // A tile that loses what it had waits for all of it again.
    private void Part(int content)
    {
        if (contents[content].State == OutsideState.Uploaded || _joiningKeys.Length == 0)
            return;
        PartTile(tree.Contents.Records[content].Tile);
        foreach (var tile in tree.OtherTilesOf(content))
            PartTile(tile);

        void PartTile(int tile)
        {
            if (tile < _joiningKeys.Length)
                _joiningKeys[tile] = 0;
        }
    }

    private bool IsJoining(int tile) => tile < _joiningKeys.Length && _joiningKeys[tile] != 0 && _joiningKeys[tile] == tree.PathKeys[tile];

    private void Name(int tile)
    {
        ref readonly var links = ref tree.Links[tile];
        foreach (var content in tree.SlotsOf(tile))
        {
            _named.Add(content);
            if (tree.Contents.Records[content].Format == ContentFormat.Tileset && (links.Flags & TileFlags.Expanded) != 0)
                contents[content].WasExpanded = true;
        }
        for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
            Name(child);
    }

    private void RebuildBelow(int tile)
    {
        _drawable[tile] = WorkOutDrawable(tile);
        ref readonly var links = ref tree.Links[tile];
        for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
        {
            RebuildBelow(child);
            _drawableBelow[tile] += _drawableBelow[child] + (_drawable[child] ? 1 : 0);
            _forGoodBelow[tile] += FailedForGoodWithin(child);
            _emptyLeafBelow[tile] |= _emptyLeafBelow[child] || IsEmptyLeaf(child);
        }
    }

    private void Recount(int content)
    {
        if (_uploaded.Remove(content))
            Part(content);
        if (contents[content].State == OutsideState.Uploaded)
            _uploaded.Add(content);
        Recount(tree.Contents.Records[content].Tile, content);
        foreach (var tile in tree.OtherTilesOf(content))
            Recount(tile, content);
    }

    private void Recount(int tile, int content)
    {
        var (drawable, failed) = (WorkOutDrawable(tile), contents[content].ForGood ? 1 : 0);
        var change = (drawable ? 1 : 0) - (_drawable[tile] ? 1 : 0);
        _drawable[tile] = drawable;
        if (change == 0 && failed == 0)
            return;
        for (var above = tree.Links[tile].Parent; above >= 0; above = tree.Links[above].Parent)
        {
            _drawableBelow[above] += change;
            _forGoodBelow[above] += failed;
        }
    }

    private bool WorkOutDrawable(int tile)
    {
        var (some, complete) = (false, true);
        foreach (var content in tree.SlotsOf(tile))
        {
            ref readonly var record = ref tree.Contents.Records[content];
            if (record.Format == ContentFormat.Tileset || !_enabled.Contains(record.Family))
                continue;
            var fact = contents[content];
            if (fact.State == OutsideState.Uploaded)
                some = true;
            else if (options.RequiredFamilies.Contains(record.Family) && !fact.ForGood)
                complete = false;
        }
        if (complete && tile < _joiningKeys.Length)
            _joiningKeys[tile] = 0;
        return some && (complete || IsJoining(tile));
    }
}
