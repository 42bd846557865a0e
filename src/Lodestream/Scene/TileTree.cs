using System.Runtime.InteropServices;
using System.Text;
using Lodestream.Geometry;

namespace Lodestream.Scene;

/// <summary>
/// The one scene model: a growable tree of tiles as flat arrays. Topology comes and goes in blocks (one per document); siblings are
/// contiguous. Tile 0 is the scene's root: it has no volume and no content of its own, its children are the tilesets' roots, and its
/// topology slot names the document to open. Volumes are in the scene's frame, metres. Not safe for concurrent use.
/// </summary>
public sealed partial class TileTree
{
    /// <summary>The scene's root.</summary>
    public const int SceneRoot = 0;

    private readonly RangeTable<Orientation> _orientations = new(Orientation.Scene);
    private readonly RangeTable<Transform3d> _transforms = new(Transform3d.Identity);
    private readonly Dictionary<int, BoundingVolume> _requestVolumes = [];
    private readonly Dictionary<int, List<int>> _sharing = [];
    private readonly BlockTable _blocks = new();
    private readonly RangeAllocator _tileRanges = new();
    private readonly RangeAllocator _slotRanges = new();

    private TileNode[] _nodes;
    private TileLinks[] _links;
    private ulong[] _pathKeys;
    private int[] _transformOf;
    private int[] _blockOf;
    private int[] _slots = new int[16];

    /// <summary>Makes a tree whose root names a document to expand.</summary>
    /// <param name="rootUri">Absolute URI of the scene's first tileset.</param>
    public TileTree(string rootUri)
        : this(rootUri, string.IsNullOrEmpty(rootUri) ? 0 : UriHash.Of(rootUri))
    {
    }

    /// <summary>Makes a tree whose root's content has a given key: of a recording, which does not hold whole URIs.</summary>
    internal TileTree(string rootUri, ulong rootKey)
    {
        ArgumentException.ThrowIfNullOrEmpty(rootUri);
        const int capacity = 64;
        (_nodes, _links, _pathKeys, _transformOf, _blockOf) = (new TileNode[capacity], new TileLinks[capacity], new ulong[capacity], new int[capacity], new int[capacity]);
        Contents = new ContentTable(_blocks);
        var block = _blocks.Add(rootUri, Encoding.UTF8.GetBytes(rootUri), parentBlock: -1, UpAxis.Y);
        _tileRanges.Allocate(1);
        var slot = _slotRanges.Allocate(1);
        _slots[slot] = Contents.Add(new ContentRecord
        {
            Block = block,
            UriLength = (ushort)Encoding.UTF8.GetByteCount(rootUri),
            Format = ContentFormat.Tileset,
            Tile = SceneRoot,
        }, rootKey, out _);
        _nodes[SceneRoot] = new() { HalfX = double.PositiveInfinity, HalfY = double.PositiveInfinity, HalfZ = double.PositiveInfinity, GeometricError = double.PositiveInfinity };
        _links[SceneRoot] = new()
        {
            Parent = -1,
            FirstChild = -1,
            FirstSlot = slot,
            SlotCount = 1,
            Level = -1,
            Flags = TileFlags.Sphere | TileFlags.Unexpanded | TileFlags.Add,
        };
        _pathKeys[SceneRoot] = UriHash.Mix(1);
        TileCount = 1;
    }

    /// <summary>Number of tiles known now.</summary>
    public int TileCount { get; private set; }

    /// <summary>One more than the greatest tile index in use; arrays that run beside the tree have this length at least.</summary>
    public int Capacity => _tileRanges.End;

    /// <summary>Rises whenever topology was appended or unloaded, or a content turned out not to exist.</summary>
    public long Version { get; private set; }

    /// <summary>The contents the tiles name.</summary>
    public ContentTable Contents { get; }

    /// <summary>What selection reads of the tiles.</summary>
    public ReadOnlySpan<TileNode> Nodes => _nodes;

    /// <summary>The tiles' links.</summary>
    public ReadOnlySpan<TileLinks> Links => _links;

    /// <summary>Stable 64-bit keys of the tiles' paths from the root: ties, signatures and traces use them.</summary>
    public ReadOnlySpan<ulong> PathKeys => _pathKeys;

    /// <summary>Of how many tiles that are known now the error was clamped to their parent's.</summary>
    public int ErrorInversions { get; private set; }

    /// <summary>Tiles placed since somebody last cleared the list that name contents other tiles named before.</summary>
    internal List<int> NewSharers { get; } = [];

    internal TileNode[] NodeArray => _nodes;

    internal TileLinks[] LinkArray => _links;

    internal ulong[] PathKeyArray => _pathKeys;

    internal int[] SlotArray => _slots;

    /// <summary>Bytes the tree holds for its topology: arrays, tables and URIs.</summary>
    public long TopologyBytes
    {
        get
        {
            const int perTile = 64 + 24 + 8 + 4 + 4;
            return (long)_tileRanges.End * perTile + (long)_slotRanges.End * sizeof(int) + Contents.Bytes + _blocks.Bytes
                + (long)_orientations.End * 72 + (long)_transforms.End * 96 + (long)_requestVolumes.Count * 160;
        }
    }

    /// <summary>A handle that stays honest when the index is reused.</summary>
    public TileHandle Handle(int tile) => new(tile, _blocks.Generation(_blockOf[tile]));

    /// <summary>Whether a handle still means the tile it was made for.</summary>
    public bool IsAlive(TileHandle handle) =>
        (uint)handle.Index < (uint)_tileRanges.End && _blocks.Generation(_blockOf[handle.Index]) == handle.Generation;

    /// <summary>The tile's bounding volume.</summary>
    public BoundingVolume Volume(int tile)
    {
        ref readonly var n = ref _nodes[tile];
        var center = new Vector3d(n.CenterX, n.CenterY, n.CenterZ);
        if ((_links[tile].Flags & TileFlags.Sphere) != 0)
            return BoundingVolume.Sphere(center, n.HalfX);
        var o = _orientations[n.Orientation];
        return BoundingVolume.Box(center, o.X * n.HalfX, o.Y * n.HalfY, o.Z * n.HalfZ);
    }

    /// <summary>From the frame of the tile's contents to the scene's.</summary>
    public Transform3d Transform(int tile) => _transforms[_transformOf[tile]];

    /// <summary>Which axis points up in the glTF contents of the tile's document; a document expanded beneath the tile inherits it.</summary>
    public UpAxis UpAxisOf(int tile) => _blocks.UpAxis(_blockOf[tile]);

    /// <summary>What the reader of the tile's document keeps of it; null where it keeps nothing.</summary>
    public object? DocumentOf(int tile) => _blocks.Document(_blockOf[tile]);

    /// <summary>The number by which the document's reader finds what belongs to a tile; 0 where there is none.</summary>
    public int NoteOf(int tile) => tile == SceneRoot ? 0 : _blocks.Note(_blockOf[tile], tile - _blocks.TileRange(_blockOf[tile]).First);

    /// <summary>The tile's viewer request volume, if it has one.</summary>
    public BoundingVolume? RequestVolume(int tile) => _requestVolumes.TryGetValue(tile, out var volume) ? volume : null;

    /// <summary>The content indices of a tile.</summary>
    public ReadOnlySpan<int> SlotsOf(int tile) => _links[tile].SlotCount == 0 ? [] : _slots.AsSpan(_links[tile].FirstSlot, _links[tile].SlotCount);

    /// <summary>Tiles other than the record's own that name a content; empty for nearly all.</summary>
    public IReadOnlyList<int> OtherTilesOf(int content) => _sharing.TryGetValue(content, out var tiles) ? tiles : [];

    /// <summary>
    /// The cell of a tile: where a stand-in may draw for it. Bounded by the tile's own box along the axes that tell it from its
    /// siblings, inherited along the others, unbounded (infinite half length) where nothing tells.
    /// </summary>
    /// <param name="tile">The tile.</param>
    /// <param name="below">The ancestor at which to stop: the cell is relative to what that ancestor draws.</param>
    public ChildCell CellOf(int tile, int below)
    {
        var cell = ChildCell.Everything(_nodes[tile].Orientation);
        for (var t = tile; t != below && t > SceneRoot; t = _links[t].Parent)
        {
            var parent = _links[t].Parent;
            if (_nodes[t].Orientation == cell.Orientation && (_links[parent].Flags & TileFlags.Maskable) != 0)
                cell = cell.BoundedBy(_nodes[t], AxesOf(cell.Orientation), _links[parent].MaskAxes);
        }
        return cell;
    }

    /// <summary>Appends a block beneath an unexpanded tile, all at once.</summary>
    /// <param name="parent">The tile whose topology the block is; <see cref="SceneRoot"/> for the scene's first tileset.</param>
    /// <param name="block">The topology.</param>
    /// <exception cref="InvalidOperationException">The tile is not one to expand, or is expanded.</exception>
    public void Append(int parent, TileBlock block)
    {
        if ((_links[parent].Flags & TileFlags.Unexpanded) == 0)
            throw new InvalidOperationException($"Tile {parent} has no topology to expand, or it is expanded: collapse it first.");
        var append = BeginAppend(parent, block);
        var all = int.MaxValue;
        append.Step(ref all);
    }

    /// <summary>The three orthonormal axes along which a cell is bounded.</summary>
    public (Vector3d X, Vector3d Y, Vector3d Z) AxesOf(in ChildCell cell)
    {
        var axes = _orientations[cell.Orientation];
        return (axes.X, axes.Y, axes.Z);
    }

    /// <summary>Starts appending a block beneath a tile; nothing of it can be seen until the append is complete.</summary>
    /// <param name="parent">The unexpanded tile the block belongs to.</param>
    /// <param name="block">The topology.</param>
    internal TileBlockAppend BeginAppend(int parent, TileBlock block)
    {
        var first = _tileRanges.Allocate(block.TileCount);
        var firstSlot = block.ContentCount == 0 ? 0 : _slotRanges.Allocate(block.ContentCount);
        EnsureCapacity(_tileRanges.End, _slotRanges.End);
        var number = _blocks.Add(block.BaseUri, block.Uris.AsSpan(0, block.UriBytes).ToArray(), _blockOf[parent], block.UpAxis);
        var orientations = CollectionsMarshal.AsSpan(block.Orientations)[1..];
        var transforms = CollectionsMarshal.AsSpan(block.TransformTable)[1..];
        var (firstOrientation, firstTransform) = (_orientations.Add(orientations), _transforms.Add(transforms));
        foreach (var (tile, volume) in block.RequestVolumes)
            _requestVolumes[first + tile] = volume;
        _blocks.SetRange(number, first, block.TileCount, firstSlot, block.ContentCount);
        _blocks.SetDocument(number, block.Document, block.Notes);
        _blocks.SetTables(number, firstOrientation, orientations.Length, firstTransform, transforms.Length);
        Contents.Reserve(block.ContentCount);
        return new(this, block, parent, number, first, firstSlot, firstOrientation, firstTransform);
    }

    internal void PlaceTile(in TileBlockAppend append, int local)
    {
        var block = append.Block;
        var tile = append.First + local;
        ref var node = ref _nodes[tile];
        node = block.Nodes[local];
        if (node.Orientation != 0)
            node.Orientation += append.FirstOrientation - 1;
        ref var links = ref _links[tile];
        links = block.Links[local];
        _transformOf[tile] = block.Transforms[local] == 0 ? 0 : append.FirstTransform + block.Transforms[local] - 1;
        _blockOf[tile] = append.Number;
        if (links.FirstChild >= 0)
            links.FirstChild += append.First;
        if (local == 0)
            links.Parent = append.Parent;
        else
            links.Parent += append.First;
        if (node.GeometricError > _nodes[links.Parent].GeometricError)
        {
            // The document did not know what it would hang below.
            node.GeometricError = _nodes[links.Parent].GeometricError;
            links.Flags |= TileFlags.ErrorClamped;
        }
        if ((links.Flags & TileFlags.ErrorClamped) != 0)
            CountInversion(append.Number);
        links.Level += append.BaseLevel;
        var ordinal = local == 0 ? 0 : tile - _links[links.Parent].FirstChild;
        _pathKeys[tile] = UriHash.Mix(_pathKeys[links.Parent] * 31 + (ulong)ordinal + 0x9e3779b97f4a7c15);
        if (links.ChildCount > 0 && ((links.Flags & TileFlags.Maskable) == 0 || (links.Flags & (TileFlags.Add | TileFlags.HasContent)) == (TileFlags.Add | TileFlags.HasContent)))
            MarkGatedAbove(links.Parent);
        if (links.SlotCount == 0)
            return;
        var firstLocal = links.FirstSlot;
        links.FirstSlot = append.FirstSlot + firstLocal;
        for (var s = 0; s < links.SlotCount; s++)
        {
            var record = block.Contents[firstLocal + s];
            record.Block = append.Number;
            record.Tile = tile;
            var hash = block.ContentHashes[firstLocal + s];

            // A document is placed below each tile that names it, in that tile's frame: it is a content of its own there.
            if (record.Format == ContentFormat.Tileset && !block.HasPlacedKeys)
                hash = UriHash.Mix(hash ^ _pathKeys[tile]);
            var content = Contents.Add(record, hash, out var shared);
            _slots[links.FirstSlot + s] = content;
            if (!shared)
                continue;
            Share(content, tile);
            NewSharers.Add(tile);
        }
    }

    private void MarkGatedAbove(int tile)
    {
        for (; tile >= 0 && (_links[tile].Flags & TileFlags.GatedBelow) == 0; tile = _links[tile].Parent)
            _links[tile].Flags |= TileFlags.GatedBelow;
    }

    internal void CompleteAppend(in TileBlockAppend append)
    {
        ref var parent = ref _links[append.Parent];
        parent.FirstChild = append.First;
        parent.ChildCount = 1;
        parent.Flags = (parent.Flags & ~TileFlags.Unexpanded) | TileFlags.Expanded;
        if (append.Parent != SceneRoot)
        {
            // One tile beneath another is told apart along no axis: its cell is its parent's.
            _links[append.First].Flags &= ~TileFlags.Root;
            parent.Flags |= TileFlags.Maskable;
            parent.MaskAxes = 0;
        }
        if (append.Block.IsOfMeshes)
            parent.Flags = (parent.Flags & ~TileFlags.HasContent) | TileFlags.OutOfCore;
        TileCount += append.Block.TileCount;
        Version++;
    }

    /// <summary>Unloads the topology below an expanded tile, and every block below that; the tile can be expanded again.</summary>
    internal void Collapse(int tile)
    {
        ref var links = ref _links[tile];
        var removed = links.FirstChild;
        foreach (var number in _blocks.DescendantsOf(_blockOf[removed]))
            Free(number);
        links.FirstChild = -1;
        links.ChildCount = 0;
        var isPayload = (links.Flags & TileFlags.OutOfCore) != 0;
        if (isPayload)
            EndMeshes(tile);
        links.Flags = (links.Flags & ~(TileFlags.Expanded | TileFlags.OutOfCore | (tile == SceneRoot ? 0 : TileFlags.Maskable))) | (isPayload ? TileFlags.HasContent : TileFlags.Unexpanded);
        Version++;
    }

    /// <summary>Number of the block that holds a tile.</summary>
    internal int BlockOf(int tile) => _blockOf[tile];

    /// <summary>The block a block hangs below; −1 for the scene's own.</summary>
    internal int ParentBlock(int block) => _blocks.Parent(block);

    /// <summary>Absolute URI of the document a block came from.</summary>
    internal string BaseUri(int block) => _blocks.BaseUri(block);

    /// <summary>First tile and number of tiles of a block.</summary>
    internal (int First, int Count) RangeOf(int block) => _blocks.TileRange(block);

    /// <summary>A content of this tile failed for good; with children below, the tile counts as content-less from now on.</summary>
    internal void MarkContentFailed(int tile)
    {
        if (_links[tile].ChildCount == 0 || (_links[tile].Flags & TileFlags.ContentFailed) != 0)
            return;
        _links[tile].Flags |= TileFlags.ContentFailed;
        Version++;
    }

    /// <summary>The content may exist after all.</summary>
    internal void ClearContentFailed(int tile)
    {
        if ((_links[tile].Flags & TileFlags.ContentFailed) == 0)
            return;
        _links[tile].Flags &= ~TileFlags.ContentFailed;
        Version++;
    }

    // Unloading a block takes its tiles back out of the count: placed again, they count once.
    private void CountInversion(int block)
    {
        ErrorInversions++;
        _blocks.ErrorInversions(block)++;
    }

    internal Orientation AxesOf(int orientation) => _orientations[orientation];

    private void Free(int number)
    {
        ErrorInversions -= _blocks.ErrorInversions(number);
        var (first, count) = _blocks.TileRange(number);
        for (var tile = first; tile < first + count; tile++)
        {
            foreach (var content in SlotsOf(tile))
                Unshare(content, tile);
            _requestVolumes.Remove(tile);
            _links[tile] = new() { Parent = -1, FirstChild = -1, FirstSlot = -1 };
        }
        var (firstSlot, slotCount) = _blocks.SlotRange(number);
        _tileRanges.Free(first, count);
        if (slotCount > 0)
            _slotRanges.Free(firstSlot, slotCount);
        var (orientations, transforms) = _blocks.Tables(number);
        _orientations.Remove(orientations.First, orientations.Count);
        _transforms.Remove(transforms.First, transforms.Count);
        TileCount -= count;
        _blocks.Remove(number);
    }

    private void EnsureCapacity(int tiles, int slots)
    {
        if (tiles > _nodes.Length)
        {
            // A scene is often one large document: room for that and no more, then half as much again.
            var size = Math.Max(tiles, _nodes.Length + _nodes.Length / 2);
            Array.Resize(ref _nodes, size);
            Array.Resize(ref _links, size);
            Array.Resize(ref _pathKeys, size);
            Array.Resize(ref _transformOf, size);
            Array.Resize(ref _blockOf, size);
        }
        if (slots > _slots.Length)
            Array.Resize(ref _slots, Math.Max(slots, _slots.Length + _slots.Length / 2));
    }
}
