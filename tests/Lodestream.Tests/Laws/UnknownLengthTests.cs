using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Laws;

public sealed class UnknownLengthTests
{
    [Fact]
    public void The_reservation_of_a_content_of_unknown_length_grows_with_its_bytes()
    {
        var world = new HandDrivenWorld("R");
        world.Settle();
        world.Progress("R", 9_000_000);
        world.Settle();

        Assert.True(world.Streamer.Statistics.CpuBytes >= 9_000_000, $"{world.Streamer.Statistics.CpuBytes} bytes are reserved for 9,000,000");
    }

    [Fact]
    public void An_answer_that_outgrows_the_budget_is_called_off()
    {
        var world = new HandDrivenWorld("R", new() { MemoryBudgetBytes = 1_000_000 });
        world.Settle();
        world.Progress("R", 2_000_000);
        world.Tick();

        Assert.Contains("cancel R OverBudget", world.Log);
        Assert.True(world.Streamer.Statistics.PeakBytes <= 1_000_000);
    }

    [Fact]
    public void An_answer_whose_announced_length_does_not_fit_is_called_off_and_waits_for_room()
    {
        var world = new HandDrivenWorld("R", new() { MemoryBudgetBytes = 1_000_000 });
        world.Settle();
        world.Headers("R", 2_000_000);
        world.Tick();
        for (var i = 0; i < 100; i++)
            world.Wait(1);

        Assert.Contains("cancel R OverBudget", world.Log);
        Assert.Single(world.Requests);
    }

    [Fact]
    public void An_answer_that_comes_at_once_and_does_not_fit_is_dropped()
    {
        var world = new HandDrivenWorld("R", new() { MemoryBudgetBytes = 1_000_000 });
        world.Settle();
        world.Answer("R", bytes: 2_000_000);
        world.Tick();

        Assert.Empty(world.Jobs);
        Assert.Empty(world.Logged("prepare"));
        Assert.Equal(0, world.Streamer.Statistics.CpuBytes);
    }
}
