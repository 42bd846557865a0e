using Lodestream.Browser.Tests.Harness;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Network;
using Lodestream.Simulation.Reporting;
using Lodestream.Simulation.Scenarios;
using Lodestream.Simulation.Scenes;
using Microsoft.Playwright;

namespace Lodestream.Browser.Tests;

/// <summary>The simulator's reports in a real browser, opened as files.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ReportTests(Harness.Browser browser)
{
    [BrowserTheory]
    [InlineData(1280, 900, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task A_report_shows_the_figures_and_its_slider_moves_the_map(int width, int height, ColorScheme colors)
    {
        var (html, verdict) = Simulate();
        var messages = new List<string>();
        await using var page = await OpenAsync(html, messages, width, height, colors);

        Assert.Equal("all laws and all 1 gates held", await page.Page.TextContentAsync(".verdict"));
        Assert.Contains(FormattableString.Invariant($"{verdict.Report.Network.Requests:N0}"), await page.Page.TextContentAsync("[data-figure='network.requests']"), StringComparison.Ordinal);
        Assert.Contains(verdict.Report.TraceHash, await page.Page.TextContentAsync("main"), StringComparison.Ordinal);
        Assert.Equal(7, await page.Page.Locator(".chart").CountAsync());

        var (early, late) = (await MapAtAsync(page, "2"), await MapAtAsync(page, "slider.max"));
        Assert.NotEqual(early, late);
        Assert.Equal(early, await MapAtAsync(page, "2"));
        await page.Page.Locator("label", new() { HasText = "Reason" }).ClickAsync();
        Assert.NotEqual(early, await MapAtAsync(page, "2"));

        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the window");
        Assert.Empty(messages);
    }

    [BrowserFact]
    public async Task A_timeline_reads_out_where_the_pointer_is()
    {
        var messages = new List<string>();
        await using var page = await OpenAsync(Simulate().Html, messages, 1280, 900, ColorScheme.Light);
        var chart = page.Page.Locator(".chart").Nth(1);
        var legend = chart.Locator(".legend");
        await chart.Locator("svg").HoverAsync(new() { Position = new() { X = 60, Y = 40 } });
        Assert.Contains(" 0 B", await legend.TextContentAsync(), StringComparison.Ordinal);
        await chart.Locator("svg").HoverAsync(new() { Position = new() { X = 700, Y = 40 } });
        Assert.DoesNotContain(" 0 B", await legend.TextContentAsync(), StringComparison.Ordinal);
        Assert.Empty(messages);
    }

    [BrowserFact]
    public async Task Two_reports_are_held_against_each_other()
    {
        var (html, messages) = (System.Text.Encoding.UTF8.GetBytes(Simulate().Html), new List<string>());
        await using var page = await OpenAsync(ComparisonReport.ToHtml(("a.html", html), ("b.html", html)), messages, 390, 844, ColorScheme.Light);
        Assert.Contains("trace hashes are equal", await page.Page.TextContentAsync(".impression"), StringComparison.Ordinal);
        Assert.Equal(7, await page.Page.Locator(".chart").CountAsync());
        Assert.All(await page.Page.Locator("[data-table=comparison] [data-figure] td:last-child").AllTextContentsAsync(), change => Assert.Contains(change, (string[])["the same", ""]));
        Assert.Empty(messages);
    }

    private static (string Html, SimulationVerdict Verdict) Simulate()
    {
        var scenario = new SimulationScenario { Camera = new CameraChoice.BuiltIn("orbit"), DurationS = 3, Network = NetworkProfile.Cable, Gates = [new("holes", 0, IsMaximum: true)] };
        var simulator = new Simulator(SimulatedScene.Open("synthetic:quadtree?levels=6&bytes=51200", (_, _) => throw new InvalidOperationException("a synthetic scene has no files"), default));
        ReportRecorder? recorder = null;
        var verdict = simulator.Run(scenario, observers: tree => [recorder = new(tree)]);
        return (new RunReport { Verdict = verdict, Scenario = scenario, Survey = simulator.Survey, Recorder = recorder!, Command = "lodestream simulate" }.ToHtml(), verdict);
    }

    private async Task<ViewerPage> OpenAsync(string html, List<string> messages, int width, int height, ColorScheme colors)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.html");
        await File.WriteAllTextAsync(file, html);
        try
        {
            return await browser.OpenAsync(new Uri(file), async page =>
            {
                page.Console += (_, message) => messages.Add(message.Text);
                page.PageError += (_, error) => messages.Add(error);
                page.Request += (_, request) => { if (!request.Url.StartsWith("file:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal)) messages.Add($"asks for {request.Url}"); };
                await page.SetViewportSizeAsync(width, height);
                await page.EmulateMediaAsync(new() { ColorScheme = colors });
            });
        }
        finally
        {
            File.Delete(file);
        }
    }

    // The map's picture with the slider at a moment.
    private static Task<string> MapAtAsync(ViewerPage page, string moment) => page.EvaluateAsync<string>($$"""
        (() => {
          const slider = document.querySelector('.slider input');
          slider.value = {{moment}};
          slider.dispatchEvent(new Event('input'));
          return document.querySelector('canvas').toDataURL();
        })()
        """);
}
