using Lodestream.Formats;
using Lodestream.Formats.Inspection;
using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;

namespace Lodestream.Simulation.Scenes;

/// <summary>Opens a SCENE of the command line as a tree, with all its documents expanded.</summary>
public static class SceneOpening
{
    /// <summary>Opens a scene.</summary>
    /// <param name="scene">Path or URL of a tileset.json, a folder that holds one, or <c>synthetic:quadtree?levels=8</c>.</param>
    /// <param name="files">Reads its files.</param>
    /// <param name="cancellation">Calls the opening off.</param>
    /// <exception cref="FormatException">The scene cannot be opened; the message names file and place.</exception>
    public static async Task<TileTree> OpenAsync(string scene, SceneFileSource files, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (scene.StartsWith(SyntheticQuadtree.Scheme, StringComparison.Ordinal))
            return SyntheticScene.NewTree(SyntheticScene.Build(scene, out var problem) ?? throw new FormatException(problem));
        var root = SceneFiles.Locate(scene, out var error) ?? throw new FormatException(error);
        var tree = new TileTree(root);
        await ExpandAsync(tree, TileTree.SceneRoot, files, cancellation).ConfigureAwait(false);
        for (var tile = 1; tile < tree.Capacity; tile++)
        {
            if ((tree.Links[tile].Flags & TileFlags.Unexpanded) != 0 && !NestedDocuments.IsTooDeep(tree, tile))
                await ExpandAsync(tree, tile, files, cancellation).ConfigureAwait(false);
        }
        return tree;
    }

    // The scene's first document must open; what a document below cannot give stays unexpanded, as it would be when streaming.
    private static async Task ExpandAsync(TileTree tree, int tile, SceneFileSource files, CancellationToken cancellation)
    {
        foreach (var content in tree.SlotsOf(tile).ToArray())
        {
            if (tree.Contents.Records[content].Format != ContentFormat.Tileset)
                continue;
            var uri = tree.Contents.Uri(content);
            var file = await files(uri, cancellation).ConfigureAwait(false);
            var result = file.Bytes is { } bytes ? await SceneDocumentReader.ReadAsync(bytes, uri, TilesetParent.Of(tree, tile), files, cancellation).ConfigureAwait(false) : null;
            if (result is { IsOk: true })
                tree.Append(tile, result.Block!);
            else if (tile == TileTree.SceneRoot)
                throw new FormatException(result?.Error ?? file.Error);
            return;
        }
    }
}
