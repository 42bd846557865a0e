namespace Lodestream.Presentation;

/// <summary>What textures take on the GPU.</summary>
public static class TextureMemory
{
    /// <summary>The longer side, and the other one, of a picture that is limited: halved as often as it takes, as mip levels are, never less than a pixel.</summary>
    /// <param name="width">Width, pixels.</param>
    /// <param name="height">Height, pixels.</param>
    /// <param name="longestSide">The longer side at most, pixels; <see cref="int.MaxValue"/> for as it is.</param>
    public static (int Width, int Height) Limited(int width, int height, int longestSide)
    {
        while (Math.Max(width, height) > Math.Max(1, longestSide))
            (width, height) = (Math.Max(1, width / 2), Math.Max(1, height / 2));
        return (width, height);
    }

    /// <summary>Bytes of a picture of four bytes a pixel with all its mip levels, limited.</summary>
    /// <inheritdoc cref="Limited"/>
    public static long Rgba8(int width, int height, int longestSide)
    {
        (width, height) = Limited(width, height, longestSide);
        long bytes = 4L * width * height;
        while (width > 1 || height > 1)
        {
            (width, height) = (Math.Max(1, width / 2), Math.Max(1, height / 2));
            bytes += 4L * width * height;
        }
        return bytes;
    }
}
