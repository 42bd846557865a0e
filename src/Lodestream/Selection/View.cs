using Lodestream.Geometry;

namespace Lodestream.Selection;

/// <summary>What kind of requester a view is.</summary>
public enum ViewKind : byte
{
    /// <summary>A perspective camera.</summary>
    Camera,

    /// <summary>A sphere within which everything is kept down to a geometric error, whoever looks: <see cref="View.Sphere"/>.</summary>
    Sphere,
}

/// <summary>Something that wants tiles: a camera, or a sphere to keep resident. Positions in metres, scene frame.</summary>
public readonly record struct View
{
    /// <summary>Camera or sphere.</summary>
    public ViewKind Kind { get; private init; }

    /// <summary>Radius of a sphere, metres.</summary>
    public double Radius { get; private init; }

    /// <summary>Greatest geometric error a sphere accepts, metres.</summary>
    public double TargetErrorMetres { get; private init; }

    /// <summary>A sphere within which everything is to be resident: around a player, a teleport's goal, a collision query.</summary>
    /// <param name="center">Centre, metres, scene frame.</param>
    /// <param name="radius">Radius, metres.</param>
    /// <param name="geometricError">Greatest geometric error accepted, metres.</param>
    /// <exception cref="ArgumentOutOfRangeException">Radius or error is not more than 0.</exception>
    public static View Sphere(Vector3d center, double radius, double geometricError)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(radius);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(geometricError);
        return new() { Kind = ViewKind.Sphere, Position = center, Direction = Vector3d.UnitX, Up = Vector3d.UnitZ, Radius = radius, TargetErrorMetres = geometricError };
    }

    /// <summary>Eye point, or centre.</summary>
    public required Vector3d Position { get; init; }

    /// <summary>View direction; need not have length 1.</summary>
    public required Vector3d Direction { get; init; }

    /// <summary>Up direction; need not have length 1 nor be perpendicular, but not parallel to the view direction.</summary>
    public required Vector3d Up { get; init; }

    /// <summary>Vertical field of view in radians.</summary>
    public double FovY { get; init; } = Math.PI / 3;

    /// <summary>Width of the viewport in pixels.</summary>
    public double ViewportWidth { get; init; } = 1920;

    /// <summary>Height of the viewport in pixels.</summary>
    public double ViewportHeight { get; init; } = 1080;

    /// <summary>Near distance, metres.</summary>
    public double Near { get; init; } = 1;

    /// <summary>Far distance, metres.</summary>
    public double Far { get; init; } = 1e9;

    /// <summary>Greatest screen-space error accepted, pixels.</summary>
    public double TargetErrorPx { get; init; } = 16;

    /// <summary>The same for raster error (the ground sample distance of a tile's colours), pixels; 0 (default) for <see cref="TargetErrorPx"/>. A sphere has one target for both.</summary>
    public double RasterTargetErrorPx { get; init; }

    /// <summary>How much this view counts against others when loads are ordered.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>A view with default field of view, viewport and target; set position, direction and up.</summary>
    public View()
    {
    }

    /// <summary>Pixels per radian-like unit: an error of e metres at distance d metres is e × this ÷ d pixels (3D Tiles, "screen-space error").</summary>
    public double PixelScale => ViewportHeight / (2 * DeterministicMath.Tan(FovY / 2));

    /// <summary>The planes of this view.</summary>
    public Frustum Frustum() => Frustum(DeterministicMath.Tan(FovY / 2));

    internal Frustum Frustum(double tanHalfHeight)
    {
        var tan = tanHalfHeight;
        return Geometry.Frustum.Perspective(Position, Direction.Normalized(), Up.Normalized(), tan * ViewportWidth / ViewportHeight, tan, Near, Far);
    }
}
