using Lodestream.Residency;
using Lodestream.Scene;

namespace Lodestream.Presentation;

/// <summary>Which tile lends another one what it does not have itself, or not yet: its nearest ancestor that has it.</summary>
internal static class StandIns
{
    /// <summary>
    /// The tile whose labels a drawn tile shows: itself, or, while its own are not here, the nearest ancestor whose are. −1 when it has
    /// none: what is labelled in an ancestor is labelled in every tile below in which it lies.
    /// </summary>
    public static int NearestLabelled(TileTree tree, TileResidency residency, int tile) =>
        residency.Enabled.Contains(ContentFamily.Label) && Find(tree, tile, ContentFamily.Label) >= 0 ? NearestWith(tree, residency, tile, ContentFamily.Label) : -1;

    /// <summary>The tile whose region map colours a drawn tile's terrain: itself or the nearest ancestor whose map is here; −1 for none.</summary>
    public static int NearestMapped(TileTree tree, TileResidency residency, int tile) =>
        residency.Enabled.Contains(ContentFamily.Feature) ? NearestWith(tree, residency, tile, ContentFamily.Feature) : -1;

    private static int NearestWith(TileTree tree, TileResidency residency, int tile, ContentFamily family)
    {
        for (var t = tile; t > TileTree.SceneRoot; t = tree.LinkArray[t].Parent)
        {
            var content = Find(tree, t, family);
            if (content >= 0 && residency.StateOf(content) == ContentState.Resident)
                return t;
        }
        return -1;
    }

    private static int Find(TileTree tree, int tile, ContentFamily family)
    {
        foreach (var content in tree.SlotsOf(tile))
        {
            if (tree.Contents.RecordArray[content].Family == family)
                return content;
        }
        return -1;
    }
}
