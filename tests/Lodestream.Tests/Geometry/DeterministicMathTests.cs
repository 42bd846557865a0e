using Lodestream.Geometry;

namespace Lodestream.Tests.Geometry;

/// <summary>The platform's library is the yardstick here; it is banned in the core, not in its tests.</summary>
public class DeterministicMathTests
{
    private const double Relative = 1e-14;

    public static TheoryData<double> Ranges => [1e-9, 1e-3, 1, Math.PI, 10, 1000, 5000];

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Sine_and_cosine_agree_with_the_library_up_to_thousands_of_radians(double range)
    {
        foreach (var angle in Within(range))
        {
            // Beside a zero the angle's own last bit decides: no function of the rounded angle can be closer than that.
            var lastBit = Math.BitIncrement(Math.Abs(angle)) - Math.Abs(angle);
            Near(Math.Sin(angle), DeterministicMath.Sin(angle), lastBit, angle);
            Near(Math.Cos(angle), DeterministicMath.Cos(angle), lastBit, angle);
        }
    }

    [Fact]
    public void Multiples_of_a_quarter_turn_land_in_the_right_quadrant()
    {
        for (var quarter = -4000; quarter <= 4000; quarter++)
        {
            var angle = quarter * (Math.PI / 2);
            Near(Math.Sin(angle), DeterministicMath.Sin(angle), 1e-12, angle);
            Near(Math.Cos(angle), DeterministicMath.Cos(angle), 1e-12, angle);
        }
    }

    [Fact]
    public void Tangent_of_half_fields_of_view_agrees_with_the_library()
    {
        for (var degrees = 0.5; degrees < 89.9; degrees += 0.1)
            Near(Math.Tan(degrees * Math.PI / 180), DeterministicMath.Tan(degrees * Math.PI / 180), 0, degrees);
    }

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Arc_tangent_agrees_with_the_library_in_all_quadrants(double range)
    {
        foreach (var x in Within(range))
        {
            Near(Math.Atan(x), DeterministicMath.Atan(x), 0, x);
            Near(Math.Atan(1 / x), DeterministicMath.Atan(1 / x), 0, x);
        }
        for (var i = 0; i < 720; i++)
        {
            var (y, x) = (range * Math.Sin(i * Math.PI / 360 + 0.001), range * Math.Cos(i * Math.PI / 360 + 0.001));
            Near(Math.Atan2(y, x), DeterministicMath.Atan2(y, x), 0, i);
        }
    }

    [Fact]
    public void Arc_tangent_knows_the_axes()
    {
        Assert.Equal(Math.PI / 2, DeterministicMath.Atan2(3, 0));
        Assert.Equal(-Math.PI / 2, DeterministicMath.Atan2(-3, 0));
        Assert.Equal(0, DeterministicMath.Atan2(0, 3));
        Assert.Equal(Math.PI, DeterministicMath.Atan2(0, -3));
        Assert.Equal(0, DeterministicMath.Atan2(0, 0));
        Assert.Equal(Math.PI / 2, DeterministicMath.Atan(double.PositiveInfinity));
        Assert.True(double.IsNaN(DeterministicMath.Atan(double.NaN)));
    }

    [Fact]
    public void Arc_sine_and_arc_cosine_agree_with_the_library_and_clamp()
    {
        for (var x = -0.9999; x < 1; x += 0.00037)
        {
            Near(Math.Asin(x), DeterministicMath.Asin(x), 0, x);
            Near(Math.Acos(x), DeterministicMath.Acos(x), 0, x);
        }
        Assert.Equal(Math.PI / 2, DeterministicMath.Asin(1.0000001), 15);
        Assert.Equal(Math.PI, DeterministicMath.Acos(-1.0000001), 15);
    }

    [Fact]
    public void The_exponential_agrees_with_the_library_from_underflow_to_overflow()
    {
        foreach (var range in new[] { 1e-6, 1.0, 30, 700 })
        {
            foreach (var x in Within(range))
                Near(Math.Exp(x), DeterministicMath.Exp(x), 0, x);
        }
        Assert.Equal(1, DeterministicMath.Exp(0));
        Assert.Equal(0, DeterministicMath.Exp(-800));
        Assert.Equal(double.PositiveInfinity, DeterministicMath.Exp(800));
        Assert.True(double.IsNaN(DeterministicMath.Exp(double.NaN)));
    }

    private static IEnumerable<double> Within(double range)
    {
        var random = new Random(11);
        for (var i = 0; i < 20_000; i++)
            yield return (random.NextDouble() * 2 - 1) * range;
    }

    private static void Near(double expected, double actual, double absolute, double at)
    {
        var allowed = Math.Max(Relative * Math.Abs(expected), absolute);
        Assert.True(Math.Abs(expected - actual) <= allowed, $"at {at:r}: {actual:r}, not {expected:r}");
    }
}
