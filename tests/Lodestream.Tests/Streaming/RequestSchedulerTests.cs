using Lodestream.Diagnostics;
using Lodestream.Residency;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Streaming;

public class RequestSchedulerTests
{
    private static readonly StreamerOptions Plain = HandDrivenWorld.Plain;

    [Fact]
    public void Requests_start_in_the_order_of_their_priorities()
    {
        var world = new HandDrivenWorld(".R(a b c d)", Plain with { MaximumRequests = 1, Priorities = () => new NamedOrder("c", "a", "d", "b") });
        world.DeliverAll();
        Assert.Equal(["c", "a", "d", "b"], world.Logged("start"));
    }

    [Fact]
    public void What_everything_falls_back_on_goes_before_what_refines_it_whatever_the_priorities()
    {
        var world = new HandDrivenWorld("R(a b)", Plain with { MaximumRequests = 1, Priorities = () => new NamedOrder("a", "b", "R") });
        world.DeliverAll();
        Assert.Equal(["R", "a", "b"], world.Logged("start"));
    }

    [Fact]
    public void Holes_are_filled_before_anything_is_refined()
    {
        var world = new HandDrivenWorld(".R(a(c d) b(e f))", Plain with { MaximumRequests = 1, Priorities = () => new NamedOrder("c", "d", "a") });
        world.Look(Cameras.All(1));
        Assert.Equal(["a"], world.InFlight);
        world.Deliver("a");
        world.Fail404("b");
        world.TakeLog();
        world.Look(Cameras.All(2));
        while (world.InFlight.Length > 0)
            world.Deliver(world.InFlight);
        Assert.Equal(["e", "f"], world.Requests.Skip(2).Take(2).Select(request => Path.GetFileNameWithoutExtension(request.Uri)).Order());
        Assert.Equal("c d e f", world.Screen);
    }

    [Fact]
    public void The_latest_priority_wins()
    {
        var order = new NamedOrder("a", "b", "c");
        var world = new HandDrivenWorld(".R(a b c)", Plain with { MaximumRequests = 1, Priorities = () => order });
        world.Settle();
        order.Names = ["c", "b"];
        world.Deliver("a");
        Assert.Equal(["c"], world.InFlight);
    }

    [Fact]
    public void No_more_requests_than_the_cap_are_in_flight()
    {
        var world = new HandDrivenWorld(Wide(40), Plain with { MaximumRequests = 5 }, HostsByNumber(10));
        world.Settle();
        Assert.Equal(5, world.InFlight.Length);
        world.DeliverAll();
        Assert.Equal(5, world.Streamer.Statistics.PeakInFlight);
        Assert.Equal(40, world.Requests.Count);
    }

    [Fact]
    public void A_host_that_is_full_is_passed_over_not_waited_for()
    {
        var order = new NamedOrder([.. Enumerable.Range(0, 12).Select(i => $"t{i}")]);
        var world = new HandDrivenWorld(Wide(12), Plain with { MaximumRequestsPerHost = 2, Priorities = () => order }, name => Number(name) < 9 ? $"http://full.test/{name}.glb" : $"http://free.test/{name}.glb");
        world.Settle();
        Assert.Equal(["t0", "t1", "t9", "t10"], world.Logged("start"));
        world.Deliver("t10");
        Assert.Equal("t11", world.Logged("start")[^1]);
        world.Deliver("t1");
        Assert.Equal("t2", world.Logged("start")[^1]);
        Assert.Equal([("free.test", 2), ("full.test", 2)], world.Streamer.Hosts().Select(host => (host.Name, host.InFlight)).Order());
    }

    [Fact]
    public void The_default_caps_are_24_in_all_and_8_per_host()
    {
        var world = new HandDrivenWorld(Wide(60), null, HostsByNumber(6));
        world.Settle();
        Assert.Equal(24, world.InFlight.Length);
        Assert.Equal(8, new HandDrivenWorld(Wide(60)).Settled().InFlight.Length);
    }

    [Fact]
    public void Tiles_that_name_one_content_cause_one_request_and_are_all_drawn_when_it_comes()
    {
        var world = new HandDrivenWorld(".R(a=s b=s c=s)");
        world.Settle();
        Assert.Equal(["s"], world.InFlight);
        Assert.True(world.Streamer.Statistics.CoalescedHits >= 2);
        world.Deliver("s");
        Assert.Equal("a b c", world.Screen);
        Assert.Single(world.Requests);
    }

    [Fact]
    public void A_request_is_called_off_when_nothing_wants_it_any_more_and_its_late_answer_is_ignored()
    {
        var world = new HandDrivenWorld(".R(a b)");
        world.Settle();
        var late = world.Request("a").Id;
        world.TakeLog();
        world.Look(Cameras.Over(world.Tree, world.Tile("b"), 9));
        Assert.Equal(["cancel a NoLongerWanted"], world.TakeLog());
        Assert.Equal(1, world.Streamer.Statistics.Cancelled);
        Assert.Equal(ContentState.Absent, world.Streamer.StateOf(world.Content("a")));

        world.AnswerRequest(late);
        world.Look(Cameras.All(9));
        Assert.Equal(["start a"], world.TakeLog());
        Assert.NotEqual(late, world.Request("a").Id);
        world.Deliver("a", "b");
        Assert.Equal("a b", world.Screen);
    }

    [Fact]
    public void What_was_queued_and_is_not_wanted_any_more_is_forgotten_without_a_request()
    {
        var world = new HandDrivenWorld(".R(a b)", Plain with { MaximumRequests = 1, Priorities = () => new NamedOrder("b") });
        world.Settle();
        world.Look(Cameras.Over(world.Tree, world.Tile("b"), 9));
        Assert.Equal(ContentState.Absent, world.Streamer.StateOf(world.Content("a")));
        world.Deliver("b");
        Assert.Equal(["b"], world.Logged("start"));
    }

    [Fact]
    public void A_retry_waits_without_holding_a_slot()
    {
        var world = new HandDrivenWorld(".R(a b)", Plain with { MaximumRequests = 1, Priorities = () => new NamedOrder("a", "b") });
        world.Settle();
        world.Fail503("a");
        Assert.Equal(["b"], world.InFlight);
        Assert.Equal(TileReason.FailedForNow, world.Why("a").Reason);
        world.Deliver("b");
        Assert.Empty(world.InFlight);
        world.Now = world.Why("a").RetryAt;
        world.Settle();
        Assert.Equal(["a"], world.InFlight);
        Assert.Equal(1, world.Streamer.Statistics.Retries);
    }

    [Theory]
    [InlineData(FetchStatus.NotFound, 404, StateReason.NotFound)]
    [InlineData(FetchStatus.NotFound, 410, StateReason.NotFound)]
    [InlineData(FetchStatus.HttpError, 403, StateReason.HttpError)]
    [InlineData(FetchStatus.Refused, 0, StateReason.Refused)]
    public void What_the_source_says_it_does_not_have_is_known_absent_and_never_asked_for_again(FetchStatus status, int http, StateReason reason)
    {
        var world = new HandDrivenWorld(".R(a b)");
        world.Settle();
        world.Fail("a", status, http);
        world.Deliver("b");
        Assert.Equal((TileReason.FailedForGood, reason), (world.Why("a").Reason, world.Why("a").StateReason));
        Assert.Contains(status.ToString(), world.Why("a").Detail, StringComparison.Ordinal);
        for (var i = 0; i < 10; i++)
            Assert.Equal(WakeKind.OnEvent, world.Wait(1000).Kind);
        world.Look(Cameras.Away());
        world.Look(Cameras.All(9));
        Assert.Equal(2, world.Requests.Count);
        Assert.True(world.Streamer.Statistics.Settled);
        Assert.Equal(BreakerState.Closed, world.Streamer.Hosts().Single().Breaker);
    }

    [Theory]
    [InlineData(FetchStatus.NetworkError, 0, StateReason.NetworkError)]
    [InlineData(FetchStatus.Truncated, 200, StateReason.Truncated)]
    [InlineData(FetchStatus.Corrupt, 200, StateReason.Corrupt)]
    [InlineData(FetchStatus.TimedOut, 0, StateReason.TimedOut)]
    [InlineData(FetchStatus.ConnectTimedOut, 0, StateReason.ConnectTimedOut)]
    [InlineData(FetchStatus.Stalled, 0, StateReason.Stalled)]
    [InlineData(FetchStatus.HttpError, 500, StateReason.HttpError)]
    [InlineData(FetchStatus.HttpError, 408, StateReason.HttpError)]
    [InlineData(FetchStatus.HttpError, 429, StateReason.HttpError)]
    public void What_may_come_later_is_tried_again_and_its_reason_told_meanwhile(FetchStatus status, int http, StateReason reason)
    {
        var world = new HandDrivenWorld("a");
        world.Settle();
        world.Fail("a", status, http);
        var decision = world.Settle();
        Assert.Equal((TileReason.FailedForNow, reason), (world.Why("a").Reason, world.Why("a").StateReason));
        Assert.False(world.Streamer.Statistics.Settled);
        Assert.Equal(new(WakeKind.AtTime, world.Why("a").RetryAt), decision);
        world.Now = decision.At;
        world.Settle();
        world.Deliver("a");
        Assert.Equal("a", world.Screen);
    }

    [Fact]
    public void Attempts_end_after_so_many_failures()
    {
        var world = new HandDrivenWorld("a", Plain with { Hosts = new() { MaximumAttempts = 3, BreakerThreshold = 100 } });
        world.Settle();
        for (var i = 0; i < 3; i++)
        {
            world.Fail503("a");
            world.Wait(10);
        }
        Assert.Equal(TileReason.FailedForGood, world.Why("a").Reason);
        Assert.Equal(3, world.Requests.Count);
        Assert.Equal(WakeKind.OnEvent, world.Wait(1000).Kind);
    }

    [Fact]
    public void While_nobody_looks_nothing_new_starts_and_what_is_under_way_goes_on()
    {
        var world = new HandDrivenWorld(".R(a b c)", Plain with { MaximumRequests = 2, Priorities = () => new NamedOrder("a", "b", "c") });
        world.Settle();
        world.Streamer.RequestsAllowed = false;
        world.Deliver("a", "b");
        Assert.Empty(world.InFlight);
        Assert.Equal("a b", world.Screen);
        world.Streamer.RequestsAllowed = true;
        world.Settle();
        Assert.Equal(["c"], world.InFlight);
    }

    [Fact]
    public void Every_byte_that_came_is_counted_once_cancelled_attempts_included()
    {
        var world = new HandDrivenWorld(".R(a b)");
        world.Settle();
        world.Headers("a", 5000);
        world.Settle();
        world.Progress("a", 1200);
        world.Settle();
        world.Progress("a", 3000);
        world.Answer("a", 5000);
        world.Progress("b", 700);
        world.Settle();
        world.Look(Cameras.Over(world.Tree, world.Tile("a"), 9));
        Assert.Equal(1, world.Streamer.Statistics.Cancelled);
        Assert.Equal(5700, world.Streamer.Statistics.BytesFetched);
    }

    [Fact]
    public void Closing_calls_everything_off_and_a_closed_streamer_does_not_tick()
    {
        var world = new HandDrivenWorld(".R(a b)");
        world.Settle();
        world.TakeLog();
        world.Streamer.Close(world.Now);
        world.Streamer.Close(world.Now);
        Assert.Equal(["cancel a Closed", "cancel b Closed"], world.TakeLog().Order());
        Assert.Throws<ObjectDisposedException>(() => world.Tick());
    }

    internal static string Wide(int tiles) => $".R({string.Join(' ', Enumerable.Range(0, tiles).Select(i => $"t{i}"))})";

    private static Func<string, string> HostsByNumber(int hosts) => name => $"http://h{Number(name) % hosts}.test/{name}.glb";

    private static int Number(string name) => int.Parse(name[1..]);
}
