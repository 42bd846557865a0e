using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Laws;
using Lodestream.Simulation.Network;
using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenes;

namespace Lodestream.Simulation.Tests.Scenarios;

/// <summary>Walks past the synthetic city's textured walls, under all laws: textures are large where one stands before them, and small elsewhere.</summary>
public sealed class CityTextureTests
{
    private const double Eye = 1.7;

    // Of every fourth block, and of the one in the middle's neighbours.
    private static readonly SyntheticCity City = new(100);

    [Fact]
    public void Walking_up_to_a_wall_makes_its_texture_large_and_walking_away_makes_it_small_again()
    {
        var watch = new Watch();
        // Block 57 has its middle at (100, 0), and its wall at x = 82.
        var result = Run(watch, [At(0, 40), At(4, 79.5), At(6, 79.5), At(10, 40), At(12, 40)]);
        Assert.True(result.Settled);
        var near = watch.Frames.Where(frame => frame.Seconds is > 5 and < 6).ToArray();
        Assert.All(near, frame => Assert.Equal(1, frame.Full));
        Assert.Equal(0, watch.Frames[^1].Full + watch.Frames[^1].Medium);
        Assert.True(watch.Frames.Max(frame => frame.Bytes) - watch.Frames[^1].Bytes > 20_000_000);
    }

    [Fact]
    public void Shedding_on_the_way_leaves_nothing_large_for_five_seconds()
    {
        var watch = new Watch();
        Run(watch, [At(0, 79.5), At(16, 79.5)], events: [new(6, controls => controls.Streamer.ShedTextureMemory(50))]);
        Assert.Contains(watch.Frames, frame => frame.Seconds < 6 && frame.Full == 1);
        Assert.All(watch.Frames.Where(frame => frame.Seconds is > 6.5 and < 10.9), frame => Assert.Equal((0, 0), (frame.Full, frame.Medium)));
        Assert.Equal(1, watch.Frames[^1].Full);
    }

    [Fact]
    public void Where_textures_have_little_room_the_wall_keeps_a_smaller_one_and_the_city_its_detail()
    {
        var watch = new Watch();
        var result = Run(watch, [At(0, 40), At(4, 79.5), At(8, 79.5)], new() { TextureBudgetBytes = 20_000_000 });
        Assert.True(result.Settled);
        Assert.Equal(1, result.Streamer.Statistics.DetailScale);
        Assert.All(watch.Frames, frame => Assert.InRange(frame.Bytes, 0, 20_000_000));
    }

    private static SimulationResult Run(Watch watch, Keyframe[] path, ProximityMemoryOptions? memory = null, IReadOnlyList<SimulatedEvent>? events = null)
    {
        var tree = new TileTree(SyntheticCity.RootUri);
        tree.Append(TileTree.SceneRoot, City.Build());
        var options = new StreamerOptions { Proximity = new() { Memory = memory ?? new() } };
        var laws = new LawChecker(tree, options);
        var result = SimulationRun.Run(new()
        {
            Tree = tree,
            Origin = new SyntheticCityOrigin(City, tree),
            Cameras = [new KeyframeCamera(path, new() { Position = default, Direction = Vector3d.UnitX, Up = Vector3d.UnitZ, Near = 0.1, Far = 5000 })],
            Network = NetworkProfile.Parse("fibre", out _)!,
            Options = options,
            Events = events ?? [],
            SettleLimitSeconds = 120,
            Observers = [laws, watch],
        });
        Assert.True(laws.Report.IsClean, laws.Report.ToString());
        return result;
    }

    private static Keyframe At(double seconds, double x) => new(seconds, new(x, 0, Eye), Vector3d.UnitX, Vector3d.UnitZ);

    private sealed class Watch : SimulationObserver
    {
        public List<(double Seconds, int Full, int Medium, long Bytes)> Frames { get; } = [];

        public override void OnFrame(in SimulatedFrame frame)
        {
            var s = frame.Streamer.Statistics;
            Frames.Add((frame.Time.TotalSeconds, s.FullTextures, s.MediumTextures, s.GpuTextureBytes));
        }
    }
}
