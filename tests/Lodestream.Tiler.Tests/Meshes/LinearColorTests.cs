using Lodestream.Tiler.Meshes;

namespace Lodestream.Tiler.Tests.Meshes;

public class LinearColorTests
{
    [Fact]
    public void Colours_are_decoded_to_linear_light_by_the_sRGB_curve()
    {
        for (var value = 0; value < 256; value++)
        {
            var c = value / 255.0;
            var expected = c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4);
            var color = LinearColor.FromSrgb(value << 16 | 255 << 8 | value);
            Assert.Equal(expected, color.R, 1e-12);
            Assert.Equal(1, color.G, 1e-12);
            Assert.Equal(expected, color.B, 1e-12);
        }
    }
}
