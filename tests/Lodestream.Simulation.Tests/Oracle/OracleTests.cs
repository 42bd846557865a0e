using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Network;
using Lodestream.Simulation.Scenarios;
using Lodestream.Simulation.Scenes;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Tests.Oracle;

/// <summary>The oracle, the bound beneath it, and the orders it judges.</summary>
public sealed class OracleTests
{
    private const string World = "synthetic:quadtree?levels=5&bytes=51200";

    private static readonly (string Name, Func<IPriorityModel> Make)[] Orders =
    [
        ("gain", () => new GainOrder()),
        ("distance", () => new DistanceOrder()),
        ("area", () => new ScreenAreaOrder()),
        ("fifo", () => new FirstInFirstOut()),
    ];

    public static TheoryData<string> Cameras => [.. BuiltInCamera.Names];

    [Theory]
    [MemberData(nameof(Cameras))]
    public void No_order_beats_the_oracle_and_the_oracle_does_not_beat_the_bound(string camera)
    {
        var simulator = Open(World);
        foreach (var (name, make) in Orders)
        {
            var verdict = simulator.Run(Scenario(camera), options: new() { Priorities = make });
            var quality = verdict.Report.Quality;

            // The heuristics alone, without the run's own order among them.
            Assert.True(verdict.HeuristicsErrorIntegralPxS <= quality.ErrorIntegralPxS, $"{camera}, {name}: {quality.ErrorIntegralPxS} px·s, the oracle's heuristics {verdict.HeuristicsErrorIntegralPxS}");
            Assert.True(quality.LowerBoundPxS <= quality.OracleErrorIntegralPxS, $"{camera}, {name}: the bound is {quality.LowerBoundPxS}, the oracle {quality.OracleErrorIntegralPxS}");
            Assert.True(quality.LowerBoundPxS > 0, $"{camera}: the first picture cannot be there at once");
            Assert.True(quality.Regret >= 0);
        }
    }

    [Fact]
    public void A_bad_order_is_far_from_the_oracle()
    {
        var simulator = Open(World);
        var scenario = Scenario("flyover") with { Network = NetworkProfile.Parse("latency=40,bandwidth=4", out _)! };
        var gain = simulator.Run(scenario).Report.Quality;
        var fifo = simulator.Run(scenario, options: new() { Priorities = () => new FirstInFirstOut() }).Report.Quality;
        Assert.True(fifo.Regret > 1, $"regret of first in, first out is {fifo.Regret}");
        Assert.True(fifo.Regret > 1.5 * gain.Regret, $"regret of first in, first out is {fifo.Regret}, of gain over bytes {gain.Regret}");
    }

    [Fact]
    public void The_oracle_waits_out_an_outage_and_keeps_the_hosts_rate()
    {
        var simulator = Open(World);
        var free = simulator.Run(Scenario("spin")).Report.Quality;
        var dead = simulator.Run(Scenario("spin") with { Events = [new ScenarioEvent.Outage(0, 2)] }).Report.Quality;
        var throttled = simulator.Run(Scenario("spin") with { Network = NetworkProfile.Throttled }).Report.Quality;
        Assert.True(dead.OracleErrorIntegralPxS > 1.5 * free.OracleErrorIntegralPxS, $"{dead.OracleErrorIntegralPxS} px·s with an outage, {free.OracleErrorIntegralPxS} without");
        Assert.True(throttled.OracleErrorIntegralPxS > free.OracleErrorIntegralPxS);
    }

    private static Simulator Open(string scene) =>
        new(SimulatedScene.Open(scene, (uri, _) => throw new InvalidOperationException($"{uri}: a synthetic scene has no files"), CancellationToken.None));

    private static SimulationScenario Scenario(string camera) => new() { Camera = new CameraChoice.BuiltIn(camera), DurationS = 6, Seed = 3 };
}
