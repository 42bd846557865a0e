using System.Numerics;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>Draws what stands along a street: trees, lamps, parked cars, the markings; and what is small: benches, bins, bollards.</summary>
internal static class StreetDrawing
{
    /// <summary>Half the width of trees along sidewalks, in parts of their height: they stay out of the windows.</summary>
    private const double NarrowTree = 0.3;

    private const double MarkingHeight = 0.02, TreeStep = 9.5, Corner = 6, CarStep = 6.2;

    private static readonly Vector3[] CarTints =
        [Tints.Hex(0xB23A34), Tints.Hex(0x2E4E7E), Tints.Hex(0xE8E6E0), Tints.Hex(0x3A3D42), Tints.Hex(0x8A8F94), Tints.Hex(0x4F6B52), Tints.Hex(0xD8A33A), Tints.Hex(0xBFC3C6)];

    private static readonly Vector3 Tyre = new(0.22f, 0.22f, 0.22f), Leaf = new(0.5f, 0.42f, 0.36f);

    /// <summary>A side of a street.</summary>
    public static void Draw(PlanFrame frame, double length, double across, CityDetail detail, CityMesh mesh, CityRandom random)
    {
        var pen = new Pen(mesh, frame);
        var isNear = detail is CityDetail.Whole or CityDetail.Flat;
        for (var u = Corner; u < length - Corner; u += TreeStep)
        {
            var (height, present) = (random.Next(6, 8.5), random.Chance(0.85));
            if (present)
                TreeDrawing.Draw(mesh, frame.Point(u, 0.95, CityPlan.Kerb), height, NarrowTree, detail, random);
            if (present && detail == CityDetail.Whole)
                pen.Level(CityMaterial.Ground, u - 0.6, u + 0.6, 0.4, 1.6, CityPlan.Kerb + 0.012, Tints.Hex(0x6E5B45));
        }
        for (var u = Corner + 1; u < length - Corner - 5; u += CarStep)
        {
            if (!random.Chance(0.55))
                continue;
            var (tint, shift) = (CarTints[random.Pick(CarTints.Length)], random.Next(-0.4, 0.4));
            if (isNear)
                DrawCar(new(mesh, frame.Moved(u + shift, -2)), tint, detail);
        }
        if (detail == CityDetail.Whole)
        {
            for (var u = Corner + TreeStep / 2; u < length - 3; u += TreeStep * 2)
                DrawLamp(new(mesh, frame.Moved(u, 0.55, CityPlan.Kerb)));
        }
        if (across > 0 && isNear)
            DrawMarkings(pen, length, across);
        if (across > CityPlan.StreetWidth)
            DrawMedian(frame, length, across, detail, mesh, random);
    }

    /// <summary>What is small along a side of a street.</summary>
    public static void DrawSmall(PlanFrame frame, double length, CityMesh mesh)
    {
        for (var u = Corner + TreeStep * 0.25; u < length - Corner; u += TreeStep * 2)
            DrawBench(new(mesh, frame.Moved(u, 0.5, CityPlan.Kerb)));
        for (var u = Corner + TreeStep * 0.75; u < length - Corner; u += TreeStep * 2)
        {
            var pen = new Pen(mesh, frame.Moved(u, 0.6, CityPlan.Kerb));
            pen.Column(CityMaterial.Metal, 0, 0, 0, 0.8, 0.2, 0.23, new(0.08f, 0.16f, 0.11f), new(0.11f, 0.22f, 0.15f));
            pen.Disc(CityMaterial.Metal, 0, 0, 0.78, 0.22, Tints.Iron * 0.5f);
        }
        foreach (var u in (ReadOnlySpan<double>)[1.2, 2.4, 3.6, length - 3.6, length - 2.4, length - 1.2])
        {
            var pen = new Pen(mesh, frame.Moved(u, 0.3, CityPlan.Kerb));
            pen.Column(CityMaterial.Metal, 0, 0, 0, 0.85, 0.07, 0.06, Tints.Iron, Tints.Iron);
            pen.Disc(CityMaterial.Metal, 0, 0, 0.85, 0.06, Tints.Iron * 1.4f);
        }
    }

    /// <summary>A bench, seen from −v when one sits on it.</summary>
    public static void DrawBench(Pen pen)
    {
        foreach (var v in (ReadOnlySpan<double>)[0, 0.16, 0.32])
            pen.Box(CityMaterial.Wood, -0.8, 0.8, v, v + 0.12, 0.42, 0.46, Leaf * 1.4f, BoxFaces.All);
        foreach (var h in (ReadOnlySpan<double>)[0.58, 0.74])
            pen.Box(CityMaterial.Wood, -0.8, 0.8, 0.46, 0.5, h, h + 0.12, Leaf * 1.4f, BoxFaces.All);
        foreach (var u in (ReadOnlySpan<double>)[-0.66, 0.6])
        {
            pen.Box(CityMaterial.Metal, u, u + 0.06, 0.02, 0.46, 0, 0.42, Tints.Iron);
            pen.Box(CityMaterial.Metal, u, u + 0.06, 0.5, 0.54, 0, 0.86, Tints.Iron);
        }
    }

    /// <summary>A street lamp.</summary>
    public static void DrawLamp(Pen pen)
    {
        pen.Column(CityMaterial.Metal, 0, 0, 0, 0.5, 0.12, 0.1, Tints.Iron, Tints.Iron);
        pen.Column(CityMaterial.Metal, 0, 0, 0.5, 5.2, 0.06, 0.045, Tints.Iron, Tints.Iron);
        pen.Box(CityMaterial.Metal, -0.04, 0.04, -1.3, 0, 5.12, 5.2, Tints.Iron, BoxFaces.All);
        pen.Box(CityMaterial.Metal, -0.14, 0.14, -1.55, -0.95, 5.04, 5.14, Tints.Iron * 1.3f, BoxFaces.All);
        pen.Under(CityMaterial.Paint, -0.11, 0.11, -1.5, -1, 5.035, Tints.None);
    }

    private static void DrawCar(Pen pen, Vector3 tint, CityDetail detail)
    {
        // Along u, its front at the right; metres.
        const double length = 4.2, width = 1.76;
        var (mesh, f) = (pen.Mesh, pen.Frame);
        Prism(CityMaterial.Paint, [(0, 0.32), (4.2, 0.32), (4.2, 0.68), (3.15, 0.88), (0.1, 0.92), (0, 0.7)], 0, width, tint);
        Prism(CityMaterial.Paint, [(0.35, 0.9), (3.2, 0.87), (2.4, 1.42), (0.85, 1.44)], 0.12, width - 0.12, tint);
        if (detail != CityDetail.Whole)
            return;

        // Panes, a little before the cabin; wheels; lights.
        foreach (var (v, isBack) in ((double, bool)[])[(0.115, false), (width - 0.115, true)])
        {
            Pane((0.62, 0.95), (1.62, 0.95), (1.62, 1.36), (0.95, 1.37), v, isBack);
            Pane((1.72, 0.95), (2.9, 0.93), (2.32, 1.35), (1.72, 1.36), v, isBack);
        }
        mesh.Quad(CityMaterial.Glass, f.Point(3.14, 0.2, 0.93), f.Point(3.14, width - 0.2, 0.93), f.Point(2.47, width - 0.22, 1.4), f.Point(2.47, 0.22, 1.4), Tints.None * 0.4f);
        mesh.Quad(CityMaterial.Glass, f.Point(0.4, width - 0.2, 0.97), f.Point(0.4, 0.2, 0.97), f.Point(0.79, 0.22, 1.4), f.Point(0.79, width - 0.22, 1.4), Tints.None * 0.4f);
        foreach (var u in (ReadOnlySpan<double>)[0.8, 3.35])
        {
            Wheel(u, 0.02, 0.22);
            Wheel(u, width - 0.22, width - 0.02);
        }
        foreach (var v in (ReadOnlySpan<double>)[0.1, width - 0.45])
        {
            pen.Box(CityMaterial.Paint, length - 0.02, length + 0.02, v, v + 0.35, 0.52, 0.66, Tints.None);
            pen.Box(CityMaterial.Paint, -0.02, 0.02, v, v + 0.35, 0.55, 0.68, Tints.Hex(0xA02020));
        }

        void Pane((double U, double H) a, (double U, double H) b, (double U, double H) c, (double U, double H) d, double v, bool isBack)
        {
            if (isBack)
                (a, b, c, d) = (b, a, d, c);
            mesh.Quad(CityMaterial.Glass, f.Point(a.U, v, a.H), f.Point(b.U, v, b.H), f.Point(c.U, v, c.H), f.Point(d.U, v, d.H), Tints.None * 0.4f);
        }

        void Wheel(double u, double v0, double v1)
        {
            const double r = 0.32, d = r * 0.7071067811865476;
            Prism(CityMaterial.Metal, [(u - d, r - d), (u, 0), (u + d, r - d), (u + r, r), (u + d, r + d), (u, 2 * r), (u - d, r + d), (u - r, r)], v0, v1, Tyre);
        }

        void Prism(CityMaterial material, ReadOnlySpan<(double U, double H)> outline, double v0, double v1, Vector3 color)
        {
            for (var i = 0; i < outline.Length; i++)
            {
                var (a, b) = (outline[i], outline[(i + 1) % outline.Length]);
                var shade = (float)Math.Clamp(0.5 + 0.5 * Math.Max(a.H, b.H), 0.55, 1);
                mesh.Quad(material, f.Point(b.U, v0, b.H), f.Point(a.U, v0, a.H), f.Point(a.U, v1, a.H), f.Point(b.U, v1, b.H), color * shade);
            }
            for (var i = 1; i + 1 < outline.Length; i += 2)
            {
                var (a, b, c, d) = (outline[0], outline[i], outline[i + 1], outline[Math.Min(i + 2, outline.Length - 1)]);
                mesh.Quad(material, f.Point(a.U, v0, a.H), f.Point(b.U, v0, b.H), f.Point(c.U, v0, c.H), f.Point(d.U, v0, d.H), color * 0.8f, color * 0.8f, color, color);
                mesh.Quad(material, f.Point(d.U, v1, d.H), f.Point(c.U, v1, c.H), f.Point(b.U, v1, b.H), f.Point(a.U, v1, a.H), color, color, color * 0.8f, color * 0.8f);
            }
        }
    }

    private static void DrawMarkings(Pen pen, double length, double across)
    {
        var isAvenue = across > CityPlan.StreetWidth;
        var lanes = isAvenue ? (double[])[across / 2 - 5.3, across / 2 + 5.3] : [across / 2];
        foreach (var v in lanes)
        {
            for (var u = Corner; u < length - Corner - 1; u += 5)
                pen.Level(CityMaterial.Ground, u, u + 2.2, -v - 0.07, -v + 0.07, MarkingHeight, Tints.Marking);
        }

        // Where people cross.
        foreach (var u in (ReadOnlySpan<double>)[0.6, length - 3.6])
        {
            for (var v = 0.5; v + 0.5 < across - 0.3; v += 1.0)
            {
                if (!isAvenue || Math.Abs(v + 0.25 - across / 2) > CityPlan.Median / 2 + 0.4)
                    pen.Level(CityMaterial.Ground, u, u + 3, -v - 0.5, -v, MarkingHeight, Tints.Marking);
            }
        }
    }

    private static void DrawMedian(PlanFrame frame, double length, double across, CityDetail detail, CityMesh mesh, CityRandom random)
    {
        for (var u = Corner; u < length - Corner; u += TreeStep * 0.8)
            TreeDrawing.Draw(mesh, frame.Point(u, -across / 2, CityPlan.Kerb), random.Next(7, 9.5), 0.36, detail, random);
    }
}
