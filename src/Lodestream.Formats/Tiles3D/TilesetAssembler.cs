using System.Runtime.CompilerServices;
using Lodestream.Formats.Tiles3D.Implicit;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Tiles3D;

/// <summary>
/// A parsed document to a <see cref="TileBlock"/>: multiplies transforms down, inherits refinement and errors, leaves out what is
/// broken. In steps, like the parser.
/// </summary>
internal sealed class TilesetAssembler
{
    // Costs in the units of TilesetReader.Step: what a tile of each kind takes, measured in tokens.
    private const int TileCost = 4, TransformCost = 2, RegionCost = 40, LayoutCost = 4, MetadataCost = 40;

    private const int Dropped = -1;

    private readonly TilesetDocument _document;
    private readonly TilesetParent _parent;
    private readonly TileBlockBuilder _builder;
    private readonly UpAxis _upAxis;
    private readonly Transform3d _rotation;
    private readonly List<Frame> _frames = [];
    private readonly int[] _numbers;
    private readonly int[] _frameOf;
    private readonly TilesetFacts _facts;
    private readonly Dictionary<int, ImplicitTiling> _tilings = [];
    private int _next;

    // A frame of reference: the transforms of a chain of tiles, multiplied.
    private readonly record struct Frame(Transform3d Tile, Transform3d Contents, double Scale, bool IsIdentity);

    /// <summary>Makes an assembler.</summary>
    /// <param name="document">The parsed document.</param>
    /// <param name="parent">What it inherits.</param>
    /// <param name="schema">The schema's own file, where it has one.</param>
    /// <param name="schemaMissing">Why that is not here; null where it is.</param>
    public TilesetAssembler(TilesetDocument document, in TilesetParent parent, ReadOnlyMemory<byte> schema = default, string? schemaMissing = null)
    {
        (_document, _parent) = (document, parent);
        _upAxis = document.UpAxis ?? parent.UpAxis;
        _rotation = ContentFrame.ToTile(_upAxis);
        _builder = new(document.Uri, document.Tiles.Count) { UpAxis = _upAxis };
        _numbers = new int[document.Tiles.Count];
        _frameOf = new int[document.Tiles.Count];
        _facts = new()
        {
            Uri = document.Uri,
            Json = document.HasMetadata ? document.Json : default,
            SchemaJson = document.SchemaAt >= 0 ? document.Json[document.SchemaAt..] : schema,
            SchemaMissing = document.SchemaAt >= 0 ? null : schemaMissing,
            MetadataAt = document.MetadataAt,
            StatisticsAt = document.StatisticsAt,
            Groups = document.GroupPlaces,
        };
        if (document.HasMetadata || document.Implicits.Count > 0)
            _builder.Document = _facts;
        AddFrame(parent.Transform);
    }

    /// <summary>What stays of the document beside its tiles.</summary>
    public TilesetFacts Facts => _facts;

    public TileBlock? Block { get; private set; }

    public UpAxis UpAxis => _upAxis;

    /// <summary>Whether a tile of the document is left out; from here on for tiles that are assembled.</summary>
    public bool IsDropped(int tile) => _numbers[tile] == Dropped;

    /// <summary>A tile's bounding volume in the scene's frame.</summary>
    public BoundingVolume VolumeOf(int tile) => VolumeOf(_document.Tiles[tile].Volume, _frames[_frameOf[tile]]);

    /// <summary>A volume that is written in a tile's frame, in the scene's.</summary>
    public BoundingVolume VolumeIn(int tile, in WrittenVolume written) => VolumeOf(written, _frames[_frameOf[tile]]);

    /// <summary>The implicit tiling that a tile is the root of; null where it is none, or one that cannot be used.</summary>
    public ImplicitTiling? TilingOf(int tile) => _tilings.GetValueOrDefault(tile);

    /// <summary>From a tile's own frame to the scene's.</summary>
    public Transform3d TransformOf(int tile) => _frames[_frameOf[tile]].Tile;

    /// <summary>Goes on; true when the block is complete or the document has turned out to be an error.</summary>
    public bool Step(int budget)
    {
        while (_next < _numbers.Length)
        {
            if (budget <= 0)
                return false;
            budget -= Assemble(_next++);
            if (_document.Error is not null)
                return true;
        }
        if (budget <= 0 || !_builder.Step(Math.Max(1, budget / LayoutCost)))
            return false;
        Block = _builder.Build();
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Assemble(int index)
    {
        ref var tile = ref _document.TileSpan[index];
        var parent = tile.Parent < 0 ? Dropped : _numbers[tile.Parent];
        _numbers[index] = Dropped;
        if (tile.Broken || (tile.Parent >= 0 && parent == Dropped))
        {
            if (tile.Parent < 0)
                FailRoot(index);
            return 1;
        }
        var cost = TileCost + ResolveFrame(index, ref tile) + (tile.Volume.Kind == VolumeKind.Region ? RegionCost : 0);
        var frame = _frames[_frameOf[index]];
        var volume = VolumeOf(tile.Volume, frame);
        if (!IsUsable(volume))
        {
            _document.Warn(index, "transforms carry the bounding volume out of the range of numbers; the tile and everything beneath it are skipped");
            tile.Broken = true;
            if (tile.Parent < 0)
                FailRoot(index);
            return cost;
        }
        ResolveInherited(index, ref tile, frame.Scale, volume);
        _numbers[index] = _builder.AddTile(parent, volume, tile.GeometricError, (Refinement)tile.Refine, IsRotated(tile) ? frame.Contents : frame.Tile, RasterErrorOf(index, tile, frame));
        cost += tile.MetadataAt > 0 ? MetadataCost : 0;
        if (tile.Implicit)
            AddSubtrees(index, tile, volume, frame);
        else
            AddContents(index, tile, volume, frame);
        if (tile.RequestVolume >= 0)
            SetRequestVolume(index, tile.RequestVolume, frame);
        return cost;
    }

    private float RasterErrorOf(int index, in WrittenTile tile, in Frame frame)
    {
        if (tile.MetadataAt <= 0 || _facts.EntityAt(tile.MetadataAt)?[RasterErrors.Property].Number is not { } metres || double.IsNaN(metres))
            return 0;
        if (RasterErrors.IsUsable(metres))
            return (float)(metres * frame.Scale);
        _document.Warn(index, $"has a {RasterErrors.Property} of {metres} in its metadata, which is not used");
        return 0;
    }

    private int ResolveFrame(int index, ref WrittenTile tile)
    {
        var inherited = tile.Parent < 0 ? 0 : _frameOf[tile.Parent];
        _frameOf[index] = inherited;
        if (tile.LocalTransform < 0 || _document.LocalTransforms[tile.LocalTransform] == Transform3d.Identity)
            return 0;
        _frameOf[index] = _frames.Count;
        AddFrame(_frames[inherited].Tile * _document.LocalTransforms[tile.LocalTransform]);
        return TransformCost;
    }

    private void AddFrame(in Transform3d tile) => _frames.Add(new(tile, tile * _rotation, tile.MaximumScale, tile == Transform3d.Identity));

    // From here on the record holds the error in the scene's frame and the refinement that applies.
    private void ResolveInherited(int index, ref WrittenTile tile, double scale, in BoundingVolume volume)
    {
        if (tile.Refine == WrittenTile.InheritRefinement)
            tile.Refine = tile.Parent < 0 ? (byte)Refinement.Replace : _document.TileSpan[tile.Parent].Refine;
        if (!double.IsNaN(tile.GeometricError))
            tile.GeometricError = Math.Min(tile.GeometricError * scale, double.MaxValue);
        else if (tile.Parent >= 0)
            tile.GeometricError = _document.TileSpan[tile.Parent].GeometricError;
        else if (!double.IsNaN(_document.GeometricError))
            tile.GeometricError = Math.Min(_document.GeometricError * _frames[0].Scale, double.MaxValue);
        else if (!double.IsNaN(_parent.GeometricError) && double.IsFinite(_parent.GeometricError))
            tile.GeometricError = _parent.GeometricError;
        else
        {
            // As if everything were wrong by the tile's size: it is refined whenever it is near.
            tile.GeometricError = 2 * volume.Radius;
            _document.Warn(index, "neither the root nor the tileset has a geometricError; the size of its volume is used");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static BoundingVolume VolumeOf(in WrittenVolume written, in Frame frame)
    {
        ReadOnlySpan<double> n = written.Numbers;
        var t = frame.Tile;
        switch (written.Kind)
        {
            case VolumeKind.Region:
                // In WGS 84 whatever the tiles' transforms are.
                return BoundingVolume.FromRegion(n[0], n[1], n[2], n[3], Math.Min(n[4], n[5]), Math.Max(n[4], n[5]));
            case VolumeKind.Sphere:
                return BoundingVolume.Sphere(t.Point(new(n[0], n[1], n[2])), n[3] * frame.Scale);
            default:
                var (center, x, y, z) = (new Vector3d(n[0], n[1], n[2]), new Vector3d(n[3], n[4], n[5]), new Vector3d(n[6], n[7], n[8]), new Vector3d(n[9], n[10], n[11]));
                return frame.IsIdentity ? BoundingVolume.Box(center, x, y, z) : BoundingVolume.Box(t.Point(center), t.Direction(x), t.Direction(y), t.Direction(z));
        }
    }

    private static bool IsUsable(in BoundingVolume volume) => volume.Center.IsFinite && double.IsFinite(volume.HalfLengths.LengthSquared);

    // A content that is a document gets the tile's own frame: its tiles are not rotated, their contents will be.
    private bool IsRotated(in WrittenTile tile) => !tile.Implicit && (tile.FirstContent < 0 || HasRotatedContents(tile));

    private bool HasRotatedContents(in WrittenTile tile)
    {
        for (var c = tile.FirstContent; c >= 0; c = _document.Contents[c].Next)
        {
            if (_document.FormatOf(_document.Contents[c]) is not (ContentFormat.Pnts or ContentFormat.Tileset))
                return true;
        }
        return false;
    }

    private void AddContents(int index, in WrittenTile tile, in BoundingVolume volume, in Frame frame)
    {
        var held = 0;
        List<int>? metadata = null;
        var any = tile.MetadataAt > 0;
        for (var c = tile.FirstContent; c >= 0; c = _document.Contents[c].Next)
        {
            var content = _document.Contents[c];
            if (!IsUsable(index, content))
                continue;
            var format = _document.FormatOf(content);
            var holder = _numbers[index];
            if (format == ContentFormat.Tileset && (tile.ChildCount > 0 || tile.FirstContent != tile.LastContent))
            {
                // What is below a document takes the place of children, so beside children or other contents it gets a tile of its own.
                holder = _builder.AddTile(holder, volume, tile.GeometricError, (Refinement)tile.Refine, frame.Tile);
            }
            else if (++held > TileBlockBuilder.MaximumContents)
            {
                if (held == TileBlockBuilder.MaximumContents + 1)
                    _document.Warn(index, $"has more than {TileBlockBuilder.MaximumContents} contents; those beyond are skipped");
                continue;
            }
            else if (_document.HasMetadata)
            {
                (metadata ??= []).Add(content.MetadataAt > 0 ? content.MetadataAt : -1);
                any |= content.MetadataAt > 0;
            }
            _builder.AddContent(holder, _document.UriOf(content), _document.FamilyOf(content), format, group: content.Group);
        }
        if (any)
            Note(index, new(tile.MetadataAt > 0 ? tile.MetadataAt : -1, metadata?.ToArray() ?? [], null));
    }

    private bool IsUsable(int index, in WrittenContent content)
    {
        if (content.Legacy && !_document.Dialect!.LegacyUrl)
        {
            _document.Warn(index, $"a content names its file by \"url\", which 3D Tiles {_document.Dialect.Version} does not know; the content is skipped");
            return false;
        }
        if (content.Group >= _document.Groups.Count)
            _document.Warn(index, $"a content is of group {content.Group}, but the tileset has {_document.Groups.Count}; it is taken for a mesh");
        return true;
    }

    private void AddSubtrees(int index, in WrittenTile tile, in BoundingVolume volume, in Frame frame)
    {
        var written = _document.Implicits[tile.ImplicitNumber - 1];
        if (tile.Volume.Kind == VolumeKind.Sphere)
        {
            _document.Warn(index, "has implicitTiling and a sphere for its boundingVolume, which the standard does not divide; nothing beneath it is known");
            return;
        }
        if (tile.ChildCount > 0)
            _document.Warn(index, "has implicitTiling and children; the children are kept beside it");
        var tiling = _tilings[index] = MakeTiling(index, tile, written, frame);
        var holder = tile.ChildCount == 0 ? _numbers[index] : _builder.AddTile(_numbers[index], volume, tile.GeometricError, (Refinement)tile.Refine, frame.Tile);
        _builder.AddContent(holder, tiling.Subtrees.Expand(default, new byte[tiling.Subtrees.MaximumBytes]), ContentFamily.Mesh, ContentFormat.Tileset);
        _facts.Notes.Add(new(tile.MetadataAt > 0 ? tile.MetadataAt : -1, [], tiling));
        _builder.SetNote(holder, _facts.Notes.Count);
    }

    private ImplicitTiling MakeTiling(int index, in WrittenTile tile, in WrittenImplicit written, in Frame frame)
    {
        var contents = new List<ImplicitContent>();
        for (var c = tile.FirstContent; c >= 0; c = _document.Contents[c].Next)
        {
            var content = _document.Contents[c];
            if (!IsUsable(index, content))
                continue;
            var template = new UriTemplate(_document.UriOf(content));
            if (contents.Count == TileBlockBuilder.MaximumContents)
            {
                _document.Warn(index, $"has more than {TileBlockBuilder.MaximumContents} contents; those beyond are skipped");
                break;
            }
            if (template.MaximumBytes <= ushort.MaxValue)
                contents.Add(new(template, _document.FormatOf(content), _document.FamilyOf(content), content.Group));
            else
                _document.Warn(index, "a content's template is longer than the 65,535 bytes of a URI; the content is skipped");
        }
        var levels = written.AvailableLevels;
        if (levels > ImplicitTiling.MostLevels)
            _document.Warn(index, $"implicitTiling has {levels} levels; {ImplicitTiling.MostLevels} of them are read");
        return new()
        {
            IsOctree = written.IsOctree,
            SubtreeLevels = written.SubtreeLevels,
            AvailableLevels = Math.Min(levels, ImplicitTiling.MostLevels),
            Subtrees = new(_document.UriOf(written)),
            Contents = contents,
            TilesetUri = _document.Uri,
            Volume = tile.Volume,
            Tile = frame.Tile,
            ContentTransform = contents.Count == 0 || HasRotatedContents(tile) ? frame.Contents : frame.Tile,
            GeometricError = tile.GeometricError,
            Refinement = (Refinement)tile.Refine,
            UpAxis = _upAxis,
            Facts = _facts,
        };
    }

    private void Note(int index, TilesetFacts.Note note)
    {
        _facts.Notes.Add(note);
        _builder.SetNote(_numbers[index], _facts.Notes.Count);
    }

    private void SetRequestVolume(int index, int requestVolume, in Frame frame)
    {
        var written = _document.RequestVolumes[requestVolume];
        if (written.Kind is VolumeKind.None or VolumeKind.Invalid)
            return;
        var volume = VolumeOf(written, frame);
        if (IsUsable(volume))
            _builder.SetRequestVolume(_numbers[index], volume);
        else
            _document.Warn(index, "transforms carry the viewerRequestVolume out of the range of numbers; it is ignored");
    }

    private void FailRoot(int index) =>
        _document.Error ??= $"{_document.Uri}: {_document.Warnings().Where(w => w.Path == _document.PathOf(index)).Select(w => w.ToString()).FirstOrDefault() ?? "the root is not usable"}";
}
