using System.Text;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tests.Gltf;
using Lodestream.Geometry;
using Lodestream.Scene;
using static Lodestream.Formats.Tests.Legacy.LegacyBytes;

namespace Lodestream.Formats.Tests.Legacy;

public class I3dmReaderTests
{
    [Fact]
    public void Instances_stand_where_position_axes_and_both_scales_say_and_count_a_matrix_each()
    {
        // Up along z, right along y: the model's x goes to y, its y to z, its z to x.
        byte[] binary = [.. Floats(1, 2, 3, 4, 5, 6), .. Floats(0, 0, 1, 0, 0, 1), .. Floats(0, 1, 0, 0, 1, 0), .. Floats(2, 2), .. Floats(1, 1, 1, 3, 1, 1), .. Shorts(7, 8)];
        var model = Open(I3dm("""
            {"INSTANCES_LENGTH":2,"RTC_CENTER":[100,0,0],"POSITION":{"byteOffset":0},"NORMAL_UP":{"byteOffset":24},"NORMAL_RIGHT":{"byteOffset":48},
             "SCALE":{"byteOffset":72},"SCALE_NON_UNIFORM":{"byteOffset":80},"BATCH_ID":{"byteOffset":104}}
            """, binary, GltfBytes.TriangleGlb()), UpAxis.Z, out var content);
        Assert.Equal(2, model.InstanceCount);
        AssertClose(new(101, 2 + 2, 3), model.InstanceTransform(0).Point(new(1, 0, 0)));
        AssertClose(new(101 + 2, 2, 3), model.InstanceTransform(0).Point(new(0, 0, 1)));
        AssertClose(new(104, 5 + 6, 6 + 2), model.InstanceTransform(1).Point(new(1, 1, 0)));
        Assert.Equal((7u, 8u), (model.InstanceBatchId(0), model.InstanceBatchId(1)));
        Assert.Equal(42 + 2 * 64 + 2 * 2, content.Cost.GeometryBytes);
        Assert.Equal(2, content.Cost.Triangles);
        Assert.Null(content.Verify(() => false));
        Assert.Equal(new Vector3d(101, 2 + 20, 3), content.Min);
    }

    [Fact]
    public void Quantized_positions_and_octahedral_axes_are_taken_apart()
    {
        // (0.5, 1) on the octahedron's square is (0.5 → 0, 1 → +y): straight along y; (1, 0.5) along x.
        byte[] binary = [.. Shorts(0, 65535, 32768), .. Shorts(32768, 65535), .. Shorts(65535, 32768)];
        var model = Open(I3dm("""
            {"INSTANCES_LENGTH":1,"POSITION_QUANTIZED":{"byteOffset":0},"QUANTIZED_VOLUME_OFFSET":[10,20,30],"QUANTIZED_VOLUME_SCALE":[100,200,2],
             "NORMAL_UP_OCT32P":{"byteOffset":6},"NORMAL_RIGHT_OCT32P":{"byteOffset":10}}
            """, binary, GltfBytes.TriangleGlb()), UpAxis.Z, out _);
        var transform = model.InstanceTransform(0);
        Assert.True(Vector3d.Distance(new(10, 220, 31), transform.Translation) < 1e-3);
        Assert.True(Vector3d.Distance(Vector3d.UnitX, transform.X) < 1e-4);
        Assert.True(Vector3d.Distance(Vector3d.UnitY, transform.Y) < 1e-4);
        Assert.True(Vector3d.Distance(Vector3d.UnitZ, transform.Z) < 1e-4);
    }

    [Fact]
    public void Instances_without_axes_stand_up_from_the_ellipsoid_where_the_table_says_so()
    {
        var binary = Floats((float)Ellipsoid.SemiMajor, 0, 0, 0, 0, (float)Ellipsoid.SemiMinor);
        var model = Open(I3dm("""{"INSTANCES_LENGTH":2,"EAST_NORTH_UP":true,"POSITION":{"byteOffset":0}}""", binary, GltfBytes.TriangleGlb()), UpAxis.Z, out _);
        AssertClose(Vector3d.UnitY, model.InstanceTransform(0).X);
        AssertClose(Vector3d.UnitZ, model.InstanceTransform(0).Y);
        AssertClose(Vector3d.UnitX, model.InstanceTransform(0).Z);
        AssertClose(Vector3d.UnitZ, model.InstanceTransform(1).Z);
    }

    [Fact]
    public void A_model_that_is_y_up_is_turned_within_each_instance_and_the_tile_turns_the_whole_back()
    {
        var model = Open(I3dm("""{"INSTANCES_LENGTH":1,"POSITION":{"byteOffset":0}}""", Floats(1, 2, 3), GltfBytes.TriangleGlb()), UpAxis.Y, out _);
        var inTile = Lodestream.Formats.Tiles3D.ContentFrame.ToTile(UpAxis.Y) * model.InstanceTransform(0);
        AssertClose(new(1, 2, 3), inTile.Translation);
        AssertClose(new(1, 2, 4), inTile.Point(Vector3d.UnitY));
    }

    [Fact]
    public void A_model_in_a_file_of_its_own_is_asked_for_and_then_what_that_names_beside_it()
    {
        var payload = I3dm("""{"INSTANCES_LENGTH":1,"POSITION":{"byteOffset":0}}""", Floats(0, 0, 0), Encoding.ASCII.GetBytes("models/tree.gltf?x=1  "), format: 0);
        var files = new Dictionary<string, ReadOnlyMemory<byte>>();
        Assert.True(ContentReader.Open(payload, UpAxis.Y, files, out var content, out var missing).IsOk);
        Assert.Null(content);
        Assert.Equal(["models/tree.gltf?x=1"], missing);

        files[missing[0]] = Encoding.UTF8.GetBytes(GltfBytes.Triangle.Replace("\"byteLength\":39", "\"byteLength\":39,\"uri\":\"tree.bin\"", StringComparison.Ordinal));
        Assert.True(ContentReader.Open(payload, UpAxis.Y, files, out content, out missing).IsOk);
        Assert.Equal(["models/tree.bin"], missing);

        files[missing[0]] = GltfBytes.TriangleBinary();
        Assert.True(ContentReader.Open(payload, UpAxis.Y, files, out content, out missing).IsOk);
        Assert.Empty(missing);
        Assert.Equal(new Vector3d(0, 2, 0), content!.Models[0].View(0).Vector(2));
        Assert.Equal(42 + 64, content.Cost.GeometryBytes);
    }

    [Theory]
    [InlineData("{\"POSITION\":{\"byteOffset\":0}}", "lacks INSTANCES_LENGTH")]
    [InlineData("{\"INSTANCES_LENGTH\":-1,\"POSITION\":{\"byteOffset\":0}}", "no usable INSTANCES_LENGTH")]
    [InlineData("{\"INSTANCES_LENGTH\":1}", "neither POSITION nor POSITION_QUANTIZED")]
    [InlineData("{\"INSTANCES_LENGTH\":2000000000,\"POSITION\":{\"byteOffset\":0}}", "24000000000 bytes of a binary part of 12")]
    [InlineData("{\"INSTANCES_LENGTH\":1,\"POSITION\":{\"byteOffset\":2147483647}}", "binary part of 12")]
    [InlineData("{\"INSTANCES_LENGTH\":1,\"POSITION\":{\"byteOffset\":0},\"NORMAL_UP\":{\"byteOffset\":0}}", "names only one of")]
    [InlineData("{\"INSTANCES_LENGTH\":1,\"POSITION\":{\"byteOffset\":0},\"RTC_CENTER\":[1,2]}", "no usable RTC_CENTER")]
    [InlineData("[1]", "is not a JSON object")]
    [InlineData("{\"a\":", "is not valid JSON")]
    public void A_broken_feature_table_is_an_error_that_names_what_and_where(string table, string message)
    {
        var outcome = ContentReader.Open(I3dm(table, Floats(0, 0, 0), GltfBytes.TriangleGlb()), UpAxis.Y, out _);
        Assert.Equal(ReadStatus.Malformed, outcome.Status);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.Contains("(byte 32)", outcome.Error, StringComparison.Ordinal);
    }

    private static PreparedModel Open(byte[] payload, UpAxis upAxis, out PreparedContent content)
    {
        var outcome = ContentReader.Open(payload, upAxis, out var opened);
        Assert.True(outcome.IsOk, outcome.Error);
        content = opened!;
        return Assert.Single(content.Models);
    }

    private static void AssertClose(Vector3d expected, Vector3d actual) => Assert.True(Vector3d.Distance(expected, actual) < 1e-9, $"{actual}, not {expected}");
}
