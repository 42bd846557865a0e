using Lodestream.Formats.Inspection;
using Lodestream.Formats.Manifest;
using Lodestream.Formats.Tests.Untold;
using Lodestream.Formats.Untold;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Tests.Inspection;

public sealed class ManifestInspectionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lodestream-manifest-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_manifest_scene_is_counted_and_its_payloads_are_looked_into()
    {
        WriteScene();

        var report = await InspectAsync();

        Assert.Equal(0, report.ErrorCount);
        Assert.Equal((5, 4, 1), (report.Tiles, report.ReplaceTiles, report.AddTiles));
        Assert.Equal(4, report.Contents);
        var manifest = report.Manifest!;
        Assert.Equal((2, 1, 1, 0, 1, 3), (manifest.Tiles, manifest.Shared, manifest.Lods, manifest.Hlods, manifest.InteriorTiles, manifest.Regions));
        Assert.Equal([new(0, 1), new FloorFigures(1, 1)], manifest.Floors);
        Assert.Equal([new("ExteriorShell", 1), new TierFigures("RoomContents", 1)], manifest.Tiers);
        Assert.True(manifest.HasInteriorZone);
        Assert.Equal(4 * (4 * 32 + 12), report.Gpu!.GeometryBytes);
        Assert.Equal("Untold", Assert.Single(report.Formats).Name);
        Assert.Equal(0, report.ProblemCount);
    }

    [Fact]
    public async Task Missing_payloads_and_textures_damage_and_strangers_are_found()
    {
        WriteScene();
        File.Delete(Path.Combine(_folder, "tiles", "b.untold"));
        var payload = UntoldWriter.Write(UntoldBytes.Model());
        payload[^1] ^= 1;
        File.WriteAllBytes(Path.Combine(_folder, "tiles", "a.untold"), payload);
        File.WriteAllBytes(Path.Combine(_folder, "tiles", "stranger.untold"), payload);

        var report = await InspectAsync();

        Assert.Contains(report.Problems, p => p is { Kind: ProblemKind.MissingFile, Severity: ProblemSeverity.Error } && p.Message.Contains("b.untold", StringComparison.Ordinal));
        Assert.Contains(report.Problems, p => p is { Kind: ProblemKind.MissingFile, Severity: ProblemSeverity.Warning } && p.Message.Contains("rough.png is not there; it is drawn without", StringComparison.Ordinal));
        Assert.Contains(report.Problems, p => p.Kind == ProblemKind.BrokenContent && p.Severity == ProblemSeverity.Warning && p.Message.Contains("content hash", StringComparison.Ordinal));
        Assert.Contains(report.Problems, p => p.Kind == ProblemKind.OrphanFile && p.Place.EndsWith("stranger.untold", StringComparison.Ordinal));
        Assert.Contains(report.Problems, p => p.Kind == ProblemKind.BrokenContent && p.Severity == ProblemSeverity.Error && p.Message.Contains("has index", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_texture_beside_a_payload_is_named_by_it()
    {
        WriteScene();
        File.WriteAllBytes(Path.Combine(_folder, "tiles", "a.untold"), UntoldWriter.Write(UntoldBytes.Model()));
        byte[] png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 8, 0, 0, 0, 4, 8, 6, 0, 0, 0];
        Directory.CreateDirectory(Path.Combine(_folder, "textures"));
        File.WriteAllBytes(Path.Combine(_folder, "textures", "brick base.png"), png);
        File.WriteAllBytes(Path.Combine(_folder, "tiles", "rough.png"), png);

        var report = await InspectAsync();

        Assert.Equal(0, report.ProblemCount);
        Assert.Equal(2 * (8 * 4 + 4 * 2 + 2 + 1) * 4, report.Gpu!.TextureBytes);
    }

    [Fact]
    public async Task A_broken_manifest_is_a_broken_document()
    {
        File.WriteAllText(Path.Combine(_folder, "city.json"), """{"version":4,"tiles":[{]}""");

        var problem = Assert.Single((await InspectAsync()).Problems);
        Assert.Equal(ProblemKind.BrokenDocument, problem.Kind);
        Assert.Contains("line 1", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_stands_for_its_tileset_else_for_its_only_manifest()
    {
        File.WriteAllText(Path.Combine(_folder, "notes.json"), "{}");
        Assert.Null(SceneFiles.Locate(_folder, out var none));
        Assert.Contains("tileset.json", none, StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(_folder, "city.json"), """{"version":3,"tiles":[]}""");
        Assert.EndsWith("/city.json", SceneFiles.Locate(_folder, out _), StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(_folder, "town.json"), """{"version":3,"tiles":[]}""");
        Assert.Null(SceneFiles.Locate(_folder, out var several));
        Assert.Contains("city.json, town.json", several, StringComparison.Ordinal);
        Assert.EndsWith("/town.json", SceneFiles.Locate(Path.Combine(_folder, "town.json"), out _), StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(_folder, "tileset.json"), "{}");
        Assert.EndsWith("/tileset.json", SceneFiles.Locate(_folder, out _), StringComparison.Ordinal);
    }

    private async Task<SceneReport> InspectAsync()
    {
        var uri = SceneFiles.Locate(_folder, out var error);
        Assert.Null(error);
        return await SceneInspector.InspectAsync(uri!, options: new() { Files = await SceneFiles.ListLocalAsync(uri!, CancellationToken.None) });
    }

    private void WriteScene()
    {
        // The walls stand at (100, 10, 0) in their payloads.
        var bounds = new ManifestBounds(new(100, 10, -1), new(101, 11, 1));
        Directory.CreateDirectory(Path.Combine(_folder, "tiles"));
        foreach (var name in (string[])["a", "a1", "b", "shared"])
            File.WriteAllBytes(Path.Combine(_folder, "tiles", $"{name}.untold"), UntoldWriter.Write(UntoldBytes.Plain(), UntoldCompression.Lz4));
        using var file = File.Create(Path.Combine(_folder, "city.json"));
        using var writer = new ManifestWriter(file, new()
        {
            Partitioning = ManifestPartitioning.KdtreeFloor,
            SharedBucket = new() { Id = "shared", Path = "tiles/shared.untold", Bounds = bounds },
        });
        writer.Write(new() { Id = "a", Path = "tiles/a.untold", Bounds = bounds, Floor = 0, NodeId = "F00_K_0", Tier = SemanticTier.ExteriorShell, LodLevels = [new("tiles/a1.untold", 100)] });
        writer.Write(new() { Id = "b", Path = "tiles/b.untold", Bounds = bounds, Floor = 1, NodeId = "F01_K_0_1", Tier = SemanticTier.RoomContents, IsInterior = true });
        writer.Complete();
    }
}
