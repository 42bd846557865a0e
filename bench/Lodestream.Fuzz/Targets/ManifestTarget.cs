using Lodestream.Formats.Manifest;
using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;

namespace Lodestream.Fuzz.Targets;

/// <summary>Manifest scenes, in steps as the preparer reads them, into a tree.</summary>
internal static class ManifestTarget
{
    public static Parsed Parse(byte[] bytes)
    {
        _ = ManifestReader.VersionOf(bytes);
        var reader = new ManifestReader(bytes, TilesetTargets.Folder + "the.json", TilesetParent.Scene);
        while (!reader.Step(1 << 10))
        {
        }
        var result = reader.Result!;
        foreach (var warning in result.Warnings)
            Judge.CheckMessage(warning.ToString());
        if (result.Error is { } error && !error.StartsWith(TilesetTargets.Folder + "the.json: ", StringComparison.Ordinal))
            throw new InvalidOperationException($"an error that does not begin with its file: {error}");
        return new(result.Error, result.IsOk ? result : null);
    }

    public static void Look(object kept)
    {
        var tree = new TileTree(TilesetTargets.Folder + "the.json");
        tree.Append(TileTree.SceneRoot, ((TilesetResult)kept).Block!);
        var root = tree.Links[TileTree.SceneRoot].FirstChild;
        var table = ProximityTable.Of(tree, root) ?? throw new InvalidOperationException("a manifest without a table");
        for (var entry = 0; entry < table.Count; entry++)
        {
            if (!table.IsShared[entry] && !(table.StreamingRadius[entry] >= 0 && table.StreamingRadius[entry] <= table.PrefetchRadius[entry] && table.PrefetchRadius[entry] <= table.UnloadRadius[entry] && double.IsFinite(table.UnloadRadius[entry])))
                throw new InvalidOperationException($"radii that do not follow each other: {table.StreamingRadius[entry]}, {table.PrefetchRadius[entry]}, {table.UnloadRadius[entry]}");
            var tile = ProximityTable.FirstTileOf(tree, root, entry);
            for (var i = table.FirstRepresentation[entry]; i < table.FirstRepresentation[entry + 1]; i++, tile = tree.Links[tile].FirstChild)
                _ = (tree.Volume(tile), tree.Contents.Uri(tree.SlotsOf(tile)[0]));
        }
    }
}
