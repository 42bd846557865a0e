namespace Lodestream.Scene;

/// <summary>Tells what a tile of a manifest scene shows: its kind, and the level by which renderers colour it.</summary>
public static class Representations
{
    /// <summary>The level of an HLOD among the colours of levels.</summary>
    public const int HlodLevel = 5;

    /// <summary>Number of a tile's representation in its manifest's <see cref="ProximityTable"/>; −1 for what is no entry's.</summary>
    /// <param name="tree">The scene.</param>
    /// <param name="tile">A tile.</param>
    public static int Find(TileTree tree, int tile)
    {
        if (ProximityTable.Of(tree, tile) is not { } table || ProximityTable.EntryOf(tree, tile) is not (>= 0 and var entry))
            return -1;

        // Below a full tile there may be more, which is the full tile's.
        var representation = table.FirstRepresentation[entry];
        for (var above = tree.Links[tile].Parent; above >= 0 && ProximityTable.EntryOf(tree, above) == entry; above = tree.Links[above].Parent)
            representation++;
        return Math.Min(representation, table.FirstRepresentation[entry + 1] - 1);
    }

    /// <summary>What a tile shows; null for what is no entry's of a manifest.</summary>
    /// <param name="tree">The scene.</param>
    /// <param name="tile">A tile.</param>
    public static RepresentationKind? KindOf(TileTree tree, int tile) => Find(tree, tile) is >= 0 and var found ? ProximityTable.Of(tree, tile)!.Kind[found] : null;

    /// <summary>
    /// The level by which a renderer colours a drawn tile: 0 for a full tile, 1 for the finest LOD and so on, <see cref="HlodLevel"/> for every HLOD; −1
    /// for what is no entry's of a manifest.
    /// </summary>
    /// <param name="tree">The scene.</param>
    /// <param name="tile">A tile, as a draw item names its source.</param>
    public static int LevelOf(TileTree tree, int tile)
    {
        if (Find(tree, tile) is not (>= 0 and var found))
            return -1;
        var table = ProximityTable.Of(tree, tile)!;
        var full = table.FirstRepresentation[ProximityTable.EntryOf(tree, tile) + 1] - 1;
        return table.Kind[found] == RepresentationKind.Hlod ? HlodLevel : full - found;
    }
}
