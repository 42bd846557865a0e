using Lodestream.Diagnostics;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Proximity;

/// <summary>The life of manifest tiles: unloaded, loading, parsed, failed, unloading; who may load when, and how they go.</summary>
public sealed class TileLifecycleTests
{
    private static readonly EntrySpec House = new("a", 0) { Lods = [80, 150], Hlods = [300] };

    [Fact]
    public void A_tile_goes_from_unloaded_through_parsing_to_parsed_and_back()
    {
        var world = new ManifestSpec(new EntrySpec("a", 0)).World(-400);
        (world.PreparesAtOnce, world.ReleasesAtOnce) = (false, false);
        world.Settle();
        Assert.Equal(TileState.Unloaded, State(world, "a"));
        world.Look(ManifestSpec.Eye(-60));
        Assert.Equal(TileState.Fetching, State(world, "a"));
        world.Answer("a");
        world.Settle();
        Assert.Equal(TileState.Parsing, State(world, "a"));
        world.Measure("a");
        world.Settle();
        world.Prepare("a");
        world.Settle();
        Assert.Equal(TileState.Parsed, State(world, "a"));
        world.Look(ManifestSpec.Eye(-400));
        world.Pass(9);
        Assert.Equal(TileState.Unloading, State(world, "a"));
        world.Release(world.FreedTicket("a"));
        world.Settle();
        Assert.Equal(TileState.Unloaded, State(world, "a"));
    }

    [Fact]
    public void A_tile_that_cannot_be_parsed_is_failed_and_waits_five_ten_twenty_and_at_most_sixty_seconds()
    {
        var world = new ManifestSpec(new EntrySpec("a", 0)).World(-60, core: HandDrivenWorld.Plain with { MaximumParseAttempts = 8 });
        world.PreparesAtOnce = false;
        foreach (var wait in new[] { 5.0, 10, 20, 40, 60, 60 })
        {
            world.Settle();
            world.Answer("a");
            world.Settle();
            world.FailToPrepare("a");
            world.Settle();
            Assert.Equal(TileState.Failed, State(world, "a"));
            Assert.Equal(new FrameDecision(WakeKind.AtTime, world.Now + TimeSpan.FromSeconds(wait)), world.Decision);
            world.Wait(wait - 0.1);
            Assert.Empty(world.InFlight);
            world.Wait(0.1);
            Assert.Equal(["a"], world.InFlight);
        }
    }

    [Fact]
    public void A_parse_that_hangs_is_given_up_after_sixty_seconds_and_the_network_does_not_count()
    {
        var world = new ManifestSpec(new EntrySpec("a", 0), new EntrySpec("b", 1), new EntrySpec("c", 2)).World(-60);
        world.PreparesAtOnce = false;
        world.Settle();
        for (var seconds = 0; seconds < 100; seconds += 5)
        {
            foreach (var name in world.InFlight)
                world.Progress(name, 10 + seconds);
            world.Wait(5);
        }
        foreach (var name in new[] { "a", "b", "c" })
        {
            world.Answer(name);
            world.Settle();
            world.Measure(name);
        }
        world.Settle();
        var decoding = world.Logged("proceed");
        Assert.Equal(2, decoding.Length);
        world.Pass(59.9);
        Assert.Equal(3, world.Jobs.Length);
        world.Pass(0.2);

        // Their slots are free: the third goes ahead, and has sixty seconds of its own.
        Assert.Equal(3, world.Logged("proceed").Length);
        Assert.All(decoding, name => Assert.Equal(TileState.Failed, State(world, name)));
        Assert.Single(world.Jobs);
    }

    [Fact]
    public void No_more_than_two_full_tiles_four_LODs_and_four_HLODs_are_parsed_at_once()
    {
        var entries = Enumerable.Range(0, 6).SelectMany(i => new EntrySpec[]
        {
            new($"f{i}", 60 + i), new($"l{i}", 200 + i) { Lods = [80] }, new($"h{i}", 400 + i) { Hlods = [300] },
        }).ToArray();
        var world = new ManifestSpec(entries).World();
        world.PreparesAtOnce = false;
        Fetch(world);
        Assert.Equal(18, world.Jobs.Length);
        foreach (var name in world.Jobs)
            world.Measure(name);
        world.Settle();
        AssertParsing(world, full: 2, lod: 4, hlod: 4);

        // Whatever ends a parse frees its slot, and the next one of its kind goes ahead.
        var parsing = world.Logged("proceed");
        world.Prepare(parsing.First(name => name[0] == 'f'));
        world.FailToPrepare(parsing.First(name => name[0] == 'l'));
        world.Settle();
        AssertParsing(world, full: 3, lod: 5, hlod: 4);
    }

    [Fact]
    public void The_caps_are_options()
    {
        var entries = Enumerable.Range(0, 6).Select(i => new EntrySpec($"f{i}", 60 + i)).ToArray();
        var world = new ManifestSpec(entries).World(options: new() { MaxConcurrentTileLoads = 5 });
        world.PreparesAtOnce = false;
        Fetch(world);
        foreach (var name in world.Jobs)
            world.Measure(name);
        world.Settle();
        AssertParsing(world, full: 5, lod: 0, hlod: 0);
    }

    [Fact]
    public void Parsing_takes_no_more_memory_at_once_than_its_budget_but_one_tile_always_goes_ahead()
    {
        const long mb = 1 << 20;
        var world = new ManifestSpec(new EntrySpec("a", 60), new EntrySpec("b", 61), new EntrySpec("l", 200) { Lods = [80] })
            .World(core: HandDrivenWorld.Plain with { MemoryBudgetBytes = 2048 * mb });
        (world.PreparesAtOnce, world.SizeOf) = (false, name => new(name.StartsWith('l') ? 60 * mb : 250 * mb, 1000, 0));
        Fetch(world);
        foreach (var name in world.Jobs)
            world.Measure(name);
        world.Settle();
        Assert.Equal(["a"], world.Logged("proceed"));
        world.Prepare("a");
        world.Settle();
        Assert.Equal(["a", "b"], world.Logged("proceed"));
        world.Prepare("b");
        world.Settle();
        Assert.Equal(["a", "b", "l-lod1"], world.Logged("proceed"));
    }

    [Fact]
    public void A_parse_that_was_called_off_frees_its_slot()
    {
        var world = new ManifestSpec(new EntrySpec("a", 60), new EntrySpec("b", 61), new EntrySpec("c", 62)).World();
        world.PreparesAtOnce = false;
        Fetch(world);
        foreach (var name in world.Jobs)
            world.Measure(name);
        world.Settle();
        world.Change(world.Logged("proceed")[0]);
        world.Settle();
        Assert.Equal(3, world.Logged("proceed").Length);
    }

    [Fact]
    public void At_most_two_full_tiles_are_torn_down_at_once_and_the_rest_sixteen_milliseconds_apart()
    {
        var world = new ManifestSpec([.. Enumerable.Range(0, 5).Select(i => new EntrySpec($"t{i}", i))]).World(-60);
        world.DeliverAll();
        world.Wait(20);
        world.Look(ManifestSpec.Eye(-600));
        world.Settle();
        var times = new List<(double Ms, int Gone)>();
        for (var from = world.Now; world.Streamer.Statistics.TornDown < 5;)
        {
            times.Add(((world.Now - from).TotalMilliseconds, (int)world.Streamer.Statistics.TornDown));
            Assert.Equal(WakeKind.AtTime, world.Decision.Kind);
            world.Now = world.Decision.At;
            world.Settle();
        }
        Assert.Equal([(0, 2), (16, 4)], times);
    }

    [Fact]
    public void Passes_that_take_all_there_is_are_a_tenth_of_a_second_apart()
    {
        var world = new ManifestSpec(new EntrySpec("a", 0), new EntrySpec("b", -500)).World(-60);
        world.DeliverAll();
        world.Look(ManifestSpec.Eye(-560));
        world.DeliverAll();
        Assert.Equal(1, world.Streamer.Statistics.TornDown);
        world.Look(ManifestSpec.Eye(-5000));
        Assert.Equal(1, world.Streamer.Statistics.TornDown);
        Assert.Equal(new FrameDecision(WakeKind.AtTime, world.Now + TimeSpan.FromSeconds(0.1)), world.Decision);
        world.Pass(0.1);
        Assert.Equal(2, world.Streamer.Statistics.TornDown);
    }

    [Fact]
    public void A_moved_camera_is_answered_in_the_same_frame_whatever_pace_timers_have()
    {
        var world = new ManifestSpec(House, new EntrySpec("b", -500)).World(-400);
        world.Settle();
        world.Now += TimeSpan.FromMilliseconds(1);
        world.Views = [ManifestSpec.Eye(-60)];
        world.Tick();
        Assert.Contains("a", world.InFlight);
    }

    [Fact]
    public void The_answer_to_a_request_that_was_called_off_is_dropped()
    {
        var world = new ManifestSpec(new EntrySpec("a", 0)).World(-60);
        world.Settle();
        var zombie = world.Request("a").Id;
        world.Look(ManifestSpec.Eye(-600));
        Assert.Empty(world.InFlight);
        world.AnswerRequest(zombie);
        world.Settle();
        Assert.Equal(TileState.Unloaded, State(world, "a"));
        Assert.Empty(world.Jobs);
        Assert.Equal(0, world.Streamer.Statistics.CpuBytes);
    }

    [Fact]
    public void The_end_of_a_parse_that_was_called_off_is_dropped()
    {
        var world = new ManifestSpec(new EntrySpec("a", 0)).World(-60);
        (world.PreparesAtOnce, world.ReleasesAtOnce) = (false, false);
        world.Settle();
        world.Answer("a");
        world.Settle();
        var zombie = world.Job("a").Ticket;
        world.Streamer.ForceUnloadAll();
        world.Views = [ManifestSpec.Eye(-600)];
        world.Settle();
        Assert.Equal(TileState.Unloading, State(world, "a"));
        world.Inbox.Post(new() { Kind = InboxKind.Prepared, Id = zombie, Payload = zombie });
        world.Settle();
        Assert.Equal("", world.Screen);
        world.Release(zombie);
        world.Settle();
        Assert.Equal(TileState.Unloaded, State(world, "a"));
        Assert.Equal(0, world.Streamer.Statistics.CpuBytes + world.Streamer.Statistics.GpuGeometryBytes);
    }

    [Fact]
    public void A_scene_can_be_replaced_while_its_tiles_are_on_their_way()
    {
        var old = new ManifestSpec(House, new EntrySpec("b", 10)).World(-60);
        old.PreparesAtOnce = false;
        old.Settle();
        var late = old.Request("a").Id;
        old.Answer("b");
        old.Settle();
        var job = old.Job("b").Ticket;
        old.Streamer.Close(old.Now);
        Assert.Empty(old.InFlight);
        Assert.Empty(old.Jobs);

        // A new session over the same transport, with an inbox of its own; answers to the old one reach nobody.
        var fresh = new ManifestSpec(House).World(-60);
        old.AnswerRequest(late);
        old.Inbox.Post(new() { Kind = InboxKind.Prepared, Id = job, Payload = job });
        fresh.DeliverAll();
        Assert.Equal("a", fresh.Screen);
        Assert.Throws<ObjectDisposedException>(() => old.Tick());
    }

    [Fact]
    public void Forcing_all_to_unload_takes_it_off_the_screen_and_frees_it_in_one_commit_without_grace()
    {
        var world = new ManifestSpec(House, new EntrySpec("b", 10), new EntrySpec("s", 0) { Shared = true }, new EntrySpec("far", 1000) { Hlods = [300] }).World(-60);
        world.DeliverAll();
        Assert.Equal("a b far-hlod1 s", world.Screen);
        world.Views = [ManifestSpec.Eye(-4900, looking: -Lodestream.Geometry.Vector3d.UnitX)];
        world.Log.Clear();
        world.Streamer.ForceUnloadAll();
        world.Tick();
        Assert.Equal("s", world.Screen);
        Assert.Equal(["a", "b", "far-hlod1"], world.Logged("free").Order());
        Assert.Equal(WakeKind.Now, world.Decision.Kind);
        Assert.Equal(1, world.Streamer.Statistics.ForcedUnloads);
        world.Settle();
        Assert.Equal("s", world.Screen);
    }

    [Fact]
    public void After_all_was_forced_to_unload_the_next_tick_starts_loading_anew()
    {
        var world = new ManifestSpec(House).World(-60);
        world.DeliverAll();
        world.Streamer.ForceUnloadAll();
        world.Tick();
        Assert.Equal("", world.Screen);
        Assert.Empty(world.InFlight);
        world.Tick();
        Assert.Equal(["a"], world.InFlight);
        world.DeliverAll();
        Assert.Equal("a", world.Screen);
    }

    [Fact]
    public void Forcing_all_to_unload_calls_off_what_is_on_its_way()
    {
        var world = new ManifestSpec(House, new EntrySpec("b", 10)).World(-60);
        world.PreparesAtOnce = false;
        world.Settle();
        world.Answer("a");
        world.Settle();
        world.Views = [ManifestSpec.Eye(-4900, looking: -Lodestream.Geometry.Vector3d.UnitX)];
        world.Streamer.ForceUnloadAll();
        world.Tick();
        Assert.Empty(world.InFlight);
        Assert.Empty(world.Jobs);
        world.Settle();
        Assert.Equal(0, world.Streamer.Statistics.CpuBytes);
    }

    [Fact]
    public void Under_memory_pressure_what_is_drawn_stays()
    {
        var world = new ManifestSpec(House, new EntrySpec("b", 10)).World(-60);
        world.DeliverAll();
        world.Inbox.Post(new() { Kind = InboxKind.MemoryPressure });
        world.Settle();
        Assert.Equal("a b", world.Screen);
    }

    [Fact]
    public void Where_memory_does_not_suffice_less_is_wanted_and_nothing_that_was_drawn_disappears()
    {
        var world = Street(budget: 100_000);
        world.Views = [ManifestSpec.Eye(-300)];
        world.Run(2);
        var drawn = 0;
        for (var x = -300.0; x < 0; x += 1)
        {
            world.Views = [ManifestSpec.Eye(x)];
            world.Run(0.05);
            Assert.InRange(world.Picture.Count, drawn, 20);
            drawn = world.Picture.Count;
        }
        Assert.Equal(20, drawn);
        Assert.InRange(world.Streamer.Statistics.DetailScale, 0.01, 0.99);
        Assert.InRange(world.Streamer.Statistics.PeakBytes, 1, 100_000);
        Assert.Contains("-lod1", world.Screen);
    }

    [Fact]
    public void A_budget_that_is_cut_below_what_is_drawn_is_kept_and_everything_comes_back_coarser()
    {
        var world = Street(budget: 1_000_000);
        world.DeliverAll();
        Assert.Equal(20, world.Picture.Count);
        world.Streamer.MemoryBudgetBytes = 100_000;
        world.Run(10);
        Assert.Equal(20, world.Picture.Count);
        Assert.InRange(world.Streamer.Statistics.DetailScale, 0.01, 0.99);
        Assert.InRange(world.Streamer.Statistics.GpuGeometryBytes, 1, 100_000);
        Assert.Contains("-lod1", world.Screen);
    }

    // Twenty houses in a row, ten times as large as their LODs.
    private static HandDrivenWorld Street(long budget)
    {
        var entries = Enumerable.Range(0, 20).Select(i => new EntrySpec($"t{i:00}", 20 + 3 * i) { Lods = [80] }).ToArray();
        var world = new ManifestSpec(entries).World(core: HandDrivenWorld.Plain with { MemoryBudgetBytes = budget });
        world.SizeOf = name => name.Contains('-') ? new(100, 1000, 0) : new(1000, 10_000, 0);
        return world;
    }

    private static TileState State(HandDrivenWorld world, string tile) => world.Streamer.LifecycleOf(world.Tile(tile));

    // Brings the bytes of all that is asked for.
    private static void Fetch(HandDrivenWorld world)
    {
        world.Settle();
        while (world.InFlight.Length > 0)
        {
            foreach (var name in world.InFlight)
                world.Answer(name);
            world.Settle();
        }
    }

    private static void AssertParsing(HandDrivenWorld world, int full, int lod, int hlod)
    {
        var went = world.Logged("proceed");
        Assert.Equal((full, lod, hlod), (went.Count(name => name[0] == 'f'), went.Count(name => name[0] == 'l'), went.Count(name => name[0] == 'h')));
    }
}
