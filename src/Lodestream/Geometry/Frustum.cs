namespace Lodestream.Geometry;

/// <summary>A plane: points p with Normal·p + Offset ≥ 0 are inside. The normal has length 1.</summary>
public readonly record struct Plane3d(Vector3d Normal, double Offset)
{
    /// <summary>A plane through a point.</summary>
    public static Plane3d Through(Vector3d point, Vector3d normal) => new(normal, -Vector3d.Dot(normal, point));

    /// <summary>Signed distance of a point, positive inside.</summary>
    public double SignedDistance(Vector3d p) => Vector3d.Dot(Normal, p) + Offset;
}

/// <summary>The six planes of a perspective camera, pointing inwards, in the scene's frame.</summary>
public readonly record struct Frustum(Plane3d Left, Plane3d Right, Plane3d Bottom, Plane3d Top, Plane3d Near, Plane3d Far)
{
    /// <summary>Builds the planes of a perspective camera.</summary>
    /// <param name="position">Eye point, metres.</param>
    /// <param name="direction">View direction, length 1.</param>
    /// <param name="up">Up direction, length 1, not parallel to the view direction.</param>
    /// <param name="tanHalfWidth">Tangent of half the horizontal field of view.</param>
    /// <param name="tanHalfHeight">Tangent of half the vertical field of view.</param>
    /// <param name="near">Near distance, metres.</param>
    /// <param name="far">Far distance, metres.</param>
    public static Frustum Perspective(Vector3d position, Vector3d direction, Vector3d up, double tanHalfWidth, double tanHalfHeight, double near, double far)
    {
        var right = Vector3d.Cross(direction, up).Normalized();
        var trueUp = Vector3d.Cross(right, direction);
        return new(
            Plane3d.Through(position, (direction * tanHalfWidth + right).Normalized()),
            Plane3d.Through(position, (direction * tanHalfWidth - right).Normalized()),
            Plane3d.Through(position, (direction * tanHalfHeight + trueUp).Normalized()),
            Plane3d.Through(position, (direction * tanHalfHeight - trueUp).Normalized()),
            Plane3d.Through(position + direction * near, direction),
            Plane3d.Through(position + direction * far, -direction));
    }

    /// <summary>The plane at an index: left, right, bottom, top, near, far.</summary>
    public Plane3d this[int index] => index switch { 0 => Left, 1 => Right, 2 => Bottom, 3 => Top, 4 => Near, 5 => Far, _ => throw new ArgumentOutOfRangeException(nameof(index)) };

    /// <summary>Whether no plane has the whole volume on its outside.</summary>
    public bool Intersects(in BoundingVolume volume)
    {
        for (var i = 0; i < 6; i++)
        {
            var plane = this[i];
            var h = volume.HalfLengths;
            var reach = volume.Shape == VolumeShape.Sphere ? h.X
                : Math.Abs(Vector3d.Dot(plane.Normal, volume.AxisX)) * h.X + Math.Abs(Vector3d.Dot(plane.Normal, volume.AxisY)) * h.Y + Math.Abs(Vector3d.Dot(plane.Normal, volume.AxisZ)) * h.Z;
            if (plane.SignedDistance(volume.Center) < -reach)
                return false;
        }
        return true;
    }
}
