using Lodestream.Geometry;
using Lodestream.Selection;
using Lodestream.Simulation.Cameras;

namespace Lodestream.Determinism;

/// <summary>Circles the earth while it sinks and turns about itself, looking ahead and down; its angles go through geodetic coordinates and back.</summary>
internal sealed class SpinningCamera(TimeSpan duration) : ICamera
{
    public TimeSpan Duration => duration;

    public View? At(TimeSpan time)
    {
        var seconds = time.TotalSeconds;
        var place = Ellipsoid.ToCartesian(0.3 + 0.21 * seconds, 0.9 * DeterministicMath.Sin(0.37 * seconds), 2.5e6 * DeterministicMath.Exp(-0.3 * seconds));
        var (longitude, latitude, height) = Ellipsoid.ToGeodetic(place);
        var (east, north, up) = Ellipsoid.EastNorthUp(longitude, latitude);
        var (sin, cos) = (DeterministicMath.Sin(0.8 * seconds), DeterministicMath.Cos(0.8 * seconds));
        return new View
        {
            Position = place,
            Direction = (east * cos + north * sin) * 0.6 - up,
            Up = north * cos - east * sin,
            FovY = 0.9,
            Near = 10,
            Far = height + 4 * Ellipsoid.SemiMajor,
        };
    }
}
