using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Browser.Tests.Harness;

/// <summary>
/// A flat square of ground as an explicit quadtree, z up, centred on the origin: every tile one quad, coloured by level. Where a
/// ray meets the ground is known without drawing it, so that a hole is known for one.
/// </summary>
internal sealed class FlatWorld
{
    /// <summary>Length of the square's side, metres.</summary>
    public const double Side = 16384;

    private const string Prefix = "/flat/";
    private readonly int _tileBytes;
    private readonly string? _extras;
    private readonly byte _blue;
    private readonly byte[] _document;

    /// <summary>Makes the world.</summary>
    /// <param name="levels">Levels of the quadtree: 1 has one tile, 9 have 87,381.</param>
    /// <param name="tileBytes">Length each tile's file is padded to, bytes.</param>
    /// <param name="blue">How blue the ground is, 0 to 195.</param>
    /// <param name="extras">The asset's extras, a JSON object.</param>
    public FlatWorld(int levels, int tileBytes = 0, byte blue = 60, string? extras = null)
    {
        Levels = levels;
        _blue = blue;
        _tileBytes = tileBytes;
        _extras = extras;
        _document = WriteDocument();
    }

    /// <summary>Levels of the quadtree.</summary>
    public int Levels { get; }

    /// <summary>Address of its tileset, for the viewer.</summary>
    public const string Scene = Prefix + "tileset.json";

    /// <summary>The file at a path of the server; null for other paths.</summary>
    public byte[]? FileAt(string path)
    {
        if (path == Scene)
            return _document;
        if (!path.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        var parts = Path.GetFileNameWithoutExtension(path[Prefix.Length..]).Split('_');
        return parts.Length == 3 && parts.All(p => int.TryParse(p, out _)) ? WriteTile(Number(parts[0]), Number(parts[1]), Number(parts[2])) : null;

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>Path of a tile's file on the server.</summary>
    public static string PathOf(int level, int x, int y) => Prefix + UriOf(level, x, y);

    private static string UriOf(int level, int x, int y) => string.Create(CultureInfo.InvariantCulture, $"{level}_{x}_{y}.glb");

    private byte[] WriteDocument()
    {
        using var stream = new MemoryStream();
        using (var writer = new TilesetWriter(stream, new() { GeometricError = 2048, WriteAssetExtras = _extras is null ? null : WriteExtras }))
        {
            WriteTileAndBelow(writer, 0, 0, 0);
            writer.Complete();
        }
        return stream.ToArray();
    }

    private void WriteExtras(Utf8JsonWriter json)
    {
        using var extras = JsonDocument.Parse(_extras!);
        foreach (var member in extras.RootElement.EnumerateObject())
            member.WriteTo(json);
    }

    private void WriteTileAndBelow(TilesetWriter writer, int level, int x, int y)
    {
        var (size, center) = Square(level, x, y);
        writer.BeginTile(new()
        {
            Volume = BoundingVolume.AxisAligned(center - new Vector3d(size / 2, size / 2, 16), center + new Vector3d(size / 2, size / 2, 16)),
            GeometricError = size / 16,
            Refinement = level == 0 ? Refinement.Replace : null,
            Contents = [new(UriOf(level, x, y))],
        });
        if (level + 1 < Levels)
        {
            for (var child = 0; child < 4; child++)
                WriteTileAndBelow(writer, level + 1, 2 * x + (child & 1), 2 * y + (child >> 1));
        }
        writer.EndTile();
    }

    // Contents are y up; bytes after the length that a glb names for itself count for nothing but the link.
    private byte[] WriteTile(int level, int x, int y)
    {
        var (size, center) = Square(level, x, y);
        var half = (float)(size / 2);
        var color = new GlbColor((byte)(40 + level * 20 % 200), (byte)(200 - level * 15), (byte)(_blue + (x + y) % 2 * 60));
        var glb = new GlbWriter();
        var positions = glb.AddPositions([new(-half, 0, half), new(half, 0, half), new(half, 0, -half), new(-half, 0, -half)]);
        var normals = glb.AddNormals([Vector3.UnitY, Vector3.UnitY, Vector3.UnitY, Vector3.UnitY]);
        var colors = glb.AddColors([color, color, color, color]);
        var indices = glb.AddIndices([0, 1, 2, 0, 2, 3]);
        var material = glb.AddMaterial(new());
        var mesh = glb.AddMesh([new() { Positions = positions, Normals = normals, Colors = colors, Indices = indices, Material = material }]);
        glb.AddNode(new(mesh, new(center.X, 0, -center.Y)));
        var output = new ArrayBufferWriter<byte>();
        glb.WriteTo(output);
        var file = new byte[Math.Max(_tileBytes, output.WrittenCount)];
        output.WrittenSpan.CopyTo(file);
        return file;
    }

    private static (double Size, Vector3d Center) Square(int level, int x, int y)
    {
        var size = Side / (1 << level);
        return (size, new(-Side / 2 + (x + 0.5) * size, -Side / 2 + (y + 0.5) * size, 0));
    }
}
