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
        while (walker.NextProperty())
        {
            if (walker.Is("pbrMetallicRoughness"u8))
                material = ReadMetallicRoughness(ref walker, material);
            else if (walker.Is("emissiveFactor"u8))
                material = material with { Emissive = Factors(ref walker, [0, 0, 0]) };
            else if (walker.Is("alphaMode"u8))
                material = material with { AlphaMode = walker.String() switch { "MASK" => GltfAlphaMode.Mask, "BLEND" => GltfAlphaMode.Blend, _ => GltfAlphaMode.Opaque } };
            else if (walker.Is("alphaCutoff"u8))
                material = material with { AlphaCutoff = (float)walker.Number(0.5) };
            else if (walker.Is("doubleSided"u8))
                material = material with { DoubleSided = walker.Flag() };
            else if (walker.Is("extensions"u8))
                material = material with { Unlit = NamesUnlit(ref walker) };
            else
                walker.SkipValue();
        }
        return material;
    }

    private static bool NamesUnlit(ref JsonWalker walker)
    {
        var named = false;
        if (!walker.EnterObject())
            return false;
        while (walker.NextProperty())
        {
            named |= walker.Is("KHR_materials_unlit"u8);
            walker.SkipValue();
        }
        return named;
    }

    private static GltfMaterial ReadMetallicRoughness(ref JsonWalker walker, GltfMaterial material)
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
            else if (walker.Is("baseColorTexture"u8))
                material = ReadBaseColorTexture(ref walker, material);
            else
                walker.SkipValue();
        }
        return material;
    }

    private static GltfMaterial ReadBaseColorTexture(ref JsonWalker walker, GltfMaterial material)
    {
        if (!walker.EnterObject())
            return material;
        while (walker.NextProperty())
        {
            if (walker.Is("index"u8))
                material = material with { BaseColorTexture = walker.Integer(-1) };
            else if (walker.Is("texCoord"u8))
                material = material with { BaseColorTexCoord = walker.Integer(0) };
            else
                walker.SkipValue();
        }
        return material;
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
