using System.CommandLine;
using System.Net;
using Lodestream.Cli.Output;
using Lodestream.Cli.Viewer;
using Lodestream.Cli.Worlds;
using Lodestream.Server;
using Lodestream.Server.Configuration;
using Lodestream.Server.Scenes;
using Microsoft.Extensions.Logging;

namespace Lodestream.Cli.Commands;

/// <summary>Serves until the user has had enough.</summary>
internal static class ServingSession
{
    /// <summary>The password of the certificate's file: on the command line everybody on the machine could read it.</summary>
    private const string PasswordVariable = "LODESTREAM_CERTIFICATE_PASSWORD";

    /// <summary>Starts a server, says where it is, and waits for Ctrl-C.</summary>
    /// <param name="paths">What to serve.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">The options it was parsed with.</param>
    /// <param name="onStarted">Called with the server's address once it answers, or null.</param>
    /// <param name="cancellation">Cancelled by Ctrl-C, which is how a server ends well.</param>
    /// <exception cref="CommandException">The viewer that was named is not there.</exception>
    /// <exception cref="ServeException">The paths, the configuration, the certificate, the address or the port cannot be used.</exception>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> paths, ParseResult parsed, ServeOptions options, Action<Uri>? onStarted, CancellationToken cancellation)
    {
        var viewer = ViewerLocation.Find(parsed.GetValue(options.Viewer));
        using var log = CreateLog(parsed.GetValue(options.Verbose), parsed.GetRequiredValue(options.LogFormat) == "json");
        var configuration = parsed.GetValue(options.Config) is { } file ? ServerConfiguration.Read(file) : new();
        var tls = TlsOf(parsed, options);
        var host = parsed.GetRequiredValue(options.Host);
        await using var server = await LodestreamServer.StartAsync(
            new ServerOptions
            {
                Paths = paths,
                Host = host,
                Port = parsed.GetValue(options.Port),
                ViewerDirectory = viewer,
                Configuration = configuration,
                Tls = tls,
                LoggerFactory = log,
            },
            cancellation);

        Announce(server);
        Remark(host, viewer, tls);
        onStarted?.Invoke(server.Url);
        await UntilCancelledAsync(cancellation);
        return ExitCode.Done;
    }

    private static TlsOptions? TlsOf(ParseResult parsed, ServeOptions options)
    {
        var (certificate, key) = (parsed.GetValue(options.Certificate), parsed.GetValue(options.CertificateKey));
        if (certificate is null && key is not null)
            throw new CommandException($"--certificate-key {key}: --certificate names no certificate that it belongs to");
        if (certificate is null && !parsed.GetValue(options.Tls))
            return null;
        return new TlsOptions
        {
            CertificateFile = certificate,
            KeyFile = key,
            Password = Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } password ? password : null,
            DevelopmentCertificateDirectory = certificate is null ? Path.Combine(CacheFolder.Path(), "tls") : null,
        };
    }

    private static ILoggerFactory CreateLog(bool isVerbose, bool isJson) => LoggerFactory.Create(log =>
    {
        log.SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Lodestream", isVerbose ? LogLevel.Information : LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None) // a start that fails is an exception already
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (isJson)
        {
            log.AddJsonConsole(format =>
            {
                format.UseUtcTimestamp = true;
                format.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            });
        }
        else
        {
            log.AddSimpleConsole(format =>
            {
                format.SingleLine = true;
                format.TimestampFormat = "HH:mm:ss.fff ";
            });
        }
    });

    private static void Announce(LodestreamServer server)
    {
        var scenes = server.Catalogue.Scenes;
        Console.Out.WriteLine($"Serving {scenes.Count} {(scenes.Count == 1 ? "scene" : "scenes")} at {server.Url}");
        var nameWidth = scenes.Max(scene => scene.Name.Length);
        foreach (var scene in scenes)
            Console.Out.WriteLine($"  {scene.Name.PadRight(nameWidth)}  {FormatOf(scene),-12}  {SizeOf(scene),7}  {new Uri(server.Url, scene.Url)}");
        Console.Out.WriteLine("Ctrl-C stops.");
    }

    private static string FormatOf(ServedScene scene) => $"{(scene.Format == "manifest" ? "Manifest" : "3D Tiles")} {scene.Version}";

    private static string SizeOf(ServedScene scene) => scene.Bytes is { } bytes ? Figures.Bytes(bytes) : "";

    private static void Remark(string host, string? viewer, TlsOptions? tls)
    {
        if (tls is { CertificateFile: null })
            Console.Error.WriteLine("The certificate is a development one that only this machine made up: browsers warn until it is trusted.");
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
