using System.Text.Json;
using Lodestream.Cli.Tests.Fixtures;

namespace Lodestream.Cli.Tests;

/// <summary><c>lodestream cache</c>, and the cache behind other commands, as processes.</summary>
public sealed class CacheCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Cache => _folder.At("cache");

    [Fact]
    public async Task A_part_of_a_scene_is_fetched_once_and_can_be_read_when_its_server_is_gone()
    {
        await using var server = LodestreamProcess.Start([], "serve", WriteScene(), "--port", "0");
        var url = await UrlAsync(server);

        // The left half: the root's content, and the document on the left with its content; nothing of the right.
        var first = await ReportAsync("cache", "prefetch", url, "--bounds", "-9,-1,-1,-6,1,1", "--cache", Cache, "--json");
        Assert.Equal((2, 2, 2, 4, 0), (Int(first, "documents"), Int(first, "contentsInArea"), Int(first, "contents"), Int(first, "fetched"), Int(first, "fromCache")));

        // All of it: what is here is asked about, and only the rest comes.
        var all = await ReportAsync("cache", "prefetch", url, "--bounds", "all", "--cache", Cache, "--json");
        Assert.Equal((2, 3, 3, 1, 4), (Int(all, "documents"), Int(all, "contentsInArea"), Int(all, "contents"), Int(all, "fetched"), Int(all, "fromCache")));
        Assert.True(all.GetProperty("isComplete").GetBoolean());

        server.Interrupt();
        Assert.Equal(0, (await server.EndAsync()).ExitCode);
        var offline = await LodestreamProcess.RunAsync("inspect", url, "--cache", Cache, "--json");
        Assert.Equal(0, offline.ExitCode);
        Assert.Equal(4, JsonDocument.Parse(offline.Out).RootElement.GetProperty("tiles").GetInt32());
        var without = await LodestreamProcess.RunAsync("inspect", url, "--no-cache");
        Assert.Equal(2, without.ExitCode);
        Assert.Single(without.ErrorLines);

        var held = await ReportAsync("cache", "info", "--verify", "--cache", Cache, "--json");
        Assert.Equal((5, 0), (Int(held, "entries"), Int(held, "damaged")));
        Assert.Equal(new Uri(url).GetLeftPart(UriPartial.Authority), held.GetProperty("origins")[0].GetProperty("origin").GetString());
        var none = await LodestreamProcess.RunAsync("cache", "clear", "http://127.0.0.1:1/elsewhere/tileset.json", "--cache", Cache);
        Assert.StartsWith("0 entries", none.Out, StringComparison.Ordinal);
        var cleared = await LodestreamProcess.RunAsync("cache", "clear", url, "--cache", Cache);
        Assert.StartsWith("5 entries", cleared.Out, StringComparison.Ordinal);
        Assert.Equal(0, Int(await ReportAsync("cache", "info", "--cache", Cache, "--json"), "entries"));
    }

    [Fact]
    public async Task Levels_errors_and_bytes_bound_what_is_fetched()
    {
        await using var server = LodestreamProcess.Start([], "serve", WriteScene(), "--port", "0");
        var url = await UrlAsync(server);
        var shallow = await ReportAsync("cache", "prefetch", url, "--bounds", "all", "--levels", "0", "--cache", Cache, "--json");
        Assert.Equal((1, 1), (Int(shallow, "documents"), Int(shallow, "contents")));
        var coarse = await ReportAsync("cache", "prefetch", url, "--bounds", "all", "--error", "8", "--cache", Cache, "--json");
        Assert.Equal((1, 1), (Int(coarse, "documents"), Int(coarse, "contents")));
        var little = await ReportAsync("cache", "prefetch", url, "--bounds", "all", "--max-mb", "0.0001", "--cache", Cache, "--json");
        Assert.True(little.GetProperty("stoppedAtBytes").GetBoolean() || Int(little, "documents") == 1);
        Assert.True(Int(little, "contents") < 3);
    }

    [Fact]
    public async Task A_file_that_is_missing_is_named_and_the_exit_code_tells()
    {
        var scene = WriteScene();
        File.Delete(Path.Combine(scene, "right.glb"));
        await using var server = LodestreamProcess.Start([], "serve", scene, "--port", "0");
        var ended = await LodestreamProcess.RunAsync("cache", "prefetch", await UrlAsync(server), "--bounds", "all", "--cache", Cache);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("2 of 3 contents", ended.Out, StringComparison.Ordinal);
        Assert.Contains("right.glb: HTTP 404", ended.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_platform_s_folder_is_used_where_none_is_named()
    {
        await using var server = LodestreamProcess.Start([], "serve", WriteScene(), "--port", "0");
        var ended = await LodestreamProcess.RunAsync([("LODESTREAM_CACHE", Cache)], "cache", "prefetch", await UrlAsync(server), "--bounds", "all");
        Assert.Equal(0, ended.ExitCode);
        Assert.Equal(5, Directory.GetFiles(Path.Combine(Cache, "http", "entries"), "*", SearchOption.AllDirectories).Length);
    }

    [Theory]
    [InlineData("--bounds 1,2,3", "http://127.0.0.1:1/tileset.json", "--bounds 1,2,3: takes six numbers")]
    [InlineData("--bounds 1,0,0,0,1,1", "http://127.0.0.1:1/tileset.json", "a minimum is greater than its maximum")]
    [InlineData("--bounds all --levels -1", "http://127.0.0.1:1/tileset.json", "--levels -1: must be 0 or more")]
    [InlineData("--bounds all --cache-size 0", "http://127.0.0.1:1/tileset.json", "--cache-size 0: takes megabytes")]
    [InlineData("--bounds all", "http://192.0.2.1/tileset.json", "plain http")]
    [InlineData("--bounds all", ".", "is on this machine")]
    public async Task Wrong_use_is_exit_code_2_and_one_line(string options, string scene, string expected)
    {
        _folder.WriteTileset("scene");
        var ended = await LodestreamProcess.RunAsync(["cache", "prefetch", scene == "." ? _folder.At("scene") : scene, .. options.Split(' '), "--cache", Cache]);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(expected, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(ended.Out);
    }

    [Fact]
    public async Task To_clear_takes_a_scene_or_all()
    {
        foreach (var args in new string[][] { [], ["http://127.0.0.1/a", "--all"], ["not/a/url"] })
        {
            var ended = await LodestreamProcess.RunAsync(["cache", "clear", "--cache", Cache, .. args]);
            Assert.Equal(2, ended.ExitCode);
            Assert.Single(ended.ErrorLines);
        }
        var all = await LodestreamProcess.RunAsync("cache", "clear", "--all", "--cache", Cache);
        Assert.Equal(0, all.ExitCode);
        Assert.Equal("0 entries, 0 B, cleared", all.Out.Trim());
    }

    // A root with a content, an external tileset on its left with another, and a content on its right.
    private string WriteScene()
    {
        _folder.Write("scene/tileset.json", """
            {"asset":{"version":"1.1"},"geometricError":16,"root":{"boundingVolume":{"box":[0,0,0,10,0,0,0,10,0,0,0,10]},"geometricError":8,"refine":"REPLACE","content":{"uri":"root.glb"},
             "children":[{"boundingVolume":{"box":[-5,0,0,5,0,0,0,10,0,0,0,10]},"geometricError":4,"content":{"uri":"left/tileset.json"}},
                         {"boundingVolume":{"box":[5,0,0,5,0,0,0,10,0,0,0,10]},"geometricError":0,"content":{"uri":"right.glb"}}]}}
            """);
        _folder.Write("scene/left/tileset.json", """
            {"asset":{"version":"1.1"},"geometricError":4,"root":{"boundingVolume":{"box":[-5,0,0,5,0,0,0,10,0,0,0,10]},"geometricError":0,"refine":"REPLACE","content":{"uri":"left.glb"}}}
            """);
        foreach (var name in new[] { "root.glb", "left/left.glb", "right.glb" })
            _folder.Write("scene/" + name, "not decoded here");
        return _folder.At("scene");
    }

    private static async Task<string> UrlAsync(LodestreamProcess server)
    {
        var line = await server.LineAsync("/tilesets/scene/tileset.json");
        return line[line.IndexOf("http://", StringComparison.Ordinal)..];
    }

    private static async Task<JsonElement> ReportAsync(params string[] args)
    {
        var ended = await LodestreamProcess.RunAsync(args);
        Assert.True(ended.ExitCode == 0, ended.Error + ended.Out);
        return JsonDocument.Parse(ended.Out).RootElement;
    }

    private static int Int(JsonElement report, string name) => report.GetProperty(name).GetInt32();
}
