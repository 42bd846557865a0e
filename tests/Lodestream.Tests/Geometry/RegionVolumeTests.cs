using Lodestream.Geometry;

namespace Lodestream.Tests.Geometry;

public class RegionVolumeTests
{
    [Theory]
    [InlineData(-1.3197, 0.69884, -1.31964, 0.69891, 0, 67)]
    [InlineData(0, 0, 0.05, 0.05, -400, 8800)]
    [InlineData(3.0, -0.4, -3.0, 0.1, -100, 4000)]
    [InlineData(0.2, 1.2, 0.9, 1.5707, 0, 3000)]
    [InlineData(-3.1415926535, -1.5707963267, 3.1415926535, 1.5707963267, -500, 9000)]
    public void A_region_lies_inside_its_box_and_the_box_is_not_much_larger(double west, double south, double east, double north, double low, double high)
    {
        var box = BoundingVolume.FromRegion(west, south, east, north, low, high);
        var random = new Random(7);
        var width = east < west ? east + 2 * Math.PI - west : east - west;
        var farthest = 0.0;
        for (var i = 0; i < 4000; i++)
        {
            var longitude = west + width * random.NextDouble();
            var latitude = south + (north - south) * random.NextDouble();
            var height = low + (high - low) * random.NextDouble();
            var p = Ellipsoid.ToCartesian(longitude, latitude, height);
            Assert.True(box.DistanceTo(p) < 1e-6, $"({longitude}, {latitude}, {height}) is {box.DistanceTo(p)} m outside");
            farthest = Math.Max(farthest, Vector3d.Distance(p, box.Center));
        }
        Assert.True(box.Radius < farthest * 1.8, $"radius {box.Radius} m, farthest point {farthest} m");
    }
}
