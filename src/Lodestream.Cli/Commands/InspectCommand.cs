using System.CommandLine;
using Lodestream.Cli.Output;
using Lodestream.Cli.Scenes;
using Lodestream.Formats.Inspection;

namespace Lodestream.Cli.Commands;

/// <summary><c>lodestream inspect SCENE</c></summary>
internal static class InspectCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var scene = new Argument<string>("SCENE") { Description = "tileset.json or scene manifest, a folder that holds one, a .3tz archive, or a URL" };
        var allowHttp = new Option<bool>("--allow-http") { Description = "read over plain http from other machines too" };
        var json = JsonOutput.CreateOption();
        var cache = new CacheOptions();
        var command = new Command("inspect", "Says what a scene holds, and every problem found.") { scene, allowHttp };
        cache.AddToReader(command);
        command.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            using var disk = cache.OpenFor(parsed, parsed.GetRequiredValue(scene));
            var report = await InspectAsync(parsed.GetRequiredValue(scene), SceneSource.Create(parsed.GetValue(allowHttp), disk), cancellation);
            if (JsonOutput.TargetOf(parsed, json) is { } target)
                JsonOutput.Write(target, report, SceneReportJson.Default.SceneReport);
            else
                ReportTables.Print(report, Terminal.Out);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<SceneReport> InspectAsync(string scene, SceneFileSource files, CancellationToken cancellation)
    {
        if (SceneFiles.Locate(scene, out var error) is not { } uri)
            throw new CommandException(error!);
        var options = new InspectionOptions { Files = await SceneFiles.ListLocalAsync(uri, cancellation) };
        var report = await ProgressDisplay.RunAsync(
            (stage, share) => SceneInspector.InspectAsync(uri, files, options, progress: new Forward(stage, share), cancellation: cancellation));

        // Nothing was there to inspect: that is bad input, not a finding.
        if (report.Tiles == 0 && report.Problems.FirstOrDefault(problem => problem.Severity == ProblemSeverity.Error) is { } reason)
            throw new CommandException(reason.Message.Contains(uri, StringComparison.Ordinal) ? reason.Message : $"{uri}: {reason.Message}");
        return report;
    }

    private sealed class Forward(Action<string> stage, Action<double> share) : IProgress<InspectionProgress>
    {
        public void Report(InspectionProgress value)
        {
            // How many documents there are is known when the last is read; contents are counted from then on.
            stage(value.ContentsDone == 0 ? "Reading documents" : "Looking into contents");
            share(value.ContentsDone / (double)Math.Max(1, value.Contents));
        }
    }
}
