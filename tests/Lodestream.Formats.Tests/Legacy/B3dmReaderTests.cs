using System.Buffers.Binary;
using System.Text;
using Lodestream.Formats.Legacy;
using Lodestream.Formats.Tests.Gltf;
using Lodestream.Geometry;

namespace Lodestream.Formats.Tests.Legacy;

public class B3dmReaderTests
{
    [Fact]
    public void The_parts_are_ranges_even_when_the_tables_are_not_padded()
    {
        var glb = GltfBytes.TriangleGlb();
        var bytes = GltfBytes.B3dm(glb, "{\"BATCH_LENGTH\":7,\"RTC_CENTER\":[1.5,-2,3e6]}", [1, 2, 3], "{\"id\":[1]}");
        Assert.True(B3dmReader.Read(bytes, bytes.Length, out var b3dm).IsOk);
        Assert.Equal(7, b3dm.BatchLength);
        Assert.Equal(new Vector3d(1.5, -2, 3e6), b3dm.RtcCenter);
        Assert.Equal("{\"id\":[1]}", Encoding.UTF8.GetString(b3dm.BatchTableJson.Of(bytes)));
        Assert.Equal(glb, b3dm.Glb.Of(bytes).ToArray());
    }

    [Fact]
    public void A_centre_in_the_binary_part_is_read_from_there()
    {
        var binary = new byte[16];
        BinaryPrimitives.WriteSingleLittleEndian(binary.AsSpan(4), 10);
        BinaryPrimitives.WriteSingleLittleEndian(binary.AsSpan(8), 20);
        BinaryPrimitives.WriteSingleLittleEndian(binary.AsSpan(12), 30);
        var bytes = GltfBytes.B3dm(GltfBytes.TriangleGlb(), "{\"BATCH_LENGTH\":0,\"RTC_CENTER\":{\"byteOffset\":4}}", binary);
        Assert.True(B3dmReader.Read(bytes, bytes.Length, out var b3dm).IsOk);
        Assert.Equal(new Vector3d(10, 20, 30), b3dm.RtcCenter);
    }

    [Theory]
    [InlineData(20, "")]
    [InlineData(20, "{\"id\":[1,2]}")]
    [InlineData(24, "")]
    [InlineData(24, "{\"id\":[1,2]}")]
    public void Both_headers_from_before_the_standard_are_read(int header, string batchTable)
    {
        var glb = GltfBytes.TriangleGlb();
        var parts = new List<byte>();
        parts.AddRange("b3dm"u8);
        GltfBytes.Append(parts, 1);
        GltfBytes.Append(parts, header + batchTable.Length + glb.Length);
        if (header == 20)
        {
            GltfBytes.Append(parts, 2);
            GltfBytes.Append(parts, batchTable.Length);
        }
        else
        {
            GltfBytes.Append(parts, batchTable.Length);
            GltfBytes.Append(parts, 0);
            GltfBytes.Append(parts, 2);
        }
        parts.AddRange(Encoding.UTF8.GetBytes(batchTable));
        parts.AddRange(glb);
        byte[] bytes = [.. parts];
        Assert.True(B3dmReader.Read(bytes, bytes.Length, out var b3dm).IsOk);
        Assert.Equal(2, b3dm.BatchLength);
        Assert.Equal(batchTable, Encoding.UTF8.GetString(b3dm.BatchTableJson.Of(bytes)));
        Assert.Equal(glb, b3dm.Glb.Of(bytes).ToArray());
    }

    [Fact]
    public void Only_the_beginning_up_to_the_feature_table_is_needed()
    {
        var bytes = GltfBytes.B3dm(GltfBytes.TriangleGlb(), "{\"BATCH_LENGTH\":0}", null, new string(' ', 5000));
        var outcome = B3dmReader.Read(bytes.AsSpan(0, 28), bytes.Length, out _);
        Assert.Equal(ReadStatus.NeedMore, outcome.Status);
        Assert.True(B3dmReader.Read(bytes.AsSpan(0, outcome.NeededBytes), bytes.Length, out var b3dm).IsOk);
        Assert.True(outcome.NeededBytes < 100);
        Assert.Equal(bytes.Length, b3dm.Glb.End);
    }

    [Fact]
    public void A_truncated_b3dm_is_an_error_that_names_the_offset()
    {
        var bytes = GltfBytes.B3dm(GltfBytes.TriangleGlb(), "{\"BATCH_LENGTH\":0}");
        for (var length = 0; length < bytes.Length; length++)
        {
            var outcome = B3dmReader.Read(bytes.AsSpan(0, length), length, out _);
            Assert.Equal(ReadStatus.Malformed, outcome.Status);
            Assert.Contains("cut off", outcome.Error, StringComparison.Ordinal);
        }
        Assert.Contains("byte 8", B3dmReader.Read(bytes.AsSpan(0, 100), 100, out _).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"BATCH_LENGTH\":-4}")]
    [InlineData("{\"RTC_CENTER\":[1,2]}")]
    [InlineData("{\"RTC_CENTER\":{\"byteOffset\":3}}")]
    [InlineData("{\"RTC_CENTER\":[1,2,1e999]}")]
    public void A_broken_feature_table_is_an_error(string table)
    {
        var bytes = GltfBytes.B3dm(GltfBytes.TriangleGlb(), table, new byte[8]);
        var outcome = B3dmReader.Read(bytes, bytes.Length, out _);
        Assert.Equal(ReadStatus.Malformed, outcome.Status);
        Assert.Contains("feature table", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_longer_than_the_file_are_an_error()
    {
        var bytes = GltfBytes.B3dm(GltfBytes.TriangleGlb(), "{\"BATCH_LENGTH\":0}");
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), 100_000);
        Assert.Contains("tables", B3dmReader.Read(bytes, bytes.Length, out _).Error, StringComparison.Ordinal);
    }
}
