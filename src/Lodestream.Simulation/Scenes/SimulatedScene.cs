using Lodestream.Formats.Inspection;
using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;

namespace Lodestream.Simulation.Scenes;

/// <summary>
/// A scene that can be run any number of times. A real one starts with its first document unopened, and its topology streams as in life;
/// a synthetic one has all of its topology from the start (bench protocol).
/// </summary>
public sealed class SimulatedScene
{
    private readonly Func<TileTree> _makeTree;
    private readonly Func<TileTree, IContentOrigin> _makeOrigin;
    private readonly Func<string, bool> _holds;

    private SimulatedScene(string name, string rootUri, Func<TileTree> makeTree, Func<TileTree, IContentOrigin> makeOrigin, Func<string, bool> holds) =>
        (Name, RootUri, _makeTree, _makeOrigin, _holds) = (name, rootUri, makeTree, makeOrigin, holds);

    /// <summary>The scene as it was named.</summary>
    public string Name { get; }

    /// <summary>Absolute URI of its first document, as runs see it: it does not tell where the scene lies.</summary>
    public string RootUri { get; }

    /// <summary>Whether its documents are fetched as contents are; otherwise all of its topology is known from the start.</summary>
    public bool StreamsTopology => !RootUri.StartsWith(SyntheticQuadtree.Scheme, StringComparison.Ordinal);

    /// <summary>Opens a scene as far as its first document.</summary>
    /// <param name="scene">Path or URL of a tileset.json or a .3tz archive, a folder that holds one, or <c>synthetic:quadtree?levels=8</c> or <c>synthetic:city?tiles=400</c>.</param>
    /// <param name="files">Reads its files, then and while it is run.</param>
    /// <param name="cancellation">Calls readings off.</param>
    /// <exception cref="FormatException">The scene cannot be opened; the message names file and place.</exception>
    public static SimulatedScene Open(string scene, SceneFileSource files, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentNullException.ThrowIfNull(files);
        if (scene.StartsWith(SyntheticQuadtree.Scheme, StringComparison.Ordinal))
            return OpenSynthetic(scene);
        var address = new SceneAddress(SceneFiles.Locate(scene, out var error) ?? throw new FormatException(error));
        var (root, library) = (address.Root, new SceneLibrary(address.Source(files), cancellation));
        var opened = new SimulatedScene(scene, root, () => new TileTree(root), tree => new SceneOrigin(tree, library), uri => library.Content(uri) is not null);
        return library.ErrorOf(root, opened.NewTree().PathKeys[TileTree.SceneRoot], TilesetParent.Scene) is { } problem ? throw new FormatException(address.Explain(problem)) : opened;
    }

    /// <summary>Whether there is a content of that URI.</summary>
    /// <param name="uri">Absolute URI.</param>
    public bool Holds(string uri) => _holds(uri);

    /// <summary>A tree for one run.</summary>
    public TileTree NewTree() => _makeTree();

    /// <summary>A server for one run.</summary>
    /// <param name="tree">The run's tree.</param>
    public ChangingOrigin NewOrigin(TileTree tree) => new(_makeOrigin(tree));

    private static SimulatedScene OpenSynthetic(string scene)
    {
        var block = SyntheticScene.Build(scene, out var problem) ?? throw new FormatException(problem);
        return new(scene, block.BaseUri, () => SyntheticScene.NewTree(block), tree => SyntheticScene.NewOrigin(scene, tree), uri => SyntheticScene.NewTree(block).Contents.FindByUri(uri) >= 0);
    }
}
