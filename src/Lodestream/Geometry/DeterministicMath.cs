namespace Lodestream.Geometry;

/// <summary>
/// The transcendental functions the core needs, made of + − × ÷ √ alone, so that CoreCLR and WebAssembly give the same bits
/// (their library functions do not). Accuracy is about 1e-15 relative, more than tile geometry asks for.
/// </summary>
public static class DeterministicMath
{
    private const double HalfPi = Math.PI / 2;

    // π/2 in two parts, so that reducing an angle of a few thousand radians loses nothing (Cody and Waite's scheme).
    private const double HalfPiHigh = 1.5707963267341256;
    private const double HalfPiLow = 6.077100506506192e-11;

    // ln 2, and in two parts of which multiples up to 2²⁰ lose nothing.
    private const double LnTwo = 0.6931471805599453;
    private const double LnTwoHigh = 0.6931471803691238;
    private const double LnTwoLow = 1.9082149292705877e-10;

    /// <summary>Sine of an angle in radians.</summary>
    public static double Sin(double radians)
    {
        var (s, c, quadrant) = Reduced(radians);
        return quadrant switch { 0 => s, 1 => c, 2 => -s, _ => -c };
    }

    /// <summary>Cosine of an angle in radians.</summary>
    public static double Cos(double radians)
    {
        var (s, c, quadrant) = Reduced(radians);
        return quadrant switch { 0 => c, 1 => -s, 2 => -c, _ => s };
    }

    /// <summary>Tangent of an angle in radians.</summary>
    public static double Tan(double radians) => Sin(radians) / Cos(radians);

    /// <summary>Arc tangent in radians, in (−π/2, π/2).</summary>
    public static double Atan(double x)
    {
        if (double.IsNaN(x))
            return x;
        var sign = x < 0 ? -1.0 : 1.0;
        var a = Math.Abs(x);
        var inverted = a > 1;
        if (inverted)
            a = 1 / a;

        // Halve the angle twice: atan(a) = 2·atan(a / (1 + √(1 + a²))); the series then needs a ≤ tan(π/16).
        a /= 1 + Math.Sqrt(1 + a * a);
        a /= 1 + Math.Sqrt(1 + a * a);
        var a2 = a * a;
        var sum = 0.0;
        for (var k = 12; k >= 0; k--)
            sum = 1.0 / (2 * k + 1) - a2 * sum;
        var angle = 4 * a * sum;
        return sign * (inverted ? HalfPi - angle : angle);
    }

    /// <summary>Angle of the point (x, y) in radians, in [−π, π].</summary>
    public static double Atan2(double y, double x)
    {
        if (x > 0)
            return Atan(y / x);
        if (x < 0)
            return y >= 0 ? Atan(y / x) + Math.PI : Atan(y / x) - Math.PI;
        return y > 0 ? HalfPi : y < 0 ? -HalfPi : 0;
    }

    /// <summary>Arc sine in radians; arguments outside [−1, 1] are clamped.</summary>
    public static double Asin(double x)
    {
        x = Math.Clamp(x, -1, 1);
        return Atan2(x, Math.Sqrt((1 - x) * (1 + x)));
    }

    /// <summary>Arc cosine in radians; arguments outside [−1, 1] are clamped.</summary>
    public static double Acos(double x)
    {
        x = Math.Clamp(x, -1, 1);
        return Atan2(Math.Sqrt((1 - x) * (1 + x)), x);
    }

    /// <summary>e to the power of <paramref name="x"/>.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (x > 710)
            return double.PositiveInfinity;
        if (x < -746)
            return 0;

        // x = k ln 2 + r with |r| ≤ ln 2 / 2; Taylor's series for r, whose first term left out is below 1e-18, then k doublings.
        var k = Math.Floor(x / LnTwo + 0.5);
        var r = x - k * LnTwoHigh - k * LnTwoLow;
        var sum = 1.0;
        for (var n = 14; n >= 1; n--)
            sum = 1 + r / n * sum;

        // In two steps: the power alone may be beyond what a double holds where the result is not.
        var half = (int)k / 2;
        return sum * PowerOfTwo(half) * PowerOfTwo((int)k - half);
    }

    private static double PowerOfTwo(int exponent) => BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52);

    // Sine and cosine of the angle brought into [−π/4, π/4], and the quadrant it came from.
    private static (double Sin, double Cos, int Quadrant) Reduced(double radians)
    {
        var turns = Math.Floor(radians / HalfPi + 0.5);
        var r = radians - turns * HalfPiHigh - turns * HalfPiLow;
        var r2 = r * r;

        // Taylor's series; on [−π/4, π/4] the first term left out is below 1e-19.
        var s = 1.0 + r2 * (-1 / 6.0 + r2 * (1 / 120.0 + r2 * (-1 / 5040.0 + r2 * (1 / 362880.0 + r2 * (-1 / 39916800.0
            + r2 * (1 / 6227020800.0 + r2 * (-1 / 1307674368000.0 + r2 * (1 / 355687428096000.0))))))));
        var c = 1.0 + r2 * (-1 / 2.0 + r2 * (1 / 24.0 + r2 * (-1 / 720.0 + r2 * (1 / 40320.0 + r2 * (-1 / 3628800.0
            + r2 * (1 / 479001600.0 + r2 * (-1 / 87178291200.0 + r2 * (1 / 20922789888000.0 + r2 * (-1 / 6402373705728000.0)))))))));
        return (r * s, c, (int)((long)turns & 3));
    }
}
