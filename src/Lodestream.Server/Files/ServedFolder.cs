namespace Lodestream.Server.Files;

/// <summary>Where a served file lies.</summary>
/// <param name="Path">Absolute path without links.</param>
/// <param name="IsLinked">It was found through a link below the served folder.</param>
internal sealed record FileLocation(string Path, bool IsLinked)
{
    /// <summary>The file in the archive at <see cref="Path"/>, or null where the file is a file of its own.</summary>
    public ArchivedFile? Entry { get; init; }
}

/// <summary>What files are found in by the names they have in URLs.</summary>
internal interface IServedPlace
{
    /// <summary>Finds a file.</summary>
    /// <param name="name">Its path, percent-decoded once, with '/' between segments and none in front.</param>
    /// <returns>Where it lies, or null: nothing there, or not to be served.</returns>
    FileLocation? Find(string name);
}

/// <summary>
/// A folder whose files may be read over the network, and nothing else may. A request path names a file by plain
/// segments; whatever could mean anything but "a file below this folder" on any platform is refused, and links are
/// followed only where they end inside the folder.
/// </summary>
internal sealed class ServedFolder : IServedPlace
{
    private static readonly StringComparison PathComparison =
        OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private readonly string _root;
    private readonly string _rootWithSeparator;

    /// <summary>Opens a folder.</summary>
    /// <param name="root">An existing folder; its own links are resolved once, here.</param>
    /// <exception cref="ServeException">The folder is a link that leads nowhere.</exception>
    public ServedFolder(string root)
    {
        _root = Path.TrimEndingDirectorySeparator(RealPath.Of(root) ?? throw new ServeException($"{root}: a link that leads nowhere"));
        _rootWithSeparator = Path.EndsInDirectorySeparator(_root) ? _root : _root + Path.DirectorySeparatorChar;
    }

    /// <summary>Finds the file a request path names.</summary>
    /// <param name="requestPath">Path below the folder, percent-decoded once, with '/' between segments and none in front.</param>
    /// <returns>Where an existing file inside the folder lies, or null: nothing there, or not to be served.</returns>
    public FileLocation? Find(string requestPath)
    {
        if (!ArePlainNames(requestPath))
            return null;
        var file = RealPath.Of(_root, requestPath);
        if (file is null || !Contains(file) || !File.Exists(file))
            return null;
        var isLinked = !file.AsSpan(_rootWithSeparator.Length).SequenceEqual(
            Path.DirectorySeparatorChar == '/' ? requestPath : requestPath.Replace('/', Path.DirectorySeparatorChar));
        return new(file, isLinked);
    }

    /// <summary>Whether every segment of a path is a plain name.</summary>
    public static bool ArePlainNames(string path)
    {
        foreach (var segment in path.AsSpan().Split('/'))
        {
            if (!IsPlainName(path.AsSpan(segment)))
                return false;
        }

        return true;
    }

    /// <summary>A name that means the same file everywhere: no separator, no drive or stream, nothing hidden, nothing still encoded.</summary>
    private static bool IsPlainName(ReadOnlySpan<char> segment)
    {
        // '.' in front covers '.', '..' and dot files (version control, editors, secrets): none is part of a tileset.
        if (segment.IsEmpty || segment[0] == '.')
            return false;
        foreach (var c in segment)
        {
            if (c == '\\' || char.IsControl(c))
                return false;
        }

        // The web server decodes everything but an encoded slash; one that is still there was meant as a separator.
        if (segment.Contains("%2f", StringComparison.OrdinalIgnoreCase))
            return false;

        // Windows reads 'C:', 'file::$DATA' and trailing dots and blanks its own way.
        return !OperatingSystem.IsWindows() || !(segment.Contains(':') || segment[^1] is '.' or ' ');
    }

    private bool Contains(string realPath)
    {
        if (!realPath.StartsWith(_rootWithSeparator, PathComparison))
            return false;

        // A link may lead to another file inside, but not to a hidden one.
        var below = realPath.AsSpan(_rootWithSeparator.Length);
        foreach (var segment in below.Split(Path.DirectorySeparatorChar))
        {
            if (below[segment].StartsWith("."))
                return false;
        }

        return true;
    }
}
