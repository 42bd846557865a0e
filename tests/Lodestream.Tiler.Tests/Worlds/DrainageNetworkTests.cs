using FsCheck;
using FsCheck.Fluent;
using Lodestream.Tiler.Worlds.Continent;

namespace Lodestream.Tiler.Tests.Worlds;

public class DrainageNetworkTests
{
    private const int Nodes = 24;

    [Fact]
    public void From_every_place_on_land_a_way_leads_downhill_to_the_sea()
    {
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var (heights, sea) = RandomLand(seed);
            var network = new DrainageNetwork(Nodes, 10, sea, new GradientNoise(1));
            network.Route(heights, new());
            for (var node = 0; node < sea.Length; node++)
            {
                var at = node;
                for (var steps = 0; !sea[at]; steps++)
                {
                    var next = network.Receiver[at];
                    Assert.True(network.Filled[next] < network.Filled[at], $"{at} → {next} rises");
                    Assert.True(network.Filled[at] >= heights[at]);
                    Assert.True(steps < Nodes * Nodes);
                    at = next;
                }
            }
        }));
    }

    [Fact]
    public void Receivers_come_before_what_drains_to_them_and_no_rain_is_lost()
    {
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var (heights, sea) = RandomLand(seed);
            var network = new DrainageNetwork(Nodes, 10, sea, new GradientNoise(1));
            network.Route(heights, new());
            Assert.Equal(sea.Count(s => !s), network.LandCount);
            var place = new int[sea.Length];
            for (var k = 0; k < network.LandCount; k++)
                place[network.Order[k]] = k + 1;
            double rain = 0;
            for (var k = 0; k < network.LandCount; k++)
                Assert.True(place[network.Receiver[network.Order[k]]] < k + 1);
            for (var node = 0; node < sea.Length; node++)
                rain += sea[node] ? network.Area[node] : 0;
            Assert.Equal(sea.Length * 100.0, rain, 1e-3);
        }));
    }

    // Random bumps with pits, plateaus of equal height and lakes of sea, inside a rim of sea.
    private static (float[] Heights, bool[] Sea) RandomLand(int seed)
    {
        var random = new Random(seed);
        var heights = new float[Nodes * Nodes];
        var sea = new bool[Nodes * Nodes];
        for (var i = 0; i < heights.Length; i++)
        {
            int x = i % Nodes, y = i / Nodes;
            sea[i] = x == 0 || y == 0 || x == Nodes - 1 || y == Nodes - 1 || (seed % 2 == 0 && random.Next(40) == 0);
            heights[i] = sea[i] ? 0 : random.Next(2) == 0 ? 50 : (float)(random.NextDouble() * 100);
        }
        return (heights, sea);
    }
}
