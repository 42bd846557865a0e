using System.Buffers;
using System.Text.Json;
using Lodestream.Formats.Metadata;

namespace Lodestream.Formats.Gltf;

/// <content>What the file tells of its features: EXT_structural_metadata, EXT_mesh_features, and the images that hold their ids.</content>
public sealed partial class GlbWriter
{
    // Each table's rows and its JSON, which names buffer views.
    private readonly List<(int Count, byte[] Json)> _tables = [];
    private readonly List<(string Class, string Property, int Texture)> _propertyTextures = [];
    private readonly List<int> _images = [];

    /// <summary>Writes the members of the <c>schema</c> of EXT_structural_metadata; null for a file without metadata.</summary>
    public Action<Utf8JsonWriter>? WriteSchema { get; set; }

    /// <summary>Adds a property table; <see cref="WriteSchema"/> has its class.</summary>
    /// <returns>The table's index.</returns>
    public int AddPropertyTable(PropertyTableWriter table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
            table.Write(json, column => AddView(column, 0, 8));
        _tables.Add((table.Count, bytes.WrittenSpan.ToArray()));
        return _tables.Count - 1;
    }

    /// <summary>Adds a PNG image as a texture that is sampled by the nearest pixel.</summary>
    /// <returns>The texture's index.</returns>
    public int AddPngTexture(ReadOnlySpan<byte> png)
    {
        _images.Add(AddView(png, 0, 4));
        return _images.Count - 1;
    }

    /// <summary>Adds a property texture of one property, read from a texture's first channel.</summary>
    /// <returns>The property texture's index.</returns>
    /// <exception cref="ArgumentException">The texture has not been added.</exception>
    public int AddPropertyTexture(string @class, string property, int texture)
    {
        if ((uint)texture >= (uint)_images.Count)
            throw new ArgumentException($"Texture {texture} has not been added.", nameof(texture));
        _propertyTextures.Add((@class, property, texture));
        return _propertyTextures.Count - 1;
    }

    private void ClearMetadata()
    {
        _tables.Clear();
        _propertyTextures.Clear();
        _images.Clear();
    }

    private bool HasFeatureIds => _meshes.Exists(mesh => Array.Exists(mesh, primitive => primitive.FeatureIds is not null));

    private void WriteMetadata(Utf8JsonWriter json)
    {
        if (WriteSchema is not { } schema || (_tables.Count == 0 && _propertyTextures.Count == 0))
            return;
        json.WriteStartArray("extensionsUsed"u8);
        json.WriteStringValue("EXT_structural_metadata"u8);
        if (HasFeatureIds)
            json.WriteStringValue("EXT_mesh_features"u8);
        json.WriteEndArray();
        json.WriteStartObject("extensions"u8);
        json.WriteStartObject("EXT_structural_metadata"u8);
        json.WriteStartObject("schema"u8);
        schema(json);
        json.WriteEndObject();
        WriteTables(json);
        WritePropertyTextures(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteTables(Utf8JsonWriter json)
    {
        if (_tables.Count == 0)
            return;
        json.WriteStartArray("propertyTables"u8);
        foreach (var (_, table) in _tables)
            json.WriteRawValue(table, skipInputValidation: true);
        json.WriteEndArray();
    }

    private void WritePropertyTextures(Utf8JsonWriter json)
    {
        if (_propertyTextures.Count == 0)
            return;
        json.WriteStartArray("propertyTextures"u8);
        foreach (var (type, property, texture) in _propertyTextures)
        {
            json.WriteStartObject();
            json.WriteString("class"u8, type);
            json.WriteStartObject("properties"u8);
            json.WriteStartObject(property);
            json.WriteNumber("index"u8, texture);
            json.WriteNumber("texCoord"u8, 0);
            json.WriteStartArray("channels"u8);
            json.WriteNumberValue(0);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteImages(Utf8JsonWriter json)
    {
        if (_images.Count == 0)
            return;
        json.WriteStartArray("images"u8);
        foreach (var view in _images)
        {
            json.WriteStartObject();
            json.WriteNumber("bufferView"u8, view);
            json.WriteString("mimeType"u8, "image/png"u8);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("textures"u8);
        for (var i = 0; i < _images.Count; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("source"u8, i);
            json.WriteNumber("sampler"u8, 0);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        const int nearest = 9728, clampToEdge = 33071;
        json.WriteStartArray("samplers"u8);
        json.WriteStartObject();
        json.WriteNumber("magFilter"u8, nearest);
        json.WriteNumber("minFilter"u8, nearest);
        json.WriteNumber("wrapS"u8, clampToEdge);
        json.WriteNumber("wrapT"u8, clampToEdge);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private void WriteFeatureIds(Utf8JsonWriter json, in GlbPrimitive primitive)
    {
        json.WriteStartObject("extensions"u8);
        json.WriteStartObject("EXT_mesh_features"u8);
        json.WriteStartArray("featureIds"u8);
        json.WriteStartObject();
        json.WriteNumber("featureCount"u8, _tables[primitive.FeatureTable].Count);
        json.WriteNumber("attribute"u8, 0);
        json.WriteNumber("propertyTable"u8, primitive.FeatureTable);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
