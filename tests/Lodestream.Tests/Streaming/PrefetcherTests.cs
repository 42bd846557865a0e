using Lodestream.Geometry;
using Lodestream.Residency;
using Lodestream.Selection;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Streaming;

/// <summary>What is fetched before a camera sees it, and when nothing is.</summary>
public class PrefetcherTests
{
    private const double Frame = 1 / 60.0;

    // Eight strips along x, each 128 m wide and in two halves, under tiles without content.
    private static readonly string Strips = $".R({string.Join(' ', Enumerable.Range(0, 8).Select(i => $".t{i}(x{i} y{i})"))})";

    [Fact]
    public void What_a_steady_flight_will_see_is_asked_for_before_it_is_seen()
    {
        var world = World();
        Assert.Equal(["x5", "y5"], Fly(world, frames: 12, metresPerFrame: 2));
        Assert.Equal("x4 y4", world.Screen);
    }

    [Fact]
    public void A_camera_that_stands_still_asks_for_nothing_ahead() => Assert.Empty(Fly(World(), frames: 12, metresPerFrame: 0));

    [Fact]
    public void Nothing_is_asked_for_ahead_while_something_visible_waits()
    {
        // One request at a time for the strip in view, and slots to spare for the next one.
        var options = Flying with { MaximumRequestsPerHost = 1 };
        var world = new HandDrivenWorld(Strips, options, name => name[1] == '4' ? $"http://here.test/{name}.glb" : $"http://ahead.test/{name}.glb") { Views = [At(Start)] }.Settled();
        Assert.Single(world.InFlight);
        Assert.Empty(Fly(world, frames: 12, metresPerFrame: 2, answer: false));
        Assert.Single(world.InFlight);

        // In flight it does not wait any more: what is free is put to use.
        world.Deliver(world.InFlight[0]);
        world.Now += TimeSpan.FromSeconds(Frame);
        world.Views = [At(Start + 26)];
        world.Tick();
        Assert.Equal(2, world.InFlight.Length);
        Assert.Contains(world.InFlight, name => name[1] == '5');
    }

    [Fact]
    public void A_prefetch_goes_after_everything_else_however_great_its_priority()
    {
        var heap = new RequestHeap();
        DemandClass[] classes = [DemandClass.Prefetch, DemandClass.Optional, DemandClass.Cover, DemandClass.Refinement, DemandClass.Uncovered];
        foreach (var demand in classes)
            heap.Add(new((int)demand, 0, demand, demand == DemandClass.Prefetch ? 1e9 : -1e9, 0));
        heap.Order();
        Assert.Equal(
            [DemandClass.Cover, DemandClass.Uncovered, DemandClass.Refinement, DemandClass.Optional, DemandClass.Prefetch],
            Enumerable.Range(0, classes.Length).Select(_ => heap.Pop().Class));
    }

    [Fact]
    public void A_prefetch_that_comes_to_be_seen_is_not_asked_for_twice_and_one_that_does_not_is_called_off()
    {
        var world = World();
        Fly(world, frames: 12, metresPerFrame: 2, answer: false);
        Assert.Equal(["x5", "y5"], world.InFlight.Order());
        var requests = world.Requests.Count;
        world.Look(At(Start + 80));
        Assert.Equal(requests, world.Requests.Count);
        Assert.Equal(["x5", "y5"], world.InFlight.Order());

        world = World();
        Fly(world, frames: 12, metresPerFrame: 2, answer: false);
        world.Now += TimeSpan.FromSeconds(Frame);
        world.Look(At(Start));
        Assert.Empty(world.InFlight);
    }

    [Theory]
    [InlineData(0.2, true)]
    [InlineData(2, false)]
    public void A_camera_that_turns_too_fast_is_not_trusted(double radiansPerSecond, bool prefetches)
    {
        var world = World();
        const int frames = 16;
        world.Streamer.RequestsAllowed = false;
        Fly(world, frames, metresPerFrame: 1, tilt: frame => (frame - frames) * Frame * radiansPerSecond);

        // Looking straight down again, with what it sees there: only now may anything be asked for.
        world.Streamer.RequestsAllowed = true;
        Assert.Empty(world.InFlight);
        world.Now += TimeSpan.FromSeconds(Frame);
        world.Views = [At(Start + frames + 1)];
        world.Tick();
        Assert.Equal(prefetches, world.InFlight.Length > 0);
    }

    [Theory]
    [InlineData(3_000_000, true)]
    [InlineData(2_450_000, false)]
    public void Nothing_is_guessed_when_memory_is_four_fifths_full(long budget, bool prefetches)
    {
        // Four strips that were seen before, and the one in view: there is room for one more tile either way.
        var world = World(Flying with { MemoryBudgetBytes = budget }, bytes: 200_000, -448, -320, -192, -64);
        Assert.Equal(2_000_000, world.Streamer.Statistics.GpuGeometryBytes);
        Assert.Equal(prefetches, Fly(world, frames: 12, metresPerFrame: 2, answer: false).Length > 0);
    }

    [Fact]
    public void Without_seconds_to_look_ahead_nothing_is_fetched_ahead() =>
        Assert.Empty(Fly(World(Flying with { Prediction = new() { PrefetchSeconds = 0 } }), frames: 12, metresPerFrame: 2));

    // Over the middle of the fifth strip.
    private const double Start = 64;

    private static StreamerOptions Flying => HandDrivenWorld.Plain with { Prediction = new() };

    private static HandDrivenWorld World(StreamerOptions? options = null, long bytes = 2000, params double[] seenBefore)
    {
        var world = new HandDrivenWorld(Strips, options ?? Flying) { SizeOf = _ => new(HandDrivenWorld.PayloadBytes, bytes, 0) };
        foreach (var x in (double[])[.. seenBefore, Start])
        {
            world.Now += TimeSpan.FromSeconds(10);
            world.Look(At(x));
            world.DeliverAll();
        }
        return world;
    }

    // Flies along x and gives the names of what was asked for and was not in view then.
    private static string[] Fly(HandDrivenWorld world, int frames, double metresPerFrame, bool answer = true, Func<int, double>? tilt = null)
    {
        var ahead = new SortedSet<string>();
        for (var frame = 1; frame <= frames; frame++)
        {
            world.Now += TimeSpan.FromSeconds(Frame);
            world.Views = [At(Start + frame * metresPerFrame, tilt?.Invoke(frame) ?? 0)];
            world.Log.Clear();
            world.Tick();
            var seen = world.Streamer.Selection.Visits.ToArray().Select(visit => visit.Tile).ToHashSet();
            ahead.UnionWith(world.Logged("start").Where(name => !seen.Contains(world.Tile(name))));
            foreach (var name in answer ? world.InFlight : [])
                world.Answer(name);
        }
        return [.. ahead];
    }

    // 60 m above the ground, looking down, 30 m to each side; tilted forward by so many radians.
    private static View At(double x, double tilt = 0) => new()
    {
        Position = new(x, 0, 60),
        Direction = new(Math.Sin(tilt), 0, -Math.Cos(tilt)),
        Up = Vector3d.UnitY,
        ViewportWidth = 1000,
        ViewportHeight = 1000,
        FovY = 2 * Math.Atan(30 / 76.0),
    };
}
