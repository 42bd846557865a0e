namespace Lodestream.Formats.Gltf;

/// <summary>Reads the <c>materials</c> of a glTF file.</summary>
internal static class GltfMaterialReader
{
    public static GltfMaterial[] Read(ref JsonWalker walker)
    {
        var materials = new List<GltfMaterial>();
        if (!walker.EnterArray())
            return [];
        while (walker.NextObject())
            materials.Add(ReadMaterial(ref walker));
        return [.. materials];
    }

    private static GltfMaterial ReadMaterial(ref JsonWalker walker)
    {
        var material = new GltfMaterial();
        var uses = new List<GltfTextureUse>();
        while (walker.NextProperty())
        {
            if (walker.Is("pbrMetallicRoughness"u8))
                material = ReadMetallicRoughness(ref walker, material, uses);
            else if (walker.Is("normalTexture"u8) || walker.Is("occlusionTexture"u8))
                ReadTexture(ref walker, uses, isColor: false);
            else if (walker.Is("emissiveTexture"u8))
                ReadTexture(ref walker, uses, isColor: true);
            else if (walker.Is("emissiveFactor"u8))
                material = material with { Emissive = Factors(ref walker, [0, 0, 0]) };
            else if (walker.Is("alphaMode"u8))
                material = material with { AlphaMode = walker.String() switch { "MASK" => GltfAlphaMode.Mask, "BLEND" => GltfAlphaMode.Blend, _ => GltfAlphaMode.Opaque } };
            else if (walker.Is("alphaCutoff"u8))
                material = material with { AlphaCutoff = (float)walker.Number(0.5) };
            else if (walker.Is("doubleSided"u8))
                material = material with { DoubleSided = walker.Flag() };
            else if (walker.Is("extensions"u8))
                material = ReadExtensions(ref walker, material, uses);
            else
                walker.SkipValue();
        }
        return material with { Textures = uses };
    }

    private static GltfMaterial ReadExtensions(ref JsonWalker walker, GltfMaterial material, List<GltfTextureUse> uses)
    {
        if (!walker.EnterObject())
            return material;
        while (walker.NextProperty())
        {
            if (walker.Is("KHR_techniques_webgl"u8))
            {
                material = ReadTechnique(ref walker, material, uses);
                continue;
            }
            if (walker.Is("KHR_materials_unlit"u8))
                material = material with { Unlit = true };
            walker.SkipValue();
        }
        return material;
    }

    // A material with a shader of its own, from glTF's first version: its shader is not run. What is nearest to what it shows is its
    // first texture, or else its diffuse colour, unlit.
    private static GltfMaterial ReadTechnique(ref JsonWalker walker, GltfMaterial material, List<GltfTextureUse> uses)
    {
        if (!walker.EnterObject())
            return material;
        while (walker.NextProperty())
        {
            if (!walker.Is("values"u8))
            {
                walker.SkipValue();
                continue;
            }
            if (!walker.EnterObject())
                continue;
            while (walker.NextProperty())
            {
                if (walker.Is("u_diffuse"u8) && walker.IsArrayNext)
                    material = material with { BaseColor = Factors(ref walker, [1, 1, 1, 1]) };
                else if (material.BaseColorTexture >= 0)
                    walker.SkipValue();
                else if (ReadTexture(ref walker, uses, isColor: true) is var (index, texCoord) && index >= 0)
                    material = material with { BaseColorTexture = index, BaseColorTexCoord = texCoord };
            }
        }
        return material with { Unlit = true };
    }

    private static GltfMaterial ReadMetallicRoughness(ref JsonWalker walker, GltfMaterial material, List<GltfTextureUse> uses)
    {
        if (!walker.EnterObject())
            return material;
        while (walker.NextProperty())
        {
            if (walker.Is("baseColorFactor"u8))
                material = material with { BaseColor = Factors(ref walker, [1, 1, 1, 1]) };
            else if (walker.Is("metallicFactor"u8))
                material = material with { Metallic = (float)walker.Number(1) };
            else if (walker.Is("roughnessFactor"u8))
                material = material with { Roughness = (float)walker.Number(1) };
            else if (walker.Is("metallicRoughnessTexture"u8))
                ReadTexture(ref walker, uses, isColor: false);
            else if (walker.Is("baseColorTexture"u8))
            {
                var (index, texCoord) = ReadTexture(ref walker, uses, isColor: true);
                material = material with { BaseColorTexture = index, BaseColorTexCoord = texCoord };
            }
            else
                walker.SkipValue();
        }
        return material;
    }

    private static (int Index, int TexCoord) ReadTexture(ref JsonWalker walker, List<GltfTextureUse> uses, bool isColor)
    {
        int index = -1, texCoord = 0;
        if (!walker.EnterObject())
            return (index, texCoord);
        while (walker.NextProperty())
        {
            if (walker.Is("index"u8))
                index = walker.Integer(-1);
            else if (walker.Is("texCoord"u8))
                texCoord = walker.Integer(0);
            else
                walker.SkipValue();
        }
        if (index >= 0)
            uses.Add(new(index, isColor));
        return (index, texCoord);
    }

    private static float[] Factors(ref JsonWalker walker, float[] standard)
    {
        Span<double> read = stackalloc double[4];
        if (walker.Numbers(read) != standard.Length)
            return standard;
        for (var i = 0; i < standard.Length; i++)
            standard[i] = (float)read[i];
        return standard;
    }
}
