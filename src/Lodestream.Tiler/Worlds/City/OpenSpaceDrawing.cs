using System.Numerics;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>Draws courts, parks and squares: trees, lamps, a fountain or a column; and benches. The ground itself is everywhere and always there: <see cref="GroundDrawing"/>.</summary>
internal static class OpenSpaceDrawing
{
    /// <summary>Half the width of a park's paths.</summary>
    public const double HalfPath = 2;

    /// <summary>From the kerb to a park's lawn.</summary>
    public const double Border = 4;

    private const double FountainRadius = 4;

    /// <summary>What is not small.</summary>
    public static void Draw(CityBlock block, CityDetail detail, CityMesh mesh, CityRandom random)
    {
        switch (block.Use)
        {
            case BlockUse.Park:
                DrawPark(block, detail, mesh, random);
                break;
            case BlockUse.Square:
                DrawSquare(block, detail, mesh, random);
                break;
            default:
                DrawCourt(block, detail, mesh, random);
                break;
        }
    }

    /// <summary>Benches.</summary>
    public static void DrawSmall(CityBlock block, CityMesh mesh)
    {
        if (block.Use == BlockUse.Built)
            return;
        var center = PlanFrame.At(block.Center).Moved(0, 0, CityPlan.Kerb);
        for (var turn = 0; turn < 4; turn++, center = center.Turned(0, 0))
        {
            foreach (var u in (ReadOnlySpan<double>)[9, 15])
            {
                StreetDrawing.DrawBench(new(mesh, center.Moved(u, 2.1)));
                StreetDrawing.DrawBench(new(mesh, center.Reversed(u + 3, -2.1)));
            }
        }
    }

    private static void DrawPark(CityBlock block, CityDetail detail, CityMesh mesh, CityRandom random)
    {
        var (center, placed) = (block.Center, 0);
        for (var attempt = 0; attempt < 90 && placed < 34; attempt++)
        {
            var (x, y, height) = (random.Next(block.X0 + Border + 1, block.X1 - Border - 1), random.Next(block.Y0 + Border + 1, block.Y1 - Border - 1), random.Next(6, 11));
            var (dx, dy) = (Math.Abs(x - center.X), Math.Abs(y - center.Y));
            if (dx < HalfPath + 2 || dy < HalfPath + 2 || dx * dx + dy * dy < 100)
                continue;
            TreeDrawing.Draw(mesh, new(x, y, CityPlan.Kerb), height, 0.42, detail, random);
            placed++;
        }
        if (detail != CityDetail.Box)
            DrawFountain(new(mesh, PlanFrame.At(center with { Z = CityPlan.Kerb })));
        if (detail == CityDetail.Whole)
            DrawLamps(block, mesh);
    }

    private static void DrawSquare(CityBlock block, CityDetail detail, CityMesh mesh, CityRandom random)
    {
        var center = block.Center;
        for (var x = block.X0 + 7; x < block.X1 - 6; x += 8)
        {
            for (var y = block.Y0 + 7; y < block.Y1 - 6; y += 8)
            {
                if (Math.Abs(x - center.X) < 11 && Math.Abs(y - center.Y) < 11)
                    continue;
                TreeDrawing.Draw(mesh, new(x, y, CityPlan.Kerb), random.Next(5.5, 7), 0.36, detail, random);
            }
        }
        var pen = new Pen(mesh, PlanFrame.At(center with { Z = CityPlan.Kerb }));
        pen.Box(CityMaterial.Stone, -2.6, 2.6, -2.6, 2.6, 0, 0.35, Tints.None);
        pen.Box(CityMaterial.Stone, -1.9, 1.9, -1.9, 1.9, 0.35, 0.7, Tints.None);
        pen.Box(CityMaterial.Stone, -1.1, 1.1, -1.1, 1.1, 0.7, 3, Tints.None);
        pen.Column(CityMaterial.Stone, 0, 0, 3, 13, 0.6, 0.45, Tints.None * 0.9f, Tints.None);
        pen.Box(CityMaterial.Stone, -0.7, 0.7, -0.7, 0.7, 13, 13.4, Tints.None, BoxFaces.All);
        pen.Column(CityMaterial.Metal, 0, 0, 13.4, 15.2, 0.35, 0.12, new(0.5f, 0.38f, 0.16f), new(0.7f, 0.55f, 0.25f));
        if (detail == CityDetail.Whole)
            DrawLamps(block, mesh);
    }

    private static void DrawCourt(CityBlock block, CityDetail detail, CityMesh mesh, CityRandom random)
    {
        var inset = CityPlan.Sidewalk + BuildingPlan.Depth + 3.5;
        for (var i = 0; i < 5; i++)
        {
            var (x, y, height) = (random.Next(block.X0 + inset, block.X1 - inset), random.Next(block.Y0 + inset, block.Y1 - inset), random.Next(5, 8));
            if (block.X1 - block.X0 > 2 * inset && block.Y1 - block.Y0 > 2 * inset)
                TreeDrawing.Draw(mesh, new(x, y, CityPlan.Kerb), height, 0.42, detail, random);
        }
    }

    private static void DrawFountain(Pen pen)
    {
        pen.Column(CityMaterial.Stone, 0, 0, 0, 0.55, FountainRadius, FountainRadius, Tints.None * 0.8f, Tints.None);
        pen.Disc(CityMaterial.Stone, 0, 0, 0.55, FountainRadius, Tints.None);
        pen.Disc(CityMaterial.Glass, 0, 0, 0.57, FountainRadius - 0.4, new(0.9f, 1.1f, 1.2f));
        pen.Column(CityMaterial.Stone, 0, 0, 0.5, 1.6, 0.5, 0.3, Tints.None * 0.8f, Tints.None);
        pen.Column(CityMaterial.Stone, 0, 0, 1.6, 1.8, 0.3, 1.4, Tints.None * 0.7f, Tints.None);
        pen.Disc(CityMaterial.Glass, 0, 0, 1.79, 1.35, new(0.9f, 1.1f, 1.2f));
    }

    private static void DrawLamps(CityBlock block, CityMesh mesh)
    {
        var center = PlanFrame.At(block.Center).Moved(0, 0, CityPlan.Kerb);
        for (var turn = 0; turn < 4; turn++, center = center.Turned(0, 0))
        {
            foreach (var u in (ReadOnlySpan<double>)[7, 18])
            {
                StreetDrawing.DrawLamp(new(mesh, center.Moved(u, 2.6)));
            }
        }
    }
}
