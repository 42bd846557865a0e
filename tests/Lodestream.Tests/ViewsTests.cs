using Lodestream.Geometry;
using Lodestream.Residency;
using Lodestream.Selection;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests;

/// <summary>Several views at once, views that come and go, and spheres that want tiles without looking.</summary>
public class ViewsTests
{
    private const string Tiles = "R(a(c d) b(e f))";

    private static readonly StreamerOptions Plain = HandDrivenWorld.Plain;

    [Fact]
    public void A_view_that_cannot_see_a_tile_neither_refines_nor_loads_it()
    {
        var world = World();
        world.Look(Over(world, "a", 1), Over(world, "b", 2));
        world.DeliverAll();
        Assert.Equal("a e f", world.Screen);
        Assert.Equal(["R", "a", "e", "f"], Asked(world));
    }

    [Fact]
    public void Views_have_targets_of_their_own_and_a_tile_is_as_fine_as_the_most_demanding_one_that_sees_it()
    {
        var world = World();
        world.Look(Over(world, "a", 1), Over(world, "b", 1), Over(world, "b", 2));
        world.DeliverAll();
        Assert.Equal("a e f", world.Screen);
        world.Look(Over(world, "a", 2), Over(world, "b", 1));
        world.DeliverAll();
        Assert.Equal("b c d", world.Screen);
    }

    [Theory]
    [InlineData(10, 1, "a")]
    [InlineData(1, 10, "b")]
    public void What_a_heavier_view_wants_comes_first(double weightOverA, double weightOverB, string first)
    {
        var world = World(Plain with { MaximumRequests = 1 }, ".R(a b)");
        world.Look(Over(world, "a", 1) with { Weight = weightOverA }, Over(world, "b", 1) with { Weight = weightOverB });
        Assert.Equal([first], world.InFlight);
    }

    [Fact]
    public void A_view_that_is_added_mid_flight_is_served_and_what_was_under_way_goes_on()
    {
        var world = World();
        world.Look(Over(world, "a", 2));
        Assert.Equal(["R", "c", "d"], world.InFlight.Order());
        world.Look(Over(world, "a", 2), Over(world, "b", 2));
        Assert.Equal(["R", "c", "d", "e", "f"], world.InFlight.Order());
        Assert.Empty(world.Logged("cancel"));
        world.DeliverAll();
        Assert.Equal("c d e f", world.Screen);
    }

    [Fact]
    public void A_view_that_is_removed_mid_flight_takes_what_it_alone_wanted_with_it()
    {
        var world = World();
        world.Look(Over(world, "a", 2), Over(world, "b", 2));
        world.Deliver("R", "c", "e");
        world.TakeLog();

        // The first of them goes: the second one keeps its tiles though it is the first now.
        world.Look(Over(world, "b", 2));
        Assert.Equal(["d"], world.Logged("cancel"));
        Assert.Equal(["f"], world.InFlight);
        world.DeliverAll();
        Assert.Equal("e f", world.Screen);
        Assert.Empty(world.Logged("start"));
        Assert.True(world.Streamer.Statistics.Settled);
    }

    [Fact]
    public void With_no_view_at_all_nothing_is_wanted_or_shown_and_the_next_view_finds_what_is_there()
    {
        var world = World();
        world.Look(Over(world, "a", 1));
        world.DeliverAll();
        world.Look();
        Assert.Equal("", world.Screen);
        Assert.Equal(0, world.Streamer.Statistics.Wanted);
        world.TakeLog();
        world.Look(Over(world, "a", 1));
        Assert.Equal("a", world.Screen);
        Assert.Empty(world.TakeLog());
    }

    [Fact]
    public void A_sphere_has_everything_within_it_fetched_down_to_its_error_whoever_looks()
    {
        var world = World();
        world.Look(Cameras.Away(), Around(world, "c"));
        world.DeliverAll();
        Assert.Equal(["R", "c"], Asked(world));
        Assert.Equal(ContentState.Resident, world.Why("c").State);

        // A coarser one is content with less.
        world = World();
        world.Look(Cameras.Away(), Around(world, "c", error: 600));
        world.DeliverAll();
        Assert.Equal(["R", "a"], Asked(world));
    }

    [Fact]
    public void What_a_sphere_wants_stays_however_short_memory_is_and_goes_once_the_sphere_is_gone()
    {
        var world = World();
        world.Look(Around(world, "c"));
        world.DeliverAll();
        Press(world);
        Assert.Equal(ContentState.Resident, world.Why("c").State);
        Assert.Empty(world.Logged("free"));

        world.Look(Cameras.Away());
        Assert.Equal(ContentState.Resident, world.Why("c").State);
        Press(world);
        Assert.Equal(ContentState.Absent, world.Why("c").State);
        Assert.Equal(["c"], world.Logged("free"));
    }

    [Fact]
    public void What_a_camera_looks_at_comes_before_what_a_sphere_wants()
    {
        var world = World(Plain with { MaximumRequests = 1 }, ".R(a b)");
        world.Look(View.Sphere(world.Tree.Volume(world.Tile("a")).Center, 10, 600), Over(world, "b", 1));
        Assert.Equal(["b"], world.InFlight);
        world.Deliver("b");
        Assert.Equal(["a"], world.InFlight);
    }

    [Theory]
    [InlineData("Position")]
    [InlineData("Direction")]
    [InlineData("Up")]
    [InlineData("FovY")]
    [InlineData("ViewportWidth")]
    [InlineData("ViewportHeight")]
    [InlineData("Near")]
    [InlineData("Far")]
    [InlineData("TargetErrorPx")]
    [InlineData("RasterTargetErrorPx")]
    [InlineData("Weight")]
    public void A_view_that_makes_no_sense_is_refused_by_name_and_leaves_everything_as_it_was(string what)
    {
        var world = World();
        world.Look(Cameras.All(level: 1));
        world.DeliverAll();
        var (nowhere, good) = (new Vector3d(double.NaN, 0, 0), Cameras.All(level: 2));
        world.Views =
        [
            good,
            what switch
            {
                "Position" => good with { Position = nowhere },
                "Direction" => good with { Direction = Vector3d.Zero },
                "Up" => good with { Up = good.Direction },
                "FovY" => good with { FovY = Math.PI },
                "ViewportWidth" => good with { ViewportWidth = 0 },
                "ViewportHeight" => good with { ViewportHeight = double.NaN },
                "Near" => good with { Near = 0 },
                "Far" => good with { Far = good.Near },
                "TargetErrorPx" => good with { TargetErrorPx = double.NaN },
                "RasterTargetErrorPx" => good with { RasterTargetErrorPx = -1 },
                _ => good with { Weight = -1 },
            },
        ];

        var frame = world.Streamer.Selection.FrameId;
        var error = Assert.Throws<ArgumentException>(() => world.Tick());
        Assert.StartsWith($"views[1].{what} is ", error.Message, StringComparison.Ordinal);
        Assert.Equal(frame, world.Streamer.Selection.FrameId);
        world.Look(Cameras.All(level: 1));
        Assert.Equal("a b", world.Screen);
    }

    private static void Press(HandDrivenWorld world)
    {
        world.Inbox.Post(new() { Kind = InboxKind.MemoryPressure });
        world.Settle();
    }

    private static HandDrivenWorld World(StreamerOptions? options = null, string tiles = Tiles) => new(tiles, options ?? Plain) { Views = [Cameras.Away()] };

    private static View Over(HandDrivenWorld world, string tile, int level) => Cameras.Over(world.Tree, world.Tile(tile), level);

    // Level 2 has an error of 256 m.
    private static View Around(HandDrivenWorld world, string tile, double error = 300) => View.Sphere(world.Tree.Volume(world.Tile(tile)).Center, 10, error);

    private static string[] Asked(HandDrivenWorld world) => [.. world.Logged("start").Order()];
}
