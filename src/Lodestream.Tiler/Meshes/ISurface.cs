using Lodestream.Geometry;

namespace Lodestream.Tiler.Meshes;

/// <summary>A surface that has one height over each place: what terrain tiles are made from. Called from several threads at once.</summary>
internal interface ISurface
{
    /// <summary>Height in metres at (x, y), metres from the centre, x east and y north.</summary>
    double HeightAt(double x, double y);

    /// <summary>Linear colour at a place where the height and the upward normal are known.</summary>
    LinearColor ColorAt(double x, double y, double height, Vector3d normal);

    /// <summary>The standing water that covers the ground here where the ground is lower than it: 0 is the sea, others an index into <see cref="WaterLevels"/>.</summary>
    int WaterAt(double x, double y);

    /// <summary>Heights of standing waters, metres; the first is the sea's, 0.</summary>
    IReadOnlyList<double> WaterLevels { get; }

    /// <summary>Linear colour of a standing water's surface.</summary>
    LinearColor WaterColorAt(double x, double y, int water);
}

/// <summary>A colour in linear light, 0 to 1.</summary>
internal readonly record struct LinearColor(double R, double G, double B)
{
    public static LinearColor operator *(LinearColor c, double s) => new(c.R * s, c.G * s, c.B * s);

    public static LinearColor Lerp(LinearColor a, LinearColor b, double t) =>
        new(a.R + (b.R - a.R) * t, a.G + (b.G - a.G) * t, a.B + (b.B - a.B) * t);

    /// <summary>How different two colours look, 0 to 1: the largest difference of a channel, by square roots, which follow the eye about as sRGB does.</summary>
    public static double Contrast(LinearColor a, LinearColor b) => Math.Max(
        Math.Abs(Math.Sqrt(a.R) - Math.Sqrt(b.R)),
        Math.Max(Math.Abs(Math.Sqrt(a.G) - Math.Sqrt(b.G)), Math.Abs(Math.Sqrt(a.B) - Math.Sqrt(b.B))));

    /// <summary>From an sRGB colour such as 0x7D9A4E.</summary>
    public static LinearColor FromSrgb(int rgb) => new(Decode(rgb >> 16 & 255), Decode(rgb >> 8 & 255), Decode(rgb & 255));

    // IEC 61966-2-1: ((c + 0.055) / 1.055)^2.4 as x² · ⁵√x²; the root by Newton, because library powers differ between machines.
    private static double Decode(int value)
    {
        var c = value / 255.0;
        if (c <= 0.04045)
            return c / 12.92;
        var x = (c + 0.055) / 1.055;
        var square = x * x;
        var root = 1.0;
        for (var i = 0; i < 24; i++)
            root -= (root - square / (root * root * root * root)) / 5;
        return square * root;
    }
}
