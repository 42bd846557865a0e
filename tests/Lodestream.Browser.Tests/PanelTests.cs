using Lodestream.Browser.Tests.Harness;
using Microsoft.Playwright;

namespace Lodestream.Browser.Tests;

/// <summary>Panels, settings, links: for every kind of user.</summary>
[Collection(BrowserCollection.Name)]
public sealed class PanelTests(Harness.Browser browser)
{
    [BrowserFact]
    public async Task Every_control_has_a_name_and_can_be_reached_with_the_tab_key()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);
        await viewer.ReadyAsync();
        await viewer.Page.ClickAsync("#settings-button");

        var unnamed = await viewer.EvaluateAsync<string[]>("""
            [...document.querySelectorAll('button, input, a, select, [role=meter], [role=progressbar], canvas')].filter(e => e.checkVisibility())
              .filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.[0]?.textContent.trim())).map(e => e.id || e.outerHTML)
            """);
        Assert.Empty(unnamed);

        var expected = await viewer.EvaluateAsync<string[]>("[...document.querySelectorAll('button, input')].filter(e => e.checkVisibility() && !e.disabled).map(e => e.id)");
        await viewer.Page.FocusAsync("#stage");
        var reached = new HashSet<string>();
        for (var i = 0; i < 30; i++)
        {
            await viewer.Page.Keyboard.PressAsync("Tab");
            reached.Add(await viewer.EvaluateAsync<string>("document.activeElement.id"));
        }
        Assert.Empty(expected.Except(reached));
    }

    [BrowserFact]
    public async Task States_are_announced_and_figures_are_not()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.idle");
        await viewer.Page.WaitForFunctionAsync("document.getElementById('live').textContent === 'All here'");
        Assert.Equal(0, await viewer.EvaluateAsync<int>("document.querySelectorAll('#hud [aria-live], #hud [role=status]').length"));

        await viewer.EvaluateAsync<object?>("lodestream.setOptions({ freeze: true })");
        await viewer.Page.WaitForFunctionAsync("document.getElementById('live').textContent === 'Frozen'");
    }

    [BrowserFact]
    public async Task A_lost_context_is_said_and_its_return_too()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);
        await viewer.ReadyAsync();
        await viewer.EvaluateAsync<object?>("(() => { window.loss = lodestream.viewer.stage.renderer.getContext().getExtension('WEBGL_lose_context'); loss.loseContext(); })()");
        await viewer.Page.WaitForFunctionAsync("document.getElementById('state').dataset.state === 'lost' && !document.getElementById('message').hidden");
        await viewer.EvaluateAsync<object?>("loss.restoreContext()");
        await viewer.UntilAsync("s.settled && s.idle");
        Assert.False(await viewer.Page.IsVisibleAsync("#message"));
        Assert.Equal("settled", await viewer.Page.GetAttributeAsync("#state", "data-state"));
    }

    [BrowserFact]
    public async Task On_a_phone_nothing_is_wider_than_the_screen_and_the_figures_are_folded()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "", page => page.SetViewportSizeAsync(390, 844));
        await viewer.ReadyAsync();
        Assert.False(await viewer.Page.IsVisibleAsync("#hud-body"));
        await viewer.Page.ClickAsync("#fold");
        await viewer.Page.ClickAsync("#settings-button");
        var outside = await viewer.EvaluateAsync<string[]>("""
            [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('.visually-hidden')).filter(e => { const r = e.getBoundingClientRect(); return r.width > 0 && (r.left < -0.5 || r.right > innerWidth + 0.5); }).map(e => e.id || e.outerHTML)
            """);
        Assert.Empty(outside);
    }

    [BrowserFact]
    public async Task Text_on_the_panels_contrasts_with_them_even_over_snow()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);
        await viewer.ReadyAsync();
        var contrast = await viewer.EvaluateAsync<double>("""
            (() => {
              const linear = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
              const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
              const parse = text => text.match(/[\d.]+/g).map(Number);
              const [r, g, b, a = 1] = parse(getComputedStyle(document.getElementById('hud')).backgroundColor), over = [r, g, b].map(c => c * a + 255 * (1 - a));
              return Math.min(...['#hud dt', '#hud dd', '#state', '#readout', '#hud th'].map(s => (luminance(parse(getComputedStyle(document.querySelector(s)).color)) + 0.05) / (luminance(over) + 0.05)));
            })()
            """);
        Assert.True(contrast >= 4.5, $"contrast {contrast:F2}");
    }

    [BrowserFact]
    public async Task A_link_brings_back_the_camera_and_what_was_shown()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);
        await viewer.ReadyAsync();
        await viewer.EvaluateAsync<object?>("(lodestream.setCamera({ position: [700.125, -900, 650], direction: [0.6, 0.48, -0.64], up: [0, 0, 1] }), lodestream.setOptions({ boundingVolumes: true, hour: 9.5, targetErrorPx: 8 }))");
        await viewer.UntilAsync("s.idle && s.settled");
        await viewer.Page.WaitForFunctionAsync("location.hash.includes('eye=700.125,-900,650')");

        await using var other = await browser.OpenAsync(new Uri(viewer.Page.Url));
        await other.ReadyAsync();
        var pose = await other.EvaluateAsync<double[]>("[...lodestream.viewer.navigation.pose.position.toArray(), ...lodestream.viewer.navigation.pose.direction.toArray()].map(c => Number(c.toFixed(5)))");
        Assert.Equal([700.125, -900, 650, 0.6, 0.48, -0.64], pose);
        Assert.True(await other.Page.IsCheckedAsync("#volumes"));
        Assert.Equal("9:30", await other.Page.TextContentAsync("#hour-value"));
        Assert.Equal(8, await other.EvaluateAsync<double>("lodestream.viewer.tiles.options.targetErrorPx"), 0.01);
    }

    [BrowserFact]
    public async Task A_link_keeps_the_policy_and_what_was_switched_off()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);
        await viewer.ReadyAsync();
        Assert.Equal("error", await viewer.EvaluateAsync<string>("lodestream.debugState().policy.name"));
        await viewer.EvaluateAsync<object?>("lodestream.setOptions({ policy: 'pyramid', haze: false })");
        await viewer.UntilAsync("s.idle && s.settled && s.renderedKeys.length > 0");
        Assert.Equal("pyramid", await viewer.EvaluateAsync<string>("lodestream.debugState().policy.name"));
        await viewer.Page.WaitForFunctionAsync("location.hash.includes('hide=haze') && location.search.includes('policy=pyramid')");

        await using var other = await browser.OpenAsync(new Uri(viewer.Page.Url));
        await other.ReadyAsync();
        Assert.Equal(256, await other.EvaluateAsync<double>("lodestream.debugState().policy.targetTileWidthPx"));
        Assert.False(await other.Page.IsCheckedAsync("#haze"));

        await other.EvaluateAsync<object?>("lodestream.setOptions({ policy: 'error', haze: true })");
        await other.UntilAsync("s.idle && s.settled && s.renderedKeys.length > 0");
        await other.Page.WaitForFunctionAsync("!location.hash.includes('hide=') && location.search.includes('policy=error')");
        Assert.Equal("error", await other.EvaluateAsync<string>("lodestream.debugState().policy.name"));
        Assert.Empty(other.PageErrors);
    }

    [BrowserFact]
    public async Task A_policy_there_is_not_is_refused_by_name()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "policy=nearest");
        await viewer.Page.WaitForFunctionAsync("!document.getElementById('message').hidden");
        Assert.Contains("?policy=nearest: it takes error, pyramid or proximity", await viewer.Page.TextContentAsync("#message"), StringComparison.Ordinal);
        await using var other = await browser.OpenAsync(server, FlatWorld.Scene);
        await other.ReadyAsync();
        Assert.Contains("There is no policy nearest", await other.EvaluateAsync<string>("(() => { try { lodestream.setOptions({ policy: 'nearest' }); return ''; } catch (e) { return e.message; } })()"), StringComparison.Ordinal);
        Assert.Equal("error", await other.EvaluateAsync<string>("lodestream.debugState().policy.name"));
    }

    [BrowserFact]
    public async Task The_scene_list_names_what_is_served_and_marks_what_is_open()
    {
        await using var server = await ServeAsync();
        var make = server.Make;
        server.Make = path => path == "/tilesets"
            ? System.Text.Encoding.UTF8.GetBytes($$"""{"tilesets":[{"id":"plain","name":"The plain","url":"{{FlatWorld.Scene}}","format":"3dtiles","version":"1.1","bytes":12300000},{"id":"other","name":"Another world","url":"/other/tileset.json","format":"3dtiles","version":"1.0"}]}""")
            : make(path);
        await using var viewer = await browser.OpenAsync(new Uri(server.Url));
        await viewer.ReadyAsync();
        Assert.Equal("The plain", await viewer.Page.TextContentAsync("#scene-name"));
        await viewer.Page.ClickAsync("#scene");
        Assert.Equal(["The plain3D Tiles 1.1 · 12 MB", "Another world3D Tiles 1.0"], await viewer.Page.Locator("#scene-list a").AllTextContentsAsync());
        Assert.Equal("The plain", await viewer.Page.Locator("#scene-list a[aria-current] b").TextContentAsync());
        Assert.EndsWith("?scene=other", await viewer.Page.Locator("#scene-list a").Nth(1).GetAttributeAsync("href"), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task A_question_mark_shows_the_keys()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);
        await viewer.ReadyAsync();
        await viewer.Page.FocusAsync("#stage");
        await viewer.Page.Keyboard.PressAsync("?");
        Assert.True(await viewer.Page.IsVisibleAsync("#help"));
        await viewer.Page.Keyboard.PressAsync("Escape");
        Assert.False(await viewer.Page.IsVisibleAsync("#help"));
    }

    [BrowserFact]
    public async Task A_layer_that_is_switched_off_is_not_drawn_and_on_again_comes_back_without_a_request()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "clear=ff00ff&fade=0");
        await viewer.ReadyAsync();
        var before = await viewer.GroundShareAsync();
        await viewer.EvaluateAsync<object?>("lodestream.setLayer('mesh', false)");
        await viewer.UntilAsync("s.idle && s.families.mesh.passes === 0");
        Assert.Equal(0, await viewer.GroundShareAsync(), 1e-9);
        var requests = server.Requests.Count;

        await viewer.EvaluateAsync<object?>("lodestream.setLayer('mesh', true)");
        await viewer.UntilAsync("s.idle && s.settled && s.families.mesh.passes > 0");
        Assert.Equal(before, await viewer.GroundShareAsync(), 0.01);
        Assert.Equal(requests, server.Requests.Count);
        Assert.Contains("terrain", await viewer.EvaluateAsync<string>("(() => { try { lodestream.setLayer('grass', true); return ''; } catch (e) { return e.message; } })()"), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task The_debug_state_has_what_the_documentation_lists()
    {
        await using var server = await ServeAsync();
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);
        await viewer.ReadyAsync();
        var missing = await viewer.EvaluateAsync<string[]>("""
            (() => {
              const s = lodestream.debugState(), has = (o, ...names) => names.filter(n => !(n in o));
              return [...has(s, 'visibilitySetFrameId', 'visibilitySetSignature', 'primaryZ', 'primaryKeys', 'renderedKeys', 'notYetResident', 'commitsCount', 'scheduler', 'primaryGeometricSsePx',
                'primaryRasterSsePx', 'underlayGeometricSsePx', 'underlayRasterSsePx', 'bytes', 'budget', 'detailScale', 'hosts', 'hierGateSkip', 'fps', 'idle', 'errors'),
                ...has(s.scheduler, 'inFlight', 'peakInFlight', 'queued', 'priorityP50', 'priorityP95', 'requested', 'canceled', 'coalescedHits', 'cancellations'),
                ...has(s.families.mesh, 'requested', 'canceled', 'passes'),
                ...has(lodestream, 'ready', 'debugState', 'frameWorld', 'frameScene', 'frameSelection', 'setCamera', 'setLayer', 'setOptions', 'why')];
            })()
            """);
        Assert.Empty(missing);
    }

    private static async Task<LoopbackServer> ServeAsync()
    {
        var world = new FlatWorld(levels: 3);
        var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        return server;
    }
}
