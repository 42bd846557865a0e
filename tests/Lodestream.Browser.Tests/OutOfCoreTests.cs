using System.Text.Json;
using Lodestream.Browser.Tests.Harness;

namespace Lodestream.Browser.Tests;

/// <summary>The second tier in the page: large tiles of a manifest, whose payload the page keeps and decodes mesh by mesh.</summary>
[Collection(BrowserCollection.Name)]
public sealed class OutOfCoreTests(Harness.Browser browser)
{
    private const string Rest = "s.idle && s.settled && s.renderedKeys.length > 0";

    // Of a glb's boxes several share a mesh: nine of boxes, the floor and the pane.
    [BrowserTheory]
    [InlineData("untold", "auto", 66)]
    [InlineData("glb", "out-of-core", 11)]
    public async Task A_large_tile_comes_mesh_by_mesh_and_looks_as_it_does_whole(string payload, string admission, int meshes)
    {
        var city = new BlockCity(tiles: 1, payload: payload);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = city.FileAt;
        Picture whole;
        await using (var viewer = await OpenAsync(server, "admission=whole&batching=0"))
        {
            await viewer.UntilAsync(Rest);
            Assert.Equal((1, 0), (await DrawnAsync(viewer), (await TierAsync(viewer)).GetProperty("complete").GetInt32()));
            whole = await viewer.SeenAsync();
        }
        await using var parted = await OpenAsync(server, $"admission={admission}&batching=0");
        await parted.UntilAsync($"{Rest} && s.outOfCore.complete === 1");
        var tier = await TierAsync(parted);
        Assert.Equal((meshes, meshes), (await DrawnAsync(parted), tier.GetProperty("meshesStarted").GetInt32()));
        Assert.Equal("Complete", (await parted.EvaluateAsync<JsonElement>($"lodestream.why('t_0_0.{payload}')")).GetProperty("visualState").GetString());
        Assert.InRange(tier.GetProperty("copyBytes").GetInt64(), await parted.EvaluateAsync<long>("lodestream.viewer.tiles.stats.cpuBytes") / 2, 10_000_000);
        Assert.InRange(whole.ShareThatDiffers(await parted.SeenAsync(), out _), 0, 0.002);
        Assert.Empty(parted.PageErrors);
    }

    [BrowserFact]
    public async Task What_a_mesh_takes_is_what_was_foretold()
    {
        var city = new BlockCity(tiles: 1);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = city.FileAt;
        await using var viewer = await OpenAsync(server, "batching=0");
        await viewer.UntilAsync($"{Rest} && s.outOfCore.complete === 1");
        var figures = await ContentTests.ForetoldIsUploadedAsync(viewer);
        Assert.Equal(66, figures.Contents);
    }

    [BrowserTheory]
    [InlineData("untold")]
    [InlineData("glb")]
    public async Task Turning_away_evicting_and_coming_back_makes_no_request(string payload)
    {
        var city = new BlockCity(tiles: 1, payload: payload);
        await using var server = await LoopbackServer.StartAsync();
        var asked = new List<string>();
        server.Make = path =>
        {
            lock (asked)
                asked.Add(path);
            return city.FileAt(path);
        };
        await using var viewer = await OpenAsync(server, "admission=out-of-core&batching=0");
        await viewer.EvaluateAsync<object?>("lodestream.setCamera({ position: [-6, -10, 16], direction: [0.6, 0.7, -0.5], up: [0, 0, 1] })");
        await viewer.UntilAsync($"{Rest} && s.outOfCore.complete === 1");
        var (drawn, before) = (await DrawnAsync(viewer), await RequestsAsync(viewer));

        // With its back to the city nothing of it is seen, and the system wants memory.
        await viewer.EvaluateAsync<object?>("lodestream.setCamera({ position: [-6, -10, 16], direction: [-0.6, -0.7, 0.2], up: [0, 0, 1] })");
        await viewer.UntilAsync("s.renderedKeys.length === 0");
        await viewer.EvaluateAsync<object?>("lodestream.viewer.tiles.releaseMemory()");
        await viewer.UntilAsync("s.outOfCore.empty === 1 && s.bytes.gpuGeometry === 0");
        Assert.True((await TierAsync(viewer)).GetProperty("copyBytes").GetInt64() > 0);
        var since = asked.Count;
        await viewer.EvaluateAsync<object?>("lodestream.setCamera({ position: [-6, -10, 16], direction: [0.6, 0.7, -0.5], up: [0, 0, 1] })");
        await viewer.UntilAsync($"{Rest} && s.outOfCore.complete === 1");
        Assert.Equal(drawn, await DrawnAsync(viewer));
        Assert.Equal(before, await RequestsAsync(viewer));
        Assert.Equal(since, asked.Count);
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task Meshes_of_one_tile_are_merged_as_if_they_had_come_together()
    {
        var city = new BlockCity(tiles: 2);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = city.FileAt;
        await using var viewer = await OpenAsync(server, "");
        await viewer.UntilAsync($"{Rest} && s.outOfCore.complete === 4 && s.batching.batches === 12 && s.batching.building === 0");
        Assert.Equal((4 * city.MeshesPerTile, 4 * BlockCity.Materials),
            (await viewer.EvaluateAsync<int>("lodestream.viewer.tiles.stats.meshes"), await viewer.EvaluateAsync<int>("lodestream.viewer.tiles.stats.drawCalls")));
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task Leaving_for_good_gives_the_payload_back()
    {
        var city = new BlockCity(tiles: 1, coarser: true);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = city.FileAt;
        await using var viewer = await OpenAsync(server, "batching=0");
        await GoAsync(viewer, 10, 10, 6);
        await viewer.UntilAsync($"{Rest} && s.outOfCore.complete === 1");
        Assert.True(await viewer.EvaluateAsync<long>("lodestream.debugState().keptBytes") > 0);
        await GoAsync(viewer, 10, -75, 6);
        await viewer.UntilAsync($"{Rest} && s.outOfCore.copiesReleased === 1", seconds: 90);
        Assert.Equal(0, (await TierAsync(viewer)).GetProperty("copyBytes").GetInt64());
        Assert.Equal(0, await viewer.EvaluateAsync<long>("lodestream.debugState().keptBytes"));
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task Names_of_admission_that_are_none_are_refused()
    {
        var city = new BlockCity(tiles: 1);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = city.FileAt;
        await using var viewer = await OpenAsync(server, "");
        var error = await viewer.EvaluateAsync<string>("""
            (async () => {
              const { LodestreamTiles } = await import('./lodestream.js'), { stage } = lodestream.viewer;
              return LodestreamTiles.open('/city/city.json', { renderer: stage.renderer, camera: stage.camera, admission: 'all' }).then(() => 'fine', error => error.message);
            })()
            """);
        Assert.Contains("admission is \"all\"; it takes auto, whole or out-of-core", error, StringComparison.Ordinal);
    }

    private async Task<ViewerPage> OpenAsync(LoopbackServer server, string query)
    {
        var viewer = await browser.OpenAsync(server, BlockCity.Scene, $"policy=proximity&fade=0&clear=ff00ff&{query}");
        await viewer.ReadyAsync();
        return viewer;
    }

    private static Task<object?> GoAsync(ViewerPage viewer, double x, double y, double z) => viewer.EvaluateAsync<object?>(
        FormattableString.Invariant($"lodestream.setCamera({{ position: [{x}, {y}, {z}], direction: [{10 - x}, {12 - y}, {1 - z}], up: [0, 0, 1] }})"));

    private static Task<int> DrawnAsync(ViewerPage viewer) => viewer.EvaluateAsync<int>("lodestream.debugState().renderedKeys.length");

    private static Task<JsonElement> TierAsync(ViewerPage viewer) => viewer.EvaluateAsync<JsonElement>("lodestream.debugState().outOfCore");

    private static Task<(long Requested, long Bytes)> RequestsAsync(ViewerPage viewer) => RequestsOf(viewer);

    private static async Task<(long Requested, long Bytes)> RequestsOf(ViewerPage viewer)
    {
        var state = await viewer.StateAsync();
        return (state.GetProperty("scheduler").GetProperty("requested").GetInt64(), state.GetProperty("bytesFetched").GetInt64());
    }
}
