namespace Lodestream.Geometry;

/// <summary>Three doubles: a position or a direction. Positions are metres in the scene's frame unless said otherwise.</summary>
public readonly record struct Vector3d(double X, double Y, double Z)
{
    /// <summary>The origin.</summary>
    public static readonly Vector3d Zero;

    /// <summary>Unit vector along x.</summary>
    public static readonly Vector3d UnitX = new(1, 0, 0);

    /// <summary>Unit vector along y.</summary>
    public static readonly Vector3d UnitY = new(0, 1, 0);

    /// <summary>Unit vector along z.</summary>
    public static readonly Vector3d UnitZ = new(0, 0, 1);

    /// <summary>Euclidean length.</summary>
    public double Length => Math.Sqrt(LengthSquared);

    /// <summary>Square of the Euclidean length.</summary>
    public double LengthSquared => X * X + Y * Y + Z * Z;

    /// <summary>Whether all three components are finite numbers.</summary>
    public bool IsFinite => double.IsFinite(X) && double.IsFinite(Y) && double.IsFinite(Z);

    /// <summary>Component-wise sum.</summary>
    public static Vector3d operator +(Vector3d a, Vector3d b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    /// <summary>Component-wise difference.</summary>
    public static Vector3d operator -(Vector3d a, Vector3d b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    /// <summary>Negation.</summary>
    public static Vector3d operator -(Vector3d a) => new(-a.X, -a.Y, -a.Z);

    /// <summary>Scaling.</summary>
    public static Vector3d operator *(Vector3d a, double s) => new(a.X * s, a.Y * s, a.Z * s);

    /// <summary>Scaling.</summary>
    public static Vector3d operator *(double s, Vector3d a) => new(a.X * s, a.Y * s, a.Z * s);

    /// <summary>Division by a scalar.</summary>
    public static Vector3d operator /(Vector3d a, double s) => new(a.X / s, a.Y / s, a.Z / s);

    /// <summary>Dot product.</summary>
    public static double Dot(Vector3d a, Vector3d b) => a.X * b.X + a.Y * b.Y + a.Z * b.Z;

    /// <summary>Cross product, right-handed.</summary>
    public static Vector3d Cross(Vector3d a, Vector3d b) =>
        new(a.Y * b.Z - a.Z * b.Y, a.Z * b.X - a.X * b.Z, a.X * b.Y - a.Y * b.X);

    /// <summary>Distance between two points.</summary>
    public static double Distance(Vector3d a, Vector3d b) => (a - b).Length;

    /// <summary>Linear interpolation: <paramref name="a"/> at 0, <paramref name="b"/> at 1.</summary>
    public static Vector3d Lerp(Vector3d a, Vector3d b, double t) => a + (b - a) * t;

    /// <summary>Component-wise minimum.</summary>
    public static Vector3d Min(Vector3d a, Vector3d b) => new(Math.Min(a.X, b.X), Math.Min(a.Y, b.Y), Math.Min(a.Z, b.Z));

    /// <summary>Component-wise maximum.</summary>
    public static Vector3d Max(Vector3d a, Vector3d b) => new(Math.Max(a.X, b.X), Math.Max(a.Y, b.Y), Math.Max(a.Z, b.Z));

    /// <summary>This direction with length 1; <see cref="Zero"/> stays <see cref="Zero"/>.</summary>
    public Vector3d Normalized()
    {
        var length = Length;
        return length > 0 ? this / length : Zero;
    }
}
