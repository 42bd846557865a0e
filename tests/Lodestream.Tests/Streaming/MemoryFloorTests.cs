using Lodestream.Geometry;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Streaming;

/// <summary>Each content takes 1,000 bytes on its way and 5,000 on the GPU.</summary>
public sealed class MemoryFloorTests
{
    private static StreamerOptions Budget(long bytes, bool masks = false) => HandDrivenWorld.Plain with { MemoryBudgetBytes = bytes, HostHasMasks = masks };

    [Theory]
    [InlineData("R(a b c d)", 5_000 + 20_000 + 6_000)]
    [InlineData("R(.m(a b) c)", 5_000 + 15_000 + 6_000)]
    [InlineData("R(a(b c d e) f)", 5_000 + 20_000 + 6_000)]
    [InlineData("R(+a(b c d e) f)", 5_000 + 10_000 + 6_000)]
    public void A_budget_below_roots_largest_group_and_largest_tile_is_an_error_that_names_the_figure(string tiles, long floor)
    {
        var world = new HandDrivenWorld(tiles, Budget(1_000_000));
        world.DeliverAll();
        Assert.Null(world.Streamer.BudgetError);

        world.Streamer.MemoryBudgetBytes = floor - 1;
        world.Tick();
        Assert.Equal(FormattableString.Invariant($"the memory budget of {floor - 1:N0} bytes is below {floor:N0}, the least this scene takes: roots 5,000, largest sibling group {floor - 11_000:N0}, largest tile 6,000"), world.Streamer.BudgetError);

        world.Streamer.MemoryBudgetBytes = floor;
        world.Tick();
        Assert.Null(world.Streamer.BudgetError);
    }

    [Fact]
    public void Siblings_that_masks_part_need_not_come_together()
    {
        var world = new HandDrivenWorld("R(a b c d)", Budget(1_000_000, masks: true));
        world.DeliverAll();
        world.Streamer.MemoryBudgetBytes = 11_000;
        world.Tick();
        Assert.Null(world.Streamer.BudgetError);
    }

    [Fact]
    public void An_announced_length_beyond_the_budget_is_an_error_before_a_byte_came()
    {
        var world = new HandDrivenWorld("R(a b)", Budget(1_000_000)).Settled();
        world.Headers("R", 2_000_000);
        world.Tick();
        Assert.Contains("the memory budget of 1,000,000 bytes is below 2,000,000", world.Streamer.BudgetError, StringComparison.Ordinal);
    }

    [Fact]
    public void A_budget_too_small_for_the_least_detail_in_view_is_an_error_and_what_fits_is_drawn()
    {
        var world = new HandDrivenWorld(".R(a b c d)", Budget(20_000)) { SizeOf = _ => new(1_000, 5_000, 0) };
        world.DeliverAll();
        Assert.Contains("the memory budget of 20,000 bytes is below 21,000", world.Streamer.BudgetError, StringComparison.Ordinal);
        Assert.Equal(3, world.Picture.Count);
    }

    [Fact]
    public void From_inside_nested_tiles_a_small_budget_shows_less_and_comes_to_rest()
    {
        var world = new HandDrivenWorld("R(a(b(c(d e))))", Budget(17_000));
        world.Views = [Cameras.All(level: 20) with { Position = Vector3d.Zero }];
        world.DeliverAll();
        Assert.Null(world.Streamer.BudgetError);
        Assert.True(world.Streamer.Statistics.Settled);
        Assert.True(world.Streamer.Statistics.DetailScale < 1);
        Assert.Equal(world.Streamer.Statistics.Wanted, world.Picture.Count);
    }
}
