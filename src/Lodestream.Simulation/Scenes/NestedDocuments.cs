using Lodestream.Scene;

namespace Lodestream.Simulation.Scenes;

/// <summary>Documents that are named by tiles of other documents.</summary>
internal static class NestedDocuments
{
    // As a streamer has it by default. A scene that names itself in a circle ends here.
    private const int MaximumDepth = 32;

    /// <summary>Whether what a tile names lies too many documents deep to be opened.</summary>
    public static bool IsTooDeep(TileTree tree, int tile)
    {
        var depth = 0;
        for (var above = tree.Links[tile].Parent; above >= 0; above = tree.Links[above].Parent)
            depth += (tree.Links[above].Flags & TileFlags.Expanded) != 0 ? 1 : 0;
        return depth >= MaximumDepth;
    }
}
