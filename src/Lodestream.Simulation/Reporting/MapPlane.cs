using Lodestream.Geometry;
using Lodestream.Selection;
using Lodestream.Simulation.Scenes;

namespace Lodestream.Simulation.Reporting;

/// <summary>A level plane through a scene's middle, seen from above: east to the right, north up. Metres from the middle.</summary>
internal readonly struct MapPlane
{
    // Where a ray of the view does not meet the plane it is drawn so many radii of the scene long.
    private const double Horizon = 1.5;

    private readonly Vector3d _middle, _east, _north, _up;
    private readonly double _radius;

    /// <summary>The plane of a scene.</summary>
    public MapPlane(SceneSurvey survey)
    {
        (_middle, _radius) = (survey.Volume.Center, survey.Volume.Radius);
        _up = survey.UpAt(_middle);
        var east = survey.IsGeoreferenced ? Vector3d.Cross(Vector3d.UnitZ, _up) : Vector3d.UnitX;

        // At a pole every direction is south.
        _east = (east.LengthSquared > 1e-9 ? east : Vector3d.UnitX).Normalized();
        _north = Vector3d.Cross(_up, _east);
    }

    /// <summary>A point as seen from above, with its height.</summary>
    public (double X, double Y, double Height) Project(Vector3d point)
    {
        var from = point - _middle;
        return (Vector3d.Dot(from, _east), Vector3d.Dot(from, _north), Vector3d.Dot(from, _up));
    }

    /// <summary>The outline of a volume from above: the convex hull of its corners, counter-clockwise.</summary>
    public List<(double X, double Y)> Outline(in BoundingVolume volume)
    {
        var points = new List<(double X, double Y)>();
        var (center, half) = (volume.Center, volume.HalfLengths);
        if (volume.Shape == VolumeShape.Sphere)
        {
            var (x, y, _) = Project(center);
            for (var i = 0; i < 16; i++)
                points.Add((x + half.X * DeterministicMath.Cos(i * Math.PI / 8), y + half.X * DeterministicMath.Sin(i * Math.PI / 8)));
            return points;
        }
        for (var i = 0; i < 8; i++)
        {
            var (x, y, _) = Project(center + volume.AxisX * ((i & 1) == 0 ? -half.X : half.X) + volume.AxisY * ((i & 2) == 0 ? -half.Y : half.Y) + volume.AxisZ * ((i & 4) == 0 ? -half.Z : half.Z));
            points.Add((x, y));
        }
        return Hull(points);
    }

    /// <summary>Where a view's corner rays meet the plane, in their order round the view.</summary>
    public List<(double X, double Y)> Footprint(in View view)
    {
        var forward = view.Direction.Normalized();
        var right = Vector3d.Cross(forward, view.Up.Normalized()).Normalized();
        var up = Vector3d.Cross(right, forward);
        var tanY = DeterministicMath.Tan(view.FovY / 2);
        var tanX = tanY * view.ViewportWidth / view.ViewportHeight;
        var (x, y, height) = Project(view.Position);
        var corners = new List<(double, double)>();
        foreach (var (side, top) in (ReadOnlySpan<(int, int)>)[(-1, -1), (1, -1), (1, 1), (-1, 1)])
        {
            var ray = forward + right * (tanX * side) + up * (tanY * top);
            var (dx, dy, dz) = (Vector3d.Dot(ray, _east), Vector3d.Dot(ray, _north), Vector3d.Dot(ray, _up));
            var level = Math.Sqrt(dx * dx + dy * dy);
            var along = height > 0 && dz < 0 ? -height / dz : double.PositiveInfinity;
            along = level > 0 ? Math.Min(along, Horizon * _radius / level) : Math.Min(along, _radius);
            corners.Add((x + dx * along, y + dy * along));
        }
        return corners;
    }

    // Andrew's monotone chain.
    private static List<(double X, double Y)> Hull(List<(double X, double Y)> points)
    {
        points.Sort();
        var hull = new List<(double X, double Y)>();
        foreach (var upper in (ReadOnlySpan<bool>)[false, true])
        {
            var start = hull.Count;
            for (var i = 0; i < points.Count; i++)
            {
                var point = points[upper ? points.Count - 1 - i : i];
                while (hull.Count >= start + 2 && Turn(hull[^2], hull[^1], point) <= 0)
                    hull.RemoveAt(hull.Count - 1);
                hull.Add(point);
            }
            hull.RemoveAt(hull.Count - 1);
        }
        return hull;
    }

    private static double Turn((double X, double Y) a, (double X, double Y) b, (double X, double Y) c) => (b.X - a.X) * (c.Y - a.Y) - (b.Y - a.Y) * (c.X - a.X);
}
