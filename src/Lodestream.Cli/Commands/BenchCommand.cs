using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Serialization;
using Lodestream.Cli.Output;
using Lodestream.Cli.Scenes;
using Lodestream.Simulation.Benchmarks;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Scenes;
using Spectre.Console;

namespace Lodestream.Cli.Commands;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(SelectionFigures))]
internal sealed partial class BenchJson : JsonSerializerContext;

/// <summary><c>lodestream bench select SCENE --path FILE</c></summary>
internal static class BenchCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create() => new("bench", "Measures parts of the core.") { Select() };

    private static Command Select()
    {
        var scene = new Argument<string>("SCENE") { Description = "tileset.json, folder, URL, or synthetic:quadtree?levels=8" };
        var path = new Option<string>("--path") { Description = "recorded poses", HelpName = "FILE", Required = true };
        var sse = new Option<double?>("--sse") { Description = "target error in pixels; the file's own, or 16", HelpName = "PX" };
        var passes = new Option<int>("--passes") { Description = "timed passes over the poses", HelpName = "N", DefaultValueFactory = _ => 21 };
        var json = JsonOutput.CreateOption();
        var command = new Command("select", "Times pure selection over recorded poses.") { scene, path, sse, passes, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var figures = await RunAsync(parsed.GetRequiredValue(scene), parsed.GetRequiredValue(path), parsed.GetValue(sse), parsed.GetValue(passes), cancellation);
            if (JsonOutput.TargetOf(parsed, json) is { } target)
                JsonOutput.Write(target, figures, BenchJson.Default.SelectionFigures);
            else
                Print(figures);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<SelectionFigures> RunAsync(string scene, string path, double? sse, int passes, CancellationToken cancellation)
    {
        if (sse is { } px && !(px > 0))
            throw new CommandException($"--sse is {px}; it takes a number above 0");
        if (passes < 1)
            throw new CommandException($"--passes is {passes}; it takes 1 or more");
        try
        {
            var flight = PosePath.Parse(path, await File.ReadAllBytesAsync(path, cancellation));
            var start = Stopwatch.GetTimestamp();
            var tree = await SceneOpening.OpenAsync(scene, SceneSource.ReadAsync, cancellation);
            var openMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            return SelectionBenchmark.Run(tree, flight, sse ?? flight.Lens.TargetErrorPx, passes, openMs, cancellation);
        }
        catch (FormatException e)
        {
            throw new CommandException(e.Message, e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"{path}: there is no such file", e);
        }
    }

    private static void Print(SelectionFigures f)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        table.Columns[1].RightAligned();
        Row("tiles", $"{f.Tiles:N0}");
        Row("selection, mean", $"{f.UsPerFrameMean:F2} µs");
        Row("selection, 95th percentile", $"{f.UsPerFrameP95:F2} µs");
        Row("tiles touched a frame", $"{f.TouchedPerFrame:F1}");
        Row("time a tile touched", $"{1000 * f.UsPerFrameMean / f.TouchedPerFrame:F1} ns");
        Row("tiles selected a frame", $"{f.SelectedPerFrame:F1}");
        Row("tiles selected on the way", $"{f.DistinctSelected:N0}");
        Row("allocated a frame", $"{f.AllocatedBytesPerFrame:F0} bytes");
        Row("topology a tile", $"{f.TopologyBytesPerTile:F0} bytes");
        Row("opening", $"{f.OpenMs:F0} ms");
        AnsiConsole.Write(table);

        void Row(string name, string value) => table.AddRow(name, value);
    }
}
