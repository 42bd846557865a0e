using Lodestream.Diagnostics;
using Lodestream.Residency;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Streaming;

/// <summary>A content changes at its source: what is shown stays until the newer version can take its place.</summary>
public sealed class ContentChangesTests
{
    [Fact]
    public void What_is_drawn_stays_until_its_newer_version_takes_its_place_in_one_commit()
    {
        var world = Drawn("R(a b)");
        world.Change("a");
        Assert.Equal("a b", world.Screen);
        Assert.Equal(["a"], world.InFlight);
        Assert.True(world.Why("a").IsStale);
        Assert.Equal(1, world.Streamer.Statistics.Stale);
        world.Commits.Clear();
        world.TakeLog();
        world.Deliver("a");
        Assert.Equal(["*a"], world.Commits);
        Assert.Equal(["prepare a", "proceed a", "upload a", "free a"], world.TakeLog());
        Assert.Equal("a b", world.Screen);
        Assert.False(world.Why("a").IsStale);
        Assert.Equal(1, world.Streamer.Statistics.Superseded);
    }

    [Fact]
    public void The_newer_version_is_fetched_past_caches_and_only_that()
    {
        var world = Drawn("R(a b)");
        world.Change("a");
        Assert.True(world.Request("a").BypassesCaches);
        Assert.DoesNotContain(world.Requests.SkipLast(1), request => request.BypassesCaches);
        world.Deliver("a");
        world.LoseContext();
        world.Settle();
        Assert.False(world.Request("a").BypassesCaches);
    }

    [Fact]
    public void Both_versions_count_while_both_are_held()
    {
        var world = Drawn("A");
        var one = world.Streamer.Statistics.GpuGeometryBytes;
        world.ReleasesAtOnce = false;
        world.Change("A");
        world.Deliver("A");
        Assert.Equal(2 * one, world.Streamer.Statistics.GpuGeometryBytes);
        world.Release(world.FreedTicket("A"));
        world.Settle();
        Assert.Equal(one, world.Streamer.Statistics.GpuGeometryBytes);
    }

    [Fact]
    public void A_change_while_the_content_is_fetched_calls_the_request_off_and_asks_anew()
    {
        var world = new HandDrivenWorld("A", HandDrivenWorld.Plain).Settled();
        world.Change("A");
        Assert.Equal(["start A", "cancel A Superseded", "start A"], world.TakeLog());
        world.Deliver("A");
        Assert.Equal("A", world.Screen);
        Assert.Equal(0, world.Streamer.Statistics.Stale);
    }

    [Fact]
    public void A_change_while_the_content_is_decoded_calls_the_preparation_off()
    {
        var world = new HandDrivenWorld("A", HandDrivenWorld.Plain) { PreparesAtOnce = false }.Settled();
        world.Deliver("A");
        world.Change("A");
        Assert.Contains("calloff A Superseded", world.Log);
        Assert.Equal(["A"], world.InFlight);
    }

    [Fact]
    public void A_change_while_the_content_is_uploaded_shows_it_and_brings_the_newer_one_after_it()
    {
        var world = new HandDrivenWorld("A", HandDrivenWorld.Plain) { UploadsAtOnce = false }.Settled();
        world.Deliver("A");
        world.Change("A");
        world.Upload("A");
        world.Settle();
        Assert.Equal("A", world.Screen);
        Assert.Equal(["A"], world.InFlight);
    }

    [Fact]
    public void A_second_change_supersedes_the_version_on_its_way()
    {
        var world = Drawn("A");
        world.Change("A");
        world.Change("A");
        Assert.Contains("cancel A Superseded", world.Log);
        world.Deliver("A");
        Assert.Equal(1, world.Streamer.Statistics.Superseded);
        Assert.Empty(world.InFlight);
    }

    [Fact]
    public void A_newer_version_that_is_gone_leaves_the_older_one_drawn()
    {
        var world = Drawn("R(a b)");
        world.Change("a");
        world.Fail404("a");
        world.Wait(600);
        Assert.Equal("a b", world.Screen);
        Assert.Empty(world.InFlight);
        Assert.True(world.Why("a").IsStale);
    }

    [Fact]
    public void A_newer_version_that_fails_for_now_is_tried_again_while_the_older_one_is_drawn()
    {
        var world = Drawn("A");
        world.Change("A");
        world.Fail503("A");
        Assert.Equal("A", world.Screen);
        world.Wait(5);
        world.Deliver("A");
        Assert.Equal(1, world.Streamer.Statistics.Superseded);
    }

    [Fact]
    public void A_leaf_that_failed_for_good_counts_as_failed_until_its_newer_version_is_here()
    {
        var world = new HandDrivenWorld("R(a b)", HandDrivenWorld.Plain with { HostHasMasks = false, FailedLeaves = FailedLeafRule.Hole }).Settled();
        while (world.InFlight.Length > 0)
        {
            if (world.InFlight.Contains("b"))
                world.Fail404("b");
            else
                world.Deliver(world.InFlight[0]);
        }
        Assert.Equal("a", world.Screen);
        world.Change("b");
        Assert.Equal("a", world.Screen);
        world.Deliver("b");
        Assert.Equal("a b", world.Screen);
        Assert.Equal(TileReason.Drawn, world.Why("b").Reason);
    }

    [Fact]
    public void A_newer_version_that_failed_for_good_leaves_a_failed_tile_failed_and_is_tried_again_after_the_next_change()
    {
        var world = new HandDrivenWorld("R(a(c d) b)", HandDrivenWorld.Plain);
        world.Look(Cameras.All(level: 1));
        world.Deliver("R");
        world.Fail404("a");
        world.DeliverAll();
        Assert.Equal("b c d", world.Screen);
        world.Change("a");
        world.Fail404("a");
        Assert.Equal("b c d", world.Screen);
        Assert.Equal(3, world.Streamer.Selection.PrimaryCount);
        world.Change("a");
        Assert.Equal(["a"], world.InFlight);
        Assert.Equal(3, world.Streamer.Selection.PrimaryCount);
        world.Deliver("a");
        Assert.Equal("a b", world.Screen);
    }

    [Fact]
    public void What_is_missing_goes_before_what_is_stale()
    {
        var world = new HandDrivenWorld("R(a b c)", HandDrivenWorld.Plain with { MaximumRequests = 1 }).Settled();
        world.Deliver("R");
        var first = world.InFlight[0];
        world.Deliver(first);
        world.Change(first);
        var order = new List<string>();
        while (world.InFlight.Length > 0)
        {
            order.Add(world.InFlight[0]);
            world.Deliver(world.InFlight[0]);
        }
        Assert.Equal(3, order.Count);
        Assert.Equal(first, order[^1]);
    }

    [Fact]
    public void An_evicted_content_leaves_its_newer_version_to_come_alone()
    {
        var world = Drawn("R(a b)");
        world.Change("a");
        world.LoseContext();
        world.Settle();
        Assert.Equal(ContentState.Fetching, world.Why("a").State);
        world.DeliverAll();
        Assert.Equal("a b", world.Screen);
        Assert.Equal(0, world.Streamer.Statistics.Stale);
    }

    [Fact]
    public void A_URI_that_no_tile_names_means_nothing()
    {
        var world = Drawn("A");
        world.Inbox.Post(new() { Kind = InboxKind.Changed, Payload = "http://tiles.test/elsewhere.glb" });
        world.Settle();
        Assert.Empty(world.InFlight);
        Assert.True(world.Streamer.Statistics.Settled);
    }

    private static HandDrivenWorld Drawn(string tiles)
    {
        var world = new HandDrivenWorld(tiles, HandDrivenWorld.Plain);
        world.DeliverAll();
        return world;
    }
}
