using System.Text;
using Lodestream.Formats.Tests.Tiles3D.Implicit;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Tests.Tiles3D;

public class TileMetadataTests
{
    private const string Schema = """
        "schema":{"id":"s","classes":{
          "site":{"properties":{"name":{"type":"STRING"}}},
          "tile":{"properties":{
            "box":{"type":"SCALAR","componentType":"FLOAT64","array":true,"count":12,"semantic":"TILE_BOUNDING_BOX"},
            "error":{"type":"SCALAR","componentType":"FLOAT32","semantic":"TILE_GEOMETRIC_ERROR"},
            "low":{"type":"SCALAR","componentType":"FLOAT32","semantic":"TILE_MINIMUM_HEIGHT"},
            "high":{"type":"SCALAR","componentType":"FLOAT32","semantic":"TILE_MAXIMUM_HEIGHT"},
            "count":{"type":"SCALAR","componentType":"UINT8","default":7},
            "rasterError":{"type":"SCALAR","componentType":"FLOAT32"} }}}}
        """;

    [Fact]
    public void A_tileset_s_tiles_contents_and_groups_answer_with_typed_values()
    {
        var tree = TilesetText.Tree(TilesetText.WithRoot($$$$"""
            {{{{TilesetText.Box}}}},"metadata":{"class":"tile","properties":{"error":2.5}},
            "contents":[{"uri":"a.glb","group":1},{"uri":"b.glb","metadata":{"class":"site","properties":{"name":"B"}}}],
            "children":[{ {{{{TilesetText.Box}}}},"geometricError":1,"content":{"uri":"c.glb"} }]
            """, $$$$"""
            ,{{{{Schema}}}},"metadata":{"class":"site","properties":{"name":"whole"}},
            "groups":[{"class":"site","properties":{"name":"first"}},{"class":"site","properties":{"name":"second"}}],
            "statistics":{"classes":{"tile":{"count":3,"properties":{"count":{"min":1,"max":9},"box":{"max":[1,2]} } } } }
            """));
        Assert.Equal("whole", TileMetadata.OfTileset(tree, 1)!["name"].Text);
        Assert.Equal(2.5, TileMetadata.OfTile(tree, 1)!["error"].Number);
        Assert.Equal(7, TileMetadata.OfTile(tree, 1)!["count"].Number);
        Assert.Null(TileMetadata.OfContent(tree, 1, 0));
        Assert.Equal("B", TileMetadata.OfContent(tree, 1, 1)!["name"].Text);
        Assert.Equal("second", TileMetadata.OfGroup(tree, tree.SlotsOf(1)[0])!["name"].Text);
        Assert.Null(TileMetadata.OfGroup(tree, tree.SlotsOf(1)[1]));
        Assert.Null(TileMetadata.OfTile(tree, 2));
        Assert.Equal([9], TileMetadata.Statistics(tree, 1, "tile", "count")["max"]);
        Assert.Empty(TileMetadata.Statistics(tree, 1, "tile", "none"));
    }

    [Fact]
    public void A_schema_in_a_file_of_its_own_is_fetched_with_the_tileset_and_without_it_the_tiles_still_come()
    {
        var json = ImplicitText.Quadtree(more: ""","schemaUri":"schemas/s.json","metadata":{"class":"site","properties":{"name":"far"}} """);
        var reader = new TilesetReader(Encoding.UTF8.GetBytes(json), ImplicitText.Folder + "tileset.json", TilesetParent.Scene);
        while (!reader.Step(10))
        {
        }
        var need = Assert.Single(reader.Needs);
        Assert.Equal((ImplicitText.Folder + "schemas/s.json", true), (need.Uri, need.IsOptional));
        var schema = Encoding.UTF8.GetBytes(Schema[Schema.IndexOf('{')..]);
        reader.Supply([new(need.Uri, schema, schema.Length, null)]);
        while (!reader.Step(10))
        {
        }
        Assert.Equal("far", TileMetadata.OfTileset(TilesetText.Tree(reader.Result!), 1)!["name"].Text);

        var without = new ImplicitText(json);
        Assert.Contains("schemas/s.json", without.Result.Warnings.Single().Message, StringComparison.Ordinal);
        Assert.Single(without.Unexpanded);
        Assert.Null(TileMetadata.OfTileset(without.Tree, 1));
        Assert.Contains("schemas/s.json", TileMetadata.SchemaErrorOf(without.Tree, 1), StringComparison.Ordinal);
    }

    [Fact]
    public void A_subtree_s_property_table_overrides_volumes_and_errors_and_answers_for_tiles_and_contents()
    {
        var world = new ImplicitText(ImplicitText.Quadtree(subtreeLevels: 2, levels: 2, more: "," + Schema));
        var box = new[] { 1.0, 2, 3, 4, 0, 0, 0, 5, 0, 0, 0, 6 };
        byte[] values = [.. box.Concat(box.Select(v => v * 2)).SelectMany(BitConverter.GetBytes), .. BitConverter.GetBytes(30f), .. BitConverter.GetBytes(1.5f), 11, 12];
        world.Add("s/0.0.0.0.subtree", $$$$"""
            { "buffers":[{"uri":"bits.bin","byteLength":1},{"uri":"values.bin","byteLength":{{{{values.Length}}}} }],
              "bufferViews":[{"buffer":0,"byteLength":1},{"buffer":1,"byteLength":192},{"buffer":1,"byteOffset":192,"byteLength":8},{"buffer":1,"byteOffset":200,"byteLength":2}],
              "tileAvailability":{"bitstream":0},"contentAvailability":[{"bitstream":0}],"childSubtreeAvailability":{"constant":0},
              "propertyTables":[{"class":"tile","count":2,"properties":{"box":{"values":1},"error":{"values":2},"count":{"values":3} } } ],
              "tileMetadata":0,"contentMetadata":[0],"subtreeMetadata":{"class":"site","properties":{"name":"whole subtree"} } }
            """);
        world["s/bits.bin"] = [0b01001];
        world["s/values.bin"] = values;
        Assert.Empty(world.Expand(world.Unexpanded[0]).Warnings);
        var (root, child) = (world.TileOf("c/0_0_0.glb"), world.TileOf("c/1_0_1.glb"));
        Assert.Equal(BoundingVolume.Box(new(1, 2, 3), new(4, 0, 0), new(0, 5, 0), new(0, 0, 6)), world.Tree.Volume(root));
        Assert.Equal(new(2, 4, 6), world.Tree.Volume(child).Center);
        Assert.Equal((30, 1.5), (world.Tree.Nodes[root].GeometricError, world.Tree.Nodes[child].GeometricError));
        Assert.Equal([11, 12], new[] { root, child }.Select(tile => TileMetadata.OfTile(world.Tree, tile)!["count"].Number));
        Assert.Equal(12, TileMetadata.OfContent(world.Tree, child, 0)!["count"].Number);
        Assert.Equal("whole subtree", TileMetadata.OfSubtree(world.Tree, child)!["name"].Text);
        Assert.Equal("s", TileMetadata.SchemaOf(world.Tree, child)!.Id);
    }

    [Fact]
    public void A_raster_error_in_a_tile_s_metadata_is_the_tile_s_in_the_scene_s_metres()
    {
        var tree = TilesetText.Tree(TilesetText.WithRoot($$$$"""
            {{{{TilesetText.Box}}}},"transform":[2,0,0,0,0,2,0,0,0,0,2,0,0,0,0,1],"metadata":{"class":"tile","properties":{"rasterError":1.5}},
            "children":[{ {{{{TilesetText.Box}}}},"geometricError":1,"metadata":{"class":"tile","properties":{"rasterError":-3}} },
                        { {{{{TilesetText.Box}}}},"geometricError":1,"metadata":{"class":"tile","properties":{"count":1}} },
                        { {{{{TilesetText.Box}}}},"geometricError":1 }]
            """, "," + Schema));
        Assert.Equal([3f, 0f, 0f, 0f], tree.Nodes[1..5].ToArray().Select(node => node.RasterError));
    }

    [Fact]
    public void A_raster_error_in_a_subtree_s_table_is_its_tiles_and_one_that_cannot_be_is_passed_over()
    {
        var world = new ImplicitText(ImplicitText.Quadtree(subtreeLevels: 2, levels: 2, more: "," + Schema));
        byte[] values = [.. new[] { 8f, -1f, 2.5f }.SelectMany(BitConverter.GetBytes)];
        world.Add("s/0.0.0.0.subtree", $$$$"""
            { "buffers":[{"uri":"data:;base64,{{{{Convert.ToBase64String([0b00111, .. new byte[3], .. values])}}}}","byteLength":16}],
              "bufferViews":[{"buffer":0,"byteLength":1},{"buffer":0,"byteOffset":4,"byteLength":12}],
              "tileAvailability":{"bitstream":0},"contentAvailability":[{"bitstream":0}],"childSubtreeAvailability":{"constant":0},
              "propertyTables":[{"class":"tile","count":3,"properties":{"rasterError":{"values":1}}}],"tileMetadata":0 }
            """);
        Assert.Contains("rasterError of -1", world.Expand(world.Unexpanded[0]).Warnings.Single().Message, StringComparison.Ordinal);
        Assert.Equal([8f, 0f, 2.5f], new[] { "c/0_0_0.glb", "c/1_0_0.glb", "c/1_1_0.glb" }.Select(uri => world.Tree.Nodes[world.TileOf(uri)].RasterError));
    }

    [Fact]
    public void Heights_in_the_metadata_make_regions_tight_and_broken_ones_are_passed_over()
    {
        var world = new ImplicitText(ImplicitText.Quadtree(subtreeLevels: 2, levels: 2, more: "," + Schema, volume: "\"region\":[0.1,0.1,0.101,0.101,-500,9000]"));
        byte[] values = [.. new[] { 0f, 10f, 50f, 1000f, 90f, 20f }.SelectMany(BitConverter.GetBytes)];
        world.Add("s/0.0.0.0.subtree", $$$$"""
            { "buffers":[{"uri":"data:;base64,{{{{Convert.ToBase64String([0b00111, .. new byte[3], .. values])}}}}","byteLength":28}],
              "bufferViews":[{"buffer":0,"byteLength":1},{"buffer":0,"byteOffset":4,"byteLength":12},{"buffer":0,"byteOffset":16,"byteLength":12}],
              "tileAvailability":{"bitstream":0},"contentAvailability":[{"bitstream":0}],"childSubtreeAvailability":{"constant":0},
              "propertyTables":[{"class":"tile","count":3,"properties":{"low":{"values":1},"high":{"values":2}}}],"tileMetadata":0 }
            """);
        Assert.Contains("level 1, x 1, y 0", world.Expand(world.Unexpanded[0]).Warnings.Single().Message, StringComparison.Ordinal);
        Assert.InRange(world.Tree.Volume(world.TileOf("c/1_0_0.glb")).HalfLengths.Z, 5, 45);
        Assert.InRange(world.Tree.Volume(world.TileOf("c/1_1_0.glb")).HalfLengths.Z, 4700, 5000);
    }

    [Fact]
    public void Tiles_without_metadata_cost_no_memory_for_it()
    {
        var children = string.Join(',', Enumerable.Range(0, 2000).Select(i => $$"""{ {{TilesetText.Box}},"geometricError":1,"content":{"uri":"t/{{i}}.glb"} }"""));
        var plain = TilesetText.Tree(TilesetText.WithRoot($"{TilesetText.Box},\"children\":[{children}]"));
        Assert.Null(plain.DocumentOf(1));
        Assert.Equal(0, plain.NoteOf(5));
        Assert.True(plain.TopologyBytes / plain.TileCount <= 200, $"{plain.TopologyBytes / plain.TileCount} bytes a tile");
    }
}
