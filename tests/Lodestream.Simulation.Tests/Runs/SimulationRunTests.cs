using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Figures;
using Lodestream.Simulation.Laws;
using Lodestream.Simulation.Network;
using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenes;

namespace Lodestream.Simulation.Tests.Runs;

public sealed class SimulationRunTests
{
    [Fact]
    public void The_same_set_up_gives_the_same_trace()
    {
        Assert.Equal(Fly(seed: 3).Result.TraceHash, Fly(seed: 3).Result.TraceHash);
    }

    [Fact]
    public void Another_seed_gives_other_failures_and_another_trace()
    {
        Assert.NotEqual(Fly(seed: 3, NetworkProfile.Flaky).Result.TraceHash, Fly(seed: 4, NetworkProfile.Flaky).Result.TraceHash);
    }

    [Theory]
    [InlineData("local")]
    [InlineData("cable")]
    [InlineData("flaky")]
    [InlineData("outage")]
    [InlineData("throttled")]
    public void A_flight_over_the_bench_world_keeps_the_laws_and_settles(string network)
    {
        var (result, laws, figures) = Fly(seed: 1, NetworkProfile.Parse(network, out _));
        Assert.True(laws.IsClean, laws.ToString());
        Assert.True(result.Settled);
        Assert.True(figures.FirstCoverageMs <= figures.FirstViewCompleteMs, figures.ToString());
        Assert.InRange(figures.AtWantedLevelRatio, 0, 1);
        Assert.True(figures.SettleAfterStopMs >= 0);
    }

    [Fact]
    public void Time_stands_still_for_nobody_a_slow_link_takes_its_time_and_a_fast_one_does_not()
    {
        var slow = Fly(seed: 1, NetworkProfile.Mobile3G).Figures;
        var fast = Fly(seed: 1, NetworkProfile.Local).Figures;
        Assert.True(slow.FirstViewCompleteMs > 4 * fast.FirstViewCompleteMs, $"{slow}\n{fast}");
        Assert.True(slow.AtWantedLevelRatio < fast.AtWantedLevelRatio);
        Assert.True(fast.AtWantedLevelRatio > 0.9, $"{fast.AtWantedLevelRatio}");
    }

    [Fact]
    public void Bytes_of_what_was_never_drawn_are_waste()
    {
        // A camera that turns its back before anything can come.
        var tree = Tree(4);
        var away = new KeyframeCamera([new(0, new(0, 0, 500), Toward, Vector3dUp), new(0.1, new(0, 0, 500), -Toward, Vector3dUp), new(2, new(0, 0, 500), -Toward, Vector3dUp)], Lens);
        var figures = new FigureCollector(tree, ground: 0);
        var result = SimulationRun.Run(new() { Tree = tree, Origin = new TreeOrigin(tree), Cameras = [away], Network = new() { LatencyMs = 50, BandwidthMbit = 5 }, Observers = [figures] });
        var collected = figures.Collect(result);
        Assert.True(collected.BytesWasted > 0);
        Assert.True(collected.BytesWasted <= collected.BytesFetched);
    }

    private static readonly Geometry.Vector3d Toward = new(1, 0, -0.3);
    private static readonly Geometry.Vector3d Vector3dUp = Geometry.Vector3d.UnitZ;
    private static readonly View Lens = new() { Position = default, Direction = Geometry.Vector3d.UnitX, Up = Geometry.Vector3d.UnitZ, Near = 1, Far = 40_000 };

    private static (SimulationResult Result, LawReport Laws, StreamingFigures Figures) Fly(ulong seed, NetworkProfile? network = null)
    {
        var tree = Tree(5);
        var camera = new KeyframeCamera(
            [
                new(0, new(-3000, 0, 600), Toward, Vector3dUp), new(3, new(0, 500, 300), new(1, 0.5, -0.4), Vector3dUp),
                new(6, new(2000, 2000, 500), new(-1, -0.2, -0.5), Vector3dUp),
            ],
            Lens);
        var setup = new SimulationSetup { Tree = tree, Origin = new TreeOrigin(tree, gpuFactor: 4), Cameras = [camera], Network = network ?? NetworkProfile.Cable, Seed = seed, SettleLimitSeconds = 600 };
        var laws = new LawChecker(tree, setup.Options);
        var figures = new FigureCollector(tree, ground: 0);
        var result = SimulationRun.Run(setup with { Observers = [laws, figures] });
        return (result, laws.Report, figures.Collect(result));
    }

    private static TileTree Tree(int levels)
    {
        var tree = new TileTree("synthetic:/quadtree/tileset.json");
        tree.Append(TileTree.SceneRoot, new SyntheticQuadtree(levels).Build());
        return tree;
    }
}
