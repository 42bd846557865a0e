using System.Buffers;
using System.Numerics;
using System.Text.Json;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Metadata;
using Lodestream.Formats.Preparing;

namespace Lodestream.Formats.Tests.Gltf;

public class GlbMetadataTests
{
    [Fact]
    public void Property_tables_feature_ids_and_textures_read_back_as_they_were_added()
    {
        var writer = new GlbWriter();
        var table = new PropertyTableWriter("place", 3);
        table.AddStrings("name", ["Ost", "", "Übersee"]);
        table.AddNumbers<byte>("color", [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        table.AddNumbers<uint>("id", [7, 8, 4_000_000_000]);
        writer.WriteSchema = WriteSchema;
        var primitive = new GlbPrimitive
        {
            Positions = writer.AddPositions([new(0, 0, 0), new(1, 2, 3), new(4, 5, 6)]),
            FeatureTable = writer.AddPropertyTable(table),
            FeatureIds = writer.AddFeatureIds([2, 0, 1]),
            Topology = GlbTopology.Points,
        };
        writer.AddNode(new(writer.AddMesh(primitive)));
        writer.AddPropertyTexture("map", "row", writer.AddPngTexture([1, 2, 3, 4, 5]));
        var (json, binary) = Written(writer);

        Assert.Equal(["EXT_structural_metadata", "EXT_mesh_features"], json.GetProperty("extensionsUsed").EnumerateArray().Select(e => e.GetString()));
        var ids = json.GetProperty("meshes")[0].GetProperty("primitives")[0].GetProperty("extensions").GetProperty("EXT_mesh_features").GetProperty("featureIds")[0];
        Assert.Equal((3, 0, 0), (ids.GetProperty("featureCount").GetInt32(), ids.GetProperty("attribute").GetInt32(), ids.GetProperty("propertyTable").GetInt32()));
        Assert.Equal([1, 2, 3, 4, 5], View(json.GetProperty("images")[0].GetProperty("bufferView").GetInt32()));

        var extension = JsonSerializer.SerializeToUtf8Bytes(json.GetProperty("extensions").GetProperty("EXT_structural_metadata"));
        Assert.True(ModelMetadata.Read(extension, default, view => View(view), out var metadata).IsOk);
        Assert.Null(metadata!.ErrorOf(0));
        Assert.Equal("Übersee", Value(2, "name").ToString());
        Assert.Equal("", Value(1, "name").ToString());
        Assert.Equal([4, 5, 6], Value(1, "color").ToNumbers());
        Assert.Equal(4_000_000_000, Value(2, "id").Number);

        MetadataValue Value(int row, string property) => metadata.Row(0, row).Single(p => p.Key == property).Value;

        byte[] View(int index)
        {
            var view = json.GetProperty("bufferViews")[index];
            return binary[view.GetProperty("byteOffset").GetInt32()..][..view.GetProperty("byteLength").GetInt32()];
        }
    }

    [Fact]
    public void A_file_may_be_written_twice_and_a_cleared_writer_forgets_its_metadata()
    {
        var writer = new GlbWriter { WriteSchema = WriteSchema };
        var table = new PropertyTableWriter("place", 1);
        table.AddStrings("name", ["Ost"]);
        writer.AddPropertyTable(table);
        Assert.Equal(Written(writer).Json.GetRawText(), Written(writer).Json.GetRawText());
        writer.Clear();
        Assert.False(Written(writer).Json.TryGetProperty("extensions", out _));
    }

    [Fact]
    public void What_would_make_an_invalid_file_is_refused()
    {
        var table = new PropertyTableWriter("place", 2);
        Assert.Throws<ArgumentException>(() => table.AddStrings("name", ["one"]));
        Assert.Throws<ArgumentException>(() => table.AddNumbers<byte>("color", [1, 2, 3]));
        var writer = new GlbWriter();
        Assert.Throws<ArgumentException>(() => writer.AddPropertyTexture("map", "row", 0));
        var primitive = new GlbPrimitive { Positions = writer.AddPositions([Vector3.Zero]), FeatureIds = writer.AddFeatureIds([0]), Topology = GlbTopology.Points };
        Assert.Throws<ArgumentException>(() => writer.AddMesh(primitive));
    }

    private static (JsonElement Json, byte[] Binary) Written(GlbWriter writer)
    {
        var output = new ArrayBufferWriter<byte>();
        writer.WriteTo(output);
        var bytes = output.WrittenSpan.ToArray();
        var length = BitConverter.ToInt32(bytes, 12);
        using var json = JsonDocument.Parse(bytes.AsMemory(20, length));
        return (json.RootElement.Clone(), bytes.Length > 28 + length ? bytes[(28 + length)..] : []);
    }

    private static void WriteSchema(Utf8JsonWriter json) => WriteClasses(json, """
        {"place":{"properties":{"name":{"type":"STRING"},"color":{"type":"VEC3","componentType":"UINT8"},"id":{"type":"SCALAR","componentType":"UINT32"}}},
         "map":{"properties":{"row":{"type":"SCALAR","componentType":"UINT8"}}}}
        """);

    private static void WriteClasses(Utf8JsonWriter json, string classes)
    {
        json.WriteString("id", "test");
        json.WritePropertyName("classes");
        json.WriteRawValue(classes);
    }
}
