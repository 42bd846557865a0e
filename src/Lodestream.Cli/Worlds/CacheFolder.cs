namespace Lodestream.Cli.Worlds;

/// <summary>Where the tool keeps what it can make again.</summary>
internal static class CacheFolder
{
    /// <summary>Names the folder.</summary>
    public const string Variable = "LODESTREAM_CACHE";

    /// <summary>
    /// <see cref="Variable"/>, else the platform's place: <c>$XDG_CACHE_HOME/lodestream</c> or <c>~/.cache/lodestream</c>; on macOS
    /// <c>~/Library/Caches/lodestream</c>, on Windows <c>%LOCALAPPDATA%\lodestream</c>.
    /// </summary>
    /// <exception cref="CommandException">The user has no home to put it in.</exception>
    public static string Path()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return System.IO.Path.GetFullPath(named);
        if (OperatingSystem.IsWindows())
            return Below(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData));
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsMacOS())
            return Below(home, "Library", "Caches");

        // The specification has relative values ignored.
        return Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } xdg && System.IO.Path.IsPathRooted(xdg) ? Below(xdg) : Below(home, ".cache");
    }

    private static string Below(string root, params string[] folders) => root.Length == 0
        ? throw new CommandException($"no home folder to keep the cache in; {Variable} names one")
        : System.IO.Path.Combine([root, .. folders, "lodestream"]);
}
