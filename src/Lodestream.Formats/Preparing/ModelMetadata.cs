using System.Text.Json;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Metadata;

namespace Lodestream.Formats.Preparing;

/// <summary>
/// What a glTF model tells of its features (EXT_structural_metadata): property tables by feature id, property attributes by vertex,
/// property textures by the bytes of their pixels. Made by <see cref="Read"/>; values are read when they are asked for.
/// </summary>
public sealed class ModelMetadata
{
    private readonly Func<int, ReadOnlyMemory<byte>> _view;
    private readonly IReadOnlyList<PropertyTable> _tables;
    private readonly string?[] _tableErrors;
    private readonly IReadOnlyList<IReadOnlyList<PropertySource>> _textures, _attributes;

    private ModelMetadata(
        MetadataSchema schema, IReadOnlyList<PropertyTable> tables, IReadOnlyList<IReadOnlyList<PropertySource>> textures, IReadOnlyList<IReadOnlyList<PropertySource>> attributes,
        Func<int, ReadOnlyMemory<byte>> view)
    {
        (Schema, _tables, _textures, _attributes, _view) = (schema, tables, textures, attributes, view);
        _tableErrors = new string?[tables.Count];
        for (var t = 0; t < tables.Count; t++)
        {
            foreach (var column in tables[t].Columns)
                _tableErrors[t] ??= column.Check(BytesOf(column));
        }
    }

    /// <summary>Classes and enums.</summary>
    public MetadataSchema Schema { get; }

    /// <summary>Property tables.</summary>
    public IReadOnlyList<PropertyTable> Tables => _tables;

    /// <summary>What is wrong with a table's bytes; null when nothing is. The rows of a broken table cannot be asked for.</summary>
    public string? ErrorOf(int table) => _tableErrors[table];

    /// <summary>Reads the extension.</summary>
    /// <param name="extension">Its JSON.</param>
    /// <param name="schema">The schema's file, where the extension does not hold it; else empty.</param>
    /// <param name="view">The bytes of a buffer view, decompressed; called for those that property tables name.</param>
    /// <param name="metadata">What it tells, where it went well.</param>
    public static ReadOutcome Read(ReadOnlyMemory<byte> extension, ReadOnlyMemory<byte> schema, Func<int, ReadOnlyMemory<byte>> view, out ModelMetadata? metadata)
    {
        metadata = null;
        try
        {
            return ReadParts(extension, schema, view, out metadata);
        }
        catch (JsonException e)
        {
            return ReadOutcome.Malformed($"its EXT_structural_metadata is not valid JSON: {MessageText.ReasonOf(e)}");
        }
    }

    private static ReadOutcome ReadParts(ReadOnlyMemory<byte> extension, ReadOnlyMemory<byte> schema, Func<int, ReadOnlyMemory<byte>> view, out ModelMetadata? metadata)
    {
        metadata = null;
        var parts = StructuralMetadataReader.Find(extension);
        var outcome = MetadataSchemaReader.Read(parts.Schema >= 0 ? extension[parts.Schema..] : schema, out var classes);
        if (!outcome.IsOk)
            return outcome;
        IReadOnlyList<PropertyTable> tables = [];
        if (parts.Tables >= 0)
            outcome = PropertyTableReader.Read(extension[parts.Tables..], classes!, out tables);
        if (outcome.IsOk)
            metadata = new(classes!, tables, StructuralMetadataReader.ReadSources(extension, parts.Textures, classes!), StructuralMetadataReader.ReadSources(extension, parts.Attributes, classes!), view);
        return outcome;
    }

    /// <summary>A feature's properties: its row in a property table. Empty where the table is broken or has no such row.</summary>
    public IReadOnlyList<KeyValuePair<string, MetadataValue>> Row(int table, long feature)
    {
        if ((uint)table >= (uint)_tables.Count || _tableErrors[table] is not null || feature < 0 || feature >= _tables[table].Count)
            return [];
        var row = new List<KeyValuePair<string, MetadataValue>>();
        foreach (var property in _tables[table].Class.Properties)
        {
            row.Add(new(property.Id, _tables[table].TryFind(property.Id, out var column) ? column.Read((int)feature, BytesOf(column)) : property.Default));
        }
        return row;
    }

    /// <summary>One property of a feature; no value where the table is broken or has no such row or property.</summary>
    public MetadataValue Value(int table, long feature, string property)
    {
        if ((uint)table >= (uint)_tables.Count || _tableErrors[table] is not null || feature < 0 || feature >= _tables[table].Count)
            return default;
        return _tables[table].TryFind(property, out var column) ? column.Read((int)feature, BytesOf(column))
            : _tables[table].Class.TryFind(property, out var declared) ? declared.Default : default;
    }

    /// <summary>The texture in which a property is, of the first property texture of a class; null for none.</summary>
    public GltfDataTexture? TextureOf(string className, string property)
    {
        for (var i = 0; i < _textures.Count; i++)
        {
            foreach (var source in _textures[i])
            {
                if (source.Decoder.Property.Id == property && Schema.Classes.TryGetValue(className, out var @class) && @class.Properties.Contains(source.Decoder.Property))
                    return source.Texture;
            }
        }
        return null;
    }

    /// <summary>The values of a property attribute at a vertex.</summary>
    /// <param name="number">Number of the property attribute.</param>
    /// <param name="stored">The bytes of a vertex attribute there, as they are stored, by its name; empty for one that is not known.</param>
    public IReadOnlyList<KeyValuePair<string, MetadataValue>> AttributeValues(int number, Func<string, byte[]> stored) =>
        ValuesOf(_attributes, number, source => source.Attribute is { } name ? stored(name) : []);

    /// <summary>The values of a property texture at a place.</summary>
    /// <param name="number">Number of the property texture.</param>
    /// <param name="stored">The bytes that a texture's channels have at the place; empty where they are not known.</param>
    public IReadOnlyList<KeyValuePair<string, MetadataValue>> TextureValues(int number, Func<GltfDataTexture, byte[]> stored) =>
        ValuesOf(_textures, number, source => source.Texture is { } texture ? stored(texture) : []);

    private static List<KeyValuePair<string, MetadataValue>> ValuesOf(IReadOnlyList<IReadOnlyList<PropertySource>> all, int number, Func<PropertySource, byte[]> stored)
    {
        var values = new List<KeyValuePair<string, MetadataValue>>();
        if ((uint)number >= (uint)all.Count)
            return values;
        foreach (var source in all[number])
            values.Add(new(source.Decoder.Property.Id, source.Decoder.Decode(stored(source))));
        return values;
    }

    private ColumnBytes BytesOf(PropertyColumn column) => new(
        _view(column.ValuesView).Span,
        column.ArrayOffsetsView < 0 ? default : _view(column.ArrayOffsetsView).Span,
        column.StringOffsetsView < 0 ? default : _view(column.StringOffsetsView).Span);
}

/// <summary>Where a property's values are: in a texture, or in a vertex attribute.</summary>
internal sealed record PropertySource(PropertyDecoder Decoder, GltfDataTexture? Texture, string? Attribute);
