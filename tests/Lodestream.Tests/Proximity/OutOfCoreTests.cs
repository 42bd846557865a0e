using Lodestream.Diagnostics;
using Lodestream.Geometry;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Proximity;

/// <summary>The second tier: full tiles that are kept in main memory and brought to the GPU mesh by mesh.</summary>
public sealed class OutOfCoreTests
{
    private static readonly OutOfCoreOptions Always = new() { Policy = AdmissionPolicy.OutOfCore };

    // In a row along the view from the camera at −60 on: the box of a is 20 m wide around 0.
    private static readonly PayloadMesh[] Six = HandDrivenWorld.Row(new(-9, 0, 0), new(3, 0, 0), 6);

    [Theory]
    [InlineData(AdmissionPolicy.Auto, 49, 300, false)]
    [InlineData(AdmissionPolicy.Auto, 50, 0, true)]
    [InlineData(AdmissionPolicy.Auto, 1, 301, true)]
    [InlineData(AdmissionPolicy.Auto, 2, 300, false)]
    [InlineData(AdmissionPolicy.Auto, 0, 1000, false)]
    [InlineData(AdmissionPolicy.Whole, 500, 1000, false)]
    [InlineData(AdmissionPolicy.OutOfCore, 1, 1, true)]
    [InlineData(AdmissionPolicy.OutOfCore, 0, 1, false)]
    public void A_tile_of_fifty_meshes_or_with_more_than_three_tenths_of_the_geometry_budget_is_out_of_core(AdmissionPolicy policy, int meshes, long bytes, bool expected) =>
        Assert.Equal(expected, new TileAdmission(new() { Policy = policy }, GeometryBudgetBytes: 1000).IsOutOfCore(meshes, bytes));

    [Fact]
    public void An_option_out_of_range_is_refused_by_name()
    {
        Refused(new() { MinimumMeshes = 0 }, "OutOfCoreOptions.MinimumMeshes is 0; it takes at least 1");
        Refused(new() { NearBandShare = 1.5 }, "OutOfCoreOptions.NearBandShare is 1.5");
        Refused(new() { MaxConcurrentLoads = 2, NearBandMaxConcurrentLoads = 3 }, "OutOfCoreOptions.NearBandMaxConcurrentLoads is 3; it takes 1 to MaxConcurrentLoads");
        Refused(new() { MaximumGeometryShare = 0 }, "OutOfCoreOptions.MaximumGeometryShare is 0");
        Refused(new() { MeshLoadTimeoutSeconds = 0 }, "OutOfCoreOptions.MeshLoadTimeoutSeconds is 0");

        static void Refused(OutOfCoreOptions options, string error) =>
            Assert.Contains(error, Assert.Throws<ArgumentException>(() => World(options)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500_000, false)]
    [InlineData(499_999, true)]
    public void The_budget_that_a_tile_is_held_against_is_that_of_geometry(int budget, bool isOutOfCore)
    {
        // One mesh of 150,000 bytes: more than three tenths of the one, not of the other.
        var world = new ManifestSpec(new EntrySpec("a", 0)).World(-60, new() { Memory = new() { GeometryBudgetBytes = budget } });
        world.MeshesOf["a"] = [new(new(-9, 0, 0), new(-8, 1, 1), 150_000)];
        world.SizeOf = _ => new(10, 150_000, 0);
        world.DeliverAll();
        Assert.Equal(isOutOfCore ? "a#0" : "a", world.Screen);
    }

    [Fact]
    public void A_tile_that_is_not_admitted_out_of_core_is_one_drawable()
    {
        var world = World(new() { Policy = AdmissionPolicy.Auto });
        world.DeliverAll();
        Assert.Equal("a", world.Screen);
        Assert.Empty(world.Copies);
        Assert.Null(world.Streamer.VisualStateOf(world.Tile("a")));
    }

    [Fact]
    public void Of_a_manifest_only_full_tiles_are_admitted_out_of_core()
    {
        var world = World(Always, at: -110, entry: new("a", 0) { Lods = [80] });
        world.MeshesOf["a-lod1"] = Six;
        world.DeliverAll();
        Assert.Contains("a-lod1", world.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain('#', world.Screen);
    }

    [Fact]
    public void Meshes_appear_as_they_come_where_nothing_coarser_is()
    {
        var world = World(Always);
        world.UploadsAtOnce = false;
        Fetch(world);
        Assert.Equal("", world.Screen);
        var seen = new List<string>();
        while (world.Uploads.Length > 0)
        {
            world.Upload(world.Uploads[0]);
            world.Settle();
            seen.Add(world.Screen);
        }
        Assert.Equal(6, seen.Count);
        Assert.All(seen, (screen, i) => Assert.Equal(i + 1, screen.Split(' ').Length));
        Assert.Equal("a#0 a#1 a#2 a#3 a#4 a#5", world.Screen);
    }

    [Fact]
    public void A_coarser_tile_is_drawn_alone_until_every_mesh_is_here()
    {
        var world = WithLod();
        world.UploadsAtOnce = false;
        world.Look(ManifestSpec.Eye(-60));
        Fetch(world);
        for (var i = 0; i < 5; i++)
        {
            world.Upload(world.Uploads[0]);
            world.Settle();
            Assert.Equal("a-lod1", world.Screen);
        }
        world.Upload(world.Uploads[0]);
        world.Settle();
        Assert.Equal("a#0 a#1 a#2 a#3 a#4 a#5", world.Screen);
    }

    [Fact]
    public void Meshes_out_of_view_come_after_those_in_view_before_the_coarser_tile_gives_way()
    {
        // Half of the tile lies far to the side.
        var world = WithLod([.. HandDrivenWorld.Row(new(-9, 0, 0), new(0, 0, 2), 2), .. HandDrivenWorld.Row(new(-9, 900, 0), new(0, 0, 2), 2)]);
        world.Log.Clear();
        world.Look(ManifestSpec.Eye(-60));
        world.DeliverAll();
        var order = world.Logged("prepare");
        Assert.Equal(["a", "a#0", "a#1", "a#2", "a#3"], [order[0], .. order[1..3].Order(), .. order[3..].Order()]);
        Assert.Equal("a#0 a#1", world.Screen);
    }

    [Fact]
    public void Only_meshes_in_view_padded_by_five_metres_are_wanted()
    {
        // At 50 m the view, 60° high and 16:9, ends 51.3 m aside; by its height 28.9 m above.
        var world = World(Always, meshes:
        [
            new(new(-10, -1, -1), new(-9, 1, 1), 100),
            new(new(-10.1, -1, 28.9 + 2), new(-10, 1, 28.9 + 3), 100),
            new(new(-10.1, -1, 28.9 + 8), new(-10, 1, 28.9 + 9), 100),
        ]);
        world.DeliverAll();
        Assert.Equal("a#0 a#1", world.Screen);
        Assert.Equal(ContentState.Absent, world.Streamer.StateOf(world.Content("a#2")));

        // Nothing is fetched when it comes into view.
        world.Log.Clear();
        world.Look(ManifestSpec.Eye(-120));
        Assert.Equal("a#0 a#1 a#2", world.Screen);
        Assert.Empty(world.Logged("start"));
    }

    [Fact]
    public void A_tile_is_empty_then_partial_then_usable_and_at_last_complete()
    {
        var world = World(Always);
        world.UploadsAtOnce = false;
        Fetch(world);
        var states = new List<TileVisualState?> { State() };
        while (world.Uploads.Length > 0)
        {
            world.Upload(world.Uploads[0]);
            world.Settle();
            states.Add(State());
        }
        Assert.Equal([TileVisualState.Empty, TileVisualState.Partial, TileVisualState.Partial, TileVisualState.Usable, TileVisualState.Usable, TileVisualState.Usable, TileVisualState.Complete], states);
        Assert.Equal(new VisualStateCounts(0, 0, 0, 1), world.Streamer.Statistics.OutOfCore);

        TileVisualState? State()
        {
            var why = world.Why("a");
            Assert.Equal(TileReason.OutOfCore, why.Reason);
            var state = world.Streamer.VisualStateOf(world.Tile("a"));
            Assert.Equal(state, why.VisualState);
            Assert.Equal(1, world.Streamer.Statistics.OutOfCore.All);
            return state;
        }
    }

    [Fact]
    public void The_near_band_goes_one_at_a_time_the_nearest_first_and_the_rest_share_the_other_places()
    {
        // The streaming radius is 80 m: the near band reaches to 26.4 m. The camera stands at −20.
        PayloadMesh[] near = [.. HandDrivenWorld.Row(new(-9, 0, 0), new(3, 0, 0), 4)], far = [.. HandDrivenWorld.Row(new(30, 0, 0), new(3, 0, 0), 4)];
        var world = World(Always, at: -20, meshes: [.. near.Reverse(), .. far]);
        world.UploadsAtOnce = false;
        Fetch(world);
        Assert.Equal(3, world.Uploads.Length);
        Assert.Equal(["a#3"], world.Uploads.Where(IsNear));
        var order = new List<string>();
        while (world.Uploads.Length > 0)
        {
            Assert.InRange(world.Uploads.Count(IsNear), 0, 1);
            Assert.InRange(world.Uploads.Length, 1, 3);
            order.Add(world.Uploads.FirstOrDefault(IsNear) ?? world.Uploads[0]);
            world.Upload(order[^1]);
            world.Settle();
        }
        Assert.Equal(["a#3", "a#2", "a#1", "a#0"], order.Where(IsNear));
        Assert.Equal(8, order.Count);

        static bool IsNear(string mesh) => mesh[2] < '4';
    }

    [Fact]
    public void Where_nothing_is_near_three_meshes_are_on_their_way_at_once()
    {
        var world = World(Always, at: -70);
        world.UploadsAtOnce = false;
        Fetch(world);
        Assert.Equal(3, world.Uploads.Length);
        world.Upload(world.Uploads[0]);
        world.Settle();
        Assert.Equal(3, world.Uploads.Length);
    }

    [Fact]
    public void Meshes_take_no_place_of_requests_and_no_request_is_made_for_them()
    {
        var world = new ManifestSpec(new EntrySpec("a", 0), new EntrySpec("b", 0, Y: 5) { Priority = -1 }).World(-60, new() { OutOfCore = Always }, HandDrivenWorld.Plain with { MaximumRequests = 1, MaximumRequestsPerHost = 1 });
        world.MeshesOf["a"] = Six;
        world.Settle();
        world.Deliver("a");
        Assert.Equal(["b"], world.InFlight);
        Assert.Equal("a#0 a#1 a#2 a#3 a#4 a#5", world.Screen);
        Assert.Equal(["a", "b"], world.Requests.Select(request => world.NameOfContent(request.Content)).Order());
        Assert.Equal(6, world.Streamer.Statistics.MeshesStarted);
        Assert.Equal(HandDrivenWorld.PayloadBytes, world.Streamer.Statistics.BytesFetched);
    }

    [Fact]
    public void An_evicted_mesh_comes_again_from_the_copy_and_not_a_byte_is_requested()
    {
        var world = World(Always);
        world.DeliverAll();
        var (requests, bytes) = (world.Requests.Count, world.Streamer.Statistics.BytesFetched);

        // With its back to the tile nothing of it is wanted, but the tile.
        world.Look(ManifestSpec.Eye(-60, looking: -Vector3d.UnitX));
        world.Wait(1);
        world.Inbox.Post(new() { Kind = InboxKind.MemoryPressure });
        world.Settle();
        Assert.Equal(0, world.Streamer.Statistics.GpuGeometryBytes);
        Assert.Equal(["a"], world.Copies);
        Assert.Equal(TileVisualState.Empty, world.Streamer.VisualStateOf(world.Tile("a")));
        world.Look(ManifestSpec.Eye(-60));
        Assert.Equal("a#0 a#1 a#2 a#3 a#4 a#5", world.Screen);
        Assert.Equal((requests, bytes), (world.Requests.Count, world.Streamer.Statistics.BytesFetched));
        Assert.Equal(12, world.Streamer.Statistics.MeshesStarted);
    }

    [Fact]
    public void What_the_GPU_lost_comes_again_from_the_copy()
    {
        var world = World(Always);
        world.DeliverAll();
        world.LoseContext();
        world.Settle();
        Assert.Equal("a#0 a#1 a#2 a#3 a#4 a#5", world.Screen);
        Assert.Single(world.Requests);
    }

    [Fact]
    public void The_copy_is_charged_to_main_memory_for_as_long_as_it_is_kept()
    {
        var world = World(Always);
        world.SizeOf = _ => new(50, 100, 10);
        world.DeliverAll();
        var statistics = world.Streamer.Statistics;
        Assert.Equal((HandDrivenWorld.CopyBytes, HandDrivenWorld.CopyBytes), (statistics.CpuBytes, statistics.CopyBytes));
        Assert.Equal((600, 60), (statistics.GpuGeometryBytes, statistics.GpuTextureBytes));
        world.ReleasesAtOnce = false;
        world.Look(ManifestSpec.Eye(-4000));
        world.Pass(20);
        foreach (var mesh in Enumerable.Range(0, 6))
            world.Release(world.FreedTicket($"a#{mesh}"));
        world.Pass(1);
        Assert.Empty(world.Copies);
        Assert.Equal(HandDrivenWorld.CopyBytes, statistics.CpuBytes);
        Assert.Equal(TileState.Unloading, world.Streamer.LifecycleOf(world.Tile("a")));
        world.Release(world.TicketOfCopy("a"));
        world.Settle();
        Assert.Equal((0, 0), (statistics.CpuBytes, statistics.CopyBytes));
        Assert.Equal((1, 0), (statistics.CopiesReleased, statistics.OutOfCore.All));
        Assert.Equal(TileState.Unloaded, world.Streamer.LifecycleOf(world.Tile("a")));
    }

    [Fact]
    public void Twelve_meshes_a_pass_are_torn_down_at_most_and_the_copy_goes_last()
    {
        var world = World(Always, meshes: HandDrivenWorld.Row(new(-9, -9, 0), new(0, 0.5, 0), 30));
        world.DeliverAll();
        world.Wait(20);
        world.Views = [ManifestSpec.Eye(-4000)];
        var passes = new List<int>();
        for (var i = 0; i < 1000; i++)
        {
            world.Log.Clear();
            world.Now += TimeSpan.FromSeconds(0.016);
            world.Tick();
            if (world.Logged("free").Length > 0)
                passes.Add(world.Logged("free").Length);
            Assert.True(passes.Sum() == 30 || world.Copies.Length == 1);
        }
        Assert.Equal([12, 12, 6], passes);
        Assert.Empty(world.Copies);
    }

    [Fact]
    public void Coming_back_after_all_was_given_back_fetches_the_payload_once_more()
    {
        var world = World(Always);
        world.DeliverAll();
        world.Look(ManifestSpec.Eye(-4000));
        world.Pass(20);
        Assert.Empty(world.Copies);
        world.Look(ManifestSpec.Eye(-60));
        world.DeliverAll();
        Assert.Equal("a#0 a#1 a#2 a#3 a#4 a#5", world.Screen);
        Assert.Equal(2, world.Requests.Count);
    }

    [Fact]
    public void A_drawn_mesh_is_given_back_only_when_the_coarser_tile_is_drawn_again()
    {
        var world = WithLod();
        world.Look(ManifestSpec.Eye(-60));
        world.DeliverAll();
        world.Wait(20);
        Assert.Equal(ContentState.Absent, world.Streamer.StateOf(world.Content("a-lod1")));
        world.Look(ManifestSpec.Eye(-130));
        world.Wait(10);
        world.Inbox.Post(new() { Kind = InboxKind.MemoryPressure });
        world.Settle();
        Assert.Equal(["a-lod1"], world.InFlight);
        Assert.Equal("a#0 a#1 a#2 a#3 a#4 a#5", world.Screen);
        world.Deliver("a-lod1");
        Assert.Equal("a-lod1", world.Screen);
        world.Pass(2);
        Assert.Empty(world.Copies);
    }

    [Fact]
    public void Once_complete_the_coarser_tile_is_torn_down_and_not_before()
    {
        var world = WithLod();
        world.UploadsAtOnce = false;
        world.Look(ManifestSpec.Eye(-60));
        Fetch(world);
        for (var i = 0; i < 5; i++)
        {
            world.Upload(world.Uploads[0]);
            world.Settle();
        }
        world.Pass(20);
        Assert.Equal(ContentState.Resident, world.Streamer.StateOf(world.Content("a-lod1")));
        world.Upload(world.Uploads[0]);
        world.Pass(2);
        Assert.Equal(ContentState.Absent, world.Streamer.StateOf(world.Content("a-lod1")));
    }

    [Fact]
    public void A_mesh_that_hangs_is_given_up_after_its_own_time_and_the_others_go_on()
    {
        var world = World(Always with { MeshLoadTimeoutSeconds = 7 }, at: -70);
        Fetch(world, preparesMeshes: false);
        Assert.Equal(3, world.Jobs.Length);
        var stuck = world.Jobs[0];
        foreach (var mesh in world.Jobs)
            world.Measure(mesh);
        world.Settle();
        world.PreparesAtOnce = true;
        foreach (var mesh in world.Jobs[1..])
            world.Prepare(mesh);
        world.Settle();
        Assert.Equal(5, world.Picture.Count);
        world.Pass(6.9);
        Assert.Equal([stuck], world.Jobs);
        world.Log.Clear();
        world.Pass(0.2);
        Assert.Equal([stuck], world.Logged("calloff"));
        Assert.Contains("preparing took more than 7 s", world.Why(stuck).Detail, StringComparison.Ordinal);
        world.Pass(6);
        Assert.Contains(stuck, world.Screen, StringComparison.Ordinal);
        Assert.Single(world.Requests);
    }

    [Fact]
    public void A_mesh_that_fails_for_good_keeps_the_coarser_tile_drawn()
    {
        var world = WithLod();
        world.Look(ManifestSpec.Eye(-60));
        Fetch(world, preparesMeshes: false);
        var broken = world.Jobs[0];
        world.FailToPrepare(broken, permanent: true);
        world.PreparesAtOnce = true;
        foreach (var mesh in world.Jobs)
            world.Measure(mesh);
        world.Settle();
        Assert.Equal("a-lod1", world.Screen);
        Assert.Equal(TileVisualState.Usable, world.Streamer.VisualStateOf(world.Tile("a")));
        Assert.Equal(TileReason.FailedForGood, world.Why(broken).Reason);
    }

    [Fact]
    public void After_all_was_forced_to_unload_no_copy_is_kept_that_is_not_wanted()
    {
        var world = World(Always);
        world.DeliverAll();
        world.Views = [ManifestSpec.Eye(-4000)];
        world.Streamer.ForceUnloadAll();
        world.Settle();
        Assert.Equal("", world.Screen);
        Assert.Empty(world.Copies);
        Assert.Equal(0, world.Streamer.Statistics.CpuBytes);
    }

    [Fact]
    public void A_copy_that_nothing_wants_gives_way_when_memory_is_short_though_what_is_wanted_instead_is_not_here()
    {
        var world = World(Always, entry: new("a", 0) { Lods = [80] });
        world.DeliverAll();
        world.Look(ManifestSpec.Eye(-60, looking: -Vector3d.UnitX));
        world.Wait(10);
        world.Inbox.Post(new() { Kind = InboxKind.MemoryPressure });
        world.Settle();
        Assert.Equal(["a"], world.Copies);
        world.Look(ManifestSpec.Eye(-130, looking: -Vector3d.UnitX));
        world.Pass(10);
        Assert.Equal(["a-lod1"], world.InFlight);
        Assert.Equal(["a"], world.Copies);
        world.Inbox.Post(new() { Kind = InboxKind.MemoryPressure });
        world.Settle();
        Assert.Empty(world.Copies);
        Assert.Equal(0, world.Streamer.Statistics.CopyBytes);
    }

    [Fact]
    public void A_tile_whose_meshes_do_not_all_fit_stays_coarse_and_is_not_fetched_for_ever()
    {
        // The copy fits beside the LOD, and so do some of the meshes, but not all.
        var world = new ManifestSpec(new EntrySpec("a", 0) { Lods = [80] }).World(-130, new() { OutOfCore = Always }, HandDrivenWorld.Plain with { MemoryBudgetBytes = 1_000_000 });
        world.MeshesOf["a"] = [.. Enumerable.Range(0, 6).Select(i => new PayloadMesh(new(-9 + 3 * i, 0, 0), new(-8 + 3 * i, 1, 1), 250_000))];
        world.SizeOf = name => name.Contains('#') ? new(10, 250_000, 0) : new(10, 1000, 0);
        world.DeliverAll();
        world.Look(ManifestSpec.Eye(-60));
        world.Run(60);
        Assert.Equal("a-lod1", world.Screen);
        Assert.InRange(world.Requests.Count(request => world.NameOfContent(request.Content) == "a"), 1, 2);
        Assert.InRange(world.Streamer.Statistics.DetailScale, 0.01, 0.99);
    }

    [Fact]
    public void A_payload_that_changed_is_read_anew_when_it_comes_again()
    {
        var world = World(Always);
        world.DeliverAll();
        world.Change("a");
        world.Change("a#2");
        Assert.Empty(world.InFlight);
        Assert.Equal(0, world.Streamer.Statistics.Stale);
        Assert.Equal("a#0 a#1 a#2 a#3 a#4 a#5", world.Screen);
    }

    [Fact]
    public void What_another_streamer_left_of_meshes_in_the_tree_is_taken_out()
    {
        var world = World(Always);
        world.DeliverAll();
        world.Streamer.Close(world.Now);
        Assert.Empty(world.Copies);
        _ = new TileStreamer(world.Tree, world, world, world, new(), HandDrivenWorld.Plain with { Proximity = new() });
        Assert.Equal(3, world.Tree.TileCount);
        Assert.Equal(ContentFormat.Glb, world.Tree.Contents.Records[world.Content("a")].Format);
    }

    [Fact]
    public void A_recording_of_the_second_tier_replays_to_the_same()
    {
        var (file, recorder) = (new MemoryStream(), new TraceRecorder());
        var world = new HandDrivenWorld(new ManifestSpec(new EntrySpec("a", 0) { Lods = [80] }).Build(), HandDrivenWorld.Plain with { Proximity = new() { OutOfCore = Always } }, recorder) { Views = [ManifestSpec.Eye(-60)] };
        world.MeshesOf["a"] = Six;
        world.DeliverAll();
        world.Look(ManifestSpec.Eye(-300));
        world.Pass(20);
        world.DeliverAll();
        world.Pass(2);
        Assert.Empty(world.Copies);
        world.Look(ManifestSpec.Eye(-60));
        world.DeliverAll();
        Assert.Equal("a#0 a#1 a#2 a#3 a#4 a#5", world.Screen);
        world.Streamer.Close(world.Now);
        recorder.Save(file);
        var trace = TraceFile.Read(file.ToArray(), out var error);
        Assert.Null(error);
        var replay = TraceReplay.Run(trace!);
        Assert.True(replay.IsIdentical, replay.Difference?.Text);
    }

    private static HandDrivenWorld World(OutOfCoreOptions options, double at = -60, EntrySpec? entry = null, PayloadMesh[]? meshes = null)
    {
        var world = new ManifestSpec(entry ?? new("a", 0)).World(at, new() { OutOfCore = options });
        world.MeshesOf["a"] = meshes ?? Six;
        return world;
    }

    // The LOD is there and shown, from farther away.
    private static HandDrivenWorld WithLod(PayloadMesh[]? meshes = null)
    {
        var world = World(Always, at: -130, entry: new("a", 0) { Lods = [80] }, meshes: meshes);
        world.DeliverAll();
        Assert.Equal("a-lod1", world.Screen);
        return world;
    }

    // Brings the bytes of all that is asked for.
    private static void Fetch(HandDrivenWorld world, bool preparesMeshes = true)
    {
        world.Settle();
        world.PreparesAtOnce = preparesMeshes;
        while (world.InFlight.Length > 0)
        {
            world.Answer(world.InFlight[0]);
            world.Settle();
            if (preparesMeshes || world.Jobs is not ["a"])
                continue;
            world.Measure("a");
            world.Settle();
            world.Prepare("a");
            world.Settle();
        }
    }
}
