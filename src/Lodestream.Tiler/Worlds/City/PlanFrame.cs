using System.Numerics;
using Lodestream.Geometry;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>A place in the plan with two directions at right angles, counter-clockwise seen from above: along a façade and into the house, say.</summary>
/// <param name="Origin">Scene frame, metres.</param>
/// <param name="U">First direction, level, length 1.</param>
/// <param name="V">Second direction, level, length 1.</param>
internal readonly record struct PlanFrame(Vector3d Origin, Vector3d U, Vector3d V)
{
    public static PlanFrame At(Vector3d origin) => new(origin, Vector3d.UnitX, Vector3d.UnitY);

    public Vector3d Point(double u, double v, double h) => Origin + U * u + V * v + Vector3d.UnitZ * h;

    /// <summary>The same directions elsewhere.</summary>
    public PlanFrame Moved(double u, double v, double h = 0) => this with { Origin = Point(u, v, h) };

    /// <summary>A quarter turn to the left, at a point of this frame.</summary>
    public PlanFrame Turned(double u, double v, double h = 0) => new(Point(u, v, h), V, -U);

    /// <summary>Half a turn, at a point of this frame.</summary>
    public PlanFrame Reversed(double u, double v, double h = 0) => new(Point(u, v, h), -U, -V);
}

/// <summary>An opening in a wall: where along it, and from what height to what height above its foot.</summary>
internal readonly record struct Opening(double From, double To, double Sill, double Head, bool IsDoor = false);

/// <summary>Faces of a box.</summary>
[Flags]
internal enum BoxFaces
{
    Front = 1,
    Back = 2,
    Left = 4,
    Right = 8,
    Top = 16,
    Bottom = 32,
    Sides = Front | Back | Left | Right,
    Standing = Sides | Top,
    All = Standing | Bottom,
}

/// <summary>Draws in a frame: boxes, walls, floors.</summary>
internal sealed class Pen(CityMesh mesh, PlanFrame frame)
{
    // How dark what meets the floor is; light of the sky reaches edges less.
    private const float FootShade = 0.82f, UnderShade = 0.6f;

    public CityMesh Mesh => mesh;

    public PlanFrame Frame => frame;

    public Pen In(PlanFrame other) => new(mesh, other);

    /// <summary>A box; its faces are lit as by the sky, darker below.</summary>
    public void Box(CityMaterial material, double u0, double u1, double v0, double v1, double h0, double h1, Vector3 tint, BoxFaces faces = BoxFaces.Standing)
    {
        var (low, top) = (tint * FootShade, tint);
        if (faces.HasFlag(BoxFaces.Front))
            mesh.Quad(material, frame.Point(u0, v0, h0), frame.Point(u1, v0, h0), frame.Point(u1, v0, h1), frame.Point(u0, v0, h1), low, low, top, top);
        if (faces.HasFlag(BoxFaces.Back))
            mesh.Quad(material, frame.Point(u1, v1, h0), frame.Point(u0, v1, h0), frame.Point(u0, v1, h1), frame.Point(u1, v1, h1), low, low, top, top);
        if (faces.HasFlag(BoxFaces.Left))
            mesh.Quad(material, frame.Point(u0, v1, h0), frame.Point(u0, v0, h0), frame.Point(u0, v0, h1), frame.Point(u0, v1, h1), low, low, top, top);
        if (faces.HasFlag(BoxFaces.Right))
            mesh.Quad(material, frame.Point(u1, v0, h0), frame.Point(u1, v1, h0), frame.Point(u1, v1, h1), frame.Point(u1, v0, h1), low, low, top, top);
        if (faces.HasFlag(BoxFaces.Top))
            Level(material, u0, u1, v0, v1, h1, tint);
        if (faces.HasFlag(BoxFaces.Bottom))
            Under(material, u0, u1, v0, v1, h0, tint * UnderShade);
    }

    /// <summary>A level face seen from above.</summary>
    public void Level(CityMaterial material, double u0, double u1, double v0, double v1, double h, Vector3 tint) =>
        mesh.Quad(material, frame.Point(u0, v0, h), frame.Point(u1, v0, h), frame.Point(u1, v1, h), frame.Point(u0, v1, h), tint);

    /// <summary>A level face seen from below.</summary>
    public void Under(CityMaterial material, double u0, double u1, double v0, double v1, double h, Vector3 tint) =>
        mesh.Quad(material, frame.Point(u0, v1, h), frame.Point(u1, v1, h), frame.Point(u1, v0, h), frame.Point(u0, v0, h), tint);

    /// <summary>A ceiling: it has the light that the floor throws back, which no lamp of a viewer gives it; a normal that is turned aside stands for it.</summary>
    public void Ceiling(CityMaterial material, double u0, double u1, double v0, double v1, double h, Vector3 tint) => mesh.QuadLitFrom(material, (frame.V * 0.9 - Vector3d.UnitZ * 0.1).Normalized(),
        frame.Point(u0, v1, h), frame.Point(u1, v1, h), frame.Point(u1, v0, h), frame.Point(u0, v0, h), tint);

    /// <summary>An upright face at a depth, seen from the front (from smaller v).</summary>
    public void Face(CityMaterial material, double u0, double u1, double h0, double h1, double v, Vector3 low, Vector3 high)
    {
        if (u1 - u0 > 1e-6 && h1 - h0 > 1e-6)
            mesh.Quad(material, frame.Point(u0, v, h0), frame.Point(u1, v, h0), frame.Point(u1, v, h1), frame.Point(u0, v, h1), low, low, high, high);
    }

    /// <summary>An upright face at a depth, seen from the back.</summary>
    public void BackFace(CityMaterial material, double u0, double u1, double h0, double h1, double v, Vector3 low, Vector3 high)
    {
        if (u1 - u0 > 1e-6 && h1 - h0 > 1e-6)
            mesh.Quad(material, frame.Point(u1, v, h0), frame.Point(u0, v, h0), frame.Point(u0, v, h1), frame.Point(u1, v, h1), low, low, high, high);
    }

    /// <summary>A wall's face with openings.</summary>
    /// <param name="material">Of what.</param>
    /// <param name="u0">Where it begins.</param>
    /// <param name="u1">Where it ends.</param>
    /// <param name="h0">Its foot.</param>
    /// <param name="h1">Its top.</param>
    /// <param name="v">Its depth.</param>
    /// <param name="openings">In order, apart from each other; heights from its foot.</param>
    /// <param name="low">Tint at its foot.</param>
    /// <param name="high">Tint at its top.</param>
    /// <param name="isBack">Whether it is seen from the back.</param>
    public void Wall(CityMaterial material, double u0, double u1, double h0, double h1, double v, ReadOnlySpan<Opening> openings, Vector3 low, Vector3 high, bool isBack = false)
    {
        var u = u0;
        foreach (var opening in openings)
        {
            Piece(u, opening.From, h0, h1);
            Piece(opening.From, opening.To, h0, h0 + opening.Sill);
            Piece(opening.From, opening.To, h0 + opening.Head, h1);
            u = opening.To;
        }
        Piece(u, u1, h0, h1);

        void Piece(double from, double to, double foot, double top)
        {
            var (below, above) = (Between(foot), Between(top));
            if (isBack)
                BackFace(material, from, to, foot, top, v, below, above);
            else
                Face(material, from, to, foot, top, v, below, above);
        }

        Vector3 Between(double h) => Vector3.Lerp(low, high, (float)((h - h0) / (h1 - h0)));
    }

    /// <summary>The sides of openings through a wall, and the floor under doors: from one depth to another.</summary>
    public void Reveals(CityMaterial material, double h0, double from, double to, ReadOnlySpan<Opening> openings, Vector3 tint)
    {
        var (side, above) = (tint * 0.78f, tint * 0.62f);
        foreach (var o in openings)
        {
            var (foot, head) = (h0 + o.Sill, h0 + o.Head);
            mesh.Quad(material, frame.Point(o.From, from, foot), frame.Point(o.From, to, foot), frame.Point(o.From, to, head), frame.Point(o.From, from, head), side);
            mesh.Quad(material, frame.Point(o.To, to, foot), frame.Point(o.To, from, foot), frame.Point(o.To, from, head), frame.Point(o.To, to, head), side);
            Under(material, o.From, o.To, from, to, head, above);
            Level(material, o.From, o.To, from, to, foot, tint);
        }
    }

    /// <summary>A round upright thing of eight sides, narrower at its top perhaps; without ends.</summary>
    public void Column(CityMaterial material, double u, double v, double h0, double h1, double radius0, double radius1, Vector3 low, Vector3 high)
    {
        for (var i = 0; i < 8; i++)
        {
            var (a, b) = (Ring[i], Ring[(i + 1) % 8]);
            mesh.Quad(material, frame.Point(u + a.X * radius0, v + a.Y * radius0, h0), frame.Point(u + b.X * radius0, v + b.Y * radius0, h0),
                frame.Point(u + b.X * radius1, v + b.Y * radius1, h1), frame.Point(u + a.X * radius1, v + a.Y * radius1, h1), low, low, high, high);
        }
    }

    /// <summary>An eight-sided level face seen from above.</summary>
    public void Disc(CityMaterial material, double u, double v, double h, double radius, Vector3 tint)
    {
        for (var i = 0; i < 8; i += 2)
        {
            var (a, b, c) = (Ring[i], Ring[i + 1], Ring[(i + 2) % 8]);
            mesh.Quad(material, frame.Point(u, v, h), frame.Point(u + a.X * radius, v + a.Y * radius, h), frame.Point(u + b.X * radius, v + b.Y * radius, h), frame.Point(u + c.X * radius, v + c.Y * radius, h), tint);
        }
    }

    // The corners of an octagon; √½ as a constant, so that every machine has the same.
    private const double Diagonal = 0.7071067811865476;

    private static readonly (double X, double Y)[] Ring =
        [(1, 0), (Diagonal, Diagonal), (0, 1), (-Diagonal, Diagonal), (-1, 0), (-Diagonal, -Diagonal), (0, -1), (Diagonal, -Diagonal)];
}
