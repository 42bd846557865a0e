using System.Globalization;
using System.IO.Pipelines;
using Lodestream.Server.Files;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Lodestream.Server.Http;

/// <summary>Answers a request with a content: 200, 206, 304, 412 or 416, with a strong validator, to GET and HEAD.</summary>
/// <param name="contents">Knows what files hold.</param>
internal sealed class FileAnswer(ContentStore contents)
{
    /// <summary>The client may keep it, and asks each time whether it is still the same: a 304 costs no bytes.</summary>
    public const string Revalidate = "no-cache";

    /// <summary>For names that change with their content.</summary>
    public const string Immutable = "public, max-age=31536000, immutable";

    /// <summary>How often a file that is replaced between looking and opening is tried again.</summary>
    private const int MaxAttempts = 3;

    /// <summary>Bytes handed to the connection at a time: what a slow client makes us hold beyond the cache.</summary>
    private const int BlockBytes = 64 * 1024;

    /// <summary>Sends a file in the form that suits the client best.</summary>
    public async Task SendAsync(HttpContext context, FileRoute route)
    {
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    if (await contents.CurrentAsync(route.File).ConfigureAwait(false) is not { } content)
                        break;
                    if (route.Pin is { } pin && !pin.Holds(route.File.Name, content))
                        await RedirectAsync(context, pin.PlainUrl).ConfigureAwait(false);
                    else
                        await SendAsync(context, content, route.File.Type.Name, route.CacheControl, route.Policy).ConfigureAwait(false);
                    return;
                }
                catch (IOException e) when (e is ContentChangedException or FileNotFoundException && attempt < MaxAttempts && !context.Response.HasStarted)
                {
                    // The file or its compressed sibling was replaced after we looked; what is there now is the answer.
                    contents.Forget(route.File);
                }
            }

            await PlainAnswer.NotFoundAsync(context).ConfigureAwait(false);
        }
        catch (UnauthorizedAccessException)
        {
            await PlainAnswer.SendAsync(context, StatusCodes.Status403Forbidden, "the server may not read this file").ConfigureAwait(false);
        }
    }

    /// <summary>Sends a content in the form that suits the client best.</summary>
    public async Task SendAsync(HttpContext context, ContentVersion content, string contentType, string cacheControl, string? policy = null)
    {
        var request = context.Request.Headers;
        var form = await contents.ChooseAsync(content, request).ConfigureAwait(false);
        var condition = Preconditions.Evaluate(request, form.EntityTag);
        if (condition == ConditionOutcome.Failed)
        {
            await PlainAnswer.SendAsync(context, StatusCodes.Status412PreconditionFailed, "the content is another").ConfigureAwait(false);
            return;
        }

        var response = context.Response;
        var headers = response.Headers;
        headers.ETag = form.EntityTag;
        headers.CacheControl = cacheControl;
        if (policy is not null)
            headers.ContentSecurityPolicy = policy;
        if (content.Varies)
            headers.Vary = HeaderNames.AcceptEncoding;
        if (condition == ConditionOutcome.NotModified)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        headers.AcceptRanges = "bytes";
        var part = new ByteRange(0, form.Length);
        if (request.Range.Count > 0 && HttpMethods.IsGet(context.Request.Method) && Preconditions.AllowRange(request, form.EntityTag)
            && ByteRange.Read(request.Range, form.Length) is { } range)
        {
            if (range.Length == 0)
            {
                response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{form.Length}");
                response.ContentLength = 0;
                return;
            }

            part = range;
            response.StatusCode = StatusCodes.Status206PartialContent;
            headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {part.First}-{part.Last}/{form.Length}");
        }

        if (form.Coding is not null)
            headers.ContentEncoding = form.Coding;
        headers.ContentType = contentType;
        headers.ContentLength = part.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await SendBodyAsync(context, form, part).ConfigureAwait(false);
    }

    private async ValueTask SendBodyAsync(HttpContext context, Representation form, ByteRange part)
    {
        if (await contents.BytesAsync(form).ConfigureAwait(false) is { } bytes)
            await WriteAsync(context, bytes.AsMemory((int)part.First, (int)part.Length)).ConfigureAwait(false);
        else
            await CopyAsync(context, form.Source.File!, part).ConfigureAwait(false);
    }

    private static async ValueTask WriteAsync(HttpContext context, ReadOnlyMemory<byte> bytes)
    {
        // With the head out of the way the connection hands out a buffer of the size asked for: one copy, one send. Left to itself it
        // would fill pages of 4 KB, one by one.
        await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        var body = context.Response.BodyWriter;
        while (bytes.Length > 0)
        {
            var count = Math.Min(bytes.Length, BlockBytes);
            bytes.Span[..count].CopyTo(body.GetSpan(count));
            body.Advance(count);
            bytes = bytes[count..];
            if ((await body.FlushAsync(context.RequestAborted).ConfigureAwait(false)).IsCompleted)
                return;
        }
    }

    /// <summary>Reads from the file straight into the connection's buffers.</summary>
    private static async ValueTask CopyAsync(HttpContext context, FileBytes source, ByteRange part)
    {
        using var file = source.Open();
        var body = context.Response.BodyWriter;
        var position = source.Offset + part.First;
        for (var left = part.Length; left > 0;)
        {
            var block = body.GetMemory((int)Math.Min(left, BlockBytes));
            if (block.Length > left)
                block = block[..(int)left];
            var read = await RandomAccess.ReadAsync(file, block, position, context.RequestAborted).ConfigureAwait(false);
            if (read == 0)
            {
                // Cut short while it was sent. The length is promised: all that is left is to break the promise visibly.
                context.Abort();
                return;
            }

            body.Advance(read);
            position += read;
            left -= read;
            if ((await body.FlushAsync(context.RequestAborted).ConfigureAwait(false)).IsCompleted)
                return;
        }
    }

    private static Task RedirectAsync(HttpContext context, string url)
    {
        context.Response.Headers.Location = url;
        return PlainAnswer.SendAsync(context, StatusCodes.Status307TemporaryRedirect, "this version is no more; the present one is elsewhere");
    }
}
