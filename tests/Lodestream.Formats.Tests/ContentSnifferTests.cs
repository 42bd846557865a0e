using System.Text;
using Lodestream.Formats.Tests.Gltf;
using Lodestream.Scene;

namespace Lodestream.Formats.Tests;

public class ContentSnifferTests
{
    [Theory]
    [InlineData("glTF\u0002\0\0\0", ContentFormat.Glb)]
    [InlineData("b3dm\u0001\0\0\0", ContentFormat.B3dm)]
    [InlineData("i3dm", ContentFormat.I3dm)]
    [InlineData("pnts", ContentFormat.Pnts)]
    [InlineData("cmpt", ContentFormat.Cmpt)]
    [InlineData("  \r\n{\"asset\":{\"version\":\"1.0\",\"nodes\":1},\"geometricError\":", ContentFormat.Tileset)]
    [InlineData("{\"asset\":{\"version\":\"1.0\"},\"extensionsUsed\":[[\"x\"]],\"root\":{", ContentFormat.Tileset)]
    [InlineData("{\"scene\":0,\"root\"", ContentFormat.Gltf)]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"accessors\":[", ContentFormat.Gltf)]
    [InlineData("{\"asset\":{\"vers", ContentFormat.Unknown)]
    [InlineData("{]", ContentFormat.Unknown)]
    [InlineData("<html><body>404", ContentFormat.Unknown)]
    [InlineData("subt\u0001\0\0\0", ContentFormat.Unknown)]
    [InlineData("gl", ContentFormat.Unknown)]
    [InlineData("", ContentFormat.Unknown)]
    public void The_first_bytes_tell_the_format(string start, ContentFormat format) =>
        Assert.Equal(format, ContentSniffer.FormatOf(Encoding.UTF8.GetBytes(start)));

    [Fact]
    public void A_whole_file_is_told_too() => Assert.Equal(ContentFormat.Glb, ContentSniffer.FormatOf(GltfBytes.TriangleGlb()));

    [Theory]
    [InlineData("\"meshes\":[]", ContentFormat.Gltf)]
    [InlineData("\"root\":{}", ContentFormat.Tileset)]
    [InlineData("\"no\":1", ContentFormat.Unknown)]
    public void What_tells_may_come_after_much_that_does_not(string telling, ContentFormat format)
    {
        var text = $"{{\"extensions\":{{\"x\":[{string.Join(',', Enumerable.Repeat("{\"y\":\"z\"}", 10_000))}]}},{telling}}}";
        Assert.Equal(format, ContentSniffer.FormatOf(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Text_that_is_broken_at_its_beginning_is_not_quoted_to_its_end()
    {
        var broken = Encoding.UTF8.GetBytes($"{{\"asset\":fer{new string('x', 1 << 20)}");
        Assert.Equal(ContentFormat.Unknown, ContentSniffer.FormatOf(broken));
        var before = GC.GetAllocatedBytesForCurrentThread();
        ContentSniffer.FormatOf(broken);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, broken.Length / 4);
    }
}
