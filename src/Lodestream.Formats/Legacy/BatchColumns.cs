using System.Buffers.Binary;
using System.Text.Json;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Metadata;

namespace Lodestream.Formats.Legacy;

/// <summary>Named columns of values: JSON arrays, or numbers in a binary part.</summary>
internal sealed class BatchColumns
{
    private readonly ReadOnlyMemory<byte> _json, _binary;
    private readonly Dictionary<string, Column> _columns = new(StringComparer.Ordinal);

    private readonly record struct Column(int JsonAt, int BinaryAt, int ComponentBytes, int Components, string? ComponentType, int Rows);

    private BatchColumns(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> binary) => (_json, _binary) = (json, binary);

    public IReadOnlyCollection<string> Names => _columns.Keys;

    /// <summary>Reads the columns of an object, and notes where the hierarchy's own object begins, if there is one.</summary>
    /// <exception cref="JsonException">The text is not valid JSON.</exception>
    public static BatchColumns Read(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> binary, int length, out int hierarchyAt, out string? error)
    {
        var columns = new BatchColumns(json, binary);
        hierarchyAt = -1;
        error = null;
        var walker = new JsonWalker(json.Span.TrimEnd("\0 \n\r\t"u8));
        if (!walker.EnterObject())
        {
            error = "its batch table is not a JSON object";
            return columns;
        }
        while (error is null && walker.NextProperty())
        {
            if (walker.Is("extras"u8))
                walker.SkipValue();
            else if (walker.Is("HIERARCHY"u8))
                hierarchyAt = SkipObject(ref walker);
            else if (walker.Is("extensions"u8))
                ReadExtensions(ref walker, ref hierarchyAt);
            else
                error = columns.ReadColumn(ref walker, length);
        }
        return columns;
    }

    /// <summary>A value; none where the column has no such row.</summary>
    public MetadataValue Value(string name, int row)
    {
        var column = _columns[name];
        if (column.JsonAt >= 0)
            return ElementOf(_json.Span[column.JsonAt..], row);

        // A hierarchy may have more instances of a class than the class says.
        if (row >= column.Rows)
            return default;
        var bytes = _binary.Span.Slice(column.BinaryAt + row * column.ComponentBytes * column.Components, column.ComponentBytes * column.Components);
        if (column.Components == 1)
            return Number(bytes, column.ComponentType);
        var components = new double[column.Components];
        for (var i = 0; i < components.Length; i++)
            components[i] = Number(bytes[(i * column.ComponentBytes)..], column.ComponentType).Number;
        return MetadataValue.OfComponents(components);
    }

    /// <summary>Integers of a JSON array, or of a binary reference; null where there are too few.</summary>
    internal static int[]? Integers(ref JsonWalker walker, ReadOnlyMemory<byte> binary, int count)
    {
        if (walker.IsArrayNext)
        {
            var list = new List<int>();
            walker.Integers(list);
            return list.Count >= count ? [.. list] : null;
        }
        var (offset, type, _) = ReadReference(ref walker);
        var size = SizeOf(type ?? "UNSIGNED_SHORT");
        if (offset < 0 || size == 0 || offset + (long)count * size > binary.Length)
            return null;
        var integers = new int[count];
        for (var i = 0; i < count; i++)
            integers[i] = (int)Math.Clamp(Number(binary.Span[(offset + i * size)..], type ?? "UNSIGNED_SHORT").Number, -1, int.MaxValue);
        return integers;
    }

    private string? ReadColumn(ref JsonWalker walker, int length)
    {
        var name = walker.Name();
        if (walker.IsArrayNext)
        {
            _columns[name] = new((int)walker.Offset, -1, 0, 0, null, 0);
            walker.SkipValue();
            return null;
        }
        var (offset, type, components) = ReadReference(ref walker);
        var size = SizeOf(type);
        if (offset < 0 || size == 0 || components == 0)
            return $"its batch table has a property {name} that is neither an array nor in the binary part";
        var needed = offset + (long)length * size * components;
        if (needed > _binary.Length)
            return $"its batch table has {length} of {name} at {offset}: {needed} bytes of a binary part of {_binary.Length}";
        _columns[name] = new(-1, offset, size, components, type, length);
        return null;
    }

    private static (int Offset, string? Type, int Components) ReadReference(ref JsonWalker walker)
    {
        var offset = -1;
        string? componentType = null, type = null;
        if (!walker.EnterObject())
            return (-1, null, 0);
        while (walker.NextProperty())
        {
            if (walker.Is("byteOffset"u8))
                offset = walker.Integer(-1);
            else if (walker.Is("componentType"u8))
                componentType = walker.String();
            else if (walker.Is("type"u8))
                type = walker.String();
            else
                walker.SkipValue();
        }
        return (offset, componentType, type switch
        {
            "SCALAR" or null => 1,
            "VEC2" => 2,
            "VEC3" => 3,
            "VEC4" => 4,
            _ => 0,
        });
    }

    private static void ReadExtensions(ref JsonWalker walker, ref int hierarchyAt)
    {
        if (!walker.EnterObject())
            return;
        while (walker.NextProperty())
        {
            if (walker.Is("3DTILES_batch_table_hierarchy"u8))
                hierarchyAt = SkipObject(ref walker);
            else
                walker.SkipValue();
        }
    }

    private static int SkipObject(ref JsonWalker walker)
    {
        var at = walker.IsObjectNext ? (int)walker.Offset : -1;
        walker.SkipValue();
        return at;
    }

    private static MetadataValue ElementOf(ReadOnlySpan<byte> array, int row)
    {
        var reader = new Utf8JsonReader(array, isFinalBlock: false, default);
        reader.Read();
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i == row)
                return ValueAt(ref reader, array);
            reader.TrySkip();
        }
        return default;
    }

    // Objects have no place among metadata's values: they are handed out as the text they are.
    private static MetadataValue ValueAt(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False:
                return MetadataValue.Of(reader.TokenType == JsonTokenType.True);
            case JsonTokenType.Number:
                return reader.TryGetInt64(out var integer) ? MetadataValue.Of((Int128)integer) : MetadataValue.Of(Tiles3D.JsonNumber.Parse(reader.ValueSpan));
            case JsonTokenType.String:
                return TextOf(reader);
            case JsonTokenType.StartArray:
                var elements = new List<MetadataValue>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    elements.Add(ValueAt(ref reader, json));
                return MetadataValue.OfArray([.. elements]);
            case JsonTokenType.StartObject:
                var at = (int)reader.TokenStartIndex;
                reader.TrySkip();
                return MetadataValue.Of(System.Text.Encoding.UTF8.GetString(json[at..(int)reader.BytesConsumed]));
            default:
                return default;
        }
    }

    private static MetadataValue TextOf(in Utf8JsonReader reader)
    {
        try
        {
            return MetadataValue.Of(reader.GetString()!);
        }
        catch (InvalidOperationException)
        {
            // Not valid UTF-8: as good as none.
            return default;
        }
    }

    private static int SizeOf(string? type) => type switch
    {
        "BYTE" or "UNSIGNED_BYTE" => 1,
        "SHORT" or "UNSIGNED_SHORT" => 2,
        "INT" or "UNSIGNED_INT" or "FLOAT" => 4,
        "DOUBLE" => 8,
        _ => 0,
    };

    private static MetadataValue Number(ReadOnlySpan<byte> bytes, string? type) => type switch
    {
        "BYTE" => MetadataValue.Of((Int128)(sbyte)bytes[0]),
        "UNSIGNED_BYTE" => MetadataValue.Of((Int128)bytes[0]),
        "SHORT" => MetadataValue.Of((Int128)BinaryPrimitives.ReadInt16LittleEndian(bytes)),
        "UNSIGNED_SHORT" => MetadataValue.Of((Int128)BinaryPrimitives.ReadUInt16LittleEndian(bytes)),
        "INT" => MetadataValue.Of((Int128)BinaryPrimitives.ReadInt32LittleEndian(bytes)),
        "UNSIGNED_INT" => MetadataValue.Of((Int128)BinaryPrimitives.ReadUInt32LittleEndian(bytes)),
        "FLOAT" => MetadataValue.Of(BinaryPrimitives.ReadSingleLittleEndian(bytes)),
        _ => MetadataValue.Of(BinaryPrimitives.ReadDoubleLittleEndian(bytes)),
    };
}
