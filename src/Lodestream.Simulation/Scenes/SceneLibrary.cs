using Lodestream.Formats;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Inspection;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Scenes;

/// <summary>
/// The files of a real scene, as a simulated server holds them: each is read once, however many runs ask for it, and of contents only
/// sizes are kept. Safe for concurrent runs.
/// </summary>
/// <param name="files">Reads a file.</param>
/// <param name="cancellation">Calls readings off.</param>
public sealed class SceneLibrary(SceneFileSource files, CancellationToken cancellation)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, OriginContent?> _contents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OriginContent?> _plain = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Uri, ulong Place), Document> _documents = [];

    private sealed record Document(OriginContent? Content, string? Error);

    /// <summary>A tile's content with what it takes once decoded; null when there is none.</summary>
    /// <param name="uri">Absolute URI.</param>
    public OriginContent? Content(string uri) => Once(_contents, uri, MeasureContent);

    /// <summary>A file that a content depends on; null when there is none.</summary>
    /// <param name="uri">Absolute URI.</param>
    public OriginContent? File(string uri) => Once(_plain, uri, MeasureFile);

    /// <summary>A document of topology; null when there is none.</summary>
    /// <param name="uri">Absolute URI.</param>
    /// <param name="place">Path key of the tile that names it: below another tile it may mean something else.</param>
    /// <param name="parent">What it inherits from that tile.</param>
    public OriginContent? Topology(string uri, ulong place, in TilesetParent parent) => Open(uri, place, parent).Content;

    /// <summary>Why a document is of no use; null when it is.</summary>
    /// <inheritdoc cref="Topology"/>
    public string? ErrorOf(string uri, ulong place, in TilesetParent parent) => Open(uri, place, parent).Error;

    private OriginContent? Once(Dictionary<string, OriginContent?> known, string uri, Func<string, SceneFile, OriginContent?> measure)
    {
        lock (_gate)
        {
            if (!known.TryGetValue(uri, out var content))
                known[uri] = content = measure(uri, Read(uri));
            return content;
        }
    }

    // The simulated network answers within its own instant of virtual time, so it has to wait here for the real file.
    private SceneFile Read(string uri) => files(uri, cancellation).GetAwaiter().GetResult();

    private static OriginContent? MeasureFile(string uri, SceneFile file) =>
        file.Bytes is { } bytes ? new(bytes.Length) : file.IsAbsent ? null : new(1) { IsBroken = true };

    private OriginContent? MeasureContent(string uri, SceneFile file)
    {
        if (file.Bytes is not { } bytes)
            return MeasureFile(uri, file);
        var (set, needed) = (new ContentFileSet(), new List<ContentDependency>());
        long others = 0;
        for (; ; )
        {
            // Sizes do not depend on which axis points up.
            var outcome = ContentLayoutReader.Read(ContentBytes.Of(bytes), UpAxis.Y, set, TextureTranscoding.Blocks, out var layout);
            if (!outcome.IsOk)
                return new(bytes.Length) { IsBroken = outcome.Status != ReadStatus.NotSupported, IsUnsupported = outcome.Status == ReadStatus.NotSupported, Files = needed };
            if (layout is not null)
            {
                var cost = layout.Cost;
                return new(bytes.Length)
                {
                    DecodedBytes = bytes.Length + others + cost.DecodedBytes,
                    GeometryBytes = cost.GeometryBytes,
                    TextureBytes = cost.TextureBytes,
                    Files = needed,
                    Meshes = [.. PartedContent.Of(layout).Select(mesh => new OriginMesh(mesh.Shape, mesh.Part.Cost.TextureBytes))],
                };
            }
            foreach (var missing in set.Missing.ToArray())
            {
                var named = SceneUri.Resolve(uri, missing.Reference);
                needed.Add(new(named, missing.IsOptional));
                var found = Read(named).Bytes;

                // Without a file it cannot do without it is never decoded: its sizes do not matter.
                if (found is null && !missing.IsOptional)
                    return new(bytes.Length) { IsBroken = true, Files = needed };
                others += found?.Length ?? 0;
                set.Add(missing.Reference, found is { } there ? ContentBytes.Of(there) : null);
            }
        }
    }

    private Document Open(string uri, ulong place, in TilesetParent parent)
    {
        lock (_gate)
        {
            if (!_documents.TryGetValue((uri, place), out var document))
                _documents[(uri, place)] = document = Parse(uri, parent);
            return document;
        }
    }

    private Document Parse(string uri, in TilesetParent parent)
    {
        var file = Read(uri);
        if (file.Bytes is not { } bytes)
            return new(MeasureFile(uri, file), file.Error ?? $"{uri}: could not be read");
        var (reader, needed) = (new SceneDocumentReader(bytes, uri, parent), new List<ContentDependency>());
        while (reader.Result is null)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!reader.Step(1 << 16) || reader.Needs.Count == 0)
                continue;
            ContentDependency[] asked = [.. reader.Needs];
            needed.AddRange(asked);
            reader.Supply([.. asked.Select(Supply)]);
        }
        var result = reader.Result;
        var content = new OriginContent(bytes.Length) { Files = needed };
        if (result.Block is { } block)
            return new(content with { Topology = () => block }, null);
        return new(result.IsUnsupported ? content with { IsUnsupported = true } : content with { IsBroken = true, Topology = () => throw new InvalidOperationException(result.Error) }, result.Error);
    }

    private DependencyFile Supply(ContentDependency need)
    {
        var file = Read(need.Uri);
        return file.Bytes is { } bytes ? new(need.Uri, bytes, bytes.Length, null) : new(need.Uri, null, 0, file.Error ?? $"{need.Uri}: could not be read");
    }
}
