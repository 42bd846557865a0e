using Lodestream.Geometry;

namespace Lodestream.Tests.Geometry;

public class BoundingVolumeTests
{
    private readonly Random _random = new(5);

    [Fact]
    public void Half_axes_along_the_scene_s_axes_make_an_aligned_box_whatever_their_signs()
    {
        var box = BoundingVolume.Box(new(1, 2, 3), new(-4, 0, 0), new(0, 5, 0), new(0, 0, -6));
        Assert.True(box.IsAxisAligned);
        Assert.Equal(new Vector3d(4, 5, 6), box.HalfLengths);
        Assert.Equal((new Vector3d(-3, -3, -3), new Vector3d(5, 7, 9)), box.AxisAlignedBounds());
    }

    [Fact]
    public void A_turned_box_keeps_its_half_lengths_and_its_corners()
    {
        var (east, north, up) = Ellipsoid.EastNorthUp(0.3, 0.8);
        var box = BoundingVolume.Box(new(10, 20, 30), east * 7, north * 11, up * 2);
        Assert.False(box.IsAxisAligned);
        Assert.True(Vector3d.Distance(new(7, 11, 2), box.HalfLengths) < 1e-12);
        Assert.Equal(0, box.DistanceTo(box.Center + east * 6.999 - north * 10.999 + up * 1.999), 1e-12);
        Assert.Equal(5, box.DistanceTo(box.Center + up * 7), 1e-12);
        Assert.Equal(5, box.DistanceTo(box.Center + east * 10 + north * 15), 1e-12);
    }

    [Fact]
    public void A_sheared_box_is_enclosed_by_the_box_made_of_it()
    {
        for (var i = 0; i < 500; i++)
        {
            var (a, b, c) = (Vector(20), Vector(20), Vector(20));
            var box = BoundingVolume.Box(Vector(100), a, b, c);
            Assert.Equal(0, Vector3d.Dot(box.AxisX, box.AxisY), 1e-12);
            Assert.True(Vector3d.Distance(Vector3d.Cross(box.AxisX, box.AxisY), box.AxisZ) < 1e-12);
            for (var corner = 0; corner < 8; corner++)
            {
                var p = box.Center + a * Sign(corner) + b * Sign(corner >> 1) + c * Sign(corner >> 2);
                Assert.True(box.DistanceTo(p) < 1e-9, $"corner {corner} is {box.DistanceTo(p)} m outside");
            }
        }
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(1, 0, 1)]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 0)]
    [InlineData(0, 1, 0)]
    [InlineData(0, 0, 1)]
    [InlineData(0, 0, 0)]
    public void A_flat_box_stays_flat_and_has_proper_axes(double x, double y, double z)
    {
        var (east, north, up) = Ellipsoid.EastNorthUp(0.3, 0.8);
        var box = BoundingVolume.Box(new(1, 2, 3), east * x * 5, north * y * 6, up * z * 7);
        var lengths = new[] { box.HalfLengths.X, box.HalfLengths.Y, box.HalfLengths.Z }.Order().ToArray();
        Assert.Equal(new[] { x * 5, y * 6, z * 7 }.Order().ToArray(), lengths, (a, b) => Math.Abs(a - b) < 1e-12);
        foreach (var axis in new[] { box.AxisX, box.AxisY, box.AxisZ })
            Assert.Equal(1, axis.Length, 1e-12);
        Assert.Equal(0, box.DistanceTo(box.Center + (east * x * 5 + north * y * 6 + up * z * 7) * 0.999), 1e-9);
    }

    [Fact]
    public void A_transform_moves_turns_and_scales_a_box_and_stretches_a_sphere_by_its_largest_scale()
    {
        var transform = new Transform3d(new(0, 2, 0), new(-3, 0, 0), new(0, 0, 1), new(100, 0, 0));
        var box = BoundingVolume.AxisAligned(new(-1, -1, -1), new(1, 1, 1)).Transformed(transform);
        Assert.Equal((new Vector3d(97, -2, -1), new Vector3d(103, 2, 1)), box.AxisAlignedBounds());
        var sphere = BoundingVolume.Sphere(new(1, 0, 0), 2).Transformed(transform);
        Assert.Equal(VolumeShape.Sphere, sphere.Shape);
        Assert.Equal(new Vector3d(100, 2, 0), sphere.Center);
        Assert.Equal(6, sphere.Radius);
    }

    [Fact]
    public void Distance_is_that_of_the_nearest_of_many_points_of_the_volume()
    {
        for (var i = 0; i < 50; i++)
        {
            var (x, y, z) = Ellipsoid.EastNorthUp(_random.NextDouble() * 6, _random.NextDouble() * 3 - 1.5);
            var box = BoundingVolume.Box(Vector(50), x * 8, y * 4, z * 2);
            var eye = Vector(100);
            var nearest = double.MaxValue;
            for (var n = 0; n < 3000; n++)
                nearest = Math.Min(nearest, Vector3d.Distance(eye, PointIn(box)));
            var distance = box.DistanceTo(eye);
            Assert.InRange(distance, nearest - 3, nearest + 1e-9);
        }
    }

    [Fact]
    public void Nothing_of_a_volume_is_outside_its_aligned_bounds_or_its_radius()
    {
        for (var i = 0; i < 100; i++)
        {
            var (x, y, z) = Ellipsoid.EastNorthUp(_random.NextDouble() * 6, _random.NextDouble() * 3 - 1.5);
            var volume = i % 4 == 0 ? BoundingVolume.Sphere(Vector(50), 5) : BoundingVolume.Box(Vector(50), x * 8, y * 4, z * 2);
            var (min, max) = volume.AxisAlignedBounds();
            var bounds = BoundingVolume.AxisAligned(min, max);
            for (var n = 0; n < 200; n++)
            {
                var p = PointIn(volume);
                Assert.True(bounds.DistanceTo(p) < 1e-9);
                Assert.True(Vector3d.Distance(p, volume.Center) <= volume.Radius + 1e-9);
            }
        }
    }

    [Theory]
    [InlineData(0.1, 0.2, 0.1001, 0.2001, 0, 50)]
    [InlineData(-3.1, 0.5, -3.0, 0.7, -100, 3000)]
    [InlineData(3.1, -0.2, -3.1, 0.2, 0, 500)]
    [InlineData(2.0, -1.0, -2.0, 1.0, 0, 5000)]
    [InlineData(-3.141592, 1.4, 3.141592, 1.5707963267948966, 0, 3000)]
    [InlineData(-3.141592, -1.5707963267948966, 3.141592, -1.3, -50, 3000)]
    [InlineData(0, -1.5707963267948966, 3.141592653589793, 1.5707963267948966, 0, 1000)]
    [InlineData(-1, -0.3, 2.141592653589793, 0.9, 0, 1000)]
    [InlineData(-3.141592653589793, -1.5707963267948966, 3.141592653589793, 1.5707963267948966, -10000, 9000)]
    [InlineData(0, -1.5707963267948966, 5.585053606381854, 1.3861, 0, 10)]
    [InlineData(0.5, 0.6, 0.5, 0.7, 0, 0)]
    public void A_region_is_enclosed_poles_date_line_and_half_the_globe_included(double west, double south, double east, double north, double low, double high)
    {
        var box = BoundingVolume.FromRegion(west, south, east, north, low, high);
        var width = east < west ? east + 2 * Math.PI - west : east - west;
        for (var i = 0; i <= 60; i++)
        {
            for (var j = 0; j <= 60; j++)
            {
                Inside(west + width * i / 60, south + (north - south) * j / 60, i % 2 == 0 ? high : low);
                Inside(west + width * _random.NextDouble(), south + (north - south) * _random.NextDouble(), low + (high - low) * _random.NextDouble());
            }
        }

        void Inside(double longitude, double latitude, double height)
        {
            var outside = box.DistanceTo(Ellipsoid.ToCartesian(longitude, latitude, height));
            Assert.True(outside < 1e-6, $"({longitude}, {latitude}, {height}) is {outside} m outside");
        }
    }

    [Fact]
    public void Random_regions_are_enclosed()
    {
        for (var i = 0; i < 400; i++)
        {
            var (west, south) = ((_random.NextDouble() * 2 - 1) * Math.PI, (_random.NextDouble() - 0.5) * Math.PI);
            var east = west + _random.NextDouble() * 2 * Math.PI;
            var north = south + _random.NextDouble() * (Math.PI / 2 - south);
            var box = BoundingVolume.FromRegion(west, south, east > Math.PI ? east - 2 * Math.PI : east, north, 0, 100);
            for (var n = 0; n < 300; n++)
            {
                var (longitude, latitude) = (west + (east - west) * _random.NextDouble(), south + (north - south) * _random.NextDouble());
                var outside = box.DistanceTo(Ellipsoid.ToCartesian(longitude, latitude, 100));
                Assert.True(outside < 1e-6, $"region {west} {south} {east} {north}: ({longitude}, {latitude}) is {outside} m outside");
            }
        }
    }

    [Fact]
    public void A_small_region_s_box_is_not_much_larger_than_the_region()
    {
        // 640 m east and north at the equator, 100 m high.
        var box = BoundingVolume.FromRegion(0.5, 0, 0.5001, 0.0001, 0, 100);
        Assert.InRange(box.HalfLengths.X, 318.9, 322);
        Assert.InRange(box.HalfLengths.Y, 316.7, 320);
        Assert.InRange(box.HalfLengths.Z, 50, 51);
    }

    private Vector3d PointIn(in BoundingVolume volume)
    {
        var p = new Vector3d(_random.NextDouble() * 2 - 1, _random.NextDouble() * 2 - 1, _random.NextDouble() * 2 - 1);
        if (volume.Shape == VolumeShape.Sphere)
            return volume.Center + p.Normalized() * (volume.Radius * _random.NextDouble());
        return volume.Center + volume.AxisX * (p.X * volume.HalfLengths.X) + volume.AxisY * (p.Y * volume.HalfLengths.Y) + volume.AxisZ * (p.Z * volume.HalfLengths.Z);
    }

    private Vector3d Vector(double size) =>
        new((_random.NextDouble() - 0.5) * size, (_random.NextDouble() - 0.5) * size, (_random.NextDouble() - 0.5) * size);

    private static double Sign(int bit) => (bit & 1) * 2 - 1;
}
