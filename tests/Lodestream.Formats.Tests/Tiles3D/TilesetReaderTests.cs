using System.Text;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;
using static Lodestream.Formats.Tests.Tiles3D.TilesetText;

namespace Lodestream.Formats.Tests.Tiles3D;

public class TilesetReaderTests
{
    [Fact]
    public void A_tile_whose_children_are_written_before_its_error_and_refinement_hands_both_down()
    {
        var tree = Tree($$$"""
            {"root":{"children":[{"children":[{ {{{Box}}},"geometricError":1}],{{{Box}}},"geometricError":3}],{{{Box}}},"refine":"ADD","geometricError":7},
             "geometricError":100,"asset":{"version":"1.0"}}
            """);
        Assert.Equal([7, 3, 1], new[] { 1, 2, 3 }.Select(t => tree.Nodes[t].GeometricError));
        Assert.All(new[] { 1, 2, 3 }, t => Assert.True((tree.Links[t].Flags & TileFlags.Add) != 0));
    }

    [Theory]
    [InlineData("add", true)]
    [InlineData("ADD", true)]
    [InlineData("replace", false)]
    [InlineData("Replace", false)]
    public void Refinement_is_read_in_any_case(string refine, bool isAdd) =>
        Assert.Equal(isAdd, (Tree(WithRoot($$$"""{{{Box}}},"geometricError":1,"refine":"{{{refine}}}" """)).Links[1].Flags & TileFlags.Add) != 0);

    [Fact]
    public void Transforms_multiply_down_and_scale_volumes_and_errors()
    {
        var tree = Tree(WithRoot($$$"""
            {{{Box}}},"geometricError":8,"transform":[2,0,0,0,0,2,0,0,0,0,2,0,100,0,0,1],
            "children":[{"boundingVolume":{"sphere":[1,0,0,3]},"geometricError":2,"transform":[0,3,0,0,-3,0,0,0,0,0,3,0,0,5,0,1]}]
            """));
        Assert.Equal(16, tree.Nodes[1].GeometricError);
        Assert.Equal(new Vector3d(100, 0, 0), tree.Volume(1).Center);
        Assert.Equal(20, tree.Volume(1).HalfLengths.X);

        // The child's (1, 0, 0) turns to (0, 3, 0), moves to (0, 8, 0), and is doubled and moved by the parent.
        Assert.Equal(new Vector3d(100, 16, 0), tree.Volume(2).Center);
        Assert.Equal(18, tree.Volume(2).Radius);
        Assert.Equal(12, tree.Nodes[2].GeometricError);
    }

    [Fact]
    public void A_region_is_where_it_is_whatever_the_transforms()
    {
        const string region = """ "boundingVolume":{"region":[0.1,0.2,0.101,0.201,5,50]} """;
        var plain = Tree(WithRoot($"{region},\"geometricError\":8"));
        var moved = Tree(WithRoot($"{region},\"geometricError\":8,\"transform\":[2,0,0,0,0,2,0,0,0,0,2,0,100,0,0,1]"));
        Assert.Equal(plain.Volume(1), moved.Volume(1));
        Assert.Equal(16, moved.Nodes[1].GeometricError);
        Assert.True(plain.Volume(1).DistanceTo(Ellipsoid.ToCartesian(0.1005, 0.2005, 20)) == 0);
    }

    [Fact]
    public void Contents_are_turned_from_y_up_to_z_up_and_after_that_moved_by_the_tile()
    {
        var tree = Tree(WithRoot($$$"""{{{Box}}},"geometricError":1,"transform":[1,0,0,0,0,1,0,0,0,0,1,0,7,8,9,1],"content":{"uri":"a.glb"}"""));
        Assert.Equal(new Vector3d(7 + 1, 8 - 3, 9 + 2), tree.Transform(1).Point(new(1, 2, 3)));
    }

    [Theory]
    [InlineData("Y", 1, -3, 2)]
    [InlineData("Z", 1, 2, 3)]
    [InlineData("z", 1, 2, 3)]
    [InlineData("X", -3, 2, 1)]
    public void The_up_axis_of_the_asset_says_how_contents_are_turned(string axis, double x, double y, double z)
    {
        var tree = Tree($$$"""{"root":{ {{{Box}}},"geometricError":1,"content":{"uri":"a.b3dm"}},"geometricError":1,"asset":{"version":"1.0","gltfUpAxis":"{{{axis}}}"}}""");
        Assert.Equal(new Vector3d(x, y, z), tree.Transform(1).Point(new(1, 2, 3)));
        var up = axis switch { "X" => Vector3d.UnitX, "Y" => Vector3d.UnitY, _ => Vector3d.UnitZ };
        Assert.Equal(Vector3d.UnitZ, tree.Transform(1).Direction(up));
        Assert.Equal(new Vector3d(1, 2, 3), ContentFrame.FromTile(tree.UpAxisOf(1), tree.Transform(1).Point(new(1, 2, 3))));
    }

    [Fact]
    public void Point_clouds_are_z_up_already()
    {
        var tree = Tree(WithRoot($$$"""{{{Box}}},"geometricError":1,"content":{"uri":"a.pnts"}"""));
        Assert.Equal(Transform3d.Identity, tree.Transform(1));
    }

    [Fact]
    public void A_document_beneath_a_tile_is_placed_by_the_tiles_transform_and_inherits_its_up_axis()
    {
        var outer = Tree($$$"""
            {"asset":{"version":"1.0","gltfUpAxis":"Z"},"geometricError":50,
             "root":{ {{{Box}}},"geometricError":10,"transform":[2,0,0,0,0,2,0,0,0,0,2,0,100,0,0,1],"content":{"uri":"sub/inner.json?v=3#x"}} }
            """);
        Assert.True((outer.Links[1].Flags & TileFlags.Unexpanded) != 0);
        var inner = Read($$$"""
            {"asset":{"version":"1.0"},"root":{ {{{Box}}},"geometricError":3,"content":{"uri":"a.b3dm"},"children":[{ {{{Box}}},"geometricError":0,"content":{"uri":"b.b3dm"}}]}}
            """, TilesetParent.Of(outer, 1));
        outer.Append(1, inner.Block!);
        Assert.Equal(6, outer.Nodes[2].GeometricError);
        Assert.Equal(new Vector3d(100, 0, 0), outer.Volume(3).Center);
        Assert.Equal(new Vector3d(102, 4, 6), outer.Transform(3).Point(new(1, 2, 3)));
        Assert.Equal(UpAxis.Z, outer.UpAxisOf(3));
    }

    [Fact]
    public void An_external_tileset_beside_children_or_other_contents_gets_a_tile_of_its_own()
    {
        var tree = Tree(WithRoot($$$"""{{{Box}}},"geometricError":9,"contents":[{"uri":"a.glb"},{"uri":"b.json"}],"children":[{ {{{Box}}},"geometricError":1}]"""));
        Assert.Equal(["a.glb"], tree.Uris(1));
        Assert.Equal(2, tree.Links[1].ChildCount);
        var holder = tree.Child(1, 0);
        Assert.Equal(["b.json"], tree.Uris(holder));
        Assert.True((tree.Links[holder].Flags & TileFlags.Unexpanded) != 0);
        Assert.False((tree.Links[1].Flags & TileFlags.Unexpanded) != 0);
    }

    [Fact]
    public void Contents_and_groups_become_slots_of_families_even_when_the_groups_come_last()
    {
        var tree = Tree($$$"""
            {"asset":{"version":"1.1"},"geometricError":5,
             "root":{ {{{Box}}},"geometricError":1,"contents":[{"uri":"t.glb","group":0},{"uri":"w.glb","group":1},{"uri":"r.glb","group":2},{"uri":"x.glb"},{"uri":"y.glb","group":9}]},
             "groups":[{"class":"terrain"},{"class":"layer","properties":{"order":3,"name":"Water"}},{"class":"roads"}]}
            """);
        var families = tree.SlotsOf(1).ToArray().Select(c => tree.Contents.Records[c].Family);
        Assert.Equal([ContentFamily.Terrain, ContentFamily.Water, ContentFamily.Route, ContentFamily.Mesh, ContentFamily.Mesh], families);
    }

    [Fact]
    public void More_contents_than_a_tile_takes_are_skipped_and_the_tile_is_named()
    {
        var contents = string.Join(',', Enumerable.Range(0, TileBlockBuilder.MaximumContents + 3).Select(i => $$"""{"uri":"c{{i}}.glb"}"""));
        var result = Read(WithRoot($$$"""{{{Box}}},"geometricError":9,"children":[{ {{{Box}}},"geometricError":1,"contents":[{{{contents}}},{"uri":"b.json"}]}]"""));
        Assert.Equal(("root.children[0]", $"has more than {TileBlockBuilder.MaximumContents} contents; those beyond are skipped"), (result.Warnings.Single().Path, result.Warnings.Single().Message));
        var tree = new TileTree("http://tiles.test/tileset.json");
        tree.Append(TileTree.SceneRoot, result.Block!);
        Assert.Equal(TileBlockBuilder.MaximumContents, tree.SlotsOf(2).Length);

        // A document beside them has a tile of its own all the same.
        Assert.Equal(ContentFormat.Tileset, tree.Contents.Records[tree.SlotsOf(3)[0]].Format);
    }

    [Theory]
    [InlineData("a.b3dm", ContentFormat.B3dm)]
    [InlineData("a.B3DM?foo=bar.json#baz", ContentFormat.B3dm)]
    [InlineData("a.glb#x/y.json", ContentFormat.Glb)]
    [InlineData("a.gltf", ContentFormat.Gltf)]
    [InlineData("./x.y/a.json?b=c", ContentFormat.Tileset)]
    [InlineData("a.i3dm", ContentFormat.I3dm)]
    [InlineData("a.pnts", ContentFormat.Pnts)]
    [InlineData("a.cmpt", ContentFormat.Cmpt)]
    [InlineData("a.vctr", ContentFormat.Unknown)]
    [InlineData("folder.glb/a", ContentFormat.Unknown)]
    [InlineData("a?b=c.glb", ContentFormat.Unknown)]
    [InlineData("", ContentFormat.Unknown)]
    public void The_extension_tells_the_format(string uri, ContentFormat format) =>
        Assert.Equal(format, ContentKinds.FormatOf(Encoding.UTF8.GetBytes(uri)));

    [Fact]
    public void Escaped_names_and_uris_are_read_as_what_they_stand_for()
    {
        var tree = Tree(WithRoot("\"bounding\\u0056olume\":{\"box\":[0,0,0,1,0,0,0,1,0,0,0,1]},\"geometricError\":1,\"content\":{\"uri\":\"a\\/\\u00fc b.glb\"}"));
        Assert.Equal(["a/ü b.glb"], tree.Uris(1));
        Assert.Equal(ContentFormat.Glb, tree.Contents.Records[tree.SlotsOf(1)[0]].Format);
    }

    [Fact]
    public void A_legacy_url_is_read_in_1_0_and_skipped_with_a_warning_in_1_1()
    {
        var root = $$$"""{"root":{ {{{Box}}},"geometricError":1,"content":{"url":"a.b3dm"}},"asset":{"version":"VERSION"}}""";
        Assert.Equal(["a.b3dm"], Tree(root.Replace("VERSION", "1.0", StringComparison.Ordinal)).Uris(1));
        var newer = Read(root.Replace("VERSION", "1.1", StringComparison.Ordinal));
        Assert.Equal("root", newer.Warnings.Single().Path);
        Assert.Empty(Tree(newer).Uris(1));
    }

    [Fact]
    public void A_viewer_request_volume_is_in_the_scenes_frame()
    {
        var tree = Tree(WithRoot($$$"""{{{Box}}},"geometricError":1,"viewerRequestVolume":{"sphere":[1,0,0,15]},"transform":[2,0,0,0,0,2,0,0,0,0,2,0,100,0,0,1]"""));
        Assert.Equal(BoundingVolume.Sphere(new(102, 0, 0), 30), tree.RequestVolume(1));
        Assert.True((tree.Links[1].Flags & TileFlags.HasRequestVolume) != 0);
    }

    [Fact]
    public void Extras_and_extensions_of_any_depth_are_passed_over()
    {
        const string noise = """ "extras":{"root":{"children":[[{"asset":1}]]},"a":[1,[2,[3,{"b":[]}]]]},"extensions":{"X_y":{"boundingVolume":{"box":[1]}}} """;
        var tree = Tree(WithRoot($$$"""{{{noise}}},"boundingVolume":{ {{{noise}}},"box":[0,0,0,1,0,0,0,1,0,0,0,1]},"geometricError":1,"content":{ {{{noise}}},"uri":"a.glb"},"children":[{ {{{noise}}},{{{Box}}},"geometricError":1}]""", "," + noise));
        Assert.Equal(3, tree.TileCount);
        Assert.Equal(["a.glb"], tree.Uris(1));
    }

    [Fact]
    public void A_missing_error_is_the_parents_and_a_missing_root_error_the_tilesets()
    {
        var tree = Tree(WithRoot($$$"""{{{Box}}},"children":[{ {{{Box}}} }]"""));
        Assert.Equal(100, tree.Nodes[1].GeometricError);
        Assert.Equal(100, tree.Nodes[2].GeometricError);
    }

    [Fact]
    public void With_no_error_anywhere_the_root_counts_with_its_size_and_a_warning()
    {
        var result = Read($$$"""{"asset":{"version":"1.0"},"root":{"boundingVolume":{"sphere":[0,0,0,4]}} }""");
        Assert.Equal(8, Tree(result).Nodes[1].GeometricError);
        Assert.Contains("geometricError", result.Warnings.Single().Message, StringComparison.Ordinal);
        Assert.True(double.IsNaN(result.GeometricError));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1e999")]
    public void A_negative_or_infinite_error_is_refused_with_a_warning_and_the_parents_used(string error)
    {
        var result = Read(WithRoot($$$"""{{{Box}}},"geometricError":6,"children":[{ {{{Box}}},"geometricError":{{{error}}}}]"""));
        Assert.Equal(6, Tree(result).Nodes[2].GeometricError);
        Assert.Equal("root.children[0]", result.Warnings.Single().Path);
    }

    [Fact]
    public void Googles_enormous_errors_are_fine() => Assert.Equal(1e100, Tree(WithRoot($"{Box},\"geometricError\":1e+100")).Nodes[1].GeometricError);

    [Theory]
    [InlineData("\"geometricError\":1", "no boundingVolume")]
    [InlineData("\"boundingVolume\":{}", "no boundingVolume")]
    [InlineData("\"boundingVolume\":7", "no boundingVolume")]
    [InlineData("\"boundingVolume\":{\"box\":[1,2,3]}", "12 finite numbers")]
    [InlineData("\"boundingVolume\":{\"box\":[0,0,0,1,0,0,0,1,0,0,0,1,5]}", "12 finite numbers")]
    [InlineData("\"boundingVolume\":{\"box\":[0,0,0,1,0,0,0,1,0,0,0,[1]]}", "12 finite numbers")]
    [InlineData("\"boundingVolume\":{\"box\":[0,0,0,1,0,0,0,1,0,0,0,1e300]}", "12 finite numbers")]
    [InlineData("\"boundingVolume\":{\"box\":[0,0,0,1,0,0,0,1,0,0,0,\"1\"]}", "12 finite numbers")]
    [InlineData("\"boundingVolume\":{\"sphere\":[0,0,0,-1]}", "negative radius")]
    [InlineData("\"boundingVolume\":{\"region\":[0,0,90,45,0,1]}", "radians")]
    [InlineData("\"boundingVolume\":{\"region\":[0,0.5,0.1,0.4,0,1]}", "south")]
    [InlineData("\"boundingVolume\":{\"sphere\":[0,0,0,1]},\"transform\":[1,2,3]", "sixteen")]
    [InlineData("\"boundingVolume\":{\"sphere\":[0,0,0,1]},\"transform\":[1,0,0,0.5,0,1,0,0,0,0,1,0,0,0,0,1]", "affine")]
    [InlineData("\"boundingVolume\":{\"sphere\":[0,0,0,1]},\"transform\":[1e12,0,0,0,0,1e12,0,0,0,0,1e12,0,0,0,0,1],\"children\":[]", null)]
    public void A_broken_tile_is_skipped_with_what_is_beneath_it_and_its_siblings_stay(string broken, string? message)
    {
        var result = Read(WithRoot($$$"""
            {{{Box}}},"geometricError":9,"children":[{ {{{Box}}},"geometricError":1},{ {{{broken}}},"children":[{ {{{Box}}},"geometricError":1}]},{ {{{Box}}},"geometricError":2,"content":{"uri":"last.glb"}}]
            """));
        var tree = Tree(result);
        if (message is null)
        {
            Assert.Equal(5, tree.TileCount - 1);
            return;
        }
        Assert.Equal(3, tree.TileCount - 1);
        Assert.Equal(["last.glb"], tree.Uris(tree.Child(1, 1)));
        Assert.Equal("root.children[1]", result.Warnings[0].Path);
        Assert.Contains(message, result.Warnings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_box_and_a_region_the_box_is_used_in_either_order()
    {
        const string box = "\"box\":[0,0,0,1,0,0,0,1,0,0,0,1]", region = "\"region\":[0,0,0.1,0.1,0,1]", sphere = "\"sphere\":[0,0,0,9]";
        foreach (var volume in new[] { $"{box},{region}", $"{region},{box}", $"{sphere},{box}" })
            Assert.Equal(1, Tree(WithRoot($"\"boundingVolume\":{{{volume}}}")).Volume(1).HalfLengths.X);
        Assert.True(Tree(WithRoot($"\"boundingVolume\":{{{sphere},{region}}}")).Volume(1).Center.Length > 6e6);
    }

    [Fact]
    public void Too_deep_a_tile_is_skipped_with_a_warning_and_too_deep_json_is_an_error()
    {
        var deep = new StringBuilder();
        for (var i = 0; i < TilesetReader.MaximumDepth + 5; i++)
            deep.Append(Box).Append(",\"geometricError\":1,\"children\":[{");
        var json = WithRoot(deep + Box + string.Concat(Enumerable.Repeat("}]", TilesetReader.MaximumDepth + 5)));
        var result = Read(json);
        Assert.Equal(TilesetReader.MaximumDepth, Tree(result).TileCount - 1);
        Assert.Contains("512", result.Warnings.Single().Message, StringComparison.Ordinal);
        Assert.True(result.Warnings.Single().Path.Length < 400);

        var error = Read("{\"asset\":" + new string('[', 100_000)).Error;
        Assert.Contains("not valid JSON", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Implicit_tiling_is_a_tile_to_expand_whose_subtree_is_named_and_not_supported_yet()
    {
        var result = Read(WithRoot($$$"""
            {{{Box}}},"geometricError":8,"refine":"ADD","content":{"uri":"c/{level}_{x}_{y}.glb"},
            "implicitTiling":{"subdivisionScheme":"QUADTREE","subtreeLevels":3,"availableLevels":6,"subtrees":{"uri":"s/{level}.{x}.{y}.subtree"}}
            """));
        Assert.Contains("not supported yet", result.Warnings.Single().Message, StringComparison.Ordinal);
        var tree = Tree(result);
        Assert.Equal(["s/0.0.0.subtree"], tree.Uris(1));
        Assert.True((tree.Links[1].Flags & TileFlags.Unexpanded) != 0);
        Assert.Contains("implicit tiling is not supported yet", Read("subt\u0001\0\0\0").Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("[1]", "array")]
    [InlineData("7", "object")]
    [InlineData("{}", "asset")]
    [InlineData("""{"asset":{}}""", "version")]
    [InlineData("""{"asset":{"version":"3.7"}}""", "\"3.7\"")]
    [InlineData("""{"asset":{"version":"1.1"}}""", "root")]
    [InlineData("""{"asset":{"version":"1.1"},"root":[]}""", "root")]
    [InlineData("""{"asset":{"version":"1.1"},"root":{"geometricError":1}}""", "root: has no boundingVolume")]
    [InlineData("""{"asset":{"version":"1.1"},"root":{}} trailing""", "offset 38")]
    public void A_document_that_is_no_tileset_is_an_error_with_file_and_place(string json, string message)
    {
        var result = Read(json);
        Assert.False(result.IsOk);
        Assert.StartsWith(DocumentUri + ": ", result.Error, StringComparison.Ordinal);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_json_is_an_error_that_names_line_offset_and_tile()
    {
        var error = Read("{\"asset\":{\"version\":\"1.1\"},\n\"root\":{\"children\":[{},\n{\"geometricError\":01}]}}").Error!;
        Assert.Contains("line 3", error, StringComparison.Ordinal);
        Assert.Contains("root.children[1]", error, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_version_is_read_when_its_dialect_is_given()
    {
        var json = Encoding.UTF8.GetBytes($$$"""{"asset":{"version":"2.0"},"root":{ {{{Box}}},"content":{"url":"a.glb"}} }""");
        Assert.False(TilesetReader.Read(json, DocumentUri, TilesetParent.Scene).IsOk);
        var result = TilesetReader.Read(json, DocumentUri, TilesetParent.Scene, [.. TilesetDialect.Known, new("2.0", LegacyUrl: true)]);
        Assert.Equal(["a.glb"], Tree(result).Uris(1));
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over()
    {
        byte[] json = [0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(WithRoot($$$"""{{{Box}}},"content":{"uri":"a.glb"}"""))];
        Assert.Equal(["a.glb"], Tree(TilesetReader.Read(json, DocumentUri, TilesetParent.Scene)).Uris(1));
    }

    [Fact]
    public void Warnings_are_counted_but_kept_only_up_to_a_limit()
    {
        var children = string.Join(',', Enumerable.Repeat("{}", TilesetReader.MaximumWarnings + 500));
        var result = Read(WithRoot($"{Box},\"children\":[{children}]"));
        Assert.Equal(TilesetReader.MaximumWarnings, result.Warnings.Count);
        Assert.Equal(TilesetReader.MaximumWarnings + 500, result.WarningCount);
    }
}
