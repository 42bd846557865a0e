using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Laws;

public sealed class ParkedRetryTests
{
    [Fact]
    public void An_attempt_that_timed_out_is_made_again_without_anybody_moving()
    {
        var world = new HandDrivenWorld("R");
        world.Settle();
        world.Wait(21);
        Assert.Contains("cancel R TimedOut", world.Log);

        Assert.Equal(WakeKind.AtTime, world.Decision.Kind);
        world.Now = world.Decision.At;
        world.Settle();
        Assert.Equal(["R"], world.InFlight);
    }

    [Fact]
    public void A_retry_that_is_expected_not_to_fit_is_made_again_without_anybody_moving()
    {
        // d takes less than the others, by which it is judged; no less detail could be wanted.
        var world = new HandDrivenWorld(".R(a b c d)", HandDrivenWorld.Plain with { MemoryBudgetBytes = 20_000, HostHasMasks = false })
        {
            SizeOf = name => new(1_000, name == "d" ? 2_000 : 5_000, 0),
        };
        world.Settle();
        for (var rounds = 0; !world.InFlight.Contains("d"); rounds++)
        {
            Assert.True(rounds < 10, "d is never asked for.");
            world.Deliver(world.InFlight[0]);
        }
        world.Fail503("d");
        world.DeliverAll();
        Assert.Equal(3, world.Picture.Count);
        Assert.Equal(WakeKind.AtTime, world.Decision.Kind);
        world.Now = world.Decision.At;
        world.Settle();
        Assert.Equal(["d"], world.InFlight);
    }
}
