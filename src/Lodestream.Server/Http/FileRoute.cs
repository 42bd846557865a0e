using Lodestream.Server.Files;
using Lodestream.Server.Scenes;

namespace Lodestream.Server.Http;

/// <summary>What a URL that names a file means.</summary>
/// <param name="file">The file.</param>
/// <param name="cacheControl">The Cache-Control header of answers with its content.</param>
internal sealed class FileRoute(ServedFile file, string cacheControl)
{
    /// <summary>The file.</summary>
    public ServedFile File => file;

    /// <summary>The Cache-Control header.</summary>
    public string CacheControl => cacheControl;

    /// <summary>The Content-Security-Policy, if it is not the one for data.</summary>
    public string? Policy { get; init; }

    /// <summary>The version the URL names, or null for a URL that means whatever the file is now.</summary>
    public VersionPin? Pin { get; init; }
}

/// <summary>A URL's promise that its answers never change.</summary>
/// <param name="folder">The folder the file is in.</param>
/// <param name="version">The state of the folder that the URL names.</param>
/// <param name="plainUrl">The URL that means whatever the file is now.</param>
internal sealed class VersionPin(SceneFolder folder, FolderVersion version, string plainUrl)
{
    /// <summary>The URL that means whatever the file is now.</summary>
    public string PlainUrl => plainUrl;

    /// <summary>Whether this content may be sent under the URL.</summary>
    public bool Holds(string name, ContentVersion content)
    {
        if (folder.Current != version)
            return false;
        if (!content.IsLinked && content.IsSettled && version.Holds(name, content.Stamp))
            return true;
        folder.Invalidate();
        return false;
    }
}
