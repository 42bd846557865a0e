using System.Text;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Streaming;

/// <summary>In which order one hand-made set of tiles comes, model by model, and what holds whatever the model.</summary>
public class PriorityModelTests
{
    private static readonly StreamerOptions OneByOne = HandDrivenWorld.Plain with { MaximumRequests = 1 };

    public static TheoryData<string> Models => ["gain", "distance", "area", "fifo"];

    // Four tiles on the ground around the point the camera stands over. Visible area over bytes, m² a byte: cheap 0.8, wide 0.16, dear 0.08, near 0.036.
    [Theory]
    [InlineData("gain", "cheap wide dear near")]
    [InlineData("distance", "near wide cheap dear")]
    [InlineData("area", "wide cheap dear near")]
    [InlineData("fifo", "dear near wide cheap")]
    public void One_set_comes_in_each_model_s_order(string model, string order)
    {
        var world = World(model,
            new("dear", -310, -310, 200, 500_000),
            new("near", 0, 0, 60, 100_000),
            new("wide", 300, 300, 400, 1_000_000),
            new("cheap", -300, 300, 200, 50_000));
        Assert.Equal(order.Split(' '), Order(world));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void What_has_nothing_yet_is_covered_before_anything_is_refined(string model)
    {
        // c and d refine what is drawn; the four under f are narrower, farther away and asked for later.
        var world = new HandDrivenWorld(".R(a(c d) .e(.f(p q r s)))", OneByOne with { Priorities = Model(model) });
        var closer = Cameras.All(9);
        closer = closer with { Position = closer.Position with { X = -300 } };
        world.Look(Cameras.Over(world.Tree, world.Tile("a"), 1));
        world.DeliverAll();
        Assert.Equal("a", world.Screen);
        world.Look(closer);
        Assert.Equal(["c", "d"], Order(world)[^2..].Order());
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_root_that_everything_falls_back_on_comes_first(string model)
    {
        var world = new HandDrivenWorld("R(a(c d) b(e f))", OneByOne with { Priorities = Model(model) }) { Views = [Cameras.All(9)] };
        Assert.Equal("R", Order(world)[0]);
    }

    [Fact]
    public void More_error_removed_goes_before_less()
    {
        // The same tiles, but that one's own error is nearly what is there without it.
        var world = World("gain", new("keen", -300, 0, 200, 100_000, Error: 1), new("dull", 300, 0, 200, 100_000, Error: 1000));
        Assert.Equal(["keen", "dull"], Order(world));
    }

    [Theory]
    [InlineData(1, "right left")]
    [InlineData(-1, "left right")]
    public void What_will_be_seen_longer_goes_before_what_is_about_to_leave_the_view(int direction, string order)
    {
        var world = World("gain", new("left", -800, 0, 200, 100_000), new("right", 800, 0, 200, 100_000));
        world.Streamer.RequestsAllowed = false;
        for (var frame = 0; frame < 60; frame++)
        {
            world.Now += TimeSpan.FromSeconds(1 / 60.0);
            world.Views = [Above with { Position = Above.Position with { X = direction * (frame - 59) * 5 } }];
            world.Tick();
        }
        Assert.Equal(2, world.Streamer.Statistics.Wanted);
        world.Streamer.RequestsAllowed = true;
        Assert.Equal(order.Split(' '), Order(world));
    }

    [Theory]
    [InlineData(300_000, 0)]
    [InlineData(600_000, 2)]
    public void Tiles_that_can_only_be_shown_together_come_in_the_place_of_their_sum(uint bytes, int place)
    {
        // The gain of all three is the same. The pair has 450,000 bytes a tile, one of them far fewer and one far more than the third.
        var block = new TileBlockBuilder(HandDrivenWorld.SceneUri);
        var root = block.AddTile(-1, SpecTile.RootVolume, SpecTile.RootError, Refinement.Replace, Transform3d.Identity);
        int left = Add(root, "left", -300, 50_000, 500), right = Add(root, "right", 300, 50_000, 500);
        Add(left, "few", -300, 50_000, 1);
        Add(left, "many", -300, 850_000, 1);
        Add(right, "alone", 300, bytes, 1);
        var world = new HandDrivenWorld(block.Build(), OneByOne) { Views = [Above with { TargetErrorPx = 1e6 }] };
        world.DeliverAll();
        Assert.Equal("left right", world.Screen);
        world.Views = [Above];
        Assert.Equal(place, Array.IndexOf(Order(world), "alone"));

        int Add(int parent, string name, double x, uint length, double error)
        {
            var tile = block.AddTile(parent, BoundingVolume.AxisAligned(new(x - 100, -100, -1), new(x + 100, 100, 1)), error, Refinement.Replace, Transform3d.Identity);
            block.AddContent(tile, Encoding.UTF8.GetBytes(name + ".glb"), ContentFamily.Mesh, ContentFormat.Glb, length);
            return tile;
        }
    }

    // A tile of m² seen, and of so many bytes; they all lie on the ground.
    private readonly record struct Spot(string Name, double X, double Y, double Size, uint Bytes, double Error = 1);

    private static View Above { get; } = new()
    {
        Position = new(0, 0, 2000), Direction = -Vector3d.UnitZ, Up = Vector3d.UnitY, ViewportWidth = 1000, ViewportHeight = 1000, TargetErrorPx = 0.1,
    };

    private static HandDrivenWorld World(string model, params Spot[] spots)
    {
        var block = new TileBlockBuilder(HandDrivenWorld.SceneUri);
        var root = block.AddTile(-1, SpecTile.RootVolume, SpecTile.RootError, Refinement.Replace, Transform3d.Identity);
        foreach (var spot in spots)
        {
            var half = spot.Size / 2;
            var volume = BoundingVolume.AxisAligned(new(spot.X - half, spot.Y - half, -1), new(spot.X + half, spot.Y + half, 1));
            var tile = block.AddTile(root, volume, spot.Error, Refinement.Replace, Transform3d.Identity);
            block.AddContent(tile, Encoding.UTF8.GetBytes(spot.Name + ".glb"), ContentFamily.Mesh, ContentFormat.Glb, spot.Bytes);
        }
        return new(block.Build(), OneByOne with { Priorities = Model(model) }) { Views = [Above] };
    }

    // Each is answered before the next is asked for.
    private static string[] Order(HandDrivenWorld world)
    {
        var order = new List<string>();
        world.Settle();
        while (world.InFlight is [var name])
        {
            order.Add(name);
            world.Deliver(name);
        }
        return [.. order];
    }

    private static Func<IPriorityModel> Model(string name) => name switch
    {
        "gain" => () => new GainOrder(),
        "distance" => () => new DistanceOrder(),
        "area" => () => new ScreenAreaOrder(),
        _ => () => new FirstInFirstOut(),
    };
}
