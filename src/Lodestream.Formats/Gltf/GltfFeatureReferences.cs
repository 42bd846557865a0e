namespace Lodestream.Formats.Gltf;

/// <summary>Checks that feature ids and property tables, textures and attributes name what is there.</summary>
internal static class GltfFeatureReferences
{
    /// <summary>What is broken first, with its JSON path; null when nothing is.</summary>
    public static string? Check(GltfDocument document)
    {
        for (var m = 0; m < document.Meshes.Length; m++)
        {
            for (var p = 0; p < document.Meshes[m].Primitives.Length; p++)
            {
                var primitive = document.Meshes[m].Primitives[p];
                if (CheckPrimitive(document, primitive) is { } error)
                    return $"meshes[{m}].primitives[{p}] {error}";
            }
        }
        for (var n = 0; n < document.Nodes.Length; n++)
        {
            foreach (var set in document.Nodes[n].InstanceFeatures)
            {
                if (set.Attribute >= 0 && !document.Nodes[n].Instances.Any(a => a.Semantic == $"_FEATURE_ID_{set.Attribute}"))
                    return $"nodes[{n}] has feature ids of an attribute _FEATURE_ID_{set.Attribute}, which its instances lack";
            }
        }
        return document.Metadata is { } metadata ? CheckMetadata(document, metadata) : null;
    }

    private static string? CheckPrimitive(GltfDocument document, GltfPrimitive primitive)
    {
        foreach (var set in primitive.Features.FeatureIds)
        {
            if (set.Attribute >= 0 && primitive.Find($"_FEATURE_ID_{set.Attribute}") < 0)
                return $"has feature ids of an attribute _FEATURE_ID_{set.Attribute}, which it lacks";
            if (set.Texture is { } texture && CheckTexture(document, texture) is { } error)
                return $"has feature ids that {error}";
        }
        foreach (var number in primitive.Features.PropertyTextures)
        {
            if ((uint)number >= (uint)(document.Metadata?.PropertyTextures.Length ?? 0))
                return $"names property texture {number} of {document.Metadata?.PropertyTextures.Length ?? 0}";
        }
        foreach (var number in primitive.Features.PropertyAttributes)
        {
            if ((uint)number >= (uint)(document.Metadata?.PropertyAttributes.Length ?? 0))
                return $"names property attribute {number} of {document.Metadata?.PropertyAttributes.Length ?? 0}";
        }
        return null;
    }

    private static string? CheckTexture(GltfDocument document, GltfDataTexture texture)
    {
        if ((uint)texture.Texture >= (uint)document.Textures.Length)
            return $"name texture {texture.Texture} of {document.Textures.Length}";
        return texture.Channels.Length > 4 || texture.Channels.Any(c => c is < 0 or > 3) ? "name channels that no texture has" : null;
    }

    private static string? CheckMetadata(GltfDocument document, GltfStructuralMetadata metadata)
    {
        foreach (var view in metadata.TableViews)
        {
            if ((uint)view >= (uint)document.BufferViews.Length)
                return $"its property tables name buffer view {view} of {document.BufferViews.Length}";
        }
        for (var i = 0; i < metadata.PropertyTextures.Length; i++)
        {
            foreach (var texture in metadata.PropertyTextures[i])
            {
                if (CheckTexture(document, texture) is { } error)
                    return $"propertyTextures[{i}] has properties that {error}";
            }
        }
        return null;
    }
}
