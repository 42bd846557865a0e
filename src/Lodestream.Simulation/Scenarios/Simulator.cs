using Lodestream.Diagnostics;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Figures;
using Lodestream.Simulation.Laws;
using Lodestream.Simulation.Network;
using Lodestream.Simulation.Oracle;
using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenes;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Scenarios;

/// <summary>What a simulation gave.</summary>
/// <param name="Report">Figures and gates.</param>
/// <param name="Laws">The first breach of each law.</param>
/// <param name="OracleChoice">Which order the oracle found best.</param>
/// <param name="HeuristicsErrorIntegralPxS">The error integral of the best order that is not the run's own.</param>
/// <param name="ErrorBeforeCoveragePxS">The part of the run's error integral that lies before the first view was covered.</param>
/// <param name="OracleErrorBeforeCoveragePxS">What that best order has until the same moment.</param>
/// <param name="BudgetError">What the core says about a budget too small; null when it is not.</param>
public sealed record SimulationVerdict(SimulationReport Report, LawReport Laws, string OracleChoice, double HeuristicsErrorIntegralPxS, double ErrorBeforeCoveragePxS, double OracleErrorBeforeCoveragePxS, string? BudgetError)
{
    /// <summary>Visible error over time: its sum over moments × the time to the next is the integral.</summary>
    public IReadOnlyList<ErrorMoment> ErrorOverTime { get; init; } = [];

    /// <summary>When the camera set off, seconds since the start of the run.</summary>
    public double SetOffS { get; init; }

    /// <summary>Until when quality was sampled, seconds.</summary>
    public double EndS { get; init; }
}

/// <summary>Visible error at a moment.</summary>
/// <param name="Seconds">When, since the start of the run.</param>
/// <param name="ErrorPx">The run's, pixels.</param>
/// <param name="OracleErrorPx">That of the best order that is not the run's own, pixels.</param>
public readonly record struct ErrorMoment(double Seconds, double ErrorPx, double OracleErrorPx);

/// <summary>
/// Simulates a scene: once before the law checker, once more to see that it comes to the same, and holds the result against the oracle.
/// What a camera's path wants is worked out once, however many networks it is simulated over. One thread.
/// </summary>
/// <param name="scene">The scene.</param>
public sealed class Simulator(SimulatedScene scene)
{
    private readonly SceneSurvey _survey = new(scene);
    private readonly Dictionary<object, PathDemand> _demands = [];

    /// <summary>The scene as one knows it who need not stream it.</summary>
    public SceneSurvey Survey => _survey;

    /// <summary>Simulates.</summary>
    /// <param name="scenario">What to do.</param>
    /// <param name="stage">Told what is being done.</param>
    /// <param name="options">The core's options besides budget and seed; null for its defaults.</param>
    /// <param name="observers">Who watches the first run besides; they are given its tree.</param>
    /// <param name="recorder">Records the first run; null for no recording.</param>
    /// <param name="cancellation">Ends it between frames.</param>
    /// <exception cref="FormatException">The scenario does not suit the scene; the message says why.</exception>
    public SimulationVerdict Run(
        SimulationScenario scenario, Action<string>? stage = null, StreamerOptions? options = null, Func<TileTree, IEnumerable<SimulationObserver>>? observers = null, TraceRecorder? recorder = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        var core = (options ?? new()) with { MemoryBudgetBytes = (long)(scenario.MemoryMB * (1 << 20)), Seed = scenario.Seed };
        if (scenario.Policy == SimulatedPolicy.Pyramid)
            core = core with { Pyramid = core.Pyramid ?? new() };
        if (scenario.Policy == SimulatedPolicy.Proximity)
            core = core with { Proximity = _survey.IsManifest ? core.Proximity ?? new() : throw new FormatException($"the policy 'proximity' takes scenes with a manifest; {scene.Name} has none") };
        var camera = MakeCamera(scenario);
        var demand = DemandOf(scenario, core);

        stage?.Invoke("Running");
        var first = SetUp(scenario, camera, core);
        var (laws, run, quality) = (new LawChecker(first.Tree, core), new RunRecorder(first.Tree), new QualityRecorder(first.Tree, demand, scenario.FramesPerSecond));
        var result = SimulationRun.Run(first with { Recorder = recorder, Observers = [laws, run, quality, .. observers?.Invoke(first.Tree) ?? []] }, cancellation);

        stage?.Invoke("Running again");
        var cost = new CostRecorder();
        var second = SetUp(scenario, camera, core);
        laws.CompareWith(result, SimulationRun.Run(second with { Options = cost.Time(core), Observers = [cost] }, cancellation));

        stage?.Invoke("Asking the oracle");
        var outages = scenario.Events.OfType<ScenarioEvent.Outage>().Select(outage => new Outage((quality.SetOff?.TotalSeconds ?? 0) + outage.Seconds, outage.Length));
        var problem = new OracleProblem(_survey, scene.StreamsTopology, quality.Moments, quality.EndSeconds, new(scenario.Network, outages), core.MemoryBudgetBytes, core.HostHasMasks);
        var covered = quality.FirstCoverage?.TotalSeconds ?? double.PositiveInfinity;
        var oracle = OracleBound.Of(problem, quality.ErrorIntegral, covered);

        var report = new SimulationReport
        {
            Scene = scene.Name,
            Seed = scenario.Seed,
            Frames = result.Frames,
            DurationS = result.Seconds,
            Tiles = first.Tree.TileCount - 1,
            Laws = Count(laws.Report),
            Time = run.Times(quality.FirstCoverage),
            Quality = new(quality.ErrorIntegral, oracle.ErrorIntegral, oracle.LowerBound, (quality.ErrorIntegral - oracle.ErrorIntegral) / Math.Max(oracle.ErrorIntegral, 1), quality.AtWantedLevelRatio, quality.UncoveredRatio),
            Network = run.Network(result),
            Memory = run.Memory(result.Streamer.Statistics),
            Sse = run.Errors(),
            Cpu = cost.Figures(),
            TraceHash = result.TraceHash.ToString("x32", System.Globalization.CultureInfo.InvariantCulture),
        };
        return new(report.HeldTo(scenario.Gates), laws.Report, oracle.Best, oracle.Heuristics, quality.IntegralUntil(covered), oracle.BeforeCoverage, result.Streamer.BudgetError)
        {
            ErrorOverTime = [.. quality.Moments.Select((moment, i) => new ErrorMoment(moment.Seconds, moment.ErrorPx, oracle.Errors[i]))],
            SetOffS = quality.SetOff?.TotalSeconds ?? 0,
            EndS = quality.EndSeconds,
        };
    }

    private SimulationSetup SetUp(SimulationScenario scenario, ICamera camera, StreamerOptions core)
    {
        var tree = scene.NewTree();
        var origin = scene.NewOrigin(tree);
        return new()
        {
            Tree = tree,
            Origin = origin,
            Cameras = [camera],
            Network = scenario.Network,
            Device = scenario.Device,
            Options = core,
            Seed = scenario.Seed,
            FramesPerSecond = scenario.FramesPerSecond,
            Cold = scenario.Cold,
            SettleLimitSeconds = scenario.SettleLimitS,
            Events = [.. scenario.Events.Select(happening => new SimulatedEvent(happening.Seconds, Effect(happening, origin)))],
        };
    }

    private Action<SimulationControls> Effect(ScenarioEvent happening, ChangingOrigin origin)
    {
        switch (happening)
        {
            case ScenarioEvent.Outage outage:
                return controls => controls.Network.Fail(outage.Length);
            case ScenarioEvent.Change change:
                var uri = SceneUri.Resolve(scene.RootUri, change.Uri);
                if (!scene.Holds(uri))
                    throw new FormatException($"events: change '{change.Uri}': {scene.Name} has no such content");
                return controls =>
                {
                    origin.Publish(uri);
                    controls.Inbox.Post(new() { Kind = InboxKind.Changed, Payload = uri });
                };
            case ScenarioEvent.MemoryPressure:
                return controls => controls.Inbox.Post(new() { Kind = InboxKind.MemoryPressure });
            case ScenarioEvent.ShedTextures shed:
                return controls => controls.Streamer.ShedTextureMemory(shed.Contents);
            case ScenarioEvent.UnloadAll:
                return controls => controls.Streamer.ForceUnloadAll();
            case ScenarioEvent.Layer layer:
                return controls => controls.Streamer.EnabledFamilies = layer.Visible
                    ? controls.Streamer.EnabledFamilies.With(layer.Family)
                    : controls.Streamer.EnabledFamilies.Without(layer.Family);
            default:
                throw new ArgumentException($"{happening.GetType().Name} cannot be simulated", nameof(happening));
        }
    }

    private ICamera MakeCamera(SimulationScenario scenario)
    {
        if (scenario.Camera is CameraChoice.Recorded { Path: var path })
            return new PathCamera(path with { Lens = Lens(scenario, path.Lens, path.Lens.Near, path.Lens.Far) }, TimeSpan.FromSeconds(scenario.DurationS));
        var keyframes = scenario.Camera switch
        {
            CameraChoice.BuiltIn builtIn => BuiltInCamera.Keyframes(builtIn.Name, _survey, scenario.DurationS, scenario.Seed) ?? throw new FormatException($"camera '{builtIn.Name}' is not known; there are {string.Join(", ", BuiltInCamera.Names)}"),
            CameraChoice.Keyframes { Frames: var frames } => frames,
            _ => throw new ArgumentException("there is no such camera", nameof(scenario)),
        };
        var (near, far) = BuiltInCamera.Depths(_survey);
        return new KeyframeCamera(keyframes, Lens(scenario, (scenario.Camera as CameraChoice.Keyframes)?.Lens ?? new() { Position = default, Direction = Geometry.Vector3d.UnitX, Up = Geometry.Vector3d.UnitZ }, near, far));
    }

    private static View Lens(SimulationScenario scenario, View otherwise, double near, double far) => otherwise with
    {
        ViewportWidth = scenario.Viewport?.Width ?? otherwise.ViewportWidth,
        ViewportHeight = scenario.Viewport?.Height ?? otherwise.ViewportHeight,
        FovY = scenario.FovYDegrees * Math.PI / 180 ?? otherwise.FovY,
        TargetErrorPx = scenario.TargetErrorPx ?? otherwise.TargetErrorPx,
        RasterTargetErrorPx = scenario.RasterTargetErrorPx ?? otherwise.RasterTargetErrorPx,
        Near = near,
        Far = far,
    };

    // All that the path's poses depend on.
    private PathDemand DemandOf(SimulationScenario scenario, StreamerOptions core)
    {
        var key = (scenario.Camera, scenario.DurationS, scenario.FramesPerSecond, scenario.Viewport, scenario.FovYDegrees, scenario.TargetErrorPx, scenario.RasterTargetErrorPx, scenario.Seed, scenario.Policy, core.Pyramid, core.Proximity);
        if (!_demands.TryGetValue(key, out var demand))
            _demands[key] = demand = new(_survey, core.Policy());
        return demand;
    }

    private static LawFigures Count(LawReport report) => new(
        report.Count(Breach.Impure), report.Count(Breach.Hole), report.Count(Breach.Regression), report.Count(Breach.Overlap), report.Count(Breach.Livelocked),
        report.Count(Breach.OverBudget), report.Count(Breach.ReplayDiffers), report.Count(Breach.DuplicateRequest), report.Count(Breach.Dishonest));
}
