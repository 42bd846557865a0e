using System.Buffers.Binary;
using System.Text;
using Lodestream.Formats.Gltf;

namespace Lodestream.Formats.Tests.Gltf;

public class GlbContainerTests
{
    [Fact]
    public void The_chunks_are_ranges_of_the_file()
    {
        byte[] glb = [.. GltfBytes.TriangleGlb(), 0, 0, 0, 0, 0];
        Assert.True(GlbContainer.Read(glb, glb.Length, out var container).IsOk);
        Assert.StartsWith("{\"asset\"", Encoding.UTF8.GetString(container.Json.Of(glb)), StringComparison.Ordinal);
        Assert.Equal(40, container.Binary.Length);
        Assert.Equal(glb.Length - 5, container.Binary.End);
    }

    [Fact]
    public void The_beginning_of_a_file_is_enough_and_too_little_of_it_says_how_much_is_needed()
    {
        var glb = GltfBytes.TriangleGlb();
        var needed = 0;
        var steps = 0;
        GlbContainer container;
        ReadOutcome outcome;
        while ((outcome = GlbContainer.Read(glb.AsSpan(0, needed), glb.Length, out container)).Status == ReadStatus.NeedMore)
        {
            Assert.True(outcome.NeededBytes > needed);
            needed = outcome.NeededBytes;
            steps++;
        }
        Assert.True(outcome.IsOk);
        Assert.Equal(container.Json.End + 8, needed);
        Assert.InRange(steps, 1, 4);
    }

    [Fact]
    public void A_file_without_binary_part_has_an_empty_one()
    {
        var glb = GltfBytes.Glb("{\"asset\":{\"version\":\"2.0\"}}");
        Assert.True(GlbContainer.Read(glb, glb.Length, out var container).IsOk);
        Assert.Equal(0, container.Binary.Length);
    }

    [Theory]
    [InlineData(0, 0x12345678u, "byte 0")]
    [InlineData(4, 1u, "version 1")]
    [InlineData(4, 3u, "version 3")]
    [InlineData(8, 0x7fffffffu, "cut off")]
    [InlineData(8, 0xffffffffu, "cut off")]
    [InlineData(12, 0xfffffff0u, "chunk 0")]
    [InlineData(16, 0x004E4942u, "not JSON")]
    [InlineData(8, 12u, "no JSON chunk")]
    public void A_damaged_header_is_an_error_that_names_the_place(int offset, uint value, string message)
    {
        var glb = GltfBytes.TriangleGlb();
        BinaryPrimitives.WriteUInt32LittleEndian(glb.AsSpan(offset), value);
        var outcome = GlbContainer.Read(glb, glb.Length, out _);
        Assert.False(outcome.IsOk);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_off_anywhere_it_is_an_error()
    {
        var glb = GltfBytes.TriangleGlb();
        for (var length = 0; length < glb.Length; length++)
            Assert.Equal(ReadStatus.Malformed, GlbContainer.Read(glb.AsSpan(0, length), length, out _).Status);
    }
}
