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
}
