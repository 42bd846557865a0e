using Lodestream.Formats;
using Lodestream.Formats.Inspection;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Cli.Scenes;

/// <summary>Which part of a scene to fetch.</summary>
/// <param name="Bounds">A box in the scene's frame; null for all. Volumes that are turned are compared by the upright box around them.</param>
/// <param name="Levels">Levels below the root.</param>
/// <param name="GeometricError">Below tiles of this error, metres, nothing is fetched.</param>
/// <param name="MaximumBytes">Where to stop.</param>
internal sealed record PrefetchArea(BoundingVolume? Bounds, int Levels, double GeometricError, long MaximumBytes);

/// <summary>What became of it.</summary>
internal sealed record PrefetchReport
{
    /// <summary>Tilesets, subtrees and manifests that were read.</summary>
    public int Documents { get; init; }

    /// <summary>Contents that lie in the area.</summary>
    public int ContentsInArea { get; init; }

    /// <summary>Contents that are here, with the files they name.</summary>
    public int Contents { get; init; }

    /// <summary>Bytes of documents, contents and the files they name.</summary>
    public long Bytes { get; init; }

    /// <summary>Whether it stopped because it had fetched as much as it may.</summary>
    public bool StoppedAtBytes { get; init; }

    /// <summary>Files that came from their source.</summary>
    public long Fetched { get; init; }

    /// <summary>Files that were in the cache.</summary>
    public long FromCache { get; init; }

    /// <summary>Files that came and could not be kept.</summary>
    public long NotKept { get; init; }

    /// <summary>Why not, the last time; null where the source forbids it.</summary>
    public string? Why { get; init; }

    /// <summary>Files that could not be had.</summary>
    public int FailureCount { get; init; }

    /// <summary>Why, the first of them.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    /// <summary>Whether all is here, and kept.</summary>
    public bool IsComplete => Contents == ContentsInArea && FailureCount == 0 && NotKept == 0;
}

/// <summary>Walks the documents of a scene as far as they meet an area, and reads what lies there, coarse levels first. What it reads stays in the cache that it reads through.</summary>
internal sealed class ScenePrefetch(SceneFileSource files, PrefetchArea area, Action<string> stage, Action<double> share)
{
    private const int Parallelism = 8;
    private const int MaximumFailures = 10;

    // As deep as the streamer goes.
    private const int MaximumDepth = 64;

    private readonly Lock _gate = new();
    private readonly List<Content> _contents = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<string> _failures = [];
    private int _failureCount;
    private int _documents;
    private int _contentsHere;
    private long _bytes;
    private int _done;

    private sealed record Document(string Uri, TilesetParent Inherited, int Level, int Depth);

    private readonly record struct Content(string Uri, int Level, UpAxis UpAxis);

    private bool IsFull => Interlocked.Read(ref _bytes) >= area.MaximumBytes;

    /// <summary>Fetches.</summary>
    /// <param name="uri">URI of the scene's first document.</param>
    /// <param name="cancellation">Ends it early; what is here stays.</param>
    /// <exception cref="CommandException">The scene cannot be opened.</exception>
    public async Task<PrefetchReport> RunAsync(string uri, CancellationToken cancellation)
    {
        stage("Reading documents");
        await ReadDocumentsAsync(uri, cancellation);
        if (_documents == 0)
            throw new CommandException(_failures[0].Contains(uri, StringComparison.Ordinal) ? _failures[0] : $"{uri}: {_failures[0]}");
        stage("Fetching contents");
        await ReadContentsAsync(cancellation);
        return new()
        {
            Documents = _documents,
            ContentsInArea = _contents.Count,
            Contents = _contentsHere,
            Bytes = _bytes,
            StoppedAtBytes = IsFull && _contentsHere < _contents.Count,
            FailureCount = _failureCount,
            Failures = _failures,
        };
    }

    private async Task ReadDocumentsAsync(string uri, CancellationToken cancellation)
    {
        List<Document> frontier = [new(uri, TilesetParent.Scene, 0, 0)];
        while (frontier.Count > 0)
        {
            var next = new List<Document>();
            await Parallel.ForEachAsync(frontier, Limits(cancellation), async (document, token) =>
            {
                if (!IsFull)
                    await ReadDocumentAsync(document, next, token);
            });
            frontier = next;
        }
    }

    private async Task ReadDocumentAsync(Document document, List<Document> next, CancellationToken cancellation)
    {
        if (document.Depth > MaximumDepth)
        {
            Fail($"{document.Uri}: tilesets are nested more than {MaximumDepth} deep");
            return;
        }
        if (await ReadAsync(document.Uri, cancellation) is not { } bytes)
            return;
        var result = await SceneDocumentReader.ReadAsync(bytes, document.Uri, document.Inherited, ReadNamedAsync, cancellation);
        if (!result.IsOk)
        {
            Fail(result.Error);
            return;
        }
        var tree = new TileTree(document.Uri);
        tree.Append(TileTree.SceneRoot, result.Block);
        lock (_gate)
        {
            _documents++;
            for (var tile = 1; tile < tree.Capacity; tile++)
                AddTile(document, tree, tile, next);
        }
    }

    private void AddTile(Document document, TileTree tree, int tile, List<Document> next)
    {
        var links = tree.Links[tile];
        var level = document.Level + links.Level;
        var above = links.Parent == TileTree.SceneRoot ? document.Inherited.GeometricError : tree.Nodes[links.Parent].GeometricError;
        if (level > area.Levels || above <= area.GeometricError || !Meets(tree.Volume(tile)))
            return;
        foreach (var content in tree.SlotsOf(tile))
        {
            var uri = tree.Contents.Uri(content);

            // A document may be named by several tiles, each time in another place: only contents are the same wherever they are named.
            if (tree.Contents.Records[content].Format == ContentFormat.Tileset)
            {
                var inherited = TilesetParent.Of(tree, tile);
                next.Add(new(uri, inherited, inherited.Subtree is null ? level + 1 : level, document.Depth + 1));
            }
            else if (_seen.Add(uri))
            {
                _contents.Add(new(uri, level, tree.UpAxisOf(tile)));
            }
        }
    }

    private bool Meets(in BoundingVolume volume)
    {
        if (area.Bounds is not { } bounds)
            return true;
        var ((min, max), (low, high)) = (bounds.AxisAlignedBounds(), volume.AxisAlignedBounds());
        return low.X <= max.X && low.Y <= max.Y && low.Z <= max.Z && high.X >= min.X && high.Y >= min.Y && high.Z >= min.Z;
    }

    private async Task ReadContentsAsync(CancellationToken cancellation)
    {
        // What is seen from afar serves most: if the room ends, it ends within a level.
        _contents.Sort((a, b) => a.Level != b.Level ? a.Level.CompareTo(b.Level) : string.CompareOrdinal(a.Uri, b.Uri));
        await Parallel.ForEachAsync(_contents, Limits(cancellation), async (content, token) =>
        {
            if (IsFull)
                return;
            if (await ReadAsync(content.Uri, token) is { } bytes && await ReadNamedByAsync(content, bytes, token))
                Interlocked.Increment(ref _contentsHere);
            share(Interlocked.Increment(ref _done) / (double)_contents.Count);
        });
    }

    // Buffers, images and schemas of their own, and what those name again.
    private async Task<bool> ReadNamedByAsync(Content content, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var named = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        while (true)
        {
            var outcome = ContentReader.Open(bytes, content.UpAxis, named, out _, out var missing);

            // What cannot be decoded is here all the same; whoever opens the scene is told why it is not shown.
            if (!outcome.IsOk || missing.Count == 0)
                return true;
            foreach (var reference in missing)
            {
                if (await ReadAsync(SceneUri.Resolve(content.Uri, reference), cancellation) is not { } file)
                    return false;
                named[reference] = file;
            }
        }
    }

    private async Task<SceneFile> ReadNamedAsync(string uri, CancellationToken cancellation) =>
        await ReadAsync(uri, cancellation) is { } bytes ? new(bytes, false, null) : new(null, false, $"{uri}: could not be read");

    private async Task<ReadOnlyMemory<byte>?> ReadAsync(string uri, CancellationToken cancellation)
    {
        var file = await files(uri, cancellation);
        if (file.Bytes is not { } bytes)
            Fail(file.Error ?? $"{uri}: could not be read");
        else
            Interlocked.Add(ref _bytes, bytes.Length);
        return file.Bytes;
    }

    private void Fail(string reason)
    {
        lock (_gate)
        {
            _failureCount++;
            if (_failures.Count < MaximumFailures)
                _failures.Add(reason);
        }
    }

    private static ParallelOptions Limits(CancellationToken cancellation) => new() { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellation };
}
