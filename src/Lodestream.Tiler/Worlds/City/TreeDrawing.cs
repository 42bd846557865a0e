using System.Numerics;
using Lodestream.Geometry;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>Draws trees: a trunk and a few round masses of leaves, darker below.</summary>
internal static class TreeDrawing
{
    // The golden ratio and the length of (1, φ): corners of an icosahedron on the unit sphere.
    private const double Golden = 1.618033988749895, Long = 1.902113032590307, A = 1 / Long, B = Golden / Long;

    private static readonly Vector3d[] Corners =
    [
        new(-A, B, 0), new(A, B, 0), new(-A, -B, 0), new(A, -B, 0), new(0, -A, B), new(0, A, B), new(0, -A, -B), new(0, A, -B), new(B, 0, -A), new(B, 0, A), new(-B, 0, -A), new(-B, 0, A),
    ];

    private static readonly (int A, int B, int C)[] Faces =
    [
        (0, 11, 5), (0, 5, 1), (0, 1, 7), (0, 7, 10), (0, 10, 11), (1, 5, 9), (5, 11, 4), (11, 10, 2), (10, 7, 6), (7, 1, 8),
        (3, 9, 4), (3, 4, 2), (3, 2, 6), (3, 6, 8), (3, 8, 9), (4, 9, 5), (2, 4, 11), (6, 2, 10), (8, 6, 7), (9, 8, 1),
    ];

    // Of leaves: one in the middle, and others about it.
    private const int Masses = 7;

    // How far the outermost mass reaches at most, in radii of the one in the middle.
    private const double Reach = 1.5;

    private static readonly Vector3[] Greens = [new(0.84f, 0.9f, 0.8f), new(0.7f, 0.82f, 0.72f), new(0.98f, 0.96f, 0.72f), new(0.76f, 0.9f, 0.82f)];

    /// <summary>A tree.</summary>
    /// <param name="mesh">Where to.</param>
    /// <param name="foot">Where it stands.</param>
    /// <param name="height">Metres.</param>
    /// <param name="spread">Half its width in parts of its height; in streets trees are kept narrow.</param>
    /// <param name="detail">How much of it.</param>
    /// <param name="random">What decides its shape; the same draws for each detail.</param>
    public static void Draw(CityMesh mesh, Vector3d foot, double height, double spread, CityDetail detail, CityRandom random)
    {
        var (tint, crown, radius) = (Greens[random.Pick(Greens.Length)], height * 0.62, height * spread / Reach);
        var masses = new (Vector3d Center, double Radius)[Masses];
        masses[0] = (foot + new Vector3d(0, 0, crown), radius * 0.92);
        for (var i = 1; i < masses.Length; i++)
        {
            var offset = new Vector3d(random.Next(-1, 1), random.Next(-1, 1), random.Next(-0.5, 0.85));
            masses[i] = (masses[0].Center + offset * (radius * 0.66), radius * random.Next(0.4, 0.62));
        }
        if (detail is not CityDetail.Box)
            new Pen(mesh, PlanFrame.At(foot)).Column(CityMaterial.Wood, 0, 0, 0, crown, height * 0.028, height * 0.018, new(0.4f, 0.36f, 0.34f), new(0.5f, 0.46f, 0.44f));
        if (detail is CityDetail.Whole)
        {
            foreach (var (center, r) in masses)
                Blob(mesh, center, r, 0.92, 1, 1, tint);
        }
        else if (detail is CityDetail.Flat)
            Blob(mesh, masses[0].Center, radius * 1.22, 0.95, 1, 1, tint);
        else
            Blob(mesh, masses[0].Center, radius * 1.22, 0.95, 0, 1, tint);
    }

    /// <summary>A round, uneven mass of leaves.</summary>
    /// <param name="mesh">Where to.</param>
    /// <param name="center">Its middle.</param>
    /// <param name="radius">Metres.</param>
    /// <param name="squash">Its height in parts of its width.</param>
    /// <param name="divisions">How often the icosahedron's faces are divided by four.</param>
    /// <param name="shade">How bright it is at the top.</param>
    /// <param name="tint">Its colour.</param>
    public static void Blob(CityMesh mesh, Vector3d center, double radius, double squash, int divisions, float shade, Vector3 tint)
    {
        List<Vector3d> points = [.. Corners];
        List<(int A, int B, int C)> faces = [.. Faces];
        for (var i = 0; i < divisions; i++)
            Divide(points, ref faces);
        var first = -1;
        for (var i = 0; i < points.Count; i++)
        {
            var p = points[i];

            // Uneven by place on the sphere, so that every mass looks grown, at no cost in random numbers.
            var bump = 1 + 0.11 * ((i * 7919 + (int)(radius * 1000)) % 17 / 8.0 - 1);
            var point = center + new Vector3d(p.X * radius * bump, p.Y * radius * bump, p.Z * radius * bump * squash);
            var light = shade * (float)((0.7 + 0.3 * (p.Z + 1) / 2) * (0.92 + 0.6 * (bump - 0.89)));

            // Leaves let light through: what is turned down is not as dark as a stone there.
            var lit = (p with { Z = p.Z * 0.65 + 0.3 }).Normalized();
            var number = mesh.Vertex(CityMaterial.Foliage, point, lit, tint * light);
            if (first < 0)
                first = number;
        }
        foreach (var (a, b, c) in faces)
            mesh.Triangle(CityMaterial.Foliage, first + a, first + b, first + c);
    }

    private static void Divide(List<Vector3d> points, ref List<(int A, int B, int C)> faces)
    {
        var middles = new Dictionary<(int, int), int>();
        var divided = new List<(int, int, int)>(faces.Count * 4);
        foreach (var (a, b, c) in faces)
        {
            var (ab, bc, ca) = (Middle(a, b), Middle(b, c), Middle(c, a));
            divided.AddRange([(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]);
        }
        faces = divided;

        int Middle(int a, int b)
        {
            var key = (Math.Min(a, b), Math.Max(a, b));
            if (!middles.TryGetValue(key, out var number))
            {
                middles[key] = number = points.Count;
                points.Add((points[a] + points[b]).Normalized());
            }
            return number;
        }
    }
}
