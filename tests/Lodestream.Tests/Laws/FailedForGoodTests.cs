using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Laws;

public sealed class FailedForGoodTests
{
    [Fact]
    public void A_tile_all_of_whose_contents_failed_for_good_counts_as_content_less()
    {
        var world = new HandDrivenWorld("R(a*label(b c) d)");
        world.Look(Cameras.All(level: 1));
        world.Deliver("R");
        world.Fail404("a");
        world.Fail404("a.label");
        world.DeliverAll();

        Assert.Equal("b c d", world.Screen);
    }

    [Fact]
    public void A_tile_with_one_content_left_is_drawn_with_that()
    {
        var world = new HandDrivenWorld("R(a*label(b c) d)");
        world.Look(Cameras.All(level: 1));
        world.Deliver("R");
        world.Fail404("a");
        world.DeliverAll();

        Assert.Equal("a d", world.Screen);
    }

    [Fact]
    public void Failed_leaves_alone_are_no_stand_in_for_a_tile_that_can_still_come()
    {
        var world = new HandDrivenWorld("~R(~a(b c) d)", new() { FailedLeaves = FailedLeafRule.Hole, AdaptiveWindow = false });
        world.Look(Cameras.All(level: 2));
        world.Deliver("R");
        world.Fail503("a");
        world.Fail404("b");
        world.Fail404("c");
        world.Look(Cameras.All(level: 1));
        world.Deliver("d");

        // Both children of a are known holes, but a itself is what is wanted now, and will be tried again.
        Assert.Equal("R", world.Screen);
    }

    [Fact]
    public void A_tile_completed_by_a_failure_does_not_hide_what_was_shown_in_its_place()
    {
        var world = new HandDrivenWorld("S(~R=c*water(a b) c)", HandDrivenWorld.Plain);
        world.Look(Cameras.All(level: 2));
        world.Fail404("S");
        world.Deliver("c.water");
        world.Fail503("c");
        world.Deliver("a");
        Assert.Equal("a", world.Screen);

        // What R waited for will never come. By itself R could be shown now, but neither beside a nor around it.
        world.Wait(5);
        world.Fail404("c");
        Assert.Equal("a", world.Screen);
        world.DeliverAll();
        Assert.Equal("a b", world.Screen);
    }
}
