namespace Lodestream.Formats.Tiles3D;

/// <summary>Where in a document the parser is.</summary>
internal enum TilesetContext : byte
{
    Start,
    Document,
    Asset,
    Groups,
    Group,
    GroupProperties,
    Tile,
    Children,
    Volume,
    RequestVolume,
    Content,
    Contents,
    ImplicitTiling,
    Subtrees,
}

/// <summary>The properties the parser knows; every other one is skipped with what it holds.</summary>
internal enum TilesetProperty : byte
{
    Other,
    Asset,
    GeometricError,
    Root,
    Groups,
    Version,
    GltfUpAxis,
    Class,
    Name,
    Properties,
    BoundingVolume,
    Transform,
    Refine,
    Content,
    Contents,
    Children,
    ViewerRequestVolume,
    ImplicitTiling,
    Box,
    Sphere,
    Region,
    Uri,
    Url,
    Group,
    Subtrees,
}

internal static class TilesetNames
{
    public static TilesetProperty Find(TilesetContext context, ReadOnlySpan<byte> name) => context switch
    {
        TilesetContext.Tile => OfTile(name),
        TilesetContext.Volume or TilesetContext.RequestVolume => OfVolume(name),
        TilesetContext.Content => OfContent(name),
        TilesetContext.Document => OfDocument(name),
        TilesetContext.Asset => name.SequenceEqual("version"u8) ? TilesetProperty.Version
            : name.SequenceEqual("gltfUpAxis"u8) ? TilesetProperty.GltfUpAxis : TilesetProperty.Other,
        TilesetContext.Group => name.SequenceEqual("class"u8) ? TilesetProperty.Class
            : name.SequenceEqual("name"u8) ? TilesetProperty.Name
            : name.SequenceEqual("properties"u8) ? TilesetProperty.Properties : TilesetProperty.Other,
        TilesetContext.GroupProperties => TilesetProperty.Name,
        TilesetContext.ImplicitTiling => name.SequenceEqual("subtrees"u8) ? TilesetProperty.Subtrees : TilesetProperty.Other,
        TilesetContext.Subtrees => name.SequenceEqual("uri"u8) ? TilesetProperty.Uri : TilesetProperty.Other,
        _ => TilesetProperty.Other,
    };

    private static TilesetProperty OfTile(ReadOnlySpan<byte> name) => name.Length switch
    {
        6 when name.SequenceEqual("refine"u8) => TilesetProperty.Refine,
        7 when name.SequenceEqual("content"u8) => TilesetProperty.Content,
        8 when name.SequenceEqual("children"u8) => TilesetProperty.Children,
        8 when name.SequenceEqual("contents"u8) => TilesetProperty.Contents,
        9 when name.SequenceEqual("transform"u8) => TilesetProperty.Transform,
        14 when name.SequenceEqual("boundingVolume"u8) => TilesetProperty.BoundingVolume,
        14 when name.SequenceEqual("geometricError"u8) => TilesetProperty.GeometricError,
        14 when name.SequenceEqual("implicitTiling"u8) => TilesetProperty.ImplicitTiling,
        19 when name.SequenceEqual("viewerRequestVolume"u8) => TilesetProperty.ViewerRequestVolume,
        _ => TilesetProperty.Other,
    };

    private static TilesetProperty OfVolume(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 when name.SequenceEqual("box"u8) => TilesetProperty.Box,
        6 when name.SequenceEqual("sphere"u8) => TilesetProperty.Sphere,
        6 when name.SequenceEqual("region"u8) => TilesetProperty.Region,
        _ => TilesetProperty.Other,
    };

    private static TilesetProperty OfContent(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 when name.SequenceEqual("uri"u8) => TilesetProperty.Uri,
        3 when name.SequenceEqual("url"u8) => TilesetProperty.Url,
        5 when name.SequenceEqual("group"u8) => TilesetProperty.Group,
        _ => TilesetProperty.Other,
    };

    private static TilesetProperty OfDocument(ReadOnlySpan<byte> name) => name.Length switch
    {
        4 when name.SequenceEqual("root"u8) => TilesetProperty.Root,
        5 when name.SequenceEqual("asset"u8) => TilesetProperty.Asset,
        6 when name.SequenceEqual("groups"u8) => TilesetProperty.Groups,
        14 when name.SequenceEqual("geometricError"u8) => TilesetProperty.GeometricError,
        _ => TilesetProperty.Other,
    };
}
