using Lodestream.Browser.Tests.Harness;

namespace Lodestream.Browser.Tests;

/// <summary>Names and regions on the map.</summary>
[Collection(BrowserCollection.Name)]
public sealed class LabelTests(Harness.Browser browser)
{
    private const string FromSouth = "lodestream.setCamera({ position: [0, -1500, 160], direction: [0, 1, -0.12], up: [0, 0, 1] })";
    private const string FromAbove = "lodestream.setCamera({ position: [0, -300, 1500], direction: [0, 0.1, -1], up: [0, 1, 0] })";

    // What is drawn for good, and where on the screen.
    private const string Names = "lodestream.viewer.tiles.labels.filter(l => l.opacity === 1).map(l => l.name).sort()";

    [BrowserFact]
    public async Task Names_are_shown_by_rank_and_those_behind_a_mountain_are_not()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, LabelledIsland.Scene);
        await viewer.ReadyAsync();
        await LookAsync(viewer, FromSouth);
        Assert.Equal(["Kingsbridge", "Long Water", "Westmill"], await viewer.EvaluateAsync<string[]>(Names));
        await viewer.KeepScreenshotAsync("labels-from-south");

        await LookAsync(viewer, FromAbove);
        await viewer.KeepScreenshotAsync("labels-from-above");
        Assert.Equal(["Behindhill", "Kingsbridge", "Long Water", "Westmill"], await viewer.EvaluateAsync<string[]>(Names));

        await LookAsync(viewer, FromSouth);
        Assert.Equal(["Kingsbridge", "Long Water", "Westmill"], await viewer.EvaluateAsync<string[]>(Names));
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task Letters_are_drawn_where_their_place_is_seen_and_nowhere_else()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, LabelledIsland.Scene);
        await viewer.ReadyAsync();
        await LookAsync(viewer, FromSouth);
        var lettered = await viewer.SeenAsync();
        // Each label's place on the screen.
        var places = await viewer.EvaluateAsync<double[][]>("""
            (() => {
              const { stage: { camera, renderer, world }, tiles } = lodestream.viewer, { clientWidth: w, clientHeight: h } = renderer.domElement;
              return tiles.labels.map(({ position }) => new lodestream.three.Vector3().fromArray(position).add(world.position).project(camera)).map(p => [(p.x / 2 + 0.5) * w, (0.5 - p.y / 2) * h]);
            })()
            """);
        await viewer.EvaluateAsync<object?>("lodestream.setLayer('label', false)");
        await SettleAsync(viewer);
        Assert.Empty(await viewer.EvaluateAsync<string[]>("lodestream.viewer.tiles.labels.map(l => l.name)"));
        var bare = await viewer.SeenAsync();
        int inside = 0, outside = 0, white = 0;
        for (var y = 0; y < bare.Height; y++)
        {
            for (var x = 0; x < bare.Width; x++)
            {
                var at = (y * bare.Width + x) * 3;
                if (Enumerable.Range(at, 3).All(c => Math.Abs(bare.Rgb[c] - lettered.Rgb[c]) <= 8))
                    continue;
                if (places.Any(p => Math.Abs(x - p[0]) < 70 && y - p[1] is > -40 and < 14))
                    inside++;
                else
                    outside++;
                white += lettered.Rgb[at] > 235 && lettered.Rgb[at + 1] > 235 ? 1 : 0;
            }
        }
        Assert.Equal(0, outside);
        Assert.InRange(inside, 1000, 20000);
        Assert.True(white > 100, $"only {white} pixels are as bright as letters");
    }

    [BrowserFact]
    public async Task A_layer_that_is_switched_off_fades_and_one_switched_on_again_comes_without_a_request()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, LabelledIsland.Scene);
        await viewer.ReadyAsync();
        await LookAsync(viewer, FromSouth);
        var faded = await viewer.EvaluateAsync<double[]>("""
            (async () => {
              lodestream.setLayer('label', false);
              const strengths = [];
              for (let frames = 0; frames < 500 && strengths.at(-1) !== 0; frames++) {
                await new Promise(requestAnimationFrame);
                strengths.push(Math.max(0, ...lodestream.viewer.tiles.labels.map(l => l.opacity)));
              }
              return strengths;
            })()
            """);
        Assert.Equal(0, faded[^1]);
        Assert.Equal(faded.OrderDescending(), faded);
        var state = await viewer.StateAsync();
        Assert.Equal((0, 1), (state.GetProperty("families").GetProperty("label").GetProperty("passes").GetInt32(), state.GetProperty("families").GetProperty("label").GetProperty("requested").GetInt32()));

        await viewer.EvaluateAsync<object?>("lodestream.setLayer('label', true)");
        await SettleAsync(viewer);
        Assert.Equal(["Kingsbridge", "Long Water", "Westmill"], await viewer.EvaluateAsync<string[]>(Names));
        Assert.Equal(1, (await viewer.StateAsync()).GetProperty("families").GetProperty("label").GetProperty("requested").GetInt32());
    }

    [BrowserFact]
    public async Task Terrain_takes_its_regions_colours_and_loses_and_regains_them_with_the_layer_in_one_frame()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, LabelledIsland.Scene, "fade=0");
        await viewer.ReadyAsync();
        await viewer.EvaluateAsync<object?>("lodestream.setLayer('label', false)");
        await LookAsync(viewer, FromAbove);
        var (west, east) = await ColoursAsync(viewer);
        Assert.True(west.Red > west.Blue + 20 && east.Blue > east.Red + 20, $"west {west}, east {east}");
        await viewer.KeepScreenshotAsync("regions");

        var off = await SwitchAsync(viewer, "feature", false);
        Assert.True(Math.Abs(off.West.Red - off.West.Blue) < 12 && Math.Abs(off.East.Red - off.East.Blue) < 12, $"without regions: {off}");
        Assert.Equal((west, east), await SwitchAsync(viewer, "feature", true));

        // The northern edge belongs to no region.
        var north = await viewer.EvaluateAsync<int[]>(PixelAt("-500, 960"));
        Assert.True(Math.Abs(north[0] - north[2]) < 12, $"the edge is {north[0]} {north[1]} {north[2]}");
    }

    [BrowserFact]
    public async Task A_page_that_wants_no_names_asks_for_none()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, LabelledIsland.Scene);
        await viewer.ReadyAsync();
        var asked = await viewer.EvaluateAsync<bool[]>("""
            (async () => {
              const { LodestreamTiles } = await import('./lodestream.js'), { stage: { renderer, camera } } = lodestream.viewer, answers = [];
              for (const labels of [false, undefined]) {
                const tiles = await LodestreamTiles.open('/island/tileset.json', { renderer, camera, labels });
                for (let frames = 0; frames < 600 && !tiles.settled; frames++) {
                  tiles.update();
                  await new Promise(requestAnimationFrame);
                }
                answers.push(tiles.layers.label.requested > 0);
                tiles.dispose();
              }
              return answers;
            })()
            """);
        Assert.Equal([false, true], asked);
    }

    private sealed record Colour(int Red, int Green, int Blue);

    private static async Task<(Colour West, Colour East)> ColoursAsync(ViewerPage viewer)
    {
        var (west, east) = (await viewer.EvaluateAsync<int[]>(PixelAt("-500, -600")), await viewer.EvaluateAsync<int[]>(PixelAt("500, -600")));
        return (new(west[0], west[1], west[2]), new(east[0], east[1], east[2]));
    }

    // Switches a layer, and looks at what the next frame draws.
    private static async Task<(Colour West, Colour East)> SwitchAsync(ViewerPage viewer, string family, bool on)
    {
        await viewer.EvaluateAsync<object?>($"(async () => {{ lodestream.setLayer('{family}', {(on ? "true" : "false")}); {PageScripts.NextFrame} }})()");
        return await ColoursAsync(viewer);
    }

    // Red, green and blue of the ground at x and y.
    private static string PixelAt(string place) => $$"""
        (() => {
          const { stage } = lodestream.viewer, gl = stage.renderer.getContext(), pixel = new Uint8Array(4);
          const p = new lodestream.three.Vector3({{place}}, 0).add(stage.world.position).project(stage.camera);
          stage.render();
          gl.readPixels(Math.round((p.x / 2 + 0.5) * gl.drawingBufferWidth), Math.round((p.y / 2 + 0.5) * gl.drawingBufferHeight), 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
          return [...pixel];
        })()
        """;

    private static async Task LookAsync(ViewerPage viewer, string camera)
    {
        await viewer.EvaluateAsync<object?>(camera);
        await SettleAsync(viewer);
    }

    // Labels that gave way rest for a while: the loop sleeps until then and is idle meanwhile.
    private static async Task SettleAsync(ViewerPage viewer)
    {
        await viewer.UntilAsync("s.settled && s.idle && lodestream.viewer.tiles.wakeDelay === Infinity");
    }

    private static async Task<LoopbackServer> ServeAsync()
    {
        var server = await LoopbackServer.StartAsync();
        server.Make = LabelledIsland.FileAt;
        return server;
    }
}
