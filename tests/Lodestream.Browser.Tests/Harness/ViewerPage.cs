using System.Text.Json;
using Microsoft.Playwright;

namespace Lodestream.Browser.Tests.Harness;

/// <summary>A page with the viewer in it.</summary>
public sealed class ViewerPage : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);
    private readonly List<string> _pageErrors = [];

    public ViewerPage(IPage page)
    {
        Page = page;
        page.PageError += (_, error) => _pageErrors.Add(error);
    }

    /// <summary>The page itself.</summary>
    public IPage Page { get; }

    /// <summary>Errors nobody caught.</summary>
    public IReadOnlyList<string> PageErrors => _pageErrors;

    /// <summary>Waits until the viewer is ready: everything the first view wants and can get is drawn.</summary>
    public Task ReadyAsync() => EvaluateAsync<object?>("lodestream.ready");

    /// <summary>Waits until a condition on <c>window.lodestream.debugState()</c>, called <c>s</c>, holds.</summary>
    public async Task UntilAsync(string condition, int seconds = 60)
    {
        try
        {
            await Page.WaitForFunctionAsync($"(() => {{ let s; try {{ s = lodestream.debugState(); }} catch {{ return false; }} return {condition}; }})()", null, new() { Timeout = seconds * 1000, PollingInterval = 50 });
        }
        catch (TimeoutException)
        {
            var state = await Page.EvaluateAsync<string>("(() => { try { return JSON.stringify(lodestream.debugState()); } catch (e) { return `${e.message} ${lodestream.errors}`; } })()");
            Assert.Fail($"never: {condition}; page errors: {string.Join("; ", _pageErrors)}; state: {state}");
        }
    }

    /// <summary>A condition for <see cref="UntilAsync"/>: the tile whose content's URI ends so is on the GPU.</summary>
    public static string IsResident(string uri) => $"lodestream.why('{uri}').state === 'Resident'";

    /// <summary>The viewer's state.</summary>
    public Task<JsonElement> StateAsync() => EvaluateAsync<JsonElement>("lodestream.debugState()");

    /// <summary>Evaluates an expression in the page; its value is read as JSON.</summary>
    public async Task<T> EvaluateAsync<T>(string expression)
    {
        var json = await Page.EvaluateAsync<string>($"(async () => JSON.stringify(await ({expression})) ?? 'null')()");
        return JsonSerializer.Deserialize<T>(json, Web)!;
    }

    /// <summary>Draws a frame and tells which share of the canvas is not the clear colour.</summary>
    public Task<double> GroundShareAsync() => EvaluateAsync<double>(PageScripts.GroundShare);

    /// <summary>The canvas as it is shown, with the filters of its style and without the panels over it; for views that stand still.</summary>
    internal async Task<Picture> SeenAsync()
    {
        // What was asked for before is drawn in the first frame, and shown in the second.
        await EvaluateAsync<object?>("new Promise(shown => requestAnimationFrame(() => requestAnimationFrame(() => shown(null))))");
        var png = await Page.ScreenshotAsync(new() { Style = "body > :not(#stage) { visibility: hidden !important; } body > :not(#stage) * { visibility: hidden !important; }" });
        return PngFile.Read(png, "the page's picture");
    }

    /// <summary>Leaves a picture of the page in the folder that LODESTREAM_SCREENSHOTS names, for people to look at; does nothing where none is named.</summary>
    public async Task KeepScreenshotAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("LODESTREAM_SCREENSHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name.Replace('/', '_') + ".png") });
    }

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
