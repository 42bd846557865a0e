using Lodestream.Geometry;
using Lodestream.Residency;
using Lodestream.Selection;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Proximity;

/// <summary>Geometry and textures have budgets of their own: what is shed and evicted at which signal, in which order, and what stays.</summary>
public sealed class PressureReliefTests
{
    private const long Minimum = 1000, Medium = 10_000, Full = 30_000;

    // Ten textured tiles before the camera; what is far behind it was seen and is left behind.
    private static readonly EntrySpec Big = new("big", -20, 75) { Streaming = 70, Unload = 70.5, Prefetch = 70 };

    [Fact]
    public void The_budgets_are_never_more_than_the_total()
    {
        var world = new ManifestSpec(new EntrySpec("a", 0)).World(core: HandDrivenWorld.Plain with { MemoryBudgetBytes = 5_000_000 });
        world.Settle();
        Assert.Equal((5_000_000, 5_000_000), Budgets(world));
        world.Streamer.MemoryBudgetBytes = 4L << 30;
        world.Settle();
        Assert.Equal((1L << 30, 1L << 30), Budgets(world));

        static (long, long) Budgets(HandDrivenWorld world) => (world.Streamer.Statistics.GeometryBudgetBytes, world.Streamer.Statistics.TextureBudgetBytes);
    }

    [Fact]
    public void Where_both_are_high_and_geometry_is_not_textures_of_four_are_shed_and_nothing_is_evicted()
    {
        // 180,000 bytes of textures; the mark is 212,500.
        var world = World(new(), total: 250_000, [.. Near(6), Big, Far("x", 400)]);
        world.SizeOf = name => new(100, 500, name == "big" ? 40_000 : name == "x-hlod1" ? 10 : Minimum);
        SeeWhatIsFar(world);
        Turn(world);
        Assert.Equal(6, world.Streamer.Statistics.FullTextures);
        world.TakeLog();
        LetBigCome(world);
        Assert.Equal(4, world.Logged("textures").Length);
        Assert.Equal((2, 0), (world.Streamer.Statistics.FullTextures, world.Streamer.Statistics.Evicted));
    }

    [Fact]
    public void Where_geometry_is_high_textures_of_eight_are_shed_and_what_nothing_wants_goes_until_it_is_not()
    {
        // 700,000 bytes of geometry and 600,000 that cover a hole; the mark is 1,275,000.
        var world = World(new() { GeometryBudgetBytes = 1_500_000 }, total: 10_000_000, [.. Near(10), Big, Far("x", 400), Far("y", 420)]);
        world.SizeOf = name => new(100, name == "big" ? 600_000 : name[0] is 'x' or 'y' ? 300_000 : 10_000, Minimum);
        Turn(world);
        SeeWhatIsFar(world);
        Turn(world);
        Assert.Equal((10, 0), (world.Streamer.Statistics.FullTextures, world.Streamer.Statistics.Evicted));
        world.TakeLog();
        LetBigCome(world);
        Assert.Equal(8, world.Logged("textures").Length);
        Assert.Equal(1, world.Streamer.Statistics.Evicted);
        Assert.Single(world.Logged("free"));
    }

    [Theory]
    [InlineData(1, 0, "far")]
    [InlineData(0, 1, "large")]
    public void Of_what_nothing_wants_the_highest_value_goes_first(double distance, double size, string first)
    {
        var world = World(new() { EvictionDistanceWeight = distance, EvictionSizeWeight = size }, total: 10_000_000,
            new EntrySpec("near", 0), new EntrySpec("large", 60) { Streaming = 70, Unload = 75 }, new EntrySpec("far", 150) { Streaming = 160, Unload = 165 });
        world.SizeOf = name => new(100, name switch { "large" => 40_000, "far" => 30_000, _ => 1000 }, 0);
        world.Views = [ManifestSpec.Eye(0)];
        world.DeliverAll();

        // Both were drawn in the frame before; distance gives them back as well, but first what is short is freed.
        world.ReleasesAtOnce = false;
        world.Views = [ManifestSpec.Eye(-40)];
        world.Tick();
        Assert.Equal("near", world.Screen);
        world.TakeLog();
        Cut(world, 80_000);
        Assert.Equal(1, world.Streamer.Statistics.Evicted);
        Assert.Equal(first, world.Logged("free").Last());
    }

    [Theory]
    [InlineData("x-hlod1")]
    [InlineData("y-hlod1")]
    public void Of_equal_value_goes_first_what_was_seen_longest_ago(string first)
    {
        // One lies far ahead and one far to the right; the camera sees the one, then the other, and turns away from both.
        var world = World(new() { GeometryBudgetBytes = 1_500_000 }, total: 10_000_000, [Big, new EntrySpec("near", -20), Far("x", 400), new("y", -20, -400) { Hlods = [150] }]);
        world.SizeOf = name => new(100, name == "big" ? 600_000 : name[0] is 'x' or 'y' ? 350_000 : 10_000, 0);
        Turn(world);
        Vector3d[] order = first[0] == 'x' ? [Vector3d.UnitX, -Vector3d.UnitY] : [-Vector3d.UnitY, Vector3d.UnitX];
        foreach (var looking in order)
        {
            world.Views = [ManifestSpec.Eye(-8, looking: looking)];
            world.DeliverAll();
        }
        world.TakeLog();
        LetBigCome(world);
        Assert.Equal(first, world.Logged("free").First());
    }

    [Fact]
    public void A_pass_evicts_eight_at_most_and_the_next_one_goes_on()
    {
        var far = Enumerable.Range(0, 20).Select(i => Far($"x{i}", 400 + i)).ToArray();
        var world = World(new() { GeometryBudgetBytes = 300_000 }, total: 10_000_000, [new EntrySpec("near", -20), Big, .. far]);
        world.SizeOf = name => new(100, name == "big" ? 200_000 : 10_000, 0);
        SeeWhatIsFar(world);
        Turn(world);
        world.ReleasesAtOnce = false;
        world.Views = [ManifestSpec.Eye(-8, 8, looking: -Vector3d.UnitX)];
        world.Settle();
        world.Answer("big");
        world.TakeLog();
        world.Tick();
        world.Tick();
        Assert.Equal(8, world.Logged("free").Length);
        world.Tick();
        Assert.InRange(world.Logged("free").Length, 9, 16);
    }

    [Theory]
    [InlineData(30, 0)]
    [InlineData(10, 1)]
    public void What_a_view_sees_within_thirty_metres_is_not_evicted(double radius, int evicted)
    {
        // Wanted up to 9 m from its centre, 22 m away and in view.
        var world = World(new() { VisibleEvictionProtectionRadius = radius }, total: 10_000_000, new EntrySpec("near", 0), new EntrySpec("x", 30) { Streaming = 8, Unload = 9, Size = 4 });
        world.SizeOf = _ => new(100, 1000, 0);
        world.Views = [ManifestSpec.Eye(8)];
        world.DeliverAll();
        world.Views = [ManifestSpec.Eye(30)];
        world.DeliverAll();
        world.Views = [ManifestSpec.Eye(8)];
        world.Tick();
        world.TakeLog();
        Cut(world, 2100);
        Assert.Equal((evicted, 1), (world.Streamer.Statistics.Evicted, world.Logged("free").Length));
    }

    [Fact]
    public void Full_tiles_that_have_only_just_come_stay_for_eight_seconds()
    {
        // One pass of tearing down in all, and one tile a pass: the others are left to pressure.
        var tiles = Enumerable.Range(0, 4).Select(i => new EntrySpec($"t{i}", 0, i)).ToArray();
        var world = new ManifestSpec(tiles).World(0, new() { MaxQueryRadius = 200, MaxTileUnloadsPerUpdate = 1, UpdateInterval = 100, BurstTickInterval = 100 }, HandDrivenWorld.Plain with { MemoryBudgetBytes = 1_000_000 });
        world.SizeOf = _ => new(100, 1000, 0);
        world.DeliverAll();
        world.Views = [ManifestSpec.Eye(2000)];
        world.Now += TimeSpan.FromSeconds(1);
        world.Tick();
        world.Tick();
        Cut(world, 3300);
        world.Pass(6.5);
        Assert.Equal((0, 1), (world.Streamer.Statistics.Evicted, world.Streamer.Statistics.TornDown));
        world.Pass(1);
        Assert.InRange(world.Streamer.Statistics.Evicted, 1, 3);
    }

    [Theory]
    [InlineData(20, "a-lod2")]
    [InlineData(160, null)]
    public void Outside_its_streaming_radius_a_tile_gives_up_what_it_does_not_draw_the_farthest_first(double streaming, string? freed)
    {
        // What is finer took over a moment ago; the coarser LOD's second is not over. Tile a is 130 m away and tile b 110 m.
        var world = Approached(streaming);
        world.DeliverAll();
        Assert.Equal(streaming == 20 ? "a-lod1 b-lod1" : "a b", world.Screen);
        world.TakeLog();
        Cut(world, (long)((world.Streamer.Statistics.GpuGeometryBytes - 500) / 0.85));
        Assert.Equal(freed is null ? [] : [freed], world.Logged("free"));
    }

    [Fact]
    public void What_stands_in_for_what_is_on_its_way_stays_on_screen()
    {
        var world = Approached(streaming: 20);
        world.Settle();
        Assert.Equal(["a-lod1", "b-lod1"], world.InFlight.Order());
        world.TakeLog();
        Cut(world, (long)(world.Streamer.Statistics.GpuGeometryBytes / 0.85));
        Assert.Empty(world.Logged("free"));
        Assert.Equal("a-lod2 b-lod2", world.Screen);
    }

    private static HandDrivenWorld Approached(double streaming)
    {
        var world = World(new(), total: 10_000_000, Tile("a", 0, streaming), Tile("b", -20, streaming));
        world.SizeOf = name => new(100, name.EndsWith('2') ? 10_000 : 1000, 0);
        world.Views = [ManifestSpec.Eye(-180)];
        world.DeliverAll();
        world.Pass(1.5);
        world.Views = [ManifestSpec.Eye(-130)];
        return world;

        static EntrySpec Tile(string name, double x, double streaming) => new(name, x) { Lods = [80, 150], Streaming = streaming, Unload = streaming + 5, Prefetch = streaming };
    }

    [Fact]
    public void Nothing_starts_while_geometry_is_high_but_what_covers_a_hole()
    {
        // What is evicted still holds its memory when something finer is wanted, and when something is that covers a hole.
        var world = World(new() { GeometryBudgetBytes = 3_000_000, HighWaterMark = 0.575 }, total: 10_000_000,
            [.. Near(9), Big, Far("x", 400), Far("y", 420), new EntrySpec("fine", -90) { Lods = [60], Streaming = 60, Prefetch = 60 }, new EntrySpec("hole", -120) { Streaming = 90, Prefetch = 90 }]);
        world.SizeOf = name => new(100, name == "big" ? 580_000 : name[0] is 'x' or 'y' ? 530_000 : 10_000, 0);
        world.TexturesOf = _ => default;
        Turn(world);
        SeeWhatIsFar(world);
        Turn(world);
        world.ReleasesAtOnce = false;
        LetBigCome(world);
        Assert.Single(world.Logged("free"));
        world.Views = [ManifestSpec.Eye(-35, 8, looking: -Vector3d.UnitX)];
        world.Tick();
        Assert.Equal(["hole"], world.InFlight);
        Assert.Equal(ContentState.Queued, world.Streamer.StateOf(world.Content("fine")));
        world.Release(world.FreedTicket(world.Logged("free")[0]));
        world.Settle();
        Assert.Contains("fine", world.InFlight);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_scene_too_large_for_one_account_comes_to_rest_with_less_detail(bool geometry)
    {
        var world = World(geometry ? new() { GeometryBudgetBytes = 50_000 } : new() { TextureBudgetBytes = 50_000 }, total: 10_000_000, Street());
        world.SizeOf = Heavy(geometry);
        world.Run(5);
        var s = world.Streamer.Statistics;
        Assert.Equal(20, world.Picture.Count);
        Assert.InRange(s.DetailScale, 0.01, 0.99);
        Assert.InRange(geometry ? s.GpuGeometryBytes : s.GpuTextureBytes, 1, 50_000);
        Assert.True(s.Settled);
        Assert.Null(world.Streamer.BudgetError);
        Assert.Equal(WakeKind.OnEvent, world.Settle().Kind);
    }

    [Theory]
    [InlineData(true, "the geometry memory budget of 9,000 bytes is below")]
    [InlineData(false, "the texture memory budget of 9,000 bytes is below")]
    public void An_account_that_cannot_hold_what_is_coarsest_is_named_with_its_figures(bool geometry, string said)
    {
        var world = World(geometry ? new() { GeometryBudgetBytes = 9000 } : new() { TextureBudgetBytes = 9000 }, total: 10_000_000, Street());
        world.SizeOf = Heavy(geometry);
        world.Run(5);
        Assert.StartsWith(said, world.Streamer.BudgetError, StringComparison.Ordinal);
        world.DeliverAll();
        Assert.Equal(WakeKind.OnEvent, world.Settle().Kind);
    }

    [Theory]
    [InlineData(true, "geometry")]
    [InlineData(false, "textures")]
    public void A_content_that_alone_exceeds_an_account_fails_and_says_so(bool geometry, string account)
    {
        var world = World(new() { GeometryBudgetBytes = 9000, TextureBudgetBytes = 9000 }, total: 10_000_000, new EntrySpec("a", 0));
        (world.SizeOf, world.TexturesOf) = (_ => new(100, geometry ? 9001 : 1, geometry ? 1 : 9001), _ => default);
        world.Views = [ManifestSpec.Eye(0)];
        world.DeliverAll();
        Assert.Contains($"needs 9,001 bytes of {account}", world.Why("a").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_cut_nothing_is_admitted_until_each_account_fits()
    {
        var world = World(new(), total: 1_000_000, Street());
        world.SizeOf = Heavy(geometry: true);
        world.Views = [ManifestSpec.Eye(0)];
        world.DeliverAll();
        var before = world.Streamer.Statistics.GpuGeometryBytes;
        Assert.InRange(before, 60_000, 110_000);
        world.Streamer.MemoryBudgetBytes = 60_000;
        for (var i = 0; i < 400; i++)
        {
            world.Run(0.02);
            var now = world.Streamer.Statistics.GpuGeometryBytes;
            Assert.True(now <= before || now <= 60_000, $"{now} bytes after {before}");
            before = now;
        }
        Assert.InRange(before, 1, 60_000);
        Assert.Equal(20, world.Picture.Count);
    }

    [Fact]
    public void What_is_drawn_is_not_evicted_however_high_geometry_is()
    {
        var world = World(new(), total: 10_000_000, new EntrySpec("a", 0), new EntrySpec("b", 60));
        world.SizeOf = _ => new(100, 1000, 0);
        world.Views = [ManifestSpec.Eye(0)];
        world.DeliverAll();

        // Beyond its streaming radius, not yet beyond its unload radius.
        world.Look(ManifestSpec.Eye(-50));
        Assert.Equal("a b", world.Screen);
        world.TakeLog();
        Cut(world, 2100);
        Assert.Empty(world.Logged("free"));
        Assert.Equal("a b", world.Screen);
    }

    [Fact]
    public void Under_memory_pressure_from_outside_textures_are_shed_with_the_next_tick()
    {
        var world = World(new(), total: 10_000_000, Near(6));
        Turn(world);
        world.TakeLog();
        world.Inbox.Post(new() { Kind = InboxKind.MemoryPressure });
        Assert.Empty(world.Log);
        world.Tick();
        Assert.Equal(6, world.Logged("textures").Length);
    }

    [Fact]
    public void A_shortage_is_met_by_shedding_before_detail_falls()
    {
        // Textures took what was free; then something comes that needs it.
        var world = World(new() { HighWaterMark = 1 }, total: 2_000_000, [.. Near(6), Big]);
        world.SizeOf = name => new(100, name == "big" ? 600_000 : 500, name == "big" ? 10 : Minimum);
        world.TexturesOf = name => name[0] == 'a' ? (100_000, 300_000) : default;
        Turn(world);
        Assert.InRange(world.Streamer.Statistics.FullTextures, 5, 6);
        LetBigCome(world);
        world.Settle();
        Assert.Contains("big", world.Screen);
        Assert.Equal(1, world.Streamer.Statistics.DetailScale);
    }

    private static EntrySpec[] Near(int count) => [.. Enumerable.Range(0, count).Select(i => new EntrySpec($"a{i}", -20, i))];

    private static EntrySpec Far(string name, double x) => new(name, x) { Hlods = [150] };

    private static EntrySpec[] Street() => [.. Enumerable.Range(0, 20).Select(i => new EntrySpec($"s{i}", i * 4) { Lods = [60] })];

    // Full tiles of 5,000 bytes, LODs of 100.
    private static Func<string, MemoryCharge> Heavy(bool geometry) => name =>
    {
        var bytes = name.EndsWith("-lod1", StringComparison.Ordinal) ? 1000 : 5000;
        return geometry ? new(100, bytes, 10) : new(100, 10, bytes);
    };

    private static HandDrivenWorld World(ProximityMemoryOptions memory, long total, params EntrySpec[] entries)
    {
        var world = new ManifestSpec(entries).World(0, new() { Memory = memory, MaxQueryRadius = 200, UnloadGracePeriod = 0, MinimumParsedTileResidentSeconds = 0 }, HandDrivenWorld.Plain with { MemoryBudgetBytes = total });
        (world.SizeOf, world.TexturesOf) = (_ => new(100, 1000, Minimum), name => name is ['a', >= '0' and <= '9'] ? (Medium, Full) : default);
        return world;
    }

    // From here what is far ahead is its HLOD; what is near is behind.
    private static void SeeWhatIsFar(HandDrivenWorld world)
    {
        world.Views = [ManifestSpec.Eye(-8)];
        world.DeliverAll();
    }

    private static void Turn(HandDrivenWorld world)
    {
        world.Views = [ManifestSpec.Eye(-8, looking: -Vector3d.UnitX)];
        world.DeliverAll();
        world.Pass(3);
    }

    // A few steps aside it is wanted.
    private static void LetBigCome(HandDrivenWorld world)
    {
        world.Views = [ManifestSpec.Eye(-8, 8, looking: new(-1, 1, 0))];
        world.Settle();
        world.Deliver("big");
        world.Pass(1);
    }

    private static void Cut(HandDrivenWorld world, long bytes)
    {
        world.Streamer.MemoryBudgetBytes = bytes;
        world.Tick();
    }
}
