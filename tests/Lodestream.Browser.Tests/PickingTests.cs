using System.Text;
using System.Text.Json;
using Lodestream.Browser.Tests.Harness;

namespace Lodestream.Browser.Tests;

/// <summary>What lies under the pointer, and why it is what it is.</summary>
[Collection(BrowserCollection.Name)]
public sealed class PickingTests(Harness.Browser browser)
{
    private sealed record Tile(string Key, string Uri, int Level, double GeometricError, string Reason);

    private sealed record Wanted(string Key, int Level, string Reason, string[] Uris);

    private sealed record Picked(double[] Point, double Distance, Tile Tile, Wanted? Wanted);

    [BrowserFact]
    public async Task A_pixel_tells_its_tile_and_the_point_on_the_ground()
    {
        var world = new FlatWorld(levels: 4);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "fade=0");
        await LookAsync(viewer);

        // The eye looks straight down from 1,500 m over (1500, 900): 60° of height are 400 pixels.
        var picked = await viewer.EvaluateAsync<Picked>("lodestream.pick(420, 150)");
        var scale = 1500 * Math.Tan(Math.PI / 6) / 200;
        Assert.Equal(1500 + 100.0 * scale, picked.Point[0], 5.0);
        Assert.Equal(900 + 50.0 * scale, picked.Point[1], 5.0);
        Assert.Equal(0, picked.Point[2], 0.1);
        Assert.Equal(3, picked.Tile.Level);
        Assert.Equal("Drawn", picked.Tile.Reason);
        Assert.Null(picked.Wanted);
        Assert.EndsWith(FlatWorld.PathOf(3, 4 + (int)Math.Floor(picked.Point[0] / 2048), 4 + (int)Math.Floor(picked.Point[1] / 2048)), picked.Tile.Uri, StringComparison.Ordinal);
        Assert.Contains(picked.Tile.Key, await viewer.EvaluateAsync<string[]>("lodestream.debugState().renderedKeys"));

        // Asking changes nothing of the picture.
        Assert.Equal(1, await viewer.GroundShareAsync(), 0.001);
        await viewer.EvaluateAsync<object?>("lodestream.setCamera({ position: [0, 0, 500], direction: [0, 0.7, 0.7], up: [0, 0, 1] })");
        Assert.True(await viewer.EvaluateAsync<bool>("lodestream.pick(320, 200).then(hit => hit === null)"));
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task Where_a_coarser_tile_stands_in_the_reason_is_told()
    {
        var world = new FlatWorld(levels: 4);
        var missing = FlatWorld.PathOf(3, 4, 4);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        server.Fail = path => path == missing ? 404 : 0;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "fade=0");
        await LookAsync(viewer);

        var picked = await viewer.EvaluateAsync<Picked>("lodestream.pick(320, 200)");
        Assert.InRange(picked.Tile.Level, 0, 2);
        Assert.NotNull(picked.Wanted);
        Assert.Equal(3, picked.Wanted.Level);
        Assert.Equal("FailedForGood", picked.Wanted.Reason);
        Assert.EndsWith(missing, picked.Wanted.Uris[0], StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task A_click_opens_a_panel_that_can_be_closed_from_the_keyboard()
    {
        var world = new FlatWorld(levels: 4);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "fade=0");
        await LookAsync(viewer);

        await viewer.Page.Mouse.ClickAsync(400, 300);
        await viewer.Page.WaitForSelectorAsync("#inspector");
        Assert.Equal("Tile, level 3", await viewer.Page.TextContentAsync("#inspector-title"));
        Assert.Contains("3_4_4.glb", await viewer.Page.TextContentAsync("#inspector-body"), StringComparison.Ordinal);

        await viewer.Page.FocusAsync("#inspector-close");
        await viewer.Page.Keyboard.PressAsync("Escape");
        Assert.False(await viewer.Page.IsVisibleAsync("#inspector"));
    }

    [BrowserFact]
    public async Task The_pointer_at_rest_is_told_what_it_is_on()
    {
        var world = new FlatWorld(levels: 4);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "fade=0");
        await LookAsync(viewer);

        await viewer.Page.Mouse.MoveAsync(400, 300);
        await viewer.Page.WaitForFunctionAsync("document.querySelector('[data-figure=pointed]').textContent === 'level 3, drawn'");
    }

    [BrowserFact]
    public async Task What_the_tileset_says_of_a_tile_its_content_and_their_group_is_told_and_shown()
    {
        var far = new FlatWorld(levels: 3).FileAt(FlatWorld.PathOf(2, 0, 0));
        await using var server = await LoopbackServer.StartAsync();
        server.Make = path => path switch
        {
            "/m/tileset.json" => Encoding.UTF8.GetBytes(Described),
            "/m/far.glb" => far,
            "/m/hill.glb" => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Assets", "hill.glb")),
            _ => null,
        };
        await using var viewer = await browser.OpenAsync(server, "/m/tileset.json", "fade=0");
        await viewer.ReadyAsync();
        await viewer.EvaluateAsync<object?>("lodestream.setCamera({ position: [0, 0, 20], direction: [0, 0, -1], up: [0, 1, 0] })");
        await viewer.UntilAsync("s.idle && s.settled");

        var tile = (await viewer.EvaluateAsync<JsonElement>("lodestream.pick(320, 200)")).GetProperty("tile");
        Assert.EndsWith("/m/hill.glb", tile.GetProperty("uri").GetString(), StringComparison.Ordinal);
        const string Expected = """
            {"tile":{"name":"root tile","count":7,"kind":"MESH","span":[1,2.5,-3],"years":[1999,2024]},"contents":[null,{"name":"the hill"}],"groups":[{"name":"buildings"},{"name":"relief"}],"tileset":{"name":"two hills"}}
            """;
        Assert.Equal(Expected, tile.GetProperty("metadata").GetRawText());
        Assert.Equal(Expected, (await viewer.EvaluateAsync<JsonElement>("lodestream.why('hill.glb')")).GetProperty("metadata").GetRawText());

        await viewer.Page.Mouse.ClickAsync(320, 200);
        await viewer.Page.WaitForSelectorAsync("#inspector");
        var shown = await viewer.EvaluateAsync<string[]>("[...document.querySelectorAll('#inspector-body h3')].map(h => `${h.textContent}: ${[...h.nextElementSibling.children].map(c => c.textContent).join(' ')}`)");
        Assert.Equal(
            ["Tile metadata: name root tile count 7 kind MESH span [1,2.5,-3] years [1999,2024]", "Content metadata: name the hill", "Group: name relief", "Tileset: name two hills"],
            shown.Where(section => section[..section.IndexOf(':')] is "Tile metadata" or "Content metadata" or "Group" or "Tileset" or "Subtree" or "Metadata"));
        Assert.Empty(viewer.PageErrors);
    }

    // The first content lies far to the side, where it is not picked: what is told must be of the second.
    private const string Described = """
        {"asset":{"version":"1.1"},"geometricError":100,
         "schema":{"id":"hills","enums":{"kind":{"values":[{"name":"POINTS","value":0},{"name":"MESH","value":1}]}},"classes":{
           "named":{"properties":{"name":{"type":"STRING"}}},
           "tile":{"properties":{"name":{"type":"STRING"},"count":{"type":"SCALAR","componentType":"UINT8","default":7},"kind":{"type":"ENUM","enumType":"kind"},
             "span":{"type":"VEC3","componentType":"FLOAT64"},"years":{"type":"SCALAR","componentType":"UINT16","array":true},"absent":{"type":"STRING"}}}}},
         "metadata":{"class":"named","properties":{"name":"two hills"}},
         "groups":[{"class":"named","properties":{"name":"relief"}},{"class":"named","properties":{"name":"buildings"}}],
         "root":{"boundingVolume":{"box":[0,0,1,5,0,0,0,5,0,0,0,2]},"geometricError":0,"refine":"ADD",
           "metadata":{"class":"tile","properties":{"name":"root tile","kind":"MESH","span":[1,2.5,-3],"years":[1999,2024]}},
           "contents":[{"uri":"far.glb","group":1},{"uri":"hill.glb","group":0,"metadata":{"class":"named","properties":{"name":"the hill"}}}]}}
        """;

    private static async Task LookAsync(ViewerPage viewer)
    {
        await viewer.ReadyAsync();
        await viewer.EvaluateAsync<object?>("lodestream.setCamera({ position: [1500, 900, 1500], direction: [0, 0, -1], up: [0, 0, 1] })");
        await viewer.UntilAsync("s.idle && s.settled && s.primaryZ === 3");
    }
}
