using System.Text;
using Lodestream.Formats.Manifest;
using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;

namespace Lodestream.Formats.Tests.Manifest;

/// <summary>Small manifests.</summary>
internal static class ManifestText
{
    public const string Uri = "file:///scene/city.json";

    /// <summary>A manifest of version 4 with the tiles.</summary>
    public static string Of(params string[] tiles) => $$"""{"version":4,"partitioning_mode":"quadtree_floor","tiles":[{{string.Join(',', tiles)}}]}""";

    /// <summary>A tile of ten metres from the origin, y up.</summary>
    public static string Tile(string id, string more = "") =>
        $$"""{"tile_id":"{{id}}","path_relative_to_manifest":"tiles/{{id}}.untold","file_size_bytes":1000,"bounds":{"min":[0,0,-10],"max":[10,5,0]},"center":[5,2.5,-5]{{(more.Length > 0 ? "," + more : "")}}}""";

    public static TilesetResult Read(string json) => Read(json, TilesetParent.Scene);

    public static TilesetResult Read(string json, in TilesetParent parent) => ManifestReader.Read(Encoding.UTF8.GetBytes(json), Uri, parent);

    /// <summary>The tree of a manifest that is sound; its root is tile 1.</summary>
    public static (TileTree Tree, ProximityTable Table) Open(string json) => Open(Read(json));

    public static (TileTree Tree, ProximityTable Table) Open(TilesetResult result)
    {
        Assert.True(result.IsOk, result.Error);
        var tree = new TileTree(Uri);
        tree.Append(TileTree.SceneRoot, result.Block);
        return (tree, ProximityTable.Of(tree, 1)!);
    }

    /// <summary>URIs of an entry's chain as the manifest writes them, coarsest first.</summary>
    public static string[] ChainOf(TileTree tree, int entry)
    {
        var chain = new List<string>();
        for (var tile = ProximityTable.FirstTileOf(tree, 1, entry); tile >= 0; tile = tree.Links[tile].FirstChild)
            chain.Add(tree.Contents.RelativeUri(tree.SlotsOf(tile)[0]));
        return [.. chain];
    }
}
