using System.CommandLine;
using System.Net;
using Lodestream.Cli.Output;
using Lodestream.Cli.Viewer;
using Lodestream.Server;
using Lodestream.Server.Scenes;
using Microsoft.Extensions.Logging;

namespace Lodestream.Cli.Commands;

/// <summary>Serves until the user has had enough.</summary>
internal static class ServingSession
{
    /// <summary>Starts a server, says where it is, and waits for Ctrl-C.</summary>
    /// <param name="paths">What to serve.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">The options it was parsed with.</param>
    /// <param name="onStarted">Called with the server's address once it answers, or null.</param>
    /// <param name="cancellation">Cancelled by Ctrl-C, which is how a server ends well.</param>
    /// <exception cref="CommandException">The viewer that was named is not there.</exception>
    /// <exception cref="ServeException">The paths, the address or the port cannot be used.</exception>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> paths, ParseResult parsed, ServeOptions options, Action<Uri>? onStarted, CancellationToken cancellation)
    {
        var viewer = ViewerLocation.Find(parsed.GetValue(options.Viewer));
        using var log = CreateLog(parsed.GetValue(options.Verbose));
        var host = parsed.GetRequiredValue(options.Host);
        await using var server = await LodestreamServer.StartAsync(
            new ServerOptions
            {
                Paths = paths,
                Host = host,
                Port = parsed.GetValue(options.Port),
                ViewerDirectory = viewer,
                LoggerFactory = log,
            },
            cancellation);

        Announce(server);
        Remark(host, viewer);
        onStarted?.Invoke(server.Url);
        await UntilCancelledAsync(cancellation);
        return ExitCode.Done;
    }

    private static ILoggerFactory CreateLog(bool isVerbose) => LoggerFactory.Create(log => log
        .SetMinimumLevel(LogLevel.Warning)
        .AddFilter("Lodestream", isVerbose ? LogLevel.Information : LogLevel.Warning)
        .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None) // a start that fails is an exception already
        .AddSimpleConsole(format =>
        {
            format.SingleLine = true;
            format.TimestampFormat = "HH:mm:ss.fff ";
        })
        .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));

    private static void Announce(LodestreamServer server)
    {
        var scenes = server.Catalogue.Scenes;
        Console.Out.WriteLine($"Serving {scenes.Count} {(scenes.Count == 1 ? "tileset" : "tilesets")} at {server.Url}");
        var nameWidth = scenes.Max(scene => scene.Name.Length);
        foreach (var scene in scenes)
            Console.Out.WriteLine($"  {scene.Name.PadRight(nameWidth)}  3D Tiles {scene.Version}  {SizeOf(scene),7}  {new Uri(server.Url, scene.Url)}");
        Console.Out.WriteLine("Ctrl-C stops.");
    }

    private static string SizeOf(ServedScene scene) => scene.Bytes is { } bytes ? Figures.Bytes(bytes) : "";

    private static void Remark(string host, string? viewer)
    {
        if (viewer is null)
            Console.Error.WriteLine("The viewer is not built; the page at / says how to build it.");
        if (IPAddress.TryParse(host, out var address) && !IPAddress.IsLoopback(address))
            Console.Error.WriteLine($"Listening on {host}: everyone who reaches this machine can read these tilesets.");
    }

    private static async Task UntilCancelledAsync(CancellationToken cancellation)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellation.Register(cancelled.SetResult);
        await cancelled.Task;
    }
}
