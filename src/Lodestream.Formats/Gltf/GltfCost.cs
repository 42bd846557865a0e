namespace Lodestream.Formats.Gltf;

/// <summary>What a content will take on the GPU and in main memory, known before anything is decoded.</summary>
/// <param name="GeometryBytes">Vertex, index and instance buffers, as they sit on the GPU, and what is kept beside them to tell features apart and their properties.</param>
/// <param name="TextureBytes">Textures with all mip levels that are used.</param>
/// <param name="DecodedBytes">Main memory that decoded buffers and images take at once, before they go to the GPU.</param>
/// <param name="Vertices">Vertices of all meshes, once each; points.</param>
/// <param name="Triangles">Triangles drawn, over all nodes and instances of the scene.</param>
/// <param name="UnknownImages">Images whose size is not known, because they are files of their own that were not looked into.</param>
public readonly record struct GltfCost(long GeometryBytes, long TextureBytes, long DecodedBytes, long Vertices, long Triangles, int UnknownImages)
{
    /// <summary>Adds up what two contents take.</summary>
    public static GltfCost operator +(GltfCost a, GltfCost b) => new(
        a.GeometryBytes + b.GeometryBytes, a.TextureBytes + b.TextureBytes, a.DecodedBytes + b.DecodedBytes,
        a.Vertices + b.Vertices, a.Triangles + b.Triangles, a.UnknownImages + b.UnknownImages);

    /// <summary>Bytes of a texture with its mip levels down to one pixel; of a KTX2 file's own levels.</summary>
    /// <param name="image">The image.</param>
    /// <param name="mipLevels">Whether levels below the first are made where the file has none of its own.</param>
    /// <param name="transcoding">What the host turns Basis textures into.</param>
    public static long TextureBytesOf(in ImageHeader image, bool mipLevels = true, TextureTranscoding transcoding = TextureTranscoding.Blocks) =>
        GltfTextureCount.BytesOf(image, mipLevels, transcoding);

    /// <summary>Adds up what a glTF will take: of what its scene reaches, every buffer and texture once.</summary>
    /// <param name="document">The file.</param>
    /// <param name="images">Sizes of its images, in order; default where unknown.</param>
    /// <param name="copies">How many instances an instanced model makes of the whole; 1 where it makes none.</param>
    /// <param name="transcoding">What the host turns Basis textures into.</param>
    public static GltfCost Of(GltfDocument document, ReadOnlySpan<ImageHeader> images, int? copies = null, TextureTranscoding transcoding = TextureTranscoding.Blocks)
    {
        var geometry = new GltfGeometryCount(document);
        geometry.AddScene(copies);
        var textures = new GltfTextureCount(document, transcoding);
        textures.AddScene(images);
        return new(geometry.Bytes, textures.Bytes, geometry.Bytes + textures.DecodedBytes, geometry.Vertices, geometry.Triangles, textures.Unknown);
    }
}
