using System.Globalization;
using System.IO.Compression;
using Lodestream.Browser.Tests.Harness;
using Lodestream.Server;
using Xunit.Abstractions;

namespace Lodestream.Browser.Tests;

/// <summary>
/// Sample scenes, settled, look as the pictures of them under References that were made by us and looked at. What differs is left in
/// artifacts/conformance beside the picture of where. LODESTREAM_ACCEPT_IMAGES=1 takes what is seen for the reference.
/// </summary>
[Collection(BrowserCollection.Name)]
public sealed class ConformanceTests(Harness.Browser browser, ITestOutputHelper output)
{
    private const int Width = 320, Height = 200;

    // Share of the pixels. Edges differ by less, on any rasteriser; the smallest tile that is out of place by more.
    private const double Tolerated = 0.002;

    private static readonly string References = Path.Combine(Machine.Root, "tests", "Lodestream.Browser.Tests", "References");
    private static readonly string Artifacts = Path.Combine(Machine.Root, "artifacts", "conformance");

    // tileset-external-child.json is a part of tileset-external.json, and says the axis that is up there only.
    [BrowserTheory("mars-dingo-gap")]
    [InlineData("tileset.json", "mars")]
    [InlineData("tileset-external.json", "mars")]
    [InlineData("tileset-external-with-url-params.json", "mars")]
    [InlineData("tileset-no-root-content.json", "mars")]
    [InlineData("tileset-no-midtile-content.json", "mars")]
    [InlineData("tileset-broken-root-content.json", "mars")]
    [InlineData("tileset-add.json", "mars-add")]
    public async Task Mars_looks_like_its_picture_however_its_tiles_are_tied(string document, string reference)
    {
        await using var server = await LoopbackServer.StartAsync(Machine.Data("mars-dingo-gap")!);
        await using var viewer = await OpenAsync(server.Url, $"scene/{document}", "sse=4");
        await LooksLikeAsync(viewer, reference, document);
    }

    // The nearest ancestor that is there stands in; which one that is depends on what had come when the part turned out to be missing.
    [BrowserTheory("mars-dingo-gap")]
    [InlineData("", "mars-external-broken", "mars-external-broken-from-root")]
    [InlineData("/scene/0.b3dm", "mars-external-broken-from-root")]
    public async Task Where_a_part_of_Mars_is_missing_an_ancestor_stands_in(string alsoMissing, params string[] references)
    {
        await using var server = await LoopbackServer.StartAsync(Machine.Data("mars-dingo-gap")!);
        server.Fail = path => path == alsoMissing ? 404 : 0;
        await using var viewer = await OpenAsync(server.Url, "scene/tileset-external-broken.json", "sse=4");
        await LooksLikeAsync(viewer, references, $"mars-external-broken{Path.GetFileName(alsoMissing)}");
    }

    [BrowserTheory("3d-tiles-samples")]
    [InlineData("1.0/TilesetWithRequestVolume", "PointCloudInRequestVolume")]
    public async Task A_point_cloud_looks_like_its_picture_from_within_its_request_volume(string folder, string reference)
    {
        await using var server = await LoopbackServer.StartAsync(Sample(folder));
        await using var viewer = await OpenAsync(server.Url, "scene/tileset.json");
        await viewer.EvaluateAsync<object?>("lodestream.setCamera({ position: [1215012.80, -4736312.73, 4081601.02], direction: [-0.59, 2.31, 1.92], up: [0.19, -0.74, 0.64] })");
        await viewer.UntilAsync("s.settled && [...lodestream.viewer.tiles.drawn.values()].some(i => i.objects.some(o => o.isPoints))");
        await LooksLikeAsync(viewer, reference, reference);
    }

    [BrowserTheory("3d-tiles-samples")]
    [InlineData("1.0/TilesetWithDiscreteLOD")]
    [InlineData("1.0/TilesetWithRequestVolume")]
    [InlineData("1.0/TilesetWithTreeBillboards")]
    [InlineData("1.1/MultipleContents")]
    [InlineData("1.1/SparseImplicitQuadtree")]
    [InlineData("glTF/GpuInstancesMetadata")]
    [InlineData("glTF/EXT_mesh_features/FeatureIdAttribute")]
    [InlineData("glTF/EXT_mesh_features/FeatureIdTexture")]
    [InlineData("glTF/EXT_structural_metadata/ComplexTypes")]
    [InlineData("glTF/EXT_structural_metadata/FeatureIdAttributeAndPropertyTable")]
    [InlineData("glTF/EXT_structural_metadata/FeatureIdTextureAndPropertyTable")]
    [InlineData("glTF/EXT_structural_metadata/MultipleClasses")]
    [InlineData("glTF/EXT_structural_metadata/MultipleFeatureIdsAndProperties")]
    [InlineData("glTF/EXT_structural_metadata/PropertyAttributesPointCloud")]
    [InlineData("glTF/EXT_structural_metadata/SharedPropertyTable")]
    [InlineData("glTF/EXT_structural_metadata/SimplePropertyTexture")]
    public async Task A_sample_looks_like_its_picture(string folder)
    {
        await using var server = await LoopbackServer.StartAsync(Sample(folder));
        await using var viewer = await OpenAsync(server.Url, "scene/tileset.json");
        var name = Path.GetFileName(folder);
        await LooksLikeAsync(viewer, name, name);
    }

    [BrowserTheory("3d-tiles-samples")]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public async Task An_archive_served_by_our_server_looks_like_the_folder_it_was_made_of(CompressionLevel compression)
    {
        var folder = Directory.CreateTempSubdirectory("lodestream-archive").FullName;
        try
        {
            await ZipFile.CreateFromDirectoryAsync(Sample("1.1/SparseImplicitQuadtree"), Path.Combine(folder, "sparse.3tz"), compression, includeBaseDirectory: false);
            await using var server = await LodestreamServer.StartAsync(
                new() { Paths = [Path.Combine(folder, "sparse.3tz")], Port = 0, ViewerDirectory = Machine.Viewer }, CancellationToken.None);
            await using var viewer = await OpenAsync(server.Url.AbsoluteUri, "tilesets/sparse/tileset.json");
            await LooksLikeAsync(viewer, "SparseImplicitQuadtree", $"archive-{compression}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [BrowserTheory("mars-dingo-gap")]
    [InlineData("o => { o.matrix.elements[13] += 8; }")]
    [InlineData("o => { o.visible = false; }")]
    [InlineData("o => { o.material.map = null; o.material.needsUpdate = true; }")]
    public async Task A_single_tile_out_of_place_missing_or_bare_does_not_pass(string fault)
    {
        await using var server = await LoopbackServer.StartAsync(Machine.Data("mars-dingo-gap")!);
        await using var viewer = await OpenAsync(server.Url, "scene/tileset.json", "sse=4");
        Assert.InRange(PngFile.Read(ReferenceOf("mars")).ShareThatDiffers(await CaptureAsync(viewer), out _), 0, Tolerated);

        // The tile that is in the middle of the picture.
        await viewer.EvaluateAsync<object?>($$"""
            (async () => {
              const { tile } = await lodestream.pick({{Width / 2}}, {{Height / 2}});
              [...lodestream.viewer.tiles.drawn.values()].find(({ key }) => key === tile.key).objects.forEach({{fault}});
            })()
            """);
        var share = PngFile.Read(ReferenceOf("mars")).ShareThatDiffers(await CaptureAsync(viewer), out _);
        output.WriteLine($"{share:P2} of the pixels differ");
        Assert.InRange(share, 2 * Tolerated, 1);
    }

    private async Task<ViewerPage> OpenAsync(string server, string scene, string parameters = "")
    {
        var viewer = await browser.OpenAsync(new Uri($"{server}?scene=/{scene}&clear=202830&fade=0&{parameters}"), page => page.SetViewportSizeAsync(Width, Height));
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.settled");
        return viewer;
    }

    private Task LooksLikeAsync(ViewerPage viewer, string reference, string name) => LooksLikeAsync(viewer, [reference], name);

    // Like one of the references; the first is named where it is like none.
    private async Task LooksLikeAsync(ViewerPage viewer, string[] references, string name)
    {
        Assert.Empty(viewer.PageErrors);
        var actual = await CaptureAsync(viewer);
        var path = ReferenceOf(references[0]);
        var (share, difference) = (1.0, actual);
        foreach (var reference in references.Reverse().Where(r => File.Exists(ReferenceOf(r))))
        {
            share = PngFile.Read(ReferenceOf(reference)).ShareThatDiffers(actual, out difference);
            output.WriteLine($"{name}: {share:P3} of the pixels differ from {reference}.png");
            if (share <= Tolerated)
                return;
        }
        if (Environment.GetEnvironmentVariable("LODESTREAM_ACCEPT_IMAGES") == "1")
        {
            PngFile.Write(path, actual);
            return;
        }
        Directory.CreateDirectory(Artifacts);
        var (seen, where) = (Path.Combine(Artifacts, name + ".actual.png"), Path.Combine(Artifacts, name + ".difference.png"));
        PngFile.Write(seen, actual);
        PngFile.Write(where, difference);
        Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"""
            {name}: {share:P2} of the pixels differ from {path}{(File.Exists(path) ? "" : ", which does not exist")}; {Tolerated:P1} may.
            Seen: {seen}
            Where they differ: {where}
            If what is seen is right, run the test once more with LODESTREAM_ACCEPT_IMAGES=1.
            """));
    }

    private static async Task<Picture> CaptureAsync(ViewerPage viewer)
    {
        var pixels = Convert.FromBase64String(await viewer.EvaluateAsync<string>(PageScripts.Pixels));
        Assert.Equal(Width * Height * 4, pixels.Length);
        return Picture.FromFrameBuffer(Width, Height, pixels);
    }

    private static string ReferenceOf(string name) => Path.Combine(References, name + ".png");

    private static string Sample(string folder) => Path.Combine(Machine.Data("3d-tiles-samples")!, folder);
}
