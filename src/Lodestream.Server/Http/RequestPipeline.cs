using System.Globalization;
using Lodestream.Server.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Lodestream.Server.Http;

/// <summary>
/// What happens to every request: it gets the headers all answers bear, is let in, answered, counted and logged. No exception gets past this point: what fails inside
/// is logged with the request's id and answered with 500 and that id, nothing more.
/// </summary>
internal sealed partial class RequestPipeline(ResponseHeaders headers, Router router, RateLimit? rateLimit, ServerMetrics metrics, ILogger logger, TimeProvider clock)
{
    /// <summary>The header that names the request in the log.</summary>
    public const string RequestIdHeader = "X-Request-Id";

    /// <summary>Longest part of a request target that is logged.</summary>
    private const int MaxLoggedTarget = 200;

    /// <summary>nginx' number for a client that went away; nobody is there to read it.</summary>
    private const int ClientClosedRequest = 499;

    /// <summary>Answers a request.</summary>
    public async Task RunAsync(HttpContext context)
    {
        var started = clock.GetTimestamp();
        metrics.RequestStarted();
        headers.Apply(context.Response.Headers);
        var isLogged = logger.IsEnabled(LogLevel.Information);
        if (isLogged)
            context.Response.Headers[RequestIdHeader] = context.TraceIdentifier;

        var kind = "other";
        try
        {
            if (rateLimit is not null && !rateLimit.Admits(context.Connection.RemoteIpAddress, out var retryAfter))
                await RefuseAsync(context, retryAfter).ConfigureAwait(false);
            else
                kind = await router.AnswerAsync(context).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await AnswerFailureAsync(context, e).ConfigureAwait(false);
        }

        var elapsed = clock.GetElapsedTime(started);
        var response = context.Response;
        metrics.RequestEnded(kind, response.StatusCode, HttpMethods.IsHead(context.Request.Method) ? 0 : response.ContentLength ?? 0, elapsed.TotalSeconds);
        if (isLogged)
            LogRequest(context.Request.Method, TargetOf(context), response.StatusCode, response.ContentLength, elapsed.TotalMilliseconds, context.TraceIdentifier);
    }

    private async Task AnswerFailureAsync(HttpContext context, Exception e)
    {
        switch (e)
        {
            case OperationCanceledException when context.RequestAborted.IsCancellationRequested:
                metrics.Error("aborted");
                if (!context.Response.HasStarted)
                    context.Response.StatusCode = ClientClosedRequest;
                break;
            case BadHttpRequestException bad:
                await AnswerAsync(context, bad.StatusCode, "bad request").ConfigureAwait(false);
                break;
            default:
                metrics.Error("failed");
                LogFailure(e, context.Request.Method, TargetOf(context), context.TraceIdentifier);
                if (!context.Response.HasStarted)
                    context.Response.Headers[RequestIdHeader] = context.TraceIdentifier;
                await AnswerAsync(context, StatusCodes.Status500InternalServerError, $"the server failed to answer; its log says why under {context.TraceIdentifier}").ConfigureAwait(false);
                break;
        }
    }

    private Task RefuseAsync(HttpContext context, TimeSpan retryAfter)
    {
        metrics.Error("limited");
        context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return PlainAnswer.SendAsync(context, StatusCodes.Status429TooManyRequests, "too many requests from this address");
    }

    private static Task AnswerAsync(HttpContext context, int status, string message)
    {
        if (!context.Response.HasStarted)
        {
            // What was said of the content that could not be sent does not hold for this answer.
            var said = context.Response.Headers;
            said.ETag = said.ContentEncoding = said.ContentRange = said.AcceptRanges = said.Vary = default;
            return PlainAnswer.SendAsync(context, status, message);
        }

        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>The target as it came, still percent-encoded: decoded, it could forge lines of the log.</summary>
    private static string TargetOf(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        return target.Length <= MaxLoggedTarget ? target : target[..MaxLoggedTarget];
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Method} {Target} {Status} {Bytes} B {Milliseconds:0.0} ms {RequestId}")]
    private partial void LogRequest(string method, string target, int status, long? bytes, double milliseconds, string requestId);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "{Method} {Target} failed ({RequestId})")]
    private partial void LogFailure(Exception exception, string method, string target, string requestId);
}
