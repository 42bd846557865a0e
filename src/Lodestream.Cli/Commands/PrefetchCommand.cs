using System.CommandLine;
using System.Globalization;
using Lodestream.Cli.Output;
using Lodestream.Cli.Scenes;
using Lodestream.Formats.Inspection;
using Lodestream.Geometry;

namespace Lodestream.Cli.Commands;

/// <summary><c>lodestream cache prefetch SCENE</c></summary>
internal static class PrefetchCommand
{
    private const long BytesPerMegabyte = 1_000_000;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var scene = new Argument<string>("SCENE") { Description = "URL of a tileset.json, a scene manifest or a .3tz archive" };
        var bounds = new Option<string>("--bounds") { Description = "minx,miny,minz,maxx,maxy,maxz in the scene's frame, metres, or all", HelpName = "BOX|all", Required = true };
        var levels = new Option<int?>("--levels") { Description = "levels below the root to fetch (all)", HelpName = "N" };
        var error = new Option<double?>("--error") { Description = "geometric error, metres, below which nothing finer is fetched (0)", HelpName = "M" };
        var bytes = new Option<double?>("--max-mb") { Description = "where to stop (what the cache keeps after evicting: 375)", HelpName = "MB" };
        var allowHttp = new Option<bool>("--allow-http") { Description = "read over plain http from other machines too" };
        var json = JsonOutput.CreateOption();
        var cache = new CacheOptions();
        var command = new Command("prefetch", "Fetches a part of a scene into the cache, coarse levels first. Run again, it goes on where it ended.") { scene, bounds, levels, error, bytes };
        cache.AddTo(command);
        command.Add(allowHttp);
        command.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            using var disk = cache.Open(parsed);
            var area = new PrefetchArea(
                BoundsOf(parsed.GetRequiredValue(bounds)),
                NotNegative(parsed.GetValue(levels), "--levels") is { } deepest ? (int)deepest : int.MaxValue,
                NotNegative(parsed.GetValue(error), "--error") ?? 0,
                NotNegative(parsed.GetValue(bytes), "--max-mb") is { } limit ? (long)(limit * BytesPerMegabyte) : (long)(disk.Options.QuotaBytes * disk.Options.EvictDownTo));
            var uri = UriOf(parsed.GetRequiredValue(scene));
            var report = await ProgressDisplay.RunAsync((stage, share) =>
                new ScenePrefetch(SceneSource.Create(parsed.GetValue(allowHttp), disk), area, stage, share).RunAsync(uri, cancellation));
            var did = disk.Statistics;
            report = report with { FromCache = did.Hits + did.Revalidated + did.ServedUnvalidated, Fetched = did.Misses, NotKept = did.NotStored + did.StoreFailures, Why = did.LastFailure };
            if (JsonOutput.TargetOf(parsed, json) is { } target)
                JsonOutput.Write(target, report, CacheJson.Default.PrefetchReport);
            else
                Print(report);
            return report.IsComplete || report.StoppedAtBytes ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static string UriOf(string scene)
    {
        if (SceneFiles.Locate(scene, out var error) is not { } uri)
            throw new CommandException(error!);
        return uri.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? uri : throw new CommandException($"{scene}: is on this machine; only remote scenes are kept in the cache");
    }

    private static BoundingVolume? BoundsOf(string text)
    {
        if (text == "all")
            return null;
        var parts = text.Split(',');
        var numbers = new double[6];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (parts.Length != numbers.Length || !double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i]))
                throw new CommandException($"--bounds {text}: takes six numbers, minx,miny,minz,maxx,maxy,maxz, or all");
        }
        var (min, max) = (new Vector3d(numbers[0], numbers[1], numbers[2]), new Vector3d(numbers[3], numbers[4], numbers[5]));
        return min.X <= max.X && min.Y <= max.Y && min.Z <= max.Z ? BoundingVolume.AxisAligned(min, max) : throw new CommandException($"--bounds {text}: a minimum is greater than its maximum");
    }

    private static double? NotNegative(double? value, string option) =>
        value is null or (>= 0 and < 1e15) ? value : throw new CommandException(FormattableString.Invariant($"{option} {value}: must be 0 or more"));

    private static void Print(PrefetchReport report)
    {
        Console.Out.WriteLine($"{report.Contents} of {report.ContentsInArea} contents, {Figures.Bytes(report.Bytes)}, and {report.Documents} {(report.Documents == 1 ? "document" : "documents")} are here: {report.Fetched} files fetched, {report.FromCache} were kept already");
        if (report.StoppedAtBytes)
            Console.Out.WriteLine($"stopped at {Figures.Bytes(report.Bytes)}: --max-mb and --cache-size allow more");
        if (report.NotKept > 0)
            Console.Out.WriteLine($"{report.NotKept} files could not be kept: {report.Why ?? "their source forbids it, gives nothing to ask about them later, or they are too long for the cache"}");
        foreach (var failure in report.Failures)
            Console.Out.WriteLine($"error: {failure}");
        if (report.FailureCount > report.Failures.Count)
            Console.Out.WriteLine($"and {report.FailureCount - report.Failures.Count} more errors");
    }
}
