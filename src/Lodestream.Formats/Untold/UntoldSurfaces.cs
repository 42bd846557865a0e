using Lodestream.Formats.Gltf;
using Lodestream.Formats.Preparing;

namespace Lodestream.Formats.Untold;

/// <summary>
/// An image made of two others' channels: roughness in green, metalness in blue, as hosts look them up; 255 where an image is missing.
/// </summary>
/// <param name="Roughness">Image with the roughness; −1 for none.</param>
/// <param name="RoughnessChannel">0 red to 3 alpha.</param>
/// <param name="Metallic">Image with the metalness; −1 for none.</param>
/// <param name="MetallicChannel">0 red to 3 alpha.</param>
public readonly record struct UntoldPackedImage(int Roughness, int RoughnessChannel, int Metallic, int MetallicChannel);

/// <summary>A payload's materials and textures as glTF's, with the files that are there. A texture whose file is missing or cannot be read is left out.</summary>
public sealed class UntoldSurfaces
{
    private readonly List<int> _textures = [];
    private readonly List<GltfImage> _images = [];
    private readonly List<ContentSource> _sources = [];
    private readonly List<ImageHeader> _headers = [];
    private readonly Dictionary<UntoldPackedImage, int> _packed = [];

    private UntoldSurfaces()
    {
    }

    /// <summary>The glTF that the payload would be; geometry is put in when it is laid out.</summary>
    public GltfDocument Document { get; } = new();

    /// <summary>Place of a texture without an image.</summary>
    internal int NoTexture { get; private set; }

    /// <summary>Bytes of each image's file; default for packed ones.</summary>
    internal ContentSource[] Sources => [.. _sources];

    /// <summary>Sizes of the images.</summary>
    internal ImageHeader[] Headers => [.. _headers];

    /// <summary>How the images are made that have no file; the last ones of all, in order.</summary>
    public IReadOnlyCollection<UntoldPackedImage> Packed => _packed.Keys;

    /// <summary>The texture in which a material's roughness and metalness are looked up; −1 for none. In the materials' order.</summary>
    public IReadOnlyList<int> MetallicRoughness { get; private set; } = [];

    /// <summary>What was left out, and why.</summary>
    public IReadOnlyList<string> LeftOut { get; private set; } = [];

    /// <summary>Main memory that images take which are only packed into others, bytes.</summary>
    internal long PackingBytes { get; private set; }

    /// <summary>Puts materials and textures together.</summary>
    /// <param name="document">The payload.</param>
    /// <param name="images">Of each texture its file and size; default where it has none.</param>
    /// <param name="leftOut">What was left out.</param>
    internal static UntoldSurfaces Of(UntoldDocument document, (ContentSource Source, ImageHeader Header)[] images, IReadOnlyList<string> leftOut)
    {
        var surfaces = new UntoldSurfaces { LeftOut = leftOut };
        foreach (var (source, header) in images)
        {
            surfaces._textures.Add(header.Encoding == ImageEncoding.Unknown ? -1 : surfaces._images.Count);
            if (header.Encoding != ImageEncoding.Unknown)
                surfaces.AddImage(source, header);
        }
        surfaces.NoTexture = surfaces._textures.Count;
        surfaces._textures.Add(-1);
        var metallicRoughness = new int[document.Materials.Length];
        for (var i = 0; i < metallicRoughness.Length; i++)
            metallicRoughness[i] = surfaces.Pack(document.Materials[i]);
        surfaces.MetallicRoughness = metallicRoughness;
        surfaces.Document.Materials = [.. document.Materials.Select((material, i) => surfaces.MaterialOf(material, metallicRoughness[i]))];
        surfaces.Document.Textures = [.. surfaces._textures];
        surfaces.Document.TextureSamplers = [.. surfaces._textures.Select(_ => GltfSampler.Standard)];
        surfaces.Document.Images = [.. surfaces._images];
        return surfaces;
    }

    /// <summary>A texture that a material names, if its image is here; else −1.</summary>
    public int Present(int texture) => texture >= 0 && _textures[texture] >= 0 ? texture : -1;

    private int AddImage(ContentSource source, ImageHeader header)
    {
        _images.Add(new(-1, null));
        _sources.Add(source);
        _headers.Add(header);
        return _images.Count - 1;
    }

    private int Pack(UntoldMaterial material)
    {
        int roughness = Present(material.RoughnessTexture), metallic = Present(material.MetallicTexture);
        if (roughness < 0 && metallic < 0)
            return -1;
        if (roughness == metallic && material is { RoughnessChannel: 1, MetallicChannel: 2 })
            return roughness;
        var (roughnessImage, metallicImage) = (roughness < 0 ? -1 : _textures[roughness], metallic < 0 ? -1 : _textures[metallic]);

        // Blocks are not taken apart; factors alone come nearest.
        if (IsBlocks(roughnessImage) || IsBlocks(metallicImage))
            return -1;
        var packed = new UntoldPackedImage(roughnessImage, material.RoughnessChannel, metallicImage, material.MetallicChannel);
        if (_packed.TryGetValue(packed, out var known))
            return known;
        var (a, b) = (SizeOf(roughnessImage), SizeOf(metallicImage));
        PackingBytes += 4L * ((long)a.Width * a.Height + (long)b.Width * b.Height);
        _textures.Add(AddImage(default, new(ImageEncoding.Png, Math.Max(a.Width, b.Width), Math.Max(a.Height, b.Height))));
        return _packed[packed] = _textures.Count - 1;
    }

    private bool IsBlocks(int image) => image >= 0 && _headers[image].Encoding == ImageEncoding.Ktx2;

    private (int Width, int Height) SizeOf(int image) => image < 0 ? (0, 0) : (_headers[image].Width, _headers[image].Height);

    private GltfMaterial MaterialOf(UntoldMaterial material, int metallicRoughness)
    {
        var textures = new List<GltfTextureUse>();
        Use(material.BaseColorTexture, true);
        Use(material.EmissiveTexture, true);
        Use(metallicRoughness, false);
        Use(material.NormalTexture, false);
        Use(material.OcclusionTexture, false);
        return new()
        {
            BaseColor = material.BaseColor,
            BaseColorTexture = Present(material.BaseColorTexture),
            Textures = textures,
            Metallic = material.Metallic,
            Roughness = material.Roughness,
            Emissive = material.Emissive,
            AlphaMode = AlphaModeOf(material),
            AlphaCutoff = material.AlphaCutoff,
            DoubleSided = (material.Flags & UntoldMaterialFlags.DoubleSided) != 0,
        };

        void Use(int texture, bool isColor)
        {
            if (Present(texture) >= 0)
                textures.Add(new(texture, isColor));
        }
    }

    private static GltfAlphaMode AlphaModeOf(UntoldMaterial material) =>
        (material.Flags & UntoldMaterialFlags.Mask) != 0 ? GltfAlphaMode.Mask
        : (material.Flags & UntoldMaterialFlags.Blend) != 0 || material.BaseColor[3] < 1 ? GltfAlphaMode.Blend
        : GltfAlphaMode.Opaque;
}
