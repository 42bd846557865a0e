using System.Text;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Diagnostics;

/// <summary>The four errors: what is on screen for itself, and what fills in.</summary>
public class ScreenErrorsTests
{
    [Fact]
    public void The_four_errors_tell_what_is_on_screen_for_itself_and_what_fills_in()
    {
        var world = new HandDrivenWorld("R(a b)").Settled();
        var pixelsPerMetre = world.Views[0].PixelScale / 2000;
        world.Deliver("R", "a");
        var s = world.Streamer.Statistics;
        Assert.Equal(512 * pixelsPerMetre, s.PrimaryGeometricSsePx, 0.05 * 512 * pixelsPerMetre);
        Assert.Equal(1024 * pixelsPerMetre, s.UnderlayGeometricSsePx, 0.05 * 1024 * pixelsPerMetre);
        world.Deliver("b");
        Assert.Equal(0, s.UnderlayGeometricSsePx);
        Assert.Equal((0, 0), (s.PrimaryRasterSsePx, s.UnderlayRasterSsePx));
    }

    [Fact]
    public void Raster_errors_are_told_beside_the_geometric_ones_of_the_same_tiles()
    {
        var block = new TileBlockBuilder(HandDrivenWorld.SceneUri);
        var root = block.AddTile(-1, SpecTile.RootVolume, 1024, Refinement.Replace, Transform3d.Identity, rasterError: 400);
        block.AddContent(root, "R.glb"u8, ContentFamily.Mesh, ContentFormat.Glb);
        foreach (var (name, from) in new[] { ("a", -512.0), ("b", 0) })
        {
            var tile = block.AddTile(root, BoundingVolume.AxisAligned(new(from, -512, -16), new(from + 512, 512, 16)), 512, Refinement.Replace, Transform3d.Identity, rasterError: 300);
            block.AddContent(tile, Encoding.UTF8.GetBytes($"{name}.glb"), ContentFamily.Mesh, ContentFormat.Glb);
        }
        var world = new HandDrivenWorld(block.Build()).Settled();
        world.Deliver("R", "a");
        var s = world.Streamer.Statistics;
        Assert.Equal("R-a a", world.Screen);
        Assert.Equal(300 / 512.0 * s.PrimaryGeometricSsePx, s.PrimaryRasterSsePx, 9);
        Assert.Equal(400 / 1024.0 * s.UnderlayGeometricSsePx, s.UnderlayRasterSsePx, 9);
        Assert.True(s.PrimaryRasterSsePx > 0 && s.UnderlayRasterSsePx > 0);
        world.Deliver("b");
        Assert.Equal(0, s.UnderlayRasterSsePx);
    }

    [Fact]
    public void A_camera_inside_a_tile_sees_no_error_larger_than_the_viewport_and_no_raster_error_where_there_is_none()
    {
        var world = new HandDrivenWorld("R(a b)").Settled();
        world.DeliverAll();
        var inside = Cameras.All(1) with { Position = world.Tree.Volume(world.Tile("a")).Center };
        world.Look(inside with { Near = 0.1 });
        var s = world.Streamer.Statistics;
        Assert.Equal(Math.Sqrt(2) * 1000, s.PrimaryGeometricSsePx, 9);
        Assert.Equal(0, s.PrimaryRasterSsePx);
    }

    [Fact]
    public void An_underlay_s_error_counts_at_the_nearest_part_it_is_drawn_for()
    {
        var world = new HandDrivenWorld("R(a b)").Settled();
        world.Deliver("R", "a");

        // Close above a, which draws itself; R fills in for b only, which begins 256 m to the east.
        var view = Cameras.All(1) with { Position = new(-256, 0, 40), Direction = new(1, 0, -0.5), Up = Vector3d.UnitZ, FovY = 2 };
        world.Look(view);
        Assert.Equal("R-a a", world.Screen);
        var distance = world.Tree.Volume(world.Tile("b")).DistanceTo(view.Position);
        Assert.InRange(distance, 256, 258);
        Assert.Equal(1024 * view.PixelScale / distance, world.Streamer.Statistics.UnderlayGeometricSsePx, 6);
    }
}
