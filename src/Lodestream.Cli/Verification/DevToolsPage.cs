using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lodestream.Cli.Verification;

/// <summary>
/// A page driven over the Chrome DevTools Protocol (https://chromedevtools.github.io/devtools-protocol/): the four or five commands a probe
/// needs, over one WebSocket to the browser, one session attached to one page.
/// </summary>
internal sealed class DevToolsPage : IProbedPage, IAsyncDisposable
{
    private static readonly TimeSpan ClosingPatience = TimeSpan.FromSeconds(5), OpeningPatience = TimeSpan.FromSeconds(60);

    // Small, because software paints every pixel of every frame; what is probed is the same at any size.
    private const int Width = 640, Height = 360;

    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _waiting = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _sending = new(1);
    private Task _receiving = Task.CompletedTask;
    private string? _session;
    private int _lastId;

    /// <summary>Opens an empty page.</summary>
    /// <param name="devTools">Where the browser's DevTools listen.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="PageException">The browser refuses.</exception>
    public static async Task<DevToolsPage> OpenAsync(Uri devTools, CancellationToken cancellation)
    {
        var page = new DevToolsPage();
        try
        {
            await page.ConnectAsync(devTools, cancellation).WaitAsync(OpeningPatience, cancellation);
            return page;
        }
        catch (TimeoutException e)
        {
            await page.DisposeAsync();
            throw new PageException($"the browser opened no page within {OpeningPatience.TotalSeconds} s", e);
        }
        catch
        {
            await page.DisposeAsync();
            throw;
        }
    }

    /// <summary>Goes to an address; returns once an answer from there begins.</summary>
    /// <param name="url">The address.</param>
    /// <param name="patience">How long that may take.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="PageException">Nothing answers there.</exception>
    public async Task GoToAsync(Uri url, TimeSpan patience, CancellationToken cancellation)
    {
        // A development certificate vouches for nobody; on the own machine there is nobody else.
        if (url.IsLoopback)
            await SendAsync("Security.setIgnoreCertificateErrors", new() { ["ignore"] = true }, cancellation);
        var answer = await NavigateAsync();
        if (answer.TryGetProperty("errorText", out var error) && error.GetString() is { Length: > 0 } text)
            throw new PageException($"{url.AbsoluteUri}: {text}");

        async Task<JsonElement> NavigateAsync()
        {
            try
            {
                return await SendAsync("Page.navigate", new() { ["url"] = url.AbsoluteUri }, cancellation).WaitAsync(patience, cancellation);
            }
            catch (TimeoutException e)
            {
                throw new PageException($"{url.AbsoluteUri}: no answer began within {patience.TotalSeconds} s", e);
            }
        }
    }

    public async Task<JsonElement> EvaluateAsync(string expression, CancellationToken cancellation)
    {
        var answer = await SendAsync("Runtime.evaluate", new() { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true }, cancellation);
        if (answer.TryGetProperty("exceptionDetails", out var thrown))
        {
            var text = thrown.TryGetProperty("exception", out var exception) && exception.TryGetProperty("description", out var description) ? description : thrown.GetProperty("text");
            throw new PageException($"the page threw: {text.GetString()}");
        }
        var result = answer.GetProperty("result");
        return result.TryGetProperty("value", out var value) ? value : default;
    }

    /// <summary>Ends the browser, which then puts its own processes away.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _session = null;
            await SendAsync("Browser.close", [], CancellationToken.None).WaitAsync(ClosingPatience);
        }
        catch (Exception e) when (e is PageException or TimeoutException or InvalidOperationException)
        {
            // It has gone, or never answered: whoever started it ends it.
        }
        await _closing.CancelAsync();
        _socket.Abort();
        await _receiving;
        _socket.Dispose();
        _closing.Dispose();
        _sending.Dispose();
    }

    private async Task ConnectAsync(Uri devTools, CancellationToken cancellation)
    {
        try
        {
            await _socket.ConnectAsync(devTools, cancellation);
        }
        catch (WebSocketException e)
        {
            throw new PageException($"{devTools}: {e.Message}", e);
        }
        _receiving = ReceiveAsync();
        var target = await SendAsync("Target.createTarget", new() { ["url"] = "about:blank" }, cancellation);
        var attached = await SendAsync("Target.attachToTarget", new() { ["targetId"] = target.GetProperty("targetId").GetString(), ["flatten"] = true }, cancellation);
        _session = attached.GetProperty("sessionId").GetString();
        await SendAsync("Page.enable", [], cancellation);
        await SendAsync(
            "Emulation.setDeviceMetricsOverride", new() { ["width"] = Width, ["height"] = Height, ["deviceScaleFactor"] = 1, ["mobile"] = false }, cancellation);
    }

    private async Task<JsonElement> SendAsync(string method, JsonObject parameters, CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref _lastId);
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (_session is not null)
            message["sessionId"] = _session;
        var answered = _waiting[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await WriteAsync(System.Text.Encoding.UTF8.GetBytes(message.ToJsonString()), cancellation);
            return await answered.Task.WaitAsync(cancellation);
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    private async Task WriteAsync(byte[] message, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation);
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellation);
        }
        catch (WebSocketException e)
        {
            throw new PageException("the browser has gone", e);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        var message = new ArrayBufferWriter<byte>();
        try
        {
            while (!_closing.IsCancellationRequested)
            {
                var part = await _socket.ReceiveAsync(message.GetMemory(65536), _closing.Token);
                message.Advance(part.Count);
                if (part.MessageType == WebSocketMessageType.Close)
                    break;
                if (!part.EndOfMessage)
                    continue;
                Answer(message.WrittenMemory);
                message.ResetWrittenCount();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The browser has gone, or we are going.
        }
        foreach (var waiting in _waiting.Values)
            waiting.TrySetException(new PageException("the browser has gone"));
    }

    // Events have no number, and none of them matters here.
    private void Answer(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var message = document.RootElement;
        if (!message.TryGetProperty("id", out var id) || !_waiting.TryGetValue(id.GetInt32(), out var waiting))
            return;
        if (message.TryGetProperty("error", out var error))
            waiting.TrySetException(new PageException($"the browser refuses: {error.GetProperty("message").GetString()}"));
        else
            waiting.TrySetResult(message.GetProperty("result").Clone());
    }
}
