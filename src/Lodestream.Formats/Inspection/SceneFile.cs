using System.Collections.Concurrent;
using Lodestream.Formats.Archive;
using Lodestream.Formats.Manifest;

namespace Lodestream.Formats.Inspection;

/// <summary>A file of a scene, or why it could not be read.</summary>
/// <param name="Bytes">The file; null where it could not be read.</param>
/// <param name="IsAbsent">Whether it is known not to exist.</param>
/// <param name="Error">Why it could not be read; null where it could.</param>
public readonly record struct SceneFile(ReadOnlyMemory<byte>? Bytes, bool IsAbsent, string? Error);

/// <summary>Reads a file of a scene. Called from several threads at once.</summary>
/// <param name="uri">Absolute URI.</param>
/// <param name="cancellation">Calls the reading off.</param>
public delegate Task<SceneFile> SceneFileSource(string uri, CancellationToken cancellation);

/// <summary>Where scenes are and how files of local ones are read.</summary>
public static class SceneFiles
{
    // Archives stay open while the process runs: their files are read one by one.
    private static readonly ConcurrentDictionary<string, Lazy<(TileArchive? Archive, string? Error)>> Archives = new(StringComparer.Ordinal);

    /// <summary>The URI of a scene's first document.</summary>
    /// <param name="scene">Path or URL of a tileset.json, a scene manifest or a .3tz archive, or a folder that holds a tileset.json, or else one manifest.</param>
    /// <param name="error">What is wrong with it; null when all is well.</param>
    /// <returns>An absolute URI, or null.</returns>
    public static string? Locate(string scene, out string? error)
    {
        error = null;
        if (Uri.TryCreate(scene, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps))
            return ArchiveUri.IsArchive(uri.AbsoluteUri) ? $"{uri.GetLeftPart(UriPartial.Path)}/{ArchiveUri.RootDocument}{uri.Query}" : uri.AbsoluteUri;
        var path = uri is { IsFile: true } ? uri.LocalPath : scene;
        if (Directory.Exists(path) && DocumentIn(path, out error) is { } document)
            path = document;
        else if (error is not null)
            return null;
        if (File.Exists(path))
            return new Uri(Path.GetFullPath(path)).AbsoluteUri + (ArchiveUri.IsArchive(path) ? "/" + ArchiveUri.RootDocument : "");
        error = $"{path}: there is no such file";
        return null;
    }

    private static string? DocumentIn(string folder, out string? error)
    {
        // A folder of another kind may hold any number of JSON files.
        const int mostLooked = 256;
        error = null;
        var tileset = Path.Combine(folder, "tileset.json");
        if (File.Exists(tileset))
            return tileset;
        try
        {
            string[] manifests = [.. Directory.EnumerateFiles(folder, "*.json").Take(mostLooked).Where(IsManifest).Order(StringComparer.Ordinal)];
            if (manifests.Length <= 1)
                return manifests.Length == 1 ? manifests[0] : tileset;
            error = $"{folder}: holds {manifests.Length} scene manifests ({string.Join(", ", manifests.Take(8).Select(Path.GetFileName))}); name one of them";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"{folder}: {e.Message}";
        }
        return null;
    }

    /// <summary>Whether a local file is a scene manifest, by its beginning.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool IsManifest(string path)
    {
        using var file = File.OpenRead(path);
        var start = new byte[Math.Min(1 << 16, file.Length)];
        return ManifestReader.IsManifest(start.AsSpan(0, file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)));
    }

    /// <summary>Reads local files: <c>file:</c> URIs, whose query and fragment do not count.</summary>
    public static async Task<SceneFile> ReadLocalAsync(string uri, CancellationToken cancellation)
    {
        var end = uri.AsSpan().IndexOfAny('?', '#');
        if (!Uri.TryCreate(end < 0 ? uri : uri[..end], UriKind.Absolute, out var address) || !address.IsFile)
            return new(null, false, $"{uri}: is not a local file");
        if (ArchiveUri.TrySplit(uri, out var archive, out var inner) && new Uri(archive).LocalPath is var archivePath && File.Exists(archivePath))
            return await ReadFromArchiveAsync(archivePath, inner, cancellation).ConfigureAwait(false);
        try
        {
            return new(await File.ReadAllBytesAsync(address.LocalPath, cancellation).ConfigureAwait(false), false, null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new(null, true, $"{uri}: there is no such file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(null, false, $"{uri}: {e.Message}");
        }
    }

    /// <summary>All files at the place of a local scene: of its folder and those below, or of its archive. Null where that cannot be said.</summary>
    /// <param name="uri">URI of the scene's first document.</param>
    /// <param name="cancellation">Calls the listing off.</param>
    /// <returns>Absolute URIs.</returns>
    public static async Task<IReadOnlyList<string>?> ListLocalAsync(string uri, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var address) || !address.IsFile)
            return null;
        if (ArchiveUri.TrySplit(uri, out var archive, out _) && File.Exists(new Uri(archive).LocalPath))
        {
            if (OpenArchive(new Uri(archive).LocalPath).Archive is not { } opened)
                return null;
            var (files, _) = await opened.ListFilesAsync(cancellation).ConfigureAwait(false);
            return [.. files.Select(file => new Uri($"{archive}/{Uri.EscapeDataString(file.Path).Replace("%2F", "/", StringComparison.Ordinal)}").AbsoluteUri)];
        }
        var folder = Path.GetDirectoryName(address.LocalPath);
        try
        {
            return folder is null ? null : [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => new Uri(path).AbsoluteUri)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static async Task<SceneFile> ReadFromArchiveAsync(string archivePath, string inner, CancellationToken cancellation)
    {
        var (archive, error) = OpenArchive(archivePath);
        if (archive is null)
            return new(null, false, error);
        var file = await archive.ReadAsync(inner, long.MaxValue, cancellation).ConfigureAwait(false);
        return file.Bytes is { } bytes ? new(bytes, false, null) : new(null, file.IsAbsent, file.Error);
    }

    private static (TileArchive? Archive, string? Error) OpenArchive(string path) =>
        Archives.GetOrAdd(path, static key => new(() => TileArchive.Open(key, out var error) is { } opened ? (opened, null) : (null, error))).Value;
}
