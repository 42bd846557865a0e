using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Scene;

public class TileBlockBuilderTests
{
    [Fact]
    public void Siblings_are_contiguous_and_keep_their_order_whatever_order_tiles_came_in()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var (builder, parents) = RandomTiles(seed);
            var block = builder.Build();
            Assert.Equal(parents.Length, block.TileCount);

            // The number a tile was added with is in its height: the layout is checked without knowing it.
            var numberOf = block.Nodes.Select(node => (int)node.CenterZ).ToArray();
            for (var tile = 0; tile < block.TileCount; tile++)
            {
                ref var links = ref block.Links[tile];
                var children = Enumerable.Range(0, parents.Length).Where(n => parents[n] == numberOf[tile]).ToArray();
                Assert.Equal(children.Length, links.ChildCount);
                for (var ordinal = 0; ordinal < children.Length; ordinal++)
                {
                    Assert.Equal(children[ordinal], numberOf[links.FirstChild + ordinal]);
                    Assert.Equal(tile, block.Links[links.FirstChild + ordinal].Parent);
                    Assert.Equal(links.Level + 1, block.Links[links.FirstChild + ordinal].Level);
                    Assert.True(links.FirstChild + ordinal > tile, "Parents come before their children.");
                }
            }
        }
    }

    [Fact]
    public void Laid_out_in_steps_of_any_size_a_block_is_the_same()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var whole = RandomTiles(seed).Builder.Build();
            foreach (var size in new[] { 1, 2, 7 })
            {
                var (builder, parents) = RandomTiles(seed);
                var steps = 1;
                while (!builder.Step(size))
                    steps++;
                var block = builder.Build();
                Assert.True(steps >= parents.Length / size, $"{steps} steps of {size} for {parents.Length} tiles");
                Assert.Equal(whole.Nodes, block.Nodes);
                Assert.Equal(whole.Links, block.Links);
                Assert.Equal(whole.Contents, block.Contents);
                Assert.Equal(whole.ContentHashes, block.ContentHashes);
                Assert.Equal(whole.Transforms, block.Transforms);
            }
        }
    }

    [Fact]
    public void An_error_above_the_parent_s_is_clamped_to_it_and_counted()
    {
        var block = TreeSpec.Parse("R:100(a:200(b:150 c:90) d:50)").Build(HandDrivenWorld.SceneUri);
        Assert.Equal(2, block.ErrorInversions);
        Assert.Equal([100, 100, 50, 100, 90], block.Nodes.Select(node => node.GeometricError));
    }

    [Fact]
    public void Boxes_turned_alike_share_their_axes_and_aligned_ones_need_none()
    {
        var builder = new TileBlockBuilder(HandDrivenWorld.SceneUri);
        var (x, y, z) = Ellipsoid.EastNorthUp(0.4, 0.5);
        builder.AddTile(-1, BoundingVolume.AxisAligned(new(-9, -9, -9), new(9, 9, 9)), 8, Refinement.Replace, Transform3d.Identity);
        for (var i = 0; i < 10; i++)
            builder.AddTile(0, BoundingVolume.Box(new(i, 0, 0), x * (i + 1), y, z), 4, Refinement.Replace, Transform3d.Identity);
        builder.AddTile(0, BoundingVolume.Sphere(Vector3d.Zero, 3), 4, Refinement.Replace, Transform3d.Identity);
        builder.AddTile(0, BoundingVolume.Box(Vector3d.Zero, z, x, y), 4, Refinement.Replace, Transform3d.Identity);
        var block = builder.Build();
        Assert.Equal(0, block.Nodes[0].Orientation);
        Assert.Equal(1, block.Nodes[12].Orientation == block.Nodes[1].Orientation ? 0 : 1);
        Assert.Equal(0, block.Nodes[11].Orientation);
        Assert.InRange(block.Orientations.Count, 3, 4);
    }

    [Fact]
    public void A_tile_before_its_parent_and_a_block_without_tiles_are_refused()
    {
        var builder = new TileBlockBuilder(HandDrivenWorld.SceneUri);
        Assert.Throws<InvalidOperationException>(() => builder.Build());
        Assert.Throws<ArgumentException>(() => AddTile(builder, 0, 0));
        AddTile(builder, -1, 0);
        Assert.Throws<ArgumentException>(() => AddTile(builder, -1, 1));
        Assert.Throws<ArgumentException>(() => AddTile(builder, 1, 1));
    }

    private static (TileBlockBuilder Builder, int[] Parents) RandomTiles(int seed)
    {
        var random = new Random(seed);
        var parents = new int[1 + random.Next(120)];
        var builder = new TileBlockBuilder(HandDrivenWorld.SceneUri);
        for (var i = 0; i < parents.Length; i++)
        {
            parents[i] = i == 0 ? -1 : random.Next(random.Next(3) == 0 ? i : Math.Min(i, 5));
            AddTile(builder, parents[i], i);
            for (var content = random.Next(3); content > 0; content--)
                builder.AddContent(i, System.Text.Encoding.UTF8.GetBytes($"{i}-{content}.glb"), ContentFamily.Mesh, ContentFormat.Glb);
        }
        return (builder, parents);
    }

    private static void AddTile(TileBlockBuilder builder, int parent, int number) => builder.AddTile(
        parent, BoundingVolume.AxisAligned(new(-1, -1, number - 1), new(1, 1, number + 1)), 1000.0 / (number + 1), Refinement.Replace,
        number % 3 == 0 ? Transform3d.Identity : Transform3d.Identity with { Translation = new(number / 4, 0, 0) });
}
