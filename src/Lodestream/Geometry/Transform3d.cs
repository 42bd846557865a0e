namespace Lodestream.Geometry;

/// <summary>
/// An affine transform of column vectors: three basis columns and a translation.
/// The bottom row of the 4 × 4 matrix is (0, 0, 0, 1) and not stored.
/// </summary>
public readonly record struct Transform3d(Vector3d X, Vector3d Y, Vector3d Z, Vector3d Translation)
{
    /// <summary>The transform that changes nothing.</summary>
    public static readonly Transform3d Identity = new(Vector3d.UnitX, Vector3d.UnitY, Vector3d.UnitZ, Vector3d.Zero);

    /// <summary>Applies <paramref name="inner"/> first, then <paramref name="outer"/>.</summary>
    public static Transform3d operator *(in Transform3d outer, in Transform3d inner) => new(
        outer.Direction(inner.X), outer.Direction(inner.Y), outer.Direction(inner.Z), outer.Point(inner.Translation));

    /// <summary>Reads a 4 × 4 matrix in column-major order, as in 3D Tiles' <c>transform</c>.</summary>
    /// <param name="m">Sixteen numbers; the bottom row is taken to be (0, 0, 0, 1).</param>
    /// <exception cref="ArgumentException">Not sixteen numbers.</exception>
    public static Transform3d FromColumnMajor(ReadOnlySpan<double> m)
    {
        if (m.Length != 16)
            throw new ArgumentException("A column-major transform has sixteen numbers.", nameof(m));
        return new(new(m[0], m[1], m[2]), new(m[4], m[5], m[6]), new(m[8], m[9], m[10]), new(m[12], m[13], m[14]));
    }

    /// <summary>Writes the 4 × 4 matrix in column-major order.</summary>
    /// <param name="m">Room for sixteen numbers.</param>
    public void CopyColumnMajor(Span<double> m)
    {
        (m[0], m[1], m[2], m[3]) = (X.X, X.Y, X.Z, 0);
        (m[4], m[5], m[6], m[7]) = (Y.X, Y.Y, Y.Z, 0);
        (m[8], m[9], m[10], m[11]) = (Z.X, Z.Y, Z.Z, 0);
        (m[12], m[13], m[14], m[15]) = (Translation.X, Translation.Y, Translation.Z, 1);
    }

    /// <summary>Transforms a point.</summary>
    public Vector3d Point(Vector3d p) => X * p.X + Y * p.Y + Z * p.Z + Translation;

    /// <summary>Transforms a direction: the translation does not apply.</summary>
    public Vector3d Direction(Vector3d d) => X * d.X + Y * d.Y + Z * d.Z;

    /// <summary>The largest factor by which this transform stretches a basis vector; 3D Tiles scales geometric errors and spheres by it.</summary>
    public double MaximumScale => Math.Sqrt(Math.Max(X.LengthSquared, Math.Max(Y.LengthSquared, Z.LengthSquared)));
}
