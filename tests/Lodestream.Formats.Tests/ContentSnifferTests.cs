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
}
