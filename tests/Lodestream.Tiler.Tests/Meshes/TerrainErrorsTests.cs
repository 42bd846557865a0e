using Lodestream.Geometry;
using Lodestream.Tiler.Meshes;

namespace Lodestream.Tiler.Tests.Meshes;

public class TerrainErrorsTests
{
    private static readonly QuadtreeLayout Layout = new(4, 8, 10);

    [Fact]
    public void An_error_is_the_greatest_distance_to_the_surface_neither_more_nor_less()
    {
        // One spike on an otherwise flat square, on a vertex of the deepest level alone.
        var raster = Sample(new Spike(Layout.Line(21), Layout.Line(37), 40, _ => new(0.2, 0.2, 0.2)));
        var errors = TerrainErrors.Measure(raster, 0, new());
        Assert.Equal(40, errors[0, 0, 0]);
        Assert.Equal(40, errors[1, 0, 1]);
        Assert.Equal(40, errors[2, 1, 2]);
        // The deepest level has the spike's tip and misses its foot, half a quad away, by half its height.
        Assert.Equal(20, errors[3, 2, 4]);
        Assert.Equal(0, errors[1, 1, 1]);
        Assert.False(errors.HasChildren(1, 1, 1));
        Assert.True(errors.HasChildren(2, 1, 2));
        Assert.False(errors.HasChildren(3, 2, 4));
    }

    [Fact]
    public void A_plane_has_no_error_on_any_level()
    {
        var errors = TerrainErrors.Measure(Sample(new Plane()), 2, new());
        Assert.Equal(0, errors[0, 0, 0]);
    }

    [Fact]
    public void Where_colours_are_smeared_errors_follow_the_distance_between_vertices()
    {
        // A little relief, and a checkerboard of the finest vertices in black and white.
        var raster = Sample(new Spike(Layout.Line(21), Layout.Line(37), 0.5, p => Math.Floor((p.X + 1000) / 80) % 2 == 0 ? new(0, 0, 0) : new(1, 1, 1)));
        var plain = TerrainErrors.Measure(raster, 0, new());
        var sharp = TerrainErrors.Measure(raster, 2, new());
        Assert.Equal(0.5, plain[0, 0, 0]);
        Assert.Equal(2 * 80, sharp[0, 0, 0]);
        Assert.Equal(2 * 40, sharp[1, 0, 1]);
        Assert.Equal(2 * 20, sharp[2, 1, 2]);
        Assert.Equal(plain[3, 2, 4], sharp[3, 2, 4]);
    }

    private static TerrainRaster Sample(ISurface surface) => TerrainRaster.Sample(surface, Layout, new(), (_, _) => { });

    private sealed class Spike(double x, double y, double height, Func<Vector3d, LinearColor> color) : ISurface
    {
        public double HeightAt(double px, double py) => px == x && py == y ? height : 0;

        public LinearColor ColorAt(double px, double py, double z, Vector3d normal) => color(new(px, py, z));

        public int WaterAt(double px, double py) => 0;

        public IReadOnlyList<double> WaterLevels { get; } = [double.NegativeInfinity];

        public LinearColor WaterColorAt(double px, double py, int water) => default;
    }

    private sealed class Plane : ISurface
    {
        public double HeightAt(double x, double y) => x + 2 * y;

        public LinearColor ColorAt(double x, double y, double z, Vector3d normal) => new(0.5, 0.5, 0.5);

        public int WaterAt(double px, double py) => 0;

        public IReadOnlyList<double> WaterLevels { get; } = [double.NegativeInfinity];

        public LinearColor WaterColorAt(double px, double py, int water) => default;
    }
}
