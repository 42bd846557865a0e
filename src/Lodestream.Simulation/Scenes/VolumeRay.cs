using Lodestream.Geometry;

namespace Lodestream.Simulation.Scenes;

/// <summary>Where rays meet bounding volumes.</summary>
internal static class VolumeRay
{
    /// <summary>How far along a ray it enters a volume, in units of the ray's length; 0 from inside, infinity when it misses.</summary>
    public static double Enters(in BoundingVolume volume, Vector3d from, Vector3d ray)
    {
        var d = from - volume.Center;
        if (volume.Shape == VolumeShape.Sphere)
        {
            var (a, b, c) = (ray.LengthSquared, Vector3d.Dot(d, ray), d.LengthSquared - volume.Radius * volume.Radius);
            if (c <= 0)
                return 0;
            var discriminant = b * b - a * c;
            return discriminant < 0 || b > 0 ? double.PositiveInfinity : (-b - Math.Sqrt(discriminant)) / a;
        }
        var (near, far) = (0.0, double.PositiveInfinity);
        Slab(volume.AxisX, volume.HalfLengths.X);
        Slab(volume.AxisY, volume.HalfLengths.Y);
        Slab(volume.AxisZ, volume.HalfLengths.Z);
        return near <= far ? near : double.PositiveInfinity;

        void Slab(Vector3d axis, double half)
        {
            var (at, speed) = (Vector3d.Dot(d, axis), Vector3d.Dot(ray, axis));
            if (speed == 0)
            {
                if (Math.Abs(at) > half)
                    near = double.PositiveInfinity;
                return;
            }
            var (t1, t2) = ((-half - at) / speed, (half - at) / speed);
            near = Math.Max(near, Math.Min(t1, t2));
            far = Math.Min(far, Math.Max(t1, t2));
        }
    }
}
