using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Tiles3D;

/// <summary>How a bounding volume is written.</summary>
internal enum VolumeKind : byte
{
    None,
    Invalid,
    Box,
    Sphere,
    Region,
}

/// <summary>Up to twelve numbers of a bounding volume.</summary>
[InlineArray(Length)]
internal struct VolumeNumbers
{
    public const int Length = 12;
    private double _first;
}

/// <summary>A bounding volume as it is written, in its tile's frame (a region: in WGS 84).</summary>
internal struct WrittenVolume
{
    public VolumeNumbers Numbers;
    public VolumeKind Kind;
}

/// <summary>A tile as its document writes it.</summary>
internal struct WrittenTile
{
    /// <summary>The value of <see cref="Refine"/> where the tile names none: its parent's holds.</summary>
    public const byte InheritRefinement = 255;

    public WrittenVolume Volume;

    /// <summary>NaN where the document names none.</summary>
    public double GeometricError;

    public int Parent, Ordinal, ChildCount, LocalTransform, RequestVolume, FirstContent, LastContent;
    public short Depth;
    public byte Refine;

    /// <summary>The tile cannot be used; nor can anything beneath it.</summary>
    public bool Broken;

    /// <summary>One more than the index of the implicit tiling that it is the root of; 0 where it is none.</summary>
    public int ImplicitNumber;

    /// <summary>Where the tile's metadata begins; 0 where it has none.</summary>
    public int MetadataAt;

    /// <summary>The volume is an S2 cell, which is not supported.</summary>
    public bool IsS2;

    /// <summary>The tile is the root of an implicit tiling: its contents are templates.</summary>
    public readonly bool Implicit => ImplicitNumber > 0;
}

/// <summary>A content as its document writes it. The URI is a range of the document's bytes, or of the unescaped ones.</summary>
internal struct WrittenContent
{
    public int UriOffset, UriLength, Group, Next;

    /// <summary>Where its metadata begins; 0 where it has none.</summary>
    public int MetadataAt;

    /// <summary>One more than the index of its own bounding volume; 0 where it has none.</summary>
    public int VolumeNumber;

    public bool Unescaped, Legacy;
}

/// <summary>An implicit tiling as its document writes it; numbers are 0 where they are missing.</summary>
internal struct WrittenImplicit
{
    public int UriOffset, UriLength, SubtreeLevels, AvailableLevels;
    public bool Unescaped, HasScheme, IsOctree;
}

/// <summary>A tileset.json as flat lists in document order: parents before children, transforms not multiplied, errors not clamped.</summary>
internal sealed class TilesetDocument(string uri, ReadOnlyMemory<byte> json)
{
    // The least that makes a tile with a content; half a kilobyte is common. Room that is not used is address space, not memory.
    private const int BytesPerTile = 120;

    private readonly List<(int Tile, string Message)> _warnings = [];
    private byte[] _unescaped = [];

    // A thousand warnings of tiles five hundred deep need theirs only while a path is put together.
    private readonly List<int> _ordinals = [];
    private readonly StringBuilder _path = new();
    private int _unescapedBytes;

    public string Uri { get; } = uri;

    public List<WrittenTile> Tiles { get; } = new(json.Length / BytesPerTile + 1);

    public List<WrittenContent> Contents { get; } = new(json.Length / BytesPerTile + 1);

    public List<Transform3d> LocalTransforms { get; } = [];

    public List<WrittenVolume> RequestVolumes { get; } = [];

    public List<WrittenVolume> ContentVolumes { get; } = [];

    public List<WrittenImplicit> Implicits { get; } = [];

    public List<ContentFamily> Groups { get; } = [];

    /// <summary>Where the groups' objects begin.</summary>
    public List<int> GroupPlaces { get; } = [];

    /// <summary>Where the schema, the tileset's metadata and the statistics begin; −1 where they are missing.</summary>
    public int SchemaAt { get; set; } = -1;

    public int MetadataAt { get; set; } = -1;

    public int StatisticsAt { get; set; } = -1;

    /// <summary>URI of a schema in a file of its own, as it is written.</summary>
    public string? SchemaUri { get; set; }

    /// <summary>Whether anything of its metadata may be asked for later.</summary>
    public bool HasMetadata { get; set; }

    public ReadOnlyMemory<byte> Json => json;

    public TilesetDialect? Dialect { get; set; }

    public UpAxis? UpAxis { get; set; }

    public double GeometricError { get; set; } = double.NaN;

    public string? Error { get; set; }

    /// <summary>The error says that something is not supported: the same bytes will not do better.</summary>
    public bool IsUnsupported { get; set; }

    public int WarningCount { get; private set; }

    public Span<WrittenTile> TileSpan => CollectionsMarshal.AsSpan(Tiles);

    public ReadOnlySpan<byte> UriOf(in WrittenContent content) =>
        (content.Unescaped ? _unescaped : json.Span).Slice(content.UriOffset, content.UriLength);

    public ReadOnlySpan<byte> UriOf(in WrittenImplicit tiling) => (tiling.Unescaped ? _unescaped : json.Span).Slice(tiling.UriOffset, tiling.UriLength);

    public ContentFormat FormatOf(in WrittenContent content) => ContentKinds.FormatOf(UriOf(content));

    public ContentFamily FamilyOf(in WrittenContent content) => (uint)content.Group < (uint)Groups.Count ? Groups[content.Group] : ContentFamily.Mesh;

    public int KeepUnescaped(ReadOnlySpan<byte> text)
    {
        var offset = _unescapedBytes;
        if (offset + text.Length > _unescaped.Length)
            Array.Resize(ref _unescaped, Math.Max(256, (offset + text.Length) * 2));
        text.CopyTo(_unescaped.AsSpan(offset));
        _unescapedBytes += text.Length;
        return offset;
    }

    /// <summary>Records something passed over or mended; a tile of −1 means the document.</summary>
    public void Warn(int tile, string message)
    {
        WarningCount++;
        if (_warnings.Count < TilesetReader.MaximumWarnings)
            _warnings.Add((tile, MessageText.Line(message)!));
    }

    public IReadOnlyList<TilesetWarning> Warnings() => [.. _warnings.Select(w => new TilesetWarning(PathOf(w.Tile), w.Message))];

    /// <summary>The JSON path of a tile, its middle left out where it is very deep.</summary>
    public string PathOf(int tile)
    {
        if (tile < 0)
            return "tileset";
        const int shownAtEachEnd = 8;
        var (ordinals, path) = (_ordinals, _path);
        ordinals.Clear();
        path.Clear().Append("root");
        for (var t = tile; Tiles[t].Parent >= 0; t = Tiles[t].Parent)
            ordinals.Add(Tiles[t].Ordinal);
        for (var i = ordinals.Count - 1; i >= 0; i--)
        {
            if (ordinals.Count > 2 * shownAtEachEnd && i == ordinals.Count - 1 - shownAtEachEnd)
            {
                path.Append(System.Globalization.CultureInfo.InvariantCulture, $"…({ordinals.Count - 2 * shownAtEachEnd} levels)…");
                i = shownAtEachEnd;
                continue;
            }
            path.Append(System.Globalization.CultureInfo.InvariantCulture, $".children[{ordinals[i]}]");
        }
        return path.ToString();
    }
}
