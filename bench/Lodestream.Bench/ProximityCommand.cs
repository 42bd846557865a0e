using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Scenes;

namespace Lodestream.Bench;

/// <summary>
/// Times selection by distance in a city of many tiles: a walk of 300 poses through its middle, at 2 m/s, looking around. What is wanted is taken
/// to be there, so that hysteresis and hand-over have something to look at. Each pose's median over the passes, then mean and 95th
/// percentile over the poses.
/// </summary>
internal static class ProximityCommand
{
    private const int Poses = 300;
    private const double Speed = 2, FramesPerSecond = 15;

    public static Command Make()
    {
        var tiles = new Option<int>("--tiles") { Description = "Tiles of the city, 1 to 1,000,000.", DefaultValueFactory = _ => 100_000 };
        var levels = new Option<bool>("--levels") { Description = "Tiles have LODs and HLODs.", DefaultValueFactory = _ => true };
        var far = new Option<double>("--far") { Description = "How far the camera sees, metres.", DefaultValueFactory = _ => 1e9 };
        var passes = new Option<int>("--passes") { Description = "Timed passes.", DefaultValueFactory = _ => 21 };
        var command = new Command("proximity", "Times selection by distance in a synthetic city.") { tiles, levels, far, passes };
        command.SetAction(result =>
        {
            if (result.GetValue(tiles) is < 1 or > 1_000_000 || result.GetValue(passes) < 1 || !(result.GetValue(far) > 1))
            {
                Console.Error.WriteLine("tiles takes 1 to 1000000, passes at least 1, far more than 1");
                return 2;
            }
            Run(new(result.GetValue(tiles), HasLevels: result.GetValue(levels)), result.GetValue(far), result.GetValue(passes));
            return 0;
        });
        return command;
    }

    private static void Run(SyntheticCity city, double far, int passes)
    {
        var start = Stopwatch.GetTimestamp();
        var tree = new TileTree(SyntheticCity.RootUri);
        tree.Append(TileTree.SceneRoot, city.Build());
        var made = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var views = Enumerable.Range(0, Poses).Select(pose => View(pose, far)).ToArray();
        var (policy, set) = (new ProximityPolicy(), new VisibilitySet());
        var (presence, since) = (new TilePresence[tree.Capacity], new TimeSpan[tree.Capacity]);
        var facts = new ResidencyFacts(presence, since);
        start = Stopwatch.GetTimestamp();
        policy.Select(tree, views.AsSpan(0, 1), new(1) { Residency = facts }, set);
        var first = Stopwatch.GetElapsedTime(start).TotalMilliseconds;

        var times = new double[Poses, passes];
        var (now, allocated, wanted, touched) = (TimeSpan.Zero, 0L, 0L, 0L);
        for (var pass = -3; pass < passes; pass++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Poses; i++)
            {
                now += TimeSpan.FromSeconds(1 / FramesPerSecond);
                var inputs = new SelectionInputs(1) { Now = now, Residency = facts, Previous = set.Decision };
                start = Stopwatch.GetTimestamp();
                policy.Select(tree, views.AsSpan(i, 1), inputs, set);
                var elapsed = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
                Arrive(set, presence);
                if (pass < 0)
                    continue;
                times[i, pass] = elapsed;
                (wanted, touched) = (wanted + set.PrimaryCount, touched + set.Touched);
            }
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        var medians = Enumerable.Range(0, Poses).Select(i => Enumerable.Range(0, passes).Select(pass => times[i, pass]).Order().ElementAt(passes / 2)).Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{tree.TileCount - 1:N0} tiles: {medians.Average():F1} us a selection, p95 {medians[(int)(0.95 * (Poses - 1))]:F1}; {(double)wanted / passes / Poses:F0} wanted, {(double)touched / passes / Poses:F0} touched, {(double)allocated / Poses:F0} B allocated; topology made in {made:F0} ms, index in {first:F0} ms"));
    }

    // What is wanted is there from the next frame on, and stays.
    private static void Arrive(VisibilitySet set, TilePresence[] presence)
    {
        foreach (ref readonly var visit in set.Visits)
        {
            if ((visit.Flags & (VisitFlags.Primary | VisitFlags.Ahead)) != 0)
                presence[visit.Tile] = TilePresence.Here;
        }
    }

    private static View View(int pose, double far)
    {
        var angle = 2 * Math.PI * pose / Poses;
        return new()
        {
            Position = new(pose * Speed / FramesPerSecond, 12, 25),
            Direction = new(DeterministicMath.Cos(angle), DeterministicMath.Sin(angle), -0.1),
            Up = Vector3d.UnitZ,
            Near = 0.1,
            Far = far,
        };
    }
}
