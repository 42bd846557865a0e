using Lodestream.Formats.Inspection;
using Lodestream.Formats.Manifest;
using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Formats;

/// <summary>
/// Reads a document of topology, whichever it is: a tileset.json, a subtree of an implicit tileset, or a scene manifest. All at once with
/// <see cref="ReadAsync"/>, or in steps that fit a frame.
/// </summary>
public sealed class SceneDocumentReader
{
    private readonly TilesetReader? _tileset;
    private readonly ManifestReader? _manifest;

    /// <summary>Makes a reader.</summary>
    /// <param name="json">The document; must not change while it is read, nor afterwards: what has metadata keeps it.</param>
    /// <param name="uri">The document's absolute URI.</param>
    /// <param name="parent">What it inherits from the tile that names it; <see cref="TilesetParent.Scene"/> for a scene's first document.</param>
    /// <param name="dialects">Versions of 3D Tiles to accept; null for <see cref="TilesetDialect.Known"/>.</param>
    public SceneDocumentReader(ReadOnlyMemory<byte> json, string uri, in TilesetParent parent, IReadOnlyList<TilesetDialect>? dialects = null)
    {
        if (parent.Subtree is null && ManifestReader.IsManifest(json.Span))
            _manifest = new(json, uri, parent);
        else
            _tileset = new(json, uri, parent, dialects);
    }

    /// <summary>The outcome; null until <see cref="Step"/> has answered true and nothing is needed.</summary>
    public TilesetResult? Result => _manifest is not null ? _manifest.Result : _tileset!.Result;

    /// <inheritdoc cref="TilesetReader.Needs"/>
    public IReadOnlyList<ContentDependency> Needs => _tileset?.Needs ?? [];

    /// <summary>Reads on. A unit of budget is a JSON token; a step may exceed its budget by one bounding volume, one entry of a manifest, or a subtree's JSON.</summary>
    /// <param name="budget">Units to spend, at least 1.</param>
    /// <returns>Whether the outcome is there, or <see cref="Needs"/> says what it waits for.</returns>
    public bool Step(int budget) => _manifest?.Step(budget) ?? _tileset!.Step(budget);

    /// <inheritdoc cref="TilesetReader.Supply"/>
    public void Supply(IReadOnlyList<DependencyFile> files) => _tileset?.Supply(files);

    /// <summary>Reads a document at once, with the files it needs.</summary>
    /// <param name="json">The document.</param>
    /// <param name="uri">The document's absolute URI.</param>
    /// <param name="parent">What it inherits from the tile that names it.</param>
    /// <param name="files">Reads other files.</param>
    /// <param name="cancellation">Calls the reading off.</param>
    public static async Task<TilesetResult> ReadAsync(ReadOnlyMemory<byte> json, string uri, TilesetParent parent, SceneFileSource files, CancellationToken cancellation)
    {
        if (parent.Subtree is not null || !ManifestReader.IsManifest(json.Span))
            return await TilesetReader.ReadAsync(json, uri, parent, files, cancellation).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return ManifestReader.Read(json, uri, parent);
    }
}
