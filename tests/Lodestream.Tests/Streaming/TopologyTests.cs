using Lodestream.Diagnostics;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Streaming;

public class TopologyTests
{
    private const string Folder = "http://tiles.test/scene/";

    private static readonly StreamerOptions Plain = HandDrivenWorld.Plain;

    [Fact]
    public void The_scene_s_document_is_asked_for_first_and_its_tiles_when_it_is_here()
    {
        var world = new HandDrivenWorld();
        world.AddDocument(HandDrivenWorld.SceneUri, "R(a b)");
        world.Settle();
        Assert.Equal(["R"], world.InFlight);
        Assert.Equal(ContentFormat.Tileset, world.Request("R").Format);
        world.Deliver("R");
        Assert.Equal(["R", "a", "b"], world.InFlight.Order(StringComparer.Ordinal));
        world.DeliverAll();
        Assert.Equal("a b", world.Screen);
    }

    [Fact]
    public void A_document_beneath_is_asked_for_when_a_view_wants_what_is_in_it()
    {
        var world = new HandDrivenWorld("R(a @x)");
        world.AddDocument(Folder + "x.json", "X(c d)");
        world.Look(Cameras.All(0));
        world.DeliverAll();
        Assert.DoesNotContain("x", world.Logged("start"));
        world.Look(Cameras.All(9));
        Assert.Equal(TileReason.Fetching, world.Why("x").Reason);
        world.Deliver("x");
        Assert.Equal("R", world.Screen);
        world.DeliverAll();
        Assert.Equal("a c d", world.Screen);
        Assert.Equal(TileReason.NoContent, world.Why("x").Reason);
    }

    [Fact]
    public void Two_tiles_that_name_one_document_are_both_expanded()
    {
        var world = new HandDrivenWorld("R(@p=x @q=x)");
        world.AddDocument(Folder + "x.json", "X(c d)");
        world.DeliverAll();
        Assert.Equal("c c d d", world.Screen);
        Assert.True(world.Streamer.Statistics.Settled);
    }

    [Fact]
    public void Topology_is_placed_over_as_many_ticks_as_it_takes_and_seen_only_when_it_is_whole()
    {
        var world = new HandDrivenWorld(Plain with { TopologyTilesPerTick = 10, MaximumRequests = 100 });
        world.AddDocument(HandDrivenWorld.SceneUri, RequestSchedulerTests.Wide(99));
        world.Settle();
        world.Answer("R");
        world.Tick();
        var ticks = 0;
        for (; world.Tree.TileCount == 1; ticks++)
        {
            Assert.Equal(1, world.Streamer.Selection.Count);
            Assert.Equal(WakeKind.Now, world.Decision.Kind);
            world.Tick();
        }
        Assert.Equal((10, 101), (ticks, world.Tree.TileCount));
        world.DeliverAll();
        Assert.Equal(99, world.Picture.Count);
    }

    [Fact]
    public void A_small_document_does_not_wait_behind_its_elders_and_all_arrive()
    {
        var world = new HandDrivenWorld(".R(@x @y)", Plain with { TopologyTilesPerTick = 3, MaximumRequests = 100 });
        world.AddDocument(Folder + "x.json", RequestSchedulerTests.Wide(20));
        world.AddDocument(Folder + "y.json", "Y(c d)");
        world.DeliverAll();
        Assert.Equal(22, world.Picture.Count);
    }

    [Fact]
    public void A_document_that_names_itself_is_refused_with_the_reason()
    {
        var world = new HandDrivenWorld("R(a @x)");
        world.AddDocument(Folder + "x.json", "X(c @y=x)");
        world.DeliverAll();
        var why = world.Why("y");
        Assert.Equal((TileReason.FailedForGood, StateReason.Undecodable), (why.Reason, why.StateReason));
        Assert.Contains("contains itself", why.Detail, StringComparison.Ordinal);
        Assert.Contains("x.json", why.Detail, StringComparison.Ordinal);
        Assert.True(world.Streamer.Statistics.Settled);
        Assert.Equal("X<R-c a c", world.Screen);
    }

    [Fact]
    public void A_circle_of_documents_is_refused_where_it_closes()
    {
        var world = new HandDrivenWorld("R(a @x)");
        world.AddDocument(Folder + "x.json", "X(c @y)");
        world.AddDocument(Folder + "y.json", "Y(d @z=R)");
        world.DeliverAll();
        Assert.Contains("R.json contains itself", world.Why("z").Detail, StringComparison.Ordinal);
        Assert.True(world.Streamer.Statistics.Settled);
    }

    [Fact]
    public void Documents_nested_too_deep_are_refused_with_the_depth()
    {
        var world = new HandDrivenWorld("R(@d1)", Plain with { MaximumTilesetDepth = 4 });
        for (var i = 1; i < 10; i++)
            world.AddDocument($"{Folder}d{i}.json", $"e{i}(@d{i + 1} f{i})");
        world.DeliverAll();
        Assert.Equal(["d1", "d2", "d3", "d4"], world.Logged("start").Where(name => name[0] == 'd'));
        Assert.Equal((TileReason.FailedForGood, StateReason.Undecodable), (world.Why("d4").Reason, world.Why("d4").StateReason));
        Assert.Contains("4 deep", world.Why("d4").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_that_cannot_be_had_leaves_what_is_above_it_drawn()
    {
        var world = new HandDrivenWorld("R(a @x)");
        world.Settle();
        world.Fail404("x");
        world.DeliverAll();
        Assert.Equal("R-a a", world.Screen);
        Assert.Equal((TileReason.FailedForGood, StateReason.NotFound), (world.Why("x").Reason, world.Why("x").StateReason));
        Assert.True(world.Streamer.Statistics.Settled);
    }

    [Fact]
    public void A_document_that_cannot_be_parsed_is_asked_for_again_like_any_content()
    {
        var world = new HandDrivenWorld("R(a @x)") { PreparesAtOnce = false };
        world.AddDocument(Folder + "x.json", "X(c)");
        world.Settle();
        world.Answer("x");
        world.Settle();
        world.FailToPrepare("x", error: "line 1: '{' is missing");
        world.Settle();
        Assert.Equal((TileReason.FailedForNow, 5), (world.Why("x").Reason, (world.Why("x").RetryAt - world.Now).TotalSeconds));
        world.PreparesAtOnce = true;
        world.Wait(5);
        world.DeliverAll();
        Assert.Equal("a c", world.Screen);
    }

    [Fact]
    public void Topology_that_nothing_saw_for_long_is_unloaded_and_comes_back_when_it_is_seen()
    {
        var world = new HandDrivenWorld("R(a @x)", Plain with { UnloadTopologyAfterSeconds = 10 });
        world.AddDocument(Folder + "x.json", ".X(.c(e f) .d)");
        world.Look(Cameras.Over(world.Tree, world.Tile("x"), 1));
        world.Deliver("R", "x");
        var known = world.Tree.TileCount;
        Assert.True(known > 4);
        world.Look(Cameras.Over(world.Tree, world.Tile("a"), 9));
        world.Deliver("a");
        for (var second = 0; second < 20; second++)
            world.Wait(1);
        Assert.Equal(4, world.Tree.TileCount);
        world.TakeLog();
        world.Look(Cameras.All(9));
        Assert.Contains("x", world.Logged("start"));
        world.DeliverAll();
        Assert.Equal(known, world.Tree.TileCount);
        Assert.True(world.Streamer.Statistics.Settled);
    }
}
