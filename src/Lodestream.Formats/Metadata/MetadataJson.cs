using System.Text.Json;

namespace Lodestream.Formats.Metadata;

/// <summary>Values of properties as JSON writes them.</summary>
internal static class MetadataJson
{
    /// <summary>The value at the beginning of a JSON text, as the property's type reads it; none where it is of another shape.</summary>
    public static MetadataValue Read(ReadOnlySpan<byte> json, MetadataProperty property)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read())
                return default;
            return property.IsArray ? ReadArray(ref reader, property) : ReadElement(ref reader, property);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Broken text, or text that is not UTF-8: as good as none.
            return default;
        }
    }

    /// <summary>All numbers of the value at the beginning of a JSON text, arrays within arrays one after the other.</summary>
    public static double[] ReadNumbers(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var numbers = new List<double>();
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.Number)
                    numbers.Add(reader.GetDouble());
                else if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.EndArray))
                    return [];
                if (reader.CurrentDepth == 0)
                    break;
            }
        }
        catch (JsonException)
        {
            return [];
        }
        return [.. numbers];
    }

    private static MetadataValue ReadArray(ref Utf8JsonReader reader, MetadataProperty property)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            return default;
        var elements = new List<MetadataValue>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var element = ReadElement(ref reader, property);
            if (element.IsNone)
                return default;
            elements.Add(element);
        }
        return property.Count != 0 && elements.Count != property.Count ? default : MetadataValue.OfArray([.. elements]);
    }

    private static MetadataValue ReadElement(ref Utf8JsonReader reader, MetadataProperty property)
    {
        switch (property.Type)
        {
            case MetadataType.Boolean:
                return reader.TokenType is JsonTokenType.True or JsonTokenType.False ? MetadataValue.Of(reader.TokenType == JsonTokenType.True) : default;
            case MetadataType.String:
                return reader.TokenType == JsonTokenType.String ? MetadataValue.Of(reader.GetString()!) : default;
            case MetadataType.Enum:
                return reader.TokenType == JsonTokenType.String && reader.GetString() is { } name && property.Enum?.ValueOf(name) is { } value
                    ? MetadataValue.OfEnum(value, name)
                    : default;
            case MetadataType.Scalar:
                return reader.TokenType == JsonTokenType.Number ? ReadScalar(ref reader, property) : default;
            default:
                return ReadComponents(ref reader, property);
        }
    }

    private static MetadataValue ReadScalar(ref Utf8JsonReader reader, MetadataProperty property)
    {
        if (MetadataTypes.IsInteger(property.ComponentType))
        {
            if (reader.TryGetInt64(out var integer))
                return MetadataValue.Of((Int128)integer);
            if (reader.TryGetUInt64(out var unsigned))
                return MetadataValue.Of((Int128)unsigned);
        }
        return MetadataValue.Of(reader.GetDouble());
    }

    private static MetadataValue ReadComponents(ref Utf8JsonReader reader, MetadataProperty property)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            return default;
        var components = new double[property.ComponentCount];
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || count == components.Length)
                return default;
            components[count++] = reader.GetDouble();
        }
        return count == components.Length ? MetadataValue.OfComponents(components) : default;
    }
}
