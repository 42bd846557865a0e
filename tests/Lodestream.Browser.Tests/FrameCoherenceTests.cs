using Lodestream.Browser.Tests.Harness;
using Lodestream.Cli.Verification;

namespace Lodestream.Browser.Tests;

/// <summary>What a moved camera wants is known and asked for in the same frame, and stays the same while the camera stands still.</summary>
[Collection(BrowserCollection.Name)]
public sealed class FrameCoherenceTests(Harness.Browser browser)
{
    private sealed record Asked(string[] Fresh, string[] NotAskedFor);

    [BrowserFact]
    public async Task Six_cameras_are_each_known_and_asked_for_in_the_next_frame()
    {
        var world = new FlatWorld(levels: 7);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);

        var report = await CoherenceProbe.RunAsync(new PlaywrightPage(viewer.Page), server.Url, TimeSpan.FromSeconds(120), TimeProvider.System, (_, _) => { }, CancellationToken.None);

        Assert.All(report.Steps, step => Assert.True(step.Passed, $"{step.Name}: {string.Join("; ", step.Findings)}"));
        Assert.True(report.Passed);
        Assert.Equal(["continent overview", "province cluster", "location detail", "mid zoom", "oblique", "near clip"], report.Steps.Select(step => step.Name));

        // A probe that never saw anything missing has proved little.
        Assert.True(report.Steps.Count(step => step.RequestsDispatched > 0) >= 3, "hardly anything was asked for");
        Assert.Equal(6, report.Steps.Select(step => step.SignatureAtFrame1).Distinct().Count());
        Assert.Equal(6, report.Steps.Max(step => step.PrimaryZ));
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task Six_cameras_are_each_of_the_pyramid_s_own_level_in_the_next_frame()
    {
        var world = new FlatWorld(levels: 7);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "policy=pyramid");

        var report = await CoherenceProbe.RunAsync(new PlaywrightPage(viewer.Page), server.Url, TimeSpan.FromSeconds(120), TimeProvider.System, (_, _) => { }, CancellationToken.None);

        Assert.All(report.Steps, step => Assert.True(step.Passed, $"{step.Name}: {string.Join("; ", step.Findings)}"));
        Assert.Equal("pyramid", await viewer.EvaluateAsync<string>("lodestream.debugState().policy.name"));
        Assert.True(report.Steps.Select(step => step.PrimaryZ).Distinct().Count() >= 3, "hardly any level was told from another");
        Assert.True(report.Steps.Count(step => step.RequestsDispatched > 0) >= 3, "hardly anything was asked for");
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task Every_newly_wanted_tile_is_asked_for_or_in_line_in_the_frame_that_wants_it()
    {
        var world = new FlatWorld(levels: 7);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);
        await viewer.ReadyAsync();

        var seen = await viewer.EvaluateAsync<Asked>($$"""
            (async () => {
              const before = lodestream.debugState();
              lodestream.frameWorld([3000, 2000, 0], 900);
              {{PageScripts.NextFrame}}
              const fresh = lodestream.debugState().primaryKeys.filter(key => !before.primaryKeys.includes(key));
              return { fresh, notAskedFor: fresh.map(key => lodestream.why(key)).filter(w => w.state === 'Absent').map(w => w.uris[0]) };
            })()
            """);

        Assert.NotEmpty(seen.Fresh);
        Assert.Empty(seen.NotAskedFor);
    }

    [BrowserFact]
    public async Task A_frozen_selection_stays_while_the_camera_moves()
    {
        var world = new FlatWorld(levels: 6);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);
        await viewer.ReadyAsync();

        var signatures = await viewer.EvaluateAsync<string[]>($$"""
            (async () => {
              lodestream.setOptions({ freeze: true });
              const frozen = lodestream.debugState().visibilitySetSignature;
              lodestream.frameWorld([3000, 2000, 0], 900);
              {{PageScripts.NextFrame}}
              const still = lodestream.debugState().visibilitySetSignature;
              lodestream.setOptions({ freeze: false });
              {{PageScripts.NextFrame}}
              return [frozen, still, lodestream.debugState().visibilitySetSignature];
            })()
            """);

        Assert.Equal(signatures[0], signatures[1]);
        Assert.NotEqual(signatures[1], signatures[2]);
    }
}
