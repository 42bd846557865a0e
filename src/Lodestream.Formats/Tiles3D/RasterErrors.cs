namespace Lodestream.Formats.Tiles3D;

/// <summary>The raster error that tiles' metadata name: the ground size of a texel, or of a vertex' colour, metres in the tile's frame.</summary>
internal static class RasterErrors
{
    /// <summary>Identifier of the property, in the class of tiles' metadata. 3D Tiles has no semantic for it.</summary>
    public const string Property = "rasterError";

    /// <summary>Whether a number can be one.</summary>
    public static bool IsUsable(double metres) => metres is >= 0 and <= 1e12;
}
