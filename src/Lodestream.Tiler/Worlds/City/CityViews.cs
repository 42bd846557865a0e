using System.Text.Json;
using Lodestream.Geometry;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>Cameras that show the city, and a walk through it into a house.</summary>
internal sealed class CityViews
{
    private const double Eye = 1.65, WalkSpeed = 1.4, TurnSpeed = 1.2, Lookout = 2.2;

    private readonly CityPlan _plan;
    private readonly BuildingPlan _house;
    private readonly int _floor;
    private readonly Room _room;

    private CityViews(CityPlan plan, BuildingPlan house, int floor, Room room) => (_plan, _house, _floor, _room) = (plan, house, floor, room);

    /// <summary>Chooses a house: one that is near the middle and has a living room at the street on its first floor or above it.</summary>
    public static CityViews Of(CityPlan plan)
    {
        var park = plan.Blocks.First(block => block.Use == BlockUse.Park).Center;
        var (house, floor, room) = plan.Buildings.OrderBy(building => Vector3d.Distance(building.Center, park) - 8 * Vector3d.Dot(building.Frame.V, (building.Center - park).Normalized()))
            .SelectMany(building => Enumerable.Range(1, building.Floors - 1).SelectMany(floor => building.RoomsOf(floor).Select(room => (House: building, Floor: floor, Room: room))))
            .FirstOrDefault(place => place.Room is { Use: RoomUse.Living, IsFront: true } && place.Room.U1 - place.Room.U0 > 4.5, AnyRoom(plan));
        return new(plan, house, floor, room);
    }

    private static (BuildingPlan House, int Floor, Room Room) AnyRoom(CityPlan plan) => (plan.Buildings.First(), 1, plan.Buildings.First().RoomsOf(1)[1]);

    /// <summary>Views: the street first, which is where one arrives.</summary>
    public IReadOnlyList<SuggestedView> Suggested()
    {
        var (x, size) = (_plan.AvenueX, _plan.Size);
        var street = new Vector3d(x + 4.6, -0.27 * size, Eye);
        var frame = _room.IsFront ? _house.Frame.Reversed(_room.U1, _room.V1, _house.FloorBase(_floor)) : _house.Frame.Moved(_room.U0, _room.V0, _house.FloorBase(_floor));
        var (width, depth) = (_room.U1 - _room.U0, _room.V1 - _room.V0);
        var park = _plan.Blocks.First(block => block.Use == BlockUse.Park);
        return
        [
            Look("street", street, new(x + 7, 0.05 * size, 5.2)),
            Look("room", frame.Point(0.75, 0.35, Eye), frame.Point(width * 0.62, depth, 1.05)),
            Look("park", new(park.Center.X - 0.6, park.Y0 + 2, 2.1), park.Center with { Z = 3.4 }),
            Look("rooftops", new(x - 0.16 * size, -0.3 * size, 46), new(x + 0.05 * size, 0.08 * size, 8)),
            Look("overview", new(-0.42 * size, -0.62 * size, 0.34 * size), new(0, -0.06 * size, 0)),
        ];
    }

    /// <summary>Writes a walk as a camera file: down the avenue, through the streets to the house, in, up the stairs, along the corridor, into the room.</summary>
    public void WriteWalk(Stream output)
    {
        using var json = new Utf8JsonWriter(output, new() { Indented = true });
        json.WriteStartArray();
        var points = Path();
        var (time, ahead) = (0.0, Direction(points[0], points[1]));
        WriteFrame(json, time, points[0], ahead);
        for (var i = 1; i < points.Count; i++)
        {
            // Turns on the spot, then goes.
            var direction = Direction(points[i - 1], points[i]);
            var turn = Math.Sqrt(Math.Max(0, 2 - 2 * Vector3d.Dot(direction, ahead)));
            if (turn > 0.02)
                WriteFrame(json, time += turn / TurnSpeed, points[i - 1], direction);
            WriteFrame(json, time += Vector3d.Distance(points[i - 1], points[i]) / WalkSpeed, points[i], direction);
            ahead = direction;
        }
        var view = Suggested()[1];
        WriteFrame(json, time + Lookout, view.Position, view.Direction);
        json.WriteEndArray();
    }

    private List<Vector3d> Path()
    {
        var (f, stairs) = (_house.Frame, _house.RoomsOf(0).First(room => room.Use == RoomUse.Stairs));
        var lobby = (_house.LobbyBay + 0.5) * _house.BayWidth;
        var door = stairs.Doors[0];
        var (way, middle) = ((door.From + door.To) / 2, (BuildingPlan.Corridor0 + BuildingPlan.Corridor1) / 2);
        var lobbyDoor = _house.RoomsOf(0).First(room => room.Use == RoomUse.Lobby).Doors[0];
        var inward = (lobbyDoor.From + lobbyDoor.To) / 2;
        var points = Streets(f.Point(lobby, -CityPlan.Sidewalk / 2, Eye));
        points.AddRange([f.Point(lobby, 0.8, Eye), f.Point(inward, 4.4, Eye), f.Point(inward, middle, Eye), f.Point(way, middle, Eye)]);
        for (var floor = 0; floor < _floor; floor++)
        {
            var (foot, height) = (_house.FloorBase(floor) + Eye, _house.HeightOf(floor));
            var (left, right, near, far) = (stairs.U0 + 0.65, stairs.U1 - 0.65, stairs.V0 + 0.8, stairs.V1 - 0.6);
            points.AddRange(
            [
                f.Point(way, near, foot), f.Point(left, near, foot), f.Point(left, stairs.V0 + InteriorDrawing.Landing, foot), f.Point(left, stairs.V1 - InteriorDrawing.Landing, foot + height / 2),
                f.Point(left, far, foot + height / 2), f.Point(right, far, foot + height / 2), f.Point(right, stairs.V1 - InteriorDrawing.Landing, foot + height / 2),
                f.Point(right, stairs.V0 + InteriorDrawing.Landing, foot + height), f.Point(right, near, foot + height),
            ]);
        }
        var (top, roomDoor) = (_house.FloorBase(_floor) + Eye, _room.Doors[0]);
        var into = (roomDoor.From + roomDoor.To) / 2;
        points.AddRange([f.Point(way, stairs.V0 + 0.8, top), f.Point(way, middle, top), f.Point(into, middle, top), f.Point(into, _room.IsFront ? _room.V1 - 0.6 : _room.V0 + 0.6, top)]);
        return points;
    }

    // From the avenue along the streets' middles to before the house: right angles only, as the grid is.
    private List<Vector3d> Streets(Vector3d before)
    {
        var eye = Eye;
        var x = Nearest(_plan.StreetXs, before.X);
        var (y, avenue) = (Nearest(_plan.StreetYs, before.Y), _plan.AvenueX + 4.5);
        var isOnNorthward = Math.Abs(before.X - x) < Math.Abs(before.Y - y);
        List<Vector3d> points = [new(avenue, -0.42 * _plan.Size, eye), new(avenue, y, eye)];
        points.AddRange(isOnNorthward ? [new(x, y, eye), new(x, before.Y, eye)] : [new(before.X, y, eye)]);
        points.Add(before);
        return points;
    }

    private static double Nearest(double[] streets, double at) => streets.MinBy(street => Math.Abs(street - at));

    private static Vector3d Direction(Vector3d from, Vector3d to)
    {
        // Level, or nearly: one looks ahead on stairs, too.
        var d = to - from;
        return Math.Abs(d.X) + Math.Abs(d.Y) < 1e-6 ? Vector3d.UnitX : (d with { Z = d.Z * 0.4 }).Normalized();
    }

    private static SuggestedView Look(string name, Vector3d from, Vector3d at) => new(name, from, (at - from).Normalized());

    private static void WriteFrame(Utf8JsonWriter json, double time, Vector3d position, Vector3d direction)
    {
        json.WriteStartObject();
        json.WriteNumber("t"u8, Math.Round(time, 3));
        json.WriteVector("position"u8, position);
        json.WriteVector("direction"u8, direction);
        json.WriteVector("up"u8, Vector3d.UnitZ);
        json.WriteEndObject();
    }
}
