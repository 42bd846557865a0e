using System.Text.Json;

namespace Lodestream.Tiler.Families;

/// <summary>Writes properties of classes of a metadata schema.</summary>
internal static class SchemaWriting
{
    /// <summary>A property of numbers.</summary>
    public static void Property(Utf8JsonWriter json, string name, string type, string componentType, int count = 0, string? semantic = null)
    {
        json.WriteStartObject(name);
        json.WriteString("type"u8, type);
        json.WriteString("componentType"u8, componentType);
        if (count > 0)
        {
            json.WriteBoolean("array"u8, true);
            json.WriteNumber("count"u8, count);
        }
        json.WriteBoolean("required"u8, true);
        if (semantic is not null)
            json.WriteString("semantic"u8, semantic);
        json.WriteEndObject();
    }

    /// <summary>A property of texts.</summary>
    public static void Text(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteString("type"u8, "STRING"u8);
        json.WriteBoolean("required"u8, true);
        json.WriteEndObject();
    }
}
