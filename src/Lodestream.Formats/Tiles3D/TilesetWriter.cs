using System.Text.Json;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Tiles3D;

/// <summary>One content of a tile.</summary>
/// <param name="Uri">Address relative to the tileset, escaped.</param>
/// <param name="Group">Index of the group it belongs to; −1 for none.</param>
public readonly record struct TilesetContent(string Uri, int Group = -1);

/// <summary>An implicit quadtree below a tile (3D Tiles 1.1): its tiles are named by templates and listed in subtrees.</summary>
/// <param name="SubtreeLevels">Levels of each subtree.</param>
/// <param name="AvailableLevels">Levels of the whole.</param>
/// <param name="Subtrees">Address of subtrees relative to the tileset, with <c>{level}</c>, <c>{x}</c> and <c>{y}</c> in it.</param>
public sealed record ImplicitQuadtree(int SubtreeLevels, int AvailableLevels, string Subtrees);

/// <summary>What a tile says about itself; children follow in the writer.</summary>
public readonly ref struct TilesetTile
{
    /// <summary>Encloses the tile's contents and its children's, in the tile's frame. An orthogonal box is written as <c>box</c>, a sphere as <c>sphere</c>.</summary>
    public required BoundingVolume Volume { get; init; }

    /// <summary>Error in metres when the tile is drawn and its children are not.</summary>
    public required double GeometricError { get; init; }

    /// <summary>Null inherits the parent's; the root must say.</summary>
    public Refinement? Refinement { get; init; }

    /// <summary>From the tile's frame to its parent's; identity is not written.</summary>
    public Transform3d Transform { get; init; } = Transform3d.Identity;

    /// <summary>The contents: one is written as <c>content</c>, several as <c>contents</c>.</summary>
    public ReadOnlySpan<TilesetContent> Contents { get; init; }

    /// <summary>The tiles below, where they are implicit; contents' addresses are templates then. Null for a tile by itself.</summary>
    public ImplicitQuadtree? Implicit { get; init; }

    /// <summary>A tile.</summary>
    public TilesetTile()
    {
    }
}

/// <summary>What a tileset says before its root.</summary>
public sealed record TilesetHeader
{
    /// <summary>Error in metres when nothing of the tileset is drawn.</summary>
    public required double GeometricError { get; init; }

    /// <summary>Version of the data, an application's own (<c>asset.tilesetVersion</c>).</summary>
    public string? TilesetVersion { get; init; }

    /// <summary>Writes the members of <c>asset.extras</c>, where a generator leaves word about itself.</summary>
    public Action<Utf8JsonWriter>? WriteAssetExtras { get; init; }

    /// <summary>Writes the <c>schema</c> object's members, which <see cref="Groups"/> refer to by class.</summary>
    public Action<Utf8JsonWriter>? WriteSchema { get; init; }

    /// <summary>The groups that contents refer to by index: each a class of the schema and a writer of its <c>properties</c>' members.</summary>
    public IReadOnlyList<(string Class, Action<Utf8JsonWriter>? WriteProperties)> Groups { get; init; } = [];
}

/// <summary>
/// Writes a 3D Tiles 1.1 <c>tileset.json</c> front to back: begin a tile, write its children, end it. Memory does not grow with the
/// number of tiles. Numbers are the shortest that read back as the same double.
/// </summary>
public sealed class TilesetWriter : IDisposable
{
    private const int FlushBytes = 1 << 16;

    private readonly Utf8JsonWriter _json;
    private readonly Stack<bool> _open = new();
    private readonly int _groups;
    private bool _rooted;

    /// <summary>Starts the document.</summary>
    /// <param name="output">Where to; left open.</param>
    /// <param name="header">What comes before the root.</param>
    public TilesetWriter(Stream output, TilesetHeader header)
    {
        // Deep trees are legal; the JSON writer's own limit of 1000 levels is too, at two levels per tile.
        _json = new(output, new() { MaxDepth = 4096 });
        _groups = header.Groups.Count;
        _json.WriteStartObject();
        WriteAsset(header);
        WriteSchema(header);
        _json.WriteNumber("geometricError"u8, Finite(header.GeometricError));
    }

    /// <summary>Begins a tile: the root, or a child of the tile that is open.</summary>
    /// <exception cref="InvalidOperationException">A second root, or a root that does not say how it refines.</exception>
    /// <exception cref="ArgumentException">A number that is not finite, or a content in a group that is not there.</exception>
    public void BeginTile(in TilesetTile tile)
    {
        OpenPlace(tile.Refinement);
        _json.WriteStartObject();
        WriteVolume(tile.Volume);
        _json.WriteNumber("geometricError"u8, Finite(tile.GeometricError));
        if (tile.Refinement is { } refinement)
            _json.WriteString("refine"u8, refinement == Refinement.Add ? "ADD"u8 : "REPLACE"u8);
        if (tile.Transform != Transform3d.Identity)
            WriteTransform(tile.Transform);
        WriteContents(tile.Contents);
        if (tile.Implicit is { } quadtree)
            WriteImplicit(quadtree);
        _open.Push(false);
        if (_json.BytesPending > FlushBytes)
            _json.Flush();
    }

    /// <summary>Ends the tile that was begun last.</summary>
    /// <exception cref="InvalidOperationException">None is open.</exception>
    public void EndTile()
    {
        if (_open.Count == 0)
            throw new InvalidOperationException("No tile is open.");
        if (_open.Pop())
            _json.WriteEndArray();
        _json.WriteEndObject();
    }

    /// <summary>Ends the document.</summary>
    /// <exception cref="InvalidOperationException">A tile is still open, or there is no root.</exception>
    public void Complete()
    {
        if (!_rooted || _open.Count > 0)
            throw new InvalidOperationException(_rooted ? $"{_open.Count} tiles are still open." : "A tileset has a root.");
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <summary>Releases the writer; the stream stays open, and without <see cref="Complete"/> holds half a document.</summary>
    public void Dispose() => _json.Dispose();

    private void WriteAsset(TilesetHeader header)
    {
        _json.WriteStartObject("asset"u8);
        _json.WriteString("version"u8, "1.1"u8);
        if (header.TilesetVersion is not null)
            _json.WriteString("tilesetVersion"u8, header.TilesetVersion);
        if (header.WriteAssetExtras is { } extras)
        {
            _json.WriteStartObject("extras"u8);
            extras(_json);
            _json.WriteEndObject();
        }
        _json.WriteEndObject();
    }

    private void WriteSchema(TilesetHeader header)
    {
        if (header.WriteSchema is { } schema)
        {
            _json.WriteStartObject("schema"u8);
            schema(_json);
            _json.WriteEndObject();
        }
        if (_groups == 0)
            return;
        _json.WriteStartArray("groups"u8);
        foreach (var (type, properties) in header.Groups)
        {
            _json.WriteStartObject();
            _json.WriteString("class"u8, type);
            if (properties is not null)
            {
                _json.WriteStartObject("properties"u8);
                properties(_json);
                _json.WriteEndObject();
            }
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
    }

    private void OpenPlace(Refinement? refinement)
    {
        if (_open.Count > 0)
        {
            if (!_open.Peek())
            {
                _open.Pop();
                _open.Push(true);
                _json.WriteStartArray("children"u8);
            }
            return;
        }
        if (_rooted)
            throw new InvalidOperationException("A tileset has one root.");
        if (refinement is null)
            throw new InvalidOperationException("The root says how it refines; only its descendants inherit it.");
        _rooted = true;
        _json.WritePropertyName("root"u8);
    }

    private void WriteVolume(in BoundingVolume volume)
    {
        _json.WriteStartObject("boundingVolume"u8);
        if (volume.Shape == VolumeShape.Sphere)
        {
            _json.WriteStartArray("sphere"u8);
            Write(volume.Center);
            _json.WriteNumberValue(Finite(volume.HalfLengths.X));
        }
        else
        {
            _json.WriteStartArray("box"u8);
            Write(volume.Center);
            Write(volume.AxisX * volume.HalfLengths.X);
            Write(volume.AxisY * volume.HalfLengths.Y);
            Write(volume.AxisZ * volume.HalfLengths.Z);
        }
        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    private void WriteTransform(in Transform3d transform)
    {
        Span<double> matrix = stackalloc double[16];
        transform.CopyColumnMajor(matrix);
        _json.WriteStartArray("transform"u8);
        foreach (var number in matrix)
            _json.WriteNumberValue(Finite(number));
        _json.WriteEndArray();
    }

    private void WriteImplicit(ImplicitQuadtree quadtree)
    {
        _json.WriteStartObject("implicitTiling"u8);
        _json.WriteString("subdivisionScheme"u8, "QUADTREE"u8);
        _json.WriteNumber("subtreeLevels"u8, quadtree.SubtreeLevels);
        _json.WriteNumber("availableLevels"u8, quadtree.AvailableLevels);
        _json.WriteStartObject("subtrees"u8);
        _json.WriteString("uri"u8, quadtree.Subtrees);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void WriteContents(ReadOnlySpan<TilesetContent> contents)
    {
        if (contents.IsEmpty)
            return;
        if (contents.Length == 1)
        {
            _json.WriteStartObject("content"u8);
            WriteContent(contents[0]);
            return;
        }
        _json.WriteStartArray("contents"u8);
        foreach (var content in contents)
        {
            _json.WriteStartObject();
            WriteContent(content);
        }
        _json.WriteEndArray();
    }

    private void WriteContent(TilesetContent content)
    {
        if (content.Group >= _groups)
            throw new ArgumentException($"Content {content.Uri} is in group {content.Group}, but the tileset has {_groups}.");
        _json.WriteString("uri"u8, content.Uri);
        if (content.Group >= 0)
            _json.WriteNumber("group"u8, content.Group);
        _json.WriteEndObject();
    }

    private void Write(Vector3d v)
    {
        // Adding zero turns −0 into 0: the same number, without the odd sign.
        _json.WriteNumberValue(Finite(v.X) + 0.0);
        _json.WriteNumberValue(Finite(v.Y) + 0.0);
        _json.WriteNumberValue(Finite(v.Z) + 0.0);
    }

    private static double Finite(double value) =>
        double.IsFinite(value) ? value : throw new ArgumentException("A tileset holds finite numbers only.");
}
