namespace Lodestream.Formats.Gltf;

/// <summary>What a host turns Basis-compressed textures into.</summary>
public enum TextureTranscoding : byte
{
    /// <summary>A format of 16 bytes per block of 4 × 4 pixels: BC7, BC3, ASTC 4 × 4, ETC2 with alpha.</summary>
    Blocks,

    /// <summary>Four bytes per pixel, where the GPU knows none of those.</summary>
    Pixels,
}

/// <summary>
/// Counts the textures that a glTF's scene needs: an image once for each way in which it is sampled, and images that hold data once as
/// they are. wwwroot/lodestream/materials.js makes the same textures.
/// </summary>
internal sealed class GltfTextureCount(GltfDocument document, TextureTranscoding transcoding)
{
    private const int PixelBytes = 4, BlockBytes = 16;

    private readonly HashSet<(int Image, GltfSampler Sampler, bool IsColor)> _counted = [];
    private readonly HashSet<int> _decoded = [];
    private readonly HashSet<int> _kept = [];

    public long Bytes { get; private set; }

    public long DecodedBytes { get; private set; }

    public int Unknown { get; private set; }

    public void AddScene(ReadOnlySpan<ImageHeader> images)
    {
        var seen = new bool[document.Meshes.Length];
        foreach (var number in document.SceneNodes())
        {
            var mesh = document.Nodes[number].Mesh;
            if (mesh < 0 || seen[mesh])
                continue;
            seen[mesh] = true;
            foreach (var primitive in document.Meshes[mesh].Primitives)
                AddPrimitive(primitive, images);
        }
    }

    private void AddPrimitive(GltfPrimitive primitive, ReadOnlySpan<ImageHeader> images)
    {
        if (primitive.Material >= 0)
        {
            // Without light only the base colour is shown.
            var material = document.Materials[primitive.Material];
            var isLit = !material.Unlit && primitive.Mode >= GltfPrimitiveMode.Triangles;
            foreach (var use in material.Textures)
            {
                if (isLit || use.Texture == material.BaseColorTexture)
                    AddTexture(use, images);
            }
        }
        foreach (var set in primitive.Features.FeatureIds)
        {
            if (set.Texture is { } texture)
                AddData(texture, images);
        }
        foreach (var property in primitive.Features.PropertyTextures)
        {
            foreach (var texture in document.Metadata!.PropertyTextures[property])
                AddData(texture, images);
        }
    }

    private void AddTexture(GltfTextureUse use, ReadOnlySpan<ImageHeader> images)
    {
        var image = document.Textures[use.Texture];
        if (image < 0 || !_counted.Add((image, document.TextureSamplers[use.Texture], use.IsColor)))
            return;
        if (Decode(image, images))
            Bytes += BytesOf(images[image], document.TextureSamplers[use.Texture].NeedsMipLevels, transcoding);
    }

    // Looked into pixel by pixel, never drawn: kept as it was decoded.
    private void AddData(GltfDataTexture texture, ReadOnlySpan<ImageHeader> images)
    {
        var image = document.Textures[texture.Texture];
        if (image >= 0 && _kept.Add(image) && Decode(image, images))
            Bytes += (long)images[image].Width * images[image].Height * PixelBytes;
    }

    private bool Decode(int image, ReadOnlySpan<ImageHeader> images)
    {
        if (images[image].Encoding == ImageEncoding.Unknown)
        {
            Unknown += _decoded.Add(image) ? 1 : 0;
            return false;
        }
        if (_decoded.Add(image))
            DecodedBytes += images[image].Encoding == ImageEncoding.Ktx2 ? BytesOf(images[image], true, transcoding) : (long)images[image].Width * images[image].Height * PixelBytes;
        return true;
    }

    /// <summary>Bytes of a texture with its mip levels: down to one pixel, or those that a KTX2 file has.</summary>
    public static long BytesOf(in ImageHeader image, bool mipLevels, TextureTranscoding transcoding)
    {
        var isKtx2 = image.Encoding == ImageEncoding.Ktx2;
        var levels = isKtx2 ? Math.Max(1, image.Levels) : mipLevels ? int.MaxValue : 1;
        long bytes = 0, width = image.Width, height = image.Height;
        for (var level = 0; level < levels; level++)
        {
            bytes += isKtx2 && transcoding == TextureTranscoding.Blocks ? (width + 3) / 4 * ((height + 3) / 4) * BlockBytes : width * height * PixelBytes;
            if (width == 1 && height == 1)
                break;
            (width, height) = (Math.Max(1, width / 2), Math.Max(1, height / 2));
        }
        return bytes;
    }
}
