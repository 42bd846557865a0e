using System.Text;
using System.Text.Json;
using Lodestream.Formats.Inspection;
using Lodestream.Formats.Tests.Gltf;
using Lodestream.Formats.Tests.Tiles3D;
using Lodestream.Tests.Shared;

namespace Lodestream.Formats.Tests.Inspection;

public class SceneInspectorTests
{
    private const string Root = "mem://scene/tileset.json";

    private readonly Dictionary<string, byte[]> _files = [];

    [Fact]
    public async Task What_a_scene_holds_is_counted_by_level_format_and_family_across_documents()
    {
        Put("tileset.json", TilesetText.WithRoot($$"""
            {{TilesetText.Box}},"geometricError":8,"refine":"ADD","contents":[{"uri":"a.glb","group":0},{"uri":"b.b3dm"}],
            "children":[{ {{TilesetText.Box}},"geometricError":4,"refine":"REPLACE","content":{"uri":"sub/inner.json?x=1"} },{ {{TilesetText.Box}},"geometricError":2,"content":{"uri":"a.glb"} }]
            """, ",\"groups\":[{\"class\":\"terrain\"}]"));
        Put("sub/inner.json?x=1", TilesetText.WithRoot($$"""{{TilesetText.Box}},"geometricError":4,"children":[{ {{TilesetText.Box}},"geometricError":0,"content":{"uri":"../b.b3dm"} }]"""));
        var glb = GltfBytes.Glb(GltfBytes.Triangle.Replace("[10,0,0]", "[1,0,0]", StringComparison.Ordinal), GltfBytes.TriangleBinary());
        var b3dm = GltfBytes.B3dm(glb, "{\"BATCH_LENGTH\":0}");
        Put("a.glb", glb);
        Put("b.b3dm", b3dm);

        var report = await InspectAsync();
        Assert.Empty(report.Problems);
        Assert.Equal((2, 5, 2, 2, 3), (report.Documents, report.Tiles, report.Contents, report.AddTiles, report.ReplaceTiles));
        Assert.Equal(glb.Length + b3dm.Length, report.ContentBytes);
        Assert.Equal([(0, 1), (1, 2), (2, 1), (3, 1)], report.Levels.Select(l => (l.Level, l.Tiles)));
        Assert.Equal((2.0, 4.0), (report.Levels[1].MinGeometricError, report.Levels[1].MaxGeometricError));
        Assert.Equal((2, report.ContentBytes), (report.Levels[0].Contents, report.Levels[0].Bytes));
        Assert.Equal([new("B3dm", 1, b3dm.Length), new("Glb", 1, glb.Length)], report.Formats);
        Assert.Equal(["Mesh", "Terrain"], report.Families.Select(f => f.Name));
        Assert.Equal(new GpuFigures(84, 0, 6, 2, 0), report.Gpu);
    }

    [Fact]
    public async Task Every_problem_is_named_with_its_place()
    {
        Put("tileset.json", TilesetText.WithRoot("""
            "boundingVolume":{"box":[0,0,0,10,0,0,0,10,0,0,0,10]},"geometricError":8,"content":{"uri":"far.glb"},"children":[
              {"boundingVolume":{"box":[8,0,0,5,0,0,0,5,0,0,0,5]},"geometricError":9,"content":{"uri":"missing.glb"}},
              {"boundingVolume":{"sphere":[0,0,0,5]},"geometricError":1,"content":{"uri":"broken.b3dm"}},
              {"geometricError":1},
              {"boundingVolume":{"sphere":[0,0,0,5]},"geometricError":1,"content":{"uri":"cloud.pnts"}},
              {"boundingVolume":{"sphere":[0,0,0,5]},"geometricError":1,"content":{"uri":"html.json"}},
              {"boundingVolume":{"sphere":[0,0,0,5]},"geometricError":1,"content":{"uri":"tileset.json"}},
              {"boundingVolume":{"sphere":[0,0,0,5]},"geometricError":1,"content":{"uri":"nowhere.json"}},
              {"boundingVolume":{"sphere":[0,0,0,5]},"geometricError":1,"content":{"uri":"misnamed.b3dm"}}]
            """));
        Put("far.glb", GltfBytes.Glb(GltfBytes.Triangle.Replace("[10,0,0]", "[100,0,0]", StringComparison.Ordinal), GltfBytes.TriangleBinary()));
        Put("misnamed.b3dm", GltfBytes.Glb(GltfBytes.Triangle.Replace("[10,0,0]", "[0,0,0]", StringComparison.Ordinal), GltfBytes.TriangleBinary()));
        Put("broken.b3dm", GltfBytes.B3dm(GltfBytes.TriangleGlb(), "{\"BATCH_LENGTH\":0}")[..100]);
        Put("cloud.pnts", Encoding.ASCII.GetBytes("pnts\u0001\0\0\0"));
        Put("html.json", Encoding.ASCII.GetBytes("<html>"));

        var report = await InspectAsync();
        AssertProblem(report, ProblemKind.ErrorInversion, "#root.children[0]", "9 m");
        AssertProblem(report, ProblemKind.OutsideParent, "#root.children[0]", "3 m");
        AssertProblem(report, ProblemKind.MissingFile, "#root.children[0]", "missing.glb");
        AssertProblem(report, ProblemKind.BrokenContent, "#root.children[1]", "cut off");
        AssertProblem(report, ProblemKind.DocumentWarning, "#root.children[2]", "boundingVolume");
        AssertProblem(report, ProblemKind.BrokenContent, "#root.children[3]", "a point cloud");
        AssertProblem(report, ProblemKind.BrokenDocument, "html.json", "not valid JSON");
        AssertProblem(report, ProblemKind.EndlessDocuments, "#root.children[5]", "names itself");
        AssertProblem(report, ProblemKind.MissingFile, "#root.children[6]", "nowhere.json");
        AssertProblem(report, ProblemKind.FormatMismatch, "#root.children[7]", "Glb");
        AssertProblem(report, ProblemKind.OutsideVolume, "#root", "far.glb");
        AssertProblem(report, ProblemKind.OverlappingSiblings, "#root", "overlap by");
        Assert.Equal(12, report.ProblemCount);
        Assert.Equal(report.Problems.Count(p => p.Severity == ProblemSeverity.Error), report.ErrorCount);
        Assert.Equal(ProblemSeverity.Error, report.Problems[0].Severity);
        Assert.Equal(3, report.Gpu!.Unmeasured);
    }

    [Fact]
    public async Task A_scene_that_cannot_be_opened_is_a_report_with_one_error()
    {
        var report = await InspectAsync();
        Assert.Equal((0, ProblemKind.MissingFile), (report.Tiles, report.Problems.Single().Kind));
    }

    [Fact]
    public async Task The_report_is_json_with_names_instead_of_numbers()
    {
        Put("tileset.json", TilesetText.WithRoot($$"""{{TilesetText.Box}},"geometricError":8,"content":{"uri":"missing.glb"}"""));
        using var json = JsonDocument.Parse((await InspectAsync()).ToJson());
        Assert.Equal(8, json.RootElement.GetProperty("levels")[0].GetProperty("maxGeometricError").GetDouble());
        var problem = json.RootElement.GetProperty("problems")[0];
        Assert.Equal(("Error", "MissingFile"), (problem.GetProperty("severity").GetString(), problem.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task Contents_are_only_counted_when_they_are_not_to_be_read()
    {
        Put("tileset.json", TilesetText.WithRoot($$"""{{TilesetText.Box}},"geometricError":8,"content":{"uri":"missing.glb"}"""));
        var report = await InspectAsync(new() { ReadContents = false });
        Assert.Empty(report.Problems);
        Assert.Null(report.Gpu);
        Assert.Equal(1, report.Formats.Single(f => f.Name == "Glb").Contents);
    }

    [Fact]
    public async Task It_ends_when_it_is_called_off()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        Put("tileset.json", TilesetText.WithRoot(TilesetText.Box));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            SceneInspector.InspectAsync(Root, (uri, token) => Task.FromCanceled<SceneFile>(token), cancellation: now.Token));
    }

    [RealDataTheory]
    [InlineData("tileset.json", 293, 293, 0)]
    [InlineData("tileset-external-with-url-params.json", 294, 293, 0)]
    [InlineData("tileset-external-broken.json", 273, 272, 1)]
    [InlineData("tileset-broken-root-content.json", 293, 293, 1)]
    public async Task Mars_is_whole_but_for_what_its_variants_break_on_purpose(string name, int tiles, int contents, int errors)
    {
        var uri = SceneFiles.Locate(DataFolder.Of(Path.Combine("mars-dingo-gap", name)), out _)!;
        var report = await SceneInspector.InspectAsync(uri);
        Assert.Equal((tiles, contents, errors), (report.Tiles, report.Contents, report.ErrorCount));
        Assert.All(report.Problems, p => Assert.Equal(ProblemKind.MissingFile, p.Kind));
        Assert.Equal(errors, report.ProblemCount);
        Assert.InRange((report.Gpu!.GeometryBytes + report.Gpu.TextureBytes) / 1e6, 75, 90);
    }

    [RealDataFact]
    public async Task The_absent_finest_dragon_is_the_only_error_of_its_scene()
    {
        var uri = SceneFiles.Locate(DataFolder.Of("3d-tiles-samples/1.0/TilesetWithDiscreteLOD"), out var error);
        Assert.Null(error);
        var report = await SceneInspector.InspectAsync(uri!);
        Assert.Contains("dragon_high.b3dm", report.Problems.Single(p => p.Severity == ProblemSeverity.Error).Message, StringComparison.Ordinal);
    }

    [RealDataFact]
    public async Task Regions_within_regions_and_boxes_on_the_globe_are_inside()
    {
        var report = await SceneInspector.InspectAsync(SceneFiles.Locate(DataFolder.Of("3d-tiles-samples/1.0/TilesetWithRequestVolume"), out _)!);
        Assert.Equal(9, report.Tiles);
        Assert.DoesNotContain(report.Problems, p => p.Kind is ProblemKind.OutsideParent or ProblemKind.ErrorInversion);
    }

    [RealDataTheory]
    [InlineData("1.0/TilesetWithRequestVolume")]
    [InlineData("1.0/TilesetWithTreeBillboards")]
    public async Task Contents_whose_vertices_are_inside_raise_no_alarm_however_their_box_is_turned(string sample)
    {
        var report = await SceneInspector.InspectAsync(SceneFiles.Locate(DataFolder.Of("3d-tiles-samples/" + sample), out _)!);
        Assert.True(report.Contents > 0);
        Assert.DoesNotContain(report.Problems, p => p.Kind == ProblemKind.OutsideVolume);
    }

    // The triangle (10,0,0), (11,0,0), (10,0,2) fits the tile's box, which lies along its longest side, exactly; its own box, along the
    // axes, reaches 0.9 m out of it. Of the tile's box moved by 0.4 m the vertices do reach out.
    [Theory]
    [InlineData("10.1", 0)]
    [InlineData("10.5", 1)]
    public async Task Vertices_themselves_are_looked_at_where_the_box_around_them_reaches_out(string centre, int warnings)
    {
        Put("tileset.json", TilesetText.WithRoot($$"""
            "boundingVolume":{"box":[{{centre}},0,0.8,0.4,0,0.2,-0.5,0,1,0,0.1,0]},"geometricError":8,"content":{"uri":"a.glb"}
            """));
        Put("a.glb", GltfBytes.TriangleGlb());
        var report = await InspectAsync();
        Assert.Equal(warnings, report.Problems.Count(p => p.Kind == ProblemKind.OutsideVolume));
        Assert.Equal(warnings, report.ProblemCount);
    }

    // The point is 11 m above longitude 0, latitude 0.
    [Theory]
    [InlineData("-1e-5,-1e-5,1e-5,1e-5,-1,12", 0)]
    [InlineData("-1e-5,-1e-5,1e-5,1e-5,-1,3", 1)]
    [InlineData("1e-5,-1e-5,2e-5,1e-5,-1,12", 1)]
    [InlineData("-1e-5,1e-5,1e-5,2e-5,-1,12", 1)]
    [InlineData("6.28,-1e-5,1e-5,1e-5,-1,12", 0)]
    public void A_point_is_compared_with_a_region_by_longitude_latitude_and_height(string region, int outside)
    {
        double[] numbers = [.. region.Split(',').Select(n => double.Parse(n, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(outside == 1, Containment.RegionExcess(new(Lodestream.Geometry.Ellipsoid.SemiMajor + 11, 0, 0), numbers) > 1e-6);
    }

    [Fact]
    public void A_scene_that_is_not_there_is_named()
    {
        Assert.Null(SceneFiles.Locate("/no/such/scene", out var error));
        Assert.Contains("/no/such/scene", error, StringComparison.Ordinal);
        Assert.Equal("https://example.test/a/tileset.json", SceneFiles.Locate("https://example.test/a/tileset.json", out _));
    }

    private void Put(string name, string text) => Put(name, Encoding.UTF8.GetBytes(text));

    private void Put(string name, byte[] bytes) => _files["mem://scene/" + name] = bytes;

    private Task<SceneReport> InspectAsync(InspectionOptions? options = null) => SceneInspector.InspectAsync(Root, (uri, _) =>
        Task.FromResult(_files.TryGetValue(uri, out var bytes) ? new SceneFile(bytes, false, null) : new(null, true, $"{uri}: there is no such file")), options);

    private static void AssertProblem(SceneReport report, ProblemKind kind, string place, string message) =>
        Assert.Contains(report.Problems, p => p.Kind == kind && p.Place.EndsWith(place, StringComparison.Ordinal) && p.Message.Contains(message, StringComparison.Ordinal));
}
