using Microsoft.AspNetCore.Http;

namespace Lodestream.Server.Http;

/// <summary>Headers every answer carries: who may read it (cross-origin) and what a browser may do with it.</summary>
internal static class ResponseHeaders
{
    /// <summary>
    /// Tiles are data: nothing in them may run. The viewer's page gets a policy of its own, <see cref="ViewerPolicy"/>.
    /// </summary>
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>
    /// What the viewer's page may do. It compiles WebAssembly; its workers are its own files; decoded images are blobs. It may
    /// connect to any https address and to this machine, because a scene may come from any server the user names, but
    /// script comes from here alone.
    /// </summary>
    public const string ViewerPolicy =
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self'; "
        + "img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; "
        + "connect-src 'self' blob: data: https: http://127.0.0.1:* http://localhost:*; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

    private const string AllowedMethods = "GET, HEAD, OPTIONS";

    /// <summary>Adds the headers, and answers preflight requests.</summary>
    public static Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;

        // Always, not only when an Origin was sent: a shared cache must not hand one client's answer, without it, to another.
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "ETag, Content-Length, Content-Range, Accept-Ranges, Retry-After";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = DataPolicy;

        if (!HttpMethods.IsOptions(context.Request.Method))
            return next(context);
        headers.AccessControlAllowMethods = AllowedMethods;
        headers.AccessControlAllowHeaders = "Range, If-Range, If-None-Match, Cache-Control";
        headers.AccessControlMaxAge = "86400";
        headers.Allow = AllowedMethods;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
