using Lodestream.Server.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Lodestream.Server.Http;

/// <summary>
/// From a request to whoever answers it. Tiles come by the thousand, so a URL that was answered with a file before is one look-up
/// away; everything else is found by its first segment.
/// </summary>
internal sealed class Router(
    FileRoutes routes, FileAnswer answer, TilesetEndpoints tilesets, ViewerEndpoints viewer, HealthEndpoints health, PrometheusText? metrics)
{
    /// <summary>Answers a request.</summary>
    /// <returns>The kind of content asked for, as counted.</returns>
    public ValueTask<string> AnswerAsync(HttpContext context)
    {
        var method = context.Request.Method;
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method))
            return AnswerMethodAsync(context, method);

        var path = context.Request.Path.Value ?? "/";
        return routes.TryFind(path, out var route)
            ? Counted(answer.SendAsync(context, route), route.File.Type.Kind)
            : AnswerByPrefixAsync(context, path);
    }

    private ValueTask<string> AnswerByPrefixAsync(HttpContext context, string path)
    {
        switch (path)
        {
            case "/tilesets" or "/tilesets/":
                return Counted(tilesets.SendCatalogueAsync(context), "catalogue");
            case "/health" or "/health/ready":
                return Counted(health.SendReadyAsync(context), "health");
            case "/health/live":
                return Counted(HealthEndpoints.SendLiveAsync(context), "health");
            case "/metrics" when metrics is not null:
                return Counted(PlainAnswer.SendAsync(context, StatusCodes.Status200OK, PrometheusText.ContentType, metrics.Write()), "metrics");
        }

        if (path.StartsWith(TilesetEndpoints.Prefix, StringComparison.Ordinal))
            return Counted(tilesets.SendAsync(context, path[TilesetEndpoints.Prefix.Length..]), KindOf(path));
        if (path.StartsWith(TilesetEndpoints.VersionedPrefix, StringComparison.Ordinal))
            return Counted(tilesets.SendVersionedAsync(context, path[TilesetEndpoints.VersionedPrefix.Length..]), KindOf(path));
        return Counted(viewer.SendAsync(context, path.Length > 0 ? path[1..] : ""), "viewer");
    }

    private static ValueTask<string> AnswerMethodAsync(HttpContext context, string method)
    {
        if (HttpMethods.IsOptions(method))
        {
            ResponseHeaders.AnswerOptions(context.Response);
            return new("other");
        }

        context.Response.Headers.Allow = ResponseHeaders.AllowedMethods;
        return Counted(PlainAnswer.SendAsync(context, StatusCodes.Status405MethodNotAllowed, "only GET and HEAD"), "other");
    }

    private static string KindOf(string path) => Files.MediaTypes.OfTile(path).Kind;

    private static ValueTask<string> Counted(Task answered, string kind) => answered.IsCompletedSuccessfully ? new(kind) : AwaitAsync(answered, kind);

    private static async ValueTask<string> AwaitAsync(Task answered, string kind)
    {
        await answered.ConfigureAwait(false);
        return kind;
    }
}
