using Lodestream.Tiler.Worlds.Continent;

namespace Lodestream.Tiler.Tests.Worlds;

public class RiversTests
{
    [Fact]
    public void A_rivers_water_falls_on_its_whole_way_to_the_sea()
    {
        // A valley that falls to the south, with a bowl in its middle that must be drained across its rim.
        const int nodes = 65;
        const double spacing = 50, size = (nodes - 1) * spacing;
        var heights = new float[nodes * nodes];
        var sea = new bool[nodes * nodes];
        for (var i = 0; i < heights.Length; i++)
        {
            int x = i % nodes, y = i / nodes;
            sea[i] = x == 0 || y == 0 || x == nodes - 1 || y == nodes - 1;
            double bowl = Math.Max(0, 200 - ((x - 32) * (x - 32) + (y - 32) * (y - 32)));
            heights[i] = sea[i] ? 0 : (float)(5 + y * 8 + Math.Abs(x - 32) * 30 - bowl);
        }
        var network = new DrainageNetwork(nodes, spacing, sea, new GradientNoise(1));
        network.Route(heights, new());
        var ground = new Grid(nodes - 1);
        heights.CopyTo(ground.Values, 0);
        var lakes = Lakes.Find(network, ground, size, 3, new());
        var rivers = new Rivers(network, lakes, nodes, size, 3);

        Assert.All(rivers.Courses, course => Assert.All(course.Zip(course.Skip(1)), r => Assert.True(r.Second.Place.Z <= r.First.Place.Z, $"water rises from {r.First} to {r.Second}")));
        var all = rivers.Courses.SelectMany(c => c).ToArray();
        Assert.All(rivers.Courses, c => Assert.True(c[^1].Place.Z == 0 || all.Count(p => p.Place == c[^1].Place) > 1, $"a river ends at {c[^1]}"));
        Assert.True(all.Max(p => p.Place.Z) > 300);

        // Its middle drains the bowl, which is a lake of one height.
        var lake = Assert.Single(lakes.All);
        var through = all.Where(p => p.InLake).ToArray();
        Assert.NotEmpty(through);
        Assert.All(through, p => Assert.Equal(lake.Level, p.Place.Z));

        // The valley's floor is in the river; outside the land there is none.
        var middle = rivers.At(size / 2, size / 4);
        Assert.InRange(middle.Distance, -20, 40);
        Assert.InRange(middle.Level, 80, 140);
        Assert.Equal(double.PositiveInfinity, rivers.At(-1, 5).Distance);
    }
}
