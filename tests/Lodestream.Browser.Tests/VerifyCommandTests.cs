using System.Text.Json;
using Lodestream.Browser.Tests.Harness;
using Lodestream.Cli.Tests.Fixtures;

namespace Lodestream.Browser.Tests;

/// <summary><c>lodestream verify</c> as users run it, on viewers that are coherent, late, and none.</summary>
[Collection(BrowserCollection.Name)]
public sealed class VerifyCommandTests
{
    private static readonly string[] Cameras = ["continent overview", "province cluster", "location detail", "mid zoom", "oblique", "near clip"];

    [BrowserTheory]
    [InlineData("")]
    [InlineData("&policy=pyramid")]
    public async Task A_coherent_viewer_passes_and_its_figures_are_there_for_machines(string parameters)
    {
        await using var server = await ServeAsync();
        var ended = await LodestreamProcess.RunAsync("verify", UrlOf(server) + parameters, "--json");

        Assert.True(ended.ExitCode == 0, ended.Out + ended.Error);
        using var report = JsonDocument.Parse(ended.Out);
        Assert.True(report.RootElement.GetProperty("passed").GetBoolean());
        var steps = report.RootElement.GetProperty("steps").EnumerateArray().ToArray();
        Assert.Equal(Cameras, steps.Select(step => step.GetProperty("name").GetString()));
        Assert.All(steps, step => Assert.Equal(step.GetProperty("signatureAtFrame1").GetString(), step.GetProperty("signatureAtFrame3").GetString()));
        Assert.Contains(steps, step => step.GetProperty("requestsDispatched").GetInt64() > 0);
        foreach (var figure in new[] { "framesToFirstSelection", "notYetResident", "primaryGeometricSsePx", "primaryRasterSsePx", "underlayGeometricSsePx", "underlayRasterSsePx" })
            Assert.All(steps, step => Assert.True(step.TryGetProperty(figure, out _), figure));
    }

    [BrowserFact]
    public async Task A_viewer_that_waits_for_the_camera_to_rest_fails_and_every_camera_says_so()
    {
        // The defect that the probe was made for: selection 140 ms after the move, instead of in the next frame.
        await using var server = await ServeAsync("/viewer/loop.js", "requestAnimationFrame(time => this.#run(time))", "setTimeout(() => requestAnimationFrame(time => this.#run(time)), 140)");
        var ended = await LodestreamProcess.RunAsync("verify", UrlOf(server));

        Assert.True(ended.ExitCode == 1, ended.Out + ended.Error);
        Assert.Contains("Not yet", ended.Out, StringComparison.Ordinal);
        foreach (var camera in Cameras)
            Assert.Contains($"failed: {camera}: selection ran", ended.Out, StringComparison.Ordinal);
    }

    [BrowserTheory]
    [InlineData("", "the deepest tile among primaryKeys is of level")]
    [InlineData("&policy=pyramid", "is the deepest whose tiles are 256 pixels wide")]
    public async Task A_viewer_whose_level_does_not_follow_from_its_policy_fails(string parameters, string says)
    {
        await using var server = await ServeAsync("/viewer/debug-api.js", "settled: tiles.settled,", "settled: tiles.settled, primaryZ: tiles.debugState().primaryZ + 1,");
        var ended = await LodestreamProcess.RunAsync("verify", UrlOf(server) + parameters);

        Assert.True(ended.ExitCode == 1, ended.Out + ended.Error);
        Assert.Contains(says, ended.Out, StringComparison.Ordinal);
    }

    [BrowserTheory]
    [InlineData("embed.html", "no Lodestream viewer")]
    [InlineData("nowhere", "nowhere: net::ERR_")]
    public async Task A_page_that_is_no_viewer_is_wrong_use(string path, string says)
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Make = asked => asked == "/embed.html" ? "<!doctype html><title>Some page</title>"u8.ToArray() : null;
        var ended = await LodestreamProcess.RunAsync("verify", server.Url + path);

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(says, Assert.Single(ended.ErrorLines, line => line.StartsWith("lodestream:", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task A_scene_that_cannot_be_shown_is_wrong_use_and_named()
    {
        await using var server = await LoopbackServer.StartAsync();
        var ended = await LodestreamProcess.RunAsync("verify", UrlOf(server));

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(FlatWorld.Scene, ended.Error, StringComparison.Ordinal);
    }

    private static string UrlOf(LoopbackServer server) => $"{server.Url}?scene={Uri.EscapeDataString(FlatWorld.Scene)}";

    /// <summary>Serves a small world and the viewer, one file of which may say something else than it does.</summary>
    private static async Task<LoopbackServer> ServeAsync(string? file = null, string from = "", string to = "")
    {
        var world = new FlatWorld(levels: 4);
        var server = await LoopbackServer.StartAsync();
        if (file is null)
        {
            server.Make = world.FileAt;
            return server;
        }
        var text = await File.ReadAllTextAsync(Machine.Viewer + file);
        Assert.Contains(from, text, StringComparison.Ordinal);
        var doctored = System.Text.Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal));
        server.Make = path => path == file ? doctored : world.FileAt(path);
        return server;
    }
}
