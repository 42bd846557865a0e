using Lodestream.Browser.Tests.Harness;

namespace Lodestream.Browser.Tests;

/// <summary>Everything that can change the picture wakes a parked page, which parks again when it has been drawn.</summary>
[Collection(BrowserCollection.Name)]
public sealed class WakeTests(Harness.Browser browser)
{
    private const string CountFrames = """
        const ask = requestAnimationFrame;
        window.frames = 0;
        window.requestAnimationFrame = f => { window.frames++; return ask(f); };
        // Headless pages are never hidden by themselves.
        window.hide = hidden => {
          Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
        };
        """;

    private const string Start = "lodestream.setCamera({ position: [100, -3000, 3000], direction: [0, 0.7, -0.7], up: [0, 0, 1] })";

    private const string Eye = "lodestream.viewer.navigation.pose.position.toArray().map(c => Math.round(c)).join()";

    /// <summary>What wakes, how it is done, and a value that is another afterwards (empty: waking is all).</summary>
    private static readonly (string Source, Func<ViewerPage, Task> Act, string Changes)[] Sources =
    [
        ("a drag", DragAsync, Eye),
        ("the wheel", viewer => WheelAsync(viewer), Eye),
        ("a key", viewer => viewer.Page.Keyboard.PressAsync("ArrowLeft"), Eye),
        ("setCamera", Run("lodestream.setCamera({ position: [0, 0, 900], direction: [0, 0.1, -1], up: [0, 1, 0] })"), Eye),
        ("frameWorld", Run("lodestream.frameWorld([1000, 1000, 0], 700)"), Eye),
        ("frameScene", Run("lodestream.frameScene()"), Eye),
        ("frameSelection", Run("lodestream.frameSelection()"), Eye),
        ("a link", Run("location.hash = '#eye=0,0,2000&look=0,0.1,-1'"), Eye),
        ("resize", viewer => viewer.Page.SetViewportSizeAsync(600, 420), "lodestream.viewer.stage.camera.aspect.toFixed(3)"),
        ("setOptions", Run("lodestream.setOptions({ targetErrorPx: 200 })"), "lodestream.debugState().primaryZ"),
        ("setOptions of the picture alone", Run("lodestream.setOptions({ hour: 8 })"), ""),
        ("setLayer", Run("lodestream.setLayer('mesh', false)"), "lodestream.debugState().renderedKeys.length"),
        ("a change at the source", Run($"lodestream.viewer.tiles.changed(new URL('{FlatWorld.PathOf(0, 0, 0)}', location).href)"), "lodestream.debugState().scheduler.requested"),
        ("memory pressure", Run("lodestream.viewer.tiles.releaseMemory()"), "lodestream.debugState().evicted"),
        ("a tab that is seen again", Run("hide(true), lodestream.frameWorld([0, 0, 0], 500), hide(false)"), Eye),
        ("a context that is restored", Run("""
            (async () => {
              const loss = lodestream.viewer.stage.renderer.getContext().getExtension('WEBGL_lose_context');
              loss.loseContext();
              await new Promise(r => setTimeout(r, 200));
              loss.restoreContext();
            })()
            """), "lodestream.debugState().scheduler.requested"),
    ];

    [BrowserFact]
    public async Task Every_source_of_change_wakes_a_parked_page_and_it_parks_again()
    {
        var world = new FlatWorld(levels: 5);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "", page => page.AddInitScriptAsync(CountFrames));
        await viewer.ReadyAsync();

        foreach (var (source, act, changes) in Sources)
        {
            await BeginAsync(viewer);
            var (frames, before) = (await FramesAsync(viewer), await ValueAsync(viewer, changes));
            await act(viewer);
            if (changes.Length > 0)
                await viewer.UntilAsync($"String({changes}) !== {System.Text.Json.JsonSerializer.Serialize(before)}");
            await viewer.UntilAsync($"window.frames > {frames} && s.idle && !lodestream.viewer.tiles.needsUpdate && s.scheduler.inFlight + s.preparing === 0");

            // A straggler (a worker's answer, an opened file's memory) may still come on a slow machine: parked is who then stays so.
            var parked = new int[2];
            for (var looks = 0; looks < 3; looks++)
            {
                parked = await viewer.EvaluateAsync<int[]>("(async () => { const before = window.frames; await new Promise(r => setTimeout(r, 400)); return [before, window.frames]; })()");
                if (parked[0] == parked[1])
                    break;
            }
            Assert.True(parked[0] == parked[1], $"after {source} the page does not park: {parked[1] - parked[0]} frames in 0.4 s");
        }
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task A_page_parks_while_it_waits_for_the_network_and_wakes_when_a_content_arrives()
    {
        var world = new FlatWorld(levels: 1);
        var tile = FlatWorld.PathOf(0, 0, 0);
        using var mayAnswer = new ManualResetEventSlim();
        await using var server = await LoopbackServer.StartAsync();
        server.Make = path =>
        {
            if (path == tile)
                mayAnswer.Wait();
            return world.FileAt(path);
        };
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "", page => page.AddInitScriptAsync(CountFrames));
        await viewer.UntilAsync("s.idle && s.scheduler.inFlight === 1");
        var frames = await viewer.EvaluateAsync<int[]>("(async () => { const before = window.frames; await new Promise(r => setTimeout(r, 500)); return [before, window.frames]; })()");
        mayAnswer.Set();
        await viewer.UntilAsync("s.settled && s.idle && s.renderedKeys.length === 1");

        Assert.Equal(frames[0], frames[1]);
        Assert.True(await FramesAsync(viewer) > frames[1]);
    }

    [BrowserFact]
    public async Task A_parked_page_probes_a_host_that_was_given_a_rest_without_input()
    {
        // Five failures in a row open the breaker; after its pause one probe finds the host well again.
        var world = new FlatWorld(levels: 2);
        var failing = true;
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        server.Fail = path => failing && path.EndsWith(".glb", StringComparison.Ordinal) ? 503 : 0;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "sse=4", page => page.AddInitScriptAsync(CountFrames));
        await viewer.UntilAsync("s.idle && s.hosts.some(host => host.breaker === 'Open')");
        failing = false;
        await viewer.UntilAsync("s.settled && s.idle && s.renderedKeys.length > 0 && s.hosts.every(host => host.breaker === 'Closed')");

        Assert.Empty(viewer.PageErrors);
    }

    private static async Task BeginAsync(ViewerPage viewer)
    {
        // Looks closely first, so that there is something that is not wanted any more.
        await viewer.EvaluateAsync<object?>("lodestream.setOptions({ targetErrorPx: 16, hour: 15 }), lodestream.setLayer('mesh', true), lodestream.setCamera({ position: [-5000, -5000, 300], direction: [0, 0.7, -0.7], up: [0, 0, 1] })");
        await viewer.UntilAsync("s.settled && s.idle");
        await viewer.EvaluateAsync<object?>(Start);
        await viewer.UntilAsync("s.settled && s.idle");
    }

    private static async Task DragAsync(ViewerPage viewer)
    {
        await viewer.Page.Mouse.MoveAsync(300, 200);
        await viewer.Page.Mouse.DownAsync();
        await viewer.Page.Mouse.MoveAsync(360, 200, new() { Steps = 4 });
        await viewer.Page.Mouse.UpAsync();
    }

    private static async Task WheelAsync(ViewerPage viewer)
    {
        await viewer.Page.Mouse.MoveAsync(300, 200);
        await viewer.Page.Mouse.WheelAsync(0, -200);
    }

    private static Func<ViewerPage, Task> Run(string script) => viewer => viewer.EvaluateAsync<object?>(script);

    private static Task<int> FramesAsync(ViewerPage viewer) => viewer.EvaluateAsync<int>("window.frames");

    private static Task<string> ValueAsync(ViewerPage viewer, string expression) => viewer.EvaluateAsync<string>(expression.Length == 0 ? "''" : $"String({expression})");
}
