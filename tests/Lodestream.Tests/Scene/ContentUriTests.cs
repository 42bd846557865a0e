using System.Text;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Tests.Scene;

public class ContentUriTests
{
    [Theory]
    [InlineData("https://example.test/a/b/tileset.json")]
    [InlineData("HTTPS://Example.TEST:443/a b/tileset.json?key=1#part")]
    [InlineData("https://example.test")]
    [InlineData("file:///data/a%20b/tileset.json")]
    [InlineData("tileset.json")]
    [InlineData("folder/inner/tileset.json")]
    public void A_content_s_URI_is_what_resolving_makes_of_its_reference_however_plain_that_is(string document)
    {
        foreach (var reference in (string[])["d.glb", "terrain/3/1_2.glb", "a/b/c/d", "./d.glb", "../d.glb", "a/../d.glb", "/d.glb", "//other.test/d.glb", "d.glb?v=1", "a b.glb", "%41.glb", "ä.glb", "https://other.test/x.glb", ".d", "a/.d", "~d.glb", "a.", "a//b"])
        {
            var tree = new TileTree("https://example.test/scene.json");
            tree.Append(TileTree.SceneRoot, Block(document, reference));
            var content = tree.SlotsOf(1)[0];
            Assert.Equal(SceneUri.Resolve(document, reference), tree.Contents.Uri(content));
            if (tree.Contents.Folder(content) is { } folder)
                Assert.Equal(SceneUri.HostOf(tree.Contents.Uri(content)), SceneUri.HostOf(folder));
        }
    }

    [Fact]
    public void Contents_of_a_document_share_the_text_of_its_folder()
    {
        var tree = new TileTree("https://example.test/scene.json");
        tree.Append(TileTree.SceneRoot, Block("https://example.test/a/tileset.json", "x/1.glb", "x/2.glb", "../3.glb"));
        var folders = tree.SlotsOf(1).ToArray().Select(tree.Contents.Folder).ToArray();
        Assert.Equal("https://example.test/a/", folders[0]);
        Assert.Same(folders[0], folders[1]);
        Assert.Null(folders[2]);
    }

    private static TileBlock Block(string document, params string[] references)
    {
        var builder = new TileBlockBuilder(document);
        var tile = builder.AddTile(-1, BoundingVolume.AxisAligned(new(-1, -1, -1), new(1, 1, 1)), 8, Refinement.Replace, Transform3d.Identity);
        foreach (var reference in references)
            builder.AddContent(tile, Encoding.UTF8.GetBytes(reference), ContentFamily.Mesh, ContentFormat.Glb);
        return builder.Build();
    }
}
