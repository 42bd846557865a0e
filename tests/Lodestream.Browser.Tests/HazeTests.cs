using Lodestream.Browser.Tests.Harness;

namespace Lodestream.Browser.Tests;

/// <summary>Haze near the ground: far land fades into the sky from below, and lies clear from above.</summary>
[Collection(BrowserCollection.Name)]
public sealed class HazeTests(Harness.Browser browser)
{
    private const string Low = "eye=0,-8000,150&look=0,1,-0.05", High = "eye=0,-3000,9000&look=0,0.3,-0.95";

    // The ground 0.7 km away, 3 km and 12 km; and the sky above the horizon.
    private const string Colours = $$"""
        (async () => {
          {{PageScripts.NextFrame}}
          const { stage } = lodestream.viewer, gl = stage.renderer.getContext(), pixel = new Uint8Array(4), { drawingBufferWidth: w, drawingBufferHeight: h } = gl;
          stage.render();
          const read = (x, y) => (gl.readPixels(x, y, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel), [...pixel].slice(0, 3));
          const ground = y => { const p = new lodestream.three.Vector3(30, y, 0).add(stage.world.position).project(stage.camera); return read((p.x + 1) / 2 * w, (p.y + 1) / 2 * h); };
          return [ground(-7300), ground(-5000), ground(4000), read(w / 2, h * 0.57)];
        })()
        """;

    [BrowserFact]
    public async Task What_is_far_fades_into_the_sky_and_what_is_near_does_not()
    {
        await using var server = await ServeAsync();
        await using var viewer = await OpenAsync(server, Low);
        await viewer.KeepScreenshotAsync("haze");
        var hazy = await viewer.EvaluateAsync<int[][]>(Colours);
        await viewer.EvaluateAsync<object?>("lodestream.setOptions({ haze: false })");
        var clear = await viewer.EvaluateAsync<int[][]>(Colours);
        var faded = hazy.Zip(clear, Distance).ToArray();
        Assert.InRange(faded[0], 0, 6);
        Assert.True(faded[1] > faded[0] + 3 && faded[2] > 3 * faded[1], $"haze changes {string.Join(", ", faded)}");
        Assert.Equal(0, faded[3]);
        Assert.True(Distance(hazy[2], hazy[3]) < 0.5 * Distance(clear[2], clear[3]), "what is far has not come nearer to the sky's colour");

        await viewer.EvaluateAsync<object?>("lodestream.setOptions({ haze: true })");
        Assert.Equal(hazy, await viewer.EvaluateAsync<int[][]>(Colours));
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task From_above_all_lies_clear()
    {
        await using var server = await ServeAsync();
        await using var viewer = await OpenAsync(server, High);
        var hazy = await viewer.SeenAsync();
        await viewer.EvaluateAsync<object?>("lodestream.setOptions({ haze: false })");
        Assert.Equal(0, hazy.ShareThatDiffers(await viewer.SeenAsync(), out _));
    }

    [BrowserFact]
    public async Task A_link_keeps_that_it_is_off_and_a_plain_background_has_none()
    {
        await using var server = await ServeAsync();
        await using (var viewer = await OpenAsync(server, Low + "&hide=haze"))
        {
            Assert.False(await viewer.Page.IsCheckedAsync("#haze"));
            Assert.Contains("hide=haze", await viewer.EvaluateAsync<string>("lodestream.viewer.link"), StringComparison.Ordinal);
            var clear = await viewer.EvaluateAsync<int[][]>(Colours);
            await viewer.EvaluateAsync<object?>("lodestream.setOptions({ haze: true })");
            Assert.True(Distance(clear[2], (await viewer.EvaluateAsync<int[][]>(Colours))[2]) > 20);
        }
        await using (var viewer = await OpenAsync(server, Low, "&clear=102030"))
            Assert.True(await viewer.EvaluateAsync<bool>("lodestream.viewer.stage.scene.fog === null"));
    }

    private static double Distance(int[] a, int[] b) => Math.Sqrt(a.Zip(b, (x, y) => (double)((x - y) * (x - y))).Sum());

    private static async Task<LoopbackServer> ServeAsync()
    {
        var world = new FlatWorld(levels: 3);
        var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        return server;
    }

    private async Task<ViewerPage> OpenAsync(LoopbackServer server, string view, string parameters = "")
    {
        var viewer = await browser.OpenAsync(server, FlatWorld.Scene, $"fade=0{parameters}#{view}");
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.idle && s.settled");
        return viewer;
    }
}
