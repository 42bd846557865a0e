using System.Diagnostics.CodeAnalysis;

namespace Lodestream.Formats.Archive;

/// <summary>
/// URIs of files in archives: the archive is a folder of the path, <c>…/world.3tz/tiles/0.glb</c> (MAXAR_content_3tz), so that relative
/// URIs resolve within it by themselves. An archive in an archive is a folder again.
/// </summary>
public static class ArchiveUri
{
    /// <summary>The file that an archive named alone stands for.</summary>
    public const string RootDocument = "tileset.json";

    private const string Extension = ".3tz";

    /// <summary>Whether a URI's path ends in an archive's name.</summary>
    /// <param name="uri">URI or path; query and fragment do not count.</param>
    public static bool IsArchive(ReadOnlySpan<char> uri)
    {
        var end = uri.IndexOfAny('?', '#');
        return (end < 0 ? uri : uri[..end]).EndsWith(Extension, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Takes the URI of a file in an archive apart, at its outermost archive.</summary>
    /// <param name="uri">URI or path.</param>
    /// <param name="archive">URI or path of the archive; its query is the file's.</param>
    /// <param name="path">Path of the file in it, unescaped, without query.</param>
    public static bool TrySplit(string uri, [NotNullWhen(true)] out string? archive, [NotNullWhen(true)] out string? path)
    {
        ArgumentNullException.ThrowIfNull(uri);
        (archive, path) = (null, null);
        var end = uri.AsSpan().IndexOfAny('?', '#');
        var address = end < 0 ? uri : uri[..end];
        if (!TrySplitPath(address, out var folder, out var file))
            return false;
        archive = folder + (end >= 0 && uri[end] == '?' ? uri[end..].Split('#')[0] : "");
        path = Uri.UnescapeDataString(file);
        return true;
    }

    /// <summary>Takes a path apart at the outermost archive in it.</summary>
    internal static bool TrySplitPath(string path, [NotNullWhen(true)] out string? archive, [NotNullWhen(true)] out string? file)
    {
        (archive, file) = (null, null);
        var at = path.IndexOf(Extension + "/", StringComparison.OrdinalIgnoreCase);
        if (at < 0 || at + Extension.Length + 1 == path.Length)
            return false;
        (archive, file) = (path[..(at + Extension.Length)], path[(at + Extension.Length + 1)..]);
        return true;
    }
}
