using System.Text.Json;
using Lodestream.Cli.Tests.Fixtures;

namespace Lodestream.Cli.Tests;

/// <summary><c>lodestream world</c> and <c>lodestream demo</c> as processes, with the real generator.</summary>
public sealed class WorldCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_continent_is_written_and_its_figures_are_true()
    {
        var directory = _folder.At("world");
        var ended = await LodestreamProcess.RunAsync("world", "continent", "-o", directory, "--levels", "2", "--size", "4000", "--seed", "3", "--json", "-");
        Assert.Equal(0, ended.ExitCode);

        using var result = JsonDocument.Parse(ended.Out);
        var files = Directory.GetFiles(directory, "*", SearchOption.AllDirectories);
        Assert.Equal(3ul, result.RootElement.GetProperty("seed").GetUInt64());
        Assert.Equal(files.Length, result.RootElement.GetProperty("files").GetInt64());
        Assert.Equal(files.Sum(file => new FileInfo(file).Length), result.RootElement.GetProperty("bytes").GetInt64());
        Assert.Equal(files.Count(file => file.StartsWith(Path.Combine(directory, "terrain"), StringComparison.Ordinal)), result.RootElement.GetProperty("tiles").GetInt32());
        using var tileset = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(directory, "tileset.json")));
        Assert.Equal("1.1", tileset.RootElement.GetProperty("asset").GetProperty("version").GetString());
    }

    [Fact]
    public async Task JSON_goes_to_a_file_that_is_named()
    {
        var file = _folder.At("result.json");
        var ended = await LodestreamProcess.RunAsync("world", "continent", "-o", _folder.At("world"), "--levels", "1", "--size", "4000", "--json", file);
        Assert.Equal(0, ended.ExitCode);
        Assert.Empty(ended.Out);
        using var result = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
        Assert.True(result.RootElement.GetProperty("tiles").GetInt32() > 0);
        Assert.Equal(["result.json"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_folder_that_holds_something_is_left_alone()
    {
        var mine = _folder.Write("world/mine.txt", "mine");
        var ended = await LodestreamProcess.RunAsync("world", "continent", "-o", _folder.At("world"), "--levels", "1");
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("not empty", Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(mine));
    }

    [Theory]
    [InlineData("--levels", "99", "Levels")]
    [InlineData("--size", "-5", "SizeMetres")]
    [InlineData("--seed", "x", "--seed")]
    public async Task An_option_out_of_range_is_named_and_nothing_is_written(string option, string value, string named)
    {
        var ended = await LodestreamProcess.RunAsync("world", "continent", "-o", _folder.At("world"), option, value);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(named, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Ctrl_C_leaves_no_half_written_world()
    {
        await using var process = LodestreamProcess.Start([], "world", "continent", "-o", _folder.At("world"));
        await process.LineAsync("…");
        process.Interrupt();
        Assert.Equal(130, (await process.EndAsync()).ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task The_demo_makes_its_world_the_first_time_and_serves_it_at_once_the_second()
    {
        (string, string)[] environment = [("LODESTREAM_CACHE", _folder.At("cache"))];
        using var client = new HttpClient();
        for (var run = 1; run <= 2; run++)
        {
            await using var process = LodestreamProcess.Start(environment, "demo", "--port", "0");
            var line = await process.LineAsync("/tilesets/continent/tileset.json");
            var tileset = await client.GetStringAsync(new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..]));
            Assert.Contains("\"root\"", tileset, StringComparison.Ordinal);
            process.Interrupt();
            var ended = await process.EndAsync();
            Assert.Equal(0, ended.ExitCode);
            Assert.Equal(run == 1, ended.Error.Contains("100 % done", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("uniform", "untold")]
    [InlineData("quadtree-floor", "glb")]
    [InlineData("kdtree-floor", "untold")]
    public async Task A_city_is_written_and_inspect_finds_nothing_wrong_with_it(string partitioning, string payload)
    {
        var directory = _folder.At("city");
        var made = await LodestreamProcess.RunAsync("world", "city", "-o", directory, "--size", "150", "--partitioning", partitioning, "--payload", payload, "--json", "-");
        Assert.Equal(0, made.ExitCode);
        using var result = JsonDocument.Parse(made.Out);
        Assert.Equal(Directory.GetFiles(directory, "*", SearchOption.AllDirectories).Length, result.RootElement.GetProperty("files").GetInt64());

        var ended = await LodestreamProcess.RunAsync("inspect", directory, "--json", "-");
        Assert.Equal(0, ended.ExitCode);
        using var found = JsonDocument.Parse(ended.Out);
        Assert.Equal(result.RootElement.GetProperty("tiles").GetInt32(), found.RootElement.GetProperty("manifest").GetProperty("tiles").GetInt32() + 1);
        Assert.Equal(payload == "glb" ? "Glb" : "Untold", Assert.Single(found.RootElement.GetProperty("formats").EnumerateArray()).GetProperty("name").GetString());

        // The walk is no part of the scene.
        Assert.Contains("walk.json", Assert.Single(found.RootElement.GetProperty("problems").EnumerateArray()).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_walk_through_a_city_keeps_the_laws_by_the_error_policy()
    {
        var directory = _folder.At("city");
        Assert.Equal(0, (await LodestreamProcess.RunAsync("world", "city", "-o", directory, "--size", "150")).ExitCode);
        var ended = await LodestreamProcess.RunAsync("simulate", directory, "--policy", "error", "--camera", Path.Combine(directory, "walk.json"), "--fps", "15");
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("All laws held.", ended.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demo_of_a_city_serves_its_manifest()
    {
        (string, string)[] environment = [("LODESTREAM_CACHE", _folder.At("cache"))];
        using var client = new HttpClient();
        await using var process = LodestreamProcess.Start(environment, "demo", "--world", "city", "--port", "0");
        var line = await process.LineAsync("/tilesets/city/city.json");
        var manifest = await client.GetStringAsync(new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..]));
        Assert.Contains("quadtree_floor", manifest, StringComparison.Ordinal);
        Assert.StartsWith("Walk through it: http://", await process.LineAsync("/?walk=1"), StringComparison.Ordinal);
        process.Interrupt();
        Assert.Equal(0, (await process.EndAsync()).ExitCode);
    }
}
