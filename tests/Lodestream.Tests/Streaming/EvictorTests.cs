using Lodestream.Residency;
using Lodestream.Selection;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Streaming;

/// <summary>What is given up when memory is short, in which order, and what never is.</summary>
public class EvictorTests
{
    private const long TileBytes = 100_000;

    // Eight strips along x, each 128 m wide, under a root without content.
    private const string Strips = ".R(t0 t1 t2 t3 t4 t5 t6 t7)";

    [Fact]
    public void Leaves_go_before_what_is_above_them()
    {
        var world = SeenInTurn("R(a(c(e f) d) b)", Cameras.All(1), Cameras.All(2), Cameras.All(3));
        world.Look(Over(world, "b", 1));
        var freed = Freed(world, Pressure);
        Assert.Equal(["a", "c", "d", "e", "f"], freed.Order());
        Assert.True(Array.IndexOf(freed, "e") < Array.IndexOf(freed, "c") && Array.IndexOf(freed, "f") < Array.IndexOf(freed, "c"));
        Assert.True(Array.IndexOf(freed, "c") < Array.IndexOf(freed, "a") && Array.IndexOf(freed, "d") < Array.IndexOf(freed, "a"));
    }

    [Fact]
    public void Roots_and_what_is_seen_or_was_just_drawn_stay_however_short_memory_is()
    {
        var world = SeenInTurn("R(a(c d) b(e f))", Cameras.All(1), Cameras.All(2));
        world.Inbox.Post(new() { Kind = InboxKind.MemoryPressure });

        // In the very tick in which the camera turns away, what it saw is still on screen: it goes a frame later at the earliest.
        world.Views = [Over(world, "b", 2)];
        world.TakeLog();
        world.Tick();
        Assert.Empty(world.Logged("free"));
        Assert.Equal("e f", world.Screen);
        world.Settle();
        Assert.Equal(["a", "c", "d"], Freed(world, Pressure).Order());
        Assert.Equal("e f", world.Screen);

        // Looking at nothing at all, the root is kept: everything falls back on it.
        world.Look(Cameras.Away());
        Assert.Equal(["b", "e", "f"], Freed(world, Pressure).Order());
        Assert.Equal(ContentState.Resident, world.Why("R").State);
    }

    [Fact]
    public void What_waits_for_its_siblings_is_seen_though_it_is_not_drawn_yet_and_stays()
    {
        var world = SeenInTurn("R(~a(c d) b)", Cameras.All(1));
        world.Look(Cameras.All(2));
        world.Deliver("c");
        Assert.Equal("a b", world.Screen);
        Assert.Empty(Freed(world, Pressure));
    }

    [Fact]
    public void What_was_seen_longest_ago_goes_first()
    {
        var world = SeenInTurn(Strips, (string[])["t6", "t0", "t4", "t2"]);
        Assert.Equal(["t6", "t0", "t4"], Freed(world, Pressure));
    }

    [Fact]
    public void No_more_goes_than_what_comes_needs_and_the_room_for_the_next()
    {
        var world = SeenInTurn(Strips, (string[])["t6", "t0", "t4", "t7"]);
        world.Streamer.MemoryBudgetBytes = 5 * TileBytes;
        world.TakeLog();
        world.Look(Narrow(world, "t2", 60));
        world.DeliverAll();
        Assert.Equal("t2", world.Screen);
        Assert.Equal(["t6", "t0"], world.Logged("free"));
    }

    [Theory]
    [InlineData(1.5, "t2 t6")]
    [InlineData(1.75, "t6 t2")]
    [InlineData(2, "t6 t2")]
    public void What_is_within_the_retain_margin_of_a_view_goes_after_what_is_not(double margin, string order)
    {
        // Of the strip at x = 0 … 128 m the camera sees 40 m to each side of the middle; its neighbour begins at 64 m = 1.6 × 40 m, and was seen before t6.
        var world = SeenInTurn(Strips, (string[])["t3", "t7"], new() { RetainMargin = margin }, rename: name => name == "t3" ? "t2" : "t6");
        world.Look(Narrow(world, "t3", 40));
        world.DeliverAll();
        Assert.Equal(order.Split(' '), Freed(world, Pressure));
    }

    [Fact]
    public void Memory_pressure_frees_what_is_not_seen_and_it_comes_back_when_it_is()
    {
        var world = SeenInTurn(Strips, (string[])["t0", "t4"]);
        Assert.Equal(["t0"], Freed(world, Pressure));
        Assert.Equal("t4", world.Screen);
        Assert.Equal(ContentState.Absent, world.Streamer.StateOf(world.Content("t0")));
        Assert.Equal(1, world.Streamer.Statistics.Evicted);
        Assert.Equal(TileBytes, world.Streamer.Statistics.GpuGeometryBytes);

        // It is asked once: what is left behind later stays.
        world.Look(Narrow(world, "t0", 60));
        world.DeliverAll();
        Assert.Equal("t0", world.Screen);
        Assert.Equal(1, world.Streamer.Statistics.Evicted);
    }

    private static void Pressure(HandDrivenWorld world) => world.Inbox.Post(new() { Kind = InboxKind.MemoryPressure });

    private static string[] Freed(HandDrivenWorld world, Action<HandDrivenWorld> shorten)
    {
        world.TakeLog();
        shorten(world);
        world.Settle();
        return world.Logged("free");
    }

    private static HandDrivenWorld SeenInTurn(string tiles, params View[] views)
    {
        var world = World(tiles, HandDrivenWorld.Plain);
        foreach (var view in views)
        {
            world.Look(view);
            world.DeliverAll();
        }
        return world;
    }

    private static HandDrivenWorld SeenInTurn(string tiles, string[] names, StreamerOptions? options = null, Func<string, string>? rename = null)
    {
        var world = World(tiles, HandDrivenWorld.Plain with { RetainMargin = options?.RetainMargin ?? 1 });
        foreach (var name in names)
        {
            world.Look(Narrow(world, rename?.Invoke(name) ?? name, 60));
            world.DeliverAll();
        }
        return world;
    }

    private static HandDrivenWorld World(string tiles, StreamerOptions options) =>
        new(tiles, options) { SizeOf = _ => new(HandDrivenWorld.PayloadBytes, TileBytes, 0), Views = [Cameras.Away()] };

    private static View Over(HandDrivenWorld world, string tile, int level) => Cameras.Over(world.Tree, world.Tile(tile), level);

    // Straight down on the middle of a strip; on the ground's underside, 16 m below, it sees so many metres to each side.
    private static View Narrow(HandDrivenWorld world, string tile, double metres)
    {
        const double height = 2000;
        return Over(world, tile, 1) with
        {
            Position = world.Tree.Volume(world.Tile(tile)).Center with { Z = height },
            FovY = 2 * Math.Atan(metres / (height + 16)),
        };
    }
}
