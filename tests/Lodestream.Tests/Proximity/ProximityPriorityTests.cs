using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Proximity;

/// <summary>In which order manifest tiles are asked for.</summary>
public sealed class ProximityPriorityTests
{
    private static readonly StreamerOptions OneByOne = HandDrivenWorld.Plain with { MaximumRequests = 1 };

    [Fact]
    public void The_greater_priority_goes_first_whatever_is_larger_on_screen()
    {
        var world = World(null, new EntrySpec("large", 30) { Size = 40 }, new EntrySpec("first", 70) { Size = 1, Height = 1, Priority = 2 }, new EntrySpec("second", 70, 5) { Size = 1, Height = 1, Priority = 1 });
        Assert.Equal(["first", "second", "large"], Order(world));
    }

    [Fact]
    public void Among_equals_what_takes_up_more_of_the_screen_goes_first()
    {
        var world = World(null, new EntrySpec("small", 40) { Size = 2, Height = 2 }, new EntrySpec("large", 70, 25) { Size = 40, Height = 60 });
        Assert.Equal(["large", "small"], Order(world));
    }

    [Fact]
    public void Without_the_importance_order_the_nearest_goes_first()
    {
        var world = World(new() { EnableImportanceSort = false }, new EntrySpec("large", 70, 25) { Size = 40, Height = 60 }, new EntrySpec("small", 40) { Size = 2, Height = 2 });
        Assert.Equal(["small", "large"], Order(world));
    }

    [Fact]
    public void What_lies_ahead_goes_before_what_lies_aside()
    {
        var world = World(null, new EntrySpec("aside", 0, 60), new EntrySpec("ahead", 60));
        world.Views = [ManifestSpec.Eye(0) with { FovY = 2.2, ViewportWidth = 2400 }];
        Assert.Equal(["ahead", "aside"], Order(world));
    }

    [Fact]
    public void What_is_wanted_now_goes_before_what_is_prefetched_whatever_its_priority()
    {
        var world = World(null, new EntrySpec("ahead", 95) { Priority = 9 }, new EntrySpec("now", 60));
        Assert.Equal(["now", "ahead"], Order(world));
    }

    [Fact]
    public void A_shared_bucket_goes_first()
    {
        var world = World(null, new EntrySpec("a", 30) { Priority = 100 }, new EntrySpec("bucket", 500) { Shared = true, Size = 1, Height = 1 });
        Assert.Equal(["bucket", "a"], Order(world));
    }

    [Fact]
    public void What_stands_behind_a_loaded_tile_goes_after_what_does_not()
    {
        EntrySpec[] entries = [new("wall", 40) { Size = 4, Height = 60, Priority = 1 }, new("behind", 60) { Size = 16, Height = 16 }, new("beside", 60, 35) { Size = 12, Height = 12 }];
        Assert.Equal(["behind", "beside"], AfterWall(null, entries));
        entries[0] = entries[0] with { Size = 24 };
        Assert.Equal(["beside", "behind"], AfterWall(null, entries));
        Assert.Equal(["behind", "beside"], AfterWall(new() { EnableOcclusionSort = false }, entries));
        Assert.Equal(["behind", "beside"], AfterWall(new() { OcclusionMinWeight = 1 }, entries));
    }

    [Fact]
    public void Tiles_of_a_hidden_region_are_penalised_and_counted_but_come_all_the_same()
    {
        var regions = new[]
        {
            (new Vector3d(50, -10, -10), new Vector3d(75, 10, 10), ProximityTable.NoRegion),
            (new Vector3d(55, -6, -6), new Vector3d(70, 6, 6), 0),
            (new Vector3d(50, 29, -10), new Vector3d(75, 41, 10), ProximityTable.NoRegion),
        };
        EntrySpec[] entries = [new("wall", 40) { Size = 24, Height = 60, Priority = 1 }, new("hidden", 60) { Size = 10, Height = 10, Region = 1 }, new("seen", 60, 35) { Size = 2, Height = 2, Region = 2 }];

        var world = World(new() { OcclusionMinWeight = 1 }, regions, entries);
        Approach(world);
        Assert.Equal(1, world.Streamer.Statistics.HierGateSkip);
        Assert.Equal(["seen", "hidden"], Order(world));
        Assert.Equal("hidden seen wall", world.Screen);
        Assert.Equal(0, world.Streamer.Statistics.HierGateSkip);

        world = World(new() { OcclusionMinWeight = 1, HierarchyOcclusionPenalty = 1 }, regions, entries);
        Approach(world);
        Assert.Equal(["hidden", "seen"], Order(world));
    }

    [Fact]
    public void A_region_that_is_hidden_hides_all_regions_within_it()
    {
        // The inner region is said to reach past the wall, the outer one is not.
        var regions = new[]
        {
            (new Vector3d(55, -6, -6), new Vector3d(70, 6, 6), ProximityTable.NoRegion),
            (new Vector3d(50, -60, -10), new Vector3d(75, 60, 10), 0),
        };
        var world = World(null, regions, new("wall", 40) { Size = 24, Height = 60 }, new("hidden", 60) { Size = 10, Height = 10, Region = 1 });
        world.Settle();
        world.DeliverAllBut("hidden");
        Assert.Equal(1, world.Streamer.Statistics.HierGateSkip);
    }

    [Theory]
    [InlineData(30, false)]
    [InlineData(-30, true)]
    public void The_hierarchy_gate_is_off_inside_a_region_and_where_nothing_is_loaded(double x, bool loaded)
    {
        var regions = new[] { (new Vector3d(-40, -40, -10), new Vector3d(75, 40, 10), ProximityTable.NoRegion) };
        var world = World(null, regions, new("wall", x + 40) { Size = 24, Height = 60 }, new("hidden", x + 60) { Size = 10, Height = 10, Region = 0 });
        world.Views = [ManifestSpec.Eye(x)];
        world.Settle();
        if (loaded)
            world.DeliverAllBut("hidden");
        Assert.Equal(0, world.Streamer.Statistics.HierGateSkip);
    }

    [Fact]
    public void An_occluder_around_the_camera_hides_nothing()
    {
        EntrySpec[] entries = [new("wall", 0) { Size = 30, Height = 60, Priority = 1 }, new("behind", 60) { Size = 16, Height = 16 }, new("beside", 60, 35) { Size = 12, Height = 12 }];
        Assert.Equal(["behind", "beside"], AfterWall(null, entries));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1.1)]
    public void A_penalty_of_nothing_would_keep_tiles_out_for_ever_and_is_refused(double penalty)
    {
        var error = Assert.Throws<ArgumentException>(() => new ManifestSpec(new EntrySpec("a", 0)).World(options: new() { HierarchyOcclusionPenalty = penalty }));
        Assert.Contains("ProximityOptions.HierarchyOcclusionPenalty", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, ProximityOptions> Wrong => new()
    {
        { "MaxQueryRadius", new() { MaxQueryRadius = 0 } },
        { "VelocityLookAheadTime", new() { VelocityLookAheadTime = -1 } },
        { "VelocityLookAheadMinSpeed", new() { VelocityLookAheadMinSpeed = 0 } },
        { "TileFrustumGatePadding", new() { TileFrustumGatePadding = double.NaN } },
        { "FloorProximityGate", new() { FloorProximityGate = 0 } },
        { "LodHysteresisFactor", new() { LodHysteresisFactor = 1.1 } },
        { "HlodHysteresisFactor", new() { HlodHysteresisFactor = 0 } },
        { "SecondaryRepresentationMinDwellSeconds", new() { SecondaryRepresentationMinDwellSeconds = -1 } },
        { "UnloadGracePeriod", new() { UnloadGracePeriod = double.NaN } },
        { "MinimumParsedTileResidentSeconds", new() { MinimumParsedTileResidentSeconds = -1 } },
        { "MaxConcurrentTileLoads", new() { MaxConcurrentTileLoads = 0 } },
        { "MaxConcurrentLodLoads", new() { MaxConcurrentLodLoads = 0 } },
        { "MaxConcurrentHlodLoads", new() { MaxConcurrentHlodLoads = 0 } },
        { "TileParseMemoryBudgetMB", new() { TileParseMemoryBudgetMB = 0 } },
        { "MaxTileUnloadsPerUpdate", new() { MaxTileUnloadsPerUpdate = 0 } },
        { "UpdateInterval", new() { UpdateInterval = -1, BurstTickInterval = 0 } },
        { "BurstTickInterval", new() { BurstTickInterval = 0.2 } },
        { "OcclusionFullThreshold", new() { OcclusionFullThreshold = 0 } },
        { "OcclusionMinWeight", new() { OcclusionMinWeight = 0 } },
        { "ViewAlignmentMinWeight", new() { ViewAlignmentMinWeight = 0 } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void An_option_out_of_its_range_is_refused_by_name(string name, ProximityOptions options)
    {
        var error = Assert.Throws<ArgumentException>(() => new ManifestSpec(new EntrySpec("a", 0)).World(options: options));
        Assert.Equal(name, error.ParamName);
        Assert.StartsWith($"ProximityOptions.{name} is ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_policy_selects()
    {
        var error = Assert.Throws<ArgumentException>(() => new HandDrivenWorld("R", HandDrivenWorld.Plain with { Proximity = new(), Pyramid = new() }));
        Assert.Equal("Proximity", error.ParamName);
    }

    private static HandDrivenWorld World(ProximityOptions? options, params EntrySpec[] entries) => World(options, [], entries);

    private static HandDrivenWorld World(ProximityOptions? options, (Vector3d, Vector3d, int)[] regions, params EntrySpec[] entries) =>
        new ManifestSpec(entries) { Regions = regions }.World(options: options, core: OneByOne);

    private static string[] AfterWall(ProximityOptions? options, EntrySpec[] entries)
    {
        var world = World(options, entries);
        Approach(world);
        return Order(world);
    }

    // From where only the wall is near enough to where all is.
    private static void Approach(HandDrivenWorld world)
    {
        world.Views = [ManifestSpec.Eye(-45)];
        world.DeliverAll();
        Assert.Equal("wall", world.Screen);
        world.Look(ManifestSpec.Eye(0));
    }

    // With one request at a time, the order in which contents are asked for; one that gave way to another meanwhile counts by its last.
    private static string[] Order(HandDrivenWorld world)
    {
        world.Settle();
        var order = new List<string>();
        while (world.InFlight.Length > 0)
        {
            order.Add(world.InFlight[0]);
            world.Deliver(world.InFlight[0]);
        }
        return [.. order];
    }
}
