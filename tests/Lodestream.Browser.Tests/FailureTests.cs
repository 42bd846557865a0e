using Lodestream.Browser.Tests.Harness;

namespace Lodestream.Browser.Tests;

/// <summary>What fails leaves what was there drawn.</summary>
[Collection(BrowserCollection.Name)]
public sealed class FailureTests(Harness.Browser browser)
{
    [BrowserTheory]
    [InlineData(3L << 30, "at most 1073741824 are accepted")]
    [InlineData(100L << 20, "")]
    public async Task A_tile_that_lies_about_its_length_fails_and_gives_back_what_was_reserved_for_it(long announced, string says)
    {
        var world = new FlatWorld(levels: 2);
        var bad = FlatWorld.PathOf(1, 1, 1);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        server.Announce = path => path == bad ? announced : -1;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "sse=4");
        await viewer.UntilAsync($"s.errors.some(e => e.includes('{bad}') && e.includes('{says}')) && s.renderedKeys.length > 0 && s.bytes.cpu < 1e6");
        Assert.NotEqual("Resident", await viewer.EvaluateAsync<string>($"lodestream.why('{bad}').state"));
        Assert.Empty(viewer.PageErrors);
    }

    private sealed record Outcome(double GroundBefore, double GroundAfter, int StandIns, string Reason);

    [BrowserTheory]
    [InlineData("absent")]
    [InlineData("broken")]
    [InlineData("empty")]
    public async Task A_tile_that_cannot_be_had_leaves_its_ancestor_drawn_in_its_place(string how)
    {
        var world = new FlatWorld(levels: 5);
        var bad = FlatWorld.PathOf(4, 8, 8);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = path => path == bad && how == "broken" ? [.. "glTF"u8, 9, 9, 9, 9] : path == bad && how == "empty" ? [] : world.FileAt(path);
        server.Fail = path => path == bad && how == "absent" ? 404 : 0;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "clear=ff00ff");
        await viewer.ReadyAsync();

        // Straight down on the tile and its neighbours: every pixel is ground.
        await viewer.EvaluateAsync<object?>("lodestream.setCamera({ position: [600, 600, 1500], direction: [0, 0, -1], up: [0, 1, 0] })");
        await viewer.UntilAsync($"s.primaryZ === 4 && s.failures > 0 && s.scheduler.inFlight + s.scheduler.queued + s.preparing === 0 && s.renderedKeys.length > 1");
        Assert.Equal(1, await viewer.GroundShareAsync());

        var why = await viewer.EvaluateAsync<string>("lodestream.why('4_8_8.glb').reason");
        Assert.StartsWith("Failed", why, StringComparison.Ordinal);
        Assert.Contains((await viewer.StateAsync()).GetProperty("errors").EnumerateArray(), error => error.GetString()!.Contains("4_8_8.glb", StringComparison.Ordinal));
        Assert.NotEqual(0, (await viewer.StateAsync()).GetProperty("standIns").GetArrayLength());
        Assert.Empty(viewer.PageErrors);
    }
}
