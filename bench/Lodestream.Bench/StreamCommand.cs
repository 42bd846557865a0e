using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Lodestream.Scene;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Figures;
using Lodestream.Simulation.Network;
using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenes;
using Lodestream.Streaming;

namespace Lodestream.Bench;

/// <summary>Streams the bench world along its flight in virtual time: cold cache, settle the first view, fly, stop.</summary>
internal static class StreamCommand
{
    private const double FlightSeconds = 20;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static Command Make()
    {
        var levels = new Option<int>("--levels") { Description = "Levels of the bench world, 1 to 12.", DefaultValueFactory = _ => 8 };
        var network = new Option<string>("--network") { Description = "Profile or parameters of the network.", DefaultValueFactory = _ => "cable" };
        var order = new Option<string>("--order") { Description = "gain, distance, area or fifo.", DefaultValueFactory = _ => "gain" };
        var path = new Option<string?>("--path") { Description = "The flight; by default shared/bench/path.json beside the checkout." };
        var cold = new Option<bool>("--cold") { Description = "Set off at once instead of waiting for the first view." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the network's failures.", DefaultValueFactory = _ => 1 };
        var command = new Command("stream", "Streams the bench world along its flight.") { levels, network, order, path, cold, json, seed };
        command.SetAction(result =>
        {
            var profile = NetworkProfile.Parse(result.GetValue(network)!, out var error);
            var flight = profile is null ? null : BenchPath.Read(result.GetValue(path), out error);
            var priorities = Order(result.GetValue(order)!);
            if (priorities is null)
                error ??= $"order '{result.GetValue(order)}' is not known; there are gain, distance, area, fifo";
            if (result.GetValue(levels) is < 1 or > 12)
                error ??= $"levels is {result.GetValue(levels)}; it takes 1 to 12";
            if (error is not null)
            {
                Console.Error.WriteLine(error);
                return 2;
            }
            Run(new(result.GetValue(levels)), profile!, flight!, priorities!, result.GetValue(cold), result.GetValue(seed), result.GetValue(json));
            return 0;
        });
        return command;
    }

    private static void Run(SyntheticQuadtree world, NetworkProfile network, PosePath flight, Func<IPriorityModel> priorities, bool cold, ulong seed, bool json)
    {
        var tree = new TileTree("synthetic:/quadtree/tileset.json");
        tree.Append(TileTree.SceneRoot, world.Build());
        var collector = new FigureCollector(tree, ground: 0);
        var start = Stopwatch.GetTimestamp();
        var result = SimulationRun.Run(new()
        {
            Tree = tree,
            Origin = new TreeOrigin(tree),
            Cameras = [new PathCamera(flight, TimeSpan.FromSeconds(FlightSeconds))],
            Network = network,
            Options = new() { Priorities = priorities },
            Cold = cold,
            Seed = seed,
            Observers = [collector],
        });
        var elapsed = Stopwatch.GetElapsedTime(start);
        var figures = collector.Collect(result);
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(figures, Json));
        else
            Print(figures, elapsed, result);
    }

    private static void Print(StreamingFigures f, TimeSpan elapsed, SimulationResult result)
    {
        Line("first coverage", f.FirstCoverageMs, "ms");
        Line("first view complete", f.FirstViewCompleteMs, "ms");
        Line("settle after stop", f.SettleAfterStopMs, "ms");
        Line("at wanted level in motion", f.AtWantedLevelRatio * 100, "%");
        Line("wanted and uncovered", f.UncoveredWantedRatio * 100, "%");
        Line("wasted", f.WastedRatio * 100, "%");
        Line("error integral", f.ErrorIntegralPxS, "px·s");
        Line("requests", f.Requests, "");
        Line("called off", f.Cancelled, "");
        Line("fetched", f.BytesFetched / 1e6, "MB");
        Line("peak memory", f.PeakBytes / 1e6, "MB");
        Line("frames", f.Frames, "");
        Line("simulated", f.DurationS, "s");
        Line("real time", elapsed.TotalSeconds, "s");
        Console.WriteLine($"{"trace hash",-28}{result.TraceHash:x32}");

        static void Line(string name, double value, string unit) =>
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-28}{value,12:0.##} {unit}"));
    }

    private static Func<IPriorityModel>? Order(string name) => name switch
    {
        "gain" => () => new GainOrder(),
        "distance" => () => new DistanceOrder(),
        "area" => () => new ScreenAreaOrder(),
        "fifo" => () => new FirstInFirstOut(),
        _ => null,
    };
}
