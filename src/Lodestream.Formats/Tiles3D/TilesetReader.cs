using Lodestream.Scene;

namespace Lodestream.Formats.Tiles3D;

/// <summary>
/// Reads a tileset.json (OGC 3D Tiles 1.0 and 1.1, explicit) to a <see cref="TileBlock"/>: all at once with <see cref="Read"/>, or
/// in steps that fit a frame.
/// <para>
/// Malformed JSON, an unknown version and an unusable root are errors. Any other tile that cannot be used is skipped with what is
/// beneath it and a warning. The rotation that brings glTF's up axis to z is folded into the tiles' transforms, except of tiles whose
/// contents are all point clouds (<c>pnts</c>), which are z up themselves; a tile that mixes both kinds is treated as glTF.
/// </para>
/// </summary>
public sealed class TilesetReader
{
    /// <summary>Tiles within tiles of one document at most; what lies deeper is skipped with a warning.</summary>
    public const int MaximumDepth = 512;

    /// <summary>Warnings kept at most; the rest are counted.</summary>
    public const int MaximumWarnings = 1000;

    private readonly TilesetParser _parser;
    private readonly TilesetParent _parent;
    private TilesetAssembler? _assembler;

    /// <summary>Makes a reader.</summary>
    /// <param name="json">The document, UTF-8; must not change while it is read.</param>
    /// <param name="uri">The document's absolute URI.</param>
    /// <param name="parent">What it inherits from the tile that names it; <see cref="TilesetParent.Scene"/> for a scene's first document.</param>
    /// <param name="dialects">Versions to accept; null for <see cref="TilesetDialect.Known"/>.</param>
    public TilesetReader(ReadOnlyMemory<byte> json, string uri, in TilesetParent parent, IReadOnlyList<TilesetDialect>? dialects = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(uri);
        _parent = parent;
        _parser = new(json, uri, dialects ?? TilesetDialect.Known);
    }

    /// <summary>The outcome; null until <see cref="Step"/> has answered true.</summary>
    public TilesetResult? Result { get; private set; }

    /// <summary>
    /// Reads on. A unit of budget is a JSON token, and the later stages are charged so that a unit costs about the same there; a step
    /// may exceed its budget by one bounding volume.
    /// </summary>
    /// <param name="budget">Units to spend, at least 1.</param>
    /// <returns>Whether the outcome is there.</returns>
    public bool Step(int budget)
    {
        if (Result is not null)
            return true;
        var document = _parser.Document;
        if (_assembler is null)
        {
            if (!_parser.Step(budget))
                return false;
            if (document.Error is null)
            {
                _assembler = new(document, _parent);
                return false;
            }
        }
        else if (!_assembler.Step(budget))
        {
            return false;
        }
        var block = document.Error is null ? _assembler!.Block : null;
        Result = new(block, document.Error, document.IsUnsupported, document.Warnings(), document.WarningCount, document.GeometricError);
        return true;
    }

    /// <summary>Reads a document at once.</summary>
    /// <inheritdoc cref="TilesetReader(ReadOnlyMemory{byte}, string, in TilesetParent, IReadOnlyList{TilesetDialect})"/>
    public static TilesetResult Read(ReadOnlyMemory<byte> json, string uri, in TilesetParent parent, IReadOnlyList<TilesetDialect>? dialects = null)
    {
        var reader = new TilesetReader(json, uri, parent, dialects);
        while (!reader.Step(int.MaxValue))
        {
        }
        return reader.Result!;
    }
}
