using System.Numerics;
using System.Text.Json;

namespace Lodestream.Formats.Gltf;

/// <content>The JSON chunk.</content>
public sealed partial class GlbWriter
{
    private void WriteJson()
    {
        _json.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_json);
        json.WriteStartObject();
        json.WriteStartObject("asset"u8);
        json.WriteString("version"u8, "2.0"u8);
        json.WriteString("generator"u8, Generator);
        json.WriteEndObject();
        WriteScene(json);
        WriteMeshes(json);
        WriteMaterials(json);
        WriteImages(json);
        WriteMetadata(json);
        WriteAccessors(json);
        WriteViews(json);
        json.WriteEndObject();
    }

    private void WriteScene(Utf8JsonWriter json)
    {
        if (_nodes.Count == 0)
            return;
        json.WriteNumber("scene"u8, 0);
        json.WriteStartArray("scenes"u8);
        json.WriteStartObject();
        json.WriteStartArray("nodes"u8);
        for (var i = 0; i < _nodes.Count; i++)
            json.WriteNumberValue(i);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();

        json.WriteStartArray("nodes"u8);
        foreach (var node in _nodes)
        {
            json.WriteStartObject();
            if (node.Name is not null)
                json.WriteString("name"u8, node.Name);
            json.WriteNumber("mesh"u8, node.Mesh);
            if (node.Translation != default)
            {
                json.WriteStartArray("translation"u8);
                json.WriteNumberValue(node.Translation.X);
                json.WriteNumberValue(node.Translation.Y);
                json.WriteNumberValue(node.Translation.Z);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteMeshes(Utf8JsonWriter json)
    {
        if (_meshes.Count == 0)
            return;
        json.WriteStartArray("meshes"u8);
        foreach (var primitives in _meshes)
        {
            json.WriteStartObject();
            json.WriteStartArray("primitives"u8);
            foreach (var primitive in primitives)
                WritePrimitive(json, primitive);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WritePrimitive(Utf8JsonWriter json, in GlbPrimitive primitive)
    {
        json.WriteStartObject();
        json.WriteStartObject("attributes"u8);
        json.WriteNumber("POSITION"u8, primitive.Positions);
        if (primitive.Normals is { } normals)
            json.WriteNumber("NORMAL"u8, normals);
        if (primitive.Colors is { } colors)
            json.WriteNumber("COLOR_0"u8, colors);
        if (primitive.TextureCoordinates is { } coordinates)
            json.WriteNumber("TEXCOORD_0"u8, coordinates);
        if (primitive.FeatureIds is { } ids)
            json.WriteNumber("_FEATURE_ID_0"u8, ids);
        json.WriteEndObject();
        if (primitive.Indices is { } indices)
            json.WriteNumber("indices"u8, indices);
        if (primitive.Material is { } material)
            json.WriteNumber("material"u8, material);
        if (primitive.Topology != GlbTopology.Triangles)
            json.WriteNumber("mode"u8, (int)primitive.Topology);
        if (primitive.FeatureIds is not null)
            WriteFeatureIds(json, primitive);
        json.WriteEndObject();
    }

    private void WriteMaterials(Utf8JsonWriter json)
    {
        if (_materials.Count == 0)
            return;
        json.WriteStartArray("materials"u8);
        foreach (var material in _materials)
        {
            json.WriteStartObject();
            if (material.Name is not null)
                json.WriteString("name"u8, material.Name);
            json.WriteStartObject("pbrMetallicRoughness"u8);
            if (material.BaseColor != Vector4.One)
            {
                json.WriteStartArray("baseColorFactor"u8);
                for (var i = 0; i < 4; i++)
                    json.WriteNumberValue(material.BaseColor[i]);
                json.WriteEndArray();
            }
            json.WriteNumber("metallicFactor"u8, material.Metallic);
            json.WriteNumber("roughnessFactor"u8, material.Roughness);
            json.WriteEndObject();
            if (material.DoubleSided)
                json.WriteBoolean("doubleSided"u8, true);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteAccessors(Utf8JsonWriter json)
    {
        if (_accessors.Count == 0)
            return;
        json.WriteStartArray("accessors"u8);
        for (var i = 0; i < _accessors.Count; i++)
        {
            var accessor = _accessors[i];
            json.WriteStartObject();
            json.WriteNumber("bufferView"u8, accessor.View);
            json.WriteNumber("componentType"u8, (int)accessor.Component);
            if (accessor.Normalized)
                json.WriteBoolean("normalized"u8, true);
            json.WriteNumber("count"u8, accessor.Count);
            json.WriteString("type"u8, accessor.Type);
            if (accessor is { Min: { } min, Max: { } max })
            {
                WriteVector(json, "min"u8, min);
                WriteVector(json, "max"u8, max);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteViews(Utf8JsonWriter json)
    {
        if (_views.Count == 0)
            return;
        json.WriteStartArray("bufferViews"u8);
        foreach (var (offset, length, target) in _views)
        {
            json.WriteStartObject();
            json.WriteNumber("buffer"u8, 0);
            json.WriteNumber("byteOffset"u8, offset);
            json.WriteNumber("byteLength"u8, length);
            if (target != 0)
                json.WriteNumber("target"u8, target);
            json.WriteEndObject();
        }
        json.WriteEndArray();

        json.WriteStartArray("buffers"u8);
        json.WriteStartObject();
        json.WriteNumber("byteLength"u8, _binary.WrittenCount);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteVector(Utf8JsonWriter json, ReadOnlySpan<byte> name, Vector3 v)
    {
        json.WriteStartArray(name);
        json.WriteNumberValue(v.X);
        json.WriteNumberValue(v.Y);
        json.WriteNumberValue(v.Z);
        json.WriteEndArray();
    }
}
