using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Scenes;

/// <summary>A simulated server of a real scene's files.</summary>
/// <param name="tree">The run's tree, which names the contents.</param>
/// <param name="library">The files.</param>
public sealed class SceneOrigin(TileTree tree, SceneLibrary library) : IContentOrigin
{
    /// <inheritdoc />
    public OriginContent? Find(in TileRequest request)
    {
        if (request.IsDependency)
            return library.File(request.Uri);
        if (request.Format != ContentFormat.Tileset)
            return library.Content(request.Uri);
        var tile = tree.Contents.Records[request.Content].Tile;
        return library.Topology(request.Uri, tree.PathKeys[tile], TilesetParent.Of(tree, tile));
    }
}
