using System.Text.Json;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Untold;

namespace Lodestream.Browser;

/// <summary>Payloads of manifest scenes: their tables were read here, vertices and indices are ranges for the worker.</summary>
internal static partial class DecodePlan
{
    private static void WriteUntold(Utf8JsonWriter writer, ContentLayout layout, ModelPart part, UntoldGeometry untold)
    {
        writer.WriteString("kind", "untold");
        WriteChunk(writer, "vertices", untold.Document.Vertices);
        WriteChunk(writer, "indices", untold.Document.Indices);
        WriteMeshes(writer, untold);
        WriteDraws(writer, part.Document);
        WriteMaterials(writer, part.Document, untold, [.. Enumerable.Range(0, part.Document.Materials.Length)]);
        WriteTextures(writer, layout, part, untold, static _ => true);
    }

    // Pictures that are not needed are empty: the worker leaves them out.
    private static void WriteTextures(Utf8JsonWriter writer, ContentLayout layout, ModelPart part, UntoldGeometry untold, Func<int, bool> isNeeded)
    {
        writer.WriteStartArray("textures");
        foreach (var image in part.Document.Textures)
            writer.WriteNumberValue(image);
        writer.WriteEndArray();
        writer.WriteStartArray("images");
        for (var i = 0; i < part.Images.Length - untold.Surfaces.Packed.Count; i++)
            WriteSource(writer, isNeeded(i) ? part.Images[i] : part.Images[i].Part(default));
        writer.WriteEndArray();
        WriteImageNames(writer, layout, part.Images);
        writer.WriteStartArray("packed");
        foreach (var packed in untold.Surfaces.Packed)
        {
            writer.WriteStartArray();
            foreach (var number in (ReadOnlySpan<int>)[packed.Roughness, packed.RoughnessChannel, packed.Metallic, packed.MetallicChannel])
                writer.WriteNumberValue(number);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }

    private static void WriteChunk(Utf8JsonWriter writer, string name, UntoldChunk chunk)
    {
        writer.WritePropertyName(name);
        WriteChunk(writer, chunk);
    }

    private static void WriteChunk(Utf8JsonWriter writer, UntoldChunk chunk)
    {
        writer.WriteStartObject();
        WriteRange(writer, "bytes", chunk.Range);
        writer.WriteBoolean("lz4", chunk.Compression == UntoldCompression.Lz4);
        writer.WriteNumber("decoded", chunk.DecodedBytes);
        writer.WriteEndObject();
    }

    // Meshes by the entity that draws them, as the glTF has them.
    private static void WriteMeshes(Utf8JsonWriter writer, UntoldGeometry untold)
    {
        writer.WriteStartArray("meshes");
        foreach (var entity in untold.Document.Entities)
        {
            if (entity.MeshCount == 0)
                continue;
            writer.WriteStartArray();
            for (var i = entity.FirstMesh; i < entity.FirstMesh + entity.MeshCount; i++)
                WritePrimitive(writer, untold, entity, i, untold.Document.Meshes[i].VertexOffset, untold.Document.Meshes[i].IndexOffset, untold.Document.Meshes[i].Material);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }

    private static void WritePrimitive(Utf8JsonWriter writer, UntoldGeometry untold, UntoldEntity entity, int number, int vertices, int indices, int material)
    {
        var mesh = untold.Document.Meshes[number];
        writer.WriteStartObject();
        writer.WriteNumber("vertices", vertices);
        writer.WriteNumber("count", mesh.VertexCount);
        writer.WriteNumber("indices", indices);
        writer.WriteNumber("indexCount", mesh.IndexCount);
        writer.WriteNumber("indexBytes", mesh.IndexBytes);
        writer.WriteNumber("material", material);
        writer.WriteBoolean("tangents", untold.Arrays[number].Tangents >= 0);
        writer.WriteBoolean("keepsIdentity", KeepsIdentity(entity.Name) || KeepsIdentity(mesh.Name));
        writer.WriteEndObject();
    }

    private static bool KeepsIdentity(string name) => name.StartsWith("NM_", StringComparison.Ordinal);

    private static void WriteDraws(Utf8JsonWriter writer, GltfDocument document)
    {
        var transforms = document.WorldTransforms();
        writer.WriteStartArray("draws");
        for (var i = 0; i < document.Nodes.Length; i++)
        {
            if (document.Nodes[i].Mesh < 0)
                continue;
            writer.WriteStartObject();
            writer.WriteNumber("mesh", document.Nodes[i].Mesh);
            writer.WriteStartArray("matrix");
            WriteMatrix(writer, transforms[i]);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteMaterials(Utf8JsonWriter writer, GltfDocument document, UntoldGeometry untold, ReadOnlySpan<int> materials)
    {
        writer.WriteStartArray("materials");
        foreach (var i in materials)
        {
            var (material, written) = (document.Materials[i], untold.Document.Materials[i]);
            writer.WriteStartObject();
            writer.WriteBoolean("unlit", false);
            WriteFactors(writer, "baseColor", material.BaseColor);
            WriteTexture(writer, "baseColorTexture", untold.Surfaces.Present(written.BaseColorTexture), 1);
            writer.WriteNumber("metallic", material.Metallic);
            writer.WriteNumber("roughness", material.Roughness);
            WriteTexture(writer, "metallicRoughnessTexture", untold.Surfaces.MetallicRoughness[i], 1);
            WriteTexture(writer, "normalTexture", untold.Surfaces.Present(written.NormalTexture), written.NormalScale);
            WriteTexture(writer, "occlusionTexture", untold.Surfaces.Present(written.OcclusionTexture), written.OcclusionStrength);
            WriteFactors(writer, "emissive", material.Emissive);
            WriteTexture(writer, "emissiveTexture", untold.Surfaces.Present(written.EmissiveTexture), 1);
            writer.WriteString("alphaMode", material.AlphaMode.ToString().ToUpperInvariant());
            writer.WriteNumber("alphaCutoff", material.AlphaCutoff);
            writer.WriteBoolean("doubleSided", material.DoubleSided);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteTexture(Utf8JsonWriter writer, string name, int texture, float scale)
    {
        if (texture < 0)
        {
            writer.WriteNull(name);
            return;
        }
        writer.WriteStartObject(name);
        writer.WriteNumber("texture", texture);
        writer.WriteNumber("texCoord", 0);
        writer.WriteNumber("scale", scale);
        writer.WriteNull("transform");
        writer.WriteEndObject();
    }

    private static void WriteFactors(Utf8JsonWriter writer, string name, float[] factors)
    {
        writer.WriteStartArray(name);
        foreach (var factor in factors)
            writer.WriteNumberValue(factor);
        writer.WriteEndArray();
    }
}
