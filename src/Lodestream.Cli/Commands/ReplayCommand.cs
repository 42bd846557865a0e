using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using Lodestream.Cli.Output;
using Lodestream.Diagnostics;

namespace Lodestream.Cli.Commands;

/// <summary><c>lodestream replay TRACE</c></summary>
internal static class ReplayCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var trace = new Argument<string>("TRACE") { Description = "a recording: of simulate --record, or saved in the viewer" };
        var json = JsonOutput.CreateOption();
        var command = new Command("replay", "Runs a recording again, and names the first frame that differs.") { trace, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var file = parsed.GetRequiredValue(trace);
            var report = await RunAsync(file, cancellation);
            if (JsonOutput.TargetOf(parsed, json) is { } target)
                JsonOutput.Write(target, report, ReplayJson.Default.ReplayReport);
            else
                Print(report, Console.Out);
            return report.Identical ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static async Task<ReplayReport> RunAsync(string file, CancellationToken cancellation)
    {
        var trace = TraceFile.Read(await InputFile.ReadAsync(file, cancellation), out var error) ?? throw new CommandException($"{file}: {error}");
        var result = await ProgressDisplay.RunAsync((stage, _) => Task.Run(
            () =>
            {
                stage("Replaying");
                return TraceReplay.Run(trace, cancellation);
            },
            cancellation));
        return new()
        {
            Trace = file,
            Scene = trace.Scene,
            RecordedBy = trace.LodestreamVersion,
            Frames = trace.Frames,
            DurationS = trace.Duration.TotalSeconds,
            Identical = result.IsIdentical,
            RecordedHash = Hash(result.RecordedHash),
            ReplayedHash = Hash(result.ReplayedHash),
            Difference = result.Difference is { } difference ? new(difference.Frame, difference.Seconds, difference.Part?.ToString().ToLowerInvariant(), difference.Text) : null,
        };
    }

    private static void Print(ReplayReport report, TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Scene}, {report.Frames:N0} frames in {report.DurationS:0.###} s, recorded by Lodestream {report.RecordedBy}"));
        output.WriteLine(report switch
        {
            { Identical: true } => $"identical: trace hash {report.ReplayedHash}",
            { Difference: { } d } => string.Create(CultureInfo.InvariantCulture, $"frame {d.Frame} (t {d.T:0.000} s): {d.Text}"),
            _ => $"no frame differs, and the hashes do: recorded {report.RecordedHash}, replayed {report.ReplayedHash}",
        });
    }

    private static string Hash(UInt128 hash) => hash.ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>What a replay came to, for machines.</summary>
internal sealed record ReplayReport
{
    /// <summary>Version of this form.</summary>
    public int Schema { get; init; } = 1;

    /// <summary>The recording.</summary>
    public required string Trace { get; init; }

    /// <summary>The recorded scene.</summary>
    public required string Scene { get; init; }

    /// <summary>Version of Lodestream that recorded it.</summary>
    public required string RecordedBy { get; init; }

    /// <summary>Ticks recorded.</summary>
    public required long Frames { get; init; }

    /// <summary>Time they took, seconds.</summary>
    public required double DurationS { get; init; }

    /// <summary>Whether every frame came to the same.</summary>
    public required bool Identical { get; init; }

    /// <summary>The hash recorded.</summary>
    public required string RecordedHash { get; init; }

    /// <summary>The hash of what was replayed, up to the difference.</summary>
    public required string ReplayedHash { get; init; }

    /// <summary>The first difference.</summary>
    public ReplayReportDifference? Difference { get; init; }
}

/// <summary>The first difference between recording and replay.</summary>
/// <param name="Frame">Its frame, from 1.</param>
/// <param name="T">Time of the frame, seconds.</param>
/// <param name="Part">What differs: selection, requests, preparations, uploads, commit, frees, decision or statistics; null when a streamer threw.</param>
/// <param name="Text">How, for people.</param>
internal sealed record ReplayReportDifference(long Frame, double T, string? Part, string Text);

/// <summary>The report as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ReplayReport))]
internal sealed partial class ReplayJson : JsonSerializerContext;
