using System.Numerics;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>Draws what is always there: streets, sidewalks, courts and lawns, and the fields round the city.</summary>
internal static class GroundDrawing
{
    private const double Around = 1100, Field = 60;

    private static readonly Vector3[] Fields = [Tints.Hex(0x8FA863), Tints.Hex(0x9DB06B), Tints.Hex(0xB5B06E), Tints.Hex(0x7E9A58), Tints.Hex(0xC2B77C), Tints.Hex(0x8AA066)];

    /// <summary>The ground of all the city.</summary>
    public static void Draw(CityPlan plan, CityMesh mesh)
    {
        var pen = new Pen(mesh, PlanFrame.At(default));
        var half = plan.Size / 2;
        pen.Level(CityMaterial.Ground, -half, half, -half, half, 0, Tints.Asphalt);
        foreach (var block in plan.Blocks)
            DrawBlock(block, pen);
        DrawMedian(plan, pen);
        DrawFields(half, pen);
    }

    private static void DrawBlock(CityBlock block, Pen pen)
    {
        var (x0, x1, y0, y1) = (block.X0, block.X1, block.Y0, block.Y1);
        pen.Box(CityMaterial.Ground, x0, x1, y0, y1, 0, CityPlan.Kerb, Tints.Kerb, BoxFaces.Sides);
        Ring(pen, x0, x1, y0, y1, 0.25, Tints.Kerb);
        (x0, x1, y0, y1) = (x0 + 0.25, x1 - 0.25, y0 + 0.25, y1 - 0.25);
        switch (block.Use)
        {
            case BlockUse.Park:
                DrawPark(block, pen, x0, x1, y0, y1);
                break;
            case BlockUse.Square:
                DrawSquare(block, pen, x0, x1, y0, y1);
                break;
            default:
                DrawCourt(pen, x0, x1, y0, y1);
                break;
        }
    }

    private static void DrawCourt(Pen pen, double x0, double x1, double y0, double y1)
    {
        var inset = CityPlan.Sidewalk + BuildingPlan.Depth + 2.5;
        Ring(pen, x0, x1, y0, y1, CityPlan.Sidewalk - 0.25, Tints.Paving);
        (x0, x1, y0, y1) = (x0 + CityPlan.Sidewalk - 0.25, x1 - CityPlan.Sidewalk + 0.25, y0 + CityPlan.Sidewalk - 0.25, y1 - CityPlan.Sidewalk + 0.25);
        var rest = inset - CityPlan.Sidewalk;
        if (x1 - x0 < 2 * rest + 3 || y1 - y0 < 2 * rest + 3)
        {
            pen.Level(CityMaterial.Ground, x0, x1, y0, y1, CityPlan.Kerb, Tints.Court);
            return;
        }
        Ring(pen, x0, x1, y0, y1, rest, Tints.Court);
        pen.Level(CityMaterial.Ground, x0 + rest, x1 - rest, y0 + rest, y1 - rest, CityPlan.Kerb, Tints.Lawn);
    }

    private static void DrawPark(CityBlock block, Pen pen, double x0, double x1, double y0, double y1)
    {
        var (center, path, border) = (block.Center, OpenSpaceDrawing.HalfPath, OpenSpaceDrawing.Border - 0.25);
        Ring(pen, x0, x1, y0, y1, border, Tints.Paving);
        (x0, x1, y0, y1) = (x0 + border, x1 - border, y0 + border, y1 - border);
        foreach (var (from, to) in ((double, double)[])[(x0, center.X - path), (center.X + path, x1)])
        {
            pen.Level(CityMaterial.Ground, from, to, y0, center.Y - path, CityPlan.Kerb, Tints.Lawn);
            pen.Level(CityMaterial.Ground, from, to, center.Y + path, y1, CityPlan.Kerb, Tints.Lawn);
            pen.Level(CityMaterial.Ground, from, to, center.Y - path, center.Y + path, CityPlan.Kerb, Tints.Gravel);
        }
        pen.Level(CityMaterial.Ground, center.X - path, center.X + path, y0, y1, CityPlan.Kerb, Tints.Gravel);
        pen.Disc(CityMaterial.Ground, center.X, center.Y, CityPlan.Kerb + 0.03, 8, Tints.Gravel);
    }

    // Slabs of two tones.
    private static void DrawSquare(CityBlock block, Pen pen, double x0, double x1, double y0, double y1)
    {
        var columns = (int)((block.X1 - block.X0) / 6) | 1;
        for (var i = 0; i < columns; i++)
        {
            var (from, to) = (x0 + (x1 - x0) * i / columns, x0 + (x1 - x0) * (i + 1) / columns);
            for (var j = 0; j < columns; j++)
                pen.Level(CityMaterial.Ground, from, to, y0 + (y1 - y0) * j / columns, y0 + (y1 - y0) * (j + 1) / columns, CityPlan.Kerb, Tints.Paving * ((i + j) % 2 == 0 ? 1.08f : 0.92f));
        }
    }

    private static void DrawMedian(CityPlan plan, Pen pen)
    {
        var (x, half) = (plan.AvenueX, CityPlan.Median / 2);
        for (var i = 0; i + 1 < plan.StreetYs.Length; i++)
        {
            var (y0, y1) = (plan.StreetYs[i] + CityPlan.StreetWidth / 2 + 4, plan.StreetYs[i + 1] - CityPlan.StreetWidth / 2 - 4);
            pen.Box(CityMaterial.Ground, x - half, x + half, y0, y1, 0, CityPlan.Kerb, Tints.Kerb, BoxFaces.Sides);
            Ring(pen, x - half, x + half, y0, y1, 0.2, Tints.Kerb);
            pen.Level(CityMaterial.Ground, x - half + 0.2, x + half - 0.2, y0 + 0.2, y1 - 0.2, CityPlan.Kerb, Tints.Lawn);
        }
    }

    private static void DrawFields(double half, Pen pen)
    {
        var count = (int)((half + Around) / Field) + 1;
        for (var i = -count; i < count; i++)
        {
            for (var j = -count; j < count; j++)
            {
                var (x0, x1, y0, y1) = (Outside(i), Outside(i + 1), Outside(j), Outside(j + 1));
                if (x0 >= -half && x1 <= half && y0 >= -half && y1 <= half)
                    continue;
                var pick = CityRandom.For(77, i / 2 + 1000, j / 3 + 1000).Pick(Fields.Length);
                pen.Level(CityMaterial.Ground, x0, x1, y0, y1, -0.02, Fields[pick]);
            }
        }

        // Lines of the fields' grid; those next to the city lie on its edge.
        double Outside(int i)
        {
            var x = i * Field;
            return Math.Abs(x) <= half ? Math.Abs(x) > half - Field ? Math.CopySign(half, x) : x : x;
        }
    }

    // A strip along the inside of a rectangle's edge.
    private static void Ring(Pen pen, double x0, double x1, double y0, double y1, double width, Vector3 tint)
    {
        pen.Level(CityMaterial.Ground, x0, x1, y0, y0 + width, CityPlan.Kerb, tint);
        pen.Level(CityMaterial.Ground, x0, x1, y1 - width, y1, CityPlan.Kerb, tint);
        pen.Level(CityMaterial.Ground, x0, x0 + width, y0 + width, y1 - width, CityPlan.Kerb, tint);
        pen.Level(CityMaterial.Ground, x1 - width, x1, y0 + width, y1 - width, CityPlan.Kerb, tint);
    }
}
