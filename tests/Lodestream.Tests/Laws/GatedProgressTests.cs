using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Laws;

public sealed class GatedProgressTests
{
    [Theory]
    [InlineData("~R(a(b c) d)")]
    [InlineData("~R(.a(b c) d)")]
    [InlineData("~R(+.a(b c) d)")]
    [InlineData("~R(.a(+.m(b c) e) d)")]
    public void A_tile_that_gives_way_to_all_of_its_children_does_so_whatever_part_of_them_is_in_view(string tiles)
    {
        var world = new HandDrivenWorld(tiles);
        world.Views = [Cameras.Over(world.Tree, world.Tile("b"), level: 5)];
        world.DeliverAll();

        Assert.True(world.Streamer.Statistics.Settled);
        Assert.Contains("b", world.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain("R", world.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_that_gets_stuck_after_it_was_given_its_memory_is_noticed_without_anybody_moving()
    {
        var world = new HandDrivenWorld("R") { PreparesAtOnce = false };
        world.Settle();
        world.Deliver("R");
        world.Measure("R");
        world.Settle();

        Assert.Equal(WakeKind.AtTime, world.Decision.Kind);
        world.Now = world.Decision.At;
        world.Tick();
        Assert.Contains("calloff R TimedOut", world.Log);
    }
}
