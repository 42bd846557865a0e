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
    ContentVolume,
    ImplicitTiling,
    Subtrees,
    TileExtensions,
    MultipleContents,
    VolumeExtensions,
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
    SubdivisionScheme,
    SubtreeLevels,
    AvailableLevels,
    MaximumLevel,
    Metadata,
    Schema,
    SchemaUri,
    Statistics,
    Extensions,
    MultipleContents,
    S2Cell,
}

internal static class TilesetNames
{
    public static TilesetProperty Find(TilesetContext context, ReadOnlySpan<byte> name) => context switch
    {
        TilesetContext.Tile => OfTile(name),
        TilesetContext.Volume or TilesetContext.RequestVolume or TilesetContext.ContentVolume => OfVolume(name),
        TilesetContext.Content => OfContent(name),
        TilesetContext.Document => OfDocument(name),
        TilesetContext.Asset => name.SequenceEqual("version"u8) ? TilesetProperty.Version
            : name.SequenceEqual("gltfUpAxis"u8) ? TilesetProperty.GltfUpAxis : TilesetProperty.Other,
        TilesetContext.Group => name.SequenceEqual("class"u8) ? TilesetProperty.Class
            : name.SequenceEqual("name"u8) ? TilesetProperty.Name
            : name.SequenceEqual("properties"u8) ? TilesetProperty.Properties : TilesetProperty.Other,
        TilesetContext.GroupProperties => TilesetProperty.Name,
        TilesetContext.ImplicitTiling => OfImplicitTiling(name),
        TilesetContext.TileExtensions => name.SequenceEqual("3DTILES_implicit_tiling"u8) ? TilesetProperty.ImplicitTiling
            : name.SequenceEqual("3DTILES_multiple_contents"u8) ? TilesetProperty.MultipleContents : TilesetProperty.Other,
        TilesetContext.MultipleContents => name.SequenceEqual("content"u8) || name.SequenceEqual("contents"u8) ? TilesetProperty.Contents : TilesetProperty.Other,
        TilesetContext.VolumeExtensions => name.SequenceEqual("3DTILES_bounding_volume_S2"u8) ? TilesetProperty.S2Cell : TilesetProperty.Other,
        TilesetContext.Subtrees => name.SequenceEqual("uri"u8) ? TilesetProperty.Uri : TilesetProperty.Other,
        _ => TilesetProperty.Other,
    };

    private static TilesetProperty OfTile(ReadOnlySpan<byte> name) => name.Length switch
    {
        6 when name.SequenceEqual("refine"u8) => TilesetProperty.Refine,
        7 when name.SequenceEqual("content"u8) => TilesetProperty.Content,
        8 when name.SequenceEqual("children"u8) => TilesetProperty.Children,
        8 when name.SequenceEqual("metadata"u8) => TilesetProperty.Metadata,
        8 when name.SequenceEqual("contents"u8) => TilesetProperty.Contents,
        9 when name.SequenceEqual("transform"u8) => TilesetProperty.Transform,
        10 when name.SequenceEqual("extensions"u8) => TilesetProperty.Extensions,
        14 when name.SequenceEqual("boundingVolume"u8) => TilesetProperty.BoundingVolume,
        14 when name.SequenceEqual("geometricError"u8) => TilesetProperty.GeometricError,
        14 when name.SequenceEqual("implicitTiling"u8) => TilesetProperty.ImplicitTiling,
        19 when name.SequenceEqual("viewerRequestVolume"u8) => TilesetProperty.ViewerRequestVolume,
        _ => TilesetProperty.Other,
    };

    private static TilesetProperty OfImplicitTiling(ReadOnlySpan<byte> name) => name.Length switch
    {
        8 when name.SequenceEqual("subtrees"u8) => TilesetProperty.Subtrees,
        12 when name.SequenceEqual("maximumLevel"u8) => TilesetProperty.MaximumLevel,
        13 when name.SequenceEqual("subtreeLevels"u8) => TilesetProperty.SubtreeLevels,
        15 when name.SequenceEqual("availableLevels"u8) => TilesetProperty.AvailableLevels,
        17 when name.SequenceEqual("subdivisionScheme"u8) => TilesetProperty.SubdivisionScheme,
        _ => TilesetProperty.Other,
    };

    private static TilesetProperty OfVolume(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 when name.SequenceEqual("box"u8) => TilesetProperty.Box,
        6 when name.SequenceEqual("sphere"u8) => TilesetProperty.Sphere,
        6 when name.SequenceEqual("region"u8) => TilesetProperty.Region,
        10 when name.SequenceEqual("extensions"u8) => TilesetProperty.Extensions,
        _ => TilesetProperty.Other,
    };

    private static TilesetProperty OfContent(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 when name.SequenceEqual("uri"u8) => TilesetProperty.Uri,
        3 when name.SequenceEqual("url"u8) => TilesetProperty.Url,
        5 when name.SequenceEqual("group"u8) => TilesetProperty.Group,
        8 when name.SequenceEqual("metadata"u8) => TilesetProperty.Metadata,
        14 when name.SequenceEqual("boundingVolume"u8) => TilesetProperty.BoundingVolume,
        _ => TilesetProperty.Other,
    };

    private static TilesetProperty OfDocument(ReadOnlySpan<byte> name) => name.Length switch
    {
        4 when name.SequenceEqual("root"u8) => TilesetProperty.Root,
        5 when name.SequenceEqual("asset"u8) => TilesetProperty.Asset,
        6 when name.SequenceEqual("groups"u8) => TilesetProperty.Groups,
        6 when name.SequenceEqual("schema"u8) => TilesetProperty.Schema,
        8 when name.SequenceEqual("metadata"u8) => TilesetProperty.Metadata,
        9 when name.SequenceEqual("schemaUri"u8) => TilesetProperty.SchemaUri,
        10 when name.SequenceEqual("statistics"u8) => TilesetProperty.Statistics,
        14 when name.SequenceEqual("geometricError"u8) => TilesetProperty.GeometricError,
        _ => TilesetProperty.Other,
    };
}
