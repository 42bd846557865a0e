using Lodestream.Geometry;

namespace Lodestream.Selection;

/// <summary>A camera that wants tiles. Positions in metres, scene frame.</summary>
public readonly record struct View
{
    /// <summary>Eye point.</summary>
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
