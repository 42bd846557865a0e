using System.Text;
using Lodestream.Formats.Tiles3D;
using Lodestream.Formats.Tiles3D.Implicit;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Fuzz.Targets;

/// <summary>Tilesets and subtrees, in steps as the preparer reads them, into a tree.</summary>
internal static class TilesetTargets
{
    public const string Folder = "file:///fuzz/";

    // All there is, on every level, with more contents than the tiling may have.
    private static readonly byte[] FullSubtree = Encoding.ASCII.GetBytes(
        $$"""{"tileAvailability":{"constant":1},"contentAvailability":[{{string.Join(',', Enumerable.Repeat("{\"constant\":1}", 40))}}],"childSubtreeAvailability":{"constant":1},"tileMetadata":0}""");

    public static Parsed ParseTileset(byte[] bytes) => Parse(bytes, TilesetParent.Scene);

    /// <summary>Reads inputs as subtrees of an implicit tileset.</summary>
    /// <param name="tileset">The implicit tileset.</param>
    public static Func<byte[], Parsed> SubtreeParser(string tileset)
    {
        var tree = Tree(TilesetReader.Read(Encoding.UTF8.GetBytes(tileset), Folder + "tileset.json", TilesetParent.Scene));
        var parent = Implicit(tree).First();
        return bytes => Parse(bytes, parent);
    }

    public static void Look(object kept)
    {
        var result = (TilesetResult)kept;
        var tree = Tree(result);
        var places = 0;
        for (var tile = 0; tile < tree.Capacity && places < 48; tile++)
        {
            _ = tree.Volume(tile);
            foreach (var entity in (ReadOnlySpan<Formats.Metadata.MetadataEntity?>)[TileMetadata.OfTileset(tree, tile), TileMetadata.OfTile(tree, tile), TileMetadata.OfSubtree(tree, tile)])
                places += LookAt(entity);
            for (var slot = 0; slot < tree.SlotsOf(tile).Length; slot++)
                places += LookAt(TileMetadata.OfContent(tree, tile, slot)) + LookAt(TileMetadata.OfGroup(tree, tree.SlotsOf(tile)[slot]));
        }
        if (TileMetadata.SchemaOf(tree, tree.Capacity - 1) is { } schema)
        {
            MetadataTargets.LookAt(schema);
            foreach (var @class in schema.Classes.Values.Take(8))
            {
                foreach (var property in @class.Properties.Take(8))
                    _ = TileMetadata.Statistics(tree, tree.Capacity - 1, @class.Id, property.Id).Count;
            }
        }
        Judge.CheckMessage(TileMetadata.SchemaErrorOf(tree, tree.Capacity - 1));
        foreach (var parent in Implicit(tree).Where(parent => parent.Subtree!.Tiling.TilesAbove(parent.Subtree.Tiling.SubtreeLevels) < 2000).Take(2))
        {
            if (Parse(FullSubtree, parent) is { Error: { } error })
                Judge.CheckMessage(error);
        }
    }

    private static Parsed Parse(byte[] bytes, in TilesetParent parent)
    {
        var reader = new TilesetReader(bytes, Folder + "the.json", parent);
        while (reader.Result is null)
        {
            if (!reader.Step(1 << 14) || reader.Needs.Count == 0)
                continue;
            reader.Supply([.. reader.Needs.Select(need => need.Uri.Length % 7 == 6
                ? new DependencyFile(need.Uri, null, 0, $"{need.Uri}: is not there")
                : new DependencyFile(need.Uri, need.Uri.EndsWith(".json", StringComparison.Ordinal) ? WrittenSeeds.Schema : WrittenSeeds.Bits, 0, null))]);
        }
        var result = reader.Result;
        foreach (var warning in result.Warnings)
            Judge.CheckMessage(warning.ToString());
        if (result.Error is { } error && !error.StartsWith(Folder + "the.json: ", StringComparison.Ordinal) && !error.StartsWith(Folder, StringComparison.Ordinal))
            throw new InvalidOperationException($"an error that does not begin with its file: {error}");
        return new(result.Error, result.IsOk ? result : null, parent.Subtree is null || !result.IsOk ? 0 : result.Block.TileCount);
    }

    private static TileTree Tree(TilesetResult result)
    {
        var tree = new TileTree(Folder + "tileset.json");
        tree.Append(TileTree.SceneRoot, result.Block!);
        return tree;
    }

    private static IEnumerable<TilesetParent> Implicit(TileTree tree) =>
        Enumerable.Range(1, tree.Capacity - 1).Where(tile => SubtreeReference.Of(tree, tile) is not null).Select(tile => TilesetParent.Of(tree, tile));

    private static int LookAt(Formats.Metadata.MetadataEntity? entity)
    {
        foreach (var property in entity?.Class.Properties.Take(16) ?? [])
            _ = entity!.ValueOf(property).ToString();
        _ = entity?.OfSemantic("NAME");
        return 1;
    }
}
