using System.Text;
using Lodestream.Formats.Inspection;
using Lodestream.Formats.Tests.Archive;
using Lodestream.Formats.Tests.Tiles3D.Implicit;
using Lodestream.Formats.Tiles3D;

namespace Lodestream.Formats.Tests.Inspection;

public class ImplicitInspectionTests
{
    [Fact]
    public async Task An_implicit_tileset_is_walked_subtree_by_subtree_and_each_tile_counted_once()
    {
        var files = new Dictionary<string, byte[]> { ["tileset.json"] = Encoding.UTF8.GetBytes(ImplicitText.Quadtree(subtreeLevels: 2, levels: 4)) };
        var root = new SubtreeWriter(isOctree: false, levels: 2);
        root.AddTile(0, 0, 0, content: 0);
        root.AddTile(1, 1, 0, content: 0);
        root.AddSubtree(3, 0);
        root.AddSubtree(2, 0);
        files["s/0.0.0.0.subtree"] = root.Write();
        var below = new SubtreeWriter(isOctree: false, levels: 2);
        below.AddTile(0, 0, 0, content: 0);
        below.AddTile(1, 0, 1, content: 0);
        files["s/2.3.0.0.subtree"] = below.Write();
        var report = await Inspect(files, [.. files.Keys.Append("c/9_9_9.glb").Append("readme.txt").Select(name => ImplicitText.Folder + name)]);
        Assert.Equal([1, 1, 1, 1], report.Levels.Select(level => level.Tiles));
        Assert.Equal((4, 4, 3, 2), (report.Tiles, report.Contents, report.Documents, report.Subtrees));
        Assert.Equal(5, report.Problems.Count(problem => problem.Kind == ProblemKind.MissingFile));
        Assert.Contains(report.Problems, problem => problem.Kind == ProblemKind.MissingFile && problem.Message.Contains("s/2.2.0.0.subtree", StringComparison.Ordinal));
        Assert.Equal(ImplicitText.Folder + "c/9_9_9.glb", report.Problems.Single(problem => problem.Kind == ProblemKind.OrphanFile).Place);
    }

    [Fact]
    public async Task A_broken_subtree_is_a_problem_and_the_rest_is_inspected()
    {
        var root = new SubtreeWriter(isOctree: false, levels: 2);
        root.AddTile(0, 0, 0);
        root.AddTile(1, 0, 0);
        root.AddSubtree(0, 0);
        var report = await Inspect(new()
        {
            ["tileset.json"] = Encoding.UTF8.GetBytes(ImplicitText.Quadtree(subtreeLevels: 2, levels: 4)),
            ["s/0.0.0.0.subtree"] = root.Write(),
            ["s/2.0.0.0.subtree"] = "subt!"u8.ToArray(),
        });
        Assert.Equal(2, report.Tiles);
        var problem = report.Problems.Single();
        Assert.Equal(ProblemKind.BrokenDocument, problem.Kind);
        Assert.Contains("s/2.0.0.0.subtree: ends within its header", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Siblings_that_overlap_where_they_replace_their_parent_are_noted_and_metadata_is_summed_up()
    {
        const string child = """{ "boundingVolume":{"box":[0,0,0,5,0,0,0,5,0,0,0,5]},"geometricError":1 }""";
        const string apart = """{ "boundingVolume":{"box":[7,0,0,2,0,0,0,5,0,0,0,5]},"geometricError":1 }""";
        string Root(string refine, params string[] children) => $$$"""
            {"asset":{"version":"1.1"},"geometricError":9,"schema":{"id":"s","classes":{"house":{"properties":{"height":{"type":"SCALAR","componentType":"FLOAT32"},"names":{"type":"STRING","array":true} } } } },
             "groups":[{"class":"house"}],
             "root":{"boundingVolume":{"box":[0,0,0,10,0,0,0,10,0,0,0,10]},"geometricError":5,"refine":"{{{refine}}}","children":[{{{string.Join(',', children)}}}] } }
            """;
        var replace = await Inspect(new() { ["tileset.json"] = Encoding.UTF8.GetBytes(Root("REPLACE", apart, child, child)) });
        var note = replace.Problems.Single();
        Assert.Equal((ProblemKind.OverlappingSiblings, ProblemSeverity.Note), (note.Kind, note.Severity));
        Assert.Contains("children 1 and 2 overlap by 10 m", note.Message, StringComparison.Ordinal);
        Assert.EndsWith("#root", note.Place, StringComparison.Ordinal);
        Assert.Equal("height: Scalar Float32|names: String[]", string.Join('|', replace.Metadata.Single().Properties));
        Assert.Equal(1, replace.Groups);
        Assert.Empty((await Inspect(new() { ["tileset.json"] = Encoding.UTF8.GetBytes(Root("ADD", child, child)) })).Problems);
        Assert.Empty((await Inspect(new() { ["tileset.json"] = Encoding.UTF8.GetBytes(Root("REPLACE", apart, child)) })).Problems);
    }

    [Fact]
    public async Task A_scene_in_an_archive_is_inspected_in_place_with_the_archives_it_names()
    {
        const string tileset = """{"asset":{"version":"1.1"},"geometricError":9,"root":{"boundingVolume":{"box":[0,0,0,1,0,0,0,1,0,0,0,1]},"geometricError":5,"refine":"ADD","content":{"uri":"inner%20a.3tz"}}}""";
        var inner = new ArchiveBytes().Add("tileset.json", tileset.Replace("inner%20a.3tz", "absent.glb", StringComparison.Ordinal)).AddIndex().Build();
        var folder = Directory.CreateTempSubdirectory("lodestream-");
        try
        {
            var path = Path.Combine(folder.FullName, "world.3tz");
            await File.WriteAllBytesAsync(path, new ArchiveBytes().Add("tileset.json", tileset, method: 8).Add("inner a.3tz", inner).Add("orphan.glb", "x").AddIndex().Build());
            var uri = SceneFiles.Locate(path, out var error);
            Assert.Null(error);
            var report = await SceneInspector.InspectAsync(uri!, options: new() { Files = await SceneFiles.ListLocalAsync(uri!, default) });
            Assert.Equal((2, 2), (report.Documents, report.Tiles));
            Assert.Contains("world.3tz/inner a.3tz: has no file absent.glb", report.Problems.Single(problem => problem.Kind == ProblemKind.MissingFile).Message, StringComparison.Ordinal);
            Assert.EndsWith("world.3tz/orphan.glb", report.Problems.Single(problem => problem.Kind == ProblemKind.OrphanFile).Place, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<SceneReport> Inspect(Dictionary<string, byte[]> files, string[]? known = null) => SceneInspector.InspectAsync(
        ImplicitText.Folder + "tileset.json",
        (uri, _) => Task.FromResult(files.TryGetValue(uri[ImplicitText.Folder.Length..], out var bytes) ? new SceneFile(bytes, false, null) : new SceneFile(null, true, $"{uri}: is not there")),
        new() { Files = known });
}
