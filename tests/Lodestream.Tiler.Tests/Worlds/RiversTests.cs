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
            double bowl = Math.Max(0, 60 - ((x - 32) * (x - 32) + (y - 32) * (y - 32)));
            heights[i] = sea[i] ? 0 : (float)(5 + y * 8 + Math.Abs(x - 32) * 30 - bowl);
        }
        var network = new DrainageNetwork(nodes, spacing, sea, new GradientNoise(1));
        network.Route(heights, new());
        var rivers = new Rivers(network, nodes, size, 3);

        var reaches = rivers.Reaches.ToArray();
        Assert.All(reaches, r => Assert.True(r.To.Z <= r.From.Z, $"water rises from {r.From} to {r.To}"));
        var springs = reaches.Select(r => r.From).ToHashSet();
        Assert.All(reaches, r => Assert.True(r.To.Z == 0 || springs.Contains(r.To), $"a river ends at {r.To}"));
        Assert.True(reaches.Max(r => r.From.Z) > 300);

        // The valley's floor is in the river; outside the land there is none.
        var middle = rivers.At(size / 2, size / 4);
        Assert.InRange(middle.Distance, -20, 40);
        Assert.InRange(middle.Level, 80, 140);
        Assert.Equal(double.PositiveInfinity, rivers.At(-1, 5).Distance);
    }
}
