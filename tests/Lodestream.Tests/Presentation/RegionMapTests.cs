using Lodestream.Scene;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Presentation;

/// <summary>Whose region map colours what is drawn.</summary>
public class RegionMapTests
{
    private static HandDrivenWorld Drawn(string tiles, params string[] missing)
    {
        var world = new HandDrivenWorld(tiles) { Views = [Cameras.All(level: 0)] };
        world.DeliverAll();
        world.Views = [Cameras.All(level: 1)];
        world.DeliverAllBut(missing);
        return world;
    }

    private static string MapOf(HandDrivenWorld world, string tile)
    {
        var map = world.Picture[world.Tile(tile)].MapTile;
        return map < 0 ? "none" : world.NameOfTile(map);
    }

    [Fact]
    public void A_tile_with_a_map_of_its_own_takes_it_and_one_without_takes_its_ancestor_s()
    {
        var world = Drawn("R*feature(a*feature(c d) b(e f))");
        world.Views = [Cameras.All(level: 2)];
        world.DeliverAll();
        Assert.Equal("c d e f", world.Screen);
        Assert.Equal(["a", "a", "R", "R"], new[] { "c", "d", "e", "f" }.Select(tile => MapOf(world, tile)));
    }

    [Fact]
    public void Nothing_is_coloured_where_no_tile_above_has_a_map() =>
        Assert.Equal("none", MapOf(Drawn("R(a b*feature)"), "a"));

    [Fact]
    public void Switching_the_features_off_and_on_changes_the_colours_in_the_same_frame()
    {
        var world = Drawn("R*feature(a*feature b)");
        world.Streamer.EnabledFamilies = FamilySet.All.Without(ContentFamily.Feature);
        world.Tick();
        Assert.Equal(("none", "none", "a b"), (MapOf(world, "a"), MapOf(world, "b"), world.Screen));
        world.Streamer.EnabledFamilies = FamilySet.All;
        world.Tick();
        Assert.Equal(("a", "R"), (MapOf(world, "a"), MapOf(world, "b")));
    }

    [Fact]
    public void While_a_tile_s_own_map_is_on_its_way_the_ancestor_s_stands_in()
    {
        var world = new HandDrivenWorld("R*feature(a*feature b)", HandDrivenWorld.Plain with { RequiredFamilies = FamilySet.Of(ContentFamily.Mesh) }) { Views = [Cameras.All(level: 0)] };
        world.DeliverAll();
        world.Views = [Cameras.All(level: 1)];
        world.DeliverAllBut("a.feature");
        Assert.Equal(("R", "a b"), (MapOf(world, "a"), world.Screen));
        world.Deliver("a.feature");
        Assert.Equal("a", MapOf(world, "a"));
    }
}
