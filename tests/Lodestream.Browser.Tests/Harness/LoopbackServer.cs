using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;

namespace Lodestream.Browser.Tests.Harness;

/// <summary>A real server on the loopback that can be told to fail: what a well-behaved server never shows.</summary>
public sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<string> _requests = new();

    private LoopbackServer(WebApplication application) => _application = application;

    /// <summary>Where it listens, with a slash at the end.</summary>
    public string Url => _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/";

    /// <summary>Paths that were asked for, in order.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>Answers in place of the files: an HTTP status for a path, or 0 to send the file.</summary>
    public Func<string, int> Fail { get; set; } = _ => 0;

    /// <summary>Answers in place of the files: bytes for a path, or null.</summary>
    public Func<string, byte[]?> Make { get; set; } = _ => null;

    /// <summary>The length an answer from <see cref="Make"/> announces for a path, whatever it has; −1 for the truth.</summary>
    public Func<string, long> Announce { get; set; } = _ => -1;

    /// <summary>Starts serving the viewer and, at <c>/scene/</c>, a folder.</summary>
    public static async Task<LoopbackServer> StartAsync(string? sceneFolder = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        var application = builder.Build();
        var server = new LoopbackServer(application);
        application.Use(server.AnswerAsync);
        if (sceneFolder is not null)
            ServeFolder(application, "/scene", sceneFolder);
        ServeFolder(application, "", Machine.Viewer);
        await application.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    /// <summary>How often a path was asked for.</summary>
    public int CountOf(string path) => _requests.Count(request => request == path);

    private Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value!;
        _requests.Enqueue(path);
        if (path == "/")
            context.Request.Path = "/index.html";
        if (Fail(path) is var status and not 0)
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        }
        if (Make(path) is not { } bytes)
            return next(context);
        if (Path.GetExtension(path) is ".html" or ".js")
            context.Response.ContentType = path.EndsWith(".js", StringComparison.Ordinal) ? "text/javascript" : "text/html";
        context.Response.ContentLength = Announce(path) is var announced and >= 0 ? announced : bytes.Length;
        return WriteAsync(context, bytes);
    }

    private static async Task WriteAsync(HttpContext context, byte[] bytes)
    {
        await context.Response.Body.WriteAsync(bytes);

        if (bytes.Length >= context.Response.ContentLength)
            return;

        // Fewer bytes than were announced: what is there goes out, and when that has been heard the connection breaks.
        await context.Response.Body.FlushAsync();
        using var heard = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        heard.CancelAfter(TimeSpan.FromSeconds(1));
        heard.Token.WaitHandle.WaitOne();
        context.Abort();
    }

    private static void ServeFolder(WebApplication application, string path, string folder)
    {
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".b3dm"] = types.Mappings[".glb"] = types.Mappings[".dll"] = "application/octet-stream";
        application.UseStaticFiles(new StaticFileOptions { RequestPath = path, FileProvider = new PhysicalFileProvider(folder), ContentTypeProvider = types, ServeUnknownFileTypes = true });
    }
}
