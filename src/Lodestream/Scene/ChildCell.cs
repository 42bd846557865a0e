using Lodestream.Geometry;

namespace Lodestream.Scene;

/// <summary>A box in which fragments are kept or discarded: centre and half lengths along its own axes; an infinite half length does not bound.</summary>
public readonly struct ChildCell
{
    private ChildCell(int orientation, Vector3d min, Vector3d max) => (Orientation, Min, Max) = (orientation, min, max);

    /// <summary>Index of the axes in the tree.</summary>
    internal int Orientation { get; }

    /// <summary>Least coordinates along the cell's axes, metres from the scene's origin; −∞ where unbounded.</summary>
    public Vector3d Min { get; }

    /// <summary>Greatest coordinates along the cell's axes, metres from the scene's origin; ∞ where unbounded.</summary>
    public Vector3d Max { get; }

    internal static ChildCell Everything(int orientation) => new(orientation,
        new(double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity),
        new(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity));

    internal ChildCell BoundedBy(in TileNode node, in Orientation axes, byte maskAxes)
    {
        var center = new Vector3d(node.CenterX, node.CenterY, node.CenterZ);
        if (node.Orientation != 0)
            center = new(Vector3d.Dot(center, axes.X), Vector3d.Dot(center, axes.Y), Vector3d.Dot(center, axes.Z));
        var (min, max) = (Min, Max);
        if ((maskAxes & 1) != 0)
            (min, max) = (min with { X = Math.Max(min.X, center.X - node.HalfX) }, max with { X = Math.Min(max.X, center.X + node.HalfX) });
        if ((maskAxes & 2) != 0)
            (min, max) = (min with { Y = Math.Max(min.Y, center.Y - node.HalfY) }, max with { Y = Math.Min(max.Y, center.Y + node.HalfY) });
        if ((maskAxes & 4) != 0)
            (min, max) = (min with { Z = Math.Max(min.Z, center.Z - node.HalfZ) }, max with { Z = Math.Min(max.Z, center.Z + node.HalfZ) });
        return new(Orientation, min, max);
    }
}
