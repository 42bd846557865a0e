using System.Text.Json;
using Lodestream.Browser.Tests.Harness;
using Microsoft.Playwright;

namespace Lodestream.Browser.Tests;

/// <summary>A walk that a scene offers: played, stopped by whoever takes the camera, and gone on with.</summary>
[Collection(BrowserCollection.Name)]
public sealed class WalkTests(Harness.Browser browser)
{
    // East for three seconds, a turn, north for three; and what the simulator's camera files have besides.
    private const string Walk = """
        [
          { "t": 0, "position": [0, 10, 12], "direction": [1, 0, 0], "up": [0, 0, 1] },
          { "t": 3, "position": [30, 10, 12], "direction": [1, 0, 0], "up": [0, 0, 1] },
          { "t": 4, "position": [30, 10, 12], "direction": [0, 1, 0], "up": [0, 0, 1] },
          { "t": 7, "position": [30, 40, 12], "direction": [0, 1, 0], "up": [0, 0, 1] }
        ]
        """;

    private const string State = "lodestream.viewer.walk.state", Time = "lodestream.viewer.walk.progress.time";

    [BrowserFact]
    public async Task It_leads_along_its_keyframes_to_its_end_and_can_be_taken_again()
    {
        await using var server = await ServeAsync(Walk);
        await using var viewer = await OpenAsync(server);
        await viewer.EvaluateAsync<object?>("(window.went = [], lodestream.addEventListener('camera-changed', ({ detail }) => went.push([...detail.position, ...detail.direction])))");
        Assert.Equal("off", await viewer.EvaluateAsync<string>(State));
        await viewer.Page.ClickAsync("#walk");
        await viewer.UntilAsync($"{State} === 'playing'");
        Assert.Equal("true", await viewer.Page.GetAttributeAsync("#walk", "aria-pressed"));
        await viewer.UntilAsync($"{State} === 'paused' && s.idle");
        Assert.Equal((double[])[30, 40, 12, 0, 1, 0], await PoseAsync(viewer));
        Assert.Equal("false", await viewer.Page.GetAttributeAsync("#walk", "aria-pressed"));

        // Once it is on its way it keeps to it: along y = 10, then along x = 30.
        var went = await viewer.EvaluateAsync<double[][]>("went");
        var onIt = went.SkipWhile(pose => Math.Abs(pose[1] - 10) > 1e-6 || Math.Abs(pose[2] - 12) > 1e-6).ToArray();
        Assert.InRange(onIt.Length, 5, 1000);
        Assert.All(onIt, pose => Assert.True(Math.Abs(pose[2] - 12) < 1e-6 && (Math.Abs(pose[1] - 10) < 1e-6 || Math.Abs(pose[0] - 30) < 1e-6), string.Join(' ', pose)));

        await viewer.Page.Keyboard.PressAsync("g");
        await viewer.UntilAsync($"{State} === 'playing' && {Time} < 6");
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserTheory]
    [InlineData("drag")]
    [InlineData("wheel")]
    [InlineData("ArrowLeft")]
    [InlineData("w")]
    [InlineData("Escape")]
    [InlineData("h")]
    [InlineData("g")]
    public async Task Who_takes_the_camera_stops_it_and_it_goes_on_from_there(string input)
    {
        await using var server = await ServeAsync(Walk);
        await using var viewer = await OpenAsync(server);
        await viewer.Page.Keyboard.PressAsync("g");
        await viewer.UntilAsync($"{State} === 'playing' && {Time} > 0.3");
        await viewer.Page.Mouse.MoveAsync(400, 250);
        if (input == "wheel")
            await viewer.Page.Mouse.WheelAsync(0, 100);
        else if (input == "drag")
            await viewer.Page.Mouse.DownAsync();
        else
            await viewer.Page.Keyboard.PressAsync(input);
        await viewer.UntilAsync($"{State} === 'paused'");
        await viewer.Page.Mouse.UpAsync();
        await viewer.UntilAsync("s.idle");
        var stopped = await viewer.EvaluateAsync<double>(Time);
        Assert.InRange(stopped, 0.3, 6.9);

        await viewer.Page.Keyboard.PressAsync("g");
        await viewer.UntilAsync($"{State} === 'playing' && {Time} > {stopped.ToString(System.Globalization.CultureInfo.InvariantCulture)}");
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task Looking_at_panels_and_colours_does_not_stop_it()
    {
        await using var server = await ServeAsync(Walk);
        await using var viewer = await OpenAsync(server);
        await viewer.Page.Keyboard.PressAsync("g");
        await viewer.UntilAsync($"{State} === 'playing'");
        await viewer.Page.Keyboard.PressAsync("k");
        await viewer.Page.ClickAsync("#settings-button");
        Assert.Equal("playing", await viewer.EvaluateAsync<string>(State));
    }

    [BrowserFact]
    public async Task Who_wants_no_motion_goes_from_stop_to_stop_at_once_and_nothing_plays_by_itself()
    {
        await using var server = await ServeAsync(Walk.Replace("\"t\": 7", "\"t\": 20", StringComparison.Ordinal));
        await using var viewer = await OpenAsync(server, "&walk=1", page => page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce }));
        Assert.Equal("off", await viewer.EvaluateAsync<string>(State));
        foreach (var y in (double[])[double.NaN, 10 + 30 * 4 / 16.0, 10 + 30 * 12 / 16.0, 40, double.NaN])
        {
            await viewer.Page.Keyboard.PressAsync("g");
            Assert.Equal(double.IsNaN(y) ? (double[])[0, 10, 12, 1, 0, 0] : [30, y, 12, 0, 1, 0], await PoseAsync(viewer));
            Assert.NotEqual("playing", await viewer.EvaluateAsync<string>(State));
        }
    }

    [BrowserFact]
    public async Task An_address_can_ask_for_it_and_one_that_names_a_view_keeps_that()
    {
        await using var server = await ServeAsync(Walk);
        await using (var viewer = await browser.OpenAsync(server, BlockCity.Scene, "walk=1"))
            await viewer.UntilAsync($"{State} === 'playing'");
        await using (var viewer = await browser.OpenAsync(server, BlockCity.Scene, "walk=1#eye=-4,9,14&look=0.94,0,-0.3"))
        {
            await viewer.ReadyAsync();
            await viewer.UntilAsync("s.idle && s.settled");
            Assert.Equal(("off", -4), (await viewer.EvaluateAsync<string>(State), (await PoseAsync(viewer))[0]));
        }
    }

    [BrowserFact]
    public async Task Who_stands_on_it_joins_it_there()
    {
        await using var server = await ServeAsync(Walk);
        await using var viewer = await OpenAsync(server, "#eye=20,11,12&look=1,0,0");
        await viewer.Page.Keyboard.PressAsync("g");
        await viewer.UntilAsync($"{Time} > 2.5");
        Assert.InRange(await viewer.EvaluateAsync<double>(Time), 2, 7);
        Assert.InRange((await PoseAsync(viewer))[0], 19.9, 30);
    }

    [BrowserTheory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""[{ "t": 0, "position": [0, 0], "direction": [1, 0, 0] }]""")]
    [InlineData("""[{ "t": 1, "position": [0, 0, 0], "direction": [1, 0, 0] }, { "t": 0, "position": [0, 0, 0], "direction": [1, 0, 0] }]""")]
    public async Task Where_there_is_none_or_it_is_broken_none_is_offered(string? walk)
    {
        await using var server = await ServeAsync(walk);
        await using var viewer = await OpenAsync(server);
        Assert.False(await viewer.Page.IsVisibleAsync("#walk"));
        await viewer.Page.Keyboard.PressAsync("g");
        Assert.Equal("off", await viewer.EvaluateAsync<string>(State));
        Assert.Empty(viewer.PageErrors);
    }

    private static Task<double[]> PoseAsync(ViewerPage viewer) =>
        viewer.EvaluateAsync<double[]>("(({ position, direction }) => [...position.toArray(), ...direction.toArray()].map(n => Math.round(n * 1e6) / 1e6 + 0))(lodestream.viewer.navigation.pose)");

    private static async Task<LoopbackServer> ServeAsync(string? walk)
    {
        var city = new BlockCity(tiles: 2, boxes: 4, walk: walk);
        var server = await LoopbackServer.StartAsync();
        server.Make = city.FileAt;
        return server;
    }

    private async Task<ViewerPage> OpenAsync(LoopbackServer server, string more = "", Func<IPage, Task>? prepare = null)
    {
        var viewer = await browser.OpenAsync(server, BlockCity.Scene, "fade=0" + more, prepare);
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.idle && s.settled");
        return viewer;
    }
}
