using System.CommandLine;
using Lodestream.Cli.Output;
using Lodestream.Cli.Scenes;
using Lodestream.Simulation.Figures;
using Lodestream.Simulation.Scenarios;
using Lodestream.Simulation.Scenes;

namespace Lodestream.Cli.Commands;

/// <summary><c>lodestream simulate SCENE</c></summary>
internal static class SimulateCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var scene = new Argument<string?>("SCENE")
        {
            Description = "tileset.json, a folder that holds one, a .3tz archive, a URL, or synthetic:quadtree?levels=8; the scenario's, if it names one",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var allowHttp = new Option<bool>("--allow-http") { Description = "read over plain http from other machines too" };
        var json = JsonOutput.CreateOption();
        var options = new SimulateOptions();
        var command = new Command("simulate", "Streams a scene to a camera in virtual time, and judges it: laws, gates, figures.") { scene };
        options.AddTo(command);
        command.Add(allowHttp);
        command.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            var verdict = await RunAsync(parsed.GetValue(scene), parsed, options, parsed.GetValue(allowHttp), cancellation);
            if (JsonOutput.TargetOf(parsed, json) is { } target)
                JsonOutput.Write(target, verdict.Report, SimulationReportJson.Default.SimulationReport);
            else
                SimulationTables.Print(verdict, Terminal.Out);
            return verdict.Report.Passed ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static async Task<SimulationVerdict> RunAsync(string? named, ParseResult parsed, SimulateOptions options, bool allowHttp, CancellationToken cancellation)
    {
        try
        {
            var scenario = await options.ReadAsync(parsed, cancellation);
            var scene = named ?? scenario.Scene ?? throw new CommandException("no scene: name one, or a scenario that names one");
            return await ProgressDisplay.RunAsync((stage, _) => Task.Run(
                () =>
                {
                    stage("Opening");
                    return new Simulator(SimulatedScene.Open(scene, SceneSource.Create(allowHttp), cancellation)).Run(scenario, stage, cancellation: cancellation);
                },
                cancellation));
        }
        catch (FormatException e)
        {
            throw new CommandException(e.Message, e);
        }
    }
}
