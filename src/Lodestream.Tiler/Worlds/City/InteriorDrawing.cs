using System.Numerics;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>Draws a floor of a building from within: the rooms' floors, ceilings and walls with their doors and windows, and the stairs.</summary>
internal static class InteriorDrawing
{
    /// <summary>How deep the landing before the stairs is, and that half way up.</summary>
    internal const double Landing = 1.2;

    private const double LeafThickness = 0.04, LeafWidth = 0.9, Riser = 0.17, Spine = 0.05;
    private const float WallFoot = 0.8f, WallTop = 0.96f, CeilingShade = 1;

    private static readonly Vector3 FrameTint = new(0.95f, 0.95f, 0.95f), DoorTint = new(0.85f, 0.8f, 0.74f);
    private static readonly Vector3[] WallTints = [Tints.None, Tints.Hex(0xF6EBD6), Tints.Hex(0xDCE6E4), Tints.Hex(0xE9DDD6), Tints.Hex(0xDDE3EE), Tints.Hex(0xE2E8D4)];

    /// <summary>Draws a floor.</summary>
    public static void Draw(BuildingPlan plan, int floor, CityMesh mesh)
    {
        var pen = new Pen(mesh, plan.Frame.Moved(0, 0, plan.FloorBase(floor)));
        var rooms = plan.RoomsOf(floor);
        DrawCorridor(plan, floor, rooms, pen);
        for (var i = 1; i < rooms.Count; i++)
            DrawRoom(plan, floor, rooms[i], pen, WallTints[(plan.Number + i * 7 + floor) % WallTints.Length]);
        DrawWindows(plan, floor, mesh);
    }

    private static void DrawCorridor(BuildingPlan plan, int floor, IReadOnlyList<Room> rooms, Pen pen)
    {
        var (corridor, ceiling) = (rooms[0], plan.HeightOf(floor) - BuildingPlan.Slab);
        pen.Level(CityMaterial.Ground, corridor.U0, corridor.U1, corridor.V0, corridor.V1, 0, Tints.Hex(0xB8AFA2));
        pen.Ceiling(CityMaterial.Paint, corridor.U0, corridor.U1, corridor.V0, corridor.V1, ceiling, Tints.None * CeilingShade);
        var (low, high) = (Tints.Hex(0xF3EEE2) * WallFoot, Tints.Hex(0xF3EEE2) * WallTop);
        Opening[] front = [.. rooms.Skip(1).Where(room => room.IsFront).SelectMany(room => room.Doors)], back = [.. rooms.Skip(1).Where(room => !room.IsFront).SelectMany(room => room.Doors)];
        pen.Wall(CityMaterial.Paint, corridor.U0, corridor.U1, 0, ceiling, corridor.V0, front, low, high, isBack: true);
        pen.Wall(CityMaterial.Paint, corridor.U0, corridor.U1, 0, ceiling, corridor.V1, back, low, high);
        DrawEnds(pen, corridor, ceiling, CityMaterial.Paint, low, high, [], []);
        pen.Reveals(CityMaterial.Wood, 0, BuildingPlan.Corridor0 - BuildingPlan.HalfPartition, BuildingPlan.Corridor0 + BuildingPlan.HalfPartition, front, DoorTint);
        pen.Reveals(CityMaterial.Wood, 0, BuildingPlan.Corridor1 - BuildingPlan.HalfPartition, BuildingPlan.Corridor1 + BuildingPlan.HalfPartition, back, DoorTint);
    }

    private static void DrawRoom(BuildingPlan plan, int floor, Room room, Pen pen, Vector3 tint)
    {
        var isTop = floor == plan.Floors - 1;
        var isStairs = room.Use == RoomUse.Stairs;
        var ceiling = plan.HeightOf(floor) - (isStairs && !isTop ? 0 : BuildingPlan.Slab);
        var (low, high) = (tint * WallFoot, tint * WallTop);
        var outside = Within(plan.OpeningsOf(room.IsFront ? 0 : 2, floor), room.U0, room.U1, room.IsFront ? null : plan.Width);
        pen.Wall(CityMaterial.Paint, room.U0, room.U1, 0, ceiling, room.V0, room.IsFront ? outside : [.. room.Doors], low, high, isBack: true);
        pen.Wall(CityMaterial.Paint, room.U0, room.U1, 0, ceiling, room.V1, room.IsFront ? [.. room.Doors] : outside, low, high);
        DrawEnds(pen, room, ceiling, CityMaterial.Paint, low, high,
            room.U0 <= BuildingPlan.WallDepth ? Within(plan.OpeningsOf(3, floor), room.V0, room.V1, BuildingPlan.Depth) : [],
            room.U1 >= plan.Width - BuildingPlan.WallDepth ? Within(plan.OpeningsOf(1, floor), room.V0, room.V1, null) : []);
        DrawLeaf(room, pen);
        var (material, floorTint) = FloorOf(room.Use);
        if (isStairs)
        {
            DrawStairwell(plan, floor, room, pen, material, floorTint);
            return;
        }
        pen.Level(material, room.U0, room.U1, room.V0, room.V1, 0, floorTint);
        pen.Ceiling(CityMaterial.Paint, room.U0, room.U1, room.V0, room.V1, ceiling, Tints.None * CeilingShade);
    }

    private static (CityMaterial Material, Vector3 Tint) FloorOf(RoomUse use) => use switch
    {
        RoomUse.Living or RoomUse.Bedroom => (CityMaterial.Wood, new(0.78f, 0.73f, 0.67f)),
        RoomUse.Kitchen => (CityMaterial.Ground, Tints.Hex(0xC9C3B8)),
        RoomUse.Office => (CityMaterial.Ground, Tints.Hex(0x8E959B)),
        RoomUse.Shop => (CityMaterial.Wood, new(0.6f, 0.56f, 0.52f)),
        _ => (CityMaterial.Ground, Tints.Hex(0xB8AFA2)),
    };

    // The walls at both ends along the street.
    private static void DrawEnds(Pen pen, Room room, double ceiling, CityMaterial material, Vector3 low, Vector3 high, ReadOnlySpan<Opening> left, ReadOnlySpan<Opening> right)
    {
        pen.In(pen.Frame.Turned(room.U0, 0)).Wall(material, room.V0, room.V1, 0, ceiling, 0, left, low * 0.94f, high * 0.94f);
        pen.In(pen.Frame.Turned(room.U1, 0)).Wall(material, room.V0, room.V1, 0, ceiling, 0, right, low * 0.94f, high * 0.94f, isBack: true);
    }

    /// <summary>Openings that lie between two places, in order.</summary>
    /// <param name="openings">Openings of a side.</param>
    /// <param name="from">Least place.</param>
    /// <param name="to">Greatest place.</param>
    /// <param name="reversed">The side's length, where it runs the other way.</param>
    private static Opening[] Within(Opening[] openings, double from, double to, double? reversed)
    {
        IEnumerable<Opening> turned = reversed is { } length ? openings.Reverse().Select(o => o with { From = length - o.To, To = length - o.From }) : openings;
        return [.. turned.Where(o => o.From > from && o.To < to)];
    }

    private static void DrawLeaf(Room room, Pen pen)
    {
        foreach (var door in room.Doors)
        {
            if (room.IsFront)
                pen.Box(CityMaterial.Wood, door.To, door.To + LeafThickness, room.V1 - LeafWidth, room.V1 - 0.01, 0.01, BuildingPlan.DoorHead - 0.03, DoorTint);
            else
                pen.Box(CityMaterial.Wood, door.From - LeafThickness, door.From, room.V0 + 0.01, room.V0 + LeafWidth, 0.01, BuildingPlan.DoorHead - 0.03, DoorTint);
        }
    }

    private static void DrawStairwell(BuildingPlan plan, int floor, Room room, Pen pen, CityMaterial material, Vector3 tint)
    {
        var edge = room.V0 + Landing;
        if (floor == 0)
            pen.Level(material, room.U0, room.U1, room.V0, room.V1, 0, tint);
        else
        {
            pen.Level(material, room.U0, room.U1, room.V0, edge, 0, tint);
            pen.Ceiling(CityMaterial.Paint, room.U0, room.U1, room.V0, edge, -BuildingPlan.Slab, Tints.None * CeilingShade);
            pen.BackFace(CityMaterial.Paint, room.U0, room.U1, -BuildingPlan.Slab, 0, edge, Tints.None * CeilingShade, Tints.None * CeilingShade);
        }
        if (floor == plan.Floors - 1)
            pen.Ceiling(CityMaterial.Paint, room.U0, room.U1, room.V0, room.V1, plan.HeightOf(floor) - BuildingPlan.Slab, Tints.None * CeilingShade);
        else
            DrawFlights(plan.HeightOf(floor), room, pen, edge);
        if (floor > 0 && floor == plan.Floors - 1)
        {
            // Where the way up ends, a rail keeps people from the well.
            pen.Box(CityMaterial.Metal, room.U0, (room.U0 + room.U1) / 2, edge - 0.04, edge, 0, 1, Tints.Iron);
        }
    }

    private static void DrawFlights(double height, Room room, Pen pen, double edge)
    {
        var (middle, back) = ((room.U0 + room.U1) / 2, room.V1 - Landing);
        var steps = (int)Math.Ceiling(height / 2 / Riser);
        var (rise, going, tint) = (height / 2 / steps, (back - edge) / steps, Tints.Hex(0xD8D2C6));
        for (var i = 0; i < steps; i++)
        {
            pen.Box(CityMaterial.Stone, room.U0, middle - Spine, edge + i * going, edge + (i + 1) * going, Math.Max(0, i * rise - 0.1), (i + 1) * rise, tint, BoxFaces.Front | BoxFaces.Top | BoxFaces.Bottom);
            var h = height / 2 + i * rise;
            pen.Box(CityMaterial.Stone, middle + Spine, room.U1, back - (i + 1) * going, back - i * going, h - 0.1, h + rise, tint, BoxFaces.Back | BoxFaces.Top | BoxFaces.Bottom);
        }
        pen.Box(CityMaterial.Stone, room.U0, room.U1, back, room.V1, height / 2 - 0.15, height / 2, tint, BoxFaces.Front | BoxFaces.Top | BoxFaces.Bottom);
        pen.Box(CityMaterial.Paint, middle - Spine, middle + Spine, edge, back, 0, height, Tints.None, BoxFaces.Sides);
    }

    // Windows from within: their reveals, sills and frames.
    private static void DrawWindows(BuildingPlan plan, int floor, CityMesh mesh)
    {
        var sides = plan.Sides();
        for (var side = 0; side < sides.Length; side++)
        {
            var (pen, openings, foot) = (new Pen(mesh, sides[side].Frame), plan.OpeningsOf(side, floor), plan.FloorBase(floor));
            pen.Reveals(CityMaterial.Paint, foot, BuildingPlan.GlassDepth, BuildingPlan.WallDepth, openings, FrameTint);
            foreach (var o in openings)
            {
                if (o.IsDoor)
                    continue;
                var (sill, head, depth, middle) = (foot + o.Sill, foot + o.Head, BuildingPlan.GlassDepth + 0.01, (o.From + o.To) / 2);
                foreach (var u in (ReadOnlySpan<double>)[o.From, middle - 0.035, o.To - 0.07])
                    pen.BackFace(CityMaterial.Paint, u, u + 0.07, sill, head, depth, FrameTint, FrameTint);
                foreach (var h in (ReadOnlySpan<double>)[sill, head - 0.07])
                    pen.BackFace(CityMaterial.Paint, o.From, o.To, h, h + 0.07, depth + 0.005, FrameTint, FrameTint);
            }
        }
    }
}
