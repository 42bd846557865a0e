using Lodestream.Browser.Tests.Harness;

namespace Lodestream.Browser.Tests;

/// <summary>A page on which nothing changes does nothing, and wakes by itself when something is due.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ParkingTests(Harness.Browser browser)
{
    private const string CountFrames = "const ask = requestAnimationFrame; window.frames = 0; window.requestAnimationFrame = f => { window.frames++; return ask(f); };";

    [BrowserFact]
    public async Task A_settled_page_asks_for_no_frame()
    {
        var world = new FlatWorld(levels: 5);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "", page => page.AddInitScriptAsync(CountFrames));
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.idle && s.settled");

        var frames = await viewer.EvaluateAsync<int[]>("(async () => { const before = window.frames; await new Promise(r => setTimeout(r, 1500)); return [before, window.frames]; })()");
        Assert.Equal(frames[0], frames[1]);

        // It is parked, not dead.
        await viewer.EvaluateAsync<object?>("lodestream.frameWorld([100, 100, 0], 500)");
        await viewer.UntilAsync("s.primaryZ === 4 && s.settled && s.idle");
    }

    [BrowserFact]
    public async Task A_parked_page_tries_a_failed_tile_again_at_its_time_without_input()
    {
        var world = new FlatWorld(levels: 1);
        var tile = FlatWorld.PathOf(0, 0, 0);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        server.Fail = path => path == tile && server.CountOf(tile) <= 2 ? 503 : 0;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "clear=ff00ff", page => page.AddInitScriptAsync("""
            // Notes whether the page was parked between attempts.
            window.parked = 0;
            setInterval(() => { try { const s = lodestream.debugState(); parked += s.idle && s.failures > 0 && s.renderedKeys.length === 0 ? 1 : 0; } catch { } }, 20);
            """));

        await viewer.UntilAsync("s.settled && s.renderedKeys.length === 1");
        Assert.Equal(3, server.CountOf(tile));
        Assert.True(await viewer.EvaluateAsync<int>("parked") > 0, "the page never parked while it waited");
        Assert.InRange(await viewer.GroundShareAsync(), 0.1, 1);
    }
}
