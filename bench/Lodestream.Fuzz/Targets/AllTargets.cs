using Lodestream.Tests.Shared;

namespace Lodestream.Fuzz.Targets;

/// <summary>Every parser with its seeds: small files written for it, and real ones where they are.</summary>
internal static class AllTargets
{
    // Large ones take long and say no more.
    private const int LargestSeed = 200 * 1024, MostOfAFolder = 12;

    public static List<FuzzTarget> Make(string temporary)
    {
        byte[][] contents = [.. WrittenSeeds.Contents(), .. WrittenSeeds.Payloads(), .. Assets("*.glb"), .. Assets("*.pnts"), .. Real("*.b3dm"), .. Real("*.i3dm"), .. Real("*.pnts"), .. Real("*.glb"), .. Real("*.gltf")];
        byte[][] tilesets = [.. WrittenSeeds.Tilesets(), .. Real("tileset*.json")];
        byte[][] subtrees = [.. WrittenSeeds.Subtrees(), .. Real("*.subtree")];
        byte[][] schemas = [WrittenSeeds.Schema, .. Real("*chema.json")];
        List<FuzzTarget> targets =
        [
            new("content", ContentTarget.Parse, ContentTarget.Look, contents) { Weight = 16 },
            new("tileset", TilesetTargets.ParseTileset, TilesetTargets.Look, tilesets) { Weight = 8 },
            new("manifest", ManifestTarget.Parse, ManifestTarget.Look, [.. WrittenSeeds.Manifests()]) { Weight = 8 },
            new("schema", MetadataTargets.ParseSchema, MetadataTargets.LookAtSchema, schemas),
            new("metadata", MetadataTargets.ParseModelMetadata, MetadataTargets.LookAtModelMetadata, [.. WrittenSeeds.ModelMetadata()]),
            new("batch", MetadataTargets.ParseBatchTable, MetadataTargets.LookAtBatchTable, [.. WrittenSeeds.BatchTables()]),
            new("archive", ArchiveTarget.Parse, ArchiveTarget.Look, [.. WrittenSeeds.Archives(), .. Real("*.3tz")]),
            new("image", SmallTargets.ParseImage, SmallTargets.LookAtNothing, [.. WrittenSeeds.Images(), .. Real("*.png"), .. Real("*.jpg")]) { Weight = 2 },
            new("glbheader", SmallTargets.ParseGlbHeader, SmallTargets.LookAtNothing, [.. contents.Where(seed => seed.AsSpan().StartsWith("glTF"u8))]) { Weight = 2 },
            new("b3dmheader", SmallTargets.ParseB3dmHeader, SmallTargets.LookAtNothing, [.. contents.Where(seed => seed.AsSpan().StartsWith("b3dm"u8))]) { Weight = 2 },
            new("path", SmallTargets.ParsePath, SmallTargets.LookAtPath, [.. WrittenSeeds.Paths()]) { Weight = 2 },
            new("probe", SmallTargets.ParseProbe, SmallTargets.LookAtNothing, tilesets) { Weight = 2 },
            new("configuration", SmallTargets.ConfigurationParser(temporary), SmallTargets.LookAtNothing, [.. WrittenSeeds.Configurations()]) { Weight = 1 },
        ];
        for (var i = 0; i < WrittenSeeds.ImplicitTilesets.Length; i++)
            targets.Add(new($"subtree{i}", TilesetTargets.SubtreeParser(WrittenSeeds.ImplicitTilesets[i]), TilesetTargets.Look, subtrees));
        return targets;
    }

    private static IEnumerable<byte[]> Assets(string pattern) => Read(Path.Combine(RepositoryRoot.Path, "tests", "Lodestream.Browser.Tests", "Assets"), pattern);

    private static IEnumerable<byte[]> Real(string pattern) => DataFolder.Path is null ? [] : Read(DataFolder.Path, pattern);

    private static IEnumerable<byte[]> Read(string folder, string pattern) => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories)
        .Select(file => new FileInfo(file)).Where(file => file.Length is > 0 and <= LargestSeed)
        .GroupBy(file => file.DirectoryName, StringComparer.Ordinal).OrderBy(files => files.Key, StringComparer.Ordinal)
        .SelectMany(files => files.OrderBy(file => file.Name, StringComparer.Ordinal).Take(MostOfAFolder))
        .Select(file => File.ReadAllBytes(file.FullName));
}
