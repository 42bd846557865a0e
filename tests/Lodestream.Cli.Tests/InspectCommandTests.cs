using System.Text.Json;
using Lodestream.Cli.Tests.Fixtures;
using Lodestream.Tests.Shared;

namespace Lodestream.Cli.Tests;

/// <summary><c>lodestream inspect</c> as a process.</summary>
public sealed class InspectCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_broken_document_is_exit_code_2_and_one_line_with_the_file_and_the_place()
    {
        var path = _folder.Write("tileset.json", "{\n  \"asset\" }");
        var ended = await LodestreamProcess.RunAsync("inspect", path);
        Assert.Equal(2, ended.ExitCode);
        Assert.Empty(ended.Out);
        var line = Assert.Single(ended.ErrorLines);
        Assert.Contains("tileset.json", line, StringComparison.Ordinal);
        Assert.Contains("line 2", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_content_is_a_finding_with_its_place_not_a_failure()
    {
        _folder.Write("tileset.json", TilesetWith("absent.glb"));
        var ended = await LodestreamProcess.RunAsync("inspect", _folder.Path);
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("1 problem, 1 error among them:", ended.Out, StringComparison.Ordinal);
        Assert.Contains("error: ", ended.Out, StringComparison.Ordinal);
        Assert.Contains("absent.glb", ended.Out, StringComparison.Ordinal);
        Assert.Contains("tileset.json#root", ended.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JSON_is_alone_on_stdout()
    {
        _folder.Write("tileset.json", TilesetWith("absent.glb"));
        foreach (var args in new string[][] { ["--json", "-"], ["--json"] })
        {
            var ended = await LodestreamProcess.RunAsync(["inspect", _folder.Path, .. args]);
            Assert.Equal(0, ended.ExitCode);
            using var report = JsonDocument.Parse(ended.Out);
            Assert.Equal(1, report.RootElement.GetProperty("tiles").GetInt32());
            Assert.Equal("missingFile", report.RootElement.GetProperty("problems")[0].GetProperty("kind").GetString(), ignoreCase: true);
        }
    }

    [Fact]
    public async Task Names_in_a_file_cannot_steer_the_terminal()
    {
        _folder.Write("tileset.json", TilesetWith(@"[red]\u001b[31m\u0007.glb"));
        var ended = await LodestreamProcess.RunAsync("inspect", _folder.Path);
        Assert.Equal(0, ended.ExitCode);
        Assert.DoesNotContain('\e', ended.Out);
        Assert.DoesNotContain('\a', ended.Out);
    }

    [Fact]
    public async Task A_scene_is_inspected_over_HTTP_as_from_disk()
    {
        _folder.Write("scene/tileset.json", TilesetWith("absent.glb"));
        await using var server = LodestreamProcess.Start([], "serve", _folder.At("scene"), "--port", "0");
        var line = await server.LineAsync("/tilesets/scene/tileset.json");
        var url = line[line.IndexOf("http://", StringComparison.Ordinal)..];
        var ended = await LodestreamProcess.RunAsync("inspect", url, "--no-cache", "--json", "-");
        Assert.Equal(0, ended.ExitCode);
        using var report = JsonDocument.Parse(ended.Out);
        Assert.Equal(1, report.RootElement.GetProperty("tiles").GetInt32());
        Assert.Equal("missingFile", report.RootElement.GetProperty("problems")[0].GetProperty("kind").GetString(), ignoreCase: true);
    }

    [RealDataFact]
    public async Task Mars_is_counted_to_the_tile()
    {
        var mars = Path.Combine(DataFolder.Path!, "mars-dingo-gap");
        var ended = await LodestreamProcess.RunAsync("inspect", mars);
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("293 tiles (293 REPLACE, 0 ADD) in 1 document", ended.Out, StringComparison.Ordinal);

        // The other tilesets of the folder are variants, which this one does not name.
        Assert.Contains("8 problems, 0 errors among them", ended.Out, StringComparison.Ordinal);
        Assert.Contains("tileset-add.json: nothing in the scene names this file", ended.Out, StringComparison.Ordinal);

        var json = await LodestreamProcess.RunAsync("inspect", mars, "--json", "-");
        using var report = JsonDocument.Parse(json.Out);
        Assert.Equal([1, 4, 16, 64, 208], report.RootElement.GetProperty("levels").EnumerateArray().Select(level => level.GetProperty("tiles").GetInt32()));
        Assert.Equal(Directory.GetFiles(mars, "*.b3dm").Sum(file => new FileInfo(file).Length), report.RootElement.GetProperty("contentBytes").GetInt64());
    }

    private static string TilesetWith(string contentUri) => $$$"""
        {"asset":{"version":"1.1"},"geometricError":8,"root":{"boundingVolume":{"sphere":[0,0,0,1]},"geometricError":0,"refine":"REPLACE","content":{"uri":"{{{contentUri}}}"} } }
        """;
}
