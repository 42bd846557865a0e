using Lodestream.Streaming;
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

    [Fact]
    public void A_content_whose_upload_was_lost_keeps_the_count_of_its_failures()
    {
        var world = new HandDrivenWorld("R") { PreparesAtOnce = false, UploadsAtOnce = false };
        world.Settle();
        world.Deliver("R");
        world.FailToPrepare("R");
        world.Settle();
        world.Wait(6);
        world.PreparesAtOnce = true;
        world.Deliver("R");
        Assert.Equal(["R"], world.Uploads);

        world.Inbox.Post(new() { Kind = InboxKind.ContextLost });
        world.Settle();

        Assert.Equal(3, world.Requests.Count);
        Assert.Equal(2, world.Streamer.Statistics.Retries);
    }

    [Fact]
    public void A_content_near_the_view_stays_although_the_tile_that_named_it_first_is_far()
    {
        // x is named first by b, at the far end, and by c, right beside what is looked at; a is far, and was seen after b.
        var world = new HandDrivenWorld("R(b=x a e f d c=x)", HandDrivenWorld.Plain with { RetainMargin = 4 });
        world.Settle();
        world.Fail404("e");
        world.Fail404("f");
        world.DeliverAll();
        world.Look(Cameras.Over(world.Tree, world.Tile("a"), level: 1));
        world.Look(Cameras.Over(world.Tree, world.Tile("d"), level: 1));
        world.Log.Clear();

        var s = world.Streamer.Statistics;
        world.Streamer.MemoryBudgetBytes = s.GpuGeometryBytes + s.GpuTextureBytes - 1;
        world.Tick();

        Assert.Equal(["a"], world.Logged("free"));
    }
}
