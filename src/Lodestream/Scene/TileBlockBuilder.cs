using System.Runtime.InteropServices;
using Lodestream.Geometry;

namespace Lodestream.Scene;

/// <summary>
/// Collects the tiles of one document in any order in which parents come before their children, then lays them out so that siblings
/// are contiguous (<see cref="Step"/>, <see cref="Build"/>). Volumes and transforms are in the scene's frame; the caller has
/// multiplied the document's transforms down.
/// </summary>
/// <param name="baseUri">Absolute URI of the document.</param>
/// <param name="tiles">How many tiles to expect; more or fewer may come.</param>
public sealed class TileBlockBuilder(string baseUri, int tiles = 0)
{
    private readonly TileBlock _block = new(baseUri);
    private readonly ulong _folder = UriHash.FolderOf(baseUri);
    private readonly List<Draft> _drafts = new(tiles);
    private readonly List<ContentDraft> _contents = new(tiles);
    private readonly Dictionary<Orientation, int> _orientations = new() { [Orientation.Scene] = 0 };
    private readonly Dictionary<int, BoundingVolume> _requestVolumes = [];
    private byte[] _uris = new byte[1024];
    private int _uriBytes;
    private int _lastTransform;
    private bool _hasNotes;
    private LayoutCursor _layout;

    private struct Draft
    {
        public TileNode Node;
        public int Parent, FirstChild, LastChild, NextSibling, ChildCount, FirstContent, LastContent, ContentCount, Transform, Placed, Note;
        public TileFlags Flags;
    }

    private struct ContentDraft
    {
        public ContentRecord Record;
        public ulong Hash;
        public int Next;
    }

    private struct LayoutCursor
    {
        public bool Started;
        public int[] Stack;
        public int Depth, NextTile, NextContent;
    }

    /// <summary>Contents of one tile at most: what is drawn of it has a bit for each (<see cref="Presentation.DrawItem.Contents"/>).</summary>
    public const int MaximumContents = 32;

    /// <summary>Number of tiles so far.</summary>
    public int TileCount => _drafts.Count;

    /// <summary>Which axis points up in the document's glTF contents; documents beneath inherit it.</summary>
    public UpAxis UpAxis
    {
        get => _block.UpAxis;
        set => _block.UpAxis = value;
    }

    /// <summary>What the reader of the document keeps of it (<see cref="TileTree.DocumentOf"/>).</summary>
    public object? Document
    {
        get => _block.Document;
        set => _block.Document = value;
    }

    /// <summary>Gives a tile a number by which the document's reader finds what belongs to it (<see cref="TileTree.NoteOf"/>).</summary>
    /// <param name="tile">The tile's number in this builder.</param>
    /// <param name="note">Any number but 0, which stands for none.</param>
    public void SetNote(int tile, int note)
    {
        CollectionsMarshal.AsSpan(_drafts)[tile].Note = note;
        _hasNotes = true;
    }

    /// <summary>Adds a tile.</summary>
    /// <param name="parent">The number <see cref="AddTile"/> gave for the parent; −1 for the root, which comes first.</param>
    /// <param name="volume">Bounding volume, scene frame, metres.</param>
    /// <param name="geometricError">Geometric error in metres, scaled into the scene's frame; clamped to the parent's.</param>
    /// <param name="refinement">How the children relate to the tile.</param>
    /// <param name="transform">From the contents' frame to the scene's.</param>
    /// <param name="rasterError">Ground size of a texel in metres; 0 when unknown.</param>
    /// <returns>The tile's number in this builder.</returns>
    public int AddTile(int parent, in BoundingVolume volume, double geometricError, Refinement refinement, in Transform3d transform, float rasterError = 0)
    {
        var index = _drafts.Count;
        if (parent >= index || (parent < 0) != (index == 0))
            throw new ArgumentException("The root comes first, with parent −1; every other tile comes after its parent.", nameof(parent));
        var drafts = CollectionsMarshal.AsSpan(_drafts);
        var inverted = parent >= 0 && geometricError > drafts[parent].Node.GeometricError;
        if (inverted)
        {
            geometricError = drafts[parent].Node.GeometricError;
            _block.ErrorInversions++;
        }
        var draft = new Draft
        {
            Node = NodeOf(volume, geometricError, rasterError),
            Parent = parent,
            FirstChild = -1,
            LastChild = -1,
            NextSibling = -1,
            FirstContent = -1,
            LastContent = -1,
            Transform = TransformIndex(transform),
            Flags = (refinement == Refinement.Add ? TileFlags.Add : 0)
                | (volume.Shape == VolumeShape.Sphere ? TileFlags.Sphere : volume.IsAxisAligned ? TileFlags.AxisAligned : 0)
                | (index == 0 ? TileFlags.Root : 0)
                | (inverted ? TileFlags.ErrorClamped : 0),
        };
        if (parent >= 0)
        {
            ref var above = ref drafts[parent];
            if (above.LastChild < 0)
                above.FirstChild = index;
            else
                drafts[above.LastChild].NextSibling = index;
            above.LastChild = index;
            above.ChildCount++;
        }
        _drafts.Add(draft);
        return index;
    }

    /// <summary>Adds a content to a tile.</summary>
    /// <param name="tile">The tile's number in this builder.</param>
    /// <param name="uri">UTF-8 URI, relative to the document or absolute, escaped as it came.</param>
    /// <param name="family">What it holds.</param>
    /// <param name="format">How it is encoded; <see cref="ContentFormat.Tileset"/> makes the tile one to expand.</param>
    /// <param name="byteLength">Length in bytes, 0 when unknown.</param>
    /// <param name="group">Index of its group in the document, −1 for none.</param>
    /// <exception cref="ArgumentException">The URI is too long, or the tile has <see cref="MaximumContents"/> contents already.</exception>
    public void AddContent(int tile, ReadOnlySpan<byte> uri, ContentFamily family, ContentFormat format, uint byteLength = 0, int group = -1)
    {
        if (uri.Length > ushort.MaxValue)
            throw new ArgumentException("A content URI is at most 65,535 bytes long.", nameof(uri));
        if (_drafts[tile].ContentCount == MaximumContents)
            throw new ArgumentException($"Tile {tile} has {MaximumContents} contents already; a draw item has a bit for each and takes no more.", nameof(tile));
        while (_uriBytes + uri.Length > _uris.Length)
            Array.Resize(ref _uris, _uris.Length * 2);
        uri.CopyTo(_uris.AsSpan(_uriBytes));
        ref var draft = ref CollectionsMarshal.AsSpan(_drafts)[tile];
        draft.Flags |= format == ContentFormat.Tileset ? TileFlags.Unexpanded : TileFlags.HasContent;
        var number = _contents.Count;
        _contents.Add(new()
        {
            Record = new() { UriOffset = _uriBytes, UriLength = (ushort)uri.Length, Family = family, Format = format, ByteLength = byteLength, GroupNumber = (ushort)(group is >= 0 and < ushort.MaxValue ? group + 1 : 0) },
            Hash = UriHash.Of(baseUri, _folder, uri),
            Next = -1,
        });
        if (draft.LastContent < 0)
            draft.FirstContent = number;
        else
            CollectionsMarshal.AsSpan(_contents)[draft.LastContent].Next = number;
        draft.LastContent = number;
        draft.ContentCount++;
        _uriBytes += uri.Length;
    }

    /// <summary>Gives a tile a viewer request volume: views outside it don't see the tile.</summary>
    /// <param name="tile">The tile's number in this builder.</param>
    /// <param name="volume">The volume, scene frame.</param>
    public void SetRequestVolume(int tile, in BoundingVolume volume)
    {
        CollectionsMarshal.AsSpan(_drafts)[tile].Flags |= TileFlags.HasRequestVolume;
        _requestVolumes[tile] = volume;
    }

    /// <summary>Lays out up to <paramref name="parents"/> groups of siblings; call until it answers true. One call with <see cref="int.MaxValue"/> does it all.</summary>
    /// <exception cref="InvalidOperationException">No tile was added.</exception>
    public bool Step(int parents)
    {
        if (!_layout.Started)
            StartLayout();
        var drafts = CollectionsMarshal.AsSpan(_drafts);
        while (_layout.Depth > 0)
        {
            if (parents-- <= 0)
                return false;
            PlaceChildren(drafts, _layout.Stack[--_layout.Depth]);
        }
        return true;
    }

    /// <summary>Finishes the layout and hands the block out; the builder is spent.</summary>
    public TileBlock Build()
    {
        Step(int.MaxValue);
        _block.Uris = _uris;
        _block.UriBytes = _uriBytes;
        return _block;
    }

    private void StartLayout()
    {
        if (_drafts.Count == 0)
            throw new InvalidOperationException("A block has at least a root: add a tile before building.");
        var count = _drafts.Count;
        _block.TileCount = count;
        _block.ContentCount = _contents.Count;
        _block.Nodes = new TileNode[count];
        _block.Links = new TileLinks[count];
        _block.Transforms = new int[count];
        _block.Contents = new ContentRecord[_contents.Count];
        _block.ContentHashes = new ulong[_contents.Count];
        _block.Notes = _hasNotes ? new int[count] : [];
        _layout = new() { Started = true, Stack = new int[64], NextTile = 1 };
        Place(ref CollectionsMarshal.AsSpan(_drafts)[0], 0, 0, -1, 0);
        _layout.Stack[_layout.Depth++] = 0;
    }

    // Siblings become one run; a subtree stays close together, because the stack goes depth first.
    private void PlaceChildren(Span<Draft> drafts, int parent)
    {
        ref var above = ref drafts[parent];
        if (above.ChildCount == 0)
            return;
        var first = _layout.NextTile;
        _layout.NextTile += above.ChildCount;
        ref var links = ref _block.Links[above.Placed];
        links.FirstChild = first;
        links.ChildCount = above.ChildCount;
        if (_layout.Depth + above.ChildCount > _layout.Stack.Length)
            Array.Resize(ref _layout.Stack, Math.Max(_layout.Stack.Length * 2, _layout.Depth + above.ChildCount));
        var slot = first;
        var stackTop = _layout.Depth + above.ChildCount - 1;
        for (var child = above.FirstChild; child >= 0; child = drafts[child].NextSibling)
        {
            Place(ref drafts[child], child, slot++, above.Placed, (short)(links.Level + 1));
            _layout.Stack[stackTop--] = child;
        }
        _layout.Depth += above.ChildCount;
        if (ChildMask.TryFindAxes(_block.Nodes, _block.Links, _block.Orientations, first, above.ChildCount, out var axes))
        {
            links.MaskAxes = axes;
            links.Flags |= TileFlags.Maskable;
        }
    }

    private void Place(ref Draft draft, int number, int tile, int parent, short level)
    {
        draft.Placed = tile;
        _block.Nodes[tile] = draft.Node;
        _block.Transforms[tile] = draft.Transform;
        _block.Links[tile] = new()
        {
            Parent = parent,
            FirstChild = -1,
            FirstSlot = draft.ContentCount == 0 ? -1 : _layout.NextContent,
            SlotCount = (ushort)draft.ContentCount,
            Flags = draft.Flags,
            Level = level,
        };
        for (var c = draft.FirstContent; c >= 0; c = _contents[c].Next)
        {
            var content = _contents[c];
            content.Record.Tile = tile;
            _block.Contents[_layout.NextContent] = content.Record;
            _block.ContentHashes[_layout.NextContent++] = content.Hash;
        }
        if (_hasNotes)
            _block.Notes[tile] = draft.Note;
        if ((draft.Flags & TileFlags.HasRequestVolume) != 0)
            _block.RequestVolumes[tile] = _requestVolumes[number];
    }

    private TileNode NodeOf(in BoundingVolume volume, double geometricError, float rasterError) => new()
    {
        CenterX = volume.Center.X,
        CenterY = volume.Center.Y,
        CenterZ = volume.Center.Z,
        HalfX = volume.HalfLengths.X,
        HalfY = volume.HalfLengths.Y,
        HalfZ = volume.HalfLengths.Z,
        GeometricError = geometricError,
        RasterError = rasterError,
        Orientation = OrientationIndex(volume),
    };

    private int OrientationIndex(in BoundingVolume volume)
    {
        if (volume.Shape == VolumeShape.Sphere || volume.IsAxisAligned)
            return 0;
        var orientation = new Orientation(volume.AxisX, volume.AxisY, volume.AxisZ);
        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(_orientations, orientation, out var known);
        if (!known)
        {
            index = _block.Orientations.Count;
            _block.Orientations.Add(orientation);
        }
        return index;
    }

    // Neighbours in a document nearly always share their transform.
    private int TransformIndex(in Transform3d transform)
    {
        var table = _block.TransformTable;
        if (table[_lastTransform] == transform)
            return _lastTransform;
        if (transform == Transform3d.Identity)
            return _lastTransform = 0;
        table.Add(transform);
        return _lastTransform = table.Count - 1;
    }
}
