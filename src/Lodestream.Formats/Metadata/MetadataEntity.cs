using System.Text.Json;
using Lodestream.Formats.Gltf;

namespace Lodestream.Formats.Metadata;

/// <summary>
/// Something that has metadata: a tileset, a tile, a content, a group (their values are JSON), or a row of a property table. Values
/// are read when they are asked for, from the bytes of the document.
/// </summary>
public sealed class MetadataEntity
{
    private readonly ReadOnlyMemory<byte> _json;
    private readonly Dictionary<string, int>? _places;
    private readonly Func<PropertyColumn, MetadataValue>? _row;
    private readonly PropertyTable? _table;

    private MetadataEntity(MetadataClass @class, ReadOnlyMemory<byte> json, Dictionary<string, int> places) => (Class, _json, _places) = (@class, json, places);

    /// <summary>Makes an entity of a row of a property table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="read">Reads the row's value in a column.</param>
    public MetadataEntity(PropertyTable table, Func<PropertyColumn, MetadataValue> read)
    {
        ArgumentNullException.ThrowIfNull(table);
        (Class, _table, _row) = (table.Class, table, read);
    }

    /// <summary>Its class.</summary>
    public MetadataClass Class { get; }

    /// <summary>Reads an entity from JSON: <c>{ "class": …, "properties": { … } }</c>.</summary>
    /// <param name="json">UTF-8 text that begins with the object; what follows it is not looked at. The entity keeps the text.</param>
    /// <param name="schema">The schema of its class.</param>
    /// <param name="entity">The entity, where it went well.</param>
    public static ReadOutcome Read(ReadOnlyMemory<byte> json, MetadataSchema schema, out MetadataEntity? entity)
    {
        ArgumentNullException.ThrowIfNull(schema);
        entity = null;
        string? className = null;
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        try
        {
            var walker = new JsonWalker(json.Span);
            if (!walker.EnterObject())
                return ReadOutcome.Malformed("metadata is not an object");
            while (walker.NextProperty())
            {
                if (walker.Is("class"u8))
                    className = walker.String();
                else if (!walker.Is("properties"u8))
                    walker.SkipValue();
                else if (walker.EnterObject())
                {
                    while (walker.NextProperty())
                    {
                        var name = walker.Name();
                        _ = walker.IsArrayNext;
                        places[name] = (int)walker.Offset;
                        walker.SkipValue();
                    }
                }
            }
        }
        catch (JsonException e)
        {
            return ReadOutcome.Malformed($"metadata is not valid JSON: {MessageText.ReasonOf(e)}");
        }
        if (className is null || !schema.Classes.TryGetValue(className, out var @class))
            return ReadOutcome.Malformed(className is null ? "metadata names no class" : $"metadata is of class {MessageText.Quoted(className)}, which the schema does not have");
        entity = new(@class, json, places);
        return ReadOutcome.Ok;
    }

    /// <summary>The value of a property: what is written, else the class's default, else none.</summary>
    /// <param name="property">Identifier of the property.</param>
    public MetadataValue this[string property] => Class.TryFind(property, out var found) ? ValueOf(found) : default;

    /// <summary>The value of a property.</summary>
    /// <param name="property">A property of the entity's class.</param>
    public MetadataValue ValueOf(MetadataProperty property)
    {
        ArgumentNullException.ThrowIfNull(property);
        if (_row is not null)
            return _table!.TryFind(property.Id, out var column) ? _row(column) : property.Default;
        return _places!.TryGetValue(property.Id, out var at)
            ? new PropertyDecoder(property).Finish(MetadataJson.Read(_json.Span[at..], property))
            : property.Default;
    }

    /// <summary>The value of the property with a semantic.</summary>
    public MetadataValue OfSemantic(string semantic) => Class.TryFindSemantic(semantic, out var found) ? ValueOf(found) : default;
}
