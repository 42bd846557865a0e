using Lodestream.Browser.Tests.Harness;
using Lodestream.Tiler.Worlds;

namespace Lodestream.Browser.Tests;

/// <summary>Real tilesets are drawn.</summary>
[Collection(BrowserCollection.Name)]
public sealed class GroundTests(Harness.Browser browser)
{
    [BrowserFact]
    public async Task The_demo_continent_is_drawn_at_the_level_the_view_wants()
    {
        var folder = Directory.CreateTempSubdirectory("lodestream-continent").FullName;
        try
        {
            await ContinentWorld.WriteAsync(Path.Combine(folder, "world"), new() { Levels = 4, ErosionCells = 128 });
            await using var server = await LoopbackServer.StartAsync(Path.Combine(folder, "world"));
            await using var viewer = await browser.OpenAsync(server, "/scene/tileset.json", "clear=ff00ff");
            await viewer.ReadyAsync();

            var state = await viewer.StateAsync();
            Assert.True(state.GetProperty("settled").GetBoolean());
            Assert.InRange(state.GetProperty("primaryGeometricSsePx").GetDouble(), 0.001, 16);
            Assert.InRange(await viewer.GroundShareAsync(), 0.2, 0.95);
            Assert.Empty(viewer.PageErrors);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [BrowserTheory("mars-dingo-gap")]
    [InlineData("tileset.json", 0)]
    [InlineData("tileset-add.json", 0)]
    [InlineData("tileset-no-root-content.json", 0)]
    [InlineData("tileset-no-midtile-content.json", 0)]
    [InlineData("tileset-external.json", 0)]
    [InlineData("tileset-external-with-url-params.json", 0)]
    [InlineData("tileset-external-broken.json", 1)]
    [InlineData("tileset-broken-root-content.json", 1)]
    public async Task Mars_is_drawn_and_what_is_missing_is_named(string tileset, int failures)
    {
        await using var server = await LoopbackServer.StartAsync(Machine.Data("mars-dingo-gap"));
        await using var viewer = await browser.OpenAsync(server, $"/scene/{tileset}", "clear=ff00ff");
        await viewer.ReadyAsync();

        var state = await viewer.StateAsync();
        Assert.Equal(failures, state.GetProperty("errors").GetArrayLength());
        Assert.InRange(await viewer.GroundShareAsync(), 0.2, 0.95);
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task A_tileset_that_does_not_exist_is_an_error_on_the_page_that_names_it()
    {
        await using var server = await LoopbackServer.StartAsync();
        await using var viewer = await browser.OpenAsync(server, "/nowhere/tileset.json");

        var error = await viewer.EvaluateAsync<string>("lodestream.ready.then(() => 'ready', e => e.message)");
        Assert.Contains("/nowhere/tileset.json", error, StringComparison.Ordinal);
        Assert.Contains("/nowhere/tileset.json", await viewer.Page.TextContentAsync("#message"), StringComparison.Ordinal);
        Assert.Empty(viewer.PageErrors);
    }
}
