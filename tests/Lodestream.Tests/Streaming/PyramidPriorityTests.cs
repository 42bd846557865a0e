using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Streaming;

/// <summary>The pyramid's order is its formula and nothing else.</summary>
public class PyramidPriorityTests
{
    private static readonly TileTree World = PyramidWorld.Make(6);

    [Fact]
    public void A_tile_below_the_camera_counts_its_area_its_level_and_its_distance_from_the_focal_point()
    {
        // Straight above the corner of four tiles of level 4, 65,536 m wide; one of them.
        var view = PyramidWorld.Camera(0, 0, 150_000);
        var primary = TileAt(4, 8, 8);
        var volume = World.Volume(primary);
        var scale = view.PixelScale / volume.DistanceTo(view.Position);
        var away = (volume.Center - view.Position).Normalized();
        var area = 4 * (volume.HalfLengths.X * volume.HalfLengths.Y * -away.Z + volume.HalfLengths.X * volume.HalfLengths.Z * (away.X + away.Y)) * scale * scale;
        var radius = 960 * 150_000 / view.PixelScale;
        var distance = Vector3d.Distance(volume.Center, new(0, 0, 0));
        Assert.Equal(area + 200 * (1 - distance / radius), Priority(primary, view), 6);

        var above = TileAt(3, 4, 4);
        var weights = new PyramidOptions { ScreenAreaWeight = 0, DepthPenaltyPerLevel = 7, ForegroundBias = 0 };
        Assert.Equal((0.0, -7.0), (Priority(primary, view, weights), Priority(above, view, weights)));
    }

    [Fact]
    public void The_defaults_are_the_formula_s()
    {
        var options = new PyramidOptions();
        Assert.Equal((256, 0.6, 1, 250, 200, null), (options.TargetTileWidthPx, options.FootprintMargin, options.ScreenAreaWeight, options.DepthPenaltyPerLevel, options.ForegroundBias, options.FocalRadius));
    }

    [Fact]
    public void Beyond_the_focal_radius_nothing_is_foreground()
    {
        var view = PyramidWorld.Camera(0, 0, 150_000);
        var options = new PyramidOptions { ScreenAreaWeight = 0, FocalRadius = 1000 };
        Assert.Equal(0, Priority(TileAt(4, 8, 8), view, options));
        Assert.Equal(200 * (1 - Math.Sqrt(2) * 32_768 / 100_000), Priority(TileAt(4, 8, 8), view, options with { FocalRadius = 100_000 }), 6);
    }

    [Fact]
    public void The_pyramid_is_loaded_in_its_own_order_unless_another_one_is_asked_for()
    {
        Assert.IsType<GainOrder>(new StreamerOptions().Priorities());
        Assert.IsType<PyramidPriority>(new StreamerOptions { Pyramid = new() }.Priorities());
        Assert.IsType<PyramidPolicy>(new StreamerOptions { Pyramid = new() }.Policy());
        Assert.IsType<DistanceOrder>(new StreamerOptions { Priorities = () => new DistanceOrder(), Pyramid = new() }.Priorities());
        Assert.IsType<ScreenSpaceErrorPolicy>(new StreamerOptions { Policy = () => new ScreenSpaceErrorPolicy(), Pyramid = new() }.Policy());
    }

    private static double Priority(int tile, View view, PyramidOptions? options = null)
    {
        var set = new VisibilitySet();
        new PyramidPolicy().Select(World, [view], new(1), set);
        Assert.Equal(4, set.PrimaryLevel);
        Demand[] demands = [new() { Tile = tile }];
        new PyramidPriority(options).Order(
            new() { Tree = World, Set = set, Views = [view], Now = default, Predictors = [], LookAheadSeconds = 0, ArrivalSeconds = 0, BytesPerSecond = 1 }, demands);
        return demands[0].Priority;
    }

    private static int TileAt(int level, int x, int y) =>
        Enumerable.Range(1, World.Capacity - 1).Single(tile => World.Links[tile].Level == level && PyramidWorld.PlaceOf(World, tile) == (level, x, y));
}
