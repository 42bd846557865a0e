using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tests.Gltf;
using Lodestream.Geometry;
using Lodestream.Scene;
using static Lodestream.Formats.Tests.Legacy.LegacyBytes;

namespace Lodestream.Formats.Tests.Legacy;

public class PntsReaderTests
{
    [Fact]
    public void Points_are_read_with_colour_normal_and_batch_id_and_count_what_is_uploaded()
    {
        byte[] binary = [.. Floats(1, 2, 3, 4, 5, 6), .. Floats(0, 0, 1, 1, 0, 0), 10, 20, 30, 40, 50, 60, 3, 9];
        var points = Open(Pnts("""
            {"POINTS_LENGTH":2,"BATCH_LENGTH":10,"RTC_CENTER":[1000,0,0],"POSITION":{"byteOffset":0},"NORMAL":{"byteOffset":24},"RGB":{"byteOffset":48},
             "BATCH_ID":{"byteOffset":54,"componentType":"UNSIGNED_BYTE"}}
            """, binary), out var content);
        Assert.Equal((new Vector3d(1001, 2, 3), new Vector3d(1004, 5, 6)), (points.Position(0), points.Position(1)));
        Assert.Equal(((byte)40, (byte)50, (byte)60, (byte)255), points.Color(1));
        Assert.Equal((Vector3d.UnitZ, 9u), (points.Normal(0), points.BatchId(1)));
        Assert.Equal(2 * (12 + 12 + 4 + 1), content.Cost.GeometryBytes);
        Assert.Null(content.Verify(() => false));
        Assert.Equal((new Vector3d(1001, 2, 3), new Vector3d(1004, 5, 6)), (content.Min, content.Max));
    }

    [Fact]
    public void Quantized_points_with_octahedral_normals_and_packed_colours_are_taken_apart()
    {
        byte[] binary = [.. Shorts(0, 65535, 0), .. Shorts(0b11111_000000_00000), 255, 128, 0, 0];
        var points = Open(Pnts("""
            {"POINTS_LENGTH":1,"POSITION_QUANTIZED":{"byteOffset":0},"QUANTIZED_VOLUME_OFFSET":{"byteOffset":12},"QUANTIZED_VOLUME_SCALE":[1,10,1],"RGB565":{"byteOffset":6},"NORMAL_OCT16P":{"byteOffset":8}}
            """, [.. binary, .. Floats(0, 5, 0)]), out var content);
        Assert.Equal(15, points.Position(0).Y, 3);
        Assert.Equal(((byte)255, (byte)0, (byte)0, (byte)255), points.Color(0));
        Assert.True(Vector3d.Distance(Vector3d.UnitX, points.Normal(0)) < 0.01);
        Assert.Equal(6 + 4 + 4, content.Cost.GeometryBytes);
    }

    [Fact]
    public void Points_of_one_colour_cost_none_and_draco_ones_what_they_will_be()
    {
        var points = Open(Pnts("""{"POINTS_LENGTH":1,"POSITION":{"byteOffset":0},"CONSTANT_RGBA":[1,2,3,4]}""", Floats(0, 0, 0)), out var content);
        Assert.Equal(((byte)1, (byte)2, (byte)3, (byte)4), points.Color(0));
        Assert.Equal(12, content.Cost.GeometryBytes);

        points = Open(Pnts("""
            {"POINTS_LENGTH":1000,"POSITION":{"byteOffset":0},"RGB":{"byteOffset":0},
             "extensions":{"3DTILES_draco_point_compression":{"byteOffset":0,"byteLength":4,"properties":{"POSITION":0,"RGB":1}}}}
            """, [1, 2, 3, 4]), out content);
        Assert.True(points.IsCompressed);
        Assert.Equal(1000 * (12 + 4), content.Cost.GeometryBytes);
        Assert.Null(content.Verify(() => false));
    }

    [Theory]
    [InlineData("{\"POINTS_LENGTH\":2,\"POSITION\":{\"byteOffset\":0}}", "2 of POSITION at 0: 24 bytes of a binary part of 12")]
    [InlineData("{\"POINTS_LENGTH\":1e9,\"POSITION\":{\"byteOffset\":0}}", "12000000000 bytes")]
    [InlineData("{\"POINTS_LENGTH\":1,\"POSITION\":{\"byteOffset\":0},\"RGBA\":{\"byteOffset\":9}}", "1 of RGBA")]
    [InlineData("{\"POINTS_LENGTH\":1,\"POSITION\":{\"byteOffset\":0},\"extensions\":{\"3DTILES_draco_point_compression\":{\"byteOffset\":8,\"byteLength\":8,\"properties\":{\"POSITION\":0}}}}", "Draco stream at 8 to 16")]
    public void A_broken_feature_table_is_an_error_that_names_what_and_where(string table, string message)
    {
        var outcome = ContentReader.Open(Pnts(table, Floats(0, 0, 0)), UpAxis.Y, out _);
        Assert.Equal(ReadStatus.Malformed, outcome.Status);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.Contains("(byte 28)", outcome.Error, StringComparison.Ordinal);
    }

    private static PreparedPoints Open(byte[] payload, out PreparedContent content)
    {
        var outcome = ContentReader.Open(payload, UpAxis.Z, out var opened);
        Assert.True(outcome.IsOk, outcome.Error);
        content = opened!;
        return Assert.Single(content.PointClouds);
    }
}
