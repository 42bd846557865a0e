using System.Text.Json;
using System.Text.RegularExpressions;
using Lodestream.Cli.Tests.Fixtures;
using Lodestream.Formats.Tests.Archive;
using Lodestream.Tests.Shared;

namespace Lodestream.Cli.Tests;

/// <summary>Every kind of SCENE that <c>lodestream simulate</c> takes, and its reports, as a process.</summary>
public sealed partial class SimulateScenesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RealDataFact]
    public async Task A_folder_its_archive_and_its_url_are_simulated_alike()
    {
        var folder = DataFolder.Of("3d-tiles-samples/1.0/TilesetWithDiscreteLOD");
        var archive = new ArchiveBytes();
        foreach (var file in Directory.GetFiles(folder))
            archive.Add(Path.GetFileName(file), await File.ReadAllBytesAsync(file));
        var packed = Path.Combine(_folder.Path, "lod.3tz");
        await File.WriteAllBytesAsync(packed, archive.AddIndex().Build());
        await using var server = LodestreamProcess.Start([], "serve", folder, "--port", "0");
        var url = Url().Match(await server.LineAsync("Serving ")).Value;

        var local = await SimulateAsync(folder, "--network", "local", "--duration", "2");
        Assert.Equal(3, local.GetProperty("tiles").GetInt32());
        Assert.True(local.GetProperty("network").GetProperty("bytesFetched").GetInt64() > 40_000);
        foreach (var scene in new[] { packed, $"{url}tilesets/TilesetWithDiscreteLOD/tileset.json" })
        {
            var same = await SimulateAsync(scene, "--network", "local", "--duration", "2");
            foreach (var group in new[] { "time", "quality", "network", "memory", "laws" })
                Assert.Equal(local.GetProperty(group).GetRawText(), same.GetProperty(group).GetRawText());
        }
    }

    [RealDataTheory]
    [InlineData("orbit")]
    [InlineData("flyover")]
    [InlineData("dive")]
    [InlineData("teleport")]
    [InlineData("walk")]
    [InlineData("spin")]
    public async Task Every_camera_sees_a_scene_on_the_globe_and_one_that_would_stand_on_a_table(string camera)
    {
        foreach (var scene in new[] { "3d-tiles-samples/1.0/TilesetWithDiscreteLOD", "3d-tiles-samples/1.1/SparseImplicitQuadtree" })
        {
            var report = await SimulateAsync(DataFolder.Of(scene), "--camera", camera, "--duration", "3");
            Assert.True(report.GetProperty("time").GetProperty("firstCoverageMs").ValueKind == JsonValueKind.Number, $"{scene} is never seen");
            Assert.True(report.GetProperty("network").GetProperty("requests").GetInt64() > 1, $"nothing is asked for in {scene}");
            Assert.All(report.GetProperty("laws").EnumerateObject(), law => Assert.Equal(0, law.Value.GetInt64()));
        }
    }

    [Fact]
    public async Task Two_results_are_held_against_each_other_on_one_page()
    {
        var (cable, slow, page) = (Path.Combine(_folder.Path, "cable.json"), Path.Combine(_folder.Path, "slow.json"), Path.Combine(_folder.Path, "page.html"));
        const string World = "synthetic:quadtree?levels=3&bytes=5000";
        Assert.Equal(0, (await LodestreamProcess.RunAsync("simulate", World, "--duration", "1", "--json", cable)).ExitCode);
        Assert.Equal(0, (await LodestreamProcess.RunAsync("simulate", World, "--duration", "1", "--network", "3g", "--json", slow)).ExitCode);
        Assert.Equal(0, (await LodestreamProcess.RunAsync("simulate", "--compare", cable, slow, "--report", page)).ExitCode);
        var html = await File.ReadAllTextAsync(page);
        Assert.Contains("cable.json", html, StringComparison.Ordinal);
        Assert.Contains("slow.json", html, StringComparison.Ordinal);
        var time = JsonDocument.Parse(await File.ReadAllBytesAsync(slow)).RootElement.GetProperty("time").GetProperty("firstViewCompleteMs");
        Assert.Contains(time.GetRawText(), html, StringComparison.Ordinal);

        var wrong = await LodestreamProcess.RunAsync("simulate", "--compare", cable, _folder.Write("other.json", """{ "schema": 1 }"""), "--report", page);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("other.json", Assert.Single(wrong.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_that_cannot_be_written_is_said_before_the_run()
    {
        var ended = await LodestreamProcess.RunAsync("simulate", "synthetic:quadtree?levels=3", "--duration", "100000", "--report", Path.Combine(_folder.Path, "absent", "page.html"));
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("page.html", Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> SimulateAsync(string scene, params string[] options)
    {
        var ended = await LodestreamProcess.RunAsync(["simulate", scene, "--json", "-", .. options]);
        Assert.True(ended.ExitCode == 0, ended.Error);
        return JsonDocument.Parse(ended.Out).RootElement;
    }

    [GeneratedRegex(@"https?://127\.0\.0\.1:\d+/")]
    private static partial Regex Url();
}
