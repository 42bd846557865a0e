using Lodestream.Formats.Tiles3D;
using Lodestream.Formats.Tiles3D.Implicit;
using Lodestream.Scene;

namespace Lodestream.Formats.Inspection;

/// <summary>Implicit tilesets: subtree by subtree, each forgotten when its tiles are counted; and what is seen of all documents alike.</summary>
public sealed partial class SceneInspector
{
    // What of a scene's folder documents can name: other files there are nobody's business.
    private static readonly HashSet<string> TileExtensions = new(StringComparer.OrdinalIgnoreCase) { ".b3dm", ".i3dm", ".pnts", ".cmpt", ".glb", ".gltf", ".untold", ".subtree", ".json" };

    private async Task<(ReadOnlyMemory<byte> Schema, string? Missing)> ReadSchemaAsync(TilesetDocument document, CancellationToken cancellation)
    {
        if (document is not { SchemaUri: { } relative, SchemaAt: < 0 })
            return default;
        var uri = SceneUri.Resolve(document.Uri, relative);
        var file = await ReadNamedAsync(uri, cancellation).ConfigureAwait(false);
        if (file.Bytes is { } bytes)
            return (bytes, null);
        _tally.Add(ProblemSeverity.Warning, file.IsAbsent ? ProblemKind.MissingFile : ProblemKind.UnreadableFile, document.Uri, file.Error ?? $"{uri}: could not be read");
        return (default, file.Error ?? $"{uri}: could not be read");
    }

    private void CountMetadata(TilesetFacts facts, string uri)
    {
        _tally.Groups += facts.Groups.Count;
        if (facts.Schema is { } schema)
            _tally.AddSchema(schema);
        else if (facts is { SchemaError: { } error, SchemaMissing: null })
            _tally.Add(ProblemSeverity.Warning, ProblemKind.DocumentWarning, uri, error);
    }

    private async Task ReadSubtreeAsync(Pending pending, ReadOnlyMemory<byte> bytes, Stack<Pending> documents, CancellationToken cancellation)
    {
        _tally.Subtrees++;
        var result = await TilesetReader.ReadAsync(bytes, pending.Uri, pending.Inherited, ReadNamedAsync, cancellation).ConfigureAwait(false);
        if (TreeOf(result, pending.Uri, pending.NamedAt) is not { } tree)
            return;
        if (tree.ErrorInversions > 0)
            _tally.Add(ProblemSeverity.Warning, ProblemKind.ErrorInversion, pending.Uri, $"{tree.ErrorInversions} tiles have a geometricError greater than their parent's; they are clamped to that");
        for (var tile = 1; tile < tree.Capacity; tile++)
            InspectImplicitTile(pending, tree, tile, documents);
        FindOverlaps(tree, pending.Uri);
    }

    private void InspectImplicitTile(Pending pending, TileTree tree, int tile, Stack<Pending> documents)
    {
        var links = tree.Links[tile];
        var (level, volume, error) = (pending.Level + links.Level, tree.Volume(tile), tree.Nodes[tile].GeometricError);
        var inherited = TilesetParent.Of(tree, tile);
        var isRegion = pending.Inherited.Subtree!.Tiling.Volume.Kind == VolumeKind.Region;
        var above = links.Parent == TileTree.SceneRoot ? pending.Parent?.Volume : tree.Volume(links.Parent);
        if (above is { } parent && Containment.Excess(volume, parent, isRegion ? Containment.RegionTolerance : Containment.Tolerance) is > 0 and var excess)
            _tally.Add(ProblemSeverity.Warning, ProblemKind.OutsideParent, Place(), FormattableString.Invariant($"the bounding volume reaches {excess:G4} m out of the parent's"));
        if ((links.Flags & TileFlags.Unexpanded) == 0)
            _tally.AddTile(level, error, (links.Flags & TileFlags.Add) != 0 ? Refinement.Add : Refinement.Replace);
        foreach (var content in tree.SlotsOf(tile))
        {
            ref readonly var record = ref tree.Contents.Records[content];
            var uri = tree.Contents.Uri(content);
            var naming = new NamingTile(new() { Kind = isRegion ? VolumeKind.Region : VolumeKind.Box }, above ?? volume, error);
            if (record.Format != ContentFormat.Tileset)
                _tally.AddContent(new(uri, record.Format, record.Family, level, Place(), inherited.UpAxis, tree.Transform(tile), volume, default));
            else
                documents.Push(new(uri, inherited, inherited.Subtree is null ? level + 1 : level, Place(), inherited.Subtree is null ? null : naming, pending, pending.Depth + 1));
        }

        string Place() => $"{pending.Uri}#level {level}{(links.SlotCount > 0 ? $", {tree.Contents.RelativeUri(tree.SlotsOf(tile)[0])}" : "")}";
    }

    // Of more siblings the first are compared with each other: every pair of thousands is nothing anybody reads.
    private const int ComparedSiblings = 8;

    // What the tree could not verify to be disjoint, though children take their parent's place.
    private void FindOverlaps(TileTree tree, string uri)
    {
        for (var tile = 1; tile < tree.Capacity; tile++)
        {
            var links = tree.Links[tile];
            if (links.ChildCount < 2 || (links.Flags & (TileFlags.Add | TileFlags.Maskable)) != 0)
                continue;
            for (var a = links.FirstChild; a < links.FirstChild + Math.Min(links.ChildCount, ComparedSiblings); a++)
            {
                for (var b = a + 1; b < links.FirstChild + Math.Min(links.ChildCount, ComparedSiblings); b++)
                {
                    var depth = Containment.Overlap(tree.Volume(a), tree.Volume(b));
                    if (depth <= 0)
                        continue;
                    _tally.Add(ProblemSeverity.Note, ProblemKind.OverlappingSiblings, $"{uri}#{PathOf(tree, tile)}", FormattableString.Invariant(
                        $"children {a - links.FirstChild} and {b - links.FirstChild} overlap by {depth:G4} m: hosts wait for all children before they replace it"));
                    a = b = links.FirstChild + links.ChildCount;
                }
            }
        }
    }

    private static string PathOf(TileTree tree, int tile)
    {
        var path = "";
        for (; tree.Links[tile].Parent != TileTree.SceneRoot; tile = tree.Links[tile].Parent)
            path = $".children[{tile - tree.Links[tree.Links[tile].Parent].FirstChild}]{path}";
        return "root" + path;
    }

    private void FindOrphans()
    {
        if (_options.Files is not { } files)
            return;
        foreach (var content in _tally.Contents)
            _named.Add(content.Uri);
        var named = _named.Select(WithoutQuery).ToHashSet(StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (!named.Contains(file) && TileExtensions.Contains(Path.GetExtension(file)))
                _tally.Add(ProblemSeverity.Note, ProblemKind.OrphanFile, file, "nothing in the scene names this file");
        }

        static string WithoutQuery(string uri)
        {
            var end = uri.AsSpan().IndexOfAny('?', '#');
            return end < 0 ? uri : uri[..end];
        }
    }
}
