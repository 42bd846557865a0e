using System.Text.Json;
using Lodestream.Browser.Tests.Harness;

namespace Lodestream.Browser.Tests;

/// <summary>Colours that tell what a tile is shown by.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ColouringTests(Harness.Browser browser)
{
    // Colours of the picture on the floor of six tiles in a row, each 20 m farther away.
    private const string Floors = """
        (() => {
          const { stage } = lodestream.viewer, gl = stage.renderer.getContext(), pixel = new Uint8Array(4);
          stage.render();
          return [0, 1, 2, 3, 4, 5].map(i => {
            const at = new lodestream.three.Vector3(i * 20 + 10, 9, 0).add(stage.world.position).project(stage.camera);
            gl.readPixels((at.x + 1) / 2 * gl.drawingBufferWidth, (at.y + 1) / 2 * gl.drawingBufferHeight, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
            return { red: pixel[0], green: pixel[1], blue: pixel[2] };
          });
        })()
        """;

    private sealed record Pixel(int Red, int Green, int Blue)
    {
        public string Hue => Red > Green * 1.1 && Red > Blue * 1.5 ? "orange" : Green > Red * 1.3 && Green > Blue * 1.3 ? "green" : Blue > Red * 1.3 && Blue > Green * 1.3 ? "blue"
            : Green > Red * 1.4 && Blue > Red * 1.4 ? "cyan" : "plain";
    }

    [BrowserFact]
    public async Task Tiles_have_the_colours_of_their_representations_and_batches_keep_them()
    {
        await using var server = await ServeAsync(new(tiles: 6, boxes: 4, coarser: true));
        await using var viewer = await OpenAsync(server, "policy=proximity");
        var representations = await viewer.EvaluateAsync<int[]>("[...lodestream.viewer.tiles.drawn.values()].filter(item => item.objects.length && item.cells.center[1] < 20).sort((a, b) => a.cells.center[0] - b.cells.center[0]).map(item => item.representation)");
        Assert.Equal([0, 1, 2, 5], representations.Distinct());
        Assert.Equal(6, representations.Length);
        Assert.All(await HuesAsync(viewer), hue => Assert.Equal("plain", hue));
        var (meshes, calls) = await CallsAsync(viewer);
        Assert.True(calls < meshes, $"{calls} calls for {meshes} meshes: nothing was batched");

        await viewer.Page.Keyboard.PressAsync("k");
        await viewer.KeepScreenshotAsync("colour by representation");
        Assert.Equal(representations.Select(r => r switch { 0 => "orange", 1 => "green", 2 => "blue", _ => "cyan" }), await HuesAsync(viewer));
        Assert.Equal((meshes, calls), await CallsAsync(viewer));
        var legend = await viewer.EvaluateAsync<string[]>("[...document.querySelectorAll('#legend:not([hidden]) li')].map(row => row.childNodes[1].textContent)");
        Assert.Equal(["Full tile", "LOD 1", "LOD 2", "HLOD"], legend);
        await viewer.UntilAsync("location.hash.includes('show=lods')");

        await viewer.EvaluateAsync<object?>("lodestream.setOptions({ colourByRepresentation: false })");
        Assert.All(await HuesAsync(viewer), hue => Assert.Equal("plain", hue));
        Assert.Equal((meshes, calls), await CallsAsync(viewer));
        Assert.True(await viewer.EvaluateAsync<bool>("document.getElementById('legend').hidden"));
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task What_is_no_manifest_s_has_its_level_s_colour_and_one_colouring_ends_the_other()
    {
        var world = new FlatWorld(levels: 3);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "fade=0#show=lods");
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.idle && s.settled");
        const string Legend = "[...document.querySelectorAll('#legend:not([hidden]) li')].map(row => row.firstChild.nextSibling.textContent)";
        var levels = await viewer.EvaluateAsync<string[]>("[...new Set([...lodestream.viewer.tiles.drawn.values()].map(({ level }) => level))].sort().map(level => `Level ${level}`)");
        Assert.Equal(levels, await viewer.EvaluateAsync<string[]>(Legend));
        await viewer.EvaluateAsync<object?>("lodestream.setOptions({ colourByLevel: true })");
        Assert.Equal(levels, await viewer.EvaluateAsync<string[]>(Legend));
        Assert.False(await viewer.EvaluateAsync<bool>("document.getElementById('lods').checked"));
        await viewer.EvaluateAsync<object?>("lodestream.setOptions({ colourByLevel: false })");
        Assert.Empty(await viewer.EvaluateAsync<string[]>(Legend));
    }

    [BrowserFact]
    public async Task A_batch_of_several_colours_is_drawn_mesh_by_mesh_and_one_of_a_single_colour_is_not()
    {
        await using var server = await ServeAsync(new(tiles: 2, boxes: 4));
        await using var viewer = await OpenAsync(server, $"batching={Uri.EscapeDataString("""{ "cellSize": [1000, 1000, 1000] }""")}");
        var (meshes, calls) = await CallsAsync(viewer);
        Assert.True(calls * 3 <= meshes, $"{calls} calls for {meshes} meshes");
        async Task<int> CallsWithAsync(string tint)
        {
            await viewer.EvaluateAsync<object?>($"lodestream.viewer.tiles.setTint({tint})");
            return await viewer.EvaluateAsync<int>("lodestream.viewer.tiles.group.children.filter(o => o.isMesh && o.visible).length");
        }
        Assert.Equal(calls, await CallsWithAsync("() => new lodestream.three.Color('red')"));
        Assert.Equal(meshes, await CallsWithAsync("({ region }) => new lodestream.three.Color().setHSL(region % 7 / 7, 1, 0.5)"));
        Assert.Equal(calls, await CallsWithAsync("null"));
        Assert.Empty(viewer.PageErrors);
    }

    private static async Task<string[]> HuesAsync(ViewerPage viewer) => [.. (await viewer.EvaluateAsync<Pixel[]>(Floors)).Select(pixel => pixel.Hue)];

    // Meshes and calls of what is drawn, and the calls counted in the scene.
    private static async Task<(int Meshes, int Calls)> CallsAsync(ViewerPage viewer)
    {
        var counts = await viewer.EvaluateAsync<JsonElement>("(({ tiles }) => ({ meshes: tiles.stats.meshes, calls: tiles.group.children.filter(o => o.isMesh && o.visible).length }))(lodestream.viewer)");
        return (counts.GetProperty("meshes").GetInt32(), counts.GetProperty("calls").GetInt32());
    }

    private static async Task<LoopbackServer> ServeAsync(BlockCity city)
    {
        var server = await LoopbackServer.StartAsync();
        server.Make = city.FileAt;
        return server;
    }

    // Before a row of tiles, along it.
    private async Task<ViewerPage> OpenAsync(LoopbackServer server, string parameters)
    {
        var viewer = await browser.OpenAsync(server, BlockCity.Scene, $"fade=0&clear=000000&{parameters}#eye=-4,9,14&look=0.94,0,-0.3");
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.idle && s.settled && s.batching.building === 0");
        return viewer;
    }
}
