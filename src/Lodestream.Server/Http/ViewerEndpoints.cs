using System.Text.RegularExpressions;
using Lodestream.Server.Files;
using Microsoft.AspNetCore.Http;

namespace Lodestream.Server.Http;

/// <summary>The viewer's files at <c>/</c>.</summary>
/// <param name="folder">The published viewer, or null where there is none.</param>
/// <param name="answer">Sends files.</param>
/// <param name="routes">Remembers their URLs.</param>
/// <param name="policy">The Content-Security-Policy of its files.</param>
internal sealed partial class ViewerEndpoints(ServedFolder? folder, FileAnswer answer, FileRoutes routes, string policy)
{
    private const string AbsentPage = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <title>Lodestream: no viewer</title>
        <h1>The tilesets are served; the viewer is not built</h1>
        <p>What is served is listed at <a href="/tilesets">/tilesets</a>.</p>
        <p>To build the viewer, run <code>./run</code> in Lodestream's sources, or
        <code>npm ci</code> in <code>src/Lodestream.Browser</code> and then
        <code>dotnet publish src/Lodestream.Browser -c Release</code>, and start the server again.
        A viewer built elsewhere is named with <code>--viewer DIR</code> or <code>LODESTREAM_VIEWER</code>.</p>
        </html>
        """;

    /// <summary>Sends a file of the viewer; the empty path is its page.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">What follows the first slash.</param>
    public Task SendAsync(HttpContext context, string path)
    {
        if (path.Length == 0)
            path = "index.html";
        if (folder is null)
            return path == "index.html" ? PlainAnswer.SendAsync(context, StatusCodes.Status404NotFound, "text/html; charset=utf-8", AbsentPage) : PlainAnswer.NotFoundAsync(context);
        var route = routes.FindOrAdd("/" + path, () =>
        {
            var file = new ServedFile(folder, path, MediaTypes.OfViewer(path));

            // The policy not only on the page: a worker takes that of its own file.
            return file.Locate() is null ? null : new FileRoute(file, CacheControlOf(Path.GetFileName(path))) { Policy = policy };
        });
        return route is null ? PlainAnswer.NotFoundAsync(context) : answer.SendAsync(context, route);
    }

    /// <summary>A name with a content hash in it never means other bytes; every other name is asked for again.</summary>
    internal static string CacheControlOf(string fileName) => HashedName().IsMatch(fileName) ? FileAnswer.Immutable : FileAnswer.Revalidate;

    /// <summary>At least eight hexadecimal digits, one of them a numeral, between '.' or '-' and the extension: <c>core.3f9a01bc.wasm</c>.</summary>
    [GeneratedRegex(@"[.-](?=[a-f]*[0-9])[0-9a-f]{8,64}\.[a-z0-9.]+$", RegexOptions.CultureInvariant)]
    private static partial Regex HashedName();
}
