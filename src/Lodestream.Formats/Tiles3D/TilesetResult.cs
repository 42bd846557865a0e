using System.Diagnostics.CodeAnalysis;
using Lodestream.Formats.Tiles3D.Implicit;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Tiles3D;

/// <summary>What a tileset document inherits from the tile that names it.</summary>
/// <param name="Transform">From the document's frame to the scene's: the naming tile's own transform, without any rotation of contents.</param>
/// <param name="GeometricError">The naming tile's geometric error, metres, scene frame; stands in where the document's root names none. NaN when there is none.</param>
/// <param name="UpAxis">Which axis points up in glTF contents, unless the document says otherwise.</param>
public readonly record struct TilesetParent(Transform3d Transform, double GeometricError, UpAxis UpAxis)
{
    /// <summary>The subtree that the tile names: the document is one, and no tileset.json. Null where the tile names none.</summary>
    public SubtreeReference? Subtree { get; init; }

    /// <summary>Of a scene's first document.</summary>
    public static readonly TilesetParent Scene = new(Transform3d.Identity, double.NaN, UpAxis.Y);

    /// <summary>Of a document that a tile of a tree names. Reads the tree: call it where the tree may be read.</summary>
    public static TilesetParent Of(TileTree tree, int tile) => tile == TileTree.SceneRoot
        ? Scene
        : new(tree.Transform(tile), tree.Nodes[tile].GeometricError, tree.UpAxisOf(tile)) { Subtree = SubtreeReference.Of(tree, tile) };
}

/// <summary>Something in a document that was passed over or mended.</summary>
/// <param name="Path">The place, as a JSON path: <c>root.children[3]</c>.</param>
/// <param name="Message">What is wrong there and what was done about it.</param>
public readonly record struct TilesetWarning(string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Message}";
}

/// <summary>What became of reading a tileset: a block, or an error; and warnings either way.</summary>
public sealed class TilesetResult
{
    internal TilesetResult(TileBlock? block, string? error, bool isUnsupported, IReadOnlyList<TilesetWarning> warnings, int warningCount, double geometricError) =>
        (Block, Error, IsUnsupported, Warnings, WarningCount, GeometricError) = (block, MessageText.Line(error), isUnsupported, warnings, warningCount, geometricError);

    /// <summary>The topology; null where the document could not be used.</summary>
    public TileBlock? Block { get; }

    /// <summary>Why there is no block: the file, the place in it and what is wrong; null where there is one.</summary>
    public string? Error { get; }

    /// <summary>Whether the error says that something is not supported: fetching the document again will not help.</summary>
    public bool IsUnsupported { get; }

    /// <summary>Whether there is a block.</summary>
    [MemberNotNullWhen(true, nameof(Block))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsOk => Block is not null;

    /// <summary>The first of the things that were passed over or mended, in document order; at most <see cref="TilesetReader.MaximumWarnings"/>.</summary>
    public IReadOnlyList<TilesetWarning> Warnings { get; }

    /// <summary>How many things were passed over or mended in all.</summary>
    public int WarningCount { get; }

    /// <summary>The tileset's own geometric error, the one when nothing of it is drawn, metres, document frame; NaN where it names none.</summary>
    public double GeometricError { get; }
}
