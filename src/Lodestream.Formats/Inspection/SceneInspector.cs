using Lodestream.Formats.Manifest;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Inspection;

/// <summary>
/// Walks a whole scene, with every document and content it names, and reports what it holds and what is wrong with it. What is wrong is
/// an entry of the report, never an exception.
/// </summary>
public sealed partial class SceneInspector
{
    private readonly SceneFileSource _files;
    private readonly InspectionOptions _options;
    private readonly IProgress<InspectionProgress>? _progress;
    private readonly SceneTally _tally;
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);

    private SceneInspector(SceneFileSource files, InspectionOptions options, IProgress<InspectionProgress>? progress)
    {
        (_files, _options, _progress) = (files, options, progress);
        _tally = new(options.MaximumProblemsPerKind);
    }

    // A document to read: what it inherits, and the tile that names it.
    private sealed record Pending(string Uri, TilesetParent Inherited, int Level, string NamedAt, NamingTile? Parent, Pending? Below, int Depth);

    private readonly record struct NamingTile(WrittenVolume Written, BoundingVolume Volume, double GeometricError);

    /// <summary>Inspects a scene.</summary>
    /// <param name="uri">Absolute URI of its first document (<see cref="SceneFiles.Locate"/>).</param>
    /// <param name="files">Reads its files; null for local ones.</param>
    /// <param name="options">Options; null for the defaults.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    public static async Task<SceneReport> InspectAsync(
        string uri, SceneFileSource? files = null, InspectionOptions? options = null, IProgress<InspectionProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(uri);
        var inspector = new SceneInspector(files ?? SceneFiles.ReadLocalAsync, options ?? new(), progress);
        await inspector.ReadDocumentsAsync(uri, cancellation).ConfigureAwait(false);
        if (inspector._options.ReadContents)
            await inspector.ReadContentsAsync(cancellation).ConfigureAwait(false);
        inspector.FindOrphans();
        return inspector._tally.Report(uri, inspector._options.ReadContents);
    }

    private async Task ReadDocumentsAsync(string uri, CancellationToken cancellation)
    {
        var pending = new Stack<Pending>();
        pending.Push(new(uri, TilesetParent.Scene, 0, uri, null, null, 0));
        while (pending.TryPop(out var next))
        {
            if (IsEndless(next) is { } endless)
            {
                _tally.Add(ProblemSeverity.Error, ProblemKind.EndlessDocuments, next.NamedAt, endless);
                continue;
            }
            var file = await _files(next.Uri, cancellation).ConfigureAwait(false);
            if (file.Bytes is not { } json)
            {
                _tally.Add(ProblemSeverity.Error, file.IsAbsent ? ProblemKind.MissingFile : ProblemKind.UnreadableFile, next.NamedAt, file.Error ?? $"{next.Uri}: could not be read");
                continue;
            }
            _tally.AddDocument(json.Length);
            _named.Add(next.Uri);
            _progress?.Report(new(_tally.Documents, 0, _tally.Contents.Count));
            if (next.Inherited.Subtree is null)
                await ReadDocumentAsync(next, json, pending, cancellation).ConfigureAwait(false);
            else
                await ReadSubtreeAsync(next, json, pending, cancellation).ConfigureAwait(false);
        }
    }

    // What it is made into; null where it is none, which is told.
    private TileTree? TreeOf(TilesetResult result, string uri, string namedAt)
    {
        foreach (var warning in result.Warnings)
            _tally.Add(ProblemSeverity.Warning, ProblemKind.DocumentWarning, $"{uri}#{warning.Path}", warning.Message);
        if (!result.IsOk)
        {
            _tally.Add(ProblemSeverity.Error, ProblemKind.BrokenDocument, namedAt, result.Error);
            return null;
        }
        var tree = new TileTree(uri);
        tree.Append(TileTree.SceneRoot, result.Block);
        return tree;
    }

    // A file that a document or a content names; contents are read side by side.
    private async Task<SceneFile> ReadNamedAsync(string uri, CancellationToken cancellation)
    {
        lock (_named)
            _named.Add(uri);
        return await _files(uri, cancellation).ConfigureAwait(false);
    }

    private string? IsEndless(Pending next)
    {
        if (next.Depth > _options.MaximumTilesetDepth)
            return $"{next.Uri}: tilesets are nested more than {_options.MaximumTilesetDepth} deep";
        if (_tally.Documents >= _options.MaximumDocuments)
            return $"{next.Uri}: more than {_options.MaximumDocuments} documents";
        for (var above = next.Below; above is not null; above = above.Below)
        {
            if (above.Uri == next.Uri)
                return $"{next.Uri}: names itself, through the documents between";
        }
        return null;
    }

    private async Task ReadDocumentAsync(Pending pending, ReadOnlyMemory<byte> json, Stack<Pending> documents, CancellationToken cancellation)
    {
        if (ManifestReader.IsManifest(json.Span))
        {
            ReadManifest(pending, json);
            return;
        }
        const int tokensBetweenLooks = 1 << 16;
        var parser = new TilesetParser(json, pending.Uri, _options.Dialects);
        while (!parser.Step(tokensBetweenLooks))
            cancellation.ThrowIfCancellationRequested();
        var document = parser.Document;
        TilesetAssembler? assembler = null;
        if (document.Error is null)
        {
            var (schema, missing) = await ReadSchemaAsync(document, cancellation).ConfigureAwait(false);
            assembler = new(document, pending.Inherited, schema, missing);
            while (!assembler.Step(tokensBetweenLooks))
                cancellation.ThrowIfCancellationRequested();
        }
        foreach (var warning in document.Warnings())
            _tally.Add(ProblemSeverity.Warning, ProblemKind.DocumentWarning, $"{pending.Uri}#{warning.Path}", warning.Message);
        if (document.Error is { } error)
        {
            _tally.Add(ProblemSeverity.Error, ProblemKind.BrokenDocument, pending.Uri, error);
            return;
        }
        for (var tile = 0; tile < document.Tiles.Count; tile++)
        {
            if (!assembler!.IsDropped(tile))
                InspectTile(pending, document, assembler, tile, documents);
        }
        CountMetadata(assembler!.Facts, pending.Uri);
        var tree = new TileTree(pending.Uri);
        tree.Append(TileTree.SceneRoot, assembler.Block!);
        FindOverlaps(tree, pending.Uri);
    }

    private void InspectTile(Pending pending, TilesetDocument document, TilesetAssembler assembler, int index, Stack<Pending> documents)
    {
        var tile = document.Tiles[index];
        var volume = assembler.VolumeOf(index);
        var level = pending.Level + tile.Depth;
        var tiling = assembler.TilingOf(index);
        if (tiling is null)
            _tally.AddTile(level, tile.GeometricError, (Refinement)tile.Refine);
        var parent = tile.Parent < 0
            ? pending.Parent
            : new NamingTile(document.Tiles[tile.Parent].Volume, assembler.VolumeOf(tile.Parent), document.Tiles[tile.Parent].GeometricError);
        if (parent is { } above)
            CompareWithParent(pending, document, index, tile, volume, above);
        if (tiling is not null)
        {
            // The subtree's root is this tile: it is counted there.
            var subtree = new TilesetParent(assembler.TransformOf(index), tile.GeometricError, assembler.UpAxis) { Subtree = new(tiling, default) };
            documents.Push(new(SceneUri.Resolve(document.Uri, tiling.Subtrees.Expand(default)), subtree, level, Place(), parent, pending, pending.Depth + 1));
        }
        for (var c = tile.FirstContent; c >= 0; c = document.Contents[c].Next)
        {
            var content = document.Contents[c];
            if (tile.Implicit)
                continue;
            CompareWithTile(document, assembler, index, content, tile, volume);
            var uri = SceneUri.Resolve(document.Uri, System.Text.Encoding.UTF8.GetString(document.UriOf(content)));
            var format = document.FormatOf(content);
            if (format == ContentFormat.Tileset)
            {
                var inherited = new TilesetParent(assembler.TransformOf(index), tile.GeometricError, assembler.UpAxis);
                documents.Push(new(uri, inherited, level + 1, Place(), new(tile.Volume, volume, tile.GeometricError), pending, pending.Depth + 1));
                continue;
            }
            var rotation = format == ContentFormat.Pnts ? Transform3d.Identity : ContentFrame.ToTile(assembler.UpAxis);
            _tally.AddContent(new(uri, format, document.FamilyOf(content), level, Place(), assembler.UpAxis, assembler.TransformOf(index) * rotation, volume, tile.Volume));
        }

        string Place() => $"{document.Uri}#{document.PathOf(index)}";
    }

    private void CompareWithTile(TilesetDocument document, TilesetAssembler assembler, int index, in WrittenContent content, in WrittenTile tile, in BoundingVolume volume)
    {
        if (content.VolumeNumber == 0 || document.ContentVolumes[content.VolumeNumber - 1] is not { Kind: VolumeKind.Box or VolumeKind.Sphere or VolumeKind.Region } written)
            return;
        var excess = Containment.Excess(written, assembler.VolumeIn(index, written), tile.Volume, volume);
        if (excess > 0)
            _tally.Add(ProblemSeverity.Warning, ProblemKind.OutsideVolume, $"{document.Uri}#{document.PathOf(index)}",
                FormattableString.Invariant($"a content's boundingVolume reaches {excess:G4} m out of the tile's"));
    }

    private void CompareWithParent(Pending pending, TilesetDocument document, int index, in WrittenTile tile, in BoundingVolume volume, in NamingTile parent)
    {
        if (tile.GeometricError > parent.GeometricError)
        {
            _tally.Add(ProblemSeverity.Warning, ProblemKind.ErrorInversion, $"{pending.Uri}#{document.PathOf(index)}",
                FormattableString.Invariant($"geometricError {tile.GeometricError:G6} m is greater than the parent's {parent.GeometricError:G6} m; it is clamped to that"));
        }
        var excess = Containment.Excess(tile.Volume, volume, parent.Written, parent.Volume);
        if (excess > 0)
        {
            _tally.Add(ProblemSeverity.Warning, ProblemKind.OutsideParent, $"{pending.Uri}#{document.PathOf(index)}",
                FormattableString.Invariant($"the bounding volume reaches {excess:G4} m out of the parent's"));
        }
    }

    private async Task ReadContentsAsync(CancellationToken cancellation)
    {
        var done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, _options.Parallelism), CancellationToken = cancellation };
        await Parallel.ForEachAsync(_tally.Contents, parallel, async (content, token) =>
        {
            var file = await _files(content.Uri, token).ConfigureAwait(false);
            _tally.AddContentFacts(content, await ContentInspection.InspectAsync(content, file, ReadNamedAsync, token).ConfigureAwait(false));
            _progress?.Report(new(_tally.Documents, Interlocked.Increment(ref done), _tally.Contents.Count));
        }).ConfigureAwait(false);
    }
}
