using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Lodestream.Server.Http;

/// <summary>The URLs of files that were asked for and found, so that the next request for one is a single look-up.</summary>
internal sealed class FileRoutes
{
    /// <summary>
    /// URLs remembered: with what is known of their files about 100 MB at most. Beyond it all are forgotten and learned anew, which
    /// costs hashing, never wrong answers.
    /// </summary>
    private const int MaxRoutes = 100_000;

    private readonly ConcurrentDictionary<string, FileRoute> _routes = new(StringComparer.Ordinal);

    /// <summary>Finds what a URL's path means.</summary>
    public bool TryFind(string path, [NotNullWhen(true)] out FileRoute? route) => _routes.TryGetValue(path, out route);

    /// <summary>Finds what a URL's path means, or remembers it; what is not there is not remembered.</summary>
    public FileRoute? FindOrAdd(string path, Func<FileRoute?> create) => _routes.TryGetValue(path, out var known) ? known : create() is { } route ? Add(path, route) : null;

    /// <summary>Remembers what a URL's path means.</summary>
    /// <returns>The route now remembered.</returns>
    public FileRoute Add(string path, FileRoute route)
    {
        if (_routes.Count >= MaxRoutes)
            _routes.Clear();
        return _routes.AddOrUpdate(path, static (_, added) => added, static (_, old, added) => old.Pin == added.Pin ? old : added, route);
    }
}
