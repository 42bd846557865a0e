using Lodestream.Server.Configuration;
using Microsoft.AspNetCore.Http;

namespace Lodestream.Server.Http;

/// <summary>Headers every answer carries: who may read it (cross-origin) and what a browser may do with it.</summary>
/// <param name="options">What differs from server to server.</param>
internal sealed class ResponseHeaders(SecurityOptions options)
{
    /// <summary>
    /// Tiles are data: nothing in them may run. The viewer's page gets a policy of its own, <see cref="ViewerPolicy"/>.
    /// </summary>
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>The methods answered.</summary>
    public const string AllowedMethods = "GET, HEAD, OPTIONS";

    private readonly string _resourcePolicy = options.AllowedOrigin.Length == 0 ? "same-origin" : "cross-origin";

    /// <summary>
    /// What the viewer's page may do. It compiles WebAssembly; its workers are its own files; decoded images are blobs. Scenes
    /// may come from elsewhere, as far as the options say; script comes from here alone.
    /// </summary>
    public string ViewerPolicy { get; } =
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; "
        + "img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; "
        + $"connect-src {string.Join(' ', ["'self'", "blob:", "data:", .. options.RemoteScenes])}; "
        + $"base-uri 'none'; form-action 'none'; frame-ancestors {string.Join(' ', options.FrameAncestors)}";

    /// <summary>Adds the headers.</summary>
    public void Apply(IHeaderDictionary headers)
    {
        // Always, not only when an Origin was sent: a shared cache must not hand one client's answer, without it, to another.
        if (options.AllowedOrigin.Length > 0)
        {
            headers.AccessControlAllowOrigin = options.AllowedOrigin;
            headers.AccessControlExposeHeaders = "ETag, Content-Length, Content-Encoding, Content-Range, Accept-Ranges, Retry-After";
        }

        headers["Cross-Origin-Resource-Policy"] = _resourcePolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = DataPolicy;
    }

    /// <summary>Answers a preflight request.</summary>
    public static void AnswerOptions(HttpResponse response)
    {
        var headers = response.Headers;
        headers.AccessControlAllowMethods = AllowedMethods;
        headers.AccessControlAllowHeaders = "Range, If-Range, If-Match, If-None-Match, Cache-Control";
        headers.AccessControlMaxAge = "86400";
        headers.Allow = AllowedMethods;
        response.StatusCode = StatusCodes.Status204NoContent;
    }
}
