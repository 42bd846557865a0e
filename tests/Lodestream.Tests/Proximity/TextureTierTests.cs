using Lodestream.Diagnostics;
using Lodestream.Residency;
using Lodestream.Selection;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Proximity;

/// <summary>Textures follow the distance: native near, limited farther away, and shed where memory is short.</summary>
public sealed class TextureTierTests
{
    // Textures take 1,000 bytes at the least size, ten times that at the medium one and a hundred times natively.
    private const long Minimum = 1000, Medium = 10_000, Full = 100_000;

    // The box of a tile of 20 m around the origin begins at −10 m.
    private const double Wall = -10;

    [Fact]
    public void A_new_tile_starts_at_the_least_size_and_rises_with_the_next_look()
    {
        var world = At(World(new EntrySpec("a", 0)), 3);
        world.ChangesTexturesAtOnce = false;
        world.DeliverAll();
        Assert.Equal(Minimum, world.Streamer.Statistics.GpuTextureBytes - Reserved(world));
        Assert.Equal(["a Full 2147483647"], world.TextureChanges);
        world.ChangeTextures("a");
        world.Settle();
        Assert.Equal((TextureTier.Full, Full), (world.TierOf("a"), world.Streamer.Statistics.GpuTextureBytes));

        // A larger texture is charged before it is there.
        static long Reserved(HandDrivenWorld world) => world.TextureChanges.Length > 0 ? Full - Minimum : 0;
    }

    [Theory]
    [InlineData(3.3, TextureTier.Full)]
    [InlineData(3.5, TextureTier.Medium)]
    [InlineData(10.1, TextureTier.Medium)]
    [InlineData(10.3, TextureTier.Minimum)]
    public void Coming_nearer_a_size_is_reached_fifteen_percent_within_its_radius(double distance, TextureTier tier)
    {
        var world = At(World(new EntrySpec("a", 0)), 30);
        world.DeliverAll();
        Go(world, distance);
        Assert.Equal(tier, world.TierOf("a"));
    }

    [Theory]
    [InlineData(1, 4.5, TextureTier.Full)]
    [InlineData(1, 4.7, TextureTier.Medium)]
    [InlineData(1, 13.7, TextureTier.Medium)]
    [InlineData(1, 13.9, TextureTier.Minimum)]
    [InlineData(8, 13.7, TextureTier.Medium)]
    [InlineData(8, 13.9, TextureTier.Minimum)]
    public void Going_away_it_is_kept_fifteen_percent_beyond(double from, double distance, TextureTier tier)
    {
        var world = At(World(new EntrySpec("a", 0)), from);
        world.DeliverAll();
        Go(world, from);
        Go(world, distance);
        Assert.Equal(tier, world.TierOf("a"));
        Assert.Equal(tier switch { TextureTier.Full => Full, TextureTier.Medium => Medium, _ => Minimum }, world.Streamer.Statistics.GpuTextureBytes);
    }

    [Fact]
    public void The_host_is_told_the_longer_side_of_each_size()
    {
        var world = At(World(new EntrySpec("a", 0)), 8);
        world.ChangesTexturesAtOnce = false;
        world.DeliverAll();
        Assert.Equal(["a Medium 1024"], world.TextureChanges);
        world.ChangeTextures("a");
        Go(world, 30);
        Assert.Equal(["a Minimum 256"], world.TextureChanges);

        // What becomes smaller gives its memory back once it is.
        Assert.Equal(Medium, world.Streamer.Statistics.GpuTextureBytes);
        world.ChangeTextures("a");
        world.Settle();
        Assert.Equal(Minimum, world.Streamer.Statistics.GpuTextureBytes);
    }

    [Fact]
    public void Three_change_at_once_what_is_seen_first_and_then_the_nearest()
    {
        var world = At(World(new EntrySpec("behind", -30), new EntrySpec("near", 0), new EntrySpec("nearer", 0, 20) { Size = 30 }, new EntrySpec("side", 0, -15)), 8);
        world.ChangesTexturesAtOnce = false;
        world.DeliverAll();
        Go(world, 8);
        Assert.Equal(3, world.TextureChanges.Length);
        Assert.DoesNotContain(world.TextureChanges, change => change.StartsWith("behind", StringComparison.Ordinal));
        world.ChangeTextures(world.TextureChanges[0].Split(' ')[0]);
        world.Settle();
        Assert.Equal(2, world.TextureChanges.Length);
        world.Wait(0.2);
        Assert.Equal(3, world.TextureChanges.Length);
    }

    [Fact]
    public void It_looks_five_times_a_second_and_not_at_all_while_nothing_moves()
    {
        var world = At(World(new EntrySpec("a", 0)), 30);
        world.DeliverAll();
        Go(world, 30);
        Assert.Equal(WakeKind.OnEvent, world.Decision.Kind);
        world.TakeLog();
        Go(world, 31, seconds: 0);
        var looked = world.Now;
        world.Now += TimeSpan.FromSeconds(0.05);
        world.Look(ManifestSpec.Eye(Wall - 3));
        world.Wait(0.14);
        Assert.Empty(world.Logged("textures"));
        Assert.InRange(world.Decision.At, world.Now, looked + TimeSpan.FromSeconds(0.2));
        world.Wait(0.01);
        Assert.Equal(["a"], world.Logged("textures"));
        world.Pass(2);
        Assert.Equal(WakeKind.OnEvent, world.Decision.Kind);
    }

    [Fact]
    public void Shedding_shrinks_the_farthest_first_whatever_their_distance_and_they_stay_so_for_a_while()
    {
        var world = At(World(new EntrySpec("a", 0), new EntrySpec("b", 0, 19), new EntrySpec("c", 0, -20)), 1);
        world.DeliverAll();
        Go(world, 1, seconds: 2);
        Assert.Equal((TextureTier.Full, TextureTier.Medium, TextureTier.Medium), Tiers());
        world.Streamer.ShedTextureMemory(1);
        Assert.Empty(world.TextureChanges);
        world.Settle();
        Assert.Equal((TextureTier.Full, TextureTier.Medium, TextureTier.Minimum), Tiers());
        world.Streamer.ShedTextureMemory(2);
        world.Settle();
        Assert.Equal((TextureTier.Minimum, TextureTier.Minimum, TextureTier.Minimum), Tiers());
        Assert.Equal(3 * Minimum, world.Streamer.Statistics.GpuTextureBytes);
        world.Pass(4.5);
        Assert.Equal((TextureTier.Minimum, TextureTier.Minimum, TextureTier.Minimum), Tiers());
        world.Pass(1);
        Assert.Equal((TextureTier.Full, TextureTier.Medium, TextureTier.Medium), Tiers());

        (TextureTier, TextureTier, TextureTier) Tiers() => (world.TierOf("a"), world.TierOf("b"), world.TierOf("c"));
    }

    [Fact]
    public void A_larger_size_waits_where_it_would_bring_memory_above_the_mark()
    {
        var world = At(World(new ProximityMemoryOptions { GeometryBudgetBytes = 20_000, TextureBudgetBytes = 90_000 }, new EntrySpec("a", 0)), 1);
        world.DeliverAll();
        Go(world, 1, seconds: 1);
        Assert.Equal((TextureTier.Minimum, WakeKind.OnEvent), (world.TierOf("a"), world.Decision.Kind));
        Go(world, 8, seconds: 1);
        Assert.Equal(TextureTier.Medium, world.TierOf("a"));
    }

    [Fact]
    public void What_the_host_cannot_change_is_tried_later_and_later_and_then_no_more()
    {
        var world = At(World(new EntrySpec("a", 0)), 1);
        world.ChangesTexturesAtOnce = false;
        world.DeliverAll();
        Go(world, 1);
        foreach (var wait in new[] { 5, 10, 20 })
        {
            world.ChangeTextures("a", error: "no memory");
            world.Settle();
            Assert.Equal(Minimum, world.Streamer.Statistics.GpuTextureBytes);
            world.Pass(wait - 0.5);
            Assert.Empty(world.TextureChanges);
            world.Pass(0.8);
            Assert.Equal(["a Full 2147483647"], world.TextureChanges);
        }
        world.ChangeTextures("a", error: "no memory");
        world.Pass(1000);
        Assert.Empty(world.TextureChanges);
        Assert.Equal(WakeKind.OnEvent, world.Decision.Kind);
    }

    [Fact]
    public void A_content_freed_while_its_textures_change_gives_all_its_memory_back()
    {
        var world = At(World(new EntrySpec("a", 0)), 1);
        world.ChangesTexturesAtOnce = false;
        world.DeliverAll();
        Go(world, 1);
        Assert.Equal(Full, world.Streamer.Statistics.GpuTextureBytes);
        world.Look(ManifestSpec.Eye(-4000, looking: -Lodestream.Geometry.Vector3d.UnitX));
        world.Pass(20);
        Assert.Equal(0, world.Streamer.Statistics.GpuTextureBytes);
        world.ChangeTextures("a");
        world.Settle();
        Assert.Equal(0, world.Streamer.Statistics.GpuTextureBytes);
    }

    [Fact]
    public void Without_tiers_textures_are_native_and_never_change()
    {
        var world = At(World(new ProximityMemoryOptions { Textures = null }, new EntrySpec("a", 0)), 1);
        world.DeliverAll();
        Go(world, 1, seconds: 1);
        world.Streamer.ShedTextureMemory(5);
        world.Settle();
        Assert.Empty(world.Logged("textures"));
    }

    [Fact]
    public void The_statistics_tell_how_many_are_at_which_size()
    {
        var world = At(World(new EntrySpec("a", 0), new EntrySpec("b", 0, 19), new EntrySpec("c", 40)), 1);
        world.DeliverAll();
        Go(world, 1, seconds: 1);
        var s = world.Streamer.Statistics;
        Assert.Equal((1, 1, 1), (s.FullTextures, s.MediumTextures, s.MinimumTextures));
        Assert.Equal((2, 0), (s.TexturesRaised, s.TexturesLowered));
        Go(world, 40, seconds: 1);
        Assert.Equal((0, 0, 3), (s.FullTextures, s.MediumTextures, s.MinimumTextures));
        Assert.Equal((2, 2), (s.TexturesRaised, s.TexturesLowered));
    }

    [Fact]
    public void A_recording_holds_what_was_shed_and_what_the_host_answered()
    {
        var recorder = new TraceRecorder();
        var spec = new ManifestSpec(new EntrySpec("a", 0), new EntrySpec("b", 0, 19));
        var world = new HandDrivenWorld(spec.Build(), HandDrivenWorld.Plain with { Proximity = new() }, recorder) { Views = [ManifestSpec.Eye(Wall - 1)], SizeOf = _ => new(100, 1000, Minimum), TexturesOf = _ => (Medium, Full) };
        world.DeliverAll();
        Go(world, 1, seconds: 2);
        world.Streamer.ShedTextureMemory(2);
        world.Settle();
        Go(world, 8, seconds: 7);
        Assert.True(world.Streamer.Statistics.TexturesLowered >= 2);
        var file = new MemoryStream();
        recorder.Save(file);
        var replayed = TraceReplay.Run(TraceFile.Read(file.ToArray(), out _)!);
        Assert.Null(replayed.Difference);
        Assert.True(replayed.IsIdentical);
    }

    [Fact]
    public void As_many_as_are_to_be_shed_is_more_than_nothing() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => World(new EntrySpec("a", 0)).Streamer.ShedTextureMemory(0));

    private static HandDrivenWorld World(params EntrySpec[] entries) => World(new ProximityMemoryOptions(), entries);

    private static HandDrivenWorld World(ProximityMemoryOptions memory, params EntrySpec[] entries)
    {
        var world = new ManifestSpec(entries).World(Wall - 1, new() { Memory = memory, MinimumParsedTileResidentSeconds = 0, UnloadGracePeriod = 0 });
        (world.SizeOf, world.TexturesOf) = (_ => new(100, 1000, Minimum), _ => (Medium, Full));
        return world;
    }

    private static HandDrivenWorld At(HandDrivenWorld world, double distance)
    {
        world.Views = [ManifestSpec.Eye(Wall - distance)];
        return world;
    }

    // So far before the wall; as long as a look takes.
    private static void Go(HandDrivenWorld world, double distance, double seconds = 0.25)
    {
        world.Views = [ManifestSpec.Eye(Wall - distance)];
        world.Pass(seconds);
    }
}
