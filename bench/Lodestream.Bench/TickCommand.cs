using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Lodestream.Selection;
using Lodestream.Simulation.Cameras;

namespace Lodestream.Bench;

/// <summary>
/// Times whole ticks along the bench flight with everything resident: each pose's median over the passes, then mean and 95th percentile over
/// the poses, and what share of the time each stage has.
/// </summary>
internal static class TickCommand
{
    // The flight takes 20 s over 300 poses.
    private static readonly TimeSpan Frame = TimeSpan.FromSeconds(20 / 300.0);

    private const int MostWarmUpPasses = 20;

    private static readonly int Stages = Enum.GetValues<TickStage>().Length;

    public static Command Make()
    {
        var levels = new Option<int>("--levels") { Description = "Levels of the bench world, 1 to 12.", DefaultValueFactory = _ => 8 };
        var passes = new Option<int>("--passes") { Description = "Timed passes.", DefaultValueFactory = _ => 21 };
        var tileWidth = new Option<double?>("--pyramid") { Description = "Select by the pyramid policy, with tiles so many pixels wide at least.", HelpName = "PX" };
        var path = new Option<string?>("--path") { Description = "The flight; by default the one next to the real data." };
        var command = new Command("tick", "Times ticks along the flight with everything resident.") { levels, passes, tileWidth, path };
        command.SetAction(result =>
        {
            var flight = BenchPath.Read(result.GetValue(path), out var error);
            if (result.GetValue(levels) is < 1 or > 12)
                error ??= $"levels is {result.GetValue(levels)}; it takes 1 to 12";
            if (result.GetValue(passes) < 1)
                error ??= $"passes is {result.GetValue(passes)}; it takes at least 1";
            if (result.GetValue(tileWidth) is <= 0 or > 1e6)
                error ??= $"pyramid is {result.GetValue(tileWidth)}; it takes more than 0 pixels";
            if (error is not null)
            {
                Console.Error.WriteLine(error);
                return 2;
            }
            return Run(new(result.GetValue(levels), result.GetValue(tileWidth) is { } width ? new() { TargetTileWidthPx = width } : null), flight!, result.GetValue(passes));
        });
        return command;
    }

    private static int Run(InstantWorld world, PosePath flight, int passes)
    {
        var views = Enumerable.Range(0, flight.Poses.Count).Select(pose => flight.At(pose)).ToArray();
        var now = TimeSpan.Zero;
        if (!WarmUp(world, views, ref now))
        {
            Console.Error.WriteLine($"after {MostWarmUpPasses} passes the flight still asks for tiles");
            return 1;
        }
        Time(world, views, 1, ref now, out _);
        var total = Time(world, views, passes, ref now, out var allocated);
        var ofStages = TimeStages(world, views, passes, ref now);
        Print(total, allocated, ofStages, MeanWanted(world, views, ref now));
        return 0;
    }

    // Until a whole pass asks for nothing; a pass of timing goes uncounted after it, for what the runtime makes at a first call.
    private static bool WarmUp(InstantWorld world, View[] views, ref TimeSpan now)
    {
        for (var pass = 0; pass < MostWarmUpPasses; pass++)
        {
            var requested = world.Streamer.Statistics.Requested;
            for (var i = 0; i < views.Length; i++)
            {
                do
                    world.Streamer.Tick(now += Frame / 8, views.AsSpan(i, 1));
                while (!world.Streamer.Statistics.Settled);
                world.Streamer.Tick(now += Frame, views.AsSpan(i, 1));
            }
            if (pass > 2 && world.Streamer.Statistics.Requested == requested)
                return true;
        }
        return false;
    }

    private static double[] Time(InstantWorld world, View[] views, int passes, ref TimeSpan now, out long allocated)
    {
        var times = new double[views.Length, passes];
        allocated = 0;
        for (var pass = 0; pass < passes; pass++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < views.Length; i++)
            {
                now += Frame;
                var start = Stopwatch.GetTimestamp();
                world.Streamer.Tick(now, views.AsSpan(i, 1));
                times[i, pass] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }

            // The runtime allocates for itself when it replaces code by better code, which it does once.
            if (pass >= passes / 2)
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        return [.. Enumerable.Range(0, views.Length).Select(i => Median(Enumerable.Range(0, passes).Select(pass => times[i, pass])))];
    }

    private static double[] TimeStages(InstantWorld world, View[] views, int passes, ref TimeSpan now)
    {
        var ticks = new long[Stages];
        var (current, since) = (-1, 0L);
        world.Streamer.StageBegins = stage =>
        {
            var at = Stopwatch.GetTimestamp();
            if (current >= 0)
                ticks[current] += at - since;
            (current, since) = ((int)stage, Stopwatch.GetTimestamp());
        };
        for (var pass = 0; pass < passes; pass++)
        {
            for (var i = 0; i < views.Length; i++)
            {
                current = -1;
                world.Streamer.Tick(now += Frame, views.AsSpan(i, 1));
                ticks[current] += Stopwatch.GetTimestamp() - since;
            }
        }
        world.Streamer.StageBegins = null;
        var all = (double)ticks.Sum();
        return [.. ticks.Select(t => t / all)];
    }

    // Tiles wanted, as primary, underlay or topology.
    private static double MeanWanted(InstantWorld world, View[] views, ref TimeSpan now)
    {
        var wanted = 0L;
        for (var i = 0; i < views.Length; i++)
        {
            world.Streamer.Tick(now += Frame, views.AsSpan(i, 1));
            foreach (ref readonly var visit in world.Streamer.Selection.Visits)
                wanted += (visit.Flags & (VisitFlags.Primary | VisitFlags.Underlay | VisitFlags.Expand)) != 0 ? 1 : 0;
        }
        return (double)wanted / views.Length;
    }

    private static void Print(double[] medians, long allocated, double[] ofStages, double wanted)
    {
        var sorted = medians.Order().ToArray();
        Line("tiles wanted, mean", wanted, "");
        Line("tick, mean", sorted.Average(), "µs");
        Line("tick, 95th percentile", sorted[(int)(0.95 * (sorted.Length - 1))], "µs");
        Line("allocated, later passes", allocated, "bytes");
        foreach (var stage in Enum.GetValues<TickStage>())
            Line($"  {stage.ToString().ToLowerInvariant()}", ofStages[(int)stage] * 100, "%");

        static void Line(string name, double value, string unit) =>
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-28}{value,12:0.##} {unit}"));
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
