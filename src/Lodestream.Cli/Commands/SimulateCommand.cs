using System.CommandLine;
using Lodestream.Cli.Output;
using Lodestream.Cli.Scenes;
using Lodestream.Diagnostics;
using Lodestream.Scene;
using Lodestream.Simulation.Figures;
using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenarios;
using Lodestream.Simulation.Scenes;
using Lodestream.Transport.Caching;

namespace Lodestream.Cli.Commands;

/// <summary><c>lodestream simulate SCENE</c></summary>
internal static class SimulateCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var scene = new Argument<string?>("SCENE")
        {
            Description = "tileset.json, a folder that holds one, a .3tz archive, a URL, or synthetic:quadtree?levels=8 or synthetic:city?tiles=400; the scenario's, if it names one",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var allowHttp = new Option<bool>("--allow-http") { Description = "read over plain http from other machines too" };
        var why = new Option<string?>("--why") { Description = "tell a tile's story: its path key, or the URI of its content as the tileset writes it", HelpName = "KEY" };
        var record = new Option<string?>("--record") { Description = "write the run's recording, which lodestream replay runs again", HelpName = "FILE" };
        var report = new SimulateReport();
        var json = JsonOutput.CreateOption();
        var options = new SimulateOptions();
        var cache = new CacheOptions();
        var command = new Command("simulate", "Streams a scene to a camera in virtual time, and judges it: laws, gates, figures.") { scene };
        options.AddTo(command);
        command.Add(allowHttp);
        cache.AddToReader(command);
        command.Add(why);
        command.Add(record);
        report.AddTo(command);
        command.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (await report.CompareAsync(parsed, cancellation))
                return ExitCode.Done;
            report.Expect(parsed);
            if (parsed.GetValue(record) is { } expected)
                OutputFile.Expect(expected);
            var stories = new List<TileStory>();
            var recorder = parsed.GetValue(record) is null ? null : new TraceRecorder();
            var run = await RunAsync(parsed.GetValue(scene), parsed, options, name => cache.OpenFor(parsed, name), parsed.GetValue(allowHttp), tree => [.. Tell(parsed.GetValue(why), tree, stories), .. report.Record(parsed, tree)], recorder, cancellation);
            var verdict = run.Verdict;
            if (parsed.GetValue(record) is { } recording)
                OutputFile.Write(recording, recorder!.Save);
            report.Write(parsed, run, stories);
            if (JsonOutput.TargetOf(parsed, json) is { } target)
                JsonOutput.Write(target, verdict.Report, SimulationReportJson.Default.SimulationReport);
            else
                SimulationTables.Print(verdict, Terminal.Out);
            foreach (var story in stories)
                StoryLines.Print(story, parsed.GetValue(why)!, JsonOutput.TargetOf(parsed, json) is null ? Console.Out : Console.Error);
            return verdict.Report.Passed ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static List<TileStory> Tell(string? key, TileTree tree, List<TileStory> stories)
    {
        if (key is not null)
            stories.Add(new(tree, key));
        return stories;
    }

    private static async Task<SimulatedRun> RunAsync(
        string? named, ParseResult parsed, SimulateOptions options, Func<string, DiskCache?> openCache, bool allowHttp, Func<TileTree, IEnumerable<SimulationObserver>> observers, TraceRecorder? recorder, CancellationToken cancellation)
    {
        try
        {
            var scenario = await options.ReadAsync(parsed, cancellation);
            var scene = named ?? scenario.Scene ?? throw new CommandException("no scene: name one, or a scenario that names one");
            using var cache = openCache(scene);
            return await ProgressDisplay.RunAsync((stage, _) => Task.Run(
                () =>
                {
                    stage("Opening");
                    var simulator = new Simulator(SimulatedScene.Open(scene, SceneSource.Create(allowHttp, cache), cancellation));
                    return new SimulatedRun(scenario, simulator.Survey, simulator.Run(scenario, stage, observers: observers, recorder: recorder, cancellation: cancellation));
                },
                cancellation));
        }
        catch (FormatException e)
        {
            throw new CommandException(e.Message, e);
        }
    }
}
