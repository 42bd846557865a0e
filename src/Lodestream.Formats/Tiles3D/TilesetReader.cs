using Lodestream.Formats.Inspection;
using Lodestream.Formats.Tiles3D.Implicit;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Formats.Tiles3D;

/// <summary>
/// Reads a tileset.json (OGC 3D Tiles 1.0 and 1.1) or a subtree of an implicit tileset to a <see cref="TileBlock"/>: all at once with <see cref="Read"/>, or
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

    private readonly TilesetParser? _parser;
    private readonly SubtreeReader? _subtree;
    private readonly TilesetParent _parent;
    private TilesetAssembler? _assembler;
    private IReadOnlyList<ContentDependency> _needs = [];
    private ReadOnlyMemory<byte> _schema;
    private string? _schemaMissing;
    private bool _supplied;

    /// <summary>Makes a reader.</summary>
    /// <param name="json">The document, UTF-8; must not change while it is read, nor afterwards: what has metadata keeps it.</param>
    /// <param name="uri">The document's absolute URI.</param>
    /// <param name="parent">What it inherits from the tile that names it; <see cref="TilesetParent.Scene"/> for a scene's first document. Says also whether it is a subtree.</param>
    /// <param name="dialects">Versions to accept; null for <see cref="TilesetDialect.Known"/>.</param>
    public TilesetReader(ReadOnlyMemory<byte> json, string uri, in TilesetParent parent, IReadOnlyList<TilesetDialect>? dialects = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(uri);
        _parent = parent;
        if (parent.Subtree is { } reference)
            _subtree = new(json, uri, reference);
        else
            _parser = new(json, uri, dialects ?? TilesetDialect.Known);
    }

    /// <summary>The outcome; null until <see cref="Step"/> has answered true and nothing is needed.</summary>
    public TilesetResult? Result { get; private set; }

    /// <summary>Files that must be supplied before it can go on: a schema, or a subtree's buffers. Empty where nothing is needed.</summary>
    public IReadOnlyList<ContentDependency> Needs => _subtree?.Needs ?? _needs;

    /// <summary>
    /// Reads on. A unit of budget is a JSON token, and the later stages are charged so that a unit costs about the same there; a step
    /// may exceed its budget by one bounding volume, or a subtree's JSON.
    /// </summary>
    /// <param name="budget">Units to spend, at least 1.</param>
    /// <returns>Whether the outcome is there, or <see cref="Needs"/> says what it waits for.</returns>
    public bool Step(int budget)
    {
        if (Result is not null || Needs.Count > 0)
            return true;
        if (_subtree is null)
            return StepTileset(budget);
        var stopped = _subtree.Step(budget);
        Result = _subtree.Result;
        return stopped;
    }

    /// <summary>Hands over what <see cref="Needs"/> asked for; a file without payload is missing. Payloads are bytes.</summary>
    public void Supply(IReadOnlyList<DependencyFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (_subtree is not null)
        {
            _subtree.Supply(files);
            return;
        }
        (_needs, _supplied) = ([], true);
        var schema = files.Count > 0 ? files[0] : default;
        _schemaMissing = schema.Error;
        if (Payloads.BytesOf(schema.Payload) is { } bytes)
            _schema = bytes;
        else
            _schemaMissing ??= "the schema's file is missing";
    }

    /// <summary>Reads a document at once.</summary>
    /// <remarks>What the document needs in other files is taken as missing: see <see cref="ReadAsync"/>.</remarks>
    /// <inheritdoc cref="TilesetReader(ReadOnlyMemory{byte}, string, in TilesetParent, IReadOnlyList{TilesetDialect})"/>
    public static TilesetResult Read(ReadOnlyMemory<byte> json, string uri, in TilesetParent parent, IReadOnlyList<TilesetDialect>? dialects = null)
    {
        var reader = new TilesetReader(json, uri, parent, dialects);
        while (reader.Result is null)
        {
            if (reader.Step(int.MaxValue) && reader.Needs.Count > 0)
                reader.Supply([.. reader.Needs.Select(need => new DependencyFile(need.Uri, null, 0, $"{need.Uri}: was not fetched"))]);
        }
        return reader.Result;
    }

    /// <summary>Reads a document at once, with the files it needs.</summary>
    /// <param name="json">The document, UTF-8.</param>
    /// <param name="uri">The document's absolute URI.</param>
    /// <param name="parent">What it inherits from the tile that names it.</param>
    /// <param name="files">Reads other files.</param>
    /// <param name="cancellation">Calls the reading off.</param>
    public static async Task<TilesetResult> ReadAsync(ReadOnlyMemory<byte> json, string uri, TilesetParent parent, SceneFileSource files, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(files);
        const int unitsBetweenLooks = 1 << 16;
        var reader = new TilesetReader(json, uri, parent);
        while (reader.Result is null)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!reader.Step(unitsBetweenLooks) || reader.Needs.Count == 0)
                continue;
            var supplied = new List<DependencyFile>();
            foreach (var need in reader.Needs)
            {
                var file = await files(need.Uri, cancellation).ConfigureAwait(false);
                supplied.Add(file.Bytes is { } bytes ? new(need.Uri, bytes, bytes.Length, null) : new(need.Uri, null, 0, file.Error ?? $"{need.Uri}: could not be read"));
            }
            reader.Supply(supplied);
        }
        return reader.Result;
    }

    private bool StepTileset(int budget)
    {
        var document = _parser!.Document;
        if (_assembler is null)
        {
            if (!_parser.Step(budget))
                return false;
            if (document.Error is null)
            {
                if (document is { SchemaUri: { } schema, SchemaAt: < 0 } && !_supplied)
                {
                    // Tiles can be drawn without their metadata.
                    _needs = [new(SceneUri.Resolve(document.Uri, schema), IsOptional: true)];
                    return true;
                }
                _assembler = new(document, _parent, _schema, _schemaMissing);
                return false;
            }
        }
        else if (!_assembler.Step(budget))
        {
            return false;
        }
        if (_schemaMissing is not null)
            document.Warn(-1, $"its metadata cannot be read: {_schemaMissing}");
        var block = document.Error is null ? _assembler!.Block : null;
        Result = new(block, document.Error, document.IsUnsupported, document.Warnings(), document.WarningCount, document.GeometricError);
        return true;
    }
}
