using System.Text;
using Microsoft.AspNetCore.Http;

namespace Lodestream.Server.Http;

/// <summary>Short answers in plain text, for errors.</summary>
internal static class PlainAnswer
{
    /// <summary>Sends one line.</summary>
    public static async Task SendAsync(HttpContext context, int status, string message)
    {
        var body = Encoding.UTF8.GetBytes(message + "\n");
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}
