using System.Buffers;
using System.Numerics;
using System.Text.Json;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Metadata;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Browser.Tests.Harness;

/// <summary>
/// One tile with a content per family, z up: two kilometres of grey ground with a wall of a mountain across it from west to east, names on
/// both sides of it, and two regions, red in the west and blue in the east.
/// </summary>
internal static class LabelledIsland
{
    /// <summary>Address of its tileset, for the viewer.</summary>
    public const string Scene = "/island/tileset.json";

    private const float Half = 1000, WallHeight = 300;
    private static readonly string[] Families = ["terrain", "feature", "label"];

    /// <summary>Kind, name, rank and place of every label.</summary>
    public static readonly (string Kind, string Name, byte Rank, Vector3 Place)[] Labels =
    [
        ("capital", "Kingsbridge", 20, new(0, -500, 0)),
        ("town", "Westmill", 65, new(-600, -450, 0)),
        ("village", "Nextdoor", 140, new(4, -500, 0)),
        ("lake", "Long Water", 50, new(600, -450, 0)),
        ("town", "Behindhill", 66, new(0, 300, 0)),
    ];

    /// <summary>The file at a path of the server; null for other paths.</summary>
    public static byte[]? FileAt(string path) => path switch
    {
        Scene => WriteDocument(),
        "/island/terrain.glb" => WriteTerrain(),
        "/island/feature.glb" => WriteRegions(),
        "/island/label.glb" => WriteLabels(),
        _ => null,
    };

    private static byte[] WriteDocument()
    {
        using var stream = new MemoryStream();
        var header = new TilesetHeader
        {
            GeometricError = 100,
            WriteSchema = json => WriteSchema(json, "island", ("layer", [("family", "STRING", null)])),
            Groups = Array.ConvertAll<string, (string, Action<Utf8JsonWriter>?)>(Families, family => ("layer", json => json.WriteString("family", family))),
        };
        using (var writer = new TilesetWriter(stream, header))
        {
            writer.BeginTile(new()
            {
                Volume = BoundingVolume.AxisAligned(new(-Half, -Half, 0), new(Half, Half, WallHeight)),
                GeometricError = 0,
                Refinement = Refinement.Replace,
                Contents = [new("terrain.glb", 0), new("feature.glb", 1), new("label.glb", 2)],
            });
            writer.EndTile();
            writer.Complete();
        }
        return stream.ToArray();
    }

    // y up in the file: north is −z.
    private static byte[] WriteTerrain()
    {
        Vector3[] corners = [new(-Half, 0, Half), new(Half, 0, Half), new(Half, 0, -Half), new(-Half, 0, -Half)];
        Vector3[] wall = [new(-Half, 0, 0), new(Half, 0, 0), new(Half, WallHeight, 0), new(-Half, WallHeight, 0)];
        var glb = new GlbWriter();
        var mesh = glb.AddMesh([new()
        {
            Positions = glb.AddPositions([.. corners, .. wall]),
            Normals = glb.AddNormals([.. Enumerable.Repeat(Vector3.UnitY, 8)]),
            Colors = glb.AddColors([.. Enumerable.Repeat(new GlbColor(90, 90, 90), 8)]),
            Indices = glb.AddIndices([0, 1, 2, 0, 2, 3, 4, 5, 6, 4, 6, 7]),
            Material = glb.AddMaterial(new() { DoubleSided = true }),
        }]);
        glb.AddNode(new(mesh, Vector3d.Zero));
        return BytesOf(glb);
    }

    // Sixteen pixels: the western half region 0, the eastern region 1, the northern edge of neither.
    private static byte[] WriteRegions()
    {
        var rgb = new byte[16 * 16 * 3];
        for (var i = 0; i < 256; i++)
            rgb[i * 3] = (byte)(i < 32 ? 255 : i % 16 / 8);
        using var png = new MemoryStream();
        PngFile.Write(png, new(16, 16, rgb));
        var table = new PropertyTableWriter("region", 2);
        table.AddStrings("name", ["West", "East"]);
        table.AddNumbers<byte>("color", [220, 30, 30, 30, 60, 230]);
        var glb = new GlbWriter
        {
            WriteSchema = json => WriteSchema(json, "regions", ("region", [("name", "STRING", null), ("color", "VEC3", "UINT8")]), ("regionMap", [("region", "SCALAR", "UINT8")])),
        };
        glb.AddPropertyTable(table);
        glb.AddPropertyTexture("regionMap", "region", glb.AddPngTexture(png.ToArray()));
        return BytesOf(glb);
    }

    private static byte[] WriteLabels()
    {
        var table = new PropertyTableWriter("label", Labels.Length);
        table.AddNumbers<uint>("id", [.. Labels.Select((_, i) => (uint)i)]);
        table.AddStrings("name", [.. Labels.Select(l => l.Name)]);
        table.AddNumbers<byte>("rank", [.. Labels.Select(l => l.Rank)]);
        table.AddStrings("kind", [.. Labels.Select(l => l.Kind)]);
        var glb = new GlbWriter
        {
            WriteSchema = json => WriteSchema(json, "labels", ("label", [("id", "SCALAR", "UINT32"), ("name", "STRING", null), ("rank", "SCALAR", "UINT8"), ("kind", "STRING", null)])),
        };
        var primitive = new GlbPrimitive
        {
            Positions = glb.AddPositions([.. Labels.Select(l => new Vector3(l.Place.X, l.Place.Z, -l.Place.Y))]),
            FeatureTable = glb.AddPropertyTable(table),
            FeatureIds = glb.AddFeatureIds([.. Labels.Select((_, i) => (float)i)]),
            Topology = GlbTopology.Points,
        };
        glb.AddNode(new(glb.AddMesh(primitive), Vector3d.Zero));
        return BytesOf(glb);
    }

    private static void WriteSchema(Utf8JsonWriter json, string id, params (string Class, (string Name, string Type, string? Component)[] Properties)[] classes)
    {
        json.WriteString("id", id);
        json.WriteStartObject("classes");
        foreach (var (name, properties) in classes)
        {
            json.WriteStartObject(name);
            json.WriteStartObject("properties");
            foreach (var (property, type, component) in properties)
            {
                json.WriteStartObject(property);
                json.WriteString("type", type);
                if (component is not null)
                    json.WriteString("componentType", component);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static byte[] BytesOf(GlbWriter glb)
    {
        var output = new ArrayBufferWriter<byte>();
        glb.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }
}
