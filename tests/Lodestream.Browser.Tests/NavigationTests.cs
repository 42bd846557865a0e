using Lodestream.Browser.Tests.Harness;
using Microsoft.Playwright;

namespace Lodestream.Browser.Tests;

/// <summary>The camera in the user's hands: mouse, fingers, keys, and orders that fly it somewhere.</summary>
[Collection(BrowserCollection.Name)]
public sealed class NavigationTests(Harness.Browser browser)
{
    private const string Pose = "(() => { const { position, direction } = lodestream.viewer.navigation.pose; return { position: position.toArray(), direction: direction.toArray() }; })()";

    private sealed record CameraPose(double[] Position, double[] Direction)
    {
        public double DistanceTo(CameraPose other) => Math.Sqrt(Position.Zip(other.Position, (a, b) => (a - b) * (a - b)).Sum());

        public double TurnTo(CameraPose other) => Math.Acos(Math.Clamp(Direction.Zip(other.Direction, (a, b) => a * b).Sum(), -1, 1));

        /// <summary>Where the middle of the picture meets the ground, z = 0.</summary>
        public double[] Ground => [Position[0] - Direction[0] * Position[2] / Direction[2], Position[1] - Direction[1] * Position[2] / Direction[2]];
    }

    [BrowserFact]
    public async Task Dragging_goes_round_what_is_under_the_pointer_and_ends_at_rest()
    {
        await using var server = await ServeAsync();
        await using var viewer = await OpenAsync(server);
        var before = await PoseAsync(viewer);
        await DragAsync(viewer, MouseButton.Left, 120, 0);
        var after = await PoseAsync(viewer);

        Assert.InRange(before.TurnTo(after), 0.1, 2);
        Assert.Equal(before.Position[2], after.Position[2], before.Position[2] * 0.01);
        Assert.Equal(before.Ground[0], after.Ground[0], 60.0);
        Assert.Equal(before.Ground[1], after.Ground[1], 60.0);
    }

    [BrowserFact]
    public async Task A_right_drag_moves_along_the_ground_without_turning()
    {
        await using var server = await ServeAsync();
        await using var viewer = await OpenAsync(server);
        var before = await PoseAsync(viewer);
        await DragAsync(viewer, MouseButton.Right, 80, 40);
        var after = await PoseAsync(viewer);

        Assert.InRange(before.TurnTo(after), 0, 1e-6);
        Assert.Equal(before.Position[2], after.Position[2], 1e-3);
        Assert.InRange(before.DistanceTo(after), 50, 5000);
    }

    [BrowserFact]
    public async Task The_wheel_goes_nearer_to_what_is_under_the_pointer()
    {
        await using var server = await ServeAsync();
        await using var viewer = await OpenAsync(server);
        await viewer.Page.Mouse.MoveAsync(460, 260);
        var under = await PickAsync(viewer, 460, 260);
        var before = await PoseAsync(viewer);
        await viewer.Page.Mouse.WheelAsync(0, -50);
        await viewer.Page.WaitForTimeoutAsync(200);
        await viewer.Page.Mouse.WheelAsync(0, -250);
        await viewer.UntilAsync("s.idle && s.settled");
        var after = await PoseAsync(viewer);

        Assert.InRange(Away(after, under), Away(before, under) * 0.3, Away(before, under) * 0.85);
        var still = await PickAsync(viewer, 460, 260);
        Assert.InRange(Math.Sqrt(still.Zip(under, (a, b) => (a - b) * (a - b)).Sum()), 0, 120);
    }

    [BrowserFact]
    public async Task A_held_key_walks_and_a_released_one_comes_to_rest()
    {
        await using var server = await ServeAsync();
        await using var viewer = await OpenAsync(server);
        await viewer.Page.FocusAsync("#stage");
        var before = await PoseAsync(viewer);
        await viewer.Page.Keyboard.DownAsync("w");
        await viewer.Page.WaitForTimeoutAsync(400);
        await viewer.Page.Keyboard.UpAsync("w");
        await viewer.UntilAsync("s.idle && s.settled");
        var after = await PoseAsync(viewer);

        Assert.True(after.Position[1] > before.Position[1] + 1, $"W did not go ahead: {after.Position[1]} after {before.Position[1]}");
        Assert.Equal(before.Position[2], after.Position[2], 1e-3);
        Assert.InRange(before.TurnTo(after), 0, 1e-6);
    }

    [BrowserFact]
    public async Task In_flight_dragging_looks_around_from_where_one_is()
    {
        await using var server = await ServeAsync();
        await using var viewer = await OpenAsync(server);
        await viewer.Page.FocusAsync("#stage");
        await viewer.Page.Keyboard.PressAsync("f");
        Assert.Equal("true", await viewer.Page.GetAttributeAsync("#fly", "aria-pressed"));
        var before = await PoseAsync(viewer);
        await DragAsync(viewer, MouseButton.Left, 100, 30);
        var after = await PoseAsync(viewer);

        Assert.InRange(before.DistanceTo(after), 0, 1e-6);
        Assert.InRange(before.TurnTo(after), 0.1, 2);
    }

    [BrowserFact]
    public async Task A_double_click_flies_there_and_any_input_stops_it()
    {
        await using var server = await ServeAsync();
        await using var viewer = await OpenAsync(server);
        var (before, there) = (await PoseAsync(viewer), await PickAsync(viewer, 320, 220));
        // A flight may be over in a few slow frames.
        var moving = viewer.Page.WaitForFunctionAsync("lodestream.viewer.navigation.isMoving");
        await viewer.Page.Mouse.DblClickAsync(320, 220);
        await moving;
        await viewer.UntilAsync("s.idle && s.settled");
        var after = await PoseAsync(viewer);
        Assert.InRange(Away(after, there), 1, Away(before, there) * 0.4);

        await viewer.EvaluateAsync<object?>("lodestream.viewer.navigation.flyHome()");
        await viewer.Page.WaitForTimeoutAsync(150);
        await viewer.Page.Keyboard.PressAsync("ArrowLeft");
        await viewer.UntilAsync("s.idle && s.settled");
        var stopped = await PoseAsync(viewer);
        Assert.True(stopped.DistanceTo(before) > before.DistanceTo(after) * 0.02, "the flight went on after a key was pressed");
    }

    [BrowserFact]
    public async Task Who_wants_no_motion_is_there_at_once()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "", page => page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce }));
        await viewer.ReadyAsync();
        var frames = await viewer.EvaluateAsync<int>("""
            (async () => {
              const { navigation, frame } = lodestream.viewer;
              navigation.approach(frame.center);
              return navigation.isMoving ? 1 : 0;
            })()
            """);
        Assert.Equal(0, frames);
        Assert.Equal(0, await viewer.EvaluateAsync<int>("lodestream.viewer.tiles.fadeMs"));
    }

    [BrowserFact]
    public async Task Two_fingers_apart_go_nearer()
    {
        await using var server = await ServeAsync();
        await using var viewer = await OpenAsync(server);
        var before = await PoseAsync(viewer);
        var touch = await viewer.Page.Context.NewCDPSessionAsync(viewer.Page);
        await TouchAsync(touch, "touchStart", (290, 200), (350, 200));
        for (var step = 1; step <= 5; step++)
            await TouchAsync(touch, "touchMove", (290 - step * 12, 200), (350 + step * 12, 200));
        await TouchAsync(touch, "touchEnd");
        await viewer.UntilAsync("s.idle && s.settled");
        var after = await PoseAsync(viewer);

        Assert.InRange(after.Position[2], before.Position[2] * 0.15, before.Position[2] * 0.75);
        Assert.InRange(before.TurnTo(after), 0, 0.02);
    }

    [BrowserFact]
    public async Task The_first_camera_is_the_one_the_tileset_suggests_and_its_views_are_offered()
    {
        await using var server = await ServeAsync("""{"lodestream":{"views":[{"name":"ridge","position":[100,-900,700],"direction":[0,0.8,-0.6],"up":[0,0,1]},{"name":"above","position":[0,0,9000],"direction":[0,0,-1]}]}}""");
        await using var viewer = await OpenAsync(server);
        var first = await PoseAsync(viewer);
        Assert.Equal([100, -900, 700], first.Position);
        Assert.Equal([0, 0.8, -0.6], first.Direction.Select(d => Math.Round(d, 6)));

        await viewer.Page.ClickAsync("#views");
        Assert.Equal(["ridge", "above"], await viewer.Page.Locator("#view-list [role=menuitem]").AllTextContentsAsync());
        await viewer.Page.ClickAsync("#view-list >> text=above");
        await viewer.UntilAsync("s.idle && s.settled");
        Assert.Equal([0, 0, 9000], (await PoseAsync(viewer)).Position.Select(c => Math.Round(c, 3)));
    }

    [BrowserFact]
    public async Task Without_suggestions_the_first_camera_fills_the_picture_from_above_at_an_angle()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "clear=ff00ff");
        await viewer.ReadyAsync();
        Assert.InRange(await viewer.GroundShareAsync(), 0.3, 0.9);
        Assert.InRange((await PoseAsync(viewer)).Direction[2], -0.8, -0.4);
    }

    private static async Task<LoopbackServer> ServeAsync(string? extras = null)
    {
        var world = new FlatWorld(levels: 4, extras: extras);
        var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        return server;
    }

    private async Task<ViewerPage> OpenAsync(LoopbackServer server)
    {
        var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "fade=0");
        await viewer.ReadyAsync();
        if (!(await viewer.Page.IsVisibleAsync("#views")))
        {
            await viewer.EvaluateAsync<object?>("lodestream.setCamera({ position: [0, -3000, 2000], direction: [0, 0.83, -0.56], up: [0, 0, 1] })");
            await viewer.UntilAsync("s.idle && s.settled");
        }
        return viewer;
    }

    private static Task<CameraPose> PoseAsync(ViewerPage viewer) => viewer.EvaluateAsync<CameraPose>(Pose);

    private static Task<double[]> PickAsync(ViewerPage viewer, int x, int y) => viewer.EvaluateAsync<double[]>($"lodestream.pick({x}, {y}).then(hit => hit.point)");

    private static double Away(CameraPose pose, double[] point) => Math.Sqrt(pose.Position.Zip(point, (a, b) => (a - b) * (a - b)).Sum());

    private static async Task DragAsync(ViewerPage viewer, MouseButton button, int dx, int dy)
    {
        await viewer.Page.Mouse.MoveAsync(320, 200);
        await viewer.Page.Mouse.DownAsync(new() { Button = button });
        // What is under the pointer is known a frame or two later.
        await viewer.Page.WaitForTimeoutAsync(250);
        await viewer.Page.Mouse.MoveAsync(320 + dx, 200 + dy, new() { Steps = 6 });
        await viewer.Page.Mouse.UpAsync(new() { Button = button });
        await viewer.UntilAsync("s.idle && s.settled");
    }

    private static async Task TouchAsync(ICDPSession session, string type, params (int X, int Y)[] fingers) => await session.SendAsync("Input.dispatchTouchEvent", new()
    {
        ["type"] = type,
        ["touchPoints"] = fingers.Select((finger, id) => new Dictionary<string, object> { ["x"] = finger.X, ["y"] = finger.Y, ["id"] = id }).ToArray(),
    });
}
