using Lodestream.Geometry;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Proximity;

/// <summary>What is drawn while one representation takes the place of another: what was there, until its successor is.</summary>
public sealed class HandOverTests
{
    private static readonly EntrySpec House = new("a", 0) { Lods = [80, 150], Hlods = [300] };

    [Fact]
    public void A_coarser_tile_is_drawn_until_the_full_one_is_here()
    {
        var world = At(110, "a-lod1");
        world.Look(ManifestSpec.Eye(-70));
        Assert.Equal("a-lod1", world.Screen);
        world.Deliver("a");
        Assert.Equal("a", world.Screen);
    }

    [Fact]
    public void A_full_tile_past_its_unload_radius_is_drawn_until_its_LOD_is_here()
    {
        var world = At(70, "a");
        world.Wait(10);
        world.Look(ManifestSpec.Eye(-130));
        world.Wait(3);
        Assert.Equal(["a-lod1"], world.InFlight);
        Assert.Equal("a", world.Screen);
        world.Fail503("a-lod1");
        Assert.Empty(world.InFlight);
        Assert.Equal("a", world.Screen);
        world.Wait(5);
        Assert.Equal(ContentState.Resident, world.Streamer.StateOf(world.Content("a")));
        world.Deliver("a-lod1");
        Assert.Equal("a-lod1", world.Screen);
        world.Pass(1);
        Assert.Equal(ContentState.Absent, world.Streamer.StateOf(world.Content("a")));
    }

    [Fact]
    public void From_LOD_to_HLOD_and_back_something_is_always_drawn()
    {
        var world = At(200, "a-lod2");
        world.Wait(2);
        world.Look(ManifestSpec.Eye(-310));
        Assert.Equal("a-lod2", world.Screen);
        world.Deliver("a-hlod1");
        Assert.Equal("a-hlod1", world.Screen);
        world.Pass(2);
        Assert.Equal(ContentState.Absent, world.Streamer.StateOf(world.Content("a-lod2")));
        world.Look(ManifestSpec.Eye(-200));
        Assert.Equal("a-hlod1", world.Screen);
        world.Deliver("a-lod2");
        Assert.Equal("a-lod2", world.Screen);
    }

    [Fact]
    public void A_full_tile_that_comes_takes_over_at_once_and_the_LOD_goes_after_its_dwell()
    {
        var world = At(110, "a-lod1");
        world.Look(ManifestSpec.Eye(-70));
        world.Deliver("a");
        Assert.Equal("a", world.Screen);
        Assert.Equal(ContentState.Resident, world.Streamer.StateOf(world.Content("a-lod1")));
        world.Pass(1.1);
        Assert.Equal(ContentState.Absent, world.Streamer.StateOf(world.Content("a-lod1")));
        Assert.Equal(WakeKind.OnEvent, world.Decision.Kind);
    }

    [Fact]
    public void Nothing_coarser_is_asked_for_on_the_way_to_a_full_tile()
    {
        var world = new ManifestSpec(House).World(-50);
        world.Settle();
        Assert.Equal(["a"], world.InFlight);
    }

    [Theory]
    [InlineData(50, "a", "a-hlod1")]
    [InlineData(400, "a-hlod1", "a-lod2")]
    public void Where_a_full_tile_failed_a_coarser_one_covers_for_it_and_where_an_HLOD_did_what_is_finer(double distance, string fails, string covers)
    {
        var world = new ManifestSpec(House).World(-distance);
        world.Settle();
        world.Fail404(fails);
        Assert.Equal([covers], world.InFlight);
        world.DeliverAll();
        Assert.Equal(covers, world.Screen);
    }

    [Fact]
    public void A_teleport_shows_what_was_there_until_the_rest_comes()
    {
        var world = new ManifestSpec(House, new EntrySpec("b", 2000) { Lods = [80, 150], Hlods = [300] }).World(-60);
        world.DeliverAll();
        Assert.Equal("a b-hlod1", world.Screen);
        world.Look(ManifestSpec.Eye(1950));
        Assert.Equal("b-hlod1", world.Screen);
        world.Deliver("b");
        Assert.Equal("b", world.Screen);
    }

    [Fact]
    public void A_tile_far_away_whose_LOD_is_resident_shows_it_until_its_HLOD_is_here()
    {
        var world = At(110, "a-lod1");
        world.Look(ManifestSpec.Eye(-3000));
        Assert.Equal("a-lod1", world.Screen);
        world.Deliver("a-hlod1");
        Assert.Equal("a-hlod1", world.Screen);
    }

    [Fact]
    public void What_is_drawn_has_the_level_by_which_it_is_coloured()
    {
        var tree = new ManifestSpec(House with { Hlods = [300, 900] }).Tree();
        var levels = Enumerable.Range(0, tree.Capacity).Select(tile => Representations.LevelOf(tree, tile)).ToArray();
        Assert.Equal([-1, -1, 5, 5, 2, 1, 0], levels);
        Assert.Equal(RepresentationKind.Lod, Representations.KindOf(tree, 5));
        Assert.Null(Representations.KindOf(tree, 1));
    }

    private static HandDrivenWorld At(double distance, string drawn)
    {
        var world = new ManifestSpec(House).World(-distance);
        world.DeliverAll();
        Assert.Equal(drawn, world.Screen);
        return world;
    }
}
