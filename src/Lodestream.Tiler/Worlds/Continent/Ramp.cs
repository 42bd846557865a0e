namespace Lodestream.Tiler.Worlds.Continent;

/// <summary>Smooth transitions between 0 and 1.</summary>
internal static class Ramp
{
    /// <summary>0 up to <paramref name="from"/>, 1 from <paramref name="to"/>, a smooth cubic between; falls where <paramref name="to"/> is less.</summary>
    public static double Smooth(double from, double to, double x)
    {
        var t = Math.Clamp((x - from) / (to - from), 0, 1);
        return t * t * (3 - 2 * t);
    }

    /// <summary>0 up to <paramref name="from"/>, 1 from <paramref name="to"/>, straight between.</summary>
    public static double Linear(double from, double to, double x) => Math.Clamp((x - from) / (to - from), 0, 1);

    public static double Lerp(double a, double b, double t) => a + (b - a) * t;
}
