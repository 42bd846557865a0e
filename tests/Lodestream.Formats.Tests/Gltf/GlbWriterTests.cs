using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Lodestream.Formats.Gltf;
using Lodestream.Geometry;

namespace Lodestream.Formats.Tests.Gltf;

public class GlbWriterTests
{
    private static readonly Vector3[] Positions = [new(-1, 0.1f, 2), new(3, -4, 5), new(0, 0, 16777217)];

    [Fact]
    public void A_file_is_a_header_a_padded_json_chunk_and_a_padded_binary_chunk_of_the_lengths_it_says()
    {
        var bytes = Written(Triangle());
        Assert.Equal("glTF"u8.ToArray(), bytes[..4]);
        Assert.Equal(2u, BitConverter.ToUInt32(bytes, 4));
        Assert.Equal((uint)bytes.Length, BitConverter.ToUInt32(bytes, 8));
        var jsonLength = BitConverter.ToInt32(bytes, 12);
        Assert.Equal("JSON"u8.ToArray(), bytes[16..20]);
        Assert.Equal(0, jsonLength % 4);
        var binaryLength = BitConverter.ToInt32(bytes, 20 + jsonLength);
        Assert.Equal("BIN\0"u8.ToArray(), bytes[(24 + jsonLength)..(28 + jsonLength)]);
        Assert.Equal(0, binaryLength % 4);
        Assert.Equal(bytes.Length, 28 + jsonLength + binaryLength);
        // Padding: spaces after JSON, zeros after the buffer, whose own length is not padded.
        var (json, binary) = Parsed(bytes);
        var length = json.GetProperty("buffers")[0].GetProperty("byteLength").GetInt32();
        Assert.InRange(binaryLength - length, 0, 3);
        Assert.All(binary[length..], b => Assert.Equal(0, b));
    }

    [Fact]
    public void What_was_added_reads_back_from_aligned_views_with_targets()
    {
        var (json, binary) = Parsed(Written(Triangle()));
        var primitive = json.GetProperty("meshes")[0].GetProperty("primitives")[0];
        var attributes = primitive.GetProperty("attributes");
        Assert.Equal(Positions, MemoryMarshal.Cast<byte, Vector3>(View(json, binary, attributes.GetProperty("POSITION").GetInt32(), 5126, "VEC3", 34962)).ToArray());
        Assert.Equal([Vector3.UnitY, Vector3.UnitY, Vector3.UnitY], MemoryMarshal.Cast<byte, Vector3>(View(json, binary, attributes.GetProperty("NORMAL").GetInt32(), 5126, "VEC3", 34962)).ToArray());
        Assert.Equal(new byte[] { 1, 2, 3, 255, 4, 5, 6, 255, 7, 8, 9, 10 }, View(json, binary, attributes.GetProperty("COLOR_0").GetInt32(), 5121, "VEC4", 34962));
        Assert.Equal([0, 1, 2], MemoryMarshal.Cast<byte, ushort>(View(json, binary, primitive.GetProperty("indices").GetInt32(), 5123, "SCALAR", 34963)).ToArray());
        Assert.True(json.GetProperty("accessors")[attributes.GetProperty("COLOR_0").GetInt32()].GetProperty("normalized").GetBoolean());
        foreach (var view in json.GetProperty("bufferViews").EnumerateArray())
            Assert.Equal(0, view.GetProperty("byteOffset").GetInt32() % 4);
        Assert.Equal("chalk", json.GetProperty("materials")[primitive.GetProperty("material").GetInt32()].GetProperty("name").GetString());
    }

    [Fact]
    public void Positions_carry_their_exact_bounds()
    {
        var (json, _) = Parsed(Written(Triangle()));
        var accessor = json.GetProperty("accessors")[0];
        Assert.Equal([-1f, -4f, 2f], accessor.GetProperty("min").EnumerateArray().Select(e => e.GetSingle()));
        Assert.Equal([3f, 0.1f, 16777217f], accessor.GetProperty("max").EnumerateArray().Select(e => e.GetSingle()));
        Assert.Equal("0.1", accessor.GetProperty("max")[1].GetRawText());
    }

    [Fact]
    public void A_nodes_translation_keeps_all_digits_of_a_double()
    {
        var (json, _) = Parsed(Written(Triangle()));
        var node = json.GetProperty("nodes")[json.GetProperty("scenes")[0].GetProperty("nodes")[0].GetInt32()];
        Assert.Equal([6378137.1234567891, -0.1, 1e-9], node.GetProperty("translation").EnumerateArray().Select(e => e.GetDouble()));
    }

    [Fact]
    public void A_cleared_writer_makes_the_next_file_as_a_new_one_would()
    {
        var writer = Triangle();
        var first = Written(writer);
        writer.Clear();
        AddTriangle(writer);
        Assert.Equal(first, Written(writer));
    }

    [Fact]
    public void Indices_of_more_than_65535_vertices_take_four_bytes()
    {
        var writer = new GlbWriter();
        var positions = writer.AddPositions(new Vector3[70000]);
        writer.AddNode(new(writer.AddMesh(new GlbPrimitive { Positions = positions, Indices = writer.AddIndices([0u, 1u, 69999u]) })));
        var (json, binary) = Parsed(Written(writer));
        Assert.Equal([0u, 1u, 69999u], MemoryMarshal.Cast<byte, uint>(View(json, binary, 1, 5125, "SCALAR", 34963)).ToArray());
    }

    [Fact]
    public void What_would_make_an_invalid_file_is_refused()
    {
        var writer = new GlbWriter();
        Assert.Throws<ArgumentException>(() => writer.AddPositions([]));
        Assert.Throws<ArgumentException>(() => writer.AddPositions([new(float.NaN, 0, 0)]));
        var positions = writer.AddPositions(Positions);
        var normals = writer.AddNormals([Vector3.UnitY]);
        Assert.Contains("3 positions, but 1 normals", Assert.Throws<ArgumentException>(() => writer.AddMesh(new GlbPrimitive { Positions = positions, Normals = normals })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => writer.AddMesh(new GlbPrimitive { Positions = positions, Indices = 9 }));
        Assert.Throws<ArgumentException>(() => writer.AddMesh(new GlbPrimitive { Positions = positions, Material = 0 }));
        Assert.Throws<ArgumentException>(() => writer.AddMesh());
        Assert.Throws<ArgumentException>(() => writer.AddNode(new(0)));
    }

    private static GlbWriter Triangle()
    {
        var writer = new GlbWriter();
        AddTriangle(writer);
        return writer;
    }

    private static void AddTriangle(GlbWriter writer)
    {
        var primitive = new GlbPrimitive
        {
            Positions = writer.AddPositions(Positions),
            Normals = writer.AddNormals([Vector3.UnitY, Vector3.UnitY, Vector3.UnitY]),
            Colors = writer.AddColors([new(1, 2, 3), new(4, 5, 6), new(7, 8, 9, 10)]),
            Indices = writer.AddIndices([(ushort)0, 1, 2]),
            Material = writer.AddMaterial(new() { Name = "chalk" }),
        };
        writer.AddNode(new(writer.AddMesh(primitive), new Vector3d(6378137.1234567891, -0.1, 1e-9)));
    }

    private static byte[] Written(GlbWriter writer)
    {
        var output = new ArrayBufferWriter<byte>();
        writer.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    private static (JsonElement Json, byte[] Binary) Parsed(byte[] bytes)
    {
        var jsonLength = BitConverter.ToInt32(bytes, 12);
        using var json = JsonDocument.Parse(bytes.AsMemory(20, jsonLength));
        return (json.RootElement.Clone(), bytes[(28 + jsonLength)..]);
    }

    private static byte[] View(JsonElement json, byte[] binary, int accessorIndex, int componentType, string type, int target)
    {
        var accessor = json.GetProperty("accessors")[accessorIndex];
        Assert.Equal((componentType, type), (accessor.GetProperty("componentType").GetInt32(), accessor.GetProperty("type").GetString()));
        var view = json.GetProperty("bufferViews")[accessor.GetProperty("bufferView").GetInt32()];
        Assert.Equal(target, view.GetProperty("target").GetInt32());
        var offset = view.GetProperty("byteOffset").GetInt32();
        return binary[offset..(offset + view.GetProperty("byteLength").GetInt32())];
    }
}
