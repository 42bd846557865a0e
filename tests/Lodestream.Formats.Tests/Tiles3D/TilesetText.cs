using System.Text;
using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;

namespace Lodestream.Formats.Tests.Tiles3D;

/// <summary>Short ways to a tileset from its text.</summary>
internal static class TilesetText
{
    public const string DocumentUri = "https://example.test/world/tileset.json";

    public const string Box = """ "boundingVolume":{"box":[0,0,0,10,0,0,0,10,0,0,0,10]} """;

    /// <summary>A tileset of version 1.1 around the text of its root's properties.</summary>
    public static string WithRoot(string properties, string more = "") =>
        $$$"""{"asset":{"version":"1.1"},"geometricError":100{{{more}}},"root":{{{{properties}}}}}""";

    public static TilesetResult Read(string json) => TilesetReader.Read(Encoding.UTF8.GetBytes(json), DocumentUri, TilesetParent.Scene);

    public static TilesetResult Read(string json, in TilesetParent parent) => TilesetReader.Read(Encoding.UTF8.GetBytes(json), DocumentUri, parent);

    /// <summary>A tree of the tileset; tile 1 is its root.</summary>
    public static TileTree Tree(TilesetResult result)
    {
        Assert.True(result.IsOk, result.Error);
        var tree = new TileTree(DocumentUri);
        tree.Append(TileTree.SceneRoot, result.Block);
        return tree;
    }

    public static TileTree Tree(string json) => Tree(Read(json));

    public static int Child(this TileTree tree, int tile, int ordinal)
    {
        Assert.InRange(ordinal, 0, tree.Links[tile].ChildCount - 1);
        return tree.Links[tile].FirstChild + ordinal;
    }

    public static string[] Uris(this TileTree tree, int tile) => [.. tree.SlotsOf(tile).ToArray().Select(tree.Contents.RelativeUri)];
}
