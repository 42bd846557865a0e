using Lodestream.Server.Files;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Lodestream.Server.Http;

/// <summary>Answers a request with a file: 200, 206, 304 or 416, with a strong validator, to GET and HEAD.</summary>
/// <param name="versions">Knows the files' content hashes.</param>
internal sealed class FileAnswer(FileVersionCache versions)
{
    /// <summary>The client may keep it, and asks each time whether it is still the same: a 304 costs no bytes.</summary>
    public const string Revalidate = "no-cache";

    /// <summary>For names that change with their content.</summary>
    public const string Immutable = "public, max-age=31536000, immutable";

    /// <summary>How often a file that is replaced between hashing and opening is tried again.</summary>
    private const int MaxAttempts = 3;

    /// <summary>Sends a file, or its precompressed sibling if the client takes it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">Absolute path of a file that may be served.</param>
    /// <param name="contentType">Media type of the decoded content.</param>
    /// <param name="cacheControl">The Cache-Control header.</param>
    public async Task SendAsync(HttpContext context, string path, string contentType, string cacheControl)
    {
        var coded = ContentCoding.Choose(path, context.Request.Headers);
        try
        {
            var (stream, version) = await OpenAsync(coded.Path).ConfigureAwait(false);
            var headers = context.Response.Headers;
            headers.CacheControl = cacheControl;
            if (coded.Varies)
                headers.Vary = HeaderNames.AcceptEncoding;

            // Tilers of the past wrote gzip streams under plain names (.json, .b3dm): unreadable unless the answer says so.
            var isGzipUnderPlainName = coded.Coding is null && version.IsGzip && !path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
            if ((isGzipUnderPlainName ? "gzip" : coded.Coding) is { } coding)
                headers.ContentEncoding = coding;

            var answer = TypedResults.Stream(
                stream,
                contentType,
                entityTag: new EntityTagHeaderValue(version.ETag),
                enableRangeProcessing: true);
            await answer.ExecuteAsync(context).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            await PlainAnswer.SendAsync(context, StatusCodes.Status404NotFound, "not found").ConfigureAwait(false);
        }
        catch (UnauthorizedAccessException)
        {
            await PlainAnswer.SendAsync(context, StatusCodes.Status403Forbidden, "the server may not read this file").ConfigureAwait(false);
        }
    }

    /// <summary>Opens a file together with the version its bytes are.</summary>
    private async ValueTask<(FileStream Stream, FileVersion Version)> OpenAsync(string path)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var version = await versions.OfAsync(path).ConfigureAwait(false);

            // Unbuffered: the answer copies in blocks of its own. Shared: whoever rewrites the folder must not be stopped.
            var stream = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
            if (stream.Length == version.Length && File.GetLastWriteTimeUtc(stream.SafeFileHandle) == version.Modified)
                return (stream, version);
            await stream.DisposeAsync().ConfigureAwait(false);
        }

        throw new IOException($"{path} changed while it was read");
    }
}
