using System.Text.Json;
using Lodestream.Browser.Tests.Harness;

namespace Lodestream.Browser.Tests;

/// <summary>Meshes that look the same are drawn with few calls, and nobody can tell by the picture.</summary>
[Collection(BrowserCollection.Name)]
public sealed class BatchingTests(Harness.Browser browser)
{
    private const string Rest = "s.idle && s.settled";

    private sealed record Calls(int Drawn, int Meshes, int DrawCalls, int Batches, string Hud);

    [BrowserTheory]
    [InlineData("untold")]
    [InlineData("glb")]
    public async Task A_manifest_scene_of_many_meshes_is_drawn_with_few_calls_and_looks_the_same(string payload)
    {
        var city = new BlockCity(tiles: 3, payload: payload);
        await using var server = await ServeAsync(city);
        var (plain, plainPicture) = await DrawAsync(server, "batching=0");
        var (batched, batchedPicture) = await DrawAsync(server, "");

        Assert.Equal((9, 9 * city.MeshesPerTile, 9 * city.MeshesPerTile, 0), (plain.Drawn, plain.Meshes, plain.DrawCalls, plain.Batches));
        Assert.Equal(9 * city.MeshesPerTile, batched.Meshes);

        // Three groups of boxes a tile; floors and panes are alone.
        Assert.Equal((27, 9 * BlockCity.Materials), (batched.Batches, batched.DrawCalls));
        Assert.StartsWith("45 of 594 · ÷ 13.2", batched.Hud, StringComparison.Ordinal);
        Assert.InRange(plainPicture.ShareThatDiffers(batchedPicture, out _), 0, 0.002);
    }

    [BrowserFact]
    public async Task What_the_graphics_card_is_told_to_draw_falls_with_it()
    {
        await using var server = await ServeAsync(new(tiles: 2));
        var calls = new List<int>();
        foreach (var batching in (string[])["0", "1"])
        {
            await using var viewer = await OpenAsync(server, $"batching={batching}");
            calls.Add(await viewer.EvaluateAsync<int>("(() => { const { stage } = lodestream.viewer; stage.render(); return stage.renderer.info.render.calls; })()"));
            Assert.Empty(viewer.PageErrors);
        }
        Assert.True(calls[0] >= 5 * calls[1], $"{calls[0]} calls became {calls[1]}");
    }

    [BrowserTheory]
    [InlineData("untold")]
    [InlineData("glb")]
    public async Task A_batched_mesh_is_picked_as_what_it_is(string payload)
    {
        await using var server = await ServeAsync(new(tiles: 1, payload: payload));
        var picked = new List<(string Uri, double[] Point)>();
        foreach (var batching in (string[])["0", "1"])
        {
            await using var viewer = await OpenAsync(server, $"batching={batching}");
            for (var x = 260; x <= 380; x += 30)
            {
                var hit = await viewer.EvaluateAsync<JsonElement>($"lodestream.pick({x}, 200)");
                picked.Add((hit.GetProperty("tile").GetProperty("uri").GetString()!, hit.GetProperty("point").Deserialize<double[]>()!));
            }
            Assert.Empty(viewer.PageErrors);
        }
        Assert.All(picked, hit => Assert.EndsWith($"t_0_0.{payload}", hit.Uri, StringComparison.Ordinal));
        for (var i = 0; i < 5; i++)
            Assert.All(Enumerable.Range(0, 3), axis => Assert.Equal(picked[i].Point[axis], picked[i + 5].Point[axis], 1e-3));
    }

    [BrowserFact]
    public async Task Meshes_that_are_to_be_told_from_others_keep_calls_of_their_own()
    {
        var city = new BlockCity(tiles: 1, named: "NM_box");
        await using var server = await ServeAsync(city);
        var (calls, _) = await DrawAsync(server, "");
        Assert.Equal((city.MeshesPerTile, city.MeshesPerTile, 0), (calls.Meshes, calls.DrawCalls, calls.Batches));
    }

    [BrowserFact]
    public async Task A_tile_that_leaves_takes_its_batch_with_it_and_no_frame_has_a_hole()
    {
        await using var server = await ServeAsync(new(tiles: 2));

        // Four tiles in one cell: each batch draws something of all of them, and dissolves when one of them goes.
        await using var viewer = await OpenAsync(server, "fade=0&clear=ff00ff", """{ "cellSize": [1000, 1000, 1000] }""");
        var result = await viewer.EvaluateAsync<JsonElement>("""
            (async () => {
              const { stage, tiles } = lodestream.viewer, gl = stage.renderer.getContext(), w = gl.drawingBufferWidth, h = gl.drawingBufferHeight, pixels = new Uint8Array(w * h * 4);
              const center = () => { stage.render(); gl.readPixels(0, 0, w, h, gl.RGBA, gl.UNSIGNED_BYTE, pixels); let ground = 0; for (let i = 0; i < pixels.length; i += 4) ground += pixels[i] > 250 && pixels[i + 1] < 5 && pixels[i + 2] > 250 ? 0 : 1; return ground; };
              const before = { ground: center(), ...tiles.stats };
              const seen = [], drawn = [];
              tiles.changed(new URL('/city/t_0_0.untold', location.href).href);
              for (let i = 0; i < 600; i++) {
                await new Promise(requestAnimationFrame);
                seen.push(center());
                drawn.push(tiles.stats.drawCalls);
                const s = lodestream.debugState();
                if (i > 10 && s.idle && s.settled && tiles.stats.batches === before.batches && Math.max(...drawn) > before.drawCalls)
                  break;
              }
              return { ground: before.ground, least: Math.min(...seen), calls: before.drawCalls, batches: before.batches, most: Math.max(...drawn), last: drawn.at(-1) };
            })()
            """);
        Assert.Equal(4, result.GetProperty("batches").GetInt32());
        Assert.Equal(result.GetProperty("ground").GetInt32(), result.GetProperty("least").GetInt32());
        Assert.True(result.GetProperty("most").GetInt32() > 4 * 60, $"the batches were never dropped: {result}");
        Assert.Equal(result.GetProperty("calls").GetInt32(), result.GetProperty("last").GetInt32());
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task In_slow_frames_batches_form_too_and_what_they_take_over_is_not_drawn_anew()
    {
        await using var server = await ServeAsync(new(tiles: 2, boxes: 36));
        await using var viewer = await OpenAsync(server, "");
        var result = await viewer.EvaluateAsync<JsonElement>("""
            (async () => {
              const { LodestreamTiles } = await import('./lodestream.js'), { stage, loop, tiles: others } = lodestream.viewer;
              loop.halt();
              others.dispose();
              const tiles = await LodestreamTiles.open('/city/city.json', { renderer: stage.renderer, camera: stage.camera, fadeMs: 0, frameBudgetMs: 0.2 });
              stage.world.add(tiles.group);
              let frames = 0, redrawn = 0;
              for (; frames < 250 && !(tiles.settled && !tiles.needsUpdate && tiles.stats.batches === 12); frames++) {
                const { drawn, batches } = tiles.stats, changed = tiles.update();
                redrawn += drawn === 4 && changed && tiles.stats.batches > batches ? 1 : 0;
                // As where drawing takes long: ten frames a second.
                await new Promise(r => setTimeout(r, 100));
              }
              const { batches, drawCalls } = tiles.stats;
              tiles.dispose();
              return { frames, redrawn, batches, drawCalls };
            })()
            """);
        Assert.Equal((12, 20), (result.GetProperty("batches").GetInt32(), result.GetProperty("drawCalls").GetInt32()));

        // Deciding alone takes the budget: a step in every other frame, which was all that was left, would be more than 600 frames.
        Assert.InRange(result.GetProperty("frames").GetInt32(), 1, 249);
        Assert.Equal(0, result.GetProperty("redrawn").GetInt32());
    }

    [BrowserFact]
    public async Task Colouring_tiles_by_level_leaves_batches_of_one_level_as_they_are()
    {
        await using var server = await ServeAsync(new(tiles: 1));
        await using var viewer = await OpenAsync(server, "");
        const string Objects = "lodestream.viewer.tiles.group.children.filter(o => o.isMesh).length";
        Assert.Equal(5, await viewer.EvaluateAsync<int>(Objects));
        await viewer.EvaluateAsync<object?>("lodestream.setOptions({ colourByLevel: true })");
        Assert.Equal(5, await viewer.EvaluateAsync<int>(Objects));
        await viewer.EvaluateAsync<object?>("lodestream.setOptions({ colourByLevel: false })");
        Assert.Equal(5, await viewer.EvaluateAsync<int>(Objects));
    }

    [BrowserFact]
    public async Task Batches_are_gone_with_a_lost_context_and_come_again_with_it()
    {
        await using var server = await ServeAsync(new(tiles: 1));
        await using var viewer = await OpenAsync(server, "");
        await viewer.EvaluateAsync<object?>("""
            new Promise(done => {
              const canvas = lodestream.viewer.stage.renderer.domElement, gl = lodestream.viewer.stage.renderer.getContext().getExtension('WEBGL_lose_context');
              canvas.addEventListener('webglcontextrestored', () => setTimeout(done, 0), { once: true });
              gl.loseContext();
              setTimeout(() => gl.restoreContext(), 200);
            })
            """);
        await viewer.UntilAsync($"{Rest} && s.batching.batches === 3");
        Assert.Equal(5, await viewer.EvaluateAsync<int>("lodestream.viewer.tiles.stats.drawCalls"));
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task Batches_count_as_memory_and_what_they_may_take_is_not_the_tiles()
    {
        await using var server = await ServeAsync(new(tiles: 2));
        await using var viewer = await OpenAsync(server, "");
        var state = await viewer.StateAsync();
        var batching = state.GetProperty("batching");
        Assert.Equal(64L << 20, batching.GetProperty("reservedBytes").GetInt64());
        Assert.InRange(batching.GetProperty("bytes").GetInt64(), 4 * 64 * 24 * 32, 64L << 20);

        // Vertices and indices on the GPU, once more in main memory, and merged: what was reserved is what was made.
        var made = await viewer.EvaluateAsync<long>("""
            lodestream.viewer.tiles.group.children.filter(o => o.name === 'lodestream-batch')
              .reduce((sum, { geometry: { attributes, index } }) => sum + Object.values(attributes).reduce((s, a) => s + a.count * a.itemSize * a.array.BYTES_PER_ELEMENT, 0) + index.count * index.array.BYTES_PER_ELEMENT, 0)
            """);
        Assert.InRange(made, 1, batching.GetProperty("bytes").GetInt64());
        Assert.Equal(512L << 20, await viewer.EvaluateAsync<long>("lodestream.viewer.tiles.stats.budgetBytes"));
    }

    [BrowserFact]
    public async Task A_tileset_is_batched_when_it_is_asked_for_and_an_option_that_makes_no_sense_is_refused_by_name()
    {
        await using var server = await ServeAsync(new(tiles: 1));
        await using var viewer = await OpenAsync(server, "");
        var error = await viewer.EvaluateAsync<string>("""
            (async () => {
              const { LodestreamTiles } = await import('./lodestream.js'), { stage } = lodestream.viewer, open = batching =>
                LodestreamTiles.open('/city/city.json', { renderer: stage.renderer, camera: stage.camera, batching }).then(tiles => (tiles.dispose(), 'fine'), error => error.message);
              return [await open({ verticesPerTick: 0 }), await open({ cells: 1 }), await open({ cellSize: 3 }), await open({ leastMeshes: 3 })].join('\n');
            })()
            """);
        Assert.Contains("VerticesPerTick is 0", error, StringComparison.Ordinal);
        Assert.Contains("batching.cells is no option", error, StringComparison.Ordinal);
        Assert.Contains("batching.cellSize is 3", error, StringComparison.Ordinal);
        Assert.EndsWith("fine", error, StringComparison.Ordinal);
    }

    private static async Task<LoopbackServer> ServeAsync(BlockCity city)
    {
        var server = await LoopbackServer.StartAsync();
        server.Make = city.FileAt;
        return server;
    }

    private async Task<(Calls Calls, Picture Picture)> DrawAsync(LoopbackServer server, string parameters)
    {
        await using var viewer = await OpenAsync(server, parameters);
        Assert.Empty(viewer.PageErrors);
        var calls = await viewer.EvaluateAsync<Calls>("(({ drawn, meshes, drawCalls, batches }) => ({ drawn, meshes, drawCalls, batches, hud: document.querySelector('[data-figure=calls]').textContent }))(lodestream.viewer.tiles.stats)");
        var picture = await viewer.SeenAsync();
        await viewer.KeepScreenshotAsync($"batching {parameters}");
        return (calls, picture);
    }

    // Over a corner of the city, towards its middle.
    private async Task<ViewerPage> OpenAsync(LoopbackServer server, string parameters, string? batching = null)
    {
        var viewer = await browser.OpenAsync(server, BlockCity.Scene, $"fade=0&{parameters}{(batching is null ? "" : $"&batching={Uri.EscapeDataString(batching)}")}");
        await viewer.ReadyAsync();
        await viewer.EvaluateAsync<object?>("lodestream.setCamera({ position: [-6, -10, 16], direction: [0.6, 0.7, -0.5], up: [0, 0, 1] })");
        await viewer.UntilAsync(Rest);
        return viewer;
    }
}
