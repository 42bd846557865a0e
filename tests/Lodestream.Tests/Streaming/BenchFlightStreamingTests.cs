using Lodestream.Scene;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Figures;
using Lodestream.Simulation.Laws;
using Lodestream.Simulation.Network;
using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenes;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Streaming;

/// <summary>What streaming the bench world along its flight came to is kept: in virtual time every figure is a fact, not a measurement.</summary>
public sealed class BenchFlightStreamingTests
{
    [BenchFlightFact]
    public void The_bench_flight_over_cable_keeps_its_figures_and_breaks_no_law()
    {
        var tree = new TileTree("synthetic:/quadtree/tileset.json");
        tree.Append(TileTree.SceneRoot, new SyntheticQuadtree(8).Build());
        var (figures, laws) = (new FigureCollector(tree, ground: 0), new LawChecker(tree, new()));
        var result = SimulationRun.Run(new()
        {
            Tree = tree,
            Origin = new TreeOrigin(tree),
            Cameras = [new PathCamera(BenchFlight.Read(), TimeSpan.FromSeconds(20))],
            Network = NetworkProfile.Cable,
            Cold = false,
            Observers = [figures, laws],
        });
        var f = figures.Collect(result);

        Assert.True(laws.Report.IsClean, laws.Report.ToString());
        Assert.InRange(f.FirstCoverageMs, 0, 1000);
        Assert.InRange(f.FirstViewCompleteMs, 4400, 5500);
        Assert.InRange(f.SettleAfterStopMs, 0, 1200);
        Assert.InRange(f.AtWantedLevelRatio, 0.75, 1);
        Assert.InRange(f.WastedRatio, 0, 0.03);
        Assert.InRange(f.ErrorIntegralPxS, 0, 650);
    }
}
