namespace Lodestream.Geometry;

/// <summary>What shape a <see cref="BoundingVolume"/> has.</summary>
public enum VolumeShape : byte
{
    /// <summary>A box with its own three orthonormal axes.</summary>
    Box,

    /// <summary>A sphere.</summary>
    Sphere,
}

/// <summary>
/// A box or a sphere in the scene's frame, in metres. A 3D Tiles <c>region</c> becomes the box that encloses it
/// (<see cref="FromRegion"/>); boxes whose half axes are not orthogonal become the orthogonal box around them.
/// </summary>
public readonly record struct BoundingVolume
{
    private BoundingVolume(VolumeShape shape, Vector3d center, Vector3d half, Vector3d axisX, Vector3d axisY, Vector3d axisZ) =>
        (Shape, Center, HalfLengths, AxisX, AxisY, AxisZ) = (shape, center, half, axisX, axisY, axisZ);

    /// <summary>A volume from what its properties tell, to the last bit: of a recording.</summary>
    internal static BoundingVolume FromParts(VolumeShape shape, Vector3d center, Vector3d half, Vector3d axisX, Vector3d axisY, Vector3d axisZ) => new(shape, center, half, axisX, axisY, axisZ);

    /// <summary>Box or sphere.</summary>
    public VolumeShape Shape { get; }

    /// <summary>The centre.</summary>
    public Vector3d Center { get; }

    /// <summary>Half lengths along the axes; for a sphere, the radius three times.</summary>
    public Vector3d HalfLengths { get; }

    /// <summary>First axis of the box, length 1.</summary>
    public Vector3d AxisX { get; }

    /// <summary>Second axis of the box, length 1.</summary>
    public Vector3d AxisY { get; }

    /// <summary>Third axis of the box, length 1.</summary>
    public Vector3d AxisZ { get; }

    /// <summary>Whether the box is aligned with the axes of the scene.</summary>
    public bool IsAxisAligned => Shape == VolumeShape.Box && AxisX == Vector3d.UnitX && AxisY == Vector3d.UnitY && AxisZ == Vector3d.UnitZ;

    /// <summary>Radius of the sphere around the volume's centre that encloses it.</summary>
    public double Radius => Shape == VolumeShape.Sphere ? HalfLengths.X : HalfLengths.Length;

    /// <summary>A box aligned with the axes of the scene.</summary>
    public static BoundingVolume AxisAligned(Vector3d min, Vector3d max) =>
        new(VolumeShape.Box, (min + max) * 0.5, (max - min) * 0.5, Vector3d.UnitX, Vector3d.UnitY, Vector3d.UnitZ);

    /// <summary>A sphere.</summary>
    public static BoundingVolume Sphere(Vector3d center, double radius) =>
        new(VolumeShape.Sphere, center, new(radius, radius, radius), Vector3d.UnitX, Vector3d.UnitY, Vector3d.UnitZ);

    /// <summary>A box from its centre and three half axes, as in 3D Tiles' <c>box</c>.</summary>
    public static BoundingVolume Box(Vector3d center, Vector3d halfX, Vector3d halfY, Vector3d halfZ)
    {
        if (halfX.Y == 0 && halfX.Z == 0 && halfY.X == 0 && halfY.Z == 0 && halfZ.X == 0 && halfZ.Y == 0)
        {
            var half = new Vector3d(Math.Abs(halfX.X), Math.Abs(halfY.Y), Math.Abs(halfZ.Z));
            return new(VolumeShape.Box, center, half, Vector3d.UnitX, Vector3d.UnitY, Vector3d.UnitZ);
        }
        var (x, y, z) = OrthonormalAxes(halfX, halfY, halfZ);
        return new(VolumeShape.Box, center, new(Extent(x), Extent(y), Extent(z)), x, y, z);

        double Extent(Vector3d axis)
        {
            var (a, b, c) = (Math.Abs(Vector3d.Dot(axis, halfX)), Math.Abs(Vector3d.Dot(axis, halfY)), Math.Abs(Vector3d.Dot(axis, halfZ)));
            // What an orthogonal box adds here is rounding only; dropping it keeps flat boxes flat.
            var largest = Math.Max(a, Math.Max(b, c));
            return a + b + c - largest < 1e-12 * largest ? largest : a + b + c;
        }
    }

    /// <summary>
    /// The box that encloses a 3D Tiles <c>region</c> on WGS 84, in ECEF metres: oriented east-north-up at the region's middle, or along the
    /// axes of ECEF where it goes round more than half the globe and that is tighter.
    /// </summary>
    /// <param name="west">Western longitude, radians.</param>
    /// <param name="south">Southern latitude, radians.</param>
    /// <param name="east">Eastern longitude, radians; less than <paramref name="west"/> where the region crosses the date line.</param>
    /// <param name="north">Northern latitude, radians.</param>
    /// <param name="minHeight">Lowest height above the ellipsoid, metres.</param>
    /// <param name="maxHeight">Greatest height above the ellipsoid, metres.</param>
    public static BoundingVolume FromRegion(double west, double south, double east, double north, double minHeight, double maxHeight)
    {
        if (east < west)
            east += 2 * Math.PI;
        var box = FromRegionAlong(west, south, east, north, minHeight, maxHeight, Ellipsoid.EastNorthUp((west + east) / 2, (south + north) / 2));
        if (east - west <= Math.PI)
            return box;
        var around = FromRegionAlong(west, south, east, north, minHeight, maxHeight, (Vector3d.UnitX, Vector3d.UnitY, Vector3d.UnitZ));
        return around.HalfLengths.X * around.HalfLengths.Y * around.HalfLengths.Z < box.HalfLengths.X * box.HalfLengths.Y * box.HalfLengths.Z ? around : box;
    }

    /// <summary>The box along given axes that encloses a region.</summary>
    /// <param name="west">Western longitude, radians.</param>
    /// <param name="south">Southern latitude, radians.</param>
    /// <param name="east">Eastern longitude, radians; less than <paramref name="west"/> where the region crosses the date line.</param>
    /// <param name="north">Northern latitude, radians.</param>
    /// <param name="minHeight">Lowest height above the ellipsoid, metres.</param>
    /// <param name="maxHeight">Greatest height above the ellipsoid, metres.</param>
    /// <param name="axes">Three orthonormal axes.</param>
    public static BoundingVolume FromRegionAlong(
        double west, double south, double east, double north, double minHeight, double maxHeight, in (Vector3d X, Vector3d Y, Vector3d Z) axes)
    {
        if (east < west)
            east += 2 * Math.PI;
        east = Math.Min(east, west + 2 * Math.PI);
        var (x, y, z) = axes;
        var min = new Vector3d(double.MaxValue, double.MaxValue, double.MaxValue);
        var max = -min;

        // Extremes of a convex patch lie on its rim, its middle and, at the top, where the sagitta is greatest: a grid holds them all
        // but for the sagittas of one cell along and across, which are added below. The finer the larger the region: they stay small
        // beside it.
        var extent = Math.Max(east - west, north - south);
        var steps = extent > 0.5 ? 16 : extent > 0.1 ? 8 : 4;
        Span<double> sinLongitude = stackalloc double[17], cosLongitude = stackalloc double[17];
        for (var i = 0; i <= steps; i++)
        {
            var longitude = west + (east - west) * i / steps;
            (sinLongitude[i], cosLongitude[i]) = (DeterministicMath.Sin(longitude), DeterministicMath.Cos(longitude));
        }
        for (var j = 0; j <= steps; j++)
        {
            var latitude = south + (north - south) * j / steps;
            var (sin, cos) = (DeterministicMath.Sin(latitude), DeterministicMath.Cos(latitude));
            for (var i = 0; i <= steps; i++)
            {
                var up = new Vector3d(cos * cosLongitude[i], cos * sinLongitude[i], sin);
                Include(Ellipsoid.ToCartesian(up, minHeight));
                Include(Ellipsoid.ToCartesian(up, maxHeight));
            }
        }

        // Parallels are as small as the cosine of their latitude: around a pole hardly anything is added along them.
        const double flattest = Ellipsoid.SemiMajor * Ellipsoid.SemiMajor / Ellipsoid.SemiMinor;
        var radius = flattest + Math.Max(0, maxHeight);
        var widest = south <= 0 && north >= 0 ? 1 : Math.Max(0, DeterministicMath.Cos(Math.Min(Math.Abs(south), Math.Abs(north))));
        var sagitta = radius * (widest * SagittaOf((east - west) / steps) + SagittaOf((north - south) / steps));
        var half = (max - min) * 0.5 + new Vector3d(sagitta, sagitta, sagitta);
        var mid = (min + max) * 0.5;
        return new(VolumeShape.Box, x * mid.X + y * mid.Y + z * mid.Z, half, x, y, z);

        static double SagittaOf(double cell) => 1 - DeterministicMath.Cos(Math.Min(cell, Math.PI) / 2);

        void Include(Vector3d p)
        {
            var local = new Vector3d(Vector3d.Dot(p, x), Vector3d.Dot(p, y), Vector3d.Dot(p, z));
            min = Vector3d.Min(min, local);
            max = Vector3d.Max(max, local);
        }
    }

    /// <summary>This volume moved by a transform; a sphere's radius grows by the transform's largest scale.</summary>
    public BoundingVolume Transformed(in Transform3d transform) => Shape == VolumeShape.Sphere
        ? Sphere(transform.Point(Center), HalfLengths.X * transform.MaximumScale)
        : Box(transform.Point(Center), transform.Direction(AxisX * HalfLengths.X), transform.Direction(AxisY * HalfLengths.Y), transform.Direction(AxisZ * HalfLengths.Z));

    /// <summary>Distance from a point to the nearest point of the volume, metres; 0 inside.</summary>
    public double DistanceTo(Vector3d point)
    {
        var d = point - Center;
        if (Shape == VolumeShape.Sphere)
            return Math.Max(0, d.Length - HalfLengths.X);
        var x = Math.Max(0, Math.Abs(Vector3d.Dot(d, AxisX)) - HalfLengths.X);
        var y = Math.Max(0, Math.Abs(Vector3d.Dot(d, AxisY)) - HalfLengths.Y);
        var z = Math.Max(0, Math.Abs(Vector3d.Dot(d, AxisZ)) - HalfLengths.Z);
        return Math.Sqrt(x * x + y * y + z * z);
    }

    /// <summary>The axis-aligned box around the volume.</summary>
    public (Vector3d Min, Vector3d Max) AxisAlignedBounds()
    {
        var h = HalfLengths;
        var reach = Shape == VolumeShape.Sphere ? h : new Vector3d(
            Math.Abs(AxisX.X) * h.X + Math.Abs(AxisY.X) * h.Y + Math.Abs(AxisZ.X) * h.Z,
            Math.Abs(AxisX.Y) * h.X + Math.Abs(AxisY.Y) * h.Y + Math.Abs(AxisZ.Y) * h.Z,
            Math.Abs(AxisX.Z) * h.X + Math.Abs(AxisY.Z) * h.Y + Math.Abs(AxisZ.Z) * h.Z);
        return (Center - reach, Center + reach);
    }

    // Gram and Schmidt, taking missing (flat) axes from what is left.
    private static (Vector3d X, Vector3d Y, Vector3d Z) OrthonormalAxes(Vector3d a, Vector3d b, Vector3d c)
    {
        var x = a.Normalized();
        if (x == Vector3d.Zero)
            x = Vector3d.Cross(b, c).Normalized();
        if (x == Vector3d.Zero)
            x = Perpendicular((b == Vector3d.Zero ? c : b).Normalized());
        var y = (b - x * Vector3d.Dot(b, x)).Normalized();
        if (y == Vector3d.Zero)
            y = Vector3d.Cross(c, x).Normalized();
        if (y == Vector3d.Zero)
            y = Perpendicular(x);
        return (x, y, Vector3d.Cross(x, y));
    }

    private static Vector3d Perpendicular(Vector3d v) =>
        Vector3d.Cross(Math.Abs(v.X) < 0.5 ? Vector3d.UnitX : Vector3d.UnitY, v).Normalized();
}
