using Lodestream.Geometry;
using Lodestream.Presentation.Batching;
using static Lodestream.Tests.Presentation.Batching.BatchedScreen;

namespace Lodestream.Tests.Presentation.Batching;

public class BatchPlannerTests
{
    [Fact]
    public void Meshes_of_one_cell_material_level_and_channel_become_one()
    {
        var screen = new BatchedScreen()
            .Place(1, At(0), [Mesh(7), Mesh(8), Mesh(7)])
            .Place(2, At(0), [Mesh(7), Mesh(8)])
            .Place(3, At(0, lod: 1), [Mesh(7)])
            .Place(4, At(0, channel: 1), [Mesh(7)])
            .Place(5, At(1), [Mesh(7)])
            .Tick();
        Assert.Equal(["Build 0 [1.1 2.1]", "Build 1 [1.0 1.2 2.0]"], screen.Log.Order());
        Assert.Equal(5, screen.Settle().Calls);
    }

    [Fact]
    public void A_single_mesh_stays_as_it_is()
    {
        var screen = new BatchedScreen().Place(1, At(0), [Mesh(7), Mesh(8)]).Settle();
        Assert.Equal(0, screen.Planner.DrawnBatches);
        Assert.Equal(2, screen.Calls);
    }

    [Theory]
    [InlineData(BatchObstacles.Transparent)]
    [InlineData(BatchObstacles.Animated)]
    [InlineData(BatchObstacles.KeepsIdentity)]
    [InlineData(BatchObstacles.NotTriangles)]
    [InlineData(BatchObstacles.Instanced)]
    public void What_is_transparent_moves_keeps_its_identity_or_cannot_be_merged_is_left_out(BatchObstacles obstacles)
    {
        var screen = new BatchedScreen().Place(1, At(0), [Mesh(), Mesh(obstacles: obstacles), Mesh()]).Settle();
        Assert.Equal(2, screen.Planner.BatchedMeshes);
        Assert.Equal(2, screen.Calls);
    }

    [Fact]
    public void Nothing_changes_on_screen_before_the_result_is_there()
    {
        var screen = new BatchedScreen().Place(1, At(0), Meshes(3)).Tick();
        Assert.Equal(["Build 0 [1.0 1.1 1.2]"], screen.Log);
        Assert.Empty(screen.Tick(5).Log);
        Assert.Equal(3, screen.Calls);
        Assert.Equal(["SwapIn 0"], screen.Build(0).Tick().Log);
        Assert.Equal(1, screen.Calls);
    }

    [Fact]
    public void A_cell_waits_a_frame_after_it_changed_unless_a_tile_arrived_whole()
    {
        var screen = new BatchedScreen().Place(1, At(0), Meshes(2), whole: false).Place(2, At(1), Meshes(2), whole: true).Tick();
        Assert.Single(screen.Log, line => line.StartsWith("Build", StringComparison.Ordinal) && line.Contains("2.", StringComparison.Ordinal));
        Assert.Single(screen.Tick().Log, line => line.StartsWith("Build", StringComparison.Ordinal) && line.Contains("1.", StringComparison.Ordinal));

        // Whatever keeps coming puts the build off.
        var busy = new BatchedScreen();
        for (var content = 0; content < 5; content++)
            Assert.Empty(busy.Place(content, At(0), Meshes(2), whole: false).Tick().Log);
        Assert.Single(busy.Tick().Log);
    }

    [Fact]
    public void A_mesh_that_comes_is_drawn_by_itself_until_a_larger_batch_takes_the_place_of_the_first_in_one_frame()
    {
        var screen = new BatchedScreen().Place(1, At(0), Meshes(3)).Settle().Place(2, At(0), Meshes(2)).Tick();
        Assert.Single(screen.Log, line => line.StartsWith("Build 1", StringComparison.Ordinal));
        Assert.Equal(3, screen.Calls);
        Assert.Equal(["Drop 0", "SwapIn 1"], screen.Build(1).Tick().Log);
        Assert.Equal(1, screen.Calls);
    }

    [Fact]
    public void A_mesh_that_leaves_takes_its_batch_with_it_in_the_same_frame_and_the_others_draw_themselves_until_they_are_merged_anew()
    {
        var screen = new BatchedScreen().Place(1, At(0), Meshes(3)).Place(2, At(0), Meshes(2)).Settle();
        Assert.Equal(1, screen.Calls);
        Assert.Equal(["Drop 0"], screen.Remove(1).Tick().Log);
        Assert.Equal(2, screen.Calls);
        Assert.Equal(1, screen.Settle().Calls);
    }

    [Fact]
    public void A_result_is_dropped_if_the_cell_changed_meanwhile()
    {
        var screen = new BatchedScreen().Place(1, At(0), [.. Meshes(2), .. Meshes(2, material: 1)]).Tick();
        screen.Build(0).Place(2, At(0), Meshes(1)).Tick();

        // The one was there and is freed at once, the other is told to stop and freed when it answers.
        Assert.Contains("Release 0", screen.Log);
        Assert.Contains("Drop 1", screen.Log);
        Assert.DoesNotContain("Release 1", screen.Log);
        Assert.Contains("Release 1", screen.Build(1).Tick().Log);
        Assert.DoesNotContain(screen.Log, line => line.StartsWith("SwapIn", StringComparison.Ordinal));
        Assert.Equal(2, screen.Settle().Calls);
    }

    [Fact]
    public void An_answer_for_another_epoch_counts_for_nothing()
    {
        var screen = new BatchedScreen().Place(1, At(0), Meshes(2)).Tick();
        screen.Planner.Built(0, 12345);
        screen.Planner.Built(99, 1);
        screen.Planner.Failed(0, 12345);
        Assert.Empty(screen.Tick().Log);
        Assert.Equal(1, screen.Planner.Building);
    }

    [Fact]
    public void What_the_host_cannot_merge_stays_as_it_is_until_it_changes()
    {
        var screen = new BatchedScreen().Place(1, At(0), Meshes(2)).Tick().Fail(0);
        Assert.Equal(["Release 0"], screen.Tick().Log);
        Assert.Empty(screen.Tick(3).Log);
        Assert.False(screen.Planner.NeedsTick);
        Assert.Equal(1, screen.Place(2, At(0), Meshes(1)).Settle().Calls);
    }

    [Fact]
    public void Old_buffers_are_released_three_frames_later()
    {
        var screen = new BatchedScreen().Place(1, At(0), Meshes(2)).Settle();
        Assert.Equal(["Drop 0"], screen.Remove(1).Tick().Log);
        Assert.Empty(screen.Tick().Log);
        Assert.Empty(screen.Tick().Log);
        Assert.True(screen.Planner.NeedsTick);
        Assert.Equal(["Release 0"], screen.Tick().Log);
        Assert.False(screen.Planner.NeedsTick);
        Assert.Equal(0, screen.Planner.MemoryBytes);
    }

    [Fact]
    public void Eight_cells_are_looked_at_four_builds_started_and_four_results_swapped_in_per_tick()
    {
        // Twenty cells that need no batch, which cost a look each, and four that do.
        var screen = new BatchedScreen(new() { BuildsPerTick = 100 });
        for (var cell = 0; cell < 20; cell++)
            screen.Place(cell, At(cell), Meshes(1, vertices: 10));
        screen.Place(100, At(100), Meshes(2, vertices: 50));
        Assert.Empty(screen.Tick(2).Log);
        Assert.Single(screen.Tick().Log);

        var many = new BatchedScreen();
        for (var cell = 0; cell < 10; cell++)
            many.Place(cell, At(cell), Meshes(2));
        int[] builds = [4, 4, 2, 0];
        Assert.All(builds, expected => Assert.Equal(expected, many.Tick().Log.Count));
        foreach (var open in many.Open)
            many.Build(open);
        Assert.All(builds, expected => Assert.Equal(expected, many.Tick().Log.Count));
    }

    [Theory]
    [InlineData(nameof(BatchOptions.VerticesPerTick))]
    [InlineData(nameof(BatchOptions.IndicesPerTick))]
    [InlineData(nameof(BatchOptions.BytesPerTick))]
    public void A_tick_starts_no_more_than_its_vertices_indices_and_bytes_and_the_rest_waits_for_the_next(string budget)
    {
        // Two of three fit.
        var options = budget switch
        {
            nameof(BatchOptions.VerticesPerTick) => new BatchOptions { VerticesPerTick = 500 },
            nameof(BatchOptions.IndicesPerTick) => new() { IndicesPerTick = 750 },
            _ => new() { BytesPerTick = 5 * (100 * 32 + 150 * 4) },
        };
        var screen = new BatchedScreen(options);
        for (var cell = 0; cell < 3; cell++)
            screen.Place(cell, At(cell), Meshes(2));
        Assert.Equal(2, screen.Tick().Log.Count);
        Assert.Single(screen.Tick().Log);
    }

    [Fact]
    public void A_group_that_no_tick_has_room_for_stays_as_it_is_and_holds_up_nothing()
    {
        var screen = new BatchedScreen(new() { VerticesPerTick = 150 }).Place(1, At(0), Meshes(2)).Place(2, At(0), Meshes(2, material: 1, vertices: 50)).Settle();
        Assert.Equal(3, screen.Calls);
    }

    [Theory]
    [InlineData(nameof(BatchOptions.CellVertices))]
    [InlineData(nameof(BatchOptions.CellIndices))]
    [InlineData(nameof(BatchOptions.CellBytes))]
    public void A_cell_that_is_too_large_stays_unbatched_and_one_that_becomes_so_loses_its_batches(string cap)
    {
        var options = cap switch
        {
            nameof(BatchOptions.CellVertices) => new BatchOptions { CellVertices = 300 },
            nameof(BatchOptions.CellIndices) => new() { CellIndices = 450 },
            _ => new() { CellBytes = 3 * (100 * 32 + 150 * 4) },
        };
        var screen = new BatchedScreen(options).Place(1, At(0), Meshes(4)).Place(2, At(1), Meshes(3)).Settle();
        Assert.Equal(5, screen.Calls);
        Assert.Equal(8, screen.Place(3, At(1), Meshes(1)).Settle().Calls);
    }

    [Fact]
    public void What_is_seen_is_built_first_then_what_was_seen_of_late_then_the_rest()
    {
        var screen = new BatchedScreen(new() { BuildsPerTick = 1 }) { Views = [From(0)] };
        screen.Place(1, At(1), Meshes(1)).Place(2, At(2), Meshes(1), x: 1000).Place(3, At(3), Meshes(1), x: 2000).Tick();

        // A look at the second, then back: it was seen of late.
        screen.Views = [From(1000)];
        screen.Tick();
        screen.Views = [From(0)];
        screen.Tick(10);
        screen.Place(13, At(3), Meshes(1), x: 2000).Place(12, At(2), Meshes(1), x: 1000).Place(11, At(1), Meshes(1));
        Assert.Equal(["1", "2", "3"], Orders(screen, 3));
    }

    [Fact]
    public void What_was_seen_120_frames_ago_was_not_seen_of_late()
    {
        foreach (var (frames, first) in ((int, string)[])[(100, "2"), (130, "1")])
        {
            var screen = new BatchedScreen(new() { BuildsPerTick = 1 }) { Views = [From(1000)] };
            screen.Place(1, At(1), Meshes(1)).Place(2, At(2), Meshes(1, vertices: 101), x: 1000).Tick(2);
            screen.Views = [];
            screen.Tick(frames);
            screen.Place(11, At(1), Meshes(1)).Place(12, At(2), Meshes(1), x: 1000);
            Assert.Equal(first, Orders(screen, 1)[0]);
        }
    }

    [Fact]
    public void Small_cells_go_before_large_ones_and_old_changes_before_new_ones()
    {
        var screen = new BatchedScreen(new() { BuildsPerTick = 1 })
            .Place(1, At(1), Meshes(2, vertices: 300)).Place(2, At(2), Meshes(2, vertices: 100)).Place(3, At(3), Meshes(2, vertices: 200));
        Assert.Equal(["2", "3", "1"], Orders(screen, 3));

        var old = new BatchedScreen(new() { BuildsPerTick = 1 }).Place(5, At(5), Meshes(2, vertices: 50)).Place(4, At(4), Meshes(2)).Tick();
        old.Place(3, At(3), Meshes(2));
        Assert.Equal(["4", "3"], Orders(old, 2));
    }

    [Fact]
    public void What_does_not_fit_the_memory_stays_unbatched_until_some_is_free()
    {
        var bytes = 2 * Mesh().Bytes;
        var screen = new BatchedScreen(new() { MemoryBytes = bytes }).Place(1, At(1), Meshes(2)).Place(2, At(2), Meshes(2)).Settle();
        Assert.Equal(1, screen.Planner.DrawnBatches);
        Assert.False(screen.Planner.NeedsTick);
        Assert.Equal(1, screen.Remove(1).Settle().Calls);
        Assert.Equal(bytes, screen.Planner.MemoryBytes);
        Assert.Equal(2, new BatchedScreen(new() { MemoryBytes = 0 }).Place(1, At(1), Meshes(2)).Settle().Calls);
    }

    [Fact]
    public void One_box_holds_all_of_a_batch_where_its_contents_stand()
    {
        var screen = new BatchedScreen().Place(1, At(0), [Mesh(at: 2), Mesh(at: 5)], x: 100).Place(2, At(0), [Mesh()], x: 110).Tick();
        Assert.Equal(new BatchBounds(new(102, 0, 0), new(111, 1, 1)), screen.Planner.BoundsOf(0));
    }

    [Fact]
    public void After_a_lost_context_nothing_is_placed_and_old_answers_count_for_nothing()
    {
        var screen = new BatchedScreen().Place(1, At(0), Meshes(2)).Tick();
        screen.Planner.Clear();
        var planner = screen.Planner;
        Assert.Equal((0, 0, 0L, false), (planner.Meshes, planner.Building, planner.MemoryBytes, planner.NeedsTick));
        planner.Place(1, At(0), Transform3d.Identity, Meshes(2), arrivedWhole: true);
        var build = planner.Tick([])[0];
        planner.Built(0, 1);
        Assert.Equal(1, planner.Building);
        planner.Built(build.Batch, build.Epoch);
        Assert.Equal(BatchCommandKind.SwapIn, planner.Tick([])[0].Kind);
    }

    [Fact]
    public void A_content_is_placed_once() => Assert.Throws<ArgumentException>(() => new BatchedScreen().Place(1, At(0), Meshes(1)).Planner.Place(1, At(0), Transform3d.Identity, Meshes(1), true));

    [Fact]
    public void A_tick_without_news_allocates_nothing()
    {
        var screen = new BatchedScreen { Views = [From(0)] };
        for (var cell = 0; cell < 50; cell++)
            screen.Place(cell, At(cell), Meshes(4), x: cell * 10);
        screen.Settle();
        for (var i = 0; i < 50; i++)
            screen.Planner.Tick(screen.Views);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 200; i++)
            screen.Planner.Tick(screen.Views);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("LeastMeshes")]
    [InlineData("CellsPerTick")]
    [InlineData("BuildsPerTick")]
    [InlineData("SwapsPerTick")]
    [InlineData("VerticesPerTick")]
    [InlineData("IndicesPerTick")]
    [InlineData("BytesPerTick")]
    [InlineData("CellVertices")]
    [InlineData("CellIndices")]
    [InlineData("CellBytes")]
    [InlineData("RecentFrames")]
    [InlineData("QuiescenceFrames")]
    [InlineData("ReleaseFrames")]
    [InlineData("MemoryBytes")]
    public void An_option_out_of_its_range_is_refused_by_name(string name)
    {
        var options = new BatchOptions();
        var property = typeof(BatchOptions).GetProperty(name)!;
        property.SetValue(options, property.PropertyType == typeof(int) ? (object)-1 : -1L);
        var error = Assert.Throws<ArgumentException>(() => new BatchPlanner(options));
        Assert.Contains($"BatchOptions.{name} is -1; it takes", error.Message, StringComparison.Ordinal);
        Assert.Contains("BatchOptions.CoarseCellScale is 0.5; it takes 1 to 64", Assert.Throws<ArgumentException>(() => new BatchPlanner(new() { CoarseCellScale = 0.5 })).Message, StringComparison.Ordinal);
        Assert.Contains("CellSize", Assert.Throws<ArgumentException>(() => new BatchPlanner(new() { CellSize = new(25, 0, 25) })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_are_the_reference_s()
    {
        var o = new BatchOptions();
        Assert.Equal((2, 8, 4, 4, 120_000, 220_000, 6_000_000L), (o.LeastMeshes, o.CellsPerTick, o.BuildsPerTick, o.SwapsPerTick, o.VerticesPerTick, o.IndicesPerTick, o.BytesPerTick));
        Assert.Equal((160_000, 300_000, 8_000_000L, 120, 1, 3), (o.CellVertices, o.CellIndices, o.CellBytes, o.RecentFrames, o.QuiescenceFrames, o.ReleaseFrames));
    }

    // The first content of each cell that is built, one a tick.
    private static string[] Orders(BatchedScreen screen, int ticks)
    {
        var order = new List<string>();
        for (var i = 0; i < ticks; i++)
        {
            var line = Assert.Single(screen.Tick().Log, line => line.StartsWith("Build", StringComparison.Ordinal));
            order.Add(line[(line.IndexOf('[', StringComparison.Ordinal) + 1)..^1].Split('.')[0]);
        }
        return [.. order];
    }
}
