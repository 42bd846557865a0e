using System.Net;
using Lodestream.Server.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lodestream.Server;

/// <summary>What <see cref="LodestreamServer"/> serves, and where.</summary>
public sealed class ServerOptions
{
    /// <summary>The port used when none is named.</summary>
    public const int DefaultPort = 5080;

    /// <summary>Folders that hold tilesets, or tileset files, in the order of the catalogue.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>The address to listen on: an IP address or <c>localhost</c>. Loopback by default: nothing is shown to the network unasked.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The TCP port; 0 takes any free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>The folder of the published viewer (it holds <c>index.html</c>), or null to serve tilesets only.</summary>
    public string? ViewerDirectory { get; init; }

    /// <summary>HTTPS with this certificate, or null for plain HTTP.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Limits, caches and what browsers are told.</summary>
    public ServerConfiguration Configuration { get; init; } = new();

    /// <summary>Where requests and errors are logged.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock that times requests.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Checks every option.</summary>
    /// <returns>The address to listen on.</returns>
    /// <exception cref="ServeException">An option is out of range; the message names it.</exception>
    internal IPAddress Validate()
    {
        if (Paths.Count == 0)
            throw new ServeException("Paths: name at least one folder or tileset to serve");
        if (Port is < 0 or > 65535)
            throw new ServeException($"Port: {Port} is not between 0 and 65535");
        if (ViewerDirectory is { } viewer && !File.Exists(Path.Combine(viewer, "index.html")))
            throw new ServeException($"{viewer}: no index.html in the viewer's folder");
        Configuration.Validate();
        if (string.Equals(Host, "localhost", StringComparison.OrdinalIgnoreCase))
            return IPAddress.Loopback;
        return IPAddress.TryParse(Host, out var address)
            ? address
            : throw new ServeException($"Host: '{Host}' is neither an IP address nor localhost");
    }
}
