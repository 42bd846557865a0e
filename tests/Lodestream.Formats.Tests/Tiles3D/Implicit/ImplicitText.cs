using System.Text;
using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;

namespace Lodestream.Formats.Tests.Tiles3D.Implicit;

/// <summary>Implicit tilesets from text, with subtrees from a table of files.</summary>
internal sealed class ImplicitText
{
    public const string Folder = "https://example.test/world/";

    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>URIs that were asked for, in order.</summary>
    public List<string> Asked { get; } = [];

    public TileTree Tree { get; }

    public TilesetResult Result { get; private set; }

    public ImplicitText(string tileset)
    {
        Tree = new(Folder + "tileset.json");
        Files["tileset.json"] = Encoding.UTF8.GetBytes(tileset);
        Result = Expand(TileTree.SceneRoot);
    }

    /// <summary>A tileset with an implicit root in a box of 16 × 16 × 4 m.</summary>
    public static string Quadtree(
        int subtreeLevels = 2, int levels = 4, string? volume = null, string content = """ "content":{"uri":"c/{level}_{x}_{y}.glb"}, """, string scheme = "QUADTREE", string more = "", string tile = "") => $$$"""
        {
          "asset":{"version":"1.1"},"geometricError":100{{{more}}},
          "root":{
            "boundingVolume":{{{{volume ?? "\"box\":[0,0,0,8,0,0,0,8,0,0,0,2]"}}}},"geometricError":32,"refine":"REPLACE",{{{content}}}{{{tile}}}
            "implicitTiling":{"subdivisionScheme":"{{{scheme}}}","subtreeLevels":{{{subtreeLevels}}},"availableLevels":{{{levels}}},"subtrees":{"uri":"s/{level}.{x}.{y}.{z}.subtree"}}
          }
        }
        """;

    public TilesetResult Expand(int tile)
    {
        var uri = Tree.Contents.Uri(Tree.SlotsOf(tile)[0]);
        var name = uri[Folder.Length..];
        Asked.Add(name);
        Result = TilesetReader.ReadAsync(
            Files[name], uri, TilesetParent.Of(Tree, tile),
            (file, _) =>
            {
                Asked.Add(file[Folder.Length..]);
                return Task.FromResult(Files.TryGetValue(file[Folder.Length..], out var bytes) ? new Lodestream.Formats.Inspection.SceneFile(bytes, false, null) : new(null, true, $"{file}: is not there"));
            },
            CancellationToken.None).GetAwaiter().GetResult();
        if (Result.IsOk)
            Tree.Append(tile, Result.Block);
        return Result;
    }

    public byte[] this[string name]
    {
        set => Files[name] = value;
    }

    public void Add(string name, string json) => Files[name] = Encoding.UTF8.GetBytes(json);

    /// <summary>Tiles that name a document not in the tree yet.</summary>
    public int[] Unexpanded => [.. Enumerable.Range(0, Tree.Capacity).Where(tile => (Tree.Links[tile].Flags & TileFlags.Unexpanded) != 0)];

    /// <summary>URIs of everything to draw.</summary>
    public string[] Drawn => [.. Enumerable.Range(0, Tree.Capacity).Where(tile => (Tree.Links[tile].Flags & TileFlags.HasContent) != 0).SelectMany(tile => Tree.Uris(tile)).Order(StringComparer.Ordinal)];

    /// <summary>The tile that draws a content.</summary>
    public int TileOf(string content) => Enumerable.Range(0, Tree.Capacity).Single(tile => Tree.Uris(tile).Contains(content));
}
