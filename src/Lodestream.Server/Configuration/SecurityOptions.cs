namespace Lodestream.Server.Configuration;

/// <summary>What browsers are told they may do with the answers.</summary>
public sealed class SecurityOptions
{
    /// <summary>
    /// Sources beside this server from which the viewer may fetch scenes (<c>connect-src</c>). Default: any https address, and this
    /// machine over http, because a scene may come from any server the user names. Empty: this server only.
    /// </summary>
    public IReadOnlyList<string> RemoteScenes { get; init; } = ["https:", "http://127.0.0.1:*", "http://localhost:*"];

    /// <summary>Pages that may show the viewer in a frame (<c>frame-ancestors</c>). Default <c>'self'</c>; <c>'none'</c> or origins otherwise.</summary>
    public IReadOnlyList<string> FrameAncestors { get; init; } = ["'self'"];

    /// <summary>The origin whose pages may read the answers (<c>Access-Control-Allow-Origin</c>). Default <c>*</c>: any. Empty: this server's own pages only.</summary>
    public string AllowedOrigin { get; init; } = "*";

    internal void Validate()
    {
        foreach (var source in RemoteScenes)
            Check.Source(source, "security.remoteScenes");
        if (FrameAncestors.Count == 0)
            throw new ServeException("security.frameAncestors: name at least one source, such as 'none'");
        foreach (var source in FrameAncestors)
            Check.Source(source, "security.frameAncestors");
        if (AllowedOrigin is not ("" or "*") && !(Uri.TryCreate(AllowedOrigin, UriKind.Absolute, out var origin) && origin.GetLeftPart(UriPartial.Authority) == AllowedOrigin))
            throw new ServeException($"security.allowedOrigin: '{AllowedOrigin}' is not an origin such as https://example.org, nor *, nor empty");
    }
}
