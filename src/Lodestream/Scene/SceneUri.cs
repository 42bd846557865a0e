namespace Lodestream.Scene;

/// <summary>Resolves content URIs against their document's, for http(s), file and the plain paths of archives and tests.</summary>
public static class SceneUri
{
    /// <summary>Resolves a URI reference.</summary>
    /// <param name="baseUri">Absolute URI of the document.</param>
    /// <param name="reference">Relative or absolute URI.</param>
    /// <returns>The absolute URI. The document's query is not inherited.</returns>
    public static string Resolve(string baseUri, string reference)
    {
        if (Uri.TryCreate(baseUri, UriKind.Absolute, out var root) && Uri.TryCreate(root, reference, out var resolved))
            return resolved.AbsoluteUri;
        var folder = baseUri[..(baseUri.LastIndexOf('/') + 1)];
        return folder + reference;
    }

    /// <summary>What plain relative URIs are put behind: the document's absolute URI up to its last slash, its query aside.</summary>
    internal static string FolderOf(string documentUri) =>
        Uri.TryCreate(documentUri, UriKind.Absolute, out var root) && Uri.TryCreate(root, ".", out var folder)
            ? folder.AbsoluteUri
            : documentUri[..(documentUri.LastIndexOf('/') + 1)];

    /// <summary>The host a URI's requests are counted against; empty for files.</summary>
    public static string HostOf(string uri)
    {
        var scheme = uri.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
            return "";
        var start = scheme + 3;
        var end = uri.IndexOfAny(['/', '?', '#'], start);
        return end < 0 ? uri[start..] : uri[start..end];
    }
}
