using System.Buffers;
using System.Numerics;
using System.Text;
using Lodestream.Browser.Tests.Harness;
using Lodestream.Formats.Gltf;
using Lodestream.Geometry;

namespace Lodestream.Browser.Tests;

/// <summary>Sky, sun, shadows and exposure: what the light settings do to the picture, of what is there already.</summary>
[Collection(BrowserCollection.Name)]
public sealed class LightTests(Harness.Browser browser)
{
    [BrowserFact]
    public async Task There_are_no_shadows_until_they_are_switched_on()
    {
        await using var server = await ServeAsync();
        await using var viewer = await OpenAsync(server);
        Assert.False(await viewer.EvaluateAsync<bool>("lodestream.viewer.stage.light.shadows"));
        Assert.False(await viewer.EvaluateAsync<bool>("lodestream.viewer.stage.renderer.shadowMap.enabled"));
        Assert.False(await viewer.Page.IsCheckedAsync("#shadows"));
        var (without, requests) = (await viewer.SeenAsync(), server.Requests.Count);

        await SetAsync(viewer, "shadows: true");
        await viewer.KeepScreenshotAsync("shadows");
        var with = await viewer.SeenAsync();
        Assert.InRange(without.ShareThatDiffers(with, out _), 0.002, 0.1);
        Assert.True(Brightness(with) < Brightness(without), "shadows brighten the picture");

        await SetAsync(viewer, "shadows: false");
        Assert.Equal(0, without.ShareThatDiffers(await viewer.SeenAsync(), out _));
        Assert.Equal(requests, server.Requests.Count);
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task A_low_sun_darkens_the_ground_and_moves_the_shadows()
    {
        await using var server = await ServeAsync();
        await using var viewer = await OpenAsync(server);
        var (noon, requests) = (await SeenAtAsync(viewer, "hour: 12"), server.Requests.Count);
        var morning = await SeenAtAsync(viewer, "hour: 8");
        Assert.InRange(noon.ShareThatDiffers(morning, out _), 0.3, 1);
        Assert.True(Brightness(morning) < Brightness(noon), "the morning is brighter than noon");

        // Shadows fall away from the sun, which rises in the east, at the right of a picture that looks north.
        Assert.InRange(Darkened(morning, await SeenAtAsync(viewer, "shadows: true")), 0, 0.4);
        await SetAsync(viewer, "shadows: false");
        var afternoon = await SeenAtAsync(viewer, "hour: 16");
        Assert.InRange(Darkened(afternoon, await SeenAtAsync(viewer, "shadows: true")), 0.6, 1);
        Assert.Equal(requests, server.Requests.Count);
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task Exposure_brightens_and_darkens_all_that_is_seen()
    {
        await using var server = await ServeAsync();
        await using var viewer = await OpenAsync(server);
        var (plain, requests) = (await viewer.SeenAsync(), server.Requests.Count);
        var brighter = await SeenAtAsync(viewer, "exposure: 1");
        Assert.InRange(plain.ShareThatDiffers(brighter, out _), 0.5, 1);
        Assert.True(Brightness(brighter) > Brightness(plain) * 1.1, "a stop more is hardly brighter");
        Assert.True(Brightness(await SeenAtAsync(viewer, "exposure: -1")) < Brightness(plain) * 0.9, "a stop less is hardly darker");
        Assert.Equal(0, plain.ShareThatDiffers(await SeenAtAsync(viewer, "exposure: 0"), out _));
        Assert.Equal(requests, server.Requests.Count);
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task The_sky_is_blue_and_pales_towards_the_horizon()
    {
        await using var server = await ServeAsync();
        await using var viewer = await OpenAsync(server);
        await viewer.EvaluateAsync<object?>("lodestream.setCamera({ position: [0, -30, 12], direction: [0, 0.866, 0.5], up: [0, 0, 1] })");
        await viewer.UntilAsync("s.idle");
        var seen = await viewer.SeenAsync();

        // The middle of the picture is 30° up, its lower edge the horizon.
        var (high, middle, low) = (At(seen, 320, 4), At(seen, 320, 200), At(seen, 320, 380));
        Assert.All(new[] { high, middle, low }, color => Assert.True(color.B > color.G && color.G > color.R, $"{color} is not blue"));
        Assert.True(high.R < middle.R && middle.R < low.R, $"{high}, {middle}, {low} do not pale downwards");
        Assert.Empty(viewer.PageErrors);
    }

    private async Task<ViewerPage> OpenAsync(LoopbackServer server)
    {
        var viewer = await browser.OpenAsync(server, "/light/tileset.json", "fade=0");
        await viewer.ReadyAsync();
        await viewer.EvaluateAsync<object?>("lodestream.setCamera({ position: [0, -30, 12], direction: [0, 0.94, -0.342], up: [0, 0, 1] })");
        await viewer.UntilAsync("s.idle && s.settled");
        return viewer;
    }

    private static async Task SetAsync(ViewerPage viewer, string options) => await viewer.EvaluateAsync<object?>($"lodestream.setOptions({{ {options} }})");

    private static async Task<Picture> SeenAtAsync(ViewerPage viewer, string options)
    {
        await SetAsync(viewer, options);
        return await viewer.SeenAsync();
    }

    private static double Brightness(Picture picture) => picture.Rgb.Average(channel => (double)channel);

    private static (byte R, byte G, byte B) At(Picture picture, int x, int y)
    {
        var at = (y * picture.Width + x) * 3;
        return (picture.Rgb[at], picture.Rgb[at + 1], picture.Rgb[at + 2]);
    }

    // Where what has become darker lies on average: 0 at the left edge, 1 at the right.
    private static double Darkened(Picture before, Picture after)
    {
        var (sum, count) = (0.0, 0);
        for (var i = 0; i < before.Rgb.Length; i += 3)
        {
            if (before.Rgb[i] - after.Rgb[i] < 8)
                continue;
            sum += i / 3 % before.Width;
            count++;
        }
        Assert.InRange(count, 500, int.MaxValue);
        return sum / count / before.Width;
    }

    private static async Task<LoopbackServer> ServeAsync()
    {
        var (document, content) = (Encoding.UTF8.GetBytes("""
            {"asset":{"version":"1.1"},"geometricError":100,"root":{"boundingVolume":{"box":[0,0,4,200,0,0,0,200,0,0,0,4]},"geometricError":0,"refine":"ADD","content":{"uri":"pillar.glb"} } }
            """), PillarOnAFloor());
        var server = await LoopbackServer.StartAsync();
        server.Make = path => path == "/light/tileset.json" ? document : path == "/light/pillar.glb" ? content : null;
        return server;
    }

    // A floor of 400 m by 400 m and a pillar of 3 m by 3 m by 8 m on it, grey; y is up in the file.
    private static byte[] PillarOnAFloor()
    {
        var (positions, normals, indices) = (new List<Vector3>(), new List<Vector3>(), new List<uint>());
        AddFace(Vector3.Zero, new(200, 0, 0), new(0, 0, -200));
        AddFace(new(0, 8, 0), new(1.5f, 0, 0), new(0, 0, -1.5f));
        AddFace(new(1.5f, 4, 0), new(0, 0, -1.5f), new(0, 4, 0));
        AddFace(new(-1.5f, 4, 0), new(0, 0, 1.5f), new(0, 4, 0));
        AddFace(new(0, 4, 1.5f), new(1.5f, 0, 0), new(0, 4, 0));
        AddFace(new(0, 4, -1.5f), new(-1.5f, 0, 0), new(0, 4, 0));
        var glb = new GlbWriter();
        var mesh = glb.AddMesh([new()
        {
            Positions = glb.AddPositions([.. positions]),
            Normals = glb.AddNormals([.. normals]),
            Indices = glb.AddIndices([.. indices]),
            Material = glb.AddMaterial(new() { BaseColor = new(0.4f, 0.4f, 0.4f, 1) }),
        }]);
        glb.AddNode(new(mesh, Vector3d.Zero));
        var output = new ArrayBufferWriter<byte>();
        glb.WriteTo(output);
        return output.WrittenSpan.ToArray();

        void AddFace(Vector3 center, Vector3 right, Vector3 above)
        {
            var first = (uint)positions.Count;
            positions.AddRange([center - right - above, center + right - above, center + right + above, center - right + above]);
            normals.AddRange(Enumerable.Repeat(Vector3.Normalize(Vector3.Cross(right, above)), 4));
            indices.AddRange([first, first + 1, first + 2, first, first + 2, first + 3]);
        }
    }
}
