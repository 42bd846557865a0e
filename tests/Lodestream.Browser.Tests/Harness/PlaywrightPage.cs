using System.Text.Json;
using Lodestream.Cli.Verification;
using Microsoft.Playwright;

namespace Lodestream.Browser.Tests.Harness;

/// <summary>A page of the tests' own browser, for the probe that <c>lodestream verify</c> runs in a browser of its own.</summary>
internal sealed class PlaywrightPage(IPage page) : IProbedPage
{
    public async Task<JsonElement> EvaluateAsync(string expression, CancellationToken cancellation)
    {
        var json = await page.EvaluateAsync<string>($"(async () => JSON.stringify(await ({expression})) ?? 'null')()").WaitAsync(cancellation);
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
