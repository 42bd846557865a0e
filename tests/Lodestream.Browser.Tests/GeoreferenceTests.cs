using System.Globalization;
using System.Text.Json;
using Lodestream.Browser.Tests.Harness;
using Lodestream.Geometry;

namespace Lodestream.Browser.Tests;

/// <summary>Scenes on the globe: up is away from the Earth, north is known, and nothing trembles near the ground.</summary>
[Collection(BrowserCollection.Name)]
public sealed class GeoreferenceTests(Harness.Browser browser)
{
    private const double Longitude = 0.149, Latitude = 0.907, Height = 431;

    private static readonly Transform3d There = OnTheGlobe();

    [BrowserFact]
    public async Task A_metre_above_the_ground_a_floor_on_the_globe_looks_as_it_does_at_the_origin_however_little_one_moves()
    {
        var here = await PicturesAsync(Transform3d.Identity);
        var there = await PicturesAsync(There);

        for (var step = 0; step < here.Length; step++)
            Assert.InRange(DifferingShare(here[step], there[step]), 0, 0.004);
        // The steps are small, but they are seen: a picture that trembled by as much would be found out.
        for (var step = 1; step < here.Length; step++)
            Assert.True(DifferingShare(here[step - 1], here[step]) > 0.01, $"step {step} moved nothing");
    }

    [BrowserFact]
    public async Task The_readout_says_where_one_is_and_the_compass_turns_to_north()
    {
        await using var server = await ServeAsync(There);
        await using var viewer = await browser.OpenAsync(server, CheckeredFloor.Scene);
        await viewer.ReadyAsync();
        await LookAsync(viewer, There, new(0, 0, 4), new(1, 0, -1));

        var (degrees, height) = (180 / Math.PI, Height + 4);
        await viewer.Page.WaitForFunctionAsync("document.getElementById('readout').textContent.includes('above ground')");
        var readout = await viewer.Page.TextContentAsync("#readout");
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{Latitude * degrees:F5}° N  {Longitude * degrees:F5}° E"), readout, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{height:F0} m high"), readout, StringComparison.Ordinal);
        Assert.Contains("4.0 m above ground", readout, StringComparison.Ordinal);

        Assert.Equal(Math.PI / 2, await viewer.EvaluateAsync<double>("lodestream.viewer.navigation.heading"), 1e-6);
        await viewer.Page.ClickAsync("#compass");
        await viewer.UntilAsync("s.idle && s.settled");
        Assert.Equal(0, await viewer.EvaluateAsync<double>("lodestream.viewer.navigation.heading"), 1e-6);
    }

    [BrowserFact]
    public async Task Up_is_the_ellipsoids_normal_and_the_first_view_looks_down_on_the_scene()
    {
        await using var server = await ServeAsync(There);
        await using var viewer = await browser.OpenAsync(server, CheckeredFloor.Scene, "clear=ff00ff");
        await viewer.ReadyAsync();
        var up = await viewer.EvaluateAsync<double[]>("lodestream.viewer.frame.upAt(lodestream.viewer.navigation.pose.position).toArray()");
        Assert.InRange(Vector3d.Dot(new(up[0], up[1], up[2]), There.Z), 1 - 1e-9, 1 + 1e-9);
        Assert.InRange(await viewer.GroundShareAsync(), 0.15, 0.9);
    }

    private async Task<byte[][]> PicturesAsync(Transform3d place)
    {
        await using var server = await ServeAsync(place);
        await using var viewer = await browser.OpenAsync(server, CheckeredFloor.Scene, "clear=ff00ff&fade=0");
        await viewer.ReadyAsync();
        var pictures = new List<byte[]>();
        for (var step = 0; step < 6; step++)
        {
            // Seven millimetres a step.
            await LookAsync(viewer, place, new(0.31 + step * 0.007, -0.2, 1), new(0.1, 0.8, -0.6));
            pictures.Add(Convert.FromBase64String(await viewer.EvaluateAsync<string>("""
                (() => {
                  const { stage } = lodestream.viewer, gl = stage.renderer.getContext(), w = gl.drawingBufferWidth, h = gl.drawingBufferHeight, pixels = new Uint8Array(w * h * 4);
                  stage.render();
                  gl.readPixels(0, 0, w, h, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
                  let text = '';
                  for (let i = 0; i < pixels.length; i += 4)
                    text += String.fromCharCode(pixels[i]);
                  return btoa(text);
                })()
                """)));
        }
        Assert.Empty(viewer.PageErrors);
        return [.. pictures];
    }

    private static async Task<LoopbackServer> ServeAsync(Transform3d place)
    {
        var floor = new CheckeredFloor(place);
        var server = await LoopbackServer.StartAsync();
        server.Make = floor.FileAt;
        return server;
    }

    private static async Task LookAsync(ViewerPage viewer, Transform3d place, Vector3d from, Vector3d towards)
    {
        var (position, direction) = (place.Point(from), place.Direction(towards.Normalized()));
        await viewer.EvaluateAsync<object?>($"lodestream.setCamera({{ position: {Json(position)}, direction: {Json(direction)} }})");
        await viewer.UntilAsync("s.idle && s.settled");
    }

    private static double DifferingShare(byte[] a, byte[] b) => a.Zip(b, (x, y) => Math.Abs(x - y) > 60 ? 1 : 0).Sum() / (double)a.Length;

    private static string Json(Vector3d v) => JsonSerializer.Serialize(new[] { v.X, v.Y, v.Z });

    private static Transform3d OnTheGlobe()
    {
        var (east, north, up) = Ellipsoid.EastNorthUp(Longitude, Latitude);
        return new(east, north, up, Ellipsoid.ToCartesian(Longitude, Latitude, Height));
    }
}
