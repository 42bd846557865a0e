using Lodestream.Tests.Shared;
using System.Text;
using System.Text.Json;
using Lodestream.Formats.Metadata;

namespace Lodestream.Formats.Tests.Metadata;

public class MetadataTests
{
    private const string Schema = """
        {
          "id": "S", "version": "3",
          "classes": {
            "house": {
              "name": "House",
              "properties": {
                "height": { "type": "SCALAR", "componentType": "UINT8", "normalized": true, "scale": 10.0, "offset": 5, "noData": 255, "default": 7.5 },
                "big": { "type": "SCALAR", "componentType": "UINT64", "semantic": "ID" },
                "place": { "type": "VEC3", "componentType": "FLOAT32" },
                "kind": { "type": "ENUM", "enumType": "kinds", "noData": "none" },
                "flags": { "type": "BOOLEAN", "array": true, "count": 3 },
                "names": { "type": "STRING", "array": true },
                "frame": { "type": "MAT2", "componentType": "INT16", "default": [1, 0, 0, 1] }
              }
            }
          },
          "enums": { "kinds": { "valueType": "INT8", "values": [ { "name": "none", "value": -1 }, { "name": "barn", "value": 2 } ] } }
        }
        """;

    [Fact]
    public void A_schema_s_classes_enums_and_literals_are_read()
    {
        var schema = Read(Schema);
        Assert.Equal(("S", "3"), (schema.Id, schema.Version));
        var house = schema.Classes["house"];
        Assert.Equal("House", house.Name);
        Assert.True(house.TryFind("height", out var height));
        Assert.Equal((MetadataType.Scalar, MetadataComponentType.UInt8, true), (height.Type, height.ComponentType, height.IsNormalized));
        Assert.Equal(MetadataValue.Of((Int128)255), height.NoData);
        Assert.Equal([10.0], height.Scale);
        Assert.True(house.TryFindSemantic("ID", out var big));
        Assert.Equal("big", big.Id);
        Assert.True(house.TryFind("kind", out var kind));
        Assert.Equal((MetadataComponentType.Int8, "barn"), (kind.ComponentType, kind.Enum!.NameOf(2)));
        Assert.True(house.TryFind("frame", out var frame));
        Assert.Equal([1, 0, 0, 1], frame.Default.Components.ToArray());
    }

    [Theory]
    [InlineData("""{ "classes": { "a": { "properties": { "p": { "type": "VEC5", "componentType": "INT8" } } } } }""", "schema.classes.a.properties.p has type \"VEC5\"")]
    [InlineData("""{ "classes": { "a": { "properties": { "p": { "type": "SCALAR" } } } } }""", "schema.classes.a.properties.p is of type SCALAR and has no componentType")]
    [InlineData("""{ "classes": { "a": { "properties": { "p": { "type": "ENUM", "enumType": "e" } } } } }""", "the enum \"e\"")]
    [InlineData("""{ "classes": { "a": { "properties": { "p": { "type": "STRING", "array": true, "count": -3 } } } } }""", "count")]
    [InlineData("""{ "classes": { "a": """, "not valid JSON")]
    [InlineData("[]", "not a JSON object")]
    public void A_broken_schema_is_an_error_that_names_the_place(string json, string expected)
    {
        var outcome = MetadataSchemaReader.Read(Encoding.UTF8.GetBytes(json), out var schema);
        Assert.Equal(ReadStatus.Malformed, outcome.Status);
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
        Assert.Null(schema);
    }

    [Fact]
    public void Columns_are_decoded_stretched_and_filled_where_there_is_no_data()
    {
        var table = Table("""
            "height": { "values": 0 }, "big": { "values": 0 }, "place": { "values": 0 }, "kind": { "values": 0 }, "flags": { "values": 0 },
            "names": { "values": 0, "arrayOffsets": 1, "arrayOffsetType": "UINT8", "stringOffsets": 2, "stringOffsetType": "UINT16" }
            """);
        Assert.Equal(MetadataValue.Of(5 + 51 / 255.0 * 10), Value(table, "height", 0, [51, 255]));
        Assert.Equal(MetadataValue.Of(7.5), Value(table, "height", 1, [51, 255]));
        Assert.Equal(MetadataValue.Of((Int128)ulong.MaxValue), Value(table, "big", 1, [1, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]));
        Assert.Equal([1, 2, -3], Value(table, "place", 1, [.. new byte[12], .. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f), .. BitConverter.GetBytes(-3f)]).Components.ToArray());
        Assert.Equal(MetadataValue.OfEnum(2, "barn"), Value(table, "kind", 0, [2, 255]));
        Assert.True(Value(table, "kind", 1, [2, 255]).IsNone);
        Assert.Equal("[false, true, true]", Value(table, "flags", 1, [0b00110101]).ToString());

        Assert.True(table.TryFind("names", out var names));
        var bytes = new ColumnBytes("abçd"u8, [0, 2, 3], [0, 0, 1, 0, 4, 0, 5, 0]);
        Assert.Null(names.Check(bytes));
        Assert.Equal("[a, bç]", names.Read(0, bytes).ToString());
        Assert.Equal("[d]", names.Read(1, bytes).ToString());
    }

    [Theory]
    [InlineData("place", "0000000000000000000000000000000000000000000000", "", "", "properties.place: its values take 24 bytes, its buffer view has 23")]
    [InlineData("names", "00", "0001", "0000000000000000", "its arrayOffsets take 3 bytes, their buffer view has 2")]
    [InlineData("names", "00", "000201", "0000000000000000", "arrayOffsets[2] is 1, after 2")]
    [InlineData("names", "00", "000101", "00000900", "its values take 9 bytes, its buffer view has 1")]
    public void A_column_whose_bytes_do_not_suffice_is_an_error_that_names_the_property(string property, string values, string arrays, string strings, string expected)
    {
        var table = Table("""
            "place": { "values": 0 }, "names": { "values": 0, "arrayOffsets": 1, "arrayOffsetType": "UINT8", "stringOffsets": 2, "stringOffsetType": "UINT16" }
            """);
        Assert.True(table.TryFind(property, out var column));
        Assert.Contains(expected, column.Check(new(Convert.FromHexString(values), Convert.FromHexString(arrays), Convert.FromHexString(strings))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"class\": \"barn\", \"count\": 2", "propertyTables[0] is of class \"barn\"")]
    [InlineData("\"class\": \"house\", \"count\": 0", "count")]
    [InlineData("\"class\": \"house\", \"count\": 1, \"properties\": { \"colour\": { \"values\": 0 } }", "properties.colour is no property of class \"house\"")]
    [InlineData("\"class\": \"house\", \"count\": 1, \"properties\": { \"names\": { \"values\": 0 } }", "arrayOffsets")]
    [InlineData("\"class\": \"house\", \"count\": 1, \"properties\": { \"big\": { } }", "names no buffer view")]
    public void A_broken_table_is_an_error_that_names_the_place(string json, string expected)
    {
        var outcome = PropertyTableReader.Read(Encoding.UTF8.GetBytes($"[{{ {json} }}]"), Read(Schema), out _);
        Assert.Equal(ReadStatus.Malformed, outcome.Status);
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entity_written_as_JSON_gives_typed_values_on_demand()
    {
        var json = """{ "properties": { "height": 51, "big": 18446744073709551615, "kind": "barn", "names": ["x", "y"], "place": [1, 2], "flags": 3 }, "class": "house" } trailing"""u8;
        Assert.True(MetadataEntity.Read(json.ToArray(), Read(Schema), out var entity).IsOk);
        Assert.Equal(7, entity!["height"].Number);
        Assert.Equal(ulong.MaxValue, entity["big"].Integer);
        Assert.Equal(ulong.MaxValue, entity.OfSemantic("ID").Integer);
        Assert.Equal(("barn", 2), (entity["kind"].Text, (int)entity["kind"].Integer));
        Assert.Equal(2, entity["names"].Elements.Length);
        Assert.True(entity["place"].IsNone, "two numbers are no VEC3");
        Assert.True(entity["flags"].IsNone, "a number is no array of booleans");
        Assert.Equal([1, 0, 0, 1], entity["frame"].Components.ToArray());
        Assert.True(entity["unknown"].IsNone);
    }

    [RealDataFact]
    public void The_sample_of_complex_types_reads_as_its_page_shows()
    {
        var json = File.ReadAllBytes(DataFolder.Of("3d-tiles-samples/glTF/EXT_structural_metadata/ComplexTypes/ComplexTypes.gltf"));
        using var document = JsonDocument.Parse(json);
        var metadata = document.RootElement.GetProperty("extensions").GetProperty("EXT_structural_metadata");
        var schema = Read(metadata.GetProperty("schema").GetRawText());
        Assert.True(PropertyTableReader.Read(Encoding.UTF8.GetBytes(metadata.GetProperty("propertyTables").GetRawText()), schema, out var tables).IsOk);
        var buffer = document.RootElement.GetProperty("buffers")[1].GetProperty("uri").GetString()!;
        var bytes = Convert.FromBase64String(buffer[(buffer.IndexOf(',') + 1)..]);
        var views = document.RootElement.GetProperty("bufferViews");
        var text = new List<string>();
        foreach (var column in tables[0].Columns)
        {
            var columnBytes = new ColumnBytes(View(column.ValuesView), View(column.ArrayOffsetsView), View(column.StringOffsetsView));
            Assert.Null(column.Check(columnBytes));
            text.Add(column.Read(1, columnBytes).ToString());
        }
        Assert.Equal(4, tables[0].Count);
        Assert.Equal("[0, 0.5019607843137255, 1]|[true, true, false, false, true, true, false, false, true, true]|[One, Two]|[ExampleEnumValueB, ExampleEnumValueC]",
            string.Join('|', text));

        ReadOnlySpan<byte> View(int view) => view < 0
            ? []
            : bytes.AsSpan(views[view].GetProperty("byteOffset").GetInt32(), views[view].GetProperty("byteLength").GetInt32());
    }

    private static MetadataSchema Read(string json)
    {
        var outcome = MetadataSchemaReader.Read(Encoding.UTF8.GetBytes(json), out var schema);
        Assert.True(outcome.IsOk, outcome.Error);
        return schema!;
    }

    private static PropertyTable Table(string properties)
    {
        var json = $$"""[{ "class": "house", "count": 2, "properties": { {{properties}} } }]""";
        var outcome = PropertyTableReader.Read(Encoding.UTF8.GetBytes(json), Read(Schema), out var tables);
        Assert.True(outcome.IsOk, outcome.Error);
        return Assert.Single(tables);
    }

    private static MetadataValue Value(PropertyTable table, string property, int row, byte[] values)
    {
        Assert.True(table.TryFind(property, out var column));
        Assert.Null(column.Check(new(values)));
        return column.Read(row, new(values));
    }
}
