using Lodestream.Browser.Tests.Harness;
using Lodestream.Formats.Preparing;
using Lodestream.Scene;

namespace Lodestream.Browser.Tests;

/// <summary>Contents of every kind are drawn, and take on the GPU what was foretold of them.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ContentTests(Harness.Browser browser)
{
    private sealed record Figures(double GeometryBytes, double TextureBytes, int Contents, double GpuBytes);

    [BrowserTheory("3d-tiles-samples")]
    [InlineData("1.0/TilesetWithTreeBillboards", 0.005)]
    [InlineData("1.0/TilesetWithRequestVolume", 0.002)]
    [InlineData("1.1/MultipleContents", 0.02)]
    [InlineData("glTF/GpuInstancesMetadata", 0.02)]
    [InlineData("glTF/EXT_mesh_features/FeatureIdTexture", 0.02)]
    [InlineData("glTF/EXT_mesh_features/FeatureIdAttribute", 0.02)]
    [InlineData("glTF/EXT_structural_metadata/ComplexTypes", 0.02)]
    public async Task A_sample_is_drawn_whole_without_an_error(string folder, double share)
    {
        await using var server = await LoopbackServer.StartAsync(Path.Combine(Machine.Data("3d-tiles-samples")!, folder));
        await using var viewer = await browser.OpenAsync(server, "/scene/tileset.json", "clear=ff00ff");
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.settled");
        await viewer.KeepScreenshotAsync(folder);

        Assert.Empty((await viewer.StateAsync()).GetProperty("errors").EnumerateArray().Select(error => error.GetString()));
        Assert.InRange(await viewer.GroundShareAsync(), share, 1);
        Assert.Empty(viewer.PageErrors);
    }
}
