using Lodestream.Browser.Tests.Harness;
using Lodestream.Tiler.Worlds;
using Microsoft.Playwright;

namespace Lodestream.Browser.Tests;

/// <summary>Ground that was drawn stays drawn, whatever the camera does and however slow the link is.</summary>
[Collection(BrowserCollection.Name)]
public sealed class HoleTests(Harness.Browser browser)
{
    private sealed record Flight(int Frames, int RaysOnGround, int Holes, string FirstHole, int Levels, int StandIns);

    [BrowserFact]
    public async Task A_cold_start_at_four_megabits_then_a_spin_and_a_climb_show_no_hole()
    {
        var world = new FlatWorld(levels: 7, tileBytes: 51_200);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "clear=ff00ff", async page => await SlowDownAsync(page));

        // From the moment the root covers the world, every ray that meets the world's square must meet ground.
        await viewer.UntilAsync(ViewerPage.IsResident("/0_0_0.glb"));
        var flight = await viewer.EvaluateAsync<Flight>("""
            (async () => {
              const { stage } = lodestream.viewer, gl = stage.renderer.getContext(), half = 8192 * 0.995;
              const w = gl.drawingBufferWidth, h = gl.drawingBufferHeight, pixels = new Uint8Array(w * h * 4);
              const levels = new Set();
              let frames = 0, raysOnGround = 0, holes = 0, firstHole = '', standIns = 0;
              const look = () => {
                stage.render();
                gl.readPixels(0, 0, w, h, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
                const { camera } = stage, toWorld = camera.matrixWorld.clone().multiply(camera.projectionMatrixInverse), eye = camera.position;
                for (let y = 4; y < h; y += 9) {
                  for (let x = 4; x < w; x += 9) {
                    const d = new lodestream.three.Vector3((x + 0.5) / w * 2 - 1, (y + 0.5) / h * 2 - 1, 0.5).applyMatrix4(toWorld).sub(eye);
                    const t = -eye.z / d.z, gx = eye.x + d.x * t, gy = eye.y + d.y * t;
                    if (!(t > 0) || Math.abs(gx) > half || Math.abs(gy) > half || t * d.length() > camera.far * 0.9)
                      continue;
                    raysOnGround++;
                    const i = (y * w + x) * 4;
                    if (pixels[i] > 250 && pixels[i + 1] < 5 && pixels[i + 2] > 250) {
                      holes++;
                      firstHole ||= `frame ${frames}, ground at ${gx.toFixed(0)}, ${gy.toFixed(0)}`;
                    }
                  }
                }
                const state = lodestream.debugState();
                levels.add(state.primaryZ);
                standIns += state.standIns.length;
                frames++;
              };
              const began = performance.now();
              // Down to a low view while everything is cold, once round in three seconds, then up and away.
              for (let t = 0; t < 7; t = (performance.now() - began) / 1000) {
                const angle = Math.max(0, Math.min(1, (t - 1) / 3)) * 2 * Math.PI, height = t < 4 ? 400 : 400 * 40 ** ((t - 4) / 3);
                lodestream.setCamera({ position: [500, -300, height], direction: [Math.cos(angle), Math.sin(angle), -0.45], up: [0, 0, 1] });
                await new Promise(requestAnimationFrame);
                look();
              }
              return { frames, raysOnGround, holes, firstHole, levels: levels.size, standIns };
            })()
            """);

        Assert.InRange(flight.Frames, 10, int.MaxValue);
        Assert.InRange(flight.RaysOnGround, 1000, int.MaxValue);
        Assert.True(flight.Levels > 1, "the flight never changed the wanted level");
        Assert.True(flight.StandIns > 0, "nothing ever stood in for what was missing: the link was no test");
        Assert.True(flight.Holes == 0, $"{flight.Holes} of {flight.RaysOnGround} rays met no ground, the first in {flight.FirstHole}");
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task Over_the_demo_continent_no_crack_shows_while_its_tiles_come()
    {
        var folder = Directory.CreateTempSubdirectory("lodestream-continent").FullName;
        try
        {
            await ContinentWorld.WriteAsync(Path.Combine(folder, "world"), new() { Levels = 6, ErosionCells = 256 });
            await CracksAreHiddenAsync(Path.Combine(folder, "world"), "terrain/0/0_0.glb", [-1200, -10700, 2300], up: 2, height: 800, share: 1);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [BrowserTheory("mars-dingo-gap")]
    [InlineData(216, 32, 90)]
    public Task Over_Mars_whose_tiles_have_no_skirts_nine_cracks_in_ten_are_hidden(double x, double y, double z) =>
        CracksAreHiddenAsync(Machine.Data("mars-dingo-gap")!, "root.b3dm", [x, y, z], up: 1, height: 8, share: 0.9);

    private async Task CracksAreHiddenAsync(string folder, string root, double[] eye, int up, double height, double share)
    {
        await using var server = await LoopbackServer.StartAsync(folder);
        ICDPSession? link = null;
        await using var viewer = await browser.OpenAsync(server, "/scene/tileset.json", "clear=ff00ff", async page => link = await SlowDownAsync(page));
        // Names lie over the sky, too, and would pass for ground in the pictures with everything there.
        await viewer.UntilAsync("s");
        await viewer.EvaluateAsync<object?>("lodestream.setLayer('label', false)");
        // Finer tiles that overtook the root leave the rest of the ground uncovered until it comes.
        await viewer.UntilAsync(ViewerPage.IsResident(root));
        await RecordedFlight.RecordAsync(viewer, eye, up, height);
        await LimitAsync(link!, bytesPerSecond: -1);
        var flight = await RecordedFlight.JudgeAsync(viewer);

        Assert.InRange(flight.Frames, 10, int.MaxValue);
        Assert.InRange(flight.GroundPixels, 100_000, long.MaxValue);
        Assert.True(flight.StandIns > 0, "nothing ever stood in for what was missing: the link was no test");
        Assert.True(flight.Cracks > 0, $"there was no crack to hide: {flight}");
        Assert.True(flight.Holes <= flight.Cracks * (1 - share), $"the clear colour showed through the ground: {flight}");
        Assert.Empty(viewer.PageErrors);
    }

    private static async Task<ICDPSession> SlowDownAsync(IPage page)
    {
        var link = await page.Context.NewCDPSessionAsync(page);
        await link.SendAsync("Network.enable");
        await LimitAsync(link, bytesPerSecond: 4e6 / 8);
        return link;
    }

    private static async Task LimitAsync(ICDPSession link, double bytesPerSecond) => await link.SendAsync("Network.emulateNetworkConditions",
        new() { ["offline"] = false, ["latency"] = bytesPerSecond > 0 ? 40 : 0, ["downloadThroughput"] = bytesPerSecond, ["uploadThroughput"] = bytesPerSecond });
}
