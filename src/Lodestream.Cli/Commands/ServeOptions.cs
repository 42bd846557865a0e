using System.CommandLine;
using Lodestream.Server;

namespace Lodestream.Cli.Commands;

/// <summary>The options of every command that serves.</summary>
internal sealed class ServeOptions
{
    /// <summary>The TCP port.</summary>
    public Option<int> Port { get; } = new("--port")
    {
        Description = "TCP port; 0 takes any free one",
        HelpName = "N",
        DefaultValueFactory = _ => ServerOptions.DefaultPort,
    };

    /// <summary>The address to listen on.</summary>
    public Option<string> Host { get; } = new("--host")
    {
        Description = "address to listen on; 0.0.0.0 shows the tilesets to the whole network",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    /// <summary>The viewer's folder.</summary>
    public Option<string?> Viewer { get; } = new("--viewer")
    {
        Description = "folder of the published viewer, if not found by itself",
        HelpName = "DIR",
    };

    /// <summary>HTTPS.</summary>
    public Option<bool> Tls { get; } = new("--tls") { Description = "HTTPS and HTTP/2, with a development certificate unless --certificate names one" };

    /// <summary>The certificate.</summary>
    public Option<string?> Certificate { get; } = new("--certificate") { Description = "PEM or PFX file of the certificate; implies --tls", HelpName = "FILE" };

    /// <summary>The certificate's key.</summary>
    public Option<string?> CertificateKey { get; } = new("--certificate-key") { Description = "PEM file of its private key, if not in the same file", HelpName = "FILE" };

    /// <summary>The configuration file.</summary>
    public Option<string?> Config { get; } = new("--config") { Description = "JSON file of limits, caches and headers", HelpName = "FILE" };

    /// <summary>How the log is written.</summary>
    public Option<string> LogFormat { get; } = new("--log-format") { Description = "how the log is written to stderr", DefaultValueFactory = _ => "text" };

    /// <summary>Logs requests.</summary>
    public Option<bool> Verbose { get; } = new("--verbose", "-v") { Description = "log every request" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        LogFormat.AcceptOnlyFromAmong("text", "json");
        command.Add(Port);
        command.Add(Host);
        command.Add(Viewer);
        command.Add(Tls);
        command.Add(Certificate);
        command.Add(CertificateKey);
        command.Add(Config);
        command.Add(LogFormat);
        command.Add(Verbose);
    }
}
