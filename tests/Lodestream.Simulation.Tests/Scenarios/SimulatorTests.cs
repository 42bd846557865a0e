using Lodestream.Formats.Inspection;
using Lodestream.Scene;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Figures;
using Lodestream.Simulation.Network;
using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenarios;
using Lodestream.Simulation.Scenes;
using Lodestream.Tests.Shared;

namespace Lodestream.Simulation.Tests.Scenarios;

/// <summary>Simulations of real files: topology streams, sizes come from headers, what is missing or broken behaves as in life.</summary>
public sealed class SimulatorTests
{
    private static readonly SimulationScenario Short = new() { Camera = new CameraChoice.BuiltIn("spin"), DurationS = 3 };

    [RealDataTheory]
    [InlineData("mars-dingo-gap/tileset.json")]
    [InlineData("3d-tiles-samples/1.0/TilesetWithDiscreteLOD")]
    [InlineData("3d-tiles-samples/1.0/TilesetWithRequestVolume")]
    [InlineData("3d-tiles-samples/1.1/SparseImplicitQuadtree")]
    [InlineData("3d-tiles-samples/1.1/MultipleContents")]
    [InlineData("3d-tiles-samples/glTF/EXT_structural_metadata/FeatureIdTextureAndPropertyTable")]
    public void Real_scenes_keep_the_laws_and_replay(string scene)
    {
        foreach (var camera in (string[])["orbit", "dive"])
        {
            var verdict = Open(scene).Run(Short with { Camera = new CameraChoice.BuiltIn(camera) });
            Assert.True(verdict.Laws.IsClean, $"{camera}: {verdict.Laws}");
            Assert.True(verdict.Report.Network.BytesFetched > 0);
            Assert.NotNull(verdict.Report.Time.SettleAfterStopMs);
        }
    }

    [RealDataFact]
    public void Topology_is_fetched_before_what_it_names()
    {
        var requests = new RequestLog();
        var verdict = Open("3d-tiles-samples/1.1/SparseImplicitQuadtree").Run(Short with { Camera = new CameraChoice.BuiltIn("orbit") }, observers: _ => [requests]);
        Assert.EndsWith("tileset.json", requests.Uris[0], StringComparison.Ordinal);
        Assert.EndsWith("0.0.0.subtree", requests.Uris[1], StringComparison.Ordinal);
        Assert.Contains(requests.Uris, uri => uri.EndsWith(".glb", StringComparison.Ordinal));
        Assert.True(verdict.Report.Tiles > 1);
    }

    [RealDataFact]
    public void Sizes_are_the_files_own()
    {
        var scene = SimulatedScene.Open(DataFolder.Of("mars-dingo-gap"), SceneFiles.ReadLocalAsync, CancellationToken.None);
        var survey = new SceneSurvey(scene);
        var root = survey.ContentOf(survey.Tree.Contents.FindByUri(SceneUri.Resolve(scene.RootUri, "root.b3dm")))!;
        Assert.Equal(new FileInfo(DataFolder.Of("mars-dingo-gap/root.b3dm")).Length, root.Length);
        Assert.True(root.GeometryBytes > 0);
        Assert.True(root.TextureBytes > root.Length, "a JPEG's pixels take more than the file");
    }

    [Fact]
    public void Where_a_scene_lies_makes_no_difference()
    {
        var (here, there) = (new SceneAddress("file:///a/b/world/tileset.json"), new SceneAddress("https://host.test/tileset.json?key=1"));
        Assert.Equal(here.Root, there.Root);
        Assert.Equal("file:///a/b/world/t/1.glb", here.Real(SceneUri.Resolve(here.Root, "t/1.glb")));
        Assert.Equal("file:///a/b/other/1.glb", here.Real(SceneUri.Resolve(here.Root, "../other/1.glb")));
        Assert.Equal("https://elsewhere.test/1.glb", here.Real(SceneUri.Resolve(here.Root, "https://elsewhere.test/1.glb")));
        Assert.Equal("https://host.test/tileset.json?key=1", there.Real(there.Root));
    }

    [RealDataFact]
    public void A_changed_content_is_fetched_again_and_an_unknown_one_is_an_error()
    {
        var plain = Open("mars-dingo-gap").Run(Short).Report.Network;
        var changed = Open("mars-dingo-gap").Run(Short with { Events = [new ScenarioEvent.Change(2, "root.b3dm")] });
        Assert.Equal(plain.Requests + 1, changed.Report.Network.Requests);
        Assert.True(changed.Laws.IsClean, changed.Laws.ToString());
        var error = Assert.Throws<FormatException>(() => Open("mars-dingo-gap").Run(Short with { Events = [new ScenarioEvent.Change(2, "absent.b3dm")] }));
        Assert.Contains("absent.b3dm", error.Message, StringComparison.Ordinal);
    }

    [RealDataFact]
    public void Events_happen()
    {
        var quiet = Open("mars-dingo-gap").Run(Short).Report;
        var outage = Open("mars-dingo-gap").Run(Short with { Events = [new ScenarioEvent.Outage(0, 2)] });
        Assert.True(outage.Report.Time.FirstCoverageMs > 2000, $"covered after {outage.Report.Time.FirstCoverageMs} ms");
        Assert.True(quiet.Time.FirstCoverageMs < 1000, $"covered after {quiet.Time.FirstCoverageMs} ms");
        var hidden = Open("mars-dingo-gap").Run(Short with { Events = [new ScenarioEvent.Layer(1, ContentFamily.Mesh, false), new ScenarioEvent.MemoryPressure(2)] });
        Assert.True(hidden.Laws.IsClean, hidden.Laws.ToString());
        Assert.True(hidden.Report.Quality.UncoveredWantedRatio > 0.3, $"{hidden.Report.Quality.UncoveredWantedRatio} uncovered");
    }

    [RealDataFact]
    public void A_tiles_story_goes_from_wanted_to_drawn()
    {
        TileStory? story = null;
        Open("mars-dingo-gap").Run(Short, observers: tree => [story = new(tree, "root.b3dm")]);
        Assert.Contains("root.b3dm", story!.Name, StringComparison.Ordinal);
        var lines = story.Lines.Select(line => line.What).ToList();
        var order = (int[])[lines.FindIndex(l => l.EndsWith("is asked for", StringComparison.Ordinal)), lines.FindIndex(l => l.EndsWith("has come", StringComparison.Ordinal)), lines.FindIndex(l => l.EndsWith("is on the GPU", StringComparison.Ordinal)), lines.IndexOf("drawn from now on")];
        Assert.DoesNotContain(-1, order);
        Assert.Equal(order.Order(), order);
    }

    [Fact]
    public void A_still_camera_is_waited_for_as_long_as_the_scenario_says()
    {
        var simulator = new Simulator(SimulatedScene.Open("synthetic:quadtree?levels=5", SceneFiles.ReadLocalAsync, CancellationToken.None));
        var slow = Short with { Network = NetworkProfile.Parse("rate=2", out _)!, SettleLimitS = 5 };
        var (given, patient) = (simulator.Run(slow).Report, simulator.Run(slow with { SettleLimitS = 300 }).Report);
        Assert.Null(given.Time.SettleAfterStopMs);
        Assert.InRange(given.DurationS, 7, 9);
        Assert.True(patient.Time.SettleAfterStopMs > 5000, $"at rest {patient.Time.SettleAfterStopMs} ms after the stop");
    }

    [Fact]
    public void A_gate_that_does_not_hold_fails_the_report()
    {
        var report = new SimulationReport { Time = new(SettleAfterStopMs: 900) }.HeldTo([new("settleAfterStopMs", 1000, true), new("firstCoverageMs", 1000, true), new("primaryGeometricSsePx.p95", 1, false)]);
        Assert.Equal([true, false, false], report.Gates.Select(gate => gate.Passed));
        Assert.Equal([900, null, 0], report.Gates.Select(gate => gate.Value));
        Assert.False(report.Passed);
    }

    private static Simulator Open(string scene) => new(SimulatedScene.Open(DataFolder.Of(scene), SceneFiles.ReadLocalAsync, CancellationToken.None));

    private sealed class RequestLog : SimulationObserver
    {
        public List<string> Uris { get; } = [];

        public override void OnRequest(in Streaming.TileRequest request) => Uris.Add(request.Uri);
    }
}
