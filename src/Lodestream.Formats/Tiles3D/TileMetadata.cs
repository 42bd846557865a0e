using Lodestream.Formats.Metadata;
using Lodestream.Formats.Tiles3D.Implicit;
using Lodestream.Scene;

namespace Lodestream.Formats.Tiles3D;

/// <summary>
/// Metadata of a scene's tilesets, subtrees, tiles, contents and groups, read from the documents' bytes when it is asked for. Call it where
/// the tree may be read.
/// </summary>
public static class TileMetadata
{
    /// <summary>The schema of the tileset that a tile is of; null where it has none.</summary>
    public static MetadataSchema? SchemaOf(TileTree tree, int tile) => FactsOf(tree, tile)?.Schema;

    /// <summary>What is wrong with that schema; null where nothing is.</summary>
    public static string? SchemaErrorOf(TileTree tree, int tile)
    {
        _ = SchemaOf(tree, tile);
        return FactsOf(tree, tile)?.SchemaError;
    }

    /// <summary>Metadata of the tileset that a tile is of.</summary>
    public static MetadataEntity? OfTileset(TileTree tree, int tile) => FactsOf(tree, tile) is { } facts ? facts.EntityAt(facts.MetadataAt) : null;

    /// <summary>Metadata of the subtree that an implicit tile is of.</summary>
    public static MetadataEntity? OfSubtree(TileTree tree, int tile)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return (tree.DocumentOf(tile) as SubtreeFacts)?.Entity;
    }

    /// <summary>Metadata of a tile.</summary>
    public static MetadataEntity? OfTile(TileTree tree, int tile)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var note = tree.NoteOf(tile);
        return tree.DocumentOf(tile) switch
        {
            TilesetFacts facts when note > 0 => facts.EntityAt(facts.Notes[note - 1].MetadataAt),
            SubtreeFacts facts when note > 0 => facts.EntityOfTile(note - 1),
            _ => null,
        };
    }

    /// <summary>Metadata of one of a tile's contents.</summary>
    /// <param name="tree">The scene.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="slot">Which of the tile's contents: an index into <see cref="TileTree.SlotsOf"/>.</param>
    public static MetadataEntity? OfContent(TileTree tree, int tile, int slot)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var note = tree.NoteOf(tile);
        switch (tree.DocumentOf(tile))
        {
            case TilesetFacts facts when note > 0:
                var places = facts.Notes[note - 1].ContentMetadataAt;
                return (uint)slot < (uint)places.Length ? facts.EntityAt(places[slot]) : null;
            case SubtreeFacts facts when note > 0:
                return facts.EntityOfContent(note - 1, slot);
            default:
                return null;
        }
    }

    /// <summary>Metadata of the group that a content is in.</summary>
    /// <param name="tree">The scene.</param>
    /// <param name="content">Index of the content in <see cref="TileTree.Contents"/>.</param>
    public static MetadataEntity? OfGroup(TileTree tree, int content)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ref readonly var record = ref tree.Contents.Records[content];
        var facts = FactsOf(tree, record.Tile);
        return facts is not null && (uint)record.Group < (uint)facts.Groups.Count ? facts.EntityAt(facts.Groups[record.Group]) : null;
    }

    /// <summary>What the tileset that a tile is of says about a property over all its entities.</summary>
    /// <param name="tree">The scene.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="class">Identifier of the class.</param>
    /// <param name="property">Identifier of the property.</param>
    /// <returns>The statistics by name (<c>min</c>, <c>mean</c>, …), numbers in order of components; empty where there are none.</returns>
    public static IReadOnlyDictionary<string, double[]> Statistics(TileTree tree, int tile, string @class, string property)
    {
        var facts = FactsOf(tree, tile);
        return facts is null || facts.StatisticsAt < 0 ? new Dictionary<string, double[]>() : MetadataStatistics.Read(facts.Json.Span[facts.StatisticsAt..], @class, property);
    }

    private static TilesetFacts? FactsOf(TileTree tree, int tile)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return tree.DocumentOf(tile) switch
        {
            TilesetFacts facts => facts,
            SubtreeFacts facts => facts.Tiling.Facts,
            _ => null,
        };
    }
}
