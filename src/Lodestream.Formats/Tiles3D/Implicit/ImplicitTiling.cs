using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Tiles3D.Implicit;

/// <summary>A content of every tile of an implicit tileset: a template.</summary>
internal sealed record ImplicitContent(UriTemplate Uri, ContentFormat Format, ContentFamily Family, int Group);

/// <summary>
/// What all tiles of an implicit tileset have in common (OGC 3D Tiles 1.1, section 7.4): the root's volume, how it is divided, and the
/// templates of the URIs. Kept by every subtree's block; immutable.
/// </summary>
internal sealed class ImplicitTiling
{
    /// <summary>
    /// Tiles a subtree may have at most, those that only name another subtree included: eleven levels of a quadtree, seven of an octree.
    /// Few bytes can say "all of them": more is a damaged file.
    /// </summary>
    public const int MostTilesOfSubtree = 1_500_000;

    /// <summary>Levels a tileset may have at most: coordinates of tiles stay within 31 bits, and tiles larger than rounding.</summary>
    public const int MostLevels = 31;

    public required bool IsOctree { get; init; }

    public required int SubtreeLevels { get; init; }

    public required int AvailableLevels { get; init; }

    public required UriTemplate Subtrees { get; init; }

    public required IReadOnlyList<ImplicitContent> Contents { get; init; }

    /// <summary>URI of the tileset.json, which contents' URIs are relative to.</summary>
    public required string TilesetUri { get; init; }

    /// <summary>The root's volume as it is written: a box or a region.</summary>
    public required WrittenVolume Volume { get; init; }

    /// <summary>From the tiles' frame to the scene's.</summary>
    public required Transform3d Tile { get; init; }

    /// <summary>From the contents' frame to the scene's: the rotation of glTF's up axis included.</summary>
    public required Transform3d ContentTransform { get; init; }

    /// <summary>Geometric error of the root, metres, scene frame; it halves with every level.</summary>
    public required double GeometricError { get; init; }

    public required Refinement Refinement { get; init; }

    public required UpAxis UpAxis { get; init; }

    /// <summary>What the tileset says about metadata.</summary>
    public required TilesetFacts Facts { get; init; }

    /// <summary>Children of a tile.</summary>
    public int ChildCount => IsOctree ? 8 : 4;

    /// <summary>Tiles of a subtree on a level of its own.</summary>
    public long TilesOnLevel(int level) => 1L << (level * (IsOctree ? 3 : 2));

    /// <summary>Tiles of a subtree above a level of its own: where the level's bits begin.</summary>
    public long TilesAbove(int level) => (TilesOnLevel(level) - 1) / (ChildCount - 1);

    /// <summary>Geometric error of a level, metres, scene frame.</summary>
    public double ErrorOf(int level) => GeometricError / (1L << level);
}

/// <summary>A tile of an implicit tileset: its level and its place in the level's grid.</summary>
internal readonly record struct TilePlace(int Level, int X, int Y, int Z)
{
    /// <summary>The child of a number: bit 0 of it is x, bit 1 y, bit 2 z.</summary>
    public TilePlace Child(int number) => new(Level + 1, 2 * X + (number & 1), 2 * Y + (number >> 1 & 1), 2 * Z + (number >> 2 & 1));

    /// <summary>The tile above.</summary>
    public TilePlace Parent => new(Level - 1, X >> 1, Y >> 1, Z >> 1);

    public override string ToString() => $"tile (level {Level}, x {X}, y {Y}, z {Z})";
}

/// <summary>A subtree that a tile names: whose, and where its root is.</summary>
public sealed class SubtreeReference
{
    internal SubtreeReference(ImplicitTiling tiling, TilePlace root) => (Tiling, Root) = (tiling, root);

    internal ImplicitTiling Tiling { get; }

    internal TilePlace Root { get; }

    /// <summary>Level of the subtree's root in its implicit tileset.</summary>
    public int Level => Root.Level;

    /// <summary>The subtree that a tile of a tree names; null where it names none.</summary>
    public static SubtreeReference? Of(TileTree tree, int tile)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var note = tree.NoteOf(tile);
        return tree.DocumentOf(tile) switch
        {
            TilesetFacts facts when note > 0 && facts.Notes[note - 1].Tiling is { } tiling => new(tiling, default),
            SubtreeFacts facts when note < 0 => facts.ChildSubtree(-note - 1),
            _ => null,
        };
    }
}
