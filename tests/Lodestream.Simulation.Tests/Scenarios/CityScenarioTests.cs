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

/// <summary>
/// Ways through a city by distance, in virtual time, with every law watched. The city's blocks are 50 m apart, their LODs shown from 80 and 160 m,
/// their HLODs from 300 m; in its middle stands a building of three floors, 6 m each, with rooms.
/// </summary>
public sealed class CityScenarioTests
{
    private const int Blocks = 100;

    // Level with the blocks' middles: heights differ, distances hardly.
    private const double Eye = 15;

    private static readonly TileTree Layout = Tree();

    [Fact]
    public void A_walk_shows_what_it_passes_whole()
    {
        var watch = new Watch();
        var result = Run(watch, Line(20, new(-60, 25, Eye), new(-32, 25, Eye)));
        Assert.True(result.Settled);
        Assert.True(watch.Drew("t/55_0.glb"), "the building itself");
        Assert.True(watch.CoveredRatio > 0.99, $"{watch.CoveredRatio:p1} of what was wanted was drawn, or something in its place");
    }

    [Fact]
    public void A_sprint_is_met_by_what_lies_ahead()
    {
        var watch = new Watch();
        Run(watch, Line(10, new(-200, 25, Eye), new(200, 25, Eye)), network: "fibre");
        Assert.True(watch.CoveredRatio > 0.97, $"{watch.CoveredRatio:p1}");
        Assert.True(watch.Changes > 20);
    }

    [Fact]
    public void A_teleport_leaves_no_hole_where_something_was()
    {
        var watch = new Watch();
        Run(watch, [At(0, new(-200, 25, Eye)), At(5, new(-200, 25, Eye)), At(5.001, new(200, -25, Eye)), At(10, new(200, -25, Eye))]);
        Assert.True(watch.CoveredRatio > 0.97, $"{watch.CoveredRatio:p1}");
    }

    [Fact]
    public void Hovering_at_a_boundary_changes_a_tile_no_more_than_once_per_dwell()
    {
        // 3 m to and fro, twice a second, for 12 s: whatever boundary is near is crossed 48 times.
        var path = Enumerable.Range(0, 49).Select(i => At(i * 0.25, new(-60 + i % 2 * 3, 25, Eye))).ToArray();
        var watch = new Watch();
        Run(watch, path);
        Assert.All(watch.ChangesOf.Values, times => Assert.True(LeastBetween(times) > 0.9, $"{LeastBetween(times):f2} s between two changes"));
        Assert.True(watch.ChangesOf.Values.Max(times => times.Count) <= 12);
    }

    [Fact]
    public void Rooms_load_when_the_camera_enters_their_building_and_their_floor_and_stay_for_a_while_when_it_leaves()
    {
        var watch = new Watch();
        Run(watch, [At(0, new(-25, 0, 3)), At(3, new(-20, 0, 3)), At(6, new(0, 0, 3)), At(9, new(0, 0, 3)), At(10, new(-22, 0, 3)), At(13, new(-30, 0, 3)), At(14, new(-90, 0, 3)), At(40, new(-90, 0, 3))], network: "fibre");
        var rooms = watch.Requests.Where(request => IsRoom(request.Uri)).ToList();
        Assert.NotEmpty(rooms);

        // The camera comes through the wall, 18 m from the middle, after 3.3 s.
        Assert.All(rooms, room => Assert.InRange(room.Seconds, 3.2, 10));
        var floors = rooms.Select(room => (EntryOf(room.Uri) - Blocks) / 4).Distinct().Order().ToArray();
        Assert.Equal([0], floors);
        Assert.True(watch.LastDrawn[rooms[0].Uri] > 13, "a room went as soon as the camera left");
        Assert.True(watch.LastDrawn[rooms[0].Uri] < 30, "a room stayed");
    }

    [Fact]
    public void Climbing_the_stairs_loads_the_floor_one_comes_to()
    {
        var watch = new Watch();
        Run(watch, [At(0, new(0, 0, 3)), At(3, new(0, 0, 3)), At(9, new(0, 0, 15)), At(12, new(0, 0, 15))], network: "fibre");
        var floors = watch.Requests.Where(request => IsRoom(request.Uri)).Select(request => ((EntryOf(request.Uri) - Blocks) / 4, request.Seconds)).ToList();
        Assert.All(floors.Where(floor => floor.Item1 == 2), floor => Assert.True(floor.Seconds > 6, $"the upper floor loads after {floor.Seconds:f1} s"));
        Assert.Equal([0, 1, 2], floors.Select(floor => floor.Item1).Distinct().Order());
    }

    [Fact]
    public void Under_memory_pressure_nothing_that_is_drawn_goes()
    {
        var watch = new Watch();
        Run(watch, Line(10, new(-60, 25, Eye), new(-50, 25, Eye)), memoryMB: 40, events:
        [
            new(3, controls => controls.Inbox.Post(new() { Kind = InboxKind.MemoryPressure })),
            new(6, controls => controls.Inbox.Post(new() { Kind = InboxKind.MemoryPressure })),
        ]);
        Assert.True(watch.CoveredRatio > 0.98, $"{watch.CoveredRatio:p1}");
    }

    [Fact]
    public void With_little_memory_the_city_is_there_and_coarser()
    {
        var watch = new Watch();
        var result = Run(watch, Line(10, new(-60, 25, Eye), new(-40, 25, Eye)), memoryMB: 6);
        Assert.InRange(result.Streamer.Statistics.DetailScale, 1e-6, 0.99);
        Assert.True(result.Settled);
    }

    [Fact]
    public void An_outage_leaves_what_is_there_and_the_rest_comes_after_it()
    {
        var watch = new Watch();
        var result = Run(watch, Line(15, new(-200, 25, Eye), new(0, 25, Eye)), events: [new(4, controls => controls.Network.Fail(5))]);
        Assert.True(result.Settled);
        Assert.True(watch.Drew("t/55_0.glb"));
    }

    [Fact]
    public void A_change_of_session_while_tiles_are_on_their_way_starts_anew()
    {
        var watch = new Watch();
        var result = Run(watch, Line(6, new(-60, 25, Eye), new(-50, 25, Eye)), events: [new(1, controls => controls.Streamer.ForceUnloadAll()), new(4, controls => controls.Streamer.ForceUnloadAll())]);
        Assert.Equal(2, result.Streamer.Statistics.ForcedUnloads);
        Assert.True(result.Settled);
        Assert.True(watch.Drew("t/55_0.glb"));
    }

    private static SimulationResult Run(Watch watch, Keyframe[] path, string network = "cable", double memoryMB = 512, IReadOnlyList<SimulatedEvent>? events = null)
    {
        var tree = Tree();
        var options = new StreamerOptions { Proximity = new(), MemoryBudgetBytes = (long)(memoryMB * (1 << 20)) };
        var laws = new LawChecker(tree, options);
        watch.Tree = tree;
        var lens = new View { Position = default, Direction = Vector3d.UnitX, Up = Vector3d.UnitZ, Near = 0.1, Far = 5000 };
        var result = SimulationRun.Run(new()
        {
            Tree = tree,
            Origin = new TreeOrigin(tree),
            Cameras = [new KeyframeCamera([.. path], lens)],
            Network = NetworkProfile.Parse(network, out _)!,
            Options = options,
            Events = events ?? [],
            SettleLimitSeconds = 120,
            Observers = [laws, watch],
        });
        Assert.True(laws.Report.IsClean, laws.Report.ToString());
        return result;
    }

    private static TileTree Tree()
    {
        var tree = new TileTree(SyntheticCity.RootUri);
        tree.Append(TileTree.SceneRoot, new SyntheticCity(Blocks).Build());
        return tree;
    }

    private static Keyframe[] Line(double seconds, Vector3d from, Vector3d to) => [At(0, from), At(seconds, to)];

    private static Keyframe At(double seconds, Vector3d position) => new(seconds, position, Vector3d.UnitX, Vector3d.UnitZ);

    private static int EntryOf(string uri) => int.Parse(uri[(uri.LastIndexOf('/') + 1)..uri.LastIndexOf('_')], System.Globalization.CultureInfo.InvariantCulture);

    private static bool IsRoom(string uri) => EntryOf(uri) >= Blocks;

    private static double LeastBetween(List<double> times) => times.Count < 2 ? double.PositiveInfinity : times.Skip(1).Zip(times, (after, before) => after - before).Min();

    // What was asked for and drawn, and how often each entry changed what is wanted of it.
    private sealed class Watch : SimulationObserver
    {
        private readonly Dictionary<int, int> _wanted = [];
        private long _all, _covered;
        private double _now;

        public TileTree Tree { get; set; } = Layout;

        public List<(string Uri, double Seconds)> Requests { get; } = [];

        public Dictionary<string, double> LastDrawn { get; } = [];

        public Dictionary<int, List<double>> ChangesOf { get; } = [];

        public int Changes => ChangesOf.Values.Sum(times => times.Count);

        public double CoveredRatio => (double)_covered / _all;

        public bool Drew(string uri) => LastDrawn.ContainsKey(uri);

        public override void OnTick(TimeSpan now) => _now = now.TotalSeconds;

        public override void OnRequest(in TileRequest request) => Requests.Add((Tree.Contents.RelativeUri(request.Content), _now));

        public override void OnFrame(in SimulatedFrame frame)
        {
            var entries = new HashSet<int>();
            foreach (ref readonly var item in frame.Streamer.Drawn)
            {
                entries.Add(ProximityTable.EntryOf(Tree, item.Source));
                LastDrawn[Tree.Contents.RelativeUri(Tree.SlotsOf(item.Source)[0])] = _now;
            }
            foreach (ref readonly var visit in frame.Streamer.Selection.Visits)
            {
                if ((visit.Flags & VisitFlags.Primary) == 0)
                    continue;
                var entry = ProximityTable.EntryOf(Tree, visit.Tile);
                if (_now > 3 && frame.Phase == RunPhase.Moving)
                {
                    _all++;
                    _covered += entries.Contains(entry) ? 1 : 0;
                }
                if (_wanted.TryGetValue(entry, out var before) && before != visit.Tile)
                {
                    if (!ChangesOf.TryGetValue(entry, out var times))
                        ChangesOf[entry] = times = [];
                    times.Add(_now);
                }
                _wanted[entry] = visit.Tile;
            }
        }
    }
}
