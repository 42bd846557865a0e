using System.Text.Json;
using Microsoft.Playwright;

namespace Lodestream.Browser.Tests.Harness;

/// <summary>A page with the viewer in it.</summary>
public sealed class ViewerPage : IAsyncDisposable
{
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
    public Task ReadyAsync() => EvaluateAsync<object?>("lodestream.ready.then(() => null)");

    /// <summary>Waits until a condition on <c>window.lodestream.debugState()</c>, called <c>s</c>, holds.</summary>
    public async Task UntilAsync(string condition, int seconds = 60)
    {
        try
        {
            await Page.WaitForFunctionAsync($"(() => {{ const s = lodestream.debugState(); return {condition}; }})()", null, new() { Timeout = seconds * 1000, PollingInterval = 50 });
        }
        catch (TimeoutException)
        {
            var state = await Page.EvaluateAsync<string>("JSON.stringify(lodestream.debugState())");
            Assert.Fail($"never: {condition}; page errors: {string.Join("; ", _pageErrors)}; state: {state}");
        }
    }

    /// <summary>The viewer's state.</summary>
    public async Task<JsonElement> StateAsync() => (await Page.EvaluateAsync<JsonElement?>("lodestream.debugState()"))!.Value;

    /// <summary>Evaluates an expression in the page.</summary>
    public Task<T> EvaluateAsync<T>(string expression) => Page.EvaluateAsync<T>(expression);

    /// <summary>Draws a frame and tells which share of the canvas is not the clear colour.</summary>
    public Task<double> GroundShareAsync() => EvaluateAsync<double>(PageScripts.GroundShare);

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
