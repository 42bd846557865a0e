using Lodestream.Browser.Tests.Harness;

namespace Lodestream.Browser.Tests;

/// <summary>When <c>lodestream.ready</c> resolves, when it rejects, and what <c>errors</c> lists then.</summary>
[Collection(BrowserCollection.Name)]
public sealed class InitialResidencyTests(Harness.Browser browser)
{
    private sealed record Verdict(string Outcome, string[] Errors, int Drawn);

    private const string AwaitReady = """
        lodestream.ready.then(() => 'resolved', e => e.message).then(outcome => {
          let drawn = 0;
          try { drawn = lodestream.debugState().renderedKeys.length; } catch { }
          return { outcome, errors: lodestream.errors, drawn };
        })
        """;

    [BrowserFact]
    public async Task A_leaf_that_does_not_exist_holds_nothing_up_and_is_listed()
    {
        var world = new FlatWorld(levels: 2);
        var missing = FlatWorld.PathOf(1, 1, 0);
        var verdict = await OpenAsync(world, path => path == missing ? 404 : 0, "sse=4");

        Assert.Equal("resolved", verdict.Outcome);
        Assert.Contains(missing, Assert.Single(verdict.Errors), StringComparison.Ordinal);
        Assert.True(verdict.Drawn > 0);
    }

    [BrowserFact]
    public async Task A_leaf_that_the_server_refuses_for_now_is_waited_for()
    {
        var world = new FlatWorld(levels: 2);
        var busy = FlatWorld.PathOf(1, 1, 0);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        server.Fail = path => path == busy && server.CountOf(busy) <= 2 ? 503 : 0;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "sse=4");
        var verdict = await viewer.EvaluateAsync<Verdict>(AwaitReady);

        Assert.Equal("resolved", verdict.Outcome);
        Assert.Equal(3, server.CountOf(busy));
        Assert.True(await viewer.EvaluateAsync<bool>(ViewerPage.IsResident(busy)), "it was ready before the leaf was");
    }

    [BrowserFact]
    public async Task A_required_family_that_cannot_be_had_is_named()
    {
        var world = new FlatWorld(levels: 2);
        var document = System.Text.Encoding.UTF8.GetString(world.FileAt(FlatWorld.Scene)!);
        Assert.Contains("\"content\":{\"uri\":\"0_0_0.glb\"}", document, StringComparison.Ordinal);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = path => path == FlatWorld.Scene ? System.Text.Encoding.UTF8.GetBytes(WithWater(document)) : world.FileAt(path);
        server.Fail = path => path.EndsWith("water.glb", StringComparison.Ordinal) ? 404 : 0;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "sse=4");
        var verdict = await viewer.EvaluateAsync<Verdict>(AwaitReady);

        Assert.Contains("required family water", verdict.Outcome, StringComparison.Ordinal);
        Assert.Contains(verdict.Errors, error => error.Contains("water.glb", StringComparison.Ordinal));
        Assert.Contains(verdict.Outcome, verdict.Errors);
        Assert.True(verdict.Drawn > 0, "the ground is drawn all the same");
    }

    [BrowserTheory]
    [InlineData("absent")]
    [InlineData("broken")]
    public async Task A_scene_that_cannot_be_opened_is_said_to_be(string how)
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Make = path => path == FlatWorld.Scene ? "{}"u8.ToArray() : null;
        server.Fail = path => path == FlatWorld.Scene && how == "absent" ? 404 : 0;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);
        var verdict = await viewer.EvaluateAsync<Verdict>(AwaitReady);

        Assert.Contains(FlatWorld.Scene, verdict.Outcome, StringComparison.Ordinal);
        Assert.Contains(verdict.Outcome, verdict.Errors);
    }

    [BrowserFact]
    public async Task A_first_view_of_which_nothing_can_be_drawn_is_said_to_be_and_all_that_failed_is_listed()
    {
        var verdict = await OpenAsync(new FlatWorld(levels: 2), path => path.EndsWith(".glb", StringComparison.Ordinal) ? 404 : 0, "sse=4");

        Assert.Contains("nothing of the first view can be drawn", verdict.Outcome, StringComparison.Ordinal);
        Assert.Equal(0, verdict.Drawn);
        foreach (var tile in new[] { FlatWorld.PathOf(0, 0, 0), FlatWorld.PathOf(1, 0, 0), FlatWorld.PathOf(1, 1, 1) })
            Assert.Contains(verdict.Errors, error => error.Contains(tile, StringComparison.Ordinal));
    }

    private async Task<Verdict> OpenAsync(FlatWorld world, Func<string, int> fail, string parameters)
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        server.Fail = fail;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, parameters);
        var verdict = await viewer.EvaluateAsync<Verdict>(AwaitReady);
        Assert.Empty(viewer.PageErrors);
        return verdict;
    }

    // Every tile has a second content, in a group whose metadata says that it is water.
    private static string WithWater(string document)
    {
        var tileset = System.Text.Json.Nodes.JsonNode.Parse(document)!.AsObject();
        tileset["schema"] = System.Text.Json.Nodes.JsonNode.Parse("""{"id":"families","classes":{"family":{"properties":{"family":{"type":"STRING"}}}}}""");
        tileset["groups"] = System.Text.Json.Nodes.JsonNode.Parse("""[{"class":"family","properties":{"family":"terrain"}},{"class":"family","properties":{"family":"water"}}]""");
        AddWater(tileset["root"]!.AsObject());
        return tileset.ToJsonString();

        static void AddWater(System.Text.Json.Nodes.JsonObject tile)
        {
            var ground = tile["content"]!["uri"]!.GetValue<string>();
            tile.Remove("content");
            tile["contents"] = new System.Text.Json.Nodes.JsonArray(Content(ground, 0), Content(ground.Replace(".glb", "_water.glb", StringComparison.Ordinal), 1));
            foreach (var child in tile["children"]?.AsArray() ?? [])
                AddWater(child!.AsObject());
        }

        static System.Text.Json.Nodes.JsonObject Content(string uri, int group) => new() { ["uri"] = uri, ["group"] = group };
    }
}
