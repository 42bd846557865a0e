using Lodestream.Scene;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Presentation;

/// <summary>A tile swaps in when its required, enabled families are here, and is never shown without one of them.</summary>
public class FamilyGateTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_terrain_never_shows_without_its_rivers_however_often_their_request_fails(bool pyramid)
    {
        var world = World("R*water(a*water b*water)", pyramid);
        world.Deliver("R", "R.water", "a", "b", "b.water");
        Assert.Equal("R-b b", world.Screen);
        for (var attempt = 0; attempt < 4; attempt++)
        {
            world.Fail503("a.water");
            AssertWhole(world);
            Assert.Equal("R-b b", world.Screen);
            for (; !world.InFlight.Contains("a.water"); world.Now = world.Decision.At)
            {
                world.Settle();
                AssertWhole(world);
            }
        }
        world.Deliver("a.water");
        Assert.Equal("a b", world.Screen);
        AssertWhole(world);
    }

    [Fact]
    public void A_required_family_that_does_not_exist_is_not_waited_for()
    {
        var world = World("R*water(a*water b*water)");
        world.Deliver("R", "R.water", "a", "b", "b.water");
        world.Fail404("a.water");
        Assert.Equal("a b", world.Screen);
    }

    [Fact]
    public void An_optional_family_that_does_not_exist_gates_nothing_before_or_after_it_is_known()
    {
        var world = World("R(a*label b)");
        world.Deliver("R", "a", "b");
        Assert.Equal("a b", world.Screen);
        world.Fail404("a.label");
        Assert.Equal("a b", world.Screen);
        Assert.True(world.Streamer.Statistics.Settled);
    }

    [Fact]
    public void A_layer_that_is_off_while_it_loads_is_called_off_and_on_again_it_is_asked_for_and_withdraws_nothing()
    {
        var world = World("R*water(a*water b*water)");
        world.Deliver("R", "R.water", "a");
        Assert.Equal("R", world.Screen);
        world.Streamer.EnabledFamilies = FamilySet.All.Without(ContentFamily.Water);
        world.Settle();
        Assert.Equal("R-a a", world.Screen);
        Assert.DoesNotContain(world.InFlight, name => name.EndsWith(".water", StringComparison.Ordinal));
        world.Streamer.EnabledFamilies = FamilySet.All;
        world.Settle();
        Assert.Equal("R-a a", world.Screen);
        Assert.Contains("a.water", world.InFlight);
        world.Deliver("a.water");
        AssertWhole(world);

        // b was not there when water came back: it waits for it.
        world.Deliver("b");
        Assert.Equal("R-a a", world.Screen);
        world.Deliver("b.water");
        Assert.Equal("a b", world.Screen);
        AssertWhole(world);
    }

    [Fact]
    public void What_is_here_of_a_layer_shows_in_the_frame_that_switches_it_on()
    {
        var world = World("R*water(a*water b*water)");
        world.DeliverAll();
        world.Streamer.EnabledFamilies = FamilySet.All.Without(ContentFamily.Water);
        world.Tick();
        Assert.All(world.Picture.Values, item => Assert.Equal(1u, item.Contents));
        world.Streamer.EnabledFamilies = FamilySet.All;
        world.Tick();
        AssertWhole(world);
        Assert.Empty(world.InFlight);
    }

    [Fact]
    public void Below_a_tile_of_a_layer_that_is_off_what_is_on_comes_though_the_tile_can_carry_no_mask()
    {
        var world = new HandDrivenWorld(".R(~m(.a*water .b*water))");
        world.Streamer.EnabledFamilies = FamilySet.All.Without(ContentFamily.Mesh);
        world.DeliverAll();
        Assert.Equal("a b", world.Screen);
    }

    [Fact]
    public void A_layer_that_is_switched_on_hides_nothing_finer_where_a_tile_can_carry_no_mask()
    {
        var world = World(".R(~m(.a*water .b*water))");
        world.Deliver("m");
        Assert.Equal("m", world.Screen);
        world.Streamer.EnabledFamilies = FamilySet.All.Without(ContentFamily.Mesh);
        world.Settle();
        world.Deliver("a.water");
        Assert.Equal("a", world.Screen);

        // The mesh is here still, and would take the place of both children.
        world.Streamer.EnabledFamilies = FamilySet.All;
        world.Tick();
        Assert.Equal("a", world.Screen);
        world.DeliverAll();
        Assert.Equal("a b", world.Screen);
        Assert.True(world.Streamer.Statistics.Settled);
    }

    [Fact]
    public void A_tile_swaps_in_when_its_required_families_are_here_and_optional_ones_join_later()
    {
        var world = new HandDrivenWorld("R(a*water*label b)").Settled();
        world.Deliver("R", "b", "a");
        Assert.Equal("R-b b", world.Screen);
        world.Deliver("a.water");
        Assert.Equal("a b", world.Screen);
        Assert.Equal(0b011u, world.Picture[world.Tile("a")].Contents);
        world.Deliver("a.label");
        Assert.Equal(0b111u, world.Picture[world.Tile("a")].Contents);
        Assert.Equal("a", world.Commits[^1]);
    }

    [Fact]
    public void A_family_that_is_switched_off_vanishes_and_is_back_in_the_same_frame_when_switched_on()
    {
        var world = new HandDrivenWorld("a*label");
        world.DeliverAll();
        world.Streamer.EnabledFamilies = FamilySet.All.Without(ContentFamily.Label);
        world.Tick();
        Assert.Equal(0b01u, world.Picture[world.Tile("a")].Contents);
        world.TakeLog();
        world.Streamer.EnabledFamilies = FamilySet.All;
        world.Tick();
        Assert.Equal(0b11u, world.Picture[world.Tile("a")].Contents);
        Assert.Empty(world.TakeLog());
    }

    [Fact]
    public void A_family_that_is_switched_off_before_it_came_is_called_off()
    {
        var world = new HandDrivenWorld("a*label").Settled();
        world.Streamer.EnabledFamilies = FamilySet.All.Without(ContentFamily.Label);
        world.Settle();
        Assert.Contains("cancel a.label NoLongerWanted", world.Log);
        world.DeliverAll();
        Assert.Equal("a", world.Screen);
        Assert.True(world.Streamer.Statistics.Settled);
    }

    [Fact]
    public void A_newly_enabled_family_joins_tile_by_tile_and_withdraws_nothing()
    {
        var world = new HandDrivenWorld("R(a*water b*water)");
        world.Streamer.EnabledFamilies = FamilySet.All.Without(ContentFamily.Water);
        world.DeliverAll();
        Assert.Equal("a b", world.Screen);
        world.Streamer.EnabledFamilies = FamilySet.All;
        world.Settle();
        Assert.Equal("a b", world.Screen);
        world.Deliver("a.water");
        Assert.Equal("a b", world.Screen);
        Assert.Equal((0b11u, 0b01u), (world.Picture[world.Tile("a")].Contents, world.Picture[world.Tile("b")].Contents));
    }

    [Theory]
    [InlineData(ContentFamily.Water)]
    [InlineData(ContentFamily.Label)]
    public void Nothing_is_settled_while_a_newly_enabled_family_is_still_on_its_way(ContentFamily family)
    {
        var world = new HandDrivenWorld($"R(a*{family} b)");
        world.Streamer.EnabledFamilies = FamilySet.All.Without(family);
        world.DeliverAll();
        Assert.True(world.Streamer.Statistics.Settled);
        world.Streamer.EnabledFamilies = FamilySet.All;
        world.Settle();
        Assert.Equal("a b", world.Screen);
        Assert.Equal(0, world.Streamer.Statistics.NotYetResident);
        Assert.False(world.Streamer.Statistics.Settled);
        world.DeliverAll();
        Assert.True(world.Streamer.Statistics.Settled);
    }

    [Fact]
    public void An_optional_family_that_failed_for_good_is_not_waited_for()
    {
        var world = new HandDrivenWorld("a*label").Settled();
        world.Deliver("a");
        Assert.False(world.Streamer.Statistics.Settled);
        world.Fail404("a.label");
        Assert.True(world.Streamer.Statistics.Settled);
    }

    private static HandDrivenWorld World(string tiles, bool pyramid = false) =>
        new HandDrivenWorld(tiles, HandDrivenWorld.Plain with { Pyramid = pyramid ? new() { TargetTileWidthPx = 100 } : null }).Settled();

    // Every tile on screen has both its mesh and its water.
    private static void AssertWhole(HandDrivenWorld world) =>
        Assert.All(world.Picture.Values, item => Assert.Equal((1u << world.Tree.Links[item.Source].SlotCount) - 1, item.Contents));
}
