using Lodestream.Geometry;

namespace Lodestream.Tests.Geometry;

public class EllipsoidTests
{
    [Fact]
    public void Geodetic_coordinates_survive_the_way_to_cartesian_and_back()
    {
        var random = new Random(3);
        for (var i = 0; i < 5000; i++)
        {
            var longitude = (random.NextDouble() * 2 - 1) * Math.PI;
            var latitude = (random.NextDouble() * 2 - 1) * Math.PI / 2;
            var height = random.NextDouble() * 1_010_000 - 10_000;
            var back = Ellipsoid.ToGeodetic(Ellipsoid.ToCartesian(longitude, latitude, height));
            Assert.Equal(longitude, back.Longitude, 1e-12);
            Assert.Equal(latitude, back.Latitude, 1e-12);
            Assert.Equal(height, back.Height, 1e-6);
        }
    }

    [Theory]
    [InlineData(0, 0, Ellipsoid.SemiMajor, 0, 0)]
    [InlineData(Math.PI / 2, 0, 0, Ellipsoid.SemiMajor, 0)]
    [InlineData(0, Math.PI / 2, 0, 0, Ellipsoid.SemiMinor)]
    [InlineData(1, -Math.PI / 2, 0, 0, -Ellipsoid.SemiMinor)]
    public void The_axes_of_the_ellipsoid_are_where_WGS_84_puts_them(double longitude, double latitude, double x, double y, double z)
    {
        var p = Ellipsoid.ToCartesian(longitude, latitude, 0);
        Assert.True(Vector3d.Distance(p, new(x, y, z)) < 1e-8, p.ToString());
    }

    [Fact]
    public void Height_at_the_poles_is_measured_along_the_axis()
    {
        Assert.Equal(250, Ellipsoid.ToGeodetic(new(0, 0, Ellipsoid.SemiMinor + 250)).Height, 1e-6);
        Assert.Equal(-250, Ellipsoid.ToGeodetic(new(0, 0, -Ellipsoid.SemiMinor + 250)).Height, 1e-6);
    }

    [Fact]
    public void East_north_and_up_are_orthonormal_and_right_handed()
    {
        var random = new Random(4);
        for (var i = 0; i < 1000; i++)
        {
            var (longitude, latitude) = ((random.NextDouble() * 2 - 1) * Math.PI, (random.NextDouble() * 2 - 1) * Math.PI / 2);
            var (east, north, up) = Ellipsoid.EastNorthUp(longitude, latitude);
            Assert.Equal(1, east.Length, 1e-14);
            Assert.Equal(1, north.Length, 1e-14);
            Assert.Equal(0, Vector3d.Dot(east, up), 1e-14);
            Assert.True(Vector3d.Distance(Vector3d.Cross(east, north), up) < 1e-14);
            var climbed = Ellipsoid.ToCartesian(longitude, latitude, 100) - Ellipsoid.ToCartesian(longitude, latitude, 0);
            Assert.True(Vector3d.Distance(climbed, up * 100) < 1e-8);
        }
    }
}
