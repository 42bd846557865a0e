using Lodestream.Formats.Metadata;

namespace Lodestream.Formats.Preparing;

/// <summary>A map of regions seen from above: an image whose pixels name rows of a table of colours. It covers its tile's box, its top row in the north (greatest y).</summary>
/// <param name="Image">The encoded image's bytes.</param>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
/// <param name="Channel">The channel with the numbers: 0 is red.</param>
/// <param name="Colors">Red, green and blue of each region, sRGB, 255 is 1; numbers beyond them are of no region.</param>
/// <param name="Names">What the regions are called.</param>
public sealed record RegionMap(ContentSource Image, int Width, int Height, int Channel, byte[] Colors, string[] Names);

/// <summary>
/// Reads region maps: a property texture (EXT_structural_metadata) of the class <c>regionMap</c> with the property <c>region</c>, and a property table
/// of the class <c>region</c> with <c>name</c> and <c>color</c>.
/// </summary>
public static class RegionMapReader
{
    /// <summary>Regions a map can tell apart; the greatest number of eight bits stands for none.</summary>
    public const int MaximumRegions = 255;

    /// <summary>Reads the map of a content.</summary>
    /// <param name="content">The content.</param>
    /// <param name="map">The map; null where there is none.</param>
    public static ReadOutcome Read(PreparedContent content, out RegionMap? map)
    {
        ArgumentNullException.ThrowIfNull(content);
        map = null;
        foreach (var model in content.Models)
        {
            if (model.Document.Metadata is null)
                continue;
            var metadata = model.ReadMetadata(out var error);
            if (metadata is null)
                return ReadOutcome.Malformed($"has a map of regions whose {error}");
            if (metadata.TextureOf("regionMap", "region") is not { } texture)
                continue;
            return ReadMap(model, metadata, texture.Texture, texture.Channels[0], out map);
        }
        return ReadOutcome.Ok;
    }

    private static ReadOutcome ReadMap(PreparedModel model, ModelMetadata metadata, int texture, int channel, out RegionMap? map)
    {
        map = null;
        if ((uint)texture >= (uint)model.Document.Textures.Length || model.Document.Textures[texture] is not (>= 0 and var image))
            return ReadOutcome.Malformed($"has a map of regions in texture {texture}, which has no image");
        var table = -1;
        for (var t = 0; t < metadata.Tables.Count && table < 0; t++)
            table = metadata.Tables[t].Class.Id == "region" ? t : -1;
        if (table < 0)
            return ReadOutcome.Malformed("has a map of regions, and no table of the class region");
        if (metadata.ErrorOf(table) is { } error)
            return ReadOutcome.Malformed($"has a map of regions whose table is broken: {error}");
        if (metadata.Tables[table].Count > MaximumRegions)
            return ReadOutcome.Malformed($"has a map of {metadata.Tables[table].Count} regions; {MaximumRegions} can be told apart");
        var (colors, names) = (new byte[metadata.Tables[table].Count * 3], new string[metadata.Tables[table].Count]);
        for (var region = 0; region < names.Length; region++)
        {
            names[region] = metadata.Value(table, region, "name").Text ?? "";
            var color = metadata.Value(table, region, "color").ToNumbers();
            for (var c = 0; c < 3; c++)
                colors[region * 3 + c] = (byte)Math.Clamp(color.Length == 3 ? color[c] : byte.MaxValue, 0, byte.MaxValue);
        }
        var header = model.Part.ImageHeaders[image];
        map = new(model.Part.Images[image], header.Width, header.Height, channel, colors, names);
        return ReadOutcome.Ok;
    }
}
