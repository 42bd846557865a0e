using Lodestream.Browser.Tests.Harness;

namespace Lodestream.Browser.Tests;

/// <summary>How the camera's motion ends, and who is told of it.</summary>
[Collection(BrowserCollection.Name)]
public sealed class CameraMotionTests(Harness.Browser browser)
{
    private sealed record Damping(int Updates, double[] Steps);

    private sealed record Told(double[] Times, double[] LastTold, double[] AtRest, int Moves);

    [BrowserTheory]
    [InlineData("turn(120, 10)")]
    [InlineData("pan(90, 40)")]
    [InlineData("zoom(-0.5)")]
    public async Task Damping_ends_by_what_an_update_changes_relative_to_the_distance_however_far_the_camera_is(string input)
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);
        await viewer.ReadyAsync();

        // The navigation is driven by hand, sixty updates a second of its own time: nothing here depends on how fast the machine is.
        var seen = await viewer.EvaluateAsync<Damping[]>($$"""
            (async () => {
              const { navigation } = lodestream.viewer, V = lodestream.three.Vector3, seen = [];
              for (const distance of [40, 400, 4000]) {
                navigation.place({ position: new V(0, -distance * 0.6, distance * 0.8), direction: new V(0, 0.6, -0.8) });
                navigation.grip(new V(0, 0, 0));
                navigation.update(1e6);
                navigation.{{input}};
                const steps = [];
                let time = 1e6;
                while (navigation.isMoving && steps.length < 1000) {
                  const before = navigation.pose.position;
                  navigation.update(time += 1000 / 60);
                  steps.push(navigation.pose.position.distanceTo(before) / navigation.pose.position.length());
                }
                seen.push({ updates: steps.length, steps });
              }
              return seen;
            })()
            """);

        foreach (var damping in seen)
        {
            Assert.InRange(damping.Updates, 5, 60);
            Assert.InRange(damping.Steps[^1], 0, 5e-4);
            Assert.All(damping.Steps.Zip(damping.Steps.Skip(1)), pair => Assert.True(pair.Second <= pair.First * 1.01, $"a step of {pair.First} was followed by one of {pair.Second}"));
            Assert.InRange(damping.Steps.Sum(), 0.05, 2);
        }
        Assert.Equal(seen[0].Updates, seen[1].Updates);
        Assert.Equal(seen[1].Updates, seen[2].Updates);
    }

    [BrowserFact]
    public async Task Who_listens_hears_of_the_camera_at_once_then_at_most_ten_times_a_second_and_last_where_it_came_to_rest()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.idle");

        var told = await viewer.EvaluateAsync<Told>("""
            (async () => {
              await new Promise(r => setTimeout(r, 300));
              const times = [];
              let lastTold = null;
              const listener = ({ detail }) => {
                times.push(performance.now());
                lastTold = detail.position;
              };
              lodestream.addEventListener('camera-changed', listener);
              let moves = 0;
              for (const end = performance.now() + 1500; performance.now() < end; moves++) {
                lodestream.setCamera({ position: [moves, 0, 2000], direction: [0, 0.1, -1], up: [0, 1, 0] });
                await new Promise(requestAnimationFrame);
              }
              await new Promise(r => setTimeout(r, 400));
              lodestream.removeEventListener('camera-changed', listener);
              return { times, lastTold, atRest: lodestream.viewer.navigation.pose.position.toArray(), moves };
            })()
            """);

        Assert.InRange(told.Times.Length, 2, told.Moves);
        Assert.All(told.Times.Zip(told.Times.Skip(1)), pair => Assert.True(pair.Second - pair.First >= 95, $"told again after {pair.Second - pair.First:0} ms"));
        Assert.Equal(told.AtRest, told.LastTold);
    }

    [BrowserTheory]
    [InlineData("lodestream.setCamera({ position: [0, NaN, 0], direction: [0, 0, -1] })")]
    [InlineData("lodestream.setCamera({ position: [0, 0, 100], direction: [0, 0, 0] })")]
    [InlineData("lodestream.setCamera({ position: [0, 0], direction: [0, 0, -1] })")]
    [InlineData("lodestream.frameWorld([0, 0, Infinity], 100)")]
    [InlineData("lodestream.frameWorld([0, 0, 0], -1)")]
    public async Task A_pose_that_is_none_is_refused_and_leaves_the_camera_where_it_is(string order)
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);
        await viewer.ReadyAsync();
        var error = await viewer.EvaluateAsync<string>($$"""
            (() => {
              const before = String(lodestream.viewer.navigation.pose.position.toArray());
              try { {{order}}; return 'accepted'; } catch (e) { return String(lodestream.viewer.navigation.pose.position.toArray()) === before ? e.message : 'moved'; }
            })()
            """);

        Assert.StartsWith("lodestream.", error, StringComparison.Ordinal);
        Assert.Empty(viewer.PageErrors);
    }

    private static async Task<LoopbackServer> ServeAsync()
    {
        var server = await LoopbackServer.StartAsync();
        server.Make = new FlatWorld(levels: 3).FileAt;
        return server;
    }
}
