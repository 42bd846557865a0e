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

    /// <summary>Logs requests.</summary>
    public Option<bool> Verbose { get; } = new("--verbose", "-v") { Description = "log every request" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(Port);
        command.Add(Host);
        command.Add(Viewer);
        command.Add(Verbose);
    }
}
