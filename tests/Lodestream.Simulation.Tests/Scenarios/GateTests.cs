using System.Collections.Concurrent;
using Lodestream.Formats.Inspection;
using Lodestream.Simulation.Scenarios;
using Lodestream.Simulation.Scenes;
using Lodestream.Tests.Shared;

namespace Lodestream.Simulation.Tests.Scenarios;

/// <summary>Every file in scenarios/ keeps the laws and its gates. Named by scene and camera; what a camera wants is worked out once for its networks.</summary>
public abstract class GateTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "scenarios");

    /// <summary>The cameras there are scenarios for, on a scene.</summary>
    protected static TheoryData<string> CamerasOf(string scene) =>
        [.. Directory.EnumerateFiles(Folder, $"{scene}-*.json").Select(file => Path.GetFileNameWithoutExtension(file).Split('-')[1]).Distinct().Order()];

    /// <summary>Runs the scenarios of a scene and a camera.</summary>
    protected static void Hold(SimulatedScene scene, string prefix)
    {
        var simulator = new Simulator(scene);
        var failures = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Folder, $"{prefix}-*.json").Order())
        {
            var verdict = simulator.Run(ScenarioFile.Parse(file, File.ReadAllBytes(file)));
            if (verdict.Report.Passed)
                continue;
            failures.Add($"{Path.GetFileName(file)}: {verdict.Laws}");
            failures.AddRange(verdict.Report.Gates.Where(gate => !gate.Passed).Select(gate => $"  {gate.Name} is {gate.Value?.ToString() ?? "never reached"}, limit {gate.Limit}"));
        }
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }
}

/// <summary>The gates on the demo continent.</summary>
public sealed class ContinentGateTests(DemoContinent continent) : GateTests, IClassFixture<DemoContinent>
{
    public static TheoryData<string> Cameras => CamerasOf("continent");

    [Theory]
    [MemberData(nameof(Cameras))]
    public void The_continents_gates_hold(string camera) => Hold(continent.Scene, $"continent-{camera}");
}

/// <summary>The gates in a small city, by distance.</summary>
public sealed class CityGateTests(DemoCity city) : GateTests, IClassFixture<DemoCity>
{
    public static TheoryData<string> Cameras => CamerasOf("city");

    [Theory]
    [MemberData(nameof(Cameras))]
    public void The_citys_gates_hold(string camera) => Hold(city.Scene, $"city-{camera}");
}

/// <summary>The gates on Mars.</summary>
public sealed class MarsGateTests : GateTests
{
    private static readonly ConcurrentDictionary<string, SimulatedScene> Scenes = new();

    public static TheoryData<string> Cameras => CamerasOf("mars");

    [RealDataTheory]
    [MemberData(nameof(Cameras))]
    public void Mars_gates_hold(string camera) => Hold(
        Scenes.GetOrAdd(DataFolder.Of("mars-dingo-gap"), folder => SimulatedScene.Open(folder, SceneFiles.ReadLocalAsync, CancellationToken.None)), $"mars-{camera}");
}
