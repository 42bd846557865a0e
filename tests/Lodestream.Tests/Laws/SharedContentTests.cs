using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Laws;

public sealed class SharedContentTests
{
    [Fact]
    public void A_tile_of_a_new_document_draws_a_content_that_another_tile_brought_here()
    {
        var world = new HandDrivenWorld("R(a @x)");
        world.AddDocument("http://tiles.test/scene/x.json", "r(p=a q)");
        world.Settle();
        world.Deliver("R", "a", "x");

        Assert.DoesNotContain("a", world.InFlight);
        world.DeliverAll();

        Assert.True(world.Streamer.Statistics.Settled);
        Assert.Equal(3, world.Picture.Count);
        Assert.All(world.Picture.Values, item => Assert.Equal(item.Region, item.Source));
    }

    [Fact]
    public void A_tile_of_a_new_document_is_content_less_when_its_content_failed_for_good_before_it_came()
    {
        var world = new HandDrivenWorld("R(a @x)");
        world.AddDocument("http://tiles.test/scene/x.json", "r(p=a(s t) q)");
        world.Look(Cameras.All(level: 3));
        world.Deliver("R");
        world.Fail404("a");
        world.Deliver("x");
        world.DeliverAll();

        Assert.True(world.Streamer.Statistics.Settled);
        Assert.Contains("s", world.Screen, StringComparison.Ordinal);
        Assert.Contains("t", world.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_that_shares_many_contents_of_its_own_is_taken_in()
    {
        var world = new HandDrivenWorld("R(@x)");
        world.AddDocument("http://tiles.test/scene/x.json", "r(" + string.Join(' ', Enumerable.Range(0, 200).Select(i => $"t{i}={(i % 2 == 0 ? $"t{i}" : "t0")}")) + ")");
        world.DeliverAll();

        Assert.True(world.Streamer.Statistics.Settled);
    }
}
