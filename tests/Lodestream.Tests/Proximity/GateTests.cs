using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Proximity;

/// <summary>Gates keep tiles from starting to load. What is here or on its way they leave alone.</summary>
public sealed class GateTests
{
    private static readonly BoundingVolume Zone = BoundingVolume.AxisAligned(new(-30, -30, -10), new(30, 30, 40));

    [Fact]
    public void A_full_tile_out_of_view_does_not_start()
    {
        var world = new ManifestSpec(new EntrySpec("a", -60)).World();
        world.Settle();
        Assert.Empty(world.InFlight);
        world.Look(ManifestSpec.Eye(0, looking: -Vector3d.UnitX));
        Assert.Equal(["a"], world.InFlight);
    }

    [Fact]
    public void The_box_is_padded_by_twenty_metres()
    {
        // Looking along x, the eye's plane cuts at x = 0; boxes reach 10 m from their middle.
        var world = new ManifestSpec(new EntrySpec("near", -29), new EntrySpec("far", -31)).World();
        world.Settle();
        Assert.Equal(["near"], world.InFlight);
        world = new ManifestSpec(new EntrySpec("near", -29), new EntrySpec("far", -31)).World(options: new() { TileFrustumGatePadding = 25 });
        world.Settle();
        Assert.Equal(["near", "far"], world.InFlight.OrderDescending());
    }

    [Fact]
    public void A_tile_on_its_way_goes_on_when_the_camera_turns_away()
    {
        var world = new ManifestSpec(new EntrySpec("a", 60)).World();
        world.Settle();
        world.Look(ManifestSpec.Eye(0, looking: -Vector3d.UnitX));
        Assert.Equal(["a"], world.InFlight);
        world.DeliverAll();
        Assert.Equal("a", world.Screen);
    }

    [Fact]
    public void LODs_are_not_gated_by_the_view()
    {
        var world = new ManifestSpec(new EntrySpec("a", -200) { Lods = [80] }).World();
        world.Settle();
        Assert.Equal(["a-lod1"], world.InFlight);
    }

    [Fact]
    public void What_is_shown_stays_while_its_successor_may_not_start()
    {
        var world = new ManifestSpec(new EntrySpec("a", -200) { Lods = [80] }).World();
        world.DeliverAll();
        world.Look(ManifestSpec.Eye(-140));
        world.Pass(30);
        Assert.Equal("a-lod1", world.Screen);
        Assert.Empty(world.InFlight);
    }

    [Fact]
    public void Interior_tiles_start_only_while_the_camera_is_inside_the_zone()
    {
        var world = Building(new EntrySpec("room", 0) { Interior = true }, x: -35);
        Assert.Empty(world.InFlight);
        world.Look(ManifestSpec.Eye(-29));
        Assert.Equal(["room"], world.InFlight);
    }

    [Fact]
    public void Interior_tiles_that_are_here_stay_when_the_camera_leaves()
    {
        var world = Building(new EntrySpec("room", 0) { Interior = true }, x: -20);
        world.DeliverAll();
        world.Look(ManifestSpec.Eye(-60));
        world.Pass(60);
        Assert.Equal("room", world.Screen);
        world.Look(ManifestSpec.Eye(-130));
        world.Pass(5);
        Assert.Equal("", world.Screen);
        world.Look(ManifestSpec.Eye(-60));
        Assert.Empty(world.InFlight);
    }

    [Fact]
    public void Without_a_zone_the_interior_gate_is_off()
    {
        var world = new ManifestSpec(new EntrySpec("room", 0) { Interior = true }).World(-60);
        world.Settle();
        Assert.Equal(["room"], world.InFlight);
    }

    [Fact]
    public void Interior_gates_hold_LODs_and_HLODs_back_too()
    {
        var world = Building(new EntrySpec("room", 0) { Interior = true, Lods = [80], Hlods = [300] }, x: -200);
        Assert.Empty(world.InFlight);
    }

    [Theory]
    [InlineData(4.9, true)]
    [InlineData(5.1, false)]
    [InlineData(-5.1, false)]
    public void Interior_tiles_of_floors_more_than_five_metres_away_do_not_start(double height, bool starts)
    {
        var world = Building(new EntrySpec("room", 0, Z: height) { Interior = true, Floor = 1 }, x: -20);
        Assert.Equal(starts ? ["room"] : [], world.InFlight);
    }

    [Fact]
    public void Floors_are_stacked_along_the_scene_s_own_up_axis()
    {
        var spec = new ManifestSpec(new EntrySpec("room", 0, Y: 6) { Interior = true, Floor = 1 }) { InteriorZone = Zone, Up = Vector3d.UnitY };
        var world = spec.World(-20);
        world.Settle();
        Assert.Empty(world.InFlight);
    }

    [Fact]
    public void The_floor_gate_is_for_interior_tiles_that_name_a_floor_and_can_be_switched_off()
    {
        EntrySpec[] entries = [new("a", 20, Z: 9) { Interior = true }, new("b", 21, Z: 9) { Floor = 1 }, new("c", 22, Z: 9) { Interior = true, Floor = 1 }];
        var world = new ManifestSpec(entries) { InteriorZone = Zone }.World(-20);
        world.Settle();
        Assert.Equal(["a", "b"], world.InFlight.Order());
        world = new ManifestSpec(entries) { InteriorZone = Zone }.World(-20, new() { FloorProximityGate = double.PositiveInfinity });
        world.Settle();
        Assert.Equal(["a", "b", "c"], world.InFlight.Order());
    }

    [Fact]
    public void Tiles_of_another_floor_that_are_here_stay()
    {
        var world = Building(new EntrySpec("room", 20) { Interior = true, Floor = 0 }, x: -20);
        world.DeliverAll();
        world.Look(ManifestSpec.Eye(-20, z: 20));
        world.Pass(60);
        Assert.Equal("room", world.Screen);
    }

    private static HandDrivenWorld Building(EntrySpec entry, double x)
    {
        var world = new ManifestSpec(entry) { InteriorZone = Zone }.World(x);
        world.Settle();
        return world;
    }
}
