namespace Lodestream.Server.Files;

/// <summary>Resolves every link on a path, not only the last one, as the platform does when it opens the file.</summary>
internal static class RealPath
{
    /// <summary>Links followed before a path counts as a loop; Linux gives up at 40 too.</summary>
    private const int MaxLinks = 40;

    /// <summary>The real path of a path.</summary>
    /// <returns>An absolute path without links, or null where links form a loop. It need not exist.</returns>
    public static string? Of(string path)
    {
        var full = Path.GetFullPath(path);
        var root = Path.GetPathRoot(full)!;
        return Of(root, full[root.Length..]);
    }

    /// <summary>The real path of a relative path below a folder that has no links itself.</summary>
    /// <param name="realFolder">Absolute path without links.</param>
    /// <param name="relative">Segments below it.</param>
    /// <returns>As <see cref="Of(string)"/>; it may lie outside <paramref name="realFolder"/> if a link leads out.</returns>
    public static string? Of(string realFolder, string relative)
    {
        var current = realFolder;
        var pending = new Stack<string>();
        Push(pending, relative);
        var links = 0;
        while (pending.TryPop(out var segment))
        {
            if (segment is "" or ".")
                continue;
            if (segment == "..")
            {
                current = Path.GetDirectoryName(current) ?? current;
                continue;
            }

            var next = Path.Join(current, segment);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                current = next;
                continue;
            }

            if (++links > MaxLinks)
                return null;
            if (Path.IsPathRooted(target))
            {
                current = Path.GetPathRoot(target)!;
                target = target[current.Length..];
            }

            Push(pending, target);
        }

        return current;
    }

    private static void Push(Stack<string> pending, string path)
    {
        var segments = path.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        for (var i = segments.Length - 1; i >= 0; i--)
            pending.Push(segments[i]);
    }
}
