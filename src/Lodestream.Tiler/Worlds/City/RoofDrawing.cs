using System.Numerics;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>Draws what is above a building's eaves.</summary>
internal static class RoofDrawing
{
    private const double Parapet = 0.9, ParapetDepth = 0.3, MansardHeight = 2.9, MansardInset = 1.5, Overhang = 0.3;

    private static readonly Vector3 FlatTint = Tints.Hex(0xC8C6C0), GravelTint = Tints.Hex(0xA9A79F);

    /// <summary>The roof.</summary>
    /// <param name="plan">Whose.</param>
    /// <param name="mesh">Where to.</param>
    /// <param name="isWhole">Whether with all that stands on it.</param>
    public static void Draw(BuildingPlan plan, CityMesh mesh, bool isWhole)
    {
        var pen = new Pen(mesh, plan.Frame.Moved(0, 0, plan.Eaves));
        DrawCornice(plan, pen);
        if (plan.HasMansard)
            DrawMansard(plan, mesh, CityMaterial.Slate, Tints.None);
        else
            DrawFlat(plan, pen);
        if (isWhole)
            DrawFixtures(plan, pen);
    }

    /// <summary>The roof as a lid, for boxes; of plaster, like they are.</summary>
    public static void DrawPlain(BuildingPlan plan, CityMesh mesh)
    {
        var pen = new Pen(mesh, plan.Frame.Moved(0, 0, plan.Eaves));
        if (plan.HasMansard)
        {
            DrawMansard(plan, mesh, CityMaterial.Plaster, CityMaterials.Seen(CityMaterial.Slate, Tints.None));
            return;
        }
        var tint = CityMaterials.Seen(plan.WallMaterial, plan.WallTint);
        pen.Box(CityMaterial.Plaster, 0, plan.Width, 0, BuildingPlan.Depth, 0, Parapet * 0.8, tint, BoxFaces.Sides);
        pen.Level(CityMaterial.Plaster, 0, plan.Width, 0, BuildingPlan.Depth, Parapet * 0.8, RoofTint(plan));
    }

    private static Vector3 RoofTint(BuildingPlan plan) => plan.Number % 3 == 0 ? GravelTint : plan.Number % 3 == 1 ? FlatTint : new(0.36f, 0.33f, 0.31f);

    private static void DrawCornice(BuildingPlan plan, Pen pen)
    {
        var material = plan.Style is BuildingStyle.Modern ? CityMaterial.Concrete : CityMaterial.Stone;
        var (w, d) = (plan.Width, BuildingPlan.Depth);
        pen.Box(material, 0, w, -Overhang, 0, -0.3, 0.05, Tints.None, BoxFaces.All & ~BoxFaces.Back);
        pen.Box(material, 0, w, d, d + Overhang, -0.3, 0.05, Tints.None, BoxFaces.All & ~BoxFaces.Front);
        pen.Box(material, 0, w, -Overhang * 0.5, 0, -0.5, -0.3, Tints.None, BoxFaces.All & ~(BoxFaces.Back | BoxFaces.Top));
    }

    private static void DrawFlat(BuildingPlan plan, Pen pen)
    {
        var (w, d, p) = (plan.Width, BuildingPlan.Depth, ParapetDepth);
        var (material, tint) = (plan.WallMaterial, plan.WallTint);
        pen.Level(CityMaterial.Plaster, p, w - p, p, d - p, 0.02, RoofTint(plan));
        pen.Box(material, 0, w, 0, p, 0, Parapet, tint);
        pen.Box(material, 0, w, d - p, d, 0, Parapet, tint);
        pen.Box(material, 0, p, p, d - p, 0, Parapet, tint);
        pen.Box(material, w - p, w, p, d - p, 0, Parapet, tint);
        pen.Box(CityMaterial.Stone, -0.04, w + 0.04, -0.04, p + 0.04, Parapet, Parapet + 0.07, Tints.None, BoxFaces.All);
        pen.Box(CityMaterial.Stone, -0.04, w + 0.04, d - p - 0.04, d + 0.04, Parapet, Parapet + 0.07, Tints.None, BoxFaces.All);
    }

    private static void DrawMansard(BuildingPlan plan, CityMesh mesh, CityMaterial material, Vector3 tint)
    {
        var f = plan.Frame.Moved(0, 0, plan.Eaves);
        var (w, d, h, i) = (plan.Width, BuildingPlan.Depth, MansardHeight, MansardInset);
        mesh.Quad(material, f.Point(0, 0, 0), f.Point(w, 0, 0), f.Point(w, i, h), f.Point(0, i, h), tint * 0.9f, tint * 0.9f, tint, tint);
        mesh.Quad(material, f.Point(w, d, 0), f.Point(0, d, 0), f.Point(0, d - i, h), f.Point(w, d - i, h), tint * 0.9f, tint * 0.9f, tint, tint);

        // Ends are walls, as between neighbours, from the eaves up.
        var wall = material == CityMaterial.Plaster ? CityMaterials.Seen(plan.WallMaterial, plan.WallTint) : plan.WallTint;
        var of = material == CityMaterial.Plaster ? CityMaterial.Plaster : plan.WallMaterial;
        mesh.Quad(of, f.Point(w, 0, 0), f.Point(w, d, 0), f.Point(w, d - i, h), f.Point(w, i, h), wall);
        mesh.Quad(of, f.Point(0, d, 0), f.Point(0, 0, 0), f.Point(0, i, h), f.Point(0, d - i, h), wall);
        new Pen(mesh, f).Level(material, 0, w, i, d - i, h, tint * 1.15f);
    }

    private static void DrawFixtures(BuildingPlan plan, Pen pen)
    {
        var random = CityRandom.For((ulong)plan.ContentSeed, 1, plan.Number);
        if (plan.HasMansard)
        {
            DrawDormers(plan, pen);
            for (var i = 0; i < 3; i++)
            {
                var u = random.Next(1, plan.Width - 2);
                pen.Box(CityMaterial.Brick, u, u + 1.1, 6.2, 6.9, MansardHeight, MansardHeight + 1.3, Tints.None);
                pen.Column(CityMaterial.Brick, u + 0.3, 6.55, MansardHeight + 1.3, MansardHeight + 1.7, 0.13, 0.11, Tints.None * 0.8f, Tints.None);
                pen.Column(CityMaterial.Brick, u + 0.8, 6.55, MansardHeight + 1.3, MansardHeight + 1.7, 0.13, 0.11, Tints.None * 0.8f, Tints.None);
            }
            return;
        }

        // The head of the stairs, and what cools the house.
        var stairs = plan.LobbyBay * plan.BayWidth;
        pen.Box(plan.WallMaterial, stairs, stairs + plan.BayWidth, 7.6, 12.2, 0, 2.5, plan.WallTint);
        pen.Box(CityMaterial.Concrete, stairs - 0.15, stairs + plan.BayWidth + 0.15, 7.45, 12.35, 2.5, 2.65, Tints.None, BoxFaces.All);
        for (var i = 0; i < 2 + plan.Number % 3; i++)
        {
            var (u, v) = (random.Next(1, plan.Width - 3), random.Next(1.2, 4.6));
            pen.Box(CityMaterial.Metal, u, u + 1.6, v, v + 1.1, 0.25, 1.15, new(0.8f, 0.8f, 0.8f), BoxFaces.All);
            pen.Disc(CityMaterial.Metal, u + 0.8, v + 0.55, 1.16, 0.42, Tints.Iron);
        }
    }

    private static void DrawDormers(BuildingPlan plan, Pen pen)
    {
        for (var bay = 0; bay < plan.Bays; bay++)
        {
            var middle = (bay + 0.5) * plan.BayWidth;
            pen.Box(CityMaterial.Stone, middle - 0.6, middle + 0.6, 0.35, 1.5, 0.3, 2.2, Tints.None, BoxFaces.Left | BoxFaces.Right);
            pen.Wall(CityMaterial.Stone, middle - 0.6, middle + 0.6, 0.3, 2.2, 0.35, [new(middle - 0.42, middle + 0.42, 0.3, 1.65)], Tints.None, Tints.None);
            pen.Face(CityMaterial.Glass, middle - 0.42, middle + 0.42, 0.6, 1.95, 0.36, new(0.42f, 0.46f, 0.5f), new(1.1f, 1.1f, 1.1f));
            pen.Box(CityMaterial.Slate, middle - 0.72, middle + 0.72, 0.22, 1.6, 2.2, 2.32, Tints.None, BoxFaces.All);
        }
    }
}
