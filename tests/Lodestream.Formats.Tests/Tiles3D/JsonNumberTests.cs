using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lodestream.Formats.Tiles3D;

namespace Lodestream.Formats.Tests.Tiles3D;

public class JsonNumberTests
{
    [Fact]
    public void Every_double_reads_back_to_the_bit_in_every_notation() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(ArbMap.Default.ArbFor<NormalFloat>(), number =>
        {
            foreach (var format in new[] { "R", "E17", "F3", "F9", "0.###############" })
            {
                var text = number.Get.ToString(format, CultureInfo.InvariantCulture);
                var expected = double.Parse(text, CultureInfo.InvariantCulture);
                var read = JsonNumber.Parse(Encoding.UTF8.GetBytes(text));
                if (BitConverter.DoubleToInt64Bits(read) != BitConverter.DoubleToInt64Bits(expected))
                    throw new InvalidOperationException($"{text} was read as {read:R}");
            }
            return true;
        }));

    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("-0.0")]
    [InlineData("0.000000000000000000000001")]
    [InlineData("0.00000000000000012345")]
    [InlineData("999999999999999")]
    [InlineData("9999999999999999")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("1e22")]
    [InlineData("1E-5")]
    [InlineData("0.1")]
    [InlineData("15.118123749999999")]
    [InlineData("2.2250738585072011e-308")]
    [InlineData("4.9e-324")]
    public void Edges_read_as_the_framework_reads_them(string text) => Assert.Equal(
        BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)),
        BitConverter.DoubleToInt64Bits(JsonNumber.Parse(Encoding.UTF8.GetBytes(text))));

    [Fact]
    public void A_number_beyond_doubles_is_infinite() => Assert.Equal(double.PositiveInfinity, JsonNumber.Parse("1e999"u8));
}
