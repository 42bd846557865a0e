using Lodestream.Diagnostics;
using Lodestream.Residency;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Streaming;

public class ContentPipelineTests
{
    private static readonly StreamerOptions Plain = HandDrivenWorld.Plain;

    [Fact]
    public void A_content_is_fetched_measured_granted_decoded_uploaded_and_shown_in_that_order_each_step_on_its_answer()
    {
        var world = new HandDrivenWorld("a") { PreparesAtOnce = false, UploadsAtOnce = false };
        Step("start a", TileReason.Fetching);
        world.Answer("a");
        Step("prepare a", TileReason.Preparing);
        world.Measure("a");
        Step("proceed a", TileReason.Preparing);
        world.Prepare("a");
        Step("upload a", TileReason.WaitingForUpload);
        Assert.Equal("", world.Screen);
        world.Upload("a");
        Step(null, TileReason.Drawn);
        Assert.Equal("a", world.Screen);

        void Step(string? logged, TileReason reason)
        {
            world.Settle();
            Assert.Equal(logged is null ? [] : [logged], world.TakeLog());
            Assert.Equal(reason, world.Why("a").Reason);
            Assert.Equal(reason == TileReason.Drawn, world.Streamer.Statistics.Settled);
        }
    }

    [Fact]
    public void A_content_s_bytes_are_accounted_for_as_measured_and_its_main_memory_is_given_back_after_the_upload()
    {
        var world = new HandDrivenWorld("a") { UploadsAtOnce = false, SizeOf = _ => new(700, 5000, 90_000) };
        world.Settle();
        world.Deliver("a");
        Assert.Equal(new(700, 5000, 90_000), Charged(world));
        world.Upload("a");
        world.Settle();
        Assert.Equal(new(0, 5000, 90_000), Charged(world));
        Assert.True(world.Streamer.Statistics.PeakBytes >= 95_700);
    }

    [Fact]
    public void A_content_that_cannot_be_decoded_is_fetched_again_after_5_10_and_20_seconds_and_then_given_up()
    {
        var world = new HandDrivenWorld("a") { PreparesAtOnce = false }.Settled();
        foreach (var wait in new[] { 5, 10, 20 })
        {
            FailDecoding(world, "a", "bad magic at byte 0");
            Assert.Equal((TileReason.FailedForNow, StateReason.Undecodable, "bad magic at byte 0"), (world.Why("a").Reason, world.Why("a").StateReason, world.Why("a").Detail));
            Assert.Equal(new(WakeKind.AtTime, world.Now + TimeSpan.FromSeconds(wait)), world.Decision);
            Assert.Equal(0, Charged(world).Total);
            world.Wait(wait - 0.001);
            Assert.Empty(world.InFlight);
            world.Wait(0.001);
            Assert.Equal(["a"], world.InFlight);
        }
        FailDecoding(world, "a", "bad magic at byte 0");
        Assert.Equal(TileReason.FailedForGood, world.Why("a").Reason);
        Assert.Equal(WakeKind.OnEvent, world.Wait(10_000).Kind);
        Assert.Equal(4, world.Requests.Count);
        Assert.True(world.Streamer.Statistics.Settled);
    }

    [Fact]
    public void What_cannot_be_decoded_is_fetched_again_past_caches_which_would_only_hand_out_the_same()
    {
        var world = new HandDrivenWorld("a") { PreparesAtOnce = false }.Settled();
        Assert.False(world.Request("a").BypassesCaches);
        for (var i = 0; i < 2; i++)
        {
            FailDecoding(world, "a", "bad magic at byte 0");
            world.Wait(10);
            Assert.True(world.Request("a").BypassesCaches);
        }
        world.Answer("a");
        world.Settle();
        world.Prepare("a");
        world.Settle();
        world.LoseContext();
        world.Settle();
        Assert.False(world.Request("a").BypassesCaches);
    }

    [Fact]
    public void What_does_not_have_its_digest_is_fetched_again_past_caches_and_what_did_not_come_is_not()
    {
        var world = new HandDrivenWorld("a").Settled();
        world.Fail("a", FetchStatus.Corrupt);
        world.Settle();
        world.Wait(10);
        Assert.True(world.Request("a").BypassesCaches);

        world = new HandDrivenWorld("a").Settled();
        world.Fail("a", FetchStatus.Truncated);
        world.Settle();
        world.Wait(10);
        Assert.False(world.Request("a").BypassesCaches);
    }

    [Fact]
    public void Waits_after_undecodable_answers_end_at_their_longest_and_begin_anew_after_a_success()
    {
        var world = new HandDrivenWorld(".R(a b)", Plain with { MaximumParseAttempts = 100 }) { PreparesAtOnce = false }.Settled();
        var waits = new List<double>();
        for (var i = 0; i < 7; i++)
        {
            FailDecoding(world, "a", "no");
            waits.Add((world.Why("a").RetryAt - world.Now).TotalSeconds);
            world.Now = world.Why("a").RetryAt;
            world.Settle();
        }
        Assert.Equal([5, 10, 20, 40, 60, 60, 60], waits);
    }

    [Fact]
    public void A_content_with_an_unsupported_feature_is_given_up_at_once_with_its_reason()
    {
        var world = new HandDrivenWorld("a") { PreparesAtOnce = false }.Settled();
        world.Answer("a");
        world.Settle();
        world.FailToPrepare("a", permanent: true, "not supported yet: KHR_draco_mesh_compression");
        world.Settle();
        var why = world.Why("a");
        Assert.Equal((TileReason.FailedForGood, StateReason.Unsupported), (why.Reason, why.StateReason));
        Assert.Contains("KHR_draco_mesh_compression", why.Detail, StringComparison.Ordinal);
        Assert.Equal(WakeKind.OnEvent, world.Decision.Kind);
    }

    [Fact]
    public void A_network_failure_and_a_decoding_failure_are_counted_apart()
    {
        var world = new HandDrivenWorld("a") { PreparesAtOnce = false }.Settled();
        world.Fail503("a");
        world.Wait(1);
        FailDecoding(world, "a", "no");
        Assert.Equal(5, (world.Why("a").RetryAt - world.Now).TotalSeconds);
        world.Wait(5);
        world.Fail503("a");
        Assert.InRange((world.Why("a").RetryAt - world.Now).TotalSeconds, 0.25, 0.5);
    }

    [Fact]
    public void A_stuck_preparation_is_called_off_at_its_time_and_holds_its_memory_until_it_lets_go()
    {
        var world = new HandDrivenWorld("a") { PreparesAtOnce = false, ReleasesAtOnce = false }.Settled();
        world.Answer("a");
        var ticket = Ticket(world, "a");
        Assert.Equal(new(WakeKind.AtTime, world.Now + TimeSpan.FromSeconds(60)), world.Settle());
        world.Measure("a");
        world.Settle();
        world.Wait(59);
        Assert.DoesNotContain("calloff a TimedOut", world.Log);

        // The time runs from the last step that was taken.
        world.Wait(1);
        Assert.Equal("calloff a TimedOut", world.Log[^1]);
        Assert.Equal(6000, Charged(world).Total);
        Assert.Equal(StateReason.Stuck, world.Why("a").StateReason);
        world.Wait(30);
        Assert.Empty(world.InFlight);
        Assert.Equal(6000, Charged(world).Total);
        world.Release(ticket);
        world.Settle();
        Assert.True(Charged(world).Total < 6000 || world.InFlight.Length > 0);
        world.Wait(5);
        Assert.Equal(["a"], world.InFlight);
    }

    [Fact]
    public void Waiting_for_memory_is_not_being_stuck()
    {
        var world = ShortOfMemory();
        Assert.Equal(TileReason.WaitingForMemory, world.Why("b").Reason);
        for (var i = 0; i < 20; i++)
            world.Wait(30);
        Assert.DoesNotContain("calloff b TimedOut", world.Log);
        Assert.Equal(TileReason.WaitingForMemory, world.Why("b").Reason);
        Assert.True(world.Streamer.Statistics.PeakBytes <= world.Streamer.Statistics.BudgetBytes);
    }

    [Fact]
    public void What_waits_for_memory_goes_on_when_memory_comes_free()
    {
        var world = ShortOfMemory();
        world.Look(Cameras.Over(world.Tree, world.Tile("b"), 9));
        world.Wait(1);
        Assert.Equal("b", world.Screen);
        Assert.Contains("free a", world.Log);
    }

    [Fact]
    public void What_waits_for_memory_and_is_not_wanted_any_more_is_called_off()
    {
        var world = ShortOfMemory();
        world.Look(Cameras.Over(world.Tree, world.Tile("a"), 9));
        Assert.Equal("calloff b NoLongerWanted", world.Log[^1]);
        Assert.Equal(ContentState.Absent, world.Streamer.StateOf(world.Content("b")));
        Assert.Equal(8_000_000, Charged(world).Total);
    }

    [Fact]
    public void What_was_freed_counts_until_the_host_lets_go()
    {
        var world = ShortOfMemory();
        world.ReleasesAtOnce = false;
        world.Look(Cameras.Over(world.Tree, world.Tile("b"), 9));
        world.Wait(1);
        Assert.Contains("free a", world.Log);
        Assert.Equal(TileReason.WaitingForMemory, world.Why("b").Reason);
        Assert.True(Charged(world).Total >= 8_000_000);
        world.Release(world.FreedTicket("a"));
        world.Settle();
        Assert.Equal("b", world.Screen);
    }

    [Fact]
    public void A_content_larger_than_the_budget_is_given_up_with_both_figures()
    {
        var world = new HandDrivenWorld("a", Plain with { MemoryBudgetBytes = 1_000_000 }) { SizeOf = _ => new(0, 2_000_000, 0) }.Settled();
        world.Deliver("a");
        var why = world.Why("a");
        Assert.Equal((TileReason.FailedForGood, StateReason.OverBudget), (why.Reason, why.StateReason));
        Assert.Contains("2,000,000", why.Detail, StringComparison.Ordinal);
        Assert.Contains("1,000,000", why.Detail, StringComparison.Ordinal);
        Assert.Equal(0, Charged(world).Total);
    }

    [Fact]
    public void An_upload_the_host_refuses_is_tried_again_later_with_its_reason_told()
    {
        var world = new HandDrivenWorld("a") { UploadsAtOnce = false }.Settled();
        world.Deliver("a");
        world.FailToUpload("a", "texture too large");
        world.Settle();
        Assert.Equal((TileReason.FailedForNow, StateReason.UploadFailed, "texture too large"), (world.Why("a").Reason, world.Why("a").StateReason, world.Why("a").Detail));
        Assert.Equal(0, Charged(world).Total);
        world.Wait(5);
        world.UploadsAtOnce = true;
        world.Deliver("a");
        Assert.Equal("a", world.Screen);
    }

    [Fact]
    public void Uploads_of_a_tick_stay_within_their_budget_and_one_always_goes()
    {
        // 4 MB at the assumed 400 MB/s are 10 ms: over the budget of 4 ms alone.
        var world = new HandDrivenWorld(".R(a b c)", Plain with { Priorities = () => new NamedOrder("b", "c", "a") }) { SizeOf = _ => new(0, 4_000_000, 0) }.Settled();
        foreach (var name in world.InFlight)
            world.Answer(name);
        for (var ticks = 0; world.Logged("upload").Length == 0; ticks++)
        {
            Assert.True(ticks < 10);
            world.Tick();
        }
        Assert.Equal(["b"], world.Logged("upload"));
        Assert.Equal(WakeKind.Now, world.Decision.Kind);
        world.Tick();
        Assert.Equal(["b", "c"], world.Logged("upload"));
        world.Tick();
        Assert.Equal(["b", "c", "a"], world.Logged("upload"));
        world.Settle();
        Assert.Equal("a b c", world.Screen);
    }

    [Fact]
    public void What_covers_goes_to_the_GPU_before_what_refines_whatever_each_gains()
    {
        // The root gains least: what it shows gives way to what is finer. Until it is there nothing is drawn where the others are not.
        var world = new HandDrivenWorld("R(a b c)", Plain with { Priorities = () => new NamedOrder("b", "c", "a", "R") }) { SizeOf = _ => new(0, 4_000_000, 0) }.Settled();
        foreach (var name in world.InFlight)
            world.Answer(name);
        for (var ticks = 0; world.Logged("upload").Length < 2; ticks++)
        {
            Assert.True(ticks < 10);
            world.Tick();
        }
        Assert.Equal(["R", "b"], world.Logged("upload"));
    }

    [Fact]
    public void Upload_costs_are_learned_from_what_the_host_reports()
    {
        var world = new HandDrivenWorld(RequestSchedulerTests.Wide(40), Plain with { MaximumRequestsPerHost = 100, MaximumRequests = 100 }) { SizeOf = _ => new(0, 10_000, 0), UploadMs = 2 }.Settled();

        // The first ones are thought to take 0.025 ms each, and go together; when 2 ms were reported, two fill a tick.
        foreach (var name in world.InFlight[..20])
            world.Answer(name);
        world.Settle();
        Assert.Equal(20, world.Logged("upload").Length);
        foreach (var name in world.InFlight)
            world.Answer(name);
        while (world.Logged("upload").Length == 20)
            world.Tick();
        Assert.InRange(world.Logged("upload").Length, 21, 23);
    }

    [Fact]
    public void When_the_GPU_lost_everything_it_is_fetched_again_and_nothing_is_freed_twice()
    {
        var world = new HandDrivenWorld("R(a b)");
        world.DeliverAll();
        var charged = Charged(world);
        world.LoseContext();
        world.Settle();
        Assert.Equal("", world.Screen);
        Assert.Equal(["R", "a", "b"], world.InFlight.Order(StringComparer.Ordinal));
        world.DeliverAll();
        Assert.Equal("a b", world.Screen);
        Assert.Equal(charged, Charged(world));
        Assert.DoesNotContain(world.Log, line => line.StartsWith("free", StringComparison.Ordinal));
    }

    // Two tiles of 8 MB under a budget of 12 MB: a is drawn, b was measured and has to wait.
    private static HandDrivenWorld ShortOfMemory()
    {
        var options = Plain with { MemoryBudgetBytes = 12_000_000, Priorities = () => new NamedOrder("a", "b"), MaximumRequests = 1 };
        var world = new HandDrivenWorld(".R(a b)", options) { SizeOf = _ => new(0, 8_000_000, 0) }.Settled();

        // Both are thought small until the first one is measured, so both are in memory's sight before it is short.
        world.Deliver("a");
        if (world.InFlight.Length > 0)
            world.Deliver("b");
        return world;
    }

    private static long Ticket(HandDrivenWorld world, string content)
    {
        world.Settle();
        return world.Job(content).Ticket;
    }

    private static void FailDecoding(HandDrivenWorld world, string content, string error)
    {
        world.Answer(content);
        world.Settle();
        world.FailToPrepare(content, error: error);
        world.Settle();
    }

    private static MemoryCharge Charged(HandDrivenWorld world)
    {
        var s = world.Streamer.Statistics;
        return new(s.CpuBytes, s.GpuGeometryBytes, s.GpuTextureBytes);
    }
}
