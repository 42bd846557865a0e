using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Lodestream.Server.Http;

/// <summary>One line per request, and no exception past this point: what fails inside is logged and answered with 500.</summary>
internal sealed partial class RequestLog(ILogger logger, TimeProvider clock)
{
    /// <summary>Longest part of a request target that is logged.</summary>
    private const int MaxLoggedTarget = 200;

    /// <summary>Runs the rest of the pipeline and logs how it went.</summary>
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var started = clock.GetTimestamp();
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away; there is nobody to answer.
        }
        catch (BadHttpRequestException e)
        {
            await AnswerAsync(context, e.StatusCode, "bad request").ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogFailure(e, context.Request.Method, TargetOf(context));
            await AnswerAsync(context, StatusCodes.Status500InternalServerError, "the server failed to answer; its log says why").ConfigureAwait(false);
        }

        if (logger.IsEnabled(LogLevel.Information))
        {
            LogRequest(
                context.Request.Method,
                TargetOf(context),
                context.Response.StatusCode,
                context.Response.ContentLength,
                clock.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    private static Task AnswerAsync(HttpContext context, int status, string message)
    {
        if (!context.Response.HasStarted)
            return PlainAnswer.SendAsync(context, status, message);
        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>The target as it came, still percent-encoded: decoded, it could forge lines of the log.</summary>
    private static string TargetOf(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        return target.Length <= MaxLoggedTarget ? target : target[..MaxLoggedTarget];
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Method} {Target} {Status} {Bytes} B {Milliseconds:0.0} ms")]
    private partial void LogRequest(string method, string target, int status, long? bytes, double milliseconds);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "{Method} {Target} failed")]
    private partial void LogFailure(Exception exception, string method, string target);
}
