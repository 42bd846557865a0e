using FsCheck;
using FsCheck.Fluent;
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

    // Around the poles, across the date line, from slivers to the globe, from the sea floor to satellites.
    [Fact]
    public void Whatever_a_region_is_its_box_holds_it_and_is_tight()
    {
        var seeds = Gen.Choose(0, int.MaxValue - 1).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(seeds, seed =>
        {
            var random = new Random(seed);
            var west = -Math.PI + 2 * Math.PI * random.NextDouble();
            var width = Math.Pow(10, -6 + 6.79 * random.NextDouble());
            var height = Math.Min(Math.PI, Math.Pow(10, -6 + 6.5 * random.NextDouble()));
            var south = random.Next(4) switch
            {
                0 => Math.PI / 2 - height,
                1 => -Math.PI / 2,
                _ => -Math.PI / 2 + (Math.PI - height) * random.NextDouble(),
            };
            var low = -11_000 + 20_000 * random.NextDouble();
            var high = low + Math.Pow(10, 7 * random.NextDouble());
            var east = Math.Min(west + width, west + 2 * Math.PI);
            var written = east > Math.PI && width < 6 ? east - 2 * Math.PI : east;
            var box = BoundingVolume.FromRegion(west, south, written, south + height, low, high);
            Holds(box, west, south, east, south + height, low, high, random);
        }));
    }

    [Fact]
    public void A_polar_cap_is_as_small_as_its_parallel()
    {
        var box = BoundingVolume.FromRegion(-Math.PI, Math.PI / 2 - 1e-3, Math.PI, Math.PI / 2, 0, 100);
        Assert.InRange(box.Radius, 6300, 12_000);
    }

    [Fact]
    public void More_than_all_the_way_round_is_all_the_way_round()
    {
        var box = BoundingVolume.FromRegion(-2 * Math.PI, -1, 2 * Math.PI, 1, 0, 100);
        Holds(box, -Math.PI, -1, Math.PI, 1, 0, 100, new Random(3));
    }

    private static void Holds(in BoundingVolume box, double west, double south, double east, double north, double low, double high, Random random)
    {
        var (min, max) = (Vector3d.Zero, Vector3d.Zero);
        for (var i = 0; i < 2000; i++)
        {
            // Rims and corners as often as what is within.
            var longitude = west + (east - west) * Share(random);
            var latitude = south + (north - south) * Share(random);
            var p = Ellipsoid.ToCartesian(longitude, latitude, low + (high - low) * Share(random));
            Assert.True(box.DistanceTo(p) < 1e-5, $"{box.DistanceTo(p)} m outside: {west} {south} {east} {north} {low} {high}");
            var d = p - box.Center;
            var local = new Vector3d(Vector3d.Dot(d, box.AxisX), Vector3d.Dot(d, box.AxisY), Vector3d.Dot(d, box.AxisZ));
            (min, max) = i == 0 ? (local, local) : (Vector3d.Min(min, local), Vector3d.Max(max, local));
        }
        var reached = (max - min) * 0.5;
        Assert.True(box.Radius <= reached.Length * 1.08 + 0.01, $"radius {box.Radius} m, reached {reached.Length} m: {west} {south} {east} {north} {low} {high}");
    }

    private static double Share(Random random) => random.Next(4) switch { 0 => 0, 1 => 1, _ => random.NextDouble() };
}
