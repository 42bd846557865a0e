using System.CommandLine;
using Lodestream.Cli.Worlds;
using Lodestream.Transport.Caching;

namespace Lodestream.Cli.Commands;

/// <summary>The options of commands that read remote scenes by way of the disk cache, and of those about the cache itself.</summary>
internal sealed class CacheOptions
{
    private const long BytesPerMegabyte = 1_000_000;

    private readonly Option<string?> _folder = new("--cache") { Description = "folder of the cache of remote scenes (http in the platform's cache folder, or in LODESTREAM_CACHE)", HelpName = "DIR" };
    private readonly Option<double?> _size = new("--cache-size") { Description = "what the cache holds at most, MB (500)", HelpName = "MB" };
    private readonly Option<bool> _none = new("--no-cache") { Description = "neither read nor keep remote scenes in the cache" };

    /// <summary>Adds the options of the cache to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_folder);
        command.Add(_size);
    }

    /// <summary>Adds the options of the cache, and the one to do without, to a command that reads scenes.</summary>
    public void AddToReader(Command command)
    {
        AddTo(command);
        command.Add(_none);
    }

    /// <summary>The cache for a scene; null where there is to be none, or the scene is not remote.</summary>
    /// <exception cref="CommandException">An option is wrong.</exception>
    public DiskCache? OpenFor(ParseResult parsed, string? scene)
    {
        if (!parsed.GetValue(_none))
            return scene?.StartsWith("http", StringComparison.OrdinalIgnoreCase) == true ? Open(parsed) : null;
        return parsed.GetValue(_folder) is null ? null : throw new CommandException("--cache and --no-cache cannot go together");
    }

    /// <summary>The cache.</summary>
    /// <exception cref="CommandException">An option is wrong.</exception>
    public DiskCache Open(ParseResult parsed)
    {
        var folder = parsed.GetValue(_folder) is { } named
            ? named.Length > 0 ? Path.GetFullPath(named) : throw new CommandException("--cache '' names no folder")
            : Path.Combine(CacheFolder.Path(), "http");
        var options = new DiskCacheOptions { Folder = folder };
        if (parsed.GetValue(_size) is { } size)
        {
            options = size is > 0 and < 1e9
                ? options with { QuotaBytes = Math.Max(1, (long)(size * BytesPerMegabyte)) }
                : throw new CommandException(FormattableString.Invariant($"--cache-size {size}: takes megabytes, more than 0"));
        }
        return new(options);
    }
}
