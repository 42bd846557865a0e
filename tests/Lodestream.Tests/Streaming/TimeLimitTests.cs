using Lodestream.Diagnostics;
using Lodestream.Residency;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Streaming;

/// <summary>The three time limits of an attempt: for its connection, for its first byte, and between its bytes.</summary>
public class TimeLimitTests
{
    // Limits of different lengths, so that one cannot be taken for another.
    private static StreamerOptions Limits { get; } = HandDrivenWorld.Plain with { Hosts = new() { ConnectTimeout = 3, FirstByteTimeout = 20, StallTimeout = 10 } };

    [Fact]
    public void An_attempt_whose_connection_does_not_stand_in_time_is_called_off_and_counts_as_a_failure_of_the_host()
    {
        var world = new HandDrivenWorld("a", Limits).Settled();
        world.Connecting("a");
        Assert.Equal(new(WakeKind.AtTime, world.Now + TimeSpan.FromSeconds(3)), world.Settle());
        world.Wait(2.9);
        Assert.Equal(["a"], world.InFlight);
        world.Wait(0.1);
        Assert.Equal("cancel a TimedOut", world.Log[^1]);
        Assert.Equal((TileReason.FailedForNow, StateReason.ConnectTimedOut, "no connection within 3 s"), (world.Why("a").Reason, world.Why("a").StateReason, world.Why("a").Detail));
        world.Wait(1);
        Assert.Equal(["a"], world.InFlight);
    }

    [Fact]
    public void The_time_for_a_connection_counts_from_the_attempt_s_start_and_the_first_byte_s_from_the_connection()
    {
        var world = new HandDrivenWorld("a", Limits).Settled();
        world.Wait(2);
        world.Connecting("a");
        world.Wait(0.9);
        world.Connected("a");
        world.Settle();
        world.Wait(19.9);
        Assert.Equal(["a"], world.InFlight);
        world.Wait(0.1);
        Assert.Equal(StateReason.TimedOut, world.Why("a").StateReason);
    }

    [Fact]
    public void A_first_byte_is_a_connection()
    {
        var world = new HandDrivenWorld("a", Limits).Settled();
        world.Connecting("a");
        world.Wait(1);
        world.Headers("a", 1000);
        world.Settle();
        world.Wait(9.9);
        Assert.Equal(["a"], world.InFlight);
    }

    [Fact]
    public void An_attempt_of_whose_connection_nothing_is_known_has_the_first_byte_s_time()
    {
        var world = new HandDrivenWorld("a", Limits).Settled();
        world.Wait(19.9);
        Assert.Equal(["a"], world.InFlight);
    }

    [Fact]
    public void An_attempt_without_a_first_byte_in_time_is_called_off_and_counts_as_a_failure_of_the_host()
    {
        var world = new HandDrivenWorld("a", Limits).Settled();
        var late = world.Request("a").Id;
        world.TakeLog();
        world.Wait(19.9);
        Assert.Empty(world.TakeLog());
        world.Wait(0.1);
        Assert.Equal(["cancel a TimedOut"], world.TakeLog());
        Assert.Equal((TileReason.FailedForNow, StateReason.TimedOut, "no first byte within 20 s"), (world.Why("a").Reason, world.Why("a").StateReason, world.Why("a").Detail));
        world.AnswerRequest(late);
        world.Settle();
        Assert.Equal("", world.Screen);
        world.Wait(1);
        Assert.Equal(["a"], world.InFlight);
    }

    [Fact]
    public void An_attempt_that_stalls_is_called_off_and_one_that_goes_on_slowly_is_not()
    {
        var world = new HandDrivenWorld("a", Limits).Settled();
        world.Wait(15);
        world.Headers("a", 100_000);
        world.Settle();
        for (var i = 1; i <= 10; i++)
        {
            world.Wait(9.9);
            world.Progress("a", i * 1000);
            world.Settle();
        }
        Assert.Equal(["a"], world.InFlight);
        world.Wait(9.9);
        Assert.Equal(["a"], world.InFlight);
        world.Wait(0.1);
        Assert.Equal("cancel a TimedOut", world.Log[^1]);
        Assert.Equal((StateReason.Stalled, "no further byte within 10 s"), (world.Why("a").StateReason, world.Why("a").Detail));
    }
}
