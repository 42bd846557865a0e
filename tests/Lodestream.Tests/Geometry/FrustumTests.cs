using Lodestream.Geometry;

namespace Lodestream.Tests.Geometry;

public class FrustumTests
{
    private static readonly Frustum Camera = Frustum.Perspective(new(10, 20, 30), new(1, 0, 0), new(0, 0, 1), 0.8, 0.5, 2, 1000);

    [Theory]
    [InlineData(100, 0, 0, true)]
    [InlineData(100, 79, 0, true)]
    [InlineData(100, 81, 0, false)]
    [InlineData(100, -79, 0, true)]
    [InlineData(100, -81, 0, false)]
    [InlineData(100, 0, 49, true)]
    [InlineData(100, 0, 51, false)]
    [InlineData(100, 0, -51, false)]
    [InlineData(1.9, 0, 0, false)]
    [InlineData(2.1, 0, 0, true)]
    [InlineData(999, 0, 0, true)]
    [InlineData(1001, 0, 0, false)]
    [InlineData(-100, 0, 0, false)]
    public void Its_planes_are_where_the_lens_puts_them(double ahead, double left, double up, bool seen)
    {
        var point = new Vector3d(10 + ahead, 20 + left, 30 + up);
        Assert.Equal(seen, Camera.Intersects(BoundingVolume.Sphere(point, 0)));
        for (var i = 0; i < 6; i++)
            Assert.Equal(1, Camera[i].Normal.Length, 1e-15);
    }

    [Fact]
    public void A_volume_with_a_visible_point_is_never_culled()
    {
        var random = new Random(9);
        var seen = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var center = new Vector3d(random.NextDouble() * 400 - 100, random.NextDouble() * 400 - 200, random.NextDouble() * 300 - 150);
            var (x, y, z) = Ellipsoid.EastNorthUp(random.NextDouble() * 6, random.NextDouble() * 3 - 1.5);
            var volume = i % 3 == 0
                ? BoundingVolume.Sphere(center, 20)
                : BoundingVolume.Box(center, x * (random.NextDouble() * 30), y * (random.NextDouble() * 30), z * (random.NextDouble() * 30));
            for (var n = 0; n < 30; n++)
            {
                var p = new Vector3d(random.NextDouble() * 2 - 1, random.NextDouble() * 2 - 1, random.NextDouble() * 2 - 1);
                p = volume.Shape == VolumeShape.Sphere
                    ? center + p.Normalized() * 20
                    : center + volume.AxisX * (p.X * volume.HalfLengths.X) + volume.AxisY * (p.Y * volume.HalfLengths.Y) + volume.AxisZ * (p.Z * volume.HalfLengths.Z);
                if (!Sees(p))
                    continue;
                seen++;
                Assert.True(Camera.Intersects(volume), $"{volume} holds the visible point {p}");
                break;
            }
        }
        Assert.True(seen > 1000);
    }

    [Fact]
    public void A_volume_wholly_behind_a_plane_is_culled()
    {
        Assert.False(Camera.Intersects(BoundingVolume.Sphere(new(-20, 20, 30), 29)));
        Assert.False(Camera.Intersects(BoundingVolume.AxisAligned(new(-500, -500, -500), new(11, 500, 500))));
        Assert.False(Camera.Intersects(BoundingVolume.AxisAligned(new(0, 900, 0), new(100, 1000, 100))));
    }

    // The pinhole's own rule, without planes.
    private static bool Sees(Vector3d p)
    {
        var (ahead, side, up) = (p.X - 10, p.Y - 20, p.Z - 30);
        return ahead is >= 2 and <= 1000 && Math.Abs(side) <= ahead * 0.8 && Math.Abs(up) <= ahead * 0.5;
    }
}
