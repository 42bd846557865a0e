using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Tests.Tiles3D.Implicit;

public class ImplicitTilingTests
{
    [Fact]
    public void A_subtree_is_asked_for_when_its_tile_is_expanded_and_no_sooner()
    {
        var world = new ImplicitText(ImplicitText.Quadtree());
        Assert.Equal(["tileset.json"], world.Asked);
        var root = Assert.Single(world.Unexpanded);
        Assert.Equal(["s/0.0.0.0.subtree"], world.Tree.Uris(root));

        var subtree = new SubtreeWriter(isOctree: false, levels: 2);
        subtree.AddTile(0, 0, 0, content: 0);
        subtree.AddTile(1, 1, 0, content: 0);
        subtree.AddTile(1, 1, 1);
        subtree.AddSubtree(3, 0);
        subtree.AddSubtree(2, 3);
        world["s/0.0.0.0.subtree"] = subtree.Write();
        Assert.Empty(world.Expand(root).Warnings);
        Assert.Equal(["c/0_0_0.glb", "c/1_1_0.glb"], world.Drawn);
        Assert.Equal(["s/2.2.3.0.subtree", "s/2.3.0.0.subtree"], world.Unexpanded.SelectMany(tile => world.Tree.Uris(tile)).Order(StringComparer.Ordinal));

        var below = new SubtreeWriter(isOctree: false, levels: 2);
        below.AddTile(0, 0, 0, content: 0);
        below.AddTile(1, 0, 1, content: 0);
        world["s/2.3.0.0.subtree"] = below.Write();
        world.Expand(world.TileOf("s/2.3.0.0.subtree"));
        Assert.Equal(["c/0_0_0.glb", "c/1_1_0.glb", "c/2_3_0.glb", "c/3_6_1.glb"], world.Drawn);
        world.Tree.Collapse(root);
        Assert.Equal([root], world.Unexpanded);
        world.Expand(root);
        Assert.Equal(["c/0_0_0.glb", "c/1_1_0.glb"], world.Drawn);
    }

    [Fact]
    public void Boxes_are_halved_along_x_and_y_and_errors_with_them()
    {
        var world = Full(ImplicitText.Quadtree(subtreeLevels: 3, levels: 3), octree: false, levels: 3);
        var tile = world.TileOf("c/2_3_1.glb");
        Assert.Equal(BoundingVolume.AxisAligned(new(4, -4, -2), new(8, 0, 2)), world.Tree.Volume(tile));
        Assert.Equal(8, world.Tree.Nodes[tile].GeometricError);
        Assert.Equal(16, world.Tree.Nodes[world.TileOf("c/1_0_0.glb")].GeometricError);
        Assert.Equal(1 + 1 + 21, world.Tree.TileCount);
    }

    [Fact]
    public void Octrees_are_halved_along_z_too()
    {
        var world = Full(ImplicitText.Quadtree(subtreeLevels: 2, levels: 2, scheme: "OCTREE", content: """ "content":{"uri":"c/{level}_{x}_{y}_{z}.glb"}, """), octree: true, levels: 2);
        Assert.Equal(BoundingVolume.AxisAligned(new(0, -8, 0), new(8, 0, 2)), world.Tree.Volume(world.TileOf("c/1_1_0_1.glb")));
        Assert.Equal(1 + 1 + 9, world.Tree.TileCount);
    }

    [Fact]
    public void A_turned_and_scaled_root_turns_and_scales_its_tiles()
    {
        var world = Full(ImplicitText.Quadtree(tile: """ "transform":[0,2,0,0, -2,0,0,0, 0,0,2,0, 100,0,0,1], """), octree: false, levels: 2);
        var tile = world.TileOf("c/1_1_0.glb");
        Assert.Equal(32, world.Tree.Nodes[tile].GeometricError);
        var volume = world.Tree.Volume(tile);
        Assert.Equal(new(100 + 8, 8, 0), volume.Center);
        Assert.Equal(new(100, 0, 0), world.Tree.Transform(tile).Translation);

        // glTF is y up: its y axis becomes the tile's z, which is scaled by two.
        Assert.Equal(2, world.Tree.Transform(tile).Direction(Vector3d.UnitY).Z, 1e-12);
    }

    [Theory]
    [InlineData(-1.3197, 0.6988, -1.3190, 0.6995)]
    [InlineData(3.1412, -0.3, -3.1412, -0.2995)]
    [InlineData(-3.14159265, -1.57079632, 3.14159265, 1.57079632)]
    public void Regions_are_halved_and_their_boxes_hold_them(double west, double south, double east, double north)
    {
        var region = FormattableString.Invariant($"\"region\":[{west},{south},{east},{north},-10,300]");
        var world = Full(ImplicitText.Quadtree(subtreeLevels: 3, levels: 3, volume: region), octree: false, levels: 3);
        var width = (east < west ? east + 2 * Math.PI : east) - west;
        var random = new Random(5);
        for (var i = 0; i < 3000; i++)
        {
            var (u, v) = (random.NextDouble(), random.NextDouble());
            var p = Ellipsoid.ToCartesian(west + width * u, south + (north - south) * v, -10 + 310 * random.NextDouble());
            for (var level = 0; level <= 2; level++)
            {
                var name = $"c/{level}_{(int)(u * (1 << level))}_{(int)(v * (1 << level))}.glb";
                Assert.True(world.Tree.Volume(world.TileOf(name)).DistanceTo(p) < 1e-5, name);
            }
        }
    }

    [Fact]
    public void Tiles_of_boxes_and_of_small_regions_can_carry_masks()
    {
        foreach (var volume in new[] { null, "\"region\":[-1.3197,0.6988,-1.3190,0.6995,0,300]" })
        {
            var world = Full(ImplicitText.Quadtree(subtreeLevels: 3, levels: 3, volume: volume), octree: false, levels: 3);
            foreach (var name in new[] { "c/0_0_0.glb", "c/1_0_0.glb", "c/1_1_1.glb" })
                Assert.True((world.Tree.Links[world.TileOf(name)].Flags & TileFlags.Maskable) != 0, $"{name} of {volume}");
        }
    }

    [Fact]
    public void Several_contents_of_a_tile_are_there_as_their_own_bits_say_each_in_its_group_s_family()
    {
        const string groups = """ ,"schema":{"classes":{"layer":{"properties":{"name":{"type":"STRING"}}}}},"groups":[{"class":"layer","properties":{"name":"terrain"}},{"class":"layer","properties":{"name":"water"}}] """;
        var world = new ImplicitText(ImplicitText.Quadtree(
            subtreeLevels: 2, levels: 2, more: groups,
            content: """ "contents":[{"uri":"t/{level}_{x}_{y}.glb","group":0},{"uri":"w/{level}_{x}_{y}.glb","group":1}], """));
        var subtree = new SubtreeWriter(isOctree: false, levels: 2, contents: 2);
        subtree.AddTile(0, 0, 0, content: 0);
        subtree.AddTile(1, 0, 1, content: 0);
        subtree.AddTile(1, 0, 1, content: 1);
        subtree.AddTile(1, 1, 1, content: 1);
        world["s/0.0.0.0.subtree"] = subtree.Write();
        world.Expand(world.Unexpanded[0]);
        Assert.Equal(["t/0_0_0.glb", "t/1_0_1.glb", "w/1_0_1.glb", "w/1_1_1.glb"], world.Drawn);
        var slots = world.Tree.SlotsOf(world.TileOf("w/1_0_1.glb")).ToArray();
        Assert.Equal([ContentFamily.Terrain, ContentFamily.Water], slots.Select(slot => world.Tree.Contents.Records[slot].Family));
        Assert.Equal("water", TileMetadata.OfGroup(world.Tree, slots[1])!["name"].Text);
    }

    [Fact]
    public void A_tileset_as_content_of_an_implicit_tile_hangs_below_it_in_its_frame()
    {
        var world = new ImplicitText(ImplicitText.Quadtree(subtreeLevels: 1, levels: 1, content: """ "content":{"uri":"e/{level}_{x}_{y}.json"}, """));
        var subtree = new SubtreeWriter(isOctree: false, levels: 1);
        subtree.AddTile(0, 0, 0, content: 0);
        world["s/0.0.0.0.subtree"] = subtree.Write();
        world.Expand(world.Unexpanded[0]);
        world.Add("e/0_0_0.json", TilesetText.WithRoot($"{TilesetText.Box},\"content\":{{\"uri\":\"../a.glb\"}}"));
        Assert.True(world.Expand(world.TileOf("e/0_0_0.json")).IsOk);
        Assert.Equal(["../a.glb"], world.Drawn);
    }

    [Fact]
    public void The_draft_extension_of_version_1_0_is_read()
    {
        const string tileset = """
            { "asset":{"version":"1.0"},"geometricError":100,"extensionsUsed":["3DTILES_implicit_tiling"],
              "root":{ "boundingVolume":{"box":[0,0,0,8,0,0,0,8,0,0,0,2]},"geometricError":32,"refine":"ADD",
                "extensions":{
                  "3DTILES_multiple_contents":{"content":[{"uri":"a/{level}_{x}_{y}.glb"},{"uri":"b/{level}_{x}_{y}.glb"}]},
                  "3DTILES_implicit_tiling":{"subdivisionScheme":"QUADTREE","subtreeLevels":2,"maximumLevel":1,"subtrees":{"uri":"s/{level}.{x}.{y}.{z}.subtree"}} } } }
            """;
        var world = new ImplicitText(tileset);
        world.Add("s/0.0.0.0.subtree", """
            { "buffers":[{"byteLength":1,"uri":"data:application/octet-stream;base64,Aw=="}],"bufferViews":[{"buffer":0,"byteOffset":0,"byteLength":1}],
              "tileAvailability":{"bufferView":0},"childSubtreeAvailability":{"constant":0},
              "extensions":{"3DTILES_multiple_contents":{"contentAvailability":[{"bufferView":0},{"constant":1}]}} }
            """);
        world.Expand(world.Unexpanded[0]);
        Assert.Equal(["a/0_0_0.glb", "a/1_0_0.glb", "b/0_0_0.glb", "b/1_0_0.glb"], world.Drawn);
        Assert.Contains("3 contents of tiles that are not available", world.Result.Warnings.Single().Message, StringComparison.Ordinal);
    }

    [RealDataFact]
    public void The_sparse_quadtree_of_the_samples_expands_to_its_32_contents()
    {
        var uri = new Uri(SharedData.Path("3d-tiles-samples/1.1/SparseImplicitQuadtree/tileset.json")).AbsoluteUri;
        var tree = new TileTree(uri);
        for (var tile = 0; tile < tree.Capacity; tile++)
        {
            if ((tree.Links[tile].Flags & TileFlags.Unexpanded) == 0)
                continue;
            var document = tree.Contents.Uri(tree.SlotsOf(tile)[0]);
            var result = TilesetReader.Read(File.ReadAllBytes(new Uri(document).LocalPath), document, TilesetParent.Of(tree, tile));
            Assert.True(result.IsOk, result.Error);
            Assert.Empty(result.Warnings);
            tree.Append(tile, result.Block);
        }
        var contents = Enumerable.Range(0, tree.Contents.Capacity).Select(tree.Contents.Uri).Where(name => name.EndsWith(".glb", StringComparison.Ordinal)).ToArray();
        Assert.Equal(32, contents.Length);
        Assert.All(contents, content => Assert.True(File.Exists(new Uri(content).LocalPath), content));
    }

    private static ImplicitText Full(string tileset, bool octree, int levels)
    {
        var world = new ImplicitText(tileset);
        var subtree = new SubtreeWriter(octree, levels);
        for (var level = 0; level < levels; level++)
        {
            for (var i = 0; i < 1 << (level * (octree ? 3 : 2)); i++)
                subtree.AddTile(level, i & ((1 << level) - 1), i >> level & ((1 << level) - 1), octree ? i >> (2 * level) : 0, content: 0);
        }
        world["s/0.0.0.0.subtree"] = subtree.Write();
        Assert.True(world.Expand(world.Unexpanded.Single()).IsOk, world.Result.Error);
        return world;
    }
}
