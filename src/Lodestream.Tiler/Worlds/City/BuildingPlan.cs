using System.Numerics;
using Lodestream.Geometry;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>How a building looks.</summary>
internal enum BuildingStyle
{
    /// <summary>Brick with pale stone around windows and at each floor.</summary>
    Brick,

    /// <summary>Pale or warm plaster, windows with shutters.</summary>
    Plaster,

    /// <summary>Limestone with balconies and a steep slate roof.</summary>
    Stone,

    /// <summary>Concrete and wide windows.</summary>
    Modern,

    /// <summary>Dark brick and large windows of many panes.</summary>
    Loft,
}

/// <summary>What a room is for.</summary>
internal enum RoomUse
{
    Corridor,
    Stairs,
    Lobby,
    Shop,
    Living,
    Bedroom,
    Kitchen,
    Office,
}

/// <summary>A room of a building: its inner faces in the building's frame, metres.</summary>
/// <param name="Use">What it is for.</param>
/// <param name="U0">Least along the street.</param>
/// <param name="U1">Greatest along the street.</param>
/// <param name="V0">Nearest to the street.</param>
/// <param name="V1">Farthest from it.</param>
/// <param name="Doors">Doors in the wall to the corridor, along u; the corridor's own list has them all.</param>
/// <param name="HasStreetDoor">Whether it has a door to the street.</param>
internal sealed record Room(RoomUse Use, double U0, double U1, double V0, double V1, IReadOnlyList<Opening> Doors, bool HasStreetDoor = false)
{
    public bool IsFront => V0 < BuildingPlan.Corridor0;
}

/// <summary>A building: where it stands, how it looks, and its rooms on each floor. u runs along the street, v into the lot, both from the front left corner as seen from the street.</summary>
internal sealed class BuildingPlan
{
    /// <summary>Depth of every building, metres.</summary>
    public const double Depth = 13.6;

    /// <summary>Thickness of outer walls.</summary>
    public const double WallDepth = 0.35;

    /// <summary>How deep the glass lies.</summary>
    public const double GlassDepth = 0.16;

    /// <summary>The corridor's walls: between the depths of the windows at the sides.</summary>
    public const double Corridor0 = 6.05, Corridor1 = 7.55;

    /// <summary>Half of what an inner wall is thick.</summary>
    public const double HalfPartition = 0.06;

    /// <summary>Thickness of a floor.</summary>
    public const double Slab = 0.3;

    /// <summary>Height of doors.</summary>
    public const double DoorHead = 2.1;

    private const double StreetDoorHead = 2.55, DoorWidth = 0.95, DoorClearance = 0.3, BandOfSideWindows = 1.3;
    private const int SideBays = 4;

    private static readonly Vector3[] Plasters = [Tints.Hex(0xEFE3C8), Tints.Hex(0xE8CFA2), Tints.Hex(0xE3B9A0), Tints.Hex(0xD9DDD6), Tints.Hex(0xC9D6DC), Tints.Hex(0xF1EDE2), Tints.Hex(0xDDAE86)];
    private static readonly Vector3[] Grades = [new(1, 1, 1), new(0.86f, 0.84f, 0.84f), new(1, 0.93f, 0.86f), new(0.92f, 0.95f, 1)];

    private readonly Room[][] _rooms;

    /// <summary>Plans a building.</summary>
    /// <param name="number">Its number in the city.</param>
    /// <param name="frame">Its front left corner, directions along the street and into the lot.</param>
    /// <param name="width">Length of its front.</param>
    /// <param name="hasSideWindows">Whether the left and the right side are free.</param>
    /// <param name="tallness">0 to 1: how high it may be.</param>
    /// <param name="random">What decides the rest.</param>
    public BuildingPlan(int number, PlanFrame frame, double width, (bool Left, bool Right) hasSideWindows, double tallness, CityRandom random)
    {
        (Number, Frame, Width, HasSideWindows) = (number, frame, width, hasSideWindows);
        Style = (BuildingStyle)random.Pick(5);
        Floors = Math.Clamp(3 + (int)(random.Next() * 2.4 + tallness * 2.2) + (Style == BuildingStyle.Modern ? 1 : 0), 3, 8);
        GroundHeight = Style is BuildingStyle.Loft ? 4.5 : 4.05;
        FloorHeight = Style is BuildingStyle.Modern ? 3.3 : 3.15 + 0.3 * random.Next();
        Bays = Math.Max(3, (int)(width / 3.1));
        WallTint = Style == BuildingStyle.Plaster ? Plasters[random.Pick(Plasters.Length)] : Style == BuildingStyle.Loft ? new Vector3(0.52f, 0.5f, 0.52f) : Grades[random.Pick(Grades.Length)];
        AccentTint = Tints.Hex((int[])[0x7C3A33, 0x2F5D50, 0x2E4A6B, 0xC9A24A, 0x5A4A7A, 0xB5573C] is var awnings ? awnings[random.Pick(awnings.Length)] : 0);
        LobbyBay = Bays / 2;
        ContentSeed = random.Pick(int.MaxValue);
        _rooms = new Room[Floors][];
        for (var floor = 0; floor < Floors; floor++)
            _rooms[floor] = PlanFloor(floor, random);
    }

    public int Number { get; }

    public PlanFrame Frame { get; }

    public double Width { get; }

    public (bool Left, bool Right) HasSideWindows { get; }

    public BuildingStyle Style { get; }

    public int Floors { get; }

    public double GroundHeight { get; }

    public double FloorHeight { get; }

    /// <summary>Windows along the front.</summary>
    public int Bays { get; }

    /// <summary>Where the door to the stairs is; the stairs lie behind.</summary>
    public int LobbyBay { get; }

    public Vector3 WallTint { get; }

    /// <summary>Shutters, awnings, doors.</summary>
    public Vector3 AccentTint { get; }

    /// <summary>What its rooms' contents are drawn from.</summary>
    public int ContentSeed { get; }

    public bool HasMansard => Style == BuildingStyle.Stone;

    public CityMaterial WallMaterial => Style switch
    {
        BuildingStyle.Brick or BuildingStyle.Loft => CityMaterial.Brick,
        BuildingStyle.Stone => CityMaterial.Stone,
        BuildingStyle.Modern => CityMaterial.Concrete,
        _ => CityMaterial.Plaster,
    };

    public double BayWidth => Width / Bays;

    /// <summary>Height of the eaves above the frame's origin.</summary>
    public double Eaves => FloorBase(Floors);

    /// <summary>Middle of its plan.</summary>
    public Vector3d Center => Frame.Point(Width / 2, Depth / 2, 0);

    /// <summary>Height of a floor's surface.</summary>
    public double FloorBase(int floor) => floor == 0 ? 0 : GroundHeight + (floor - 1) * FloorHeight;

    /// <summary>From a floor's surface to that above.</summary>
    public double HeightOf(int floor) => floor == 0 ? GroundHeight : FloorHeight;

    /// <summary>Its rooms: the corridor first.</summary>
    public IReadOnlyList<Room> RoomsOf(int floor) => _rooms[floor];

    /// <summary>The four façades' frames with their lengths: front, right, back, left. s runs along each, to the right as seen from outside; inwards is the other direction.</summary>
    public (PlanFrame Frame, double Length, bool HasWindows)[] Sides() =>
    [
        (Frame, Width, true),
        (Frame.Turned(Width, 0), Depth, HasSideWindows.Right),
        (Frame.Reversed(Width, Depth), Width, true),
        (new(Frame.Point(0, Depth, 0), -Frame.V, Frame.U), Depth, HasSideWindows.Left),
    ];

    /// <summary>Windows and doors of a side on a floor, in order; heights above the floor's surface.</summary>
    public Opening[] OpeningsOf(int side, int floor)
    {
        var isAlong = side % 2 == 0;
        if (!isAlong && !(side == 1 ? HasSideWindows.Right : HasSideWindows.Left))
            return [];
        var (bays, length) = isAlong ? (Bays, Width) : (SideBays, Depth);
        var (width, sill, head) = WindowOf(floor, isAlong, side == 0);
        var openings = new Opening[bays];
        for (var bay = 0; bay < bays; bay++)
        {
            var middle = (bay + 0.5) * length / bays;
            openings[bay] = side == 0 && floor == 0 && IsDoorBay(bay)
                ? new(middle - 0.65, middle + 0.65, 0, StreetDoorHead, true)
                : new(middle - width / 2, middle + width / 2, sill, head);
        }
        return openings;
    }

    /// <summary>Whether the bay at the street has a door: the lobby's, and one for each shop.</summary>
    public bool IsDoorBay(int bay) => bay == LobbyBay || Array.Exists(_rooms[0], room => room.Use == RoomUse.Shop && bay == (int)((room.U0 + 0.5) / BayWidth));

    private (double Width, double Sill, double Head) WindowOf(int floor, bool isAlong, bool isFront)
    {
        var most = isAlong ? BayWidth - 0.75 : BandOfSideWindows;
        if (floor == 0 && isFront)
            return (Math.Min(most, 2.3), 0.45, 2.9);
        return Style switch
        {
            BuildingStyle.Modern => (Math.Min(most, 2.2), 0.7, 2.65),
            BuildingStyle.Loft => (Math.Min(most, 1.9), 0.8, 2.65),
            BuildingStyle.Stone => (Math.Min(most, 1.15), 0.35, 2.6),
            BuildingStyle.Brick => (Math.Min(most, 1.25), 0.85, 2.45),
            _ => (Math.Min(most, 1.1), 0.85, 2.4),
        };
    }

    private Room[] PlanFloor(int floor, CityRandom random)
    {
        var rooms = new List<Room>();
        for (var bay = 0; bay < Bays;)
        {
            // The lobby stands alone, and so do the stairs behind it; else two windows make a room where they can.
            var count = floor == 0 && bay == LobbyBay || bay + 1 >= Bays || floor == 0 && bay + 1 == LobbyBay ? 1 : 2;
            var use = floor > 0 ? UseAbove(random) : bay == LobbyBay ? RoomUse.Lobby : RoomUse.Shop;
            rooms.Add(RoomAt(use, bay, count, true));
            bay += count;
        }
        for (var bay = 0; bay < Bays;)
        {
            var count = bay == LobbyBay || bay + 1 >= Bays || bay + 1 == LobbyBay ? 1 : 2;
            rooms.Add(RoomAt(bay == LobbyBay ? RoomUse.Stairs : floor == 0 ? RoomUse.Office : UseAbove(random), bay, count, false));
            bay += count;
        }
        var doors = rooms.SelectMany(room => room.Doors).ToArray();
        return [new(RoomUse.Corridor, WallDepth, Width - WallDepth, Corridor0 + HalfPartition, Corridor1 - HalfPartition, doors), .. rooms];
    }

    private RoomUse UseAbove(CityRandom random) => Style is BuildingStyle.Modern or BuildingStyle.Loft && random.Chance(0.6)
        ? RoomUse.Office
        : (RoomUse)((int)RoomUse.Living + random.Pick(3));

    private Room RoomAt(RoomUse use, int bay, int count, bool isFront)
    {
        var u0 = bay == 0 ? WallDepth : bay * BayWidth + HalfPartition;
        var u1 = bay + count == Bays ? Width - WallDepth : (bay + count) * BayWidth - HalfPartition;

        // The door is at the room's left as seen from the corridor.
        var (from, to) = isFront ? (u1 - DoorClearance - DoorWidth, u1 - DoorClearance) : (u0 + DoorClearance, u0 + DoorClearance + DoorWidth);
        var door = new Opening(from, to, 0, DoorHead, true);
        return isFront
            ? new(use, u0, u1, WallDepth, Corridor0 - HalfPartition, [door], use is RoomUse.Lobby or RoomUse.Shop)
            : new(use, u0, u1, Corridor1 + HalfPartition, Depth - WallDepth, [door]);
    }
}
