using System.Text;
using Microsoft.AspNetCore.Http;

namespace Lodestream.Server.Http;

/// <summary>Short answers in plain text, for errors.</summary>
internal static class PlainAnswer
{
    /// <summary>404.</summary>
    public static Task NotFoundAsync(HttpContext context) => SendAsync(context, StatusCodes.Status404NotFound, "not found");

    /// <summary>Sends one line.</summary>
    public static Task SendAsync(HttpContext context, int status, string message) => SendAsync(context, status, "text/plain; charset=utf-8", message + "\n");

    /// <summary>Sends a text that is not to be kept.</summary>
    public static async Task SendAsync(HttpContext context, int status, string contentType, string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}
