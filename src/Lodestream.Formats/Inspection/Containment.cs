using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;

namespace Lodestream.Formats.Inspection;

/// <summary>Whether volumes lie in others, with room for rounding.</summary>
internal static class Containment
{
    // Of the outer volume's radius: coordinates in files are often rounded to centimetres or to single precision.
    public const double Tolerance = 1e-3;

    // Boxes around regions are a little larger than the regions and turned differently: those are compared with more room.
    public const double RegionTolerance = 0.05;

    private const double Angle = 1e-8;

    /// <summary>How far an inner volume reaches out of an outer one, metres; 0 where it does not, or by no more than rounding.</summary>
    public static double Excess(in WrittenVolume innerWritten, in BoundingVolume inner, in WrittenVolume outerWritten, in BoundingVolume outer)
    {
        if (innerWritten.Kind == VolumeKind.Region && outerWritten.Kind == VolumeKind.Region)
            return RegionExcess(innerWritten.Numbers, outerWritten.Numbers);
        var tolerance = innerWritten.Kind == VolumeKind.Region || outerWritten.Kind == VolumeKind.Region ? RegionTolerance : Tolerance;
        return Excess(inner, outer, tolerance);
    }

    /// <summary>How far an inner volume reaches out of an outer one, metres.</summary>
    public static double Excess(in BoundingVolume inner, in BoundingVolume outer, double tolerance = Tolerance)
    {
        var excess = 0.0;
        if (inner.Shape == VolumeShape.Sphere)
        {
            // From inside, a sphere reaches farthest out of a box along the box's axes.
            var d = inner.Center - outer.Center;
            excess = outer.Shape == VolumeShape.Sphere
                ? d.Length + inner.Radius - outer.Radius
                : Math.Max(Along(d, outer.AxisX, outer.HalfLengths.X), Math.Max(Along(d, outer.AxisY, outer.HalfLengths.Y), Along(d, outer.AxisZ, outer.HalfLengths.Z))) + inner.Radius;
        }
        else
        {
            for (var corner = 0; corner < 8; corner++)
                excess = Math.Max(excess, outer.DistanceTo(CornerOf(inner, corner)));
        }
        return excess <= tolerance * outer.Radius + 1e-3 ? 0 : excess;

        static double Along(Vector3d d, Vector3d axis, double half) => Math.Abs(Vector3d.Dot(d, axis)) - half;
    }

    /// <summary>How deep two volumes reach into each other at least, metres; 0 where they do not, or by no more than rounding.</summary>
    public static double Overlap(in BoundingVolume a, in BoundingVolume b)
    {
        var d = b.Center - a.Center;
        if (a.Shape == VolumeShape.Sphere && b.Shape == VolumeShape.Sphere)
            return BeyondRounding(a.Radius + b.Radius - d.Length, a, b);

        // Boxes are apart where an axis tells so; for a sphere every direction's reach is its radius.
        var depth = double.PositiveInfinity;
        foreach (var axis in (ReadOnlySpan<Vector3d>)[a.AxisX, a.AxisY, a.AxisZ, b.AxisX, b.AxisY, b.AxisZ, d.Normalized()])
        {
            if (axis != Vector3d.Zero)
                depth = Math.Min(depth, Reach(a, axis) + Reach(b, axis) - Math.Abs(Vector3d.Dot(d, axis)));
        }
        return BeyondRounding(depth, a, b);

        static double Reach(in BoundingVolume volume, Vector3d axis) => volume.Shape == VolumeShape.Sphere
            ? volume.Radius
            : Math.Abs(Vector3d.Dot(volume.AxisX, axis)) * volume.HalfLengths.X + Math.Abs(Vector3d.Dot(volume.AxisY, axis)) * volume.HalfLengths.Y + Math.Abs(Vector3d.Dot(volume.AxisZ, axis)) * volume.HalfLengths.Z;

        static double BeyondRounding(double depth, in BoundingVolume a, in BoundingVolume b) => depth <= 2 * Tolerance * Math.Min(a.Radius, b.Radius) ? 0 : depth;
    }

    private static Vector3d CornerOf(in BoundingVolume box, int corner)
    {
        var h = box.HalfLengths;
        return box.Center
            + box.AxisX * ((corner & 1) == 0 ? h.X : -h.X)
            + box.AxisY * ((corner & 2) == 0 ? h.Y : -h.Y)
            + box.AxisZ * ((corner & 4) == 0 ? h.Z : -h.Z);
    }

    // West, south, east, north in radians, then heights. East of the outer's west by turns, for regions across the date line.
    private static double RegionExcess(ReadOnlySpan<double> inner, ReadOnlySpan<double> outer)
    {
        const double turn = 2 * Math.PI;
        var width = WidthOf(outer);
        var west = inner[0] - outer[0];
        west -= Math.Floor((west + Angle) / turn) * turn;
        var beyondEast = width >= turn - Angle ? 0 : west + WidthOf(inner) - width;
        var angle = Math.Max(beyondEast, Math.Max(outer[1] - inner[1], inner[3] - outer[3]));
        var outerLow = Math.Min(outer[4], outer[5]);
        var outerHigh = Math.Max(outer[4], outer[5]);
        var height = Math.Max(outerLow - Math.Min(inner[4], inner[5]), Math.Max(inner[4], inner[5]) - outerHigh);
        var excess = Math.Max(angle <= Math.Max(Angle, Tolerance * width) ? 0 : angle * Ellipsoid.SemiMajor, height <= 0.01 + Tolerance * (outerHigh - outerLow) ? 0 : height);
        return excess;
    }

    /// <summary>How far a point is out of a region, metres: along the ground and in height.</summary>
    /// <param name="point">The point, ECEF metres.</param>
    /// <param name="region">West, south, east, north in radians, then heights in metres.</param>
    public static double RegionExcess(Vector3d point, ReadOnlySpan<double> region)
    {
        const double turn = 2 * Math.PI;
        var (longitude, latitude, height) = Ellipsoid.ToGeodetic(point);
        var east = longitude - region[0];
        east -= Math.Floor(east / turn) * turn;
        var beside = Math.Max(0, Math.Min(east - WidthOf(region), turn - east)) * DeterministicMath.Cos(latitude) * Ellipsoid.SemiMajor;
        var along = Math.Max(0, Math.Max(region[1] - latitude, latitude - region[3])) * Ellipsoid.SemiMajor;
        var above = Math.Max(0, Math.Max(Math.Min(region[4], region[5]) - height, height - Math.Max(region[4], region[5])));
        return Math.Sqrt(beside * beside + along * along + above * above);
    }

    private static double WidthOf(ReadOnlySpan<double> region) => region[2] >= region[0] ? region[2] - region[0] : region[2] - region[0] + 2 * Math.PI;
}
