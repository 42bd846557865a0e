using Lodestream.Scene;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Device;
using Lodestream.Simulation.Network;
using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenarios;
using Lodestream.Simulation.Scenes;

namespace Lodestream.Determinism;

/// <summary>A run that has to be the same, bit for bit, wherever it happens.</summary>
/// <param name="Name">What it is called in its trace; one word.</param>
/// <param name="SetUp">Makes the set-up anew.</param>
public sealed record Flight(string Name, Func<SimulationSetup> SetUp)
{
    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<Flight> All =
    [
        new("bench", Bench),
        new("globe", Globe),
        .. new ulong[] { 3, 14, 15 }.Select(seed => new Flight($"random-{seed}", () => RandomScenario.FromSeed(seed).Build())),
    ];

    // 4G with every kind of failure, more often than "flaky" has them: the flight is short.
    private static readonly NetworkProfile Failing = NetworkProfile.Mobile4G with { Fail = 0.05, Truncate = 0.03, Corrupt = 0.03, Stall = 0.02 };

    /// <summary>Flies it.</summary>
    public FlightTrace Run()
    {
        var setup = SetUp();
        var trace = new FlightTrace(Name, setup.Tree);
        trace.End(SimulationRun.Run(setup with { Observers = [.. setup.Observers, trace.Running, trace] }));
        return trace;
    }

    // The recorded path over the bench world, with so little memory that the detail has to give way all along.
    private static SimulationSetup Bench()
    {
        var tree = new TileTree("synthetic:/quadtree/tileset.json");
        tree.Append(TileTree.SceneRoot, new SyntheticQuadtree(6).Build());
        return new()
        {
            Tree = tree,
            Origin = new TreeOrigin(tree),
            Cameras = [new PathCamera(RecordedPath(), TimeSpan.FromSeconds(10))],
            Network = Failing,
            Device = new() { UploadFail = 0.02, Stuck = 0.005 },
            Options = new() { MemoryBudgetBytes = 3 << 20 },
            Seed = 7,
        };
    }

    // Regions all over the ellipsoid under a camera that circles it and turns.
    private static SimulationSetup Globe()
    {
        var tree = new TileTree("https://globe.test/tileset.json");
        tree.Append(TileTree.SceneRoot, RegionGlobe.Build(seed: 5));
        return new()
        {
            Tree = tree,
            Origin = new TreeOrigin(tree, gpuFactor: 2.7),
            Cameras = [new SpinningCamera(TimeSpan.FromSeconds(6))],
            Network = Failing with { BandwidthMbit = 20 },
            Options = new() { MemoryBudgetBytes = 6 << 20 },
            Seed = 11,
        };
    }

    private static PosePath RecordedPath()
    {
        const string name = "path.json";
        using var stream = typeof(Flight).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException("the path is not embedded", name);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return PosePath.Parse(name, bytes.ToArray());
    }
}
