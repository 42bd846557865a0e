using System.Text;
using Lodestream.Browser.Tests.Harness;

namespace Lodestream.Browser.Tests;

/// <summary>Contents of every kind are drawn, and take on the GPU what was foretold of them.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ContentTests(Harness.Browser browser)
{
    internal sealed record Figures(double Foretold, double Uploaded, int Contents);

    [BrowserTheory("3d-tiles-samples")]
    [InlineData("1.0/TilesetWithTreeBillboards", 0.002)]
    [InlineData("1.0/TilesetWithRequestVolume", 0.002)]
    [InlineData("1.0/TilesetWithDiscreteLOD", 0.002)]
    [InlineData("1.1/MultipleContents", 0.02)]
    [InlineData("glTF/GpuInstancesMetadata", 0.02)]
    [InlineData("glTF/EXT_mesh_features/FeatureIdTexture", 0.02)]
    [InlineData("glTF/EXT_mesh_features/FeatureIdAttribute", 0.02)]
    [InlineData("glTF/EXT_structural_metadata/ComplexTypes", 0.02)]
    [InlineData("glTF/EXT_structural_metadata/FeatureIdAttributeAndPropertyTable", 0.02)]
    [InlineData("glTF/EXT_structural_metadata/FeatureIdTextureAndPropertyTable", 0.02)]
    [InlineData("glTF/EXT_structural_metadata/MultipleClasses", 0.02)]
    [InlineData("glTF/EXT_structural_metadata/MultipleFeatureIdsAndProperties", 0.02)]
    [InlineData("glTF/EXT_structural_metadata/PropertyAttributesPointCloud", 0.005)]
    [InlineData("glTF/EXT_structural_metadata/SharedPropertyTable", 0.02)]
    [InlineData("glTF/EXT_structural_metadata/SimplePropertyTexture", 0.02)]
    public async Task A_sample_is_drawn_whole_and_takes_what_was_foretold(string folder, double share)
    {
        await using var server = await LoopbackServer.StartAsync(Path.Combine(Machine.Data("3d-tiles-samples")!, folder));
        await using var viewer = await browser.OpenAsync(server, "/scene/tileset.json", "clear=ff00ff");
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.settled");
        await viewer.KeepScreenshotAsync(folder);

        // The finest dragon is absent on purpose.
        var errors = (await viewer.StateAsync()).GetProperty("errors").EnumerateArray().Select(error => error.GetString()!);
        Assert.DoesNotContain(errors, error => !error.Contains("dragon_high", StringComparison.Ordinal));
        Assert.InRange(await viewer.GroundShareAsync(), share, 1);
        await ForetoldIsUploadedAsync(viewer);
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserTheory("mars-dingo-gap")]
    [InlineData(0)]
    public async Task Mars_takes_what_was_foretold(int least)
    {
        await using var server = await LoopbackServer.StartAsync(Machine.Data("mars-dingo-gap")!);
        await using var viewer = await browser.OpenAsync(server, "/scene/tileset.json");
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.settled");
        Assert.InRange((await ForetoldIsUploadedAsync(viewer)).Contents, least + 4, int.MaxValue);
    }

    [BrowserTheory("3d-tiles-samples")]
    [InlineData("1.0/TilesetWithRequestVolume")]
    public async Task A_point_cloud_is_drawn_once_its_request_volume_is_entered(string folder)
    {
        await using var server = await LoopbackServer.StartAsync(Path.Combine(Machine.Data("3d-tiles-samples")!, folder));
        await using var viewer = await browser.OpenAsync(server, "/scene/tileset.json", "clear=ff00ff");
        await viewer.ReadyAsync();
        await viewer.EvaluateAsync<object?>("lodestream.setCamera({ position: [1215012.80, -4736312.73, 4081601.02], direction: [-0.59, 2.31, 1.92], up: [0.19, -0.74, 0.64] })");
        await viewer.UntilAsync("s.settled && [...lodestream.viewer.tiles.drawn.values()].some(i => i.objects.some(o => o.isPoints && o.geometry.attributes.position.count === 125000))");
        await viewer.KeepScreenshotAsync("pnts");
        Assert.InRange(await viewer.GroundShareAsync(), 0.02, 1);
        await ForetoldIsUploadedAsync(viewer);
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserTheory]
    [InlineData("hill.glb", "vendor/three/three.module.js", "rgba")]
    [InlineData("hill-quantized.glb", "vendor/three/three.module.js", "rgba")]
    [InlineData("hill-draco.glb", "draco.wasm", "rgba")]
    [InlineData("hill-meshopt.glb", "meshopt.js", "rgba")]
    [InlineData("hill-ktx2.glb", "basis.wasm", "block")]
    [InlineData("hill-draco.pnts", "draco.wasm", "none")]
    public async Task Compressed_geometry_and_textures_are_decoded_by_decoders_fetched_for_them(string file, string decoder, string texture)
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Make = path => path == "/c/tileset.json" ? Tileset(file) : path == "/c/" + file ? Asset(file) : null;
        await using var viewer = await browser.OpenAsync(server, "/c/tileset.json", "clear=ff00ff");
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.settled");
        await viewer.KeepScreenshotAsync(file);

        Assert.Equal(file is not ("hill.glb" or "hill-quantized.glb"), server.Requests.Any(path => path.Contains("vendor/decoders-", StringComparison.Ordinal)));
        Assert.Contains(server.Requests, path => path.EndsWith(decoder, StringComparison.Ordinal));
        Assert.InRange(await viewer.GroundShareAsync(), file.EndsWith("pnts", StringComparison.Ordinal) ? 0.001 : 0.02, 1);
        var figures = await ForetoldIsUploadedAsync(viewer);
        Assert.Equal(1, figures.Contents);
        Assert.Equal(texture, await viewer.EvaluateAsync<string>("""
            (() => { const map = [...lodestream.viewer.tiles.drawn.values()][0].objects[0].material.map; return !map ? 'none' : map.isCompressedTexture ? 'block' : 'rgba'; })()
            """));
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task A_quantized_model_looks_like_the_one_it_was_made_of()
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Make = path => path switch
        {
            "/c/plain.json" => Tileset("hill.glb"),
            "/c/quantized.json" => Tileset("hill-quantized.glb"),
            "/c/hill.glb" or "/c/hill-quantized.glb" => Asset(path[3..]),
            _ => null,
        };
        var seen = new List<Picture>();
        foreach (var scene in new[] { "/c/plain.json", "/c/quantized.json" })
        {
            await using var viewer = await browser.OpenAsync(server, scene, "clear=ff00ff&fade=0");
            await viewer.ReadyAsync();
            await viewer.EvaluateAsync<object?>("lodestream.setCamera({ position: [0, -8, 6], direction: [0, 0.8, -0.6], up: [0, 0, 1] })");
            await viewer.UntilAsync("s.idle && s.settled");
            Assert.InRange(await viewer.GroundShareAsync(), 0.2, 1);
            seen.Add(await viewer.SeenAsync());
        }
        Assert.InRange(seen[0].ShareThatDiffers(seen[1], out _), 0, 0.001);
    }

    [BrowserFact]
    public async Task A_model_in_files_of_their_own_is_drawn_and_fails_with_them()
    {
        var files = ExternalHill();
        await using var server = await LoopbackServer.StartAsync();
        server.Make = path => path == "/c/tileset.json" ? Tileset("hill.gltf") : files.GetValueOrDefault(path);
        await using var viewer = await browser.OpenAsync(server, "/c/tileset.json", "clear=ff00ff");
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.settled");
        Assert.Equal((1, 1), (server.CountOf("/c/sub/hill.bin"), server.CountOf("/c/sub/hill image.png")));
        Assert.InRange(await viewer.GroundShareAsync(), 0.02, 1);
        await ForetoldIsUploadedAsync(viewer);

        server.Fail = path => path == "/c/sub/hill.bin" ? 404 : 0;
        await using var broken = await browser.OpenAsync(server, "/c/tileset.json");
        await broken.UntilAsync("s.errors.some(e => e.includes('hill.gltf') || e.includes('hill.bin'))");
    }

    [BrowserFact]
    public async Task Nested_composites_draw_all_they_hold()
    {
        var hill = Asset("hill.glb");
        var i3dm = LegacyContent("i3dm", """{"INSTANCES_LENGTH":2,"POSITION":{"byteOffset":0}}  """, [.. Floats(-12, 0, 0), .. Floats(12, 0, 0)], hill, 1);
        var b3dm = LegacyContent("b3dm", """{"BATCH_LENGTH":0}      """, [], hill, null);
        var cmpt = Cmpt(b3dm, Cmpt(i3dm, Asset("hill-draco.pnts")));
        await using var server = await LoopbackServer.StartAsync();
        server.Make = path => path == "/c/tileset.json" ? Tileset("all.cmpt") : path == "/c/all.cmpt" ? cmpt : null;
        await using var viewer = await browser.OpenAsync(server, "/c/tileset.json", "clear=ff00ff");
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.settled");
        await viewer.KeepScreenshotAsync("cmpt");
        Assert.Equal("mesh,instances 2,points", await viewer.EvaluateAsync<string>("""
            [...lodestream.viewer.tiles.drawn.values()].flatMap(i => i.objects).map(o => o.isPoints ? 'points' : o.isInstancedMesh ? `instances ${o.count}` : 'mesh').join()
            """));
        await ForetoldIsUploadedAsync(viewer);
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserTheory("3d-tiles-samples")]
    [InlineData("1.0/TilesetWithTreeBillboards")]
    [InlineData("1.1/MultipleContents")]
    public async Task What_is_freed_is_free_of_buffers_and_textures(string folder)
    {
        await using var server = await LoopbackServer.StartAsync(Path.Combine(Machine.Data("3d-tiles-samples")!, folder));
        await using var viewer = await browser.OpenAsync(server, "/scene/tileset.json");
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.settled");
        var left = await viewer.EvaluateAsync<int[]>("""
            (() => {
              const { stage, tiles } = lodestream.viewer, gl = stage.renderer.getContext(), before = { ...stage.renderer.info.memory };
              let deleted = 0;
              const original = gl.deleteBuffer.bind(gl);
              gl.deleteBuffer = buffer => { deleted++; original(buffer); };
              tiles.dispose();
              const { geometries, textures } = stage.renderer.info.memory;
              return [before.geometries - geometries, before.textures - textures, deleted];
            })()
            """);
        Assert.All(left, freed => Assert.InRange(freed, 1, int.MaxValue));
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserTheory("3d-tiles-samples")]
    [InlineData("glTF/GpuInstancesMetadata", "o.isInstancedMesh", "\"example_STRING\":\"")]
    [InlineData("glTF/EXT_structural_metadata/FeatureIdAttributeAndPropertyTable", "o.isMesh", "example_")]
    [InlineData("glTF/EXT_structural_metadata/FeatureIdTextureAndPropertyTable", "o.isMesh", "\"id\":")]
    [InlineData("glTF/EXT_structural_metadata/SimplePropertyTexture", "o.isMesh", "insideTemperature")]
    [InlineData("glTF/EXT_structural_metadata/PropertyAttributesPointCloud", "o.isPoints", "\"classification\":\"Buildings\"")]
    [InlineData("1.0/TilesetWithRequestVolume", "o.isMesh", "\"Longitude\":")]
    [InlineData("1.0/TilesetWithTreeBillboards", "o.isInstancedMesh", "\"Height\":20")]
    public async Task A_pixel_tells_its_feature_and_what_is_known_of_it(string folder, string kind, string expected)
    {
        await using var server = await LoopbackServer.StartAsync(Path.Combine(Machine.Data("3d-tiles-samples")!, folder));
        await using var viewer = await browser.OpenAsync(server, "/scene/tileset.json");
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.settled");
        var picked = await viewer.EvaluateAsync<string>($$"""
            (async () => {
              const { tiles } = lodestream.viewer, found = new Set();
              for (let y = 5; y < 400; y += 16)
                for (let x = 325; x < 640; x += 12)
                  found.add(JSON.stringify((await tiles.pick(x, y))?.features ?? null));
              const objects = [...tiles.drawn.values()].flatMap(i => i.objects);
              return objects.some(o => {{kind}}) ? [...found].join('\n') : 'nothing of the kind is drawn';
            })()
            """);
        Assert.Contains(expected, picked, StringComparison.Ordinal);
        Assert.Contains("null", picked.Split('\n'));
        Assert.DoesNotContain("\"error\"", picked, StringComparison.Ordinal);
        Assert.Empty(viewer.PageErrors);
    }

    // What C# measured of all contents that are on the GPU, and what they have there.
    internal static async Task<Figures> ForetoldIsUploadedAsync(ViewerPage viewer)
    {
        var figures = await viewer.EvaluateAsync<Figures>("""
            (() => {
              const { tiles } = lodestream.viewer, contents = tiles.residentContents();
              return { foretold: tiles.stats.geometryBytes + tiles.stats.textureBytes, uploaded: contents.reduce((sum, c) => sum + c.geometryBytes + c.textureBytes, 0), contents: contents.length };
            })()
            """);
        Assert.Equal(figures.Foretold, figures.Uploaded);
        return figures;
    }

    private static byte[] Asset(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Assets", name));

    private static byte[] Tileset(string content) => Encoding.UTF8.GetBytes($$$"""
        {"asset":{"version":"1.1"},"geometricError":100,"root":{"boundingVolume":{"box":[0,0,1,18,0,0,0,8,0,0,0,2]},"geometricError":0,"refine":"ADD","content":{"uri":"{{{content}}}"} } }
        """);

    // hill.glb's JSON with its binary part and its image in files.
    private static Dictionary<string, byte[]> ExternalHill()
    {
        var glb = Asset("hill.glb");
        var length = BitConverter.ToInt32(glb, 12);
        var json = Encoding.UTF8.GetString(glb, 20, length);
        var binary = glb[(28 + length)..];
        var image = binary.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x89, 0x50, 0x4e, 0x47]);
        json = json.Replace("\"buffers\":[{", "\"buffers\":[{\"uri\":\"sub/hill.bin\",", StringComparison.Ordinal)
            .Replace("{\"bufferView\":4,\"mimeType\":\"image/png\"}", "{\"uri\":\"sub/hill%20image.png\"}", StringComparison.Ordinal);
        return new() { ["/c/hill.gltf"] = Encoding.UTF8.GetBytes(json), ["/c/sub/hill.bin"] = binary, ["/c/sub/hill image.png"] = binary[image..] };
    }

    private static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static byte[] LegacyContent(string magic, string table, byte[] tableBinary, byte[] body, int? format)
    {
        var header = format is null ? 28 : 32;
        int[] words = [1, header + table.Length + tableBinary.Length + body.Length, table.Length, tableBinary.Length, 0, 0, .. format is { } f ? new[] { f } : []];
        return [.. Encoding.ASCII.GetBytes(magic), .. words.SelectMany(BitConverter.GetBytes), .. Encoding.ASCII.GetBytes(table), .. tableBinary, .. body];
    }

    private static byte[] Cmpt(params byte[][] contents)
    {
        int[] words = [1, 16 + contents.Sum(c => c.Length), contents.Length];
        return [.. "cmpt"u8, .. words.SelectMany(BitConverter.GetBytes), .. contents.SelectMany(c => c)];
    }
}
