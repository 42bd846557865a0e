using Lodestream.Residency;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Streaming;

/// <summary>What is wanted is coarsened until it fits the budget, and refined again when there is room to spare.</summary>
public class DetailScaleTests
{
    private const long TileBytes = 100_000;

    // A root, 4 children, 16 grandchildren: 0.5 MB down to the children, 2.1 MB in all.
    private const string Tiles = "R(a(a1 a2 a3 a4) b(b1 b2 b3 b4) c(c1 c2 c3 c4) d(d1 d2 d3 d4))";

    private const long Everything = 21 * TileBytes;

    // The largest tile with its answer: kept free so that a coarser tile can come before what it replaces goes.
    private const long Headroom = TileBytes + HandDrivenWorld.PayloadBytes;

    [Fact]
    public void Plenty_of_memory_leaves_the_detail_alone()
    {
        var world = World(2 * Everything);
        world.DeliverAll();
        Assert.Equal(1, world.Streamer.Statistics.DetailScale);
        Assert.Equal(16, world.Streamer.Statistics.Wanted);
    }

    [Fact]
    public void It_falls_until_what_is_wanted_fits_and_then_rests()
    {
        const long budget = 1_000_000;
        var world = World(budget);
        world.DeliverAll();
        var statistics = world.Streamer.Statistics;
        Assert.InRange(statistics.DetailScale, 1e-4, 0.99);
        Assert.Equal("a b c d", world.Screen);
        Assert.True(statistics.Settled);
        Assert.InRange(statistics.PeakBytes, 1, budget);
        AssertRests(world);
    }

    [Fact]
    public void Between_four_fifths_and_the_whole_it_neither_falls_nor_rises()
    {
        // Everything is nine tenths of what may be filled. Seen at full detail it stays; come down, it does not rise again.
        const long budget = (long)(Everything / 0.9) + Headroom;
        var above = World(budget * 2);
        above.DeliverAll();
        above.Streamer.MemoryBudgetBytes = budget;
        above.DeliverAll();
        Assert.Equal((1, 16), (above.Streamer.Statistics.DetailScale, above.Streamer.Statistics.Wanted));
        AssertRests(above);

        var below = World(1_000_000);
        below.DeliverAll();
        below.Streamer.MemoryBudgetBytes = budget;
        below.DeliverAll();
        Assert.InRange(below.Streamer.Statistics.DetailScale, 1e-4, 0.99);
        Assert.Equal(4, below.Streamer.Statistics.Wanted);
        AssertRests(below);
    }

    [Fact]
    public void It_rises_as_soon_as_what_would_be_wanted_is_predicted_to_fit_four_fifths()
    {
        var world = World(1_000_000);
        world.DeliverAll();
        world.Streamer.MemoryBudgetBytes = (long)(Everything / 0.79) + Headroom;
        world.DeliverAll();
        Assert.Equal((1, 16), (world.Streamer.Statistics.DetailScale, world.Streamer.Statistics.Wanted));
        Assert.True(world.Streamer.Statistics.Settled);
        AssertRests(world);
    }

    [Fact]
    public void It_rises_when_the_views_want_less()
    {
        var world = World(1_000_000);
        world.DeliverAll();
        Assert.True(world.Streamer.Statistics.DetailScale < 1);
        world.Look(Cameras.All(1));
        world.DeliverAll();
        Assert.Equal(1, world.Streamer.Statistics.DetailScale);
        Assert.Equal("a b c d", world.Screen);
    }

    private static HandDrivenWorld World(long budget) => new(Tiles, HandDrivenWorld.Plain with { MemoryBudgetBytes = budget })
    {
        SizeOf = _ => new MemoryCharge(HandDrivenWorld.PayloadBytes, TileBytes, 0),
        Views = [Cameras.All(2)],
    };

    private static void AssertRests(HandDrivenWorld world)
    {
        var (scale, requests) = (world.Streamer.Statistics.DetailScale, world.Requests.Count);
        world.TakeLog();
        for (var i = 0; i < 100; i++)
        {
            world.Now += TimeSpan.FromMilliseconds(16);
            world.Tick();
            Assert.Equal(scale, world.Streamer.Statistics.DetailScale);
        }
        Assert.Empty(world.TakeLog());
        Assert.Equal(requests, world.Requests.Count);
        Assert.Equal(WakeKind.OnEvent, world.Decision.Kind);
    }
}
