using Lodestream.Diagnostics;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests;

/// <summary>Every answer to "why?" there is. Those about memory are with the memory's tests.</summary>
public class WhyTests
{
    private static readonly StreamerOptions Plain = HandDrivenWorld.Plain;

    [Fact]
    public void Drawn_tiles_and_those_whose_children_are_drawn_instead()
    {
        var world = new HandDrivenWorld("R(a(c d) b)");
        world.DeliverAll();
        Assert.Equal((TileReason.Drawn, world.Tile("c")), (world.Why("c").Reason, world.Why("c").DrawnBy));
        Assert.Equal(TileReason.Refined, world.Why("R").Reason);
    }

    [Fact]
    public void Tiles_no_view_sees_and_tiles_finer_than_any_view_wants()
    {
        var world = new HandDrivenWorld("R(a(c d) b)");
        world.Look(Cameras.All(1));
        world.DeliverAll();
        Assert.Equal((TileReason.FinerThanWanted, world.Tile("a")), (world.Why("d").Reason, world.Why("d").DrawnBy));
        world.Look(Cameras.Over(world.Tree, world.Tile("b"), 1));
        Assert.Equal((TileReason.NotVisible, -1), (world.Why("a").Reason, world.Why("a").DrawnBy));
        Assert.Equal(TileReason.NotVisible, world.Why("d").Reason);
    }

    [Fact]
    public void Tiles_with_nothing_to_draw()
    {
        var world = new HandDrivenWorld("R(.m(c d) .b)");
        world.DeliverAll();
        Assert.Equal(TileReason.NoContent, world.Why("m").Reason);
        Assert.Equal(TileReason.NoContent, world.Why("b").Reason);
    }

    [Fact]
    public void Tiles_that_wait_for_a_slot_and_those_in_flight_are_drawn_by_the_one_that_stands_in()
    {
        var world = new HandDrivenWorld("R(a b)", Plain with { MaximumRequests = 1, Priorities = () => new NamedOrder("R", "a", "b") }).Settled();
        world.Deliver("R");
        Assert.Equal((TileReason.Fetching, world.Tile("R")), (world.Why("a").Reason, world.Why("a").DrawnBy));
        Assert.Equal((TileReason.Queued, world.Tile("R")), (world.Why("b").Reason, world.Why("b").DrawnBy));
    }

    [Fact]
    public void Tiles_behind_a_parent_that_comes_first_and_tiles_that_wait_for_their_siblings()
    {
        var world = new HandDrivenWorld("~R(a @x)").Settled();
        Assert.Equal(TileReason.Waiting, world.Why("a").Reason);
        Assert.Equal(TileReason.Unexpanded, world.Why("x").Reason);
        world.Deliver("R", "a");
        Assert.Equal((TileReason.WaitingForSiblings, world.Tile("R")), (world.Why("a").Reason, world.Why("a").DrawnBy));
        Assert.Equal(TileReason.Fetching, world.Why("x").Reason);
    }

    [Fact]
    public void Tiles_that_failed_for_now_say_until_when_and_those_that_failed_for_good_why()
    {
        var world = new HandDrivenWorld("R(a b)").Settled();
        world.Deliver("R");
        world.Fail503("a");
        world.Fail404("b");
        Assert.Equal((TileReason.FailedForNow, "HttpError 503"), (world.Why("a").Reason, world.Why("a").Detail));
        Assert.InRange((world.Why("a").RetryAt - world.Now).TotalSeconds, 0.25, 0.5);
        Assert.Equal((TileReason.FailedForGood, "NotFound 404", world.Tile("R")), (world.Why("b").Reason, world.Why("b").Detail, world.Why("b").DrawnBy));
        Assert.Equal(TimeSpan.MaxValue, world.Why("b").RetryAt);
    }
}
