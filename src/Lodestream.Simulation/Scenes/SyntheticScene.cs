using Lodestream.Scene;

namespace Lodestream.Simulation.Scenes;

/// <summary>Scenes that are made, not read: <c>synthetic:quadtree?…</c> and <c>synthetic:city?…</c>.</summary>
internal static class SyntheticScene
{
    /// <summary>Makes a scene's topology.</summary>
    /// <param name="scene">The scene's name.</param>
    /// <param name="error">What is wrong with it, naming the part; null when all is well.</param>
    public static TileBlock? Build(string scene, out string? error) =>
        IsCity(scene) ? SyntheticCity.Parse(scene, out error)?.Build() : SyntheticQuadtree.Parse(scene, out error)?.Build();

    /// <summary>What a scene's server holds.</summary>
    /// <param name="scene">The scene's name, of which <see cref="Build"/> made a topology.</param>
    /// <param name="tree">The run's tree.</param>
    public static IContentOrigin NewOrigin(string scene, TileTree tree) =>
        IsCity(scene) && SyntheticCity.Parse(scene, out _) is { } city ? new SyntheticCityOrigin(city, tree) : new TreeOrigin(tree);

    private static bool IsCity(string scene)
    {
        var end = scene.IndexOf('?', StringComparison.Ordinal);
        return scene[SyntheticQuadtree.Scheme.Length..(end < 0 ? scene.Length : end)] == "city";
    }

    /// <summary>A tree that has all of a scene's topology.</summary>
    public static TileTree NewTree(TileBlock block)
    {
        var tree = new TileTree(block.BaseUri);
        tree.Append(TileTree.SceneRoot, block);
        return tree;
    }
}
