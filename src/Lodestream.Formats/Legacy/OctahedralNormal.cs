using Lodestream.Geometry;

namespace Lodestream.Formats.Legacy;

/// <summary>Unit vectors as two coordinates on an unfolded octahedron (Cigolle et al., "A Survey of Efficient Representations for Independent Unit Vectors", 2014).</summary>
internal static class OctahedralNormal
{
    /// <summary>The unit vector.</summary>
    /// <param name="x">First coordinate, −1 … 1.</param>
    /// <param name="y">Second coordinate, −1 … 1.</param>
    public static Vector3d Decode(double x, double y)
    {
        var z = 1 - Math.Abs(x) - Math.Abs(y);
        if (z < 0)
            (x, y) = ((1 - Math.Abs(y)) * (x < 0 ? -1 : 1), (1 - Math.Abs(x)) * (y < 0 ? -1 : 1));
        return new Vector3d(x, y, z).Normalized();
    }
}
