using System.Numerics;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>Draws a building's outside: whole, without its depth, as coloured boxes, and as one box among others.</summary>
internal static class FacadeDrawing
{
    private const double Band = 0.07, Frame = 0.07;
    private const float Foot = 0.86f;

    private static readonly Vector3 FrameTint = new(0.95f, 0.95f, 0.95f), GlassLow = new(0.42f, 0.46f, 0.5f), GlassHigh = new(1.1f, 1.1f, 1.1f);

    /// <summary>The outside as it is from near: windows with reveals, frames and sills, cornices, balconies, what stands on the roof.</summary>
    public static void DrawWhole(BuildingPlan plan, CityMesh mesh)
    {
        var sides = plan.Sides();
        for (var side = 0; side < sides.Length; side++)
        {
            var pen = new Pen(mesh, sides[side].Frame);
            for (var floor = 0; floor < plan.Floors; floor++)
                DrawStorey(plan, pen, side, floor, sides[side].Length);
            if (sides[side].HasWindows)
                DrawBands(plan, pen, sides[side].Length);
        }
        RoofDrawing.Draw(plan, mesh, isWhole: true);
    }

    /// <summary>The outside without depth: windows in the plane of the wall.</summary>
    public static void DrawFlat(BuildingPlan plan, CityMesh mesh)
    {
        var sides = plan.Sides();
        for (var side = 0; side < sides.Length; side++)
        {
            var pen = new Pen(mesh, sides[side].Frame);
            for (var floor = 0; floor < plan.Floors; floor++)
            {
                var (foot, top, openings) = (plan.FloorBase(floor), plan.FloorBase(floor + 1), plan.OpeningsOf(side, floor));
                pen.Wall(MaterialOf(plan, floor), 0, sides[side].Length, foot, top, 0, openings, TintOf(plan, floor) * (floor == 0 ? Foot : 1), TintOf(plan, floor));
                foreach (var o in openings)
                    pen.Face(CityMaterial.Glass, o.From, o.To, foot + o.Sill, foot + o.Head, 0, GlassLow, GlassHigh);
            }
        }
        RoofDrawing.Draw(plan, mesh, isWhole: false);
    }

    /// <summary>A box whose façades have a stripe for each row of windows.</summary>
    public static void DrawStriped(BuildingPlan plan, CityMesh mesh)
    {
        var sides = plan.Sides();
        for (var side = 0; side < sides.Length; side++)
        {
            var pen = new Pen(mesh, sides[side].Frame);
            for (var floor = 0; floor < plan.Floors; floor++)
            {
                var (foot, top, openings) = (plan.FloorBase(floor), plan.FloorBase(floor + 1), plan.OpeningsOf(side, floor));
                var wall = CityMaterials.Seen(MaterialOf(plan, floor), TintOf(plan, floor));
                if (openings.Length == 0)
                {
                    pen.Face(CityMaterial.Plaster, 0, sides[side].Length, foot, top, 0, wall, wall);
                    continue;
                }
                var window = openings[^1];
                var row = Vector3.Lerp(wall, GlassSeen, (float)(openings.Sum(o => o.To - o.From) / sides[side].Length));
                pen.Face(CityMaterial.Plaster, 0, sides[side].Length, foot, foot + window.Sill, 0, wall, wall);
                pen.Face(CityMaterial.Plaster, 0, sides[side].Length, foot + window.Sill, foot + window.Head, 0, row, row);
                pen.Face(CityMaterial.Plaster, 0, sides[side].Length, foot + window.Head, top, 0, wall, wall);
            }
        }
        RoofDrawing.DrawPlain(plan, mesh);
    }

    /// <summary>A box of one colour for each façade.</summary>
    public static void DrawBox(BuildingPlan plan, CityMesh mesh)
    {
        var sides = plan.Sides();
        for (var side = 0; side < sides.Length; side++)
        {
            double glass = 0;
            for (var floor = 0; floor < plan.Floors; floor++)
                glass += plan.OpeningsOf(side, floor).Sum(o => (o.To - o.From) * (o.Head - o.Sill));
            var seen = Vector3.Lerp(CityMaterials.Seen(plan.WallMaterial, plan.WallTint), GlassSeen, (float)(glass / (sides[side].Length * plan.Eaves)));
            new Pen(mesh, sides[side].Frame).Face(CityMaterial.Plaster, 0, sides[side].Length, 0, plan.Eaves, 0, seen, seen);
        }
        RoofDrawing.DrawPlain(plan, mesh);
    }

    private static Vector3 GlassSeen => CityMaterials.Seen(CityMaterial.Glass, (GlassLow + GlassHigh) / 2);

    private static CityMaterial MaterialOf(BuildingPlan plan, int floor) => floor == 0 && plan.Style == BuildingStyle.Brick ? CityMaterial.Stone : plan.WallMaterial;

    private static Vector3 TintOf(BuildingPlan plan, int floor) => floor == 0 && plan.Style == BuildingStyle.Brick ? Tints.None
        : floor == 0 && plan.Style == BuildingStyle.Plaster ? plan.WallTint * 0.86f : plan.WallTint;

    private static void DrawStorey(BuildingPlan plan, Pen pen, int side, int floor, double length)
    {
        var (foot, top, openings) = (plan.FloorBase(floor), plan.FloorBase(floor + 1), plan.OpeningsOf(side, floor));
        var (material, tint) = (MaterialOf(plan, floor), TintOf(plan, floor));
        pen.Wall(material, 0, length, foot, top, 0, openings, tint * (floor == 0 ? Foot : 0.97f), tint);
        pen.Reveals(material, foot, 0, BuildingPlan.GlassDepth, openings, tint);
        foreach (var opening in openings)
        {
            if (opening.IsDoor)
                DrawDoorway(plan, pen, opening, foot);
            else
                DrawWindow(plan, pen, opening, side, floor, foot);
        }
    }

    private static void DrawDoorway(BuildingPlan plan, Pen pen, Opening o, double foot)
    {
        // Stands open: the leaf is folded back against the reveal, and one walks in.
        pen.Box(CityMaterial.Paint, o.From + 0.02, o.From + 0.07, BuildingPlan.GlassDepth, BuildingPlan.GlassDepth + 1.1, foot, foot + o.Head - 0.02, plan.AccentTint * 1.3f);
        pen.Box(CityMaterial.Stone, o.From - 0.14, o.From, -0.05, 0, foot, foot + o.Head + 0.14, Tints.None);
        pen.Box(CityMaterial.Stone, o.To, o.To + 0.14, -0.05, 0, foot, foot + o.Head + 0.14, Tints.None);
        pen.Box(CityMaterial.Stone, o.From, o.To, -0.05, 0, foot + o.Head, foot + o.Head + 0.14, Tints.None, BoxFaces.All);
        pen.Box(CityMaterial.Stone, o.From - 0.1, o.To + 0.1, -0.3, 0, foot - 0.05, foot, Tints.None);
    }

    private static void DrawWindow(BuildingPlan plan, Pen pen, Opening o, int side, int floor, double foot)
    {
        var (sill, head, depth) = (foot + o.Sill, foot + o.Head, BuildingPlan.GlassDepth);
        pen.Face(CityMaterial.Glass, o.From, o.To, sill, head, depth, GlassLow, GlassHigh);
        var (frame, tint) = plan.Style is BuildingStyle.Modern or BuildingStyle.Loft ? (CityMaterial.Metal, Tints.Iron) : (CityMaterial.Paint, FrameTint);
        DrawBars(pen, o, sill, head, depth - 0.02, frame, tint, plan.Style == BuildingStyle.Loft ? 3 : 2, plan.Style == BuildingStyle.Loft ? 3 : floor == 0 && side == 0 ? 1 : 2);
        if (floor == 0 && side == 0)
        {
            if (plan.Style != BuildingStyle.Modern)
                DrawAwning(pen, o, head, plan.AccentTint);
            return;
        }
        if (plan.Style is not (BuildingStyle.Modern or BuildingStyle.Loft))
            pen.Box(CityMaterial.Stone, o.From - 0.08, o.To + 0.08, -0.07, 0, sill - 0.09, sill, Tints.None, BoxFaces.All & ~BoxFaces.Back);
        if (plan.Style == BuildingStyle.Brick)
            pen.Box(CityMaterial.Stone, o.From - 0.1, o.To + 0.1, -0.03, 0, head, head + 0.2, Tints.None, BoxFaces.All & ~BoxFaces.Back);
        if (plan.Style == BuildingStyle.Plaster && side % 2 == 0)
        {
            pen.Box(CityMaterial.Paint, o.From - 0.5, o.From - 0.04, -0.04, 0, sill, head, plan.AccentTint, BoxFaces.Standing & ~BoxFaces.Back);
            pen.Box(CityMaterial.Paint, o.To + 0.04, o.To + 0.5, -0.04, 0, sill, head, plan.AccentTint, BoxFaces.Standing & ~BoxFaces.Back);
        }
        if (plan.Style == BuildingStyle.Stone && side == 0)
            DrawRail(pen, o, foot);
        if (plan.Style == BuildingStyle.Modern && side == 0 && (floor + plan.Number) % 2 == 0)
            DrawBalcony(pen, o, foot);
    }

    // The window's frame and bars, as strips a little before the glass.
    private static void DrawBars(Pen pen, Opening o, double sill, double head, double depth, CityMaterial material, Vector3 tint, int columns, int rows)
    {
        for (var i = 0; i <= columns; i++)
        {
            var u = o.From + (o.To - o.From - Frame) * i / columns;
            pen.Face(material, u, u + Frame, sill, head, depth, tint * 0.9f, tint);
        }
        for (var i = 0; i <= rows; i++)
        {
            // The upper panes of two are the lower ones' half.
            var share = rows == 2 && i == 1 ? 0.68 : (double)i / rows;
            var h = sill + (head - sill - Frame) * share;
            pen.Face(material, o.From + Frame, o.To - Frame, h, h + Frame, depth + 0.005, tint * 0.9f, tint);
        }
    }

    private static void DrawAwning(Pen pen, Opening o, double head, Vector3 tint)
    {
        var (mesh, f, u0, u1) = (pen.Mesh, pen.Frame, o.From - 0.12, o.To + 0.12);
        var (wall, edge) = (head + 0.38, head - 0.02);
        mesh.Quad(CityMaterial.Fabric, f.Point(u0, -1.05, edge), f.Point(u1, -1.05, edge), f.Point(u1, -0.01, wall), f.Point(u0, -0.01, wall), tint);
        mesh.Quad(CityMaterial.Fabric, f.Point(u0, -0.01, wall - 0.03), f.Point(u1, -0.01, wall - 0.03), f.Point(u1, -1.05, edge - 0.03), f.Point(u0, -1.05, edge - 0.03), tint * 0.6f);
        pen.Face(CityMaterial.Fabric, u0, u1, edge - 0.22, edge, -1.05, tint * 0.9f, tint);
        pen.BackFace(CityMaterial.Fabric, u0, u1, edge - 0.22, edge, -1.05, tint * 0.6f, tint * 0.6f);
    }

    private static void DrawRail(Pen pen, Opening o, double foot)
    {
        var (u0, u1) = (o.From - 0.1, o.To + 0.1);
        pen.Box(CityMaterial.Stone, u0 - 0.05, u1 + 0.05, -0.42, 0, foot + 0.1, foot + 0.24, Tints.None, BoxFaces.All & ~BoxFaces.Back);
        pen.Box(CityMaterial.Metal, u0, u1, -0.4, -0.36, foot + 1.1, foot + 1.15, Tints.Iron, BoxFaces.All);
        for (var i = 0; i <= 6; i++)
        {
            var u = u0 + (u1 - u0 - 0.03) * i / 6;
            pen.Box(CityMaterial.Metal, u, u + 0.03, -0.395, -0.365, foot + 0.24, foot + 1.1, Tints.Iron, BoxFaces.Front | BoxFaces.Left | BoxFaces.Right);
        }
    }

    private static void DrawBalcony(Pen pen, Opening o, double foot)
    {
        var (u0, u1) = (o.From - 0.25, o.To + 0.25);
        pen.Box(CityMaterial.Concrete, u0, u1, -1.1, 0, foot + 0.02, foot + 0.2, Tints.None, BoxFaces.All & ~BoxFaces.Back);
        pen.Box(CityMaterial.Metal, u0, u1, -1.1, -1.05, foot + 0.2, foot + 1.15, Tints.Iron * 2.5f, BoxFaces.Standing);
    }

    private static void DrawBands(BuildingPlan plan, Pen pen, double length)
    {
        for (var floor = 1; floor < plan.Floors; floor++)
        {
            var h = plan.FloorBase(floor);
            if (floor == 1 || plan.Style is BuildingStyle.Brick or BuildingStyle.Stone)
                pen.Box(plan.Style == BuildingStyle.Modern ? CityMaterial.Concrete : CityMaterial.Stone, -Band, length + Band, -Band, 0, h - 0.12, h + 0.08, Tints.None, BoxFaces.All & ~BoxFaces.Back);
        }
        pen.Box(CityMaterial.Concrete, -0.03, length + 0.03, -0.03, 0, 0, 0.4, Tints.None * 0.8f, BoxFaces.Front | BoxFaces.Left | BoxFaces.Right | BoxFaces.Top);
    }
}
