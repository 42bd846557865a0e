using System.Text;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Laws;

public sealed class LeftoverTests
{
    // R(m(a b) c): m is the left half of the world, its children are slivers at the left rim; the camera sees m and c, not a and b.
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Nothing_fills_in_where_a_tile_is_in_view_and_none_of_its_children_is(bool hasContent, bool overlapping)
    {
        var builder = new TileBlockBuilder(HandDrivenWorld.SceneUri);
        var root = Add(-1, -512, 512, 1024, "R");
        var m = Add(root, -512, 0, 512, hasContent ? "m" : null);
        Add(m, -512, overlapping ? -500 : -506, 256, "a");
        Add(m, -506, -500, 256, "b");
        Add(root, 0, 512, 512, "c");
        var world = new HandDrivenWorld(builder.Build());
        var c = Enumerable.Range(0, world.Tree.Capacity).Single(tile => world.NameOfTile(tile) == "c");
        var view = Cameras.Over(world.Tree, c, level: 2);
        world.Views = [view with { Position = view.Position with { X = 0 } }];
        world.DeliverAll();

        Assert.True(world.Streamer.Statistics.Settled);
        Assert.Equal("c", world.Screen);

        int Add(int parent, double west, double east, double error, string? content)
        {
            var tile = builder.AddTile(parent, BoundingVolume.AxisAligned(new(west, -512, -16), new(east, 512, 16)), error, Refinement.Replace, Transform3d.Identity);
            if (content is not null)
                builder.AddContent(tile, Encoding.UTF8.GetBytes(content + ".glb"), ContentFamily.Mesh, ContentFormat.Glb);
            return tile;
        }
    }
}
