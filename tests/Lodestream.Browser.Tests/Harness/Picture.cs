namespace Lodestream.Browser.Tests.Harness;

/// <summary>A picture, rows from the top.</summary>
/// <param name="width">Pixels in a row.</param>
/// <param name="height">Rows.</param>
/// <param name="rgb">Red, green and blue of each pixel.</param>
internal sealed class Picture(int width, int height, byte[] rgb)
{
    // Of 255: what antialiasing and the arithmetic of another rasteriser change stays below, after the blur.
    private const int Tolerance = 24;

    public int Width => width;

    public int Height => height;

    public byte[] Rgb => rgb;

    /// <summary>A picture as WebGL reads it back: red, green, blue and alpha, rows from the bottom.</summary>
    public static Picture FromFrameBuffer(int width, int height, ReadOnlySpan<byte> rgba)
    {
        var rgb = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                rgba.Slice(((height - 1 - y) * width + x) * 4, 3).CopyTo(rgb.AsSpan((y * width + x) * 3));
        }
        return new(width, height, rgb);
    }

    /// <summary>Share of the pixels in which two pictures of one size differ to the eye: by more than 24 of 255 in a channel, both blurred by a pixel.</summary>
    /// <param name="other">The other picture.</param>
    /// <param name="difference">This picture, dark, with the pixels that differ in red.</param>
    public double ShareThatDiffers(Picture other, out Picture difference)
    {
        if (other.Width != width || other.Height != height)
            throw new ArgumentException($"A picture of {other.Width} × {other.Height} pixels is not compared with one of {width} × {height}.", nameof(other));
        var (mine, theirs, shown, differing) = (Blurred(), other.Blurred(), new byte[rgb.Length], 0);
        for (var i = 0; i < rgb.Length; i += 3)
        {
            var differs = false;
            for (var channel = i; channel < i + 3; channel++)
            {
                differs |= Math.Abs(mine[channel] - theirs[channel]) > Tolerance;
                shown[channel] = (byte)(rgb[channel] / 3);
            }
            if (!differs)
                continue;
            differing++;
            shown[i] = 255;
        }
        difference = new(width, height, shown);
        return differing / (double)(width * height);
    }

    // The mean of a pixel and its neighbours.
    private byte[] Blurred()
    {
        var blurred = new byte[rgb.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                for (var channel = 0; channel < 3; channel++)
                {
                    var (sum, count) = (0, 0);
                    for (var v = Math.Max(0, y - 1); v <= Math.Min(height - 1, y + 1); v++)
                    {
                        for (var u = Math.Max(0, x - 1); u <= Math.Min(width - 1, x + 1); u++, count++)
                            sum += rgb[(v * width + u) * 3 + channel];
                    }
                    blurred[(y * width + x) * 3 + channel] = (byte)(sum / count);
                }
            }
        }
        return blurred;
    }
}
