using System.Diagnostics;
using Lodestream.Cli.Tests.Fixtures;

namespace Lodestream.Cli.Tests;

/// <summary>Exit codes, the one line on stderr, and nothing where it does not belong.</summary>
public sealed class MannersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "command")]
    [InlineData("bogus", "'bogus'")]
    [InlineData("serve", "PATH")]
    [InlineData("serve --port many .", "--port")]
    [InlineData("serve --nonsense .", "--nonsense")]
    [InlineData("serve /no/such/folder", "/no/such/folder")]
    [InlineData("serve --port 70000 {tileset}", "Port")]
    [InlineData("serve --host nowhere.example {tileset}", "Host")]
    [InlineData("inspect", "SCENE")]
    [InlineData("inspect /no/such/scene", "/no/such/scene")]
    [InlineData("inspect http://scenes.example/tileset.json", "plain http to another machine")]
    [InlineData("inspect ftp://scenes.example/tileset.json", "ftp://scenes.example/tileset.json")]
    [InlineData("inspect http://127.0.0.1:1/tileset.json", "http://127.0.0.1:1/tileset.json")]
    [InlineData("inspect --json {tileset}", "SCENE")]
    [InlineData("world continent", "--output")]
    [InlineData("world atlantis -o x", "atlantis")]
    [InlineData("demo --world atlantis", "atlantis")]
    [InlineData("serve --viewer /no/such/viewer {tileset}", "--viewer /no/such/viewer")]
    public async Task Wrong_use_is_exit_code_2_and_one_line_that_names_what_is_wrong(string commandLine, string named)
    {
        var tileset = _folder.WriteTileset("scene");
        var args = commandLine.Replace("{tileset}", tileset, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        AssertOneLineOf(await LodestreamProcess.RunAsync(args), named);
    }

    [Fact]
    public async Task A_broken_tileset_is_named_with_the_place()
    {
        var path = _folder.Write("tileset.json", "{\n  \"asset\" }");
        var ended = await LodestreamProcess.RunAsync("serve", path);
        AssertOneLineOf(ended, path);
        Assert.Contains("line 2, byte", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_goes_to_stdout_and_names_every_command()
    {
        var ended = await LodestreamProcess.RunAsync("--help");
        Assert.Equal(0, ended.ExitCode);
        Assert.Empty(ended.Error);
        foreach (var command in new[] { "demo", "serve", "inspect", "world", "bench" })
        {
            Assert.Contains($"  {command} ", ended.Out, StringComparison.Ordinal);
            var help = await LodestreamProcess.RunAsync(command, "--help");
            Assert.Equal(0, help.ExitCode);
            Assert.StartsWith("Description:", help.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_version_is_the_products()
    {
        var ended = await LodestreamProcess.RunAsync("--version");
        var product = FileVersionInfo.GetVersionInfo(Path.Combine(AppContext.BaseDirectory, "Lodestream.Cli.dll")).ProductVersion;
        Assert.Equal(0, ended.ExitCode);
        Assert.Equal(product, ended.Out.Trim());
    }

    private static void AssertOneLineOf(Ended ended, string named)
    {
        Assert.Equal(2, ended.ExitCode);
        Assert.Empty(ended.Out);
        var line = Assert.Single(ended.ErrorLines);
        Assert.StartsWith("lodestream: ", line, StringComparison.Ordinal);
        Assert.Contains(named, line, StringComparison.Ordinal);
    }
}
