using Lodestream.Geometry;

namespace Lodestream.Tiler.Worlds.Continent;

/// <summary>
/// The plan of a continent before any rain has fallen: where land is, how fast it rises, how hard its rock is. Places are (u, v) in
/// [0, 1]², u east and v north.
/// </summary>
internal sealed class ContinentShape
{
    private readonly GradientNoise _warpX, _warpY, _coast, _belt, _hills, _rock;
    private readonly double _alongX, _alongY, _stretch, _bend, _offset, _spurAngleX, _spurAngleY;

    public ContinentShape(ulong seed)
    {
        var noise = new GradientNoise(seed);
        (_warpX, _warpY, _coast) = (noise.Derived(0), noise.Derived(1), noise.Derived(2));
        (_belt, _hills, _rock) = (noise.Derived(3), noise.Derived(4), noise.Derived(5));
        var dice = noise.Derived(6);
        var angle = dice.Cell(0, 0) * Math.PI;
        (_alongX, _alongY) = (DeterministicMath.Cos(angle), DeterministicMath.Sin(angle));
        var spur = angle + Math.PI * (0.28 + 0.2 * dice.Cell(1, 0));
        (_spurAngleX, _spurAngleY) = (DeterministicMath.Cos(spur), DeterministicMath.Sin(spur));
        _stretch = 0.08 + 0.14 * dice.Cell(2, 0);
        _bend = (dice.Cell(3, 0) < 0.5 ? -1 : 1) * (0.18 + 0.2 * dice.Cell(4, 0));
        _offset = (dice.Cell(5, 0) < 0.5 ? -1 : 1) * (0.06 + 0.14 * dice.Cell(6, 0));
    }

    /// <summary>Above 0 on land, growing inland to about 0.5; below 0 at sea, falling to −1 and less. The square's rim is sea.</summary>
    public double Land(double u, double v)
    {
        var (x, y) = Warped(u, v, 0.3);
        // An oval along the mountains' direction.
        double along = x * _alongX + y * _alongY, across = y * _alongX - x * _alongY;
        var reach = Math.Sqrt(along * along * (1 - _stretch) + across * across * (1 + _stretch));
        var land = 0.52 - reach * 0.7 + 0.55 * _coast.Fractal(x * 1.9, y * 1.9, 9, 0.54);
        // The rim is sea, but not along a ruler.
        double ex = 2 * u - 1, ey = 2 * v - 1;
        var rim = Math.Sqrt(Math.Sqrt(ex * ex * ex * ex + ey * ey * ey * ey)) + 0.16 * _coast.Fractal(ex * 2.2 + 50, ey * 2.2, 6);
        var margin = Math.Max(Math.Abs(ex), Math.Abs(ey));
        return land - 1.5 * Ramp.Smooth(0.7, 1.1, rim) - 1.5 * Ramp.Smooth(0.88, 1, margin);
    }

    /// <summary>How fast the land rises, 0 to about 1: a bent main range, a spur, foothills, plains.</summary>
    public double Uplift(double u, double v)
    {
        var (x, y) = Warped(u, v, 0.3);
        double along = x * _alongX + y * _alongY, across = y * _alongX - x * _alongY;
        var spine = across - _offset - _bend * (along * along - 0.25) - 0.06 * _belt.Fractal(along * 3, 0.5, 3);
        var segments = 0.66 + 0.35 * _belt.Fractal(x * 2.4, y * 2.4, 3) + 0.5 * _belt.Ridged(x * 2.1 + 3, y * 2.1, 3);
        var range = Bell(spine / 0.38) * segments;

        var spurSide = (y * _spurAngleX - x * _spurAngleY) + _offset * 0.5 + 0.08 * _belt.Fractal(x * 2 + 9, y * 2, 2);
        var spur = Bell(spurSide / 0.22) * Ramp.Smooth(-0.2, 0.45, _belt.Fractal(x * 1.3 - 4, y * 1.3 + 8, 2)) * 0.55;

        var hills = 0.13 * Ramp.Smooth(-0.05, 0.55, _hills.Fractal(x * 2.6, y * 2.6, 4)) + 0.07 * _hills.Ridged(x * 3.1 + 5, y * 3.1, 3);
        var inland = Ramp.Smooth(-0.01, 0.14, Land(u, v));
        return (0.004 + 0.5 * hills + Math.Max(range, spur) + 0.25 * Math.Min(range, spur)) * (0.12 + 0.88 * inland);
    }

    /// <summary>How easily water carves, about 0.5 to 1.6.</summary>
    public double Erodibility(double u, double v) => 1.05 + 0.65 * _rock.Fractal(u * 9, v * 9, 4, 0.6);

    /// <summary>The steepest slope rock holds, rise over run, about 0.5 to 1.</summary>
    public double Repose(double u, double v) => 0.8 + 0.45 * _rock.Fractal(u * 14 + 40, v * 14, 4, 0.6);

    private static double Bell(double t)
    {
        var s = 1 - t * t;
        return s > 0 ? s * s * s : 0;
    }

    private (double X, double Y) Warped(double u, double v, double strength)
    {
        double x = 2 * u - 1, y = 2 * v - 1;
        return (x + strength * _warpX.Fractal(x * 1.5, y * 1.5, 5), y + strength * _warpY.Fractal(x * 1.5 + 31, y * 1.5, 5));
    }
}
