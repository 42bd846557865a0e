using Lodestream.Geometry;
using Lodestream.Residency;
using Lodestream.Selection;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Proximity;

/// <summary>Which representation of a manifest's tile is drawn at which distance, and when it changes.</summary>
public sealed class ProximityBandTests
{
    private static readonly EntrySpec House = new("a", 0) { Lods = [80, 150], Hlods = [300] };

    [Theory]
    [InlineData(10, "a")]
    [InlineData(79, "a")]
    [InlineData(110, "a-lod1")]
    [InlineData(149, "a-lod1")]
    [InlineData(151, "a-lod2")]
    [InlineData(299, "a-lod2")]
    [InlineData(301, "a-hlod1")]
    [InlineData(4000, "a-hlod1")]
    public void Each_band_of_distance_has_its_representation(double distance, string drawn)
    {
        var world = new ManifestSpec(House).World(-distance);
        world.DeliverAll();
        Assert.Equal(drawn, world.Screen);
    }

    [Fact]
    public void Beyond_the_unload_radius_a_tile_without_anything_coarser_is_not_drawn()
    {
        var world = new ManifestSpec(new EntrySpec("a", 0)).World(-130);
        world.DeliverAll();
        Assert.Equal("", world.Screen);
        Assert.Empty(world.Requests);
    }

    [Fact]
    public void Several_HLODs_join_the_chain()
    {
        var spec = new ManifestSpec(new EntrySpec("a", 0) { Hlods = [200, 600] });
        Assert.Equal("a-hlod1", Drawn(spec, 300));
        Assert.Equal("a-hlod2", Drawn(spec, 700));
    }

    [Fact]
    public void The_gap_between_the_streaming_radius_and_the_first_LOD_is_filled_with_the_finest_there_is()
    {
        // LOD 1 is shown from 150 m on by its manifest; without it there would be nothing from 120 to 150 m.
        var spec = new ManifestSpec(new EntrySpec("a", 0) { Lods = [150], Hlods = [300] });
        Assert.Equal("a-lod1", Drawn(spec, 125));
        Assert.Equal("a-hlod1", Drawn(new(new EntrySpec("a", 0) { Hlods = [300] }), 125));
    }

    [Fact]
    public void The_full_tile_is_asked_for_from_the_prefetch_radius_on_and_after_what_is_wanted()
    {
        var world = new ManifestSpec(House).World(-101);
        world.Settle();
        Assert.Equal(["a-lod1"], world.InFlight);
        world.Look(ManifestSpec.Eye(-99));
        Assert.Equal(["a-lod1", "a"], world.InFlight);
    }

    [Fact]
    public void A_prefetched_tile_that_is_here_takes_over_before_its_streaming_radius()
    {
        var world = new ManifestSpec(House).World(-99);
        world.DeliverAll();
        Assert.Equal("a", world.Screen);
    }

    [Theory]
    [InlineData(90, "a-lod1")]
    [InlineData(70, "a")]
    public void A_prefetch_radius_of_its_own_counts(double distance, string drawn) =>
        Assert.Equal(drawn, Drawn(new(House with { Prefetch = 80 }), distance));

    [Fact]
    public void An_HLOD_that_is_shown_stays_down_to_nine_tenths_of_its_distance()
    {
        var world = Settled(House, 301);
        Move(world, 271);
        Assert.Equal("a-hlod1", world.Screen);
        Move(world, 269);
        Assert.Equal("a-lod2", world.Screen);
        Move(world, 299);
        Assert.Equal("a-lod2", world.Screen);
        Move(world, 300);
        Assert.Equal("a-hlod1", world.Screen);
    }

    [Fact]
    public void A_LOD_that_is_shown_stays_down_to_nine_tenths_of_its_distance()
    {
        var world = Settled(House, 160);
        Move(world, 136);
        Assert.Equal("a-lod2", world.Screen);
        Move(world, 134);
        Assert.Equal("a-lod1", world.Screen);
        Move(world, 149);
        Assert.Equal("a-lod1", world.Screen);
    }

    [Fact]
    public void The_hysteresis_factors_are_options_each_for_its_kind()
    {
        var world = Settled(House, 301, new() { HlodHysteresisFactor = 1, LodHysteresisFactor = 0.5 });
        Move(world, 299);
        Assert.Equal("a-lod2", world.Screen);
        Move(world, 122);
        Assert.Equal("a-lod2", world.Screen);
    }

    [Fact]
    public void Two_changes_between_coarser_representations_are_a_dwell_apart()
    {
        var world = Settled(House, 301);
        Move(world, 269);
        Assert.Equal("a-lod2", world.Screen);
        world.Look(ManifestSpec.Eye(-301));
        Assert.Equal("a-lod2", Wanted(world));
        Assert.Equal(WakeKind.AtTime, world.Decision.Kind);
        world.Wait(0.9);
        Assert.Equal("a-lod2", Wanted(world));
        world.Wait(0.11);
        Assert.Equal("a-hlod1", Wanted(world));
    }

    [Fact]
    public void Hovering_at_a_boundary_changes_no_more_than_once_per_dwell()
    {
        var world = Settled(House, 301);
        var (changes, last) = (0, Wanted(world));
        for (var i = 0; i < 600; i++)
        {
            world.Now += TimeSpan.FromSeconds(1 / 60.0);
            world.Look(ManifestSpec.Eye(i % 2 == 0 ? -301 : -265));
            world.DeliverAll();
            changes += Wanted(world) == last ? 0 : 1;
            last = Wanted(world);
        }
        Assert.InRange(changes, 2, 10);
    }

    [Fact]
    public void A_full_tile_stays_to_its_unload_radius_and_three_seconds_beyond_it()
    {
        var world = Settled(House, 70);
        world.Wait(10);
        Move(world, 119);
        world.Wait(10);
        Assert.Equal("a", Wanted(world));
        Move(world, 121);
        world.Wait(2.9);
        Assert.Equal("a", Wanted(world));
        world.Wait(0.2);
        Assert.Equal("a-lod1", Wanted(world));
    }

    [Fact]
    public void Coming_back_within_the_grace_period_starts_it_anew()
    {
        var world = Settled(House, 70);
        world.Wait(10);
        world.Look(ManifestSpec.Eye(-125));
        world.Wait(2.5);
        world.Look(ManifestSpec.Eye(-115));
        world.Look(ManifestSpec.Eye(-125));
        world.Wait(2.5);
        Assert.Equal("a", Wanted(world));
        world.Wait(0.6);
        Assert.Equal("a-lod1", Wanted(world));
    }

    [Fact]
    public void The_governor_names_the_end_of_the_grace_period_and_does_not_poll()
    {
        var world = Settled(House, 70);
        world.Wait(10);
        var decision = world.Look(ManifestSpec.Eye(-125));
        Assert.Equal(new FrameDecision(WakeKind.AtTime, world.Now + TimeSpan.FromSeconds(3)), decision);
    }

    [Fact]
    public void A_full_tile_that_just_came_stays_eight_seconds_wherever_the_camera_is()
    {
        var world = new ManifestSpec(House).World(-70);
        world.DeliverAll();
        world.Look(ManifestSpec.Eye(-125));
        world.Wait(7.9);
        Assert.Equal("a", Wanted(world));
        world.Wait(0.2);
        Assert.Equal("a-lod1", Wanted(world));
    }

    [Fact]
    public void A_tile_on_its_way_has_its_grace_period_and_is_then_called_off()
    {
        var world = new ManifestSpec(new EntrySpec("a", 0)).World(-70);
        world.Settle();
        world.Look(ManifestSpec.Eye(-125));
        world.Wait(2.9);
        Assert.Equal(["a"], world.InFlight);
        world.Wait(0.2);
        Assert.Empty(world.InFlight);
    }

    [Fact]
    public void Beyond_the_query_radius_there_is_no_grace()
    {
        var world = new ManifestSpec(new EntrySpec("a", 0)).World(-70);
        world.Settle();
        world.Look(ManifestSpec.Eye(-501));
        Assert.Empty(world.InFlight);
    }

    [Fact]
    public void The_query_radius_is_at_least_the_greatest_unload_radius_and_switch_distance()
    {
        Assert.Equal("a", Drawn(new(new EntrySpec("a", 0) { Streaming = 700, Unload = 900 }), 690));
        Assert.Equal("a-lod1", Drawn(new(new EntrySpec("a", 0) { Lods = [80], Hlods = [800] }), 700));
    }

    [Fact]
    public void The_coarsest_representation_is_not_cut_by_the_query_radius_but_is_asked_for_only_where_it_is_seen()
    {
        var spec = new ManifestSpec(House, new EntrySpec("b", -8000) { Hlods = [300] });
        var world = spec.World(-4000);
        world.DeliverAll();
        Assert.Equal("a-hlod1", world.Screen);
    }

    [Fact]
    public void A_turn_of_the_head_does_not_tear_down_what_is_far()
    {
        var world = Settled(House, 4000);
        world.Look(ManifestSpec.Eye(-4000, looking: -Vector3d.UnitX));
        world.Pass(20);
        Assert.Equal("", world.Screen);
        world.Look(ManifestSpec.Eye(-4000));
        Assert.Equal("a-hlod1", world.Screen);
        Assert.Single(world.Requests);
    }

    [Fact]
    public void Out_of_range_all_but_the_coarsest_is_given_back()
    {
        var world = Settled(House, 70);
        world.Wait(10);
        world.Look(ManifestSpec.Eye(-4000));
        world.DeliverAll();
        world.Pass(5);
        Assert.Equal("a-hlod1", world.Screen);
        Assert.Equal(1, world.Streamer.Statistics.TornDown);
        Assert.Equal(ContentState.Absent, world.Streamer.StateOf(world.Content("a")));
    }

    [Fact]
    public void A_shared_bucket_is_wanted_wherever_the_camera_is()
    {
        var world = new ManifestSpec(new EntrySpec("s", 0) { Shared = true }).World(-9000);
        world.DeliverAll();
        Assert.Equal("s", world.Screen);
    }

    [Fact]
    public void A_tile_ahead_of_a_fast_camera_is_asked_for_before_the_camera_is_there()
    {
        // 40 m/s for half a second reach 20 m ahead.
        Assert.Contains("a", AskedForAt(speed: 40, distance: 119));
        Assert.DoesNotContain("a", AskedForAt(speed: 40, distance: 122));
        Assert.DoesNotContain("a", AskedForAt(speed: 1.4, distance: 100.5));
        Assert.Contains("a", AskedForAt(speed: 1.6, distance: 100.5));
    }

    [Fact]
    public void A_tile_behind_a_fast_camera_counts_from_where_the_camera_is()
    {
        var world = new ManifestSpec(House).World(0);
        Fly(world, speed: 40, to: 95);
        Assert.Contains("a", world.InFlight);
    }

    [Fact]
    public void A_camera_that_stopped_is_looked_at_once_more()
    {
        var world = new ManifestSpec(House).World(0);
        Fly(world, speed: 40, to: -119);
        var decision = world.Tick();
        Assert.Equal(WakeKind.AtTime, decision.Kind);
        Assert.InRange((decision.At - world.Now).TotalSeconds, 0, 0.016);
        world.Now += TimeSpan.FromSeconds(0.016);
        Assert.Equal(WakeKind.AtTime, world.Settle().Kind);
        Assert.DoesNotContain("a", world.Streamer.Selection.Visits.ToArray().Where(visit => visit.Flags.HasFlag(VisitFlags.Primary)).Select(visit => world.NameOfTile(visit.Tile)));
    }

    private static string Drawn(ManifestSpec spec, double distance)
    {
        var world = spec.World(-distance);
        world.DeliverAll();
        return world.Screen;
    }

    private static HandDrivenWorld Settled(EntrySpec entry, double distance, ProximityOptions? options = null)
    {
        var world = new ManifestSpec(entry).World(-distance, options);
        world.DeliverAll();
        return world;
    }

    private static void Move(HandDrivenWorld world, double distance)
    {
        world.Wait(2);
        world.Look(ManifestSpec.Eye(-distance));
        world.DeliverAll();
    }

    private static string Wanted(HandDrivenWorld world) =>
        string.Join(' ', world.Streamer.Selection.Visits.ToArray().Where(visit => visit.Flags.HasFlag(VisitFlags.Primary)).Select(visit => world.NameOfTile(visit.Tile)));

    private static string[] AskedForAt(double speed, double distance)
    {
        var world = new ManifestSpec(House).World(0);
        Fly(world, speed, -distance);
        return world.InFlight;
    }

    // Straight ahead along x, at sixty ticks a second, for two seconds, ending at a place.
    private static void Fly(HandDrivenWorld world, double speed, double to)
    {
        for (var tick = 120; tick >= 0; tick--)
        {
            world.Now += TimeSpan.FromSeconds(1 / 60.0);
            world.Views = [ManifestSpec.Eye(to - tick * speed / 60)];
            world.Tick();
        }
    }
}
