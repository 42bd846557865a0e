using Lodestream.Formats.Manifest;
using Lodestream.Geometry;
using Lodestream.Tiler.Worlds.City;

namespace Lodestream.Tiler.Tests.Worlds;

/// <summary>What a city's plan promises whoever walks in it.</summary>
public sealed class CityPlanTests
{
    private static readonly CityPlan Plan = CityPlan.Make(11, 300);

    [Fact]
    public void Every_room_has_a_door_and_is_reached_from_the_street()
    {
        foreach (var building in Plan.Buildings)
        {
            Assert.Contains(building.OpeningsOf(0, 0), opening => opening.IsDoor);
            for (var floor = 0; floor < building.Floors; floor++)
            {
                var rooms = building.RoomsOf(floor);
                var corridor = rooms[0];
                Assert.Equal(RoomUse.Corridor, corridor.Use);
                Assert.Single(rooms, room => room.Use == RoomUse.Stairs);
                foreach (var room in rooms.Skip(1))
                {
                    var door = Assert.Single(room.Doors);

                    // A door wide enough, in the room's wall and in the corridor's.
                    Assert.True(door.To - door.From > 0.8 && door.From > room.U0 && door.To < room.U1 && door.From > corridor.U0 && door.To < corridor.U1);
                    Assert.Contains(door, corridor.Doors);
                    Assert.Equal(2 * BuildingPlan.HalfPartition, room.IsFront ? corridor.V0 - room.V1 : room.V0 - corridor.V1, 9);
                }
            }
            Assert.Contains(building.RoomsOf(0), room => room is { Use: RoomUse.Lobby, HasStreetDoor: true });
        }
    }

    [Fact]
    public void Stairs_lie_above_each_other()
    {
        foreach (var building in Plan.Buildings)
        {
            var wells = Enumerable.Range(0, building.Floors).Select(floor => building.RoomsOf(floor).Single(room => room.Use == RoomUse.Stairs)).Select(room => (room.U0, room.U1, room.V0, room.V1));
            Assert.Single(wells.Distinct());
        }
    }

    [Fact]
    public void Rooms_do_not_overlap_and_windows_open_into_one_room_each()
    {
        foreach (var building in Plan.Buildings)
        {
            for (var floor = 0; floor < building.Floors; floor++)
            {
                var rooms = building.RoomsOf(floor);
                for (var i = 0; i < rooms.Count; i++)
                {
                    for (var j = i + 1; j < rooms.Count; j++)
                        Assert.True(rooms[i].U1 < rooms[j].U0 || rooms[j].U1 < rooms[i].U0 || rooms[i].V1 < rooms[j].V0 || rooms[j].V1 < rooms[i].V0);
                }
                foreach (var opening in building.OpeningsOf(0, floor))
                    Assert.Single(rooms, room => room.IsFront && opening.From > room.U0 && opening.To < room.U1);
                foreach (var opening in building.OpeningsOf(1, floor))
                    Assert.Single(rooms, room => room.U1 >= building.Width - BuildingPlan.WallDepth && opening.From > room.V0 && opening.To < room.V1);
            }
        }
    }

    [Fact]
    public void Buildings_stand_apart_and_no_tree_grows_into_one()
    {
        var footprints = Plan.Buildings.Select(building => (building, Box: Footprint(building))).ToArray();
        for (var i = 0; i < footprints.Length; i++)
        {
            for (var j = i + 1; j < footprints.Length; j++)
                Assert.False(Overlap(footprints[i].Box, footprints[j].Box), $"buildings {i} and {j}");
        }
        foreach (var site in Plan.Sites.Where(site => site is not BuildingSite))
        {
            var mesh = new CityMesh(site.Name, site.Center);
            site.Draw(CityDetail.Whole, mesh);
            foreach (var vertex in mesh.Part(CityMaterial.Foliage)?.Vertices ?? [])
            {
                var p = site.Center + new Vector3d(vertex.Position.X, -vertex.Position.Z, vertex.Position.Y);
                Assert.DoesNotContain(footprints, f => p.X > f.Box.X0 && p.X < f.Box.X1 && p.Y > f.Box.Y0 && p.Y < f.Box.Y1 && p.Z < f.building.Eaves);
            }
        }
    }

    [Theory]
    [InlineData(ManifestPartitioning.UniformGrid)]
    [InlineData(ManifestPartitioning.QuadtreeFloor)]
    [InlineData(ManifestPartitioning.KdtreeFloor)]
    public void Every_site_goes_to_one_tile_of_each_floor_and_tier(ManifestPartitioning partitioning)
    {
        var tiles = CityTiling.Divide(Plan, partitioning);
        Assert.Equal(tiles.Count, tiles.Select(tile => tile.Id).Distinct().Count());
        foreach (var kind in tiles.GroupBy(tile => (tile.Floor, tile.Tier, tile.IsInterior)))
        {
            CitySite[] sites = [.. kind.SelectMany(tile => tile.Sites)];
            Assert.Equal(sites.Length, sites.Distinct().Count());
            Assert.Equal(kind.Key.IsInterior ? Plan.Sites.Count(site => site.Floors > kind.Key.Floor) : Plan.Sites.Count, sites.Length);
        }
        foreach (var tile in tiles)
        {
            if (partitioning != ManifestPartitioning.KdtreeFloor)
                Assert.True(Extent(tile.Sites, site => site.Center.X) <= CityTiling.TileSize && Extent(tile.Sites, site => site.Center.Y) <= CityTiling.TileSize, tile.Id);
        }
    }

    [Fact]
    public void Rooms_are_furnished_within_their_walls()
    {
        foreach (var building in Plan.Buildings.Take(12))
        {
            for (var floor = 0; floor < building.Floors; floor++)
            {
                for (var index = 0; index < building.RoomsOf(floor).Count; index++)
                {
                    var room = building.RoomsOf(floor)[index];
                    var mesh = new CityMesh("", building.Frame.Origin);
                    FurnitureDrawing.Draw(building, floor, index, mesh, mesh);
                    Assert.Equal(room.Use is RoomUse.Corridor or RoomUse.Stairs, mesh.IsEmpty);
                    for (var material = 0; material < CityMaterials.Count; material++)
                    {
                        foreach (var vertex in mesh.Part((CityMaterial)material)?.Vertices ?? [])
                        {
                            var p = new Vector3d(vertex.Position.X, -vertex.Position.Z, vertex.Position.Y);
                            Assert.InRange(Vector3d.Dot(p, building.Frame.U), room.U0 - 0.01, room.U1 + 0.01);
                            Assert.InRange(Vector3d.Dot(p, building.Frame.V), room.V0 - 0.01, room.V1 + 0.01);
                            Assert.InRange(p.Z, building.FloorBase(floor) - 0.001, building.FloorBase(floor + 1));
                        }
                    }
                }
            }
        }
    }

    private static double Extent(IEnumerable<CitySite> sites, Func<CitySite, double> coordinate) => sites.Max(coordinate) - sites.Min(coordinate);

    private static (double X0, double X1, double Y0, double Y1) Footprint(BuildingPlan building)
    {
        var (a, b) = (building.Frame.Origin, building.Frame.Point(building.Width, BuildingPlan.Depth, 0));
        return (Math.Min(a.X, b.X), Math.Max(a.X, b.X), Math.Min(a.Y, b.Y), Math.Max(a.Y, b.Y));
    }

    private static bool Overlap((double X0, double X1, double Y0, double Y1) a, (double X0, double X1, double Y0, double Y1) b) =>
        a.X0 < b.X1 - 1e-6 && b.X0 < a.X1 - 1e-6 && a.Y0 < b.Y1 - 1e-6 && b.Y0 < a.Y1 - 1e-6;
}
