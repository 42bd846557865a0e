using System.Text.Json;
using Lodestream.Formats.Gltf;

namespace Lodestream.Formats.Metadata;

/// <summary>Reads the JSON of property tables, of subtrees and of <c>EXT_structural_metadata</c>.</summary>
public static class PropertyTableReader
{
    /// <summary>Reads an array of property tables.</summary>
    /// <param name="json">UTF-8 text that begins with the array; what follows it is not looked at.</param>
    /// <param name="schema">The schema of their classes.</param>
    /// <param name="tables">The tables, where it went well.</param>
    public static ReadOutcome Read(ReadOnlyMemory<byte> json, MetadataSchema schema, out IReadOnlyList<PropertyTable> tables)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var read = new List<PropertyTable>();
        tables = read;
        try
        {
            var walker = new JsonWalker(json.Span);
            if (!walker.EnterArray())
                return ReadOutcome.Malformed("propertyTables is not an array");
            while (walker.NextObject())
            {
                if (ReadTable(ref walker, json, schema, read) is { } error)
                    return ReadOutcome.Malformed($"propertyTables[{read.Count}] {error}");
            }
            return ReadOutcome.Ok;
        }
        catch (JsonException e)
        {
            return ReadOutcome.Malformed($"propertyTables is not valid JSON: {MessageText.ReasonOf(e)}");
        }
    }

    private readonly record struct WrittenColumn(
        string Property, int Values, int ArrayOffsets, int StringOffsets, string? ArrayOffsetType, string? StringOffsetType, int OffsetAt, int ScaleAt);

    private static string? ReadTable(ref JsonWalker walker, ReadOnlyMemory<byte> json, MetadataSchema schema, List<PropertyTable> into)
    {
        string? name = null, className = null;
        var count = -1;
        var written = new List<WrittenColumn>();
        while (walker.NextProperty())
        {
            if (walker.Is("name"u8))
                name = walker.String();
            else if (walker.Is("class"u8))
                className = walker.String();
            else if (walker.Is("count"u8))
                count = walker.Integer(-1);
            else if (!walker.Is("properties"u8))
                walker.SkipValue();
            else if (walker.EnterObject())
            {
                while (walker.NextProperty())
                    written.Add(ReadColumn(ref walker));
            }
        }
        if (className is null || !schema.Classes.TryGetValue(className, out var @class))
            return className is null ? "names no class" : $"is of class {MessageText.Quoted(className)}, which the schema does not have";
        if (count < 1)
            return "has a count that is no positive integer";
        var columns = new List<PropertyColumn>();
        foreach (var column in written)
        {
            if (Resolve(column, json, @class, count, columns) is { } error)
                return $"properties.{column.Property} {error}";
        }
        into.Add(new(name, @class, count, columns));
        return null;
    }

    private static string? Resolve(in WrittenColumn written, ReadOnlyMemory<byte> json, MetadataClass @class, int rows, List<PropertyColumn> into)
    {
        if (!@class.TryFind(written.Property, out var property))
            return $"is no property of class {MessageText.Quoted(@class.Id)}";
        if (written.Values < 0)
            return "names no buffer view with values";
        if (property.HasVariableLength && written.ArrayOffsets < 0)
            return "is of arrays of any length and names no buffer view with arrayOffsets";
        if (property.Type == MetadataType.String && written.StringOffsets < 0)
            return "is of texts and names no buffer view with stringOffsets";
        if (OffsetType(written.ArrayOffsetType) is not { } arrayOffsetType || OffsetType(written.StringOffsetType) is not { } stringOffsetType)
            return "has offsets that are not UINT8, UINT16, UINT32 or UINT64";
        into.Add(new(property, rows, NumbersAt(json, written.OffsetAt), NumbersAt(json, written.ScaleAt))
        {
            ValuesView = written.Values,
            ArrayOffsetsView = property.HasVariableLength ? written.ArrayOffsets : -1,
            StringOffsetsView = property.Type == MetadataType.String ? written.StringOffsets : -1,
            ArrayOffsetType = arrayOffsetType,
            StringOffsetType = stringOffsetType,
        });
        return null;
    }

    // "values" is what the standard says; "bufferView" and its kin are the drafts' words.
    private static WrittenColumn ReadColumn(ref JsonWalker walker)
    {
        var column = new WrittenColumn(walker.Name(), -1, -1, -1, null, null, -1, -1);
        if (!walker.EnterObject())
            return column;
        while (walker.NextProperty())
        {
            if (walker.Is("values"u8) || walker.Is("bufferView"u8))
                column = column with { Values = walker.Integer(-1) };
            else if (walker.Is("arrayOffsets"u8) || walker.Is("arrayOffsetBufferView"u8))
                column = column with { ArrayOffsets = walker.Integer(-1) };
            else if (walker.Is("stringOffsets"u8) || walker.Is("stringOffsetBufferView"u8))
                column = column with { StringOffsets = walker.Integer(-1) };
            else if (walker.Is("arrayOffsetType"u8))
                column = column with { ArrayOffsetType = walker.String() };
            else if (walker.Is("stringOffsetType"u8))
                column = column with { StringOffsetType = walker.String() };
            else if (walker.Is("offset"u8))
                column = column with { OffsetAt = PlaceOfValue(ref walker) };
            else if (walker.Is("scale"u8))
                column = column with { ScaleAt = PlaceOfValue(ref walker) };
            else
                walker.SkipValue();
        }
        return column;
    }

    private static MetadataComponentType? OffsetType(string? name)
    {
        var type = name is null ? MetadataComponentType.UInt32 : MetadataTypes.ComponentTypeOf(name);
        return type is MetadataComponentType.UInt8 or MetadataComponentType.UInt16 or MetadataComponentType.UInt32 or MetadataComponentType.UInt64 ? type : null;
    }

    private static int PlaceOfValue(ref JsonWalker walker)
    {
        _ = walker.IsArrayNext;
        var at = (int)walker.Offset;
        walker.SkipValue();
        return at;
    }

    private static double[] NumbersAt(ReadOnlyMemory<byte> json, int at) => at < 0 ? [] : MetadataJson.ReadNumbers(json.Span[at..]);
}
