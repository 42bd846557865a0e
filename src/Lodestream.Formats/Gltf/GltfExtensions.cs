namespace Lodestream.Formats.Gltf;

/// <summary>Which glTF extensions a file may require.</summary>
internal static class GltfExtensions
{
    // Read, or handed through to a host that decodes them.
    private static readonly HashSet<string> Known =
    [
        "KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression", "KHR_mesh_quantization", "KHR_texture_basisu", "EXT_texture_webp",
        "KHR_texture_transform", "KHR_techniques_webgl", "EXT_mesh_gpu_instancing", "EXT_mesh_features", "EXT_instance_features", "EXT_structural_metadata",
        "CESIUM_RTC", "CESIUM_primitive_outline", "KHR_xmp_json_ld",
    ];

    /// <summary>The first required extension without which the file would be shown wrongly; null when there is none.</summary>
    public static string? Missing(GltfDocument document)
    {
        foreach (var extension in document.ExtensionsRequired)
        {
            // Materials are shown by what all of them have; the extensions add clear coats, sheens and the like.
            if (!Known.Contains(extension) && !extension.StartsWith("KHR_materials_", StringComparison.Ordinal))
                return extension;
        }
        return null;
    }
}
