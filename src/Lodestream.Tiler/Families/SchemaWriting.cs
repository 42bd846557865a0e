using System.Text.Json;

namespace Lodestream.Tiler.Families;

/// <summary>Writes metadata schemas: their classes and the properties of these.</summary>
internal static class SchemaWriting
{
    /// <summary>The members of a schema.</summary>
    /// <param name="json">Takes them.</param>
    /// <param name="id">The schema's name.</param>
    /// <param name="classes">Its classes, and what writes the properties of each.</param>
    public static void Schema(Utf8JsonWriter json, string id, params ReadOnlySpan<(string Name, Action<Utf8JsonWriter> WriteProperties)> classes)
    {
        json.WriteString("id"u8, id);
        json.WriteStartObject("classes"u8);
        foreach (var (name, writeProperties) in classes)
        {
            json.WriteStartObject(name);
            json.WriteStartObject("properties"u8);
            writeProperties(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

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
