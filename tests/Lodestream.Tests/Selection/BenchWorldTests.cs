using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Scenes;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Selection;

/// <summary>The bench world's correct answers, to the tile.</summary>
public class BenchWorldTests
{
    [BenchFlightTheory]
    [InlineData(6, 1365, 110, 507)]
    [InlineData(8, 21_845, 205, 1731)]
    [InlineData(10, 349_525, 239, 3222)]
    public void The_flight_selects_the_tiles_every_engine_must(int levels, int tiles, int meanSelected, int distinctSelected)
    {
        var tree = new TileTree(HandDrivenWorld.SceneUri);
        tree.Append(TileTree.SceneRoot, new SyntheticQuadtree(levels).Build());
        Assert.Equal(tiles, tree.TileCount - 1);
        var flight = BenchFlight.Read();
        var policy = new ScreenSpaceErrorPolicy();
        var set = new VisibilitySet();
        var distinct = new HashSet<int>();
        var selected = 0;
        for (var pose = 0; pose < flight.Poses.Count; pose++)
        {
            policy.Select(tree, [flight.At(pose)], new(1), set);
            var primaries = 0;
            foreach (ref readonly var visit in set.Visits)
            {
                if ((visit.Flags & VisitFlags.Primary) == 0)
                    continue;
                primaries++;
                distinct.Add(visit.Tile);
            }
            Assert.Equal(primaries, set.PrimaryCount);
            selected += primaries;
        }
        Assert.Equal(300, flight.Poses.Count);
        Assert.Equal(meanSelected, (int)Math.Round(selected / 300.0));
        Assert.Equal(distinctSelected, distinct.Count);
    }

    [BenchFlightFact]
    public void Settled_at_a_pose_the_screen_shows_exactly_the_selected_tiles()
    {
        var flight = BenchFlight.Read();
        var world = new HandDrivenWorld(new SyntheticQuadtree(8).Build(), HandDrivenWorld.Plain with { UploadBudgetMs = 1e6 });
        for (var pose = 0; pose < 300; pose += 60)
        {
            world.Views = [flight.At(pose)];
            world.DeliverAll();
            var wanted = world.Streamer.Selection.Visits.ToArray().Where(visit => (visit.Flags & VisitFlags.Primary) != 0).Select(visit => visit.Tile).Order();
            Assert.True(world.Streamer.Statistics.Settled);
            Assert.Equal(wanted, world.Picture.Keys.Order());
            Assert.All(world.Picture.Values, item => Assert.Equal((item.Region, 0), (item.Source, item.ChildMask)));
        }
    }
}
