using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Laws;

public sealed class TightMemoryTests
{
    [Theory]
    [InlineData("a", "b")]
    [InlineData("b", "a")]
    public void What_has_its_memory_reserved_does_not_wait_behind_what_does_not_fit(string large, string small)
    {
        var world = new HandDrivenWorld("R(a b)", HandDrivenWorld.Plain with { MemoryBudgetBytes = 1_200_000 })
        {
            SizeOf = name => name == large ? new(1000, 1_100_000, 0) : new(1000, 50_000, 0),
        };
        world.Settle();
        world.Deliver("R");
        world.Deliver(large);
        world.Deliver(small);

        Assert.Contains($"proceed {small}", world.Log);
    }

    [Fact]
    public void An_answer_dropped_for_want_of_memory_keeps_the_count_of_its_failures()
    {
        var world = new HandDrivenWorld("R", HandDrivenWorld.Plain with { MemoryBudgetBytes = 1_000_000 }) { PreparesAtOnce = false };
        world.Settle();
        world.Deliver("R");
        world.FailToPrepare("R");
        world.Settle();
        world.Wait(6);
        world.Answer("R", bytes: 2_000_000);
        world.Tick();
        world.Streamer.MemoryBudgetBytes = 100_000_000;
        world.Wait(1);

        Assert.Equal(3, world.Requests.Count);
        Assert.Equal(2, world.Streamer.Statistics.Retries);
    }
}
