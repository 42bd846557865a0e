using Lodestream.Diagnostics;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Laws;
using Lodestream.Simulation.Network;
using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenes;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Tests.Scenarios;

/// <summary>The second tier in virtual time: a city of which every fourth block has 64 meshes and is streamed mesh by mesh, with every law watched.</summary>
public sealed class CityMeshTests
{
    private const double Eye = 15;

    private static readonly SyntheticCity City = new(100);

    [Fact]
    public void A_walk_shows_blocks_of_many_meshes_whole_and_asks_for_each_payload_once()
    {
        var watch = new Watch();
        var result = Run(watch, Line(20, new(-60, 25, Eye), new(-32, 25, Eye)));
        Assert.True(result.Settled);
        Assert.True(watch.States.Contains(TileVisualState.Complete) && watch.States.Contains(TileVisualState.Partial));
        Assert.True(result.Streamer.Statistics.OutOfCore.Complete > 0);
        Assert.True(result.Streamer.Statistics.MeshesStarted >= 64);
        Assert.All(watch.Requests.CountBy(uri => uri), pair => Assert.Equal(1, pair.Value));
        Assert.DoesNotContain(watch.Requests, uri => uri.Contains('#', StringComparison.Ordinal));
        Assert.Equal(result.Streamer.Statistics.CopyBytes, result.Streamer.Statistics.CpuBytes);
    }

    [Fact]
    public void Where_a_coarser_tile_is_shown_it_is_shown_alone_until_all_meshes_are_here()
    {
        var watch = new Watch();
        Run(watch, [At(0, new(-200, 25, Eye)), At(3, new(-200, 25, Eye)), At(20, new(0, 25, Eye))]);
        Assert.True(watch.FromCoarser > 0, "no block came from coarser");
        Assert.Equal(0, watch.Overlaps);
    }

    [Fact]
    public void Leaving_gives_the_copies_back_and_coming_again_fetches_them_once_more()
    {
        var watch = new Watch();
        var result = Run(watch, [At(0, new(-60, 25, Eye)), At(5, new(-60, 25, Eye)), At(6, new(-1500, 25, Eye)), At(30, new(-1500, 25, Eye))]);
        Assert.True(result.Streamer.Statistics.CopiesReleased > 0);
        Assert.Equal((0, 0), (result.Streamer.Statistics.OutOfCore.All, result.Streamer.Statistics.CopyBytes));
    }

    [Fact]
    public void With_little_memory_the_city_is_there_coarser_and_comes_to_rest()
    {
        var watch = new Watch();
        var result = Run(watch, Line(10, new(-60, 25, Eye), new(-40, 25, Eye)), memoryMB: 6);
        Assert.True(result.Settled);
        Assert.InRange(result.Streamer.Statistics.DetailScale, 1e-6, 0.99);
    }

    [Fact]
    public void Under_pressure_a_lost_context_and_a_change_of_session_all_comes_back()
    {
        var watch = new Watch();
        var result = Run(watch, Line(20, new(-60, 25, Eye), new(-40, 25, Eye)), memoryMB: 40, events:
        [
            new(4, controls => controls.Inbox.Post(new() { Kind = InboxKind.MemoryPressure })),
            new(7, controls => controls.Host.LoseContext()),
            new(11, controls => controls.Streamer.ForceUnloadAll()),
            new(14, controls => controls.Network.Fail(2)),
        ]);
        Assert.True(result.Settled);
        Assert.True(result.Streamer.Statistics.OutOfCore.Complete > 0);
    }

    [Fact]
    public void A_run_of_the_second_tier_is_the_same_every_time_and_replays()
    {
        var (watch, recorder) = (new Watch(), new TraceRecorder());
        var path = new[] { At(0, new(-200, 25, Eye)), At(8, new(0, 25, Eye)), At(10, new(-900, 25, Eye)), At(30, new(-900, 25, Eye)) };
        var first = Run(watch, path, recorder: recorder);
        Assert.True(first.Streamer.Statistics.CopiesReleased > 0);
        Assert.Equal(first.TraceHash, Run(new(), path).TraceHash);
        first.Streamer.Close(TimeSpan.FromSeconds(first.Seconds));
        var file = new MemoryStream();
        recorder.Save(file);
        var replay = TraceReplay.Run(TraceFile.Read(file.ToArray(), out _)!);
        Assert.True(replay.IsIdentical, replay.Difference?.Text);
    }

    private static SimulationResult Run(Watch watch, Keyframe[] path, double memoryMB = 512, IReadOnlyList<SimulatedEvent>? events = null, TraceRecorder? recorder = null)
    {
        var tree = new TileTree(SyntheticCity.RootUri);
        tree.Append(TileTree.SceneRoot, City.Build());
        var options = new StreamerOptions { Proximity = new(), MemoryBudgetBytes = (long)(memoryMB * (1 << 20)) };
        var laws = new LawChecker(tree, options);
        watch.Tree = tree;
        var lens = new View { Position = default, Direction = Vector3d.UnitX, Up = Vector3d.UnitZ, Near = 0.1, Far = 5000 };
        var result = SimulationRun.Run(new()
        {
            Tree = tree,
            Origin = new SyntheticCityOrigin(City, tree),
            Cameras = [new KeyframeCamera([.. path], lens)],
            Network = NetworkProfile.Parse("cable", out _)!,
            Options = options,
            Events = events ?? [],
            SettleLimitSeconds = 120,
            Observers = [laws, watch],
            Recorder = recorder,
        });
        Assert.True(laws.Report.IsClean, laws.Report.ToString());
        return result;
    }

    private static Keyframe[] Line(double seconds, Vector3d from, Vector3d to) => [At(0, from), At(seconds, to)];

    private static Keyframe At(double seconds, Vector3d position) => new(seconds, position, Vector3d.UnitX, Vector3d.UnitZ);

    private sealed class Watch : SimulationObserver
    {
        private readonly HashSet<int> _coarse = [];

        public TileTree Tree { get; set; } = null!;

        public List<string> Requests { get; } = [];

        public HashSet<TileVisualState> States { get; } = [];

        public int FromCoarser { get; private set; }

        public int Overlaps { get; private set; }

        public override void OnRequest(in TileRequest request) => Requests.Add(request.Uri);

        public override void OnFrame(in SimulatedFrame frame)
        {
            var (coarse, meshes) = (new HashSet<int>(), new HashSet<int>());
            foreach (ref readonly var item in frame.Streamer.Drawn)
            {
                var isMesh = Tree.Contents.Records[Tree.SlotsOf(item.Source)[0]].Format == ContentFormat.PayloadMesh;
                (isMesh ? meshes : coarse).Add(ProximityTable.EntryOf(Tree, item.Source));
                if (isMesh && frame.Streamer.VisualStateOf(Tree.Links[Tree.Links[item.Source].Parent].Parent) is { } state)
                    States.Add(state);
            }
            Overlaps += meshes.Intersect(coarse).Count();
            FromCoarser += meshes.Intersect(_coarse).Count();
            _coarse.Clear();
            _coarse.UnionWith(coarse);
        }
    }
}
