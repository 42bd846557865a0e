using Lodestream.Scene;

namespace Lodestream.Formats.Tiles3D;

/// <summary>What a content's URI tells of its encoding, and a group's names of its family.</summary>
public static class ContentKinds
{
    /// <summary>The format a URI's file name extension stands for; query and fragment do not count.</summary>
    /// <param name="uri">UTF-8 URI.</param>
    public static ContentFormat FormatOf(ReadOnlySpan<byte> uri)
    {
        var end = uri.IndexOfAny((byte)'?', (byte)'#');
        var path = end < 0 ? uri : uri[..end];
        var dot = path.LastIndexOfAny((byte)'.', (byte)'/');
        if (dot < 0 || path[dot] != '.')
            return ContentFormat.Unknown;
        var extension = path[(dot + 1)..];
        return extension.Length switch
        {
            3 when Is(extension, "glb"u8) => ContentFormat.Glb,
            4 when Is(extension, "b3dm"u8) => ContentFormat.B3dm,
            4 when Is(extension, "json"u8) => ContentFormat.Tileset,
            4 when Is(extension, "gltf"u8) => ContentFormat.Gltf,
            4 when Is(extension, "i3dm"u8) => ContentFormat.I3dm,
            4 when Is(extension, "pnts"u8) => ContentFormat.Pnts,
            4 when Is(extension, "cmpt"u8) => ContentFormat.Cmpt,
            6 when Is(extension, "untold"u8) => ContentFormat.Untold,
            _ => ContentFormat.Unknown,
        };
    }

    /// <summary>The family a word stands for, in any case, singular or plural; null where it is none.</summary>
    /// <param name="name">A group's class, or a value among its properties.</param>
    public static ContentFamily? FamilyOf(ReadOnlySpan<byte> name)
    {
        if (name.Length > 0 && (name[^1] | 0x20) == 's')
            name = name[..^1];
        return name switch
        {
            _ when Is(name, "terrain"u8) => ContentFamily.Terrain,
            _ when Is(name, "feature"u8) || Is(name, "runtime"u8) || Is(name, "building"u8) => ContentFamily.Feature,
            _ when Is(name, "water"u8) => ContentFamily.Water,
            _ when Is(name, "border"u8) || Is(name, "boundary"u8) || Is(name, "boundarie"u8) => ContentFamily.Border,
            _ when Is(name, "route"u8) || Is(name, "road"u8) => ContentFamily.Route,
            _ when Is(name, "mesh"u8) || Is(name, "meshe"u8) => ContentFamily.Mesh,
            _ when Is(name, "label"u8) => ContentFamily.Label,
            _ => null,
        };
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lowerCase) =>
        System.Text.Ascii.EqualsIgnoreCase(text, lowerCase);
}
