using System.Text;
using Lodestream.Formats.Manifest;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;
using static Lodestream.Formats.Tests.Manifest.ManifestText;

namespace Lodestream.Formats.Tests.Manifest;

public class ManifestReaderTests
{
    private const string Levels = """
        "hlod_levels":[{"path":"far.untold","switch_distance":300},{"path":"farthest.untold","switch_distance":600}],
        "lod_levels":[{"path":"lod1.untold","switch_distance":80},{"path":"lod2.untold","switch_distance":150}]
        """;

    [Fact]
    public void A_tile_is_a_replace_chain_from_the_farthest_hlod_to_the_full_tile_below_an_add_root()
    {
        var (tree, table) = Open(Of(Tile("a", Levels), Tile("b")));

        Assert.Equal(["farthest.untold", "far.untold", "lod2.untold", "lod1.untold", "tiles/a.untold"], ChainOf(tree, 0));
        Assert.Equal(["tiles/b.untold"], ChainOf(tree, 1));
        Assert.Equal([600, 300, 150, 80, 0, 0], table.SwitchDistance);
        Assert.Equal(
            [RepresentationKind.Hlod, RepresentationKind.Hlod, RepresentationKind.Lod, RepresentationKind.Lod, RepresentationKind.Full, RepresentationKind.Full], table.Kind);
        Assert.Equal([0, 5, 6], table.FirstRepresentation);
        Assert.True(tree.Links[1].Flags.HasFlag(TileFlags.Add));
        Assert.Empty(tree.SlotsOf(1).ToArray());
        Assert.False(tree.Links[ProximityTable.FirstTileOf(tree, 1, 0)].Flags.HasFlag(TileFlags.Add));
        Assert.Equal(ContentFormat.Untold, tree.Contents.Records[tree.SlotsOf(ProximityTable.FirstTileOf(tree, 1, 1))[0]].Format);
    }

    [Fact]
    public void A_representation_is_wrong_by_sixteen_pixels_at_its_switch_distance()
    {
        var (tree, _) = Open(Of(Tile("a", Levels)));

        // What a metre at a distance takes of 1080 lines that show 60°.
        var pixelsPerMetre = 1080 / (2 * 600 * Math.Tan(Math.PI / 6));
        var hlod = ProximityTable.FirstTileOf(tree, 1, 0);
        Assert.Equal(16, tree.Nodes[hlod].GeometricError * pixelsPerMetre, 9);
        var full = hlod;
        while (tree.Links[full].FirstChild >= 0)
            full = tree.Links[full].FirstChild;
        Assert.Equal(0, tree.Nodes[full].GeometricError);
        Assert.Equal(0, tree.ErrorInversions);
    }

    [Fact]
    public void Every_tile_of_a_chain_says_which_entry_it_shows()
    {
        var (tree, table) = Open(Of(Tile("a"), Tile("b", Levels)));

        for (var tile = ProximityTable.FirstTileOf(tree, 1, 1); tile >= 0; tile = tree.Links[tile].FirstChild)
        {
            Assert.Equal(1, ProximityTable.EntryOf(tree, tile));
            Assert.Same(table, ProximityTable.Of(tree, tile));
        }
        Assert.Equal(-1, ProximityTable.EntryOf(tree, 1));
    }

    [Fact]
    public void What_is_y_up_is_turned_to_z_up_once()
    {
        var (tree, table) = Open(Of(Tile("a")));

        var tile = ProximityTable.FirstTileOf(tree, 1, 0);
        var (min, max) = tree.Volume(tile).AxisAlignedBounds();
        Assert.Equal((new Vector3d(0, 0, 0), new Vector3d(10, 10, 5)), (min, max));
        Assert.True(tree.Links[tile].Flags.HasFlag(TileFlags.AxisAligned));
        Assert.Equal(new Vector3d(5, 5, 2.5), table.Center[0]);
        Assert.Equal(UpAxis.Y, tree.UpAxisOf(tile));
        Assert.Equal(new Vector3d(1, -3, 2), tree.Transform(tile).Point(new(1, 2, 3)));
        Assert.Equal(Vector3d.UnitZ, table.Up);
    }

    [Fact]
    public void A_manifest_below_a_moved_tile_moves_with_it()
    {
        var moved = new Transform3d(Vector3d.UnitX * 2, Vector3d.UnitY * 2, Vector3d.UnitZ * 2, new(100, 0, 0));
        var (tree, table) = Open(Read(Of(Tile("a", "\"streaming_radius\":50,\"unload_radius\":60")), new(moved, double.NaN, UpAxis.Y)));

        Assert.Equal(new Vector3d(110, 10, 5), table.Center[0]);
        Assert.Equal(100, table.StreamingRadius[0]);
        Assert.Equal(new Vector3d(120, 20, 10), tree.Volume(ProximityTable.FirstTileOf(tree, 1, 0)).AxisAlignedBounds().Max);
    }

    [Fact]
    public void Radii_come_from_the_tile_then_the_scene_then_the_defaults()
    {
        const string defaults = """ "streaming_defaults":{"streaming_radius":30,"unload_radius":50,"priority":7},""";
        var (_, of) = Open(Of(Tile("a", "\"streaming_radius\":20,\"priority\":3"), Tile("b")).Replace("\"tiles\"", defaults + "\"tiles\"", StringComparison.Ordinal));
        var (_, none) = Open(Of(Tile("a")));

        Assert.Equal([20, 30], of.StreamingRadius);
        Assert.Equal([50, 50], of.UnloadRadius);
        Assert.Equal([3, 7], of.Priority);
        Assert.Equal((80, 120, 0), (none.StreamingRadius[0], none.UnloadRadius[0], none.Priority[0]));
    }

    [Theory]
    [InlineData("\"prefetch_radius\":91", "\"prefetch_radius\":95", 91)]
    [InlineData("\"priority\":1", "\"prefetch_radius\":95", 95)]
    [InlineData("\"priority\":1", "\"priority\":1", 100)]
    [InlineData("\"prefetch_radius\":500", "\"priority\":1", 120)]
    [InlineData("\"priority\":1", "\"prefetch_radius\":9", 80)]
    public void A_prefetch_radius_comes_from_the_tile_then_the_scene_then_is_the_middle_and_lies_between_the_others(string tile, string scene, double expected)
    {
        var (_, table) = Open($$$"""{"version":3,"tiles":[{{{Tile("a", tile)}}}],"streaming_defaults":{ {{{scene}}} } }""");

        Assert.Equal(expected, table.PrefetchRadius[0]);
    }

    [Fact]
    public void An_unload_radius_that_is_not_above_the_streaming_radius_is_mended_and_named()
    {
        var result = Read(Of(Tile("hall", "\"streaming_radius\":200")));

        var (_, table) = Open(result);
        Assert.Equal((200, 300), (table.StreamingRadius[0], table.UnloadRadius[0]));
        Assert.Contains(result.Warnings, warning => warning.Path == "tiles[0] (hall)" && warning.Message.Contains("unload_radius of 120 m", StringComparison.Ordinal));
    }

    [Fact]
    public void Unsorted_lod_levels_are_put_in_order_and_named()
    {
        var result = Read(Of(Tile("a", """ "lod_levels":[{"path":"2","switch_distance":150},{"path":"1","switch_distance":80},{"path":"3","switch_distance":200}]""")));

        Assert.Equal(["3", "2", "1", "tiles/a.untold"], ChainOf(Open(result).Tree, 0));
        Assert.Contains("not sorted", Assert.Single(result.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lod_that_its_hlod_hides_is_skipped_and_named()
    {
        var result = Read(Of(Tile("a", """ "hlod_levels":[{"path":"h","switch_distance":100}],"lod_levels":[{"path":"1","switch_distance":80},{"path":"2","switch_distance":100}]""")));

        Assert.Equal(["h", "1", "tiles/a.untold"], ChainOf(Open(result).Tree, 0));
        Assert.Contains("never shown", Assert.Single(result.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shared_bucket_is_an_entry_that_is_always_near()
    {
        var (tree, table) = Open(Of(Tile("a")).Replace("\"tiles\"", """ "shared_bucket":{"tile_id":"shared","path_relative_to_manifest":"shared.glb","file_size_bytes":9},"tiles" """, StringComparison.Ordinal));

        Assert.Equal([false, true], table.IsShared);
        Assert.True(double.IsPositiveInfinity(table.StreamingRadius[1]) && double.IsPositiveInfinity(table.UnloadRadius[1]) && double.IsPositiveInfinity(table.PrefetchRadius[1]));
        Assert.Equal(["shared.glb"], ChainOf(tree, 1));
        Assert.Equal(tree.Volume(1), tree.Volume(ProximityTable.FirstTileOf(tree, 1, 1)));
        Assert.Equal(9u, tree.Contents.Records[tree.SlotsOf(ProximityTable.FirstTileOf(tree, 1, 1))[0]].ByteLength);
    }

    [Fact]
    public void Floors_tiers_and_insides_are_kept()
    {
        var (_, table) = Open(Of(Tile("a", "\"floor_id\":2,\"semantic_tier\":\"RoomContents\",\"interior\":true"), Tile("b", "\"floor_id\":-1,\"interior\":false"), Tile("c")));

        Assert.Equal([2, -1, ProximityTable.NoFloor], table.Floor);
        Assert.Equal([SemanticTier.RoomContents, SemanticTier.None, SemanticTier.None], table.Tier);
        Assert.Equal([true, false, false], table.IsInterior);
        Assert.Equal([1000, 1000, 1000], table.FileBytes);
    }

    [Fact]
    public void The_interior_zone_is_the_manifests_else_the_union_of_the_shells_else_none()
    {
        const string shell = "\"semantic_tier\":\"ExteriorShell\"";
        var far = Tile("b", shell).Replace("[10,5,0]", "[40,5,0]", StringComparison.Ordinal);
        const string zone = """{"version":4,"interior_zone":{"min":[0,0,0],"max":[1,2,3]},"tiles":[""";

        Assert.Null(Open(Of(Tile("a"))).Table.InteriorZone);
        Assert.Equal((Vector3d.Zero, new Vector3d(40, 10, 5)), Open(Of(Tile("a", shell), far)).Table.InteriorZone!.Value.AxisAlignedBounds());
        Assert.Equal((new Vector3d(0, -3, 0), new Vector3d(1, 0, 2)), Open(zone + Tile("a", shell) + "]}").Table.InteriorZone!.Value.AxisAlignedBounds());
    }

    [Theory]
    [InlineData("F02_Q_0_0_0", "F02_Q_0_0_1", "F02_Q_0_1_0", 4)]
    [InlineData("F02_K_0_0_0", "F02_K_0_0_1", "F02_K_0_1_0", 4)]
    [InlineData("F02Q000", "F02Q001", "F02Q010", 4)]
    public void Node_ids_of_both_formats_make_the_regions_above_a_tile(string first, string second, string third, int regions)
    {
        var far = Tile("c", $"\"quadtree_node_id\":\"{third}\"").Replace("[10,5,0]", "[30,5,0]", StringComparison.Ordinal);
        var (_, table) = Open(Of(Tile("a", $"\"quadtree_node_id\":\"{first}\""), Tile("b", $"\"quadtree_node_id\":\"{second}\""), far, Tile("d")));

        // F02_Q_0_0, F02_Q_0_1, F02_Q_0 and F02_Q.
        Assert.Equal(regions, table.RegionCount);
        Assert.Equal(table.Region[0], table.Region[1]);
        Assert.NotEqual(table.Region[0], table.Region[2]);
        Assert.Equal(ProximityTable.NoRegion, table.Region[3]);
        var above = table.RegionParent[table.Region[0]];
        Assert.Equal(above, table.RegionParent[table.Region[2]]);
        Assert.Equal(new Vector3d(10, 10, 5), table.RegionMax[table.Region[0]]);
        Assert.Equal(new Vector3d(30, 10, 5), table.RegionMax[above]);
        Assert.Equal(ProximityTable.NoRegion, table.RegionParent[table.RegionParent[above]]);
    }

    [Theory]
    [InlineData("north")]
    [InlineData("F02_Q_")]
    [InlineData("F02_Q__1")]
    [InlineData("F02Q1x")]
    [InlineData("Q1")]
    public void A_node_id_of_neither_format_is_named_and_gives_no_region(string id)
    {
        var result = Read(Of(Tile("a", $"\"quadtree_node_id\":\"{id}\"")));

        Assert.Equal(0, Open(result).Table.RegionCount);
        Assert.Contains("neither format", Assert.Single(result.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_uniform_grid_has_no_regions()
    {
        var (_, table) = Open($$"""{"version":3,"tiles":[{{Tile("a", "\"quadtree_node_id\":\"F02_Q_0\"")}}]}""");

        Assert.Equal((0, ProximityTable.NoRegion), (table.RegionCount, table.Region[0]));
    }

    [Fact]
    public void The_tile_size_is_turned_to_the_scenes_axes()
    {
        var (_, table) = Open($$"""{"version":3,"tile_size":{"x":25,"y":10000,"z":30},"tiles":[{{Tile("a")}}]}""");

        Assert.Equal(new Vector3d(25, 30, 10000), table.TileSize);
    }

    [Theory]
    [InlineData("""{"tile_id":"x","bounds":{"min":[0,0,0],"max":[1,1,1]}}""", "has no path_relative_to_manifest")]
    [InlineData("""{"tile_id":"x","path_relative_to_manifest":7,"bounds":{"min":[0,0,0],"max":[1,1,1]}}""", "is no text")]
    [InlineData("""{"tile_id":"x","path_relative_to_manifest":"a/b.json","bounds":{"min":[0,0,0],"max":[1,1,1]}}""", "names a JSON document")]
    [InlineData("""{"tile_id":"x","path_relative_to_manifest":"a"}""", "has no bounds")]
    [InlineData("""{"tile_id":"x","path_relative_to_manifest":"a","bounds":{"min":[0,0],"max":[1,1,1]}}""", "three finite numbers")]
    [InlineData("""{"tile_id":"x","path_relative_to_manifest":"a","bounds":{"min":[2,0,0],"max":[1,1,1]}}""", "min below max")]
    [InlineData("""{"tile_id":"x","path_relative_to_manifest":"a","bounds":{"min":[-1e200,0,0],"max":[1e200,1,1]}}""", "out of the range of numbers")]
    public void A_broken_entry_is_named_and_skipped_and_the_rest_is_read(string broken, string reason)
    {
        var result = Read(Of(Tile("a"), broken, Tile("b")));

        var (tree, table) = Open(result);
        Assert.Equal(2, table.Count);
        Assert.Equal(["tiles/b.untold"], ChainOf(tree, 1));
        var warning = Assert.Single(result.Warnings);
        Assert.Equal("tiles[1] (x)", warning.Path);
        Assert.Contains(reason, warning.Message, StringComparison.Ordinal);
        Assert.Contains("skipped", warning.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"lod_levels\":[{\"path\":\"l\"}]", "lod_levels[0] has no switch_distance")]
    [InlineData("\"lod_levels\":[7]", "lod_levels[0] is no object")]
    [InlineData("\"hlod_levels\":[{\"switch_distance\":5}]", "hlod_levels[0] has no path")]
    [InlineData("\"hlod_levels\":[{\"path\":\"l\",\"switch_distance\":-5}]", "hlod_levels[0] has no switch_distance")]
    [InlineData("\"hlod_levels\":{}", "hlod_levels that is not an array")]
    [InlineData("\"streaming_radius\":\"far\"", "streaming_radius that is no distance")]
    [InlineData("\"streaming_radius\":1e308", "streaming_radius that is no distance")]
    [InlineData("\"priority\":1.5", "priority that is no whole number")]
    [InlineData("\"semantic_tier\":\"Roof\"", "semantic_tier \"Roof\"")]
    [InlineData("\"interior\":3", "interior that is not true or false")]
    [InlineData("\"center\":[1]", "center that is not three")]
    [InlineData("\"file_size_bytes\":-1", "file_size_bytes that is no length")]
    public void What_is_wrong_inside_a_tile_is_named_and_the_tile_stays(string wrong, string reason)
    {
        var result = Read(Of(Tile("a", wrong)));

        Assert.Equal(["tiles/a.untold"], ChainOf(Open(result).Tree, 0));
        Assert.Contains(reason, Assert.Single(result.Warnings).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"version":4,"tiles":[}""", "line 1, byte 23 of it")]
    [InlineData("""{"version":4,"tiles":[{"tile_id":"a","bounds":{]""", "in tiles[0]")]
    [InlineData("""{"version":5,"tiles":[]}""", "not supported yet: manifests of version 5")]
    [InlineData("""{"version":"4","tiles":[]}""", "no whole number (offset 11)")]
    [InlineData("""{"tiles":[]}""", "has no version")]
    [InlineData("""{"version":3}""", "has no tiles")]
    [InlineData("""{"version":3,"tiles":{}}""", "tiles that are no array (offset 21)")]
    [InlineData("""{"version":3,"tiles":[]}""", "no tile that can be used")]
    [InlineData("""{"version":3,"tiles":[4]}""", "no tile that can be used (tiles[0]: is no object")]
    [InlineData("""{"version":3,"tiles":[],"tiles":[]}""", "two properties \"tiles\"")]
    [InlineData("[]", "no JSON object")]
    [InlineData("", "line 1")]
    public void A_broken_manifest_is_an_error_that_names_file_and_place(string json, string place)
    {
        var result = Read(json);

        Assert.False(result.IsOk);
        Assert.StartsWith(ManifestText.Uri, result.Error, StringComparison.Ordinal);
        Assert.Contains(place, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_fields_are_passed_over_wherever_they_are()
    {
        var (tree, _) = Open($$"""{"generator":{"a":[1,{"tiles":[]}]},"version":3,"tiles":[{{Tile("a", "\"cell_bounds\":{\"min\":[1]},\"x\":null")}}],"scene_lights":[{"kind":1}]}""");

        Assert.Equal(["tiles/a.untold"], ChainOf(tree, 0));
    }

    [Theory]
    [InlineData("a b#1.glb", "a%20b%231.glb")]
    [InlineData("a%20b.glb", "a%2520b.glb")]
    [InlineData(@"tiles\\a.glb", "tiles/a.glb")]
    [InlineData("https://elsewhere/a.glb?k=1", "https://elsewhere/a.glb?k=1")]
    [InlineData("\\u0061.glb", "a.glb")]
    public void Paths_are_paths_and_not_uris(string written, string uri)
    {
        var (tree, _) = Open(Of(Tile("a").Replace("tiles/a.untold", written, StringComparison.Ordinal)));

        Assert.Equal([uri], ChainOf(tree, 0));
        Assert.Equal(ContentFormat.Glb, tree.Contents.Records[tree.SlotsOf(ProximityTable.FirstTileOf(tree, 1, 0))[0]].Format);
    }

    [Fact]
    public void Small_steps_read_what_one_step_reads()
    {
        var json = Encoding.UTF8.GetBytes(Of([.. Enumerable.Range(0, 40).Select(i => Tile($"t{i}", i % 3 == 0 ? Levels : $"\"quadtree_node_id\":\"F0_Q_{i % 4}_{i}\""))]));
        var reader = new ManifestReader(json, ManifestText.Uri, TilesetParent.Scene);
        var steps = 1;
        while (!reader.Step(1))
            steps++;

        var (stepped, _) = Open(reader.Result!);
        var (whole, _) = Open(ManifestReader.Read(json, ManifestText.Uri, TilesetParent.Scene));
        Assert.True(steps > 100, $"{steps} steps");
        Assert.Equal(whole.Nodes.ToArray(), stepped.Nodes.ToArray());
        Assert.Equal(whole.PathKeys.ToArray(), stepped.PathKeys.ToArray());
    }

    [Theory]
    [InlineData("""{"version":3,"tiles":[]}""", true)]
    [InlineData("""{"generator":{"asset":1},"streaming_defaults":{}}""", true)]
    [InlineData("""{"asset":{"version":"1.1"},"tiles":[]}""", false)]
    [InlineData("""{"version":3,"geometricError":1,"tiles":[]}""", false)]
    [InlineData("""{"version":3}""", false)]
    [InlineData("""{"ti""", false)]
    [InlineData("subt", false)]
    [InlineData("", false)]
    public void A_manifest_is_told_from_a_tileset_by_its_first_properties(string json, bool expected) =>
        Assert.Equal(expected, ManifestReader.IsManifest(Encoding.UTF8.GetBytes(json)));
}
