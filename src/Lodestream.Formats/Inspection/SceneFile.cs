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
    /// <summary>The URI of a scene's first document.</summary>
    /// <param name="scene">Path or URL of a tileset.json, or a folder that holds one.</param>
    /// <param name="error">What is wrong with it; null when all is well.</param>
    /// <returns>An absolute URI, or null.</returns>
    public static string? Locate(string scene, out string? error)
    {
        error = null;
        if (Uri.TryCreate(scene, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps))
            return uri.AbsoluteUri;
        var path = uri is { IsFile: true } ? uri.LocalPath : scene;
        if (Directory.Exists(path))
            path = Path.Combine(path, "tileset.json");
        if (File.Exists(path))
            return new Uri(Path.GetFullPath(path)).AbsoluteUri;
        error = $"{path}: there is no such file";
        return null;
    }

    /// <summary>Reads local files: <c>file:</c> URIs, whose query and fragment do not count.</summary>
    public static async Task<SceneFile> ReadLocalAsync(string uri, CancellationToken cancellation)
    {
        var end = uri.AsSpan().IndexOfAny('?', '#');
        if (!Uri.TryCreate(end < 0 ? uri : uri[..end], UriKind.Absolute, out var address) || !address.IsFile)
            return new(null, false, $"{uri}: is not a local file");
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
}
