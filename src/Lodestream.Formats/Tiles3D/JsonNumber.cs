using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace Lodestream.Formats.Tiles3D;

/// <summary>
/// Doubles from JSON numbers. Up to fifteen digits and a power of ten up to 22 are exact doubles, so one multiplication or division
/// rounds correctly (W. D. Clinger, "How to read floating point numbers accurately", 1990); the rest goes to the framework.
/// </summary>
internal static class JsonNumber
{
    private const int ExactDigits = 15;

    private static ReadOnlySpan<double> PowersOfTen =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>The value of a number token, which the JSON reader has found to be well formed; infinite where it is too large for a double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Parse(ReadOnlySpan<byte> token)
    {
        var at = 0;
        var negative = token[0] == '-';
        if (negative)
            at++;
        long mantissa = 0;
        int digits = 0, fraction = 0;
        var point = false;
        for (; at < token.Length; at++)
        {
            var c = token[at];
            if (c == '.')
            {
                point = true;
                continue;
            }
            var digit = c - '0';
            if ((uint)digit > 9 || digits == ExactDigits)
                return General(token);
            mantissa = mantissa * 10 + digit;
            if (mantissa != 0)
                digits++;
            if (point)
                fraction++;
        }
        if (fraction > 22)
            return General(token);
        var value = fraction == 0 ? mantissa : mantissa / PowersOfTen[fraction];
        return negative ? -value : value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double General(ReadOnlySpan<byte> token) =>
        Utf8Parser.TryParse(token, out double value, out var used) && used == token.Length ? value : double.NaN;
}
