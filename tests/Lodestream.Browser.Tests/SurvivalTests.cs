using Lodestream.Browser.Tests.Harness;

namespace Lodestream.Browser.Tests;

/// <summary>What a page goes through while it streams: the GPU gives up, nobody looks, another page embeds it.</summary>
[Collection(BrowserCollection.Name)]
public sealed class SurvivalTests(Harness.Browser browser)
{
    private sealed record Embedding(int Shown, int Hidden, string[] Errors, bool Settled, int Objects, bool Stopped, string[] Left);

    [BrowserFact]
    public async Task After_the_GPU_lost_everything_the_scene_is_fetched_and_drawn_again()
    {
        var world = new FlatWorld(levels: 4);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "clear=ff00ff");
        await viewer.ReadyAsync();
        var before = await viewer.GroundShareAsync();
        var root = FlatWorld.PathOf(0, 0, 0);
        var requests = server.CountOf(root);

        await viewer.EvaluateAsync<object?>("""
            (async () => {
              const gl = lodestream.viewer.stage.renderer.getContext(), loss = gl.getExtension('WEBGL_lose_context');
              loss.loseContext();
              await new Promise(r => setTimeout(r, 300));
              loss.restoreContext();
            })()
            """);
        await viewer.UntilAsync("s.settled && s.idle");

        Assert.Equal(before, await viewer.GroundShareAsync(), 0.01);
        Assert.True(before > 0.1, $"only {before:P0} was ground before");
        Assert.True(server.CountOf(root) > requests, "the root was not fetched again");
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task A_tile_that_changed_at_its_source_changes_on_screen_and_no_frame_lacks_it()
    {
        var world = new FlatWorld(levels: 1);
        var changed = new FlatWorld(levels: 1, blue: 180);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "clear=ff00ff");
        await viewer.ReadyAsync();
        var geometries = await viewer.EvaluateAsync<int>("lodestream.viewer.stage.renderer.info.memory.geometries");
        await viewer.EvaluateAsync<object?>("""
            (() => {
              const { stage } = lodestream.viewer, gl = stage.renderer.getContext(), pixel = new Uint8Array(4);
              window.seen = [];
              window.look = () => {
                stage.render();
                gl.readPixels(gl.drawingBufferWidth >> 1, gl.drawingBufferHeight >> 1, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
                const text = [...pixel].slice(0, 3).join(' ');
                if (seen.at(-1) !== text)
                  seen.push(text);
                if (seen.length < 2)
                  requestAnimationFrame(look);
              };
              look();
            })()
            """);
        server.Make = changed.FileAt;
        await viewer.EvaluateAsync<object?>($"lodestream.viewer.tiles.changed(new URL('{FlatWorld.PathOf(0, 0, 0)}', location).href)");
        await viewer.UntilAsync("window.seen.length === 2");

        var seen = await viewer.EvaluateAsync<string[]>("seen");
        Assert.DoesNotContain("255 0 255", seen);
        await viewer.UntilAsync("s.settled && s.idle");
        Assert.Equal(geometries, await viewer.EvaluateAsync<int>("lodestream.viewer.stage.renderer.info.memory.geometries"));
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task A_hidden_page_starts_no_request_and_its_clock_stands_still()
    {
        var world = new FlatWorld(levels: 5);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "", page => page.AddInitScriptAsync("""
            // Headless pages are never hidden by themselves.
            window.hide = hidden => {
              Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
              document.dispatchEvent(new Event('visibilitychange'));
            };
            """));
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.idle");

        await viewer.EvaluateAsync<object?>("hide(true), lodestream.frameWorld([2000, 2000, 0], 600)");
        var requests = server.Requests.Count;
        await viewer.EvaluateAsync<object?>("new Promise(r => setTimeout(r, 500))");
        Assert.Equal(requests, server.Requests.Count);

        await viewer.EvaluateAsync<object?>("hide(false)");
        await viewer.UntilAsync("s.primaryZ === 4 && s.settled && s.idle");
        Assert.True(server.Requests.Count > requests);
    }

    [BrowserFact]
    public async Task Any_page_with_three_can_stream_a_scene_into_a_group_hear_of_its_tiles_and_let_go()
    {
        var world = new FlatWorld(levels: 4);
        var missing = FlatWorld.PathOf(3, 4, 4);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = path => path == "/embed.html" ? File.ReadAllBytes(Path.Combine(Machine.Root, "samples", "three-embed", "index.html")) : world.FileAt(path);
        server.Fail = path => path == missing ? 404 : 0;
        await using var page = await browser.OpenPageAsync(server, $"embed.html?tileset={FlatWorld.Scene}");
        await page.Page.WaitForFunctionAsync("window.tiles?.settled");

        var seen = await page.EvaluateAsync<Embedding>($$"""
            (async () => {
              const { tiles, camera, controls, renderer } = window;
              tiles.options.targetErrorPx = 8;
              let shown = 0, hidden = 0;
              const errors = [];
              tiles.addEventListener('tile-shown', () => shown++);
              tiles.addEventListener('tile-hidden', () => hidden++);
              tiles.addEventListener('tile-error', e => errors.push(e.uri));
              // The page draws by itself; it is y up, and streaming must follow the group it has turned.
              const until = async done => { for (let i = 0; i < 600 && !done(); i++) await new Promise(requestAnimationFrame); };
              const coarse = shown;
              controls.target.set(900, 0, -900);
              camera.position.set(900, 1500, -890);
              await until(() => tiles.settled && shown > coarse && errors.length > 0 && tiles.stats.inFlight === 0 && !tiles.needsUpdate);
              const settled = tiles.settled, objects = tiles.group.children.length;
              renderer.setAnimationLoop(null);
              tiles.dispose();
              // From here on, as the server sees it: nothing was under way.
              await fetch('/let-go');
              camera.position.set(-5000, 500, 5000);
              const stopped = !tiles.needsUpdate && !tiles.update();
              await new Promise(r => setTimeout(r, 300));
              return { shown, hidden, errors, settled, objects, stopped, left: tiles.group.children.map(({ type, name }) => `${type} ${name}`) };
            })()
            """);

        Assert.True(seen.Settled);
        Assert.InRange(seen.Shown, 2, 1000);
        Assert.InRange(seen.Hidden, 1, 1000);
        Assert.Contains(seen.Errors, uri => uri.EndsWith(missing, StringComparison.Ordinal));
        Assert.InRange(seen.Objects, 1, 1000);
        Assert.True(seen.Stopped);
        Assert.Empty(seen.Left);
        Assert.Empty(server.Requests.SkipWhile(path => path != "/let-go").Skip(1));
        Assert.Empty(page.PageErrors);
    }
}
