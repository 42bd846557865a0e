using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Laws;

public sealed class StandInTests
{
    [Fact]
    public void A_gating_tile_that_gave_way_does_not_come_back_because_memory_is_asked_back()
    {
        // m cannot be drawn; its children let R give way for a, and m is out of view.
        var world = new HandDrivenWorld("R(a(b c) m(d e))", HandDrivenWorld.Plain with { HostHasMasks = false });
        world.Look(Cameras.All(level: 2));
        world.Deliver("R");
        world.Fail503("m");
        world.DeliverAll();
        Assert.Equal("b c d e", world.Screen);

        world.Look(Cameras.Over(world.Tree, world.Tile("b"), level: 2));
        var before = world.Screen;
        Assert.Contains("b", before, StringComparison.Ordinal);
        world.Inbox.Post(new() { Kind = InboxKind.MemoryPressure });
        world.Tick();
        world.Tick();

        Assert.Equal(before, world.Screen);
    }

    [Fact]
    public void A_document_that_says_there_is_nothing_stays_while_what_is_beside_it_fills_in()
    {
        var world = new HandDrivenWorld("~R(~m(@x c) d)", HandDrivenWorld.Plain with { UnloadTopologyAfterSeconds = 1 });
        world.AddDocument("http://tiles.test/scene/x.json", ".r");
        world.Look(Cameras.All(level: 2));
        world.Deliver("R");
        world.Fail503("m");
        world.Deliver("x", "c", "d");
        world.Look(Cameras.All(level: 1));
        var before = world.Screen;
        Assert.Equal("c d", before);

        for (var i = 0; i < 5; i++)
        {
            world.Now += TimeSpan.FromSeconds(1);
            world.Tick();
        }

        Assert.Equal(before, world.Screen);
    }
}
