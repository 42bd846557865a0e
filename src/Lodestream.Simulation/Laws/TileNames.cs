using Lodestream.Scene;

namespace Lodestream.Simulation.Laws;

/// <summary>Names tiles for people.</summary>
internal static class TileNames
{
    /// <summary>The tile's place among its siblings, from the root down, its key, and the URI of its first content.</summary>
    public static string Of(TileTree tree, int tile)
    {
        if (tile < 0)
            return "";
        if (tile == TileTree.SceneRoot)
            return "(scene)";
        var places = new Stack<int>();
        for (var t = tile; t > TileTree.SceneRoot; t = tree.Links[t].Parent)
            places.Push(t - tree.Links[tree.Links[t].Parent].FirstChild);
        var slots = tree.SlotsOf(tile);
        return $"{string.Join('/', places)} [{tree.PathKeys[tile]:x16}]{(slots.Length > 0 ? $" {tree.Contents.RelativeUri(slots[0])}" : "")}";
    }
}
