using System.Text;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Presentation;

public class RenderResolverTests
{
    private static readonly StreamerOptions Maskless = HandDrivenWorld.Plain with { HostHasMasks = false };

    [Fact]
    public void With_masks_each_tile_shows_as_soon_as_it_is_here_and_its_parent_around_it()
    {
        var world = new HandDrivenWorld("R(a b c)").Settled();
        Assert.Equal("", world.Screen);
        world.Deliver("R");
        Assert.Equal("R", world.Screen);
        world.Deliver("b");
        Assert.Equal("R-b b", world.Screen);
        world.Deliver("a");
        Assert.Equal("R-a-b a b", world.Screen);
        world.Deliver("c");
        Assert.Equal("a b c", world.Screen);
    }

    [Fact]
    public void Tiles_show_before_their_parent_where_nothing_is_there_yet()
    {
        var world = new HandDrivenWorld("R(a b)").Settled();
        world.Deliver("b");
        Assert.Equal("b", world.Screen);
        world.Deliver("R");
        Assert.Equal("R-b b", world.Screen);
    }

    [Fact]
    public void An_ancestor_at_any_distance_stands_in_for_what_lies_between()
    {
        var world = new HandDrivenWorld("R(a(c(g h) d) b)").Settled();
        world.Deliver("R", "g");
        Assert.Equal("R-a a<R-c c<R-g g", world.Screen);
        world.Deliver("d");
        Assert.Equal("R-a c<R-g d g", world.Screen);
        world.Deliver("h");
        Assert.Equal("R-a d g h", world.Screen);
        world.Deliver("b");
        Assert.Equal("b d g h", world.Screen);
    }

    [Theory]
    [InlineData("R(a b)", false)]
    [InlineData("~R(a b)", true)]
    public void Without_masks_children_show_all_at_once(string tiles, bool masks)
    {
        var world = new HandDrivenWorld(tiles, Maskless with { HostHasMasks = masks }).Settled();
        Assert.Equal(["R"], world.InFlight);
        world.Deliver("R", "a");
        Assert.Equal("R", world.Screen);
        world.Deliver("b");
        Assert.Equal("a b", world.Screen);
        Assert.Equal(["R", "!R a b"], world.Commits);
    }

    [Fact]
    public void More_children_than_a_mask_has_bits_show_all_at_once()
    {
        var world = new HandDrivenWorld("R(a b c d e f g h i)", HandDrivenWorld.Plain with { MaximumRequestsPerHost = 24 }).Settled();
        world.Deliver("R", "a", "b", "c", "d", "e", "f", "g", "h");
        Assert.Equal("R", world.Screen);
        world.Deliver("i");
        Assert.Equal("a b c d e f g h i", world.Screen);
    }

    [Fact]
    public void Without_masks_culled_children_come_too_so_that_turning_around_uncovers_nothing()
    {
        var world = new HandDrivenWorld("R(a b)", Maskless);
        world.Look(Cameras.Over(world.Tree, world.Tile("a"), 9));
        world.Deliver("R");
        Assert.Equal(["a", "b"], world.InFlight.Order());
        world.Deliver("a");
        Assert.Equal("R", world.Screen);
        world.Deliver("b");
        Assert.Equal("a", world.Screen);
        world.Look(Cameras.All(9));
        Assert.Equal("a b", world.Screen);
    }

    [Fact]
    public void With_masks_culled_children_are_not_asked_for()
    {
        var world = new HandDrivenWorld("R(a b)");
        world.Look(Cameras.Over(world.Tree, world.Tile("a"), 9));
        world.Deliver("R", "a");
        Assert.Empty(world.InFlight);
        Assert.Equal("a", world.Screen);
        world.Look(Cameras.All(9));
        Assert.Equal("R-a a", world.Screen);
    }

    [Fact]
    public void A_tile_without_content_is_covered_when_its_children_are()
    {
        var world = new HandDrivenWorld("R(.m(e f) b)").Settled();
        world.Deliver("R", "e");
        Assert.Equal("R-m e m<R-e", world.Screen);
        world.Deliver("f", "b");
        Assert.Equal("b e f", world.Screen);

        world = new HandDrivenWorld("R(.m(e f) b)", Maskless).Settled();
        world.Deliver("R", "e", "b");
        Assert.Equal("R", world.Screen);
        world.Deliver("f");
        Assert.Equal("b e f", world.Screen);
    }

    [Fact]
    public void An_empty_leaf_is_covered_by_nothing()
    {
        var world = new HandDrivenWorld("R(.m b)");
        world.DeliverAll();
        Assert.Equal("b", world.Screen);
        world = new HandDrivenWorld("R(.m b)", Maskless);
        world.DeliverAll();
        Assert.Equal("b", world.Screen);
    }

    [Fact]
    public void A_leaf_that_failed_for_good_leaves_its_ancestor_drawn_beneath_its_siblings()
    {
        var world = new HandDrivenWorld("R(a b)").Settled();
        world.Fail404("a");
        world.DeliverAll();
        Assert.Equal("R-b b", world.Screen);
        Assert.True(world.Streamer.Statistics.Settled);
    }

    [Theory]
    [InlineData(FailedLeafRule.Coarse, "R")]
    [InlineData(FailedLeafRule.Hole, "b")]
    public void Without_masks_an_option_says_what_a_failed_leaf_costs(FailedLeafRule rule, string screen)
    {
        var world = new HandDrivenWorld("R(a b)", Maskless with { FailedLeaves = rule }).Settled();
        world.Deliver("R");
        world.Fail404("a");
        world.DeliverAll();
        Assert.Equal(screen, world.Screen);
        Assert.True(world.Streamer.Statistics.Settled);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_inner_tile_that_failed_for_good_counts_as_without_content(bool masks)
    {
        var world = new HandDrivenWorld("R(a(c d) b)", Maskless with { HostHasMasks = masks });
        world.Look(Cameras.All(1));
        world.Deliver("R");
        world.Fail404("a");
        world.DeliverAll();
        Assert.Equal("b c d", world.Screen);
        Assert.True(world.Streamer.Statistics.Settled);
    }

    [Fact]
    public void An_inner_tile_of_which_every_content_failed_for_good_counts_as_without_content_and_one_with_any_does_not()
    {
        var world = new HandDrivenWorld("R(a*water*label(c d) b)");
        world.Look(Cameras.All(1));
        world.Deliver("R", "b");
        world.Fail404("a");
        world.Fail404("a.label");
        Assert.Equal("R-b b", world.Screen);
        Assert.Empty(world.InFlight.Intersect(["c", "d"]));
        world.Fail404("a.water");
        world.DeliverAll();
        Assert.Equal("b c d", world.Screen);

        world = new HandDrivenWorld("R(a*water(c d) b)");
        world.Look(Cameras.All(1));
        world.Deliver("R", "b");
        world.Fail404("a.water");
        world.DeliverAll();
        Assert.Equal("a b", world.Screen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_root_that_failed_for_good_does_not_block_its_children(bool masks)
    {
        var world = new HandDrivenWorld("R(a b)", Maskless with { HostHasMasks = masks }).Settled();
        world.Fail404("R");
        world.DeliverAll();
        Assert.Equal("a b", world.Screen);
    }

    [Fact]
    public void ADD_draws_every_tile_from_the_root_to_the_cut_as_it_comes()
    {
        var world = new HandDrivenWorld("+R(+a(c d) b)").Settled();
        world.Deliver("b");
        Assert.Equal("b", world.Screen);
        world.Deliver("R", "c");
        Assert.Equal("R b c", world.Screen);
        world.Deliver("a", "d");
        Assert.Equal("R a b c d", world.Screen);
        world.Look(Cameras.All(1));
        Assert.Equal("R a b", world.Screen);
    }

    [Fact]
    public void Zooming_out_keeps_the_finer_tiles_until_the_coarser_ones_are_there()
    {
        var world = new HandDrivenWorld("R(a(c d) b(e f))").Settled();
        world.Deliver("R");
        world.DeliverAll();
        Assert.Equal("c d e f", world.Screen);
        world.Look(Cameras.All(1));
        Assert.Equal(["a", "b"], world.InFlight.Order());
        Assert.Equal("c d e f", world.Screen);
        world.Deliver("a");
        Assert.Equal("a e f", world.Screen);
        world.Look(Cameras.All(0));
        Assert.Equal("R", world.Screen);
    }

    [Fact]
    public void Zooming_out_over_half_a_family_fills_the_rest_from_above()
    {
        var world = new HandDrivenWorld("R(a(c d) b)").Settled();
        world.Deliver("R", "c");
        Assert.Equal("R-a a<R-c c", world.Screen);
        world.Look(Cameras.All(1));
        Assert.Equal("R-a a<R-c c", world.Screen);
        world.Deliver("a");
        Assert.Equal("R-a a", world.Screen);
    }

    [Fact]
    public void Zooming_out_without_masks_keeps_what_was_drawn_until_the_coarser_ones_are_there()
    {
        var world = new HandDrivenWorld("R(a(c d) b(e f))", Maskless).Settled();
        world.Deliver("R");
        world.Fail503("a");
        world.DeliverAll();
        Assert.Equal("c d e f", world.Screen);
        world.Look(Cameras.All(1));
        Assert.Equal("b c d", world.Screen);
        world.Wait(5);
        world.DeliverAll();
        Assert.Equal("a b", world.Screen);
    }

    [Fact]
    public void What_leaves_the_view_is_hidden_and_what_comes_back_is_shown_without_being_fetched_again()
    {
        var world = new HandDrivenWorld("R(a b)");
        world.DeliverAll();
        world.Look(Cameras.Away());
        Assert.Equal("", world.Screen);
        world.TakeLog();
        world.Look(Cameras.Over(world.Tree, world.Tile("b"), 9));
        Assert.Equal("b", world.Screen);
        Assert.Empty(world.TakeLog());
    }

    [Fact]
    public void Commits_hold_what_changed_and_nothing_else()
    {
        var world = new HandDrivenWorld("R(a b c)").Settled();
        world.Deliver("R", "a", "b", "c");
        for (var i = 0; i < 5; i++)
            world.Tick();
        Assert.Equal(["R", "R-a a", "R-a-b b", "!R c"], world.Commits);
        world.Look(Cameras.Over(world.Tree, world.Tile("b"), 9));
        Assert.Equal("!a !c", world.Commits[^1]);
        Assert.Equal(world.Commits.Count, world.Streamer.Statistics.Commits);
    }

    [Fact]
    public void Every_content_of_a_tile_is_shown_as_many_as_it_may_have()
    {
        var block = new TileBlockBuilder(HandDrivenWorld.SceneUri);
        var tile = block.AddTile(-1, SpecTile.RootVolume, SpecTile.RootError, Refinement.Replace, Transform3d.Identity);
        for (var i = 0; i < TileBlockBuilder.MaximumContents; i++)
            block.AddContent(tile, Encoding.UTF8.GetBytes($"c{i}.glb"), ContentFamily.Mesh, ContentFormat.Glb);
        var error = Assert.Throws<ArgumentException>(() => block.AddContent(tile, "one.glb"u8, ContentFamily.Mesh, ContentFormat.Glb));
        Assert.Contains("32", error.Message, StringComparison.Ordinal);
        var world = new HandDrivenWorld(block.Build());
        world.DeliverAll();
        Assert.Equal(uint.MaxValue, world.Streamer.Drawn[0].Contents);
    }
}
