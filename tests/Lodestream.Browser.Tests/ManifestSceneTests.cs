using Lodestream.Browser.Tests.Harness;
using Lodestream.Formats.Untold;

namespace Lodestream.Browser.Tests;

/// <summary>Manifest scenes and their payloads in the browser.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ManifestSceneTests(Harness.Browser browser)
{
    [BrowserTheory]
    [InlineData(UntoldCompression.None, true)]
    [InlineData(UntoldCompression.Lz4, true)]
    [InlineData(UntoldCompression.None, false)]
    [InlineData(UntoldCompression.Lz4, false)]
    public async Task A_payload_is_drawn_and_takes_what_was_foretold_with_its_texture_and_without(UntoldCompression compression, bool hasTexture)
    {
        var floor = new UntoldFloor(compression, hasTexture ? Image() : null);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = floor.FileAt;
        await using var viewer = await browser.OpenAsync(server, UntoldFloor.Scene, "clear=ff00ff&fade=0&batching=0");
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.idle && s.settled && s.renderedKeys.length > 0");
        await viewer.KeepScreenshotAsync($"untold-{compression}-{hasTexture}");

        // The camera is the manifest's own suggestion: straight down, on the floor's middle.
        Assert.InRange(await viewer.EvaluateAsync<double>("lodestream.viewer.stage.camera.position.z"), 5.9, 6.1);
        Assert.InRange(await viewer.GroundShareAsync(), 0.5, 1);
        var figures = await ContentTests.ForetoldIsUploadedAsync(viewer);
        Assert.Equal(1, figures.Contents);
        Assert.Equal(hasTexture, await viewer.EvaluateAsync<bool>("[...lodestream.viewer.tiles.drawn.values()][0].objects.some(o => o.material.map)"));
        Assert.Equal(hasTexture, await viewer.EvaluateAsync<bool>("lodestream.viewer.tiles.stats.textureBytes > 0"));
        Assert.InRange(RedShareOfLeft(await viewer.SeenAsync()), 0.1, 0.5);

        // Shares of one total: of less than a gibibyte each account may take all.
        var state = await viewer.StateAsync();
        Assert.Equal(state.GetProperty("budget").GetInt64(), state.GetProperty("geometryBudget").GetInt64());
        Assert.Equal(state.GetProperty("budget").GetInt64(), await viewer.EvaluateAsync<long>("lodestream.viewer.tiles.stats.textureBudgetBytes"));
        Assert.Equal(1, await viewer.EvaluateAsync<int>("[...document.querySelectorAll('[title]')].filter(e => /^geometry .* of .*, textures .* of .*$/.test(e.title)).length"));
        Assert.Empty(viewer.PageErrors);
    }

    // Every other field of the left half is red; the background is magenta.
    private static double RedShareOfLeft(Picture seen)
    {
        var red = 0;
        for (var y = 0; y < seen.Height; y++)
        {
            for (var x = 0; x < seen.Width / 2; x++)
            {
                var pixel = seen.Rgb.AsSpan((y * seen.Width + x) * 3, 3);
                if (pixel[0] > 90 && pixel[1] < pixel[0] / 2 && pixel[2] < pixel[0] / 2)
                    red++;
            }
        }
        return red / (seen.Height * seen.Width / 2.0);
    }

    // The texture of the hill among the assets.
    private static byte[] Image()
    {
        var glb = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Assets", "hill.glb"));
        return glb[glb.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x89, 0x50, 0x4e, 0x47])..];
    }
}
