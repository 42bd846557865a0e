using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Tiles3D.Implicit;

/// <summary>Adds the tiles of a subtree that are there to a block, level by level, each level in Morton order.</summary>
internal sealed class SubtreeTiles
{
    // Costs in the units of TilesetReader.Step, as of TilesetAssembler.
    private const int BoxCost = 6, RegionCost = 60, ContentCost = 6, LayoutCost = 4;

    private readonly ImplicitTiling _tiling;
    private readonly TilePlace _root;
    private readonly SubtreeAvailability _available;
    private readonly SubtreeOverrides? _overrides;
    private readonly Action<string> _warn;
    private readonly TileBlockBuilder _builder;
    private readonly byte[] _uri;
    private readonly bool _hasNotes;
    private readonly int[] _contents;
    private List<Placed> _parents = [], _children = [];
    private int _level = 1, _next, _tiles, _tooDeep;
    private bool _warned;

    private readonly record struct Placed(TilePlace Place, int Morton, int Number, BoundingVolume Volume, double GeometricError);

    public SubtreeTiles(ImplicitTiling tiling, TilePlace root, SubtreeAvailability available, SubtreeFacts facts, Action<string> warn)
    {
        (_tiling, _root, _available, _warn) = (tiling, root, available, warn);
        _overrides = facts.Tiles is { } table ? SubtreeOverrides.Of(tiling, table, warn) : null;
        _hasNotes = facts.Tiles is not null || facts.ContentAvailability.Length > 0;
        _builder = new(tiling.TilesetUri, available.Tiles.Total) { UpAxis = tiling.UpAxis, Document = facts };
        _uri = new byte[tiling.Contents.Select(c => c.Uri.MaximumBytes).Append(tiling.Subtrees.MaximumBytes).Max()];
        _contents = new int[tiling.Contents.Count];
        _parents.Add(AddTile(root, -1, 0, 0));
    }

    public TileBlock Build() => _builder.Build();

    /// <summary>Goes on; true when all tiles are there and laid out.</summary>
    public bool Step(int budget)
    {
        while (_level <= _tiling.SubtreeLevels)
        {
            if (_next == _parents.Count)
            {
                (_parents, _children, _next) = (_children, _parents, 0);
                _children.Clear();
                _level++;
                continue;
            }
            if (budget <= 0)
                return false;
            budget -= _level < _tiling.SubtreeLevels ? AddChildren(_parents[_next++]) : AddSubtrees(_parents[_next++]);
        }
        if (!_warned)
            WarnOfWhatIsNotReached();
        return budget > 0 && _builder.Step(budget == int.MaxValue ? budget : Math.Max(1, budget / LayoutCost));
    }

    private int AddChildren(in Placed parent)
    {
        var first = _tiling.TilesAbove(_level);
        var cost = 1;
        for (var c = 0; c < _tiling.ChildCount; c++)
        {
            var morton = parent.Morton * _tiling.ChildCount + c;
            if (!_available.Tiles[first + morton] || IsTooDeep())
                continue;
            _children.Add(AddTile(parent.Place.Child(c), parent.Number, morton, (int)first + morton));
            cost += (_tiling.Volume.Kind == VolumeKind.Region ? RegionCost : BoxCost) + ContentCost * _contents.Length;
        }
        return cost;
    }

    // A tile of its own that names the subtree; the subtree's root takes its place when it comes. Until then all that is known of it is
    // that it lies within its parent, whose metadata may say more than its place does.
    private int AddSubtrees(in Placed parent)
    {
        var cost = 1;
        for (var c = 0; c < _tiling.ChildCount; c++)
        {
            var morton = parent.Morton * _tiling.ChildCount + c;
            if (!_available.ChildSubtrees[morton] || IsTooDeep())
                continue;
            var place = parent.Place.Child(c);
            var volume = ImplicitVolume.Within(ImplicitVolume.Of(_tiling, place), parent.Volume);
            var tile = _builder.AddTile(parent.Number, volume, Math.Min(_tiling.ErrorOf(place.Level), parent.GeometricError), _tiling.Refinement, _tiling.Tile);
            _builder.AddContent(tile, _tiling.Subtrees.Expand(place, _uri), ContentFamily.Mesh, ContentFormat.Tileset);
            _builder.SetNote(tile, -1 - morton);
            cost += _tiling.Volume.Kind == VolumeKind.Region ? RegionCost : BoxCost;
        }
        return cost;
    }

    private Placed AddTile(in TilePlace place, int parent, int morton, int bit)
    {
        var tile = new ImplicitTile(ImplicitVolume.Of(_tiling, place), _tiling.ErrorOf(place.Level), _tiling.Refinement);
        _overrides?.Apply(ref tile, place, bit);
        var number = _builder.AddTile(parent, tile.Volume, tile.GeometricError, tile.Refinement, _tiling.ContentTransform, tile.RasterError);
        _tiles++;
        if (_hasNotes)
            _builder.SetNote(number, 1 + bit);
        for (var c = 0; c < _contents.Length; c++)
        {
            if (!_available.Contents[c][bit])
                continue;
            _contents[c]++;
            var content = _tiling.Contents[c];

            // What is below a document takes the place of children, so it gets a tile of its own.
            var holder = content.Format == ContentFormat.Tileset
                ? _builder.AddTile(number, tile.Volume, tile.GeometricError, tile.Refinement, _tiling.Tile)
                : number;
            _builder.AddContent(holder, content.Uri.Expand(place, _uri), content.Family, content.Format, group: content.Group);
        }
        return new(place, morton, number, tile.Volume, tile.GeometricError);
    }

    private bool IsTooDeep()
    {
        if (_root.Level + _level < _tiling.AvailableLevels)
            return false;
        _tooDeep++;
        return true;
    }

    private void WarnOfWhatIsNotReached()
    {
        _warned = true;
        if (_tooDeep > 0)
            _warn($"{_tooDeep} tiles or subtrees are below the {_tiling.AvailableLevels} available levels and are skipped");
        else if (_available.Tiles.Total > _tiles)
            _warn($"{_available.Tiles.Total - _tiles} tiles are available though the tiles above them are not; they are skipped");
        for (var c = 0; c < _contents.Length; c++)
        {
            if (_tooDeep == 0 && _available.Contents[c].Total > _contents[c])
                _warn($"contentAvailability[{c}] has {_available.Contents[c].Total - _contents[c]} contents of tiles that are not available; they are skipped");
        }
    }
}

/// <summary>What an implicit tile is unless its metadata says otherwise.</summary>
internal record struct ImplicitTile(BoundingVolume Volume, double GeometricError, Refinement Refinement)
{
    /// <summary>Ground size of a texel, metres; 0 when unknown.</summary>
    public float RasterError { get; set; }
}
